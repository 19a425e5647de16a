from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

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


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_many_batches_in_flight_all_land() -> None:
    ferry = CudaFerry(torch.device("cuda"))
    begun = [ferry.carry(np.full_like(PHOTOS, i), lambda photos: photos + 1) for i in range(9)]
    begun += [ferry.carry(np.full((1, 5, 7, 3), 99, np.uint8), lambda photos: photos + 1)]
    for i, finish in enumerate(begun):
        assert (finish() == (i + 1 if i < 9 else 100)).all()
    ferry.free()
