from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from livestyle.errors import SinkError
from livestyle.sinks import encoders
from livestyle.sinks.encoders import pick_encoder, pick_for_alpha, why_not
from livestyle.sinks.kinds import ENCODERS, FALLBACK_ENCODER
from livestyle.sinks.writer import VideoWriter, as_yuv

SIZE_HW = (64, 96)
RAMP = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 4, 0).repeat(3, 2)


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of encoders that work here; all others don't."""
    names: set[str] = set()
    monkeypatch.setattr(encoders, "why_not", lambda name, *_: None if name in names else "no driver")
    return names


@pytest.fixture
def untried() -> Iterator[None]:
    """What was found out is forgotten before and after."""
    why_not.cache_clear()
    yield
    why_not.cache_clear()


@pytest.mark.parametrize(
    ("there", "container", "bits", "picked"),
    [
        ({"h264_nvenc", "hevc_nvenc", "h264_qsv"}, "mp4", 8, "h264_nvenc"),
        ({"h264_amf", "h264_qsv"}, "mov", 8, "h264_qsv"),
        ({"h264_videotoolbox"}, "matroska", 8, "h264_videotoolbox"),
        ({"h264_nvenc", "hevc_amf"}, "mp4", 10, "hevc_amf"),
        ({"h264_nvenc"}, "matroska", 10, "libx265"),
        ({"h264_nvenc"}, "webm", 8, "libvpx-vp9"),
        ({"h264_nvenc"}, "webm", 10, "libsvtav1"),
        (set(), "mp4", 8, "libx264"),
        (set(), "mp4", 10, "libx265"),
    ],
)
def test_hardware_is_taken_where_it_works(
    works: set[str], there: set[str], container: str, bits: int, picked: str
) -> None:
    works |= there
    assert pick_encoder("auto", container, SIZE_HW, bits) == (picked, None)


def test_what_was_asked_for_is_taken_where_it_works(works: set[str]) -> None:
    works |= {"h264_nvenc", "libsvtav1", "hevc_qsv"}
    assert pick_encoder("libsvtav1", "webm", SIZE_HW) == ("libsvtav1", None)
    assert pick_encoder("hevc_qsv", "mov", SIZE_HW, 10) == ("hevc_qsv", None)
    name, said = pick_encoder("h264_amf", "mp4", SIZE_HW)
    assert name == "libx264"
    assert said == "The encoder h264_amf does not work on this machine (no driver): libx264 is used instead."


@pytest.mark.parametrize(
    ("asked", "container", "bits", "sentence"),
    [
        ("h265", "mp4", 8, "There is no encoder 'h265': choose auto, libx264"),
        ("libx264", "webm", 8, "use libvpx-vp9"),
        ("libvpx-vp9", "mp4", 8, "use libx264"),
        ("libsvtav1", "mov", 8, "use libx264"),
        ("libx264", "mp4", 10, "use libx265, or 8 bits"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: str, container: str, bits: int, sentence: str) -> None:
    with pytest.raises(SinkError, match=sentence):
        pick_encoder(asked, container, SIZE_HW, bits)


def test_what_keeps_transparency_is_decided_by_the_container() -> None:
    assert pick_for_alpha("auto", "mov") == ("prores_ks", None)
    assert pick_for_alpha("libvpx-vp9", "webm") == ("libvpx-vp9", None)
    assert pick_for_alpha("auto", "mov", 10) == ("prores_ks", None)
    name, said = pick_for_alpha("auto", "webm", 10)
    assert name == "libvpx-vp9"
    assert said is not None
    assert "in 8 bits, not 10" in said
    name, said = pick_for_alpha("h264_nvenc", "matroska")
    assert name == "libvpx-vp9"
    assert said is not None
    assert "in place of h264_nvenc" in said


@pytest.mark.parametrize("name", [name for name, each in ENCODERS.items() if not each.is_hardware])
@pytest.mark.parametrize("size_hw", [(64, 96), (16, 16)])
def test_those_that_come_with_pyav_work(name: str, size_hw: tuple[int, int]) -> None:
    assert why_not(name, size_hw) is None
    if ENCODERS[name].deep is not None:
        assert why_not(name, size_hw, 10) is None


def test_one_that_makes_other_pictures_does_not_work(untried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    real = av.VideoFrame.from_ndarray
    monkeypatch.setattr(av.VideoFrame, "from_ndarray", lambda image, *more: real(image[..., ::-1].copy(), *more))
    assert why_not("libx264", SIZE_HW) == "its pictures come out wrong"


def test_one_that_there_is_not_does_not_work(untried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENCODERS, "h264_none", ENCODERS["libx264"])
    assert why_not("h264_none", SIZE_HW) == "this build of FFmpeg is without it"
    assert why_not("libx264", (16384 * 2, 16)) is not None


def test_every_fallback_can_be_asked_for() -> None:
    for container, name in FALLBACK_ENCODER.items():
        assert pick_encoder(name, container, SIZE_HW) == (name, None)


def test_ten_bits_keep_what_eight_round() -> None:
    def shades(pix_fmt: str) -> int:
        luma = as_yuv(RAMP, pix_fmt, VideoReformatter()).to_ndarray()[:4]
        return len(np.unique(luma))

    assert shades("yuv420p") <= 220
    assert shades("yuv420p10le") == 256


@pytest.mark.parametrize("encoder", ["libx264", "libx265", "libsvtav1"])
@pytest.mark.parametrize("frames", [1, 2, 3, 7])
def test_few_frames_are_a_file_too(tmp_path: Path, encoder: str, frames: int) -> None:
    noise: Any = np.random.default_rng(0).integers(0, 256, (frames, 64, 64, 3)).astype(np.uint8)
    path = tmp_path / "x.mp4"
    with VideoWriter(path, "mp4", (64, 64), time_base=Fraction(1, 1000), encoder=encoder) as writer:
        for number, image in enumerate(noise):
            writer.write(image, 100 * number, 900 if number == frames - 1 else 100)
        writer.finish()
    with av.open(str(path)) as container:
        assert container.duration == (frames - 1) * 100_000 + 900_000
        shown = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert shown == pytest.approx([number / 10 for number in range(frames)])
