from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
import torch
from torch import Tensor

from livestyle.stylizer import ferry as module
from livestyle.stylizer.ferry import CudaFerry, Ferry, upload
from livestyle.timing import StageTimes

PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 8, 12, 3)).astype(np.uint8)


def test_it_takes_pictures_there_and_back() -> None:
    ferry = Ferry(torch.device("cpu"))
    result = ferry.carry(PHOTOS, lambda photos: 255 - photos)()
    assert np.array_equal(result, 255 - PHOTOS)


def test_what_came_back_stays_whatever_is_done_next_in_the_same_memory() -> None:
    ferry, memory = Ferry(torch.device("cpu")), torch.empty(PHOTOS.shape, dtype=torch.uint8)

    def work(photos: Tensor) -> Tensor:
        return memory.copy_(photos)

    first = ferry.carry(PHOTOS, work)
    second = ferry.carry(255 - PHOTOS, work)
    assert np.array_equal(second(), 255 - PHOTOS)
    assert np.array_equal(first(), PHOTOS)


def test_read_only_photos_are_taken_and_left_alone() -> None:
    photos = PHOTOS.copy()
    photos.setflags(write=False)
    Ferry(torch.device("cpu")).carry(photos, lambda uploaded: uploaded.zero_())()
    assert np.array_equal(photos, PHOTOS)


def test_it_notes_how_long_each_stage_takes() -> None:
    times = StageTimes()
    Ferry(torch.device("cpu")).carry(PHOTOS, lambda photos: photos, times)
    assert times.stages == ("upload", "network", "download")


def test_values_are_written_where_they_belong() -> None:
    memory = torch.zeros(2, 3)
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    values.setflags(write=False)
    upload(values, memory)
    assert np.array_equal(memory.numpy(), values)


class Stream:
    """Stands in for a stream: notes what it is told."""

    def __init__(self, name: str, steps: list[str]) -> None:
        self.name, self.steps = name, steps

    def wait_event(self, event: Event) -> None:
        if event.recorded:
            self.steps.append(f"{self.name} waits for {event.recorded}")


class Event:
    """Stands in for an event."""

    def __init__(self, steps: list[str]) -> None:
        self.recorded, self.steps = "", steps

    def record(self, stream: Stream) -> None:
        self.recorded = f"{stream.name}{sum(f'{stream.name} records' in step for step in self.steps)}"
        self.steps.append(f"{stream.name} records {self.recorded}")

    def synchronize(self) -> None:
        if self.recorded:
            self.steps.append(f"host waits for {self.recorded}")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What streams and events of CUDA ferries are told from now on; the memory is the processor's."""
    steps: list[str] = []
    names = iter(("up", "work", "down"))
    empty = torch.empty
    monkeypatch.setattr(module, "_stream", lambda device: Stream(next(names), steps))
    monkeypatch.setattr(module, "_event", lambda: Event(steps))
    monkeypatch.setattr(torch.cuda, "stream", nullcontext)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: steps.append("host waits for all"))
    monkeypatch.setattr(torch, "empty", lambda *args, pin_memory=False, **options: empty(*args, **options))
    return steps


def test_on_a_gpu_no_memory_is_written_to_before_it_was_read(steps: list[str]) -> None:
    ferry = CudaFerry(torch.device("cpu"))
    begun = []
    for i in range(3):
        steps.append(f"batch {i}")
        begun.append(ferry.carry(np.full_like(PHOTOS, i), lambda photos: photos + 1))
    third = steps[steps.index("batch 2") + 1 :]
    # As there are two batches in flight, the third has the memory of the first.
    assert third == [
        "host waits for up0",
        "up waits for work0",
        "up records up2",
        "work waits for up2",
        "work records work4",
        "work waits for down0",
        "work records work5",
        "down waits for work5",
        "down records down2",
    ]
    for i in (1, 0, 2):
        assert (begun[i]() == i + 1).all()
        assert steps[-1] == f"host waits for down{i}"


def test_on_a_gpu_memory_for_another_shape_is_taken_once_all_has_ended(steps: list[str]) -> None:
    ferry = CudaFerry(torch.device("cpu"))
    first = ferry.carry(PHOTOS, lambda photos: photos)
    second = ferry.carry(PHOTOS[:, :4], lambda photos: photos)
    assert steps.count("host waits for all") == 1
    assert np.array_equal(first(), PHOTOS)
    assert np.array_equal(second(), PHOTOS[:, :4])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_many_batches_in_flight_all_land() -> None:
    ferry = CudaFerry(torch.device("cuda"))
    begun = [ferry.carry(np.full_like(PHOTOS, i), lambda photos: photos + 1) for i in range(9)]
    begun += [ferry.carry(np.full((1, 5, 7, 3), 99, np.uint8), lambda photos: photos + 1)]
    for i, finish in enumerate(begun):
        assert (finish() == (i + 1 if i < 9 else 100)).all()
    ferry.free()
