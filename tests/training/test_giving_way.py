from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from livestyle.stylizer.stylizer import BackendInfo
from livestyle.training.giving_way import NEEDED_BYTES, Pace, learning_device, learnt_on, painting_device
from livestyle.training.learnt import Learnt


@pytest.mark.parametrize(
    ("backend", "is_apple", "device"),
    [
        (None, False, "cpu"),
        (None, True, "cpu"),
        ("cuda", False, "cuda"),
        ("torch", False, "cpu"),
        ("torch", True, "mps"),
        ("openvino", False, "cpu"),
        ("openvino", True, "cpu"),
        ("onnxruntime", True, "cpu"),
    ],
)
def test_torch_knows_the_device_that_paints_or_it_is_the_processor(
    backend: str | None, is_apple: bool, device: str
) -> None:
    info = None if backend is None else BackendInfo(backend, "a device", "float32")
    assert painting_device(info, is_apple) == device


@pytest.mark.parametrize(
    ("painting", "free_bytes", "device"),
    [
        ("cuda", NEEDED_BYTES, "cuda"),
        ("cuda", NEEDED_BYTES - 1, "cpu"),
        ("cuda", 0, "cpu"),
        ("mps", None, "mps"),
        ("cpu", None, "cpu"),
    ],
)
def test_it_learns_where_is_painted_if_there_is_room(painting: str, free_bytes: int | None, device: str) -> None:
    assert learning_device(painting, free_bytes) == device


def test_a_turn_ends_when_the_device_is_done_and_a_rest_as_long_follows() -> None:
    now_s, done = 0.0, []

    def finish() -> None:
        nonlocal now_s
        now_s += 0.5
        done.append("finished")

    def wait(seconds: float) -> None:
        done.append(f"waited {seconds}")

    pace = Pace(finish, lambda: now_s, wait)
    with pace.turn():
        now_s += 0.25
        done.append("asked")
    now_s += 9.0  # what is done between turns counts for nothing
    with pace.turn():
        pass
    assert done == ["asked", "finished", "waited 0.75", "finished", "waited 0.5"]


def rounds(*closer: float, error: Exception | None = None) -> Iterator[Learnt]:
    for steps, share in enumerate(closer, start=1):
        yield Learnt(np.full((1, 1), share, np.float32), steps, share, is_over=error is None and steps == len(closer))
    if error is not None:
        raise error


def test_a_device_that_works_learns_to_the_end() -> None:
    asked: list[str] = []

    def learn(device: str) -> Iterator[Learnt]:
        asked.append(device)
        return rounds(0.1, 0.2)

    assert [learnt.closer for learnt in learnt_on("cuda", learn)] == [0.1, 0.2]
    assert asked == ["cuda"]


def test_where_a_device_gives_up_the_processor_goes_on_and_nothing_gets_worse() -> None:
    learners = {"cuda": rounds(0.1, 0.2, error=RuntimeError("out of memory")), "cpu": rounds(0.05, 0.3)}
    learnt = list(learnt_on("cuda", learners.__getitem__))
    assert [each.closer for each in learnt] == [0.1, 0.2, 0.2, 0.3]
    assert [float(each.codes[0, 0]) for each in learnt] == pytest.approx([0.1, 0.2, 0.2, 0.3])
    assert [each.is_over for each in learnt] == [False, False, False, True]


def test_a_device_that_never_began_is_not_missed() -> None:
    def learn(device: str) -> Iterator[Learnt]:
        if device == "cuda":
            raise RuntimeError("all devices are busy")
        return rounds(0.0, 0.1)

    assert [learnt.closer for learnt in learnt_on("cuda", learn)] == [0.0, 0.1]


def test_what_fails_on_the_processor_has_failed() -> None:
    with pytest.raises(RuntimeError, match="no memory"):
        list(learnt_on("cpu", lambda device: rounds(0.1, error=RuntimeError("no memory"))))
