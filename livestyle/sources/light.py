"""Turns HDR and wide colours into the SDR that networks know: BT.709, as a display of gamma 2.4 shows it (BT.1886).

Light is counted in units of HDR's reference white, 203 cd/m² (ITU-R BT.2408). Up to `KNEE` it is left as it is, so
that what was made in SDR comes back as it was; what is brighter, up to any highlight, is rolled off below 1. The three
colours are scaled alike, so that hues stay.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorTrc

from livestyle.frame import Image

Light = npt.NDArray[np.float32]

WHITE_CD = 203.0
KNEE = 0.83
"""Where highlights begin: grey 236 of 255."""

_GAMMA = 2.4
_PEAK_HLG_CD = 1000.0
_HDR = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)

# Linear RGB to that of BT.709: Rec. ITU-R BT.2087 for BT.2020; P3 by the same derivation.
_TO_709: dict[int, tuple[tuple[float, float, float], ...]] = {
    ColorPrimaries.BT2020: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    ColorPrimaries.SMPTE432: ((1.2249, -0.2249, 0.0), (-0.0420, 1.0420, 0.0), (-0.0197, -0.0786, 1.0983)),
}
_LUMA_2020 = (0.2627, 0.6780, 0.0593)


def is_hdr(frame: VideoFrame) -> bool:
    """Whether its light is PQ's or HLG's."""
    return frame.color_trc in _HDR


def is_wide(frame: VideoFrame) -> bool:
    """Whether it needs `to_sdr`: it is HDR, or its colours go beyond BT.709."""
    return is_hdr(frame) or frame.color_primaries in _TO_709


def to_sdr(signal: npt.NDArray[np.uint16], full: int, trc: int, primaries: int) -> Image:
    """A picture as SDR.

    Args:
        signal: R'G'B' as it is coded, (H, W, 3).
        full: The number that stands for 1 in it.
        trc: How light is coded, a `ColorTrc`: PQ, HLG, or anything else for gamma 2.4.
        primaries: The `ColorPrimaries`; untagged HDR is BT.2020.

    Returns:
        RGB uint8 (H, W, 3).
    """
    light: Light = np.take(_linear(trc, full), signal)
    if trc == ColorTrc.ARIB_STD_B67:
        # HLG is light of the scene: a display of 1000 cd/m² raises its luminance to 1.2 (ITU-R BT.2100, table 5).
        luminance = np.maximum(cv2.transform(light, np.asarray([_LUMA_2020], np.float32)), 1e-6)
        light *= (cv2.pow(luminance, 0.2) * (_PEAK_HLG_CD / WHITE_CD))[..., None]
    if trc in _HDR and primaries == ColorPrimaries.UNSPECIFIED:
        primaries = ColorPrimaries.BT2020
    if primaries in _TO_709:
        light = np.asarray(cv2.transform(light, np.asarray(_TO_709[primaries], np.float32)), np.float32)
    np.maximum(light, 0, out=light)
    if trc in _HDR:
        brightest = np.maximum(np.maximum(light[..., 0], light[..., 1]), light[..., 2])
        bright = brightest > KNEE
        light[bright] *= _roll_off(brightest[bright])[:, None]
    # By a table over the root of light, which tells dark greys apart: powers would take most of the time.
    roots = np.asarray(cv2.sqrt(np.minimum(light, 1, out=light))) * 65535
    return np.asarray(np.take(_coded(), roots.astype(np.uint16)), np.uint8)


def _roll_off(brightest: Light) -> Light:
    """What to scale light above the knee by: what is left up to white is never quite reached."""
    over = (brightest - KNEE) / (1 - KNEE)
    return np.asarray((KNEE + (1 - KNEE) * over / (1 + over)) / brightest, np.float32)


@cache
def _coded() -> Image:
    """The bytes for light, by its root in 16 bits."""
    return np.rint((np.arange(65536) / 65535) ** (2 / _GAMMA) * 255).astype(np.uint8)


@cache
def _linear(trc: int, full: int) -> Light:
    """The light of each number of 16 bits."""
    signal = np.minimum(np.arange(65536) / full, 1)
    match trc:
        case ColorTrc.SMPTE2084:  # ITU-R BT.2100, table 4
            root = signal ** (32 / 2523)
            light = (np.maximum(root - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * root)) ** (16384 / 2610)
            light *= 10000 / WHITE_CD
        case ColorTrc.ARIB_STD_B67:
            a, b, c = 0.17883277, 0.28466892, 0.55991073
            light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
        case _:
            light = signal**_GAMMA
    return light.astype(np.float32)
