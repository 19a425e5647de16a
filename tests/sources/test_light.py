from __future__ import annotations

from itertools import pairwise

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc

from livestyle.sources.decode import frame_to_rgb
from livestyle.sources.light import to_sdr

PQ, HLG, SDR = ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67, ColorTrc.BT709
WIDE = ColorPrimaries.BT2020
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])  # BT.2087
SKIN = (224, 172, 141)
COLOURS = [(16, 16, 16), (128, 128, 128), (235, 235, 235), (200, 30, 30), (30, 170, 50), SKIN]


def coded(rgb: tuple[float, float, float], trc: int) -> np.ndarray:
    """A colour of a screen whose white has 203 cd/m², as BT.2100 codes it in BT.2020, from 0 to 1."""
    light = TO_2020 @ (np.array(rgb) / 255) ** 2.4 * 203
    if trc == PQ:
        power = (light / 10000) ** 0.1593017578125
        return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
    if trc == HLG:
        display = light / 1000
        luminance = float(np.dot((0.2627, 0.678, 0.0593), display))
        scene = display * luminance ** (1 / 1.2 - 1)
        log = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        return np.where(scene <= 1 / 12, np.sqrt(3 * scene), log)
    return (light / 203) ** (1 / 2.4)


def shown(rgb: tuple[float, float, float], trc: int) -> np.ndarray:
    signal = np.rint(coded(rgb, trc) * 60000).astype(np.uint16).reshape(1, 1, 3)
    return to_sdr(signal, 60000, trc, WIDE)[0, 0].astype(int)


@pytest.mark.parametrize("rgb", COLOURS)
@pytest.mark.parametrize("trc", [PQ, HLG, SDR])
def test_what_was_made_in_sdr_comes_back(rgb: tuple[int, int, int], trc: int) -> None:
    assert np.abs(shown(rgb, trc) - rgb).max() <= 2


@pytest.mark.parametrize("trc", [PQ, HLG])
def test_highlights_are_told_apart_up_to_white_and_keep_their_hue(trc: int) -> None:
    brighter = [shown((level,) * 3, trc)[0] for level in (236, 245, 260, 300, 380)]
    assert all(a < b for a, b in pairwise(brighter))
    assert brighter[-1] <= 255
    red, green, blue = (shown((400, 200, 100), trc) / 255) ** 2.4
    assert red / green == pytest.approx(2**2.4, rel=0.08)
    assert red / blue == pytest.approx(4**2.4, rel=0.15)


@pytest.mark.parametrize("tagged", [True, False])
def test_a_frame_in_hdr_becomes_sdr(tagged: bool) -> None:
    red, green, blue = coded(SKIN, PQ)
    luma = 0.2627 * red + 0.678 * green + 0.0593 * blue
    planes = (64 + 876 * luma, 512 + 896 * (blue - luma) / 1.8814, 512 + 896 * (red - luma) / 1.4746)
    frame = av.VideoFrame(33, 18, "yuv420p10le")
    for plane, value in zip(frame.planes, planes, strict=True):
        plane.update(np.full(plane.buffer_size // 2, round(value), np.uint16).tobytes())
    frame.color_trc, frame.color_range = PQ, 1
    if tagged:  # else it is BT.2020 all the same, as PQ always is
        frame.colorspace, frame.color_primaries = 9, WIDE
    image = frame_to_rgb(frame)
    assert image.shape == (18, 33, 3)
    assert np.abs(image.astype(int) - SKIN).max() <= 4
