from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import pytest

from livestyle.sources.fields import deinterlaced

TICK = Fraction(1, 50)


def interlaced(number: int, hw: tuple[int, int] = (48, 96), *, fields: bool = True) -> av.VideoFrame:
    """A bar that moves by 8 pixels from one field to the next."""
    image = np.full((*hw, 3), 40, np.uint8)
    for line in range(hw[0]):
        moment = 2 * number + (line % 2 if fields else 0)
        image[line, 8 * moment : 8 * moment + 16] = 220
    frame = av.VideoFrame.from_ndarray(image).reformat(format="yuv420p")
    frame.pts, frame.time_base, frame.duration = 7 + 2 * number, TICK, 2
    return frame


def flagged(frames: Sequence[av.VideoFrame]) -> list[av.VideoFrame]:
    """The same frames, decoded from a stream that says they are interlaced, top field first."""
    encoder = av.CodecContext.create("mpeg2video", "w")
    encoder.height, encoder.width, encoder.pix_fmt = frames[0].height, frames[0].width, "yuv420p"
    encoder.time_base, encoder.framerate, encoder.bit_rate = Fraction(1, 25), Fraction(25), 20_000_000
    encoder.options = {"flags": "+ildct+ilme", "qmin": "1", "bf": "0", "field_order": "tt"}
    times = [(frame.pts, frame.time_base, frame.duration) for frame in frames]
    for number, frame in enumerate(frames):
        frame.pts, frame.time_base = number, Fraction(1, 25)
    packets = [packet for frame in [*frames, None] for packet in encoder.encode(frame)]
    decoder = av.CodecContext.create("mpeg2video", "r")
    found = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    for frame, (frame.pts, frame.time_base, frame.duration) in zip(found, times, strict=True):
        assert frame.interlaced_frame
    return found


def comb(frame: av.VideoFrame) -> float:
    """How much neighbouring lines differ."""
    return float(np.abs(np.diff(frame.to_ndarray(format="gray").astype(float), axis=0)).mean())


def test_interlaced_frames_come_whole_one_for_each_at_their_times() -> None:
    frames = flagged([interlaced(number) for number in range(5)])
    before = [comb(frame) for frame in frames]
    found = list(deinterlaced(frames))
    assert [(f.pts, f.duration, f.time_base) for f in found] == [(7 + 2 * n, 2, TICK) for n in range(5)]
    assert max(map(comb, found)) < 0.3 * min(before)


def test_others_are_passed_on_at_once_and_untouched() -> None:
    frames = [interlaced(number, fields=False) for number in range(3)]
    for given, found in zip(frames, deinterlaced(iter(frames)), strict=True):
        assert found is given
    assert list(deinterlaced([frames[0], "a packet", frames[1]])) == [frames[0], "a packet", frames[1]]


def test_no_frame_is_lost_where_the_size_changes_or_the_fields_end() -> None:
    wide = flagged([interlaced(number, (48, 128)) for number in range(3)])
    last = [interlaced(number, (48, 128), fields=False) for number in (3, 4)]
    found = list(deinterlaced([*flagged([interlaced(number) for number in range(3)]), *wide, *last]))
    assert [(f.width, f.pts) for f in found] == [(96, 7), (96, 9), (96, 11), *((128, 7 + 2 * n) for n in range(5))]


@pytest.mark.parametrize("lost", [0, 1])
def test_frames_without_a_time_stay_without(lost: int) -> None:
    frames = flagged([interlaced(number) for number in range(3)])
    frames[lost].pts = None
    assert [f.pts for f in deinterlaced(frames)] == [None if n == lost else 7 + 2 * n for n in range(3)]
