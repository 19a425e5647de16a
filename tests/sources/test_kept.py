from __future__ import annotations

from itertools import islice
from threading import Timer

import numpy as np

from livestyle.sources.kept import KeptSource

PICTURES = [np.full((4, 6, 3), value, np.uint8) for value in range(3)]


def values(source: KeptSource, frames: int) -> list[int]:
    with source:
        return [int(frame.image[0, 0, 0]) for frame in islice(source, frames)]


def test_pictures_come_forwards_and_backwards() -> None:
    assert values(KeptSource(PICTURES), 9) == [0, 1, 2, 1, 0, 1, 2, 1, 0]
    assert values(KeptSource(PICTURES[:2]), 4) == [0, 1, 0, 1]
    assert values(KeptSource(PICTURES[:1]), 3) == [0, 0, 0]


def test_frames_are_numbered_and_timed() -> None:
    with KeptSource(PICTURES, rate_fps=10) as source:
        frames = list(islice(source, 3))
    assert [(frame.index, frame.time_s) for frame in frames] == [(0, 0.0), (1, 0.1), (2, 0.2)]
    assert not source.is_live


def test_closing_from_another_thread_ends_a_live_one() -> None:
    with KeptSource(PICTURES, rate_fps=0.01, live=True) as source:  # the second frame is due in 100 s
        Timer(0.05, source.close).start()
        assert len(list(source)) == 1
    assert source.is_live
