from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import av
import av.error
import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.sources.decode import (
    FrameConverter,
    TimeStamps,
    decoded,
    displayed_hw,
    frame_to_rgb,
    open_video,
    pixel_aspect_of,
    video_stream_of,
)

BT709, BT601, LIMITED, FULL = 1, 5, 1, 2


def first_frame(path: Path) -> av.VideoFrame:
    with open_video(path) as container:
        return next(container.decode(video_stream_of(container, path.name)))


def yuv_frame(
    rgb: tuple[int, int, int], matrix: int, color_range: int, hw: tuple[int, int], tag: bool
) -> av.VideoFrame:
    """A frame of one colour, by the definition of the matrix (ITU-R BT.601 and BT.709)."""
    kr, kb = {BT709: (0.2126, 0.0722), BT601: (0.299, 0.114)}[matrix]
    r, g, b = (value / 255 for value in rgb)
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)
    planes = (255 * y, 128 + 255 * cb, 128 + 255 * cr)
    if color_range == LIMITED:
        planes = (16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr)
    frame = av.VideoFrame(hw[1], hw[0], "yuv420p")
    for plane, value in zip(frame.planes, planes, strict=True):
        plane.update(np.full(plane.buffer_size, round(value), np.uint8).tobytes())
    if tag:
        frame.colorspace, frame.color_range = matrix, color_range
    return frame


@pytest.mark.parametrize("rgb", [(255, 255, 255), (0, 0, 0), (200, 40, 60), (20, 180, 90)])
@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize("matrix", [BT709, BT601])
def test_colors_follow_the_tags(rgb: tuple[int, int, int], matrix: int, color_range: int) -> None:
    image = frame_to_rgb(yuv_frame(rgb, matrix, color_range, (32, 48), tag=True))
    assert np.abs(image.astype(int) - rgb).max() <= 2


@pytest.mark.parametrize(
    ("hw", "matrix"),
    [
        ((480, 640), BT601),
        ((576, 1024), BT601),
        ((720, 1280), BT709),
        ((1280, 720), BT709),
        ((544, 1280), BT709),
        ((578, 768), BT709),
    ],
)
def test_untagged_colors_are_taken_as_players_take_them(hw: tuple[int, int], matrix: int) -> None:
    image = frame_to_rgb(yuv_frame((200, 40, 60), matrix, LIMITED, hw, tag=False))
    assert np.abs(image.astype(int) - (200, 40, 60)).max() <= 2


@pytest.mark.parametrize("pix_fmt", ["rgb24", "gray", "gbrp", "yuv422p10le", "nv12", "rgba"])
def test_any_pixel_format_becomes_rgb(pix_fmt: str) -> None:
    gray = av.VideoFrame.from_ndarray(np.full((6, 10, 3), 120, np.uint8), "rgb24")
    image = frame_to_rgb(gray.reformat(format=pix_fmt))
    assert image.shape == (6, 10, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert np.abs(image.astype(int) - 120).max() <= 2


@pytest.mark.parametrize("hw", [(1, 1), (63, 97), (64, 97), (63, 96), (2, 31)])
def test_odd_sizes_keep_every_pixel(hw: tuple[int, int]) -> None:
    image = frame_to_rgb(yuv_frame((200, 40, 60), BT601, LIMITED, hw, tag=True))
    assert image.shape == (*hw, 3)
    assert np.abs(image.astype(int) - (200, 40, 60)).max() <= 2


@pytest.mark.parametrize(
    ("rotation", "hflip", "seen"),
    [
        (0, False, "rgbw"),
        (90, False, "gwrb"),  # counter-clockwise
        (180, False, "wbgr"),
        (-90, False, "brwg"),
        (0, True, "grwb"),
        (180, True, "bwrg"),
        (90, True, "wgbr"),
        (-90, True, "rbgw"),
    ],
)
def test_phone_clips_are_turned_and_mirrored(make_clip, corners, rotation: int, hflip: bool, seen: str) -> None:
    frame = first_frame(make_clip(hw=(48, 64), rotation=rotation, hflip=hflip))
    image = frame_to_rgb(frame)
    assert corners(image) == seen
    assert displayed_hw(frame) == image.shape[:2] == ((64, 48) if rotation in (90, -90) else (48, 64))


def test_oblong_pixels_are_made_square(make_clip) -> None:
    path = make_clip(hw=(48, 64), aspect=Fraction(4, 3))
    with open_video(path) as container:
        stream = video_stream_of(container, path.name)
        aspect = pixel_aspect_of(stream)
        frame = next(container.decode(stream))
    assert aspect == Fraction(4, 3)
    assert frame_to_rgb(frame, aspect).shape == (48, 85, 3)
    assert displayed_hw(frame, aspect) == (48, 85)


def test_square_pixels_are_left_alone(make_clip) -> None:
    path = make_clip()
    with open_video(path) as container:
        assert pixel_aspect_of(video_stream_of(container, path.name)) == 1


def test_a_colon_in_a_name_is_no_protocol(make_clip) -> None:
    assert first_frame(make_clip("10:30 ünïcode.mp4")).width == 64


def write_bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder, clip: folder / "none.mp4", "no file"),
        (lambda folder, clip: folder, "is a folder"),
        (lambda folder, clip: write_bytes(folder / "empty.mp4", b""), "is empty"),
        (lambda folder, clip: write_bytes(folder / "text.mp4", b"dear diary\n" * 200), "can't be read as a video"),
        (lambda folder, clip: write_bytes(folder / "notes.txt", b"dear diary\n" * 200), "is a text file"),
        (lambda folder, clip: write_bytes(folder / "noise.mp4", bytes(range(256)) * 40), "can't be read as a video"),
        (lambda folder, clip: write_bytes(folder / "cut.mp4", clip.read_bytes()[:900]), "can't be read as a video"),
    ],
)
def test_what_is_no_video_is_told_in_a_sentence(tmp_path: Path, make_clip, make, says: str) -> None:
    path = make(tmp_path, make_clip())
    with pytest.raises(SourceError, match=says) as caught, open_video(path):
        pass
    assert path.name in str(caught.value)


def test_a_file_with_sound_only_has_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode(None))
    with open_video(path) as container, pytest.raises(SourceError, match=r"song\.wav has no video"):
        video_stream_of(container, path.name)


@pytest.mark.parametrize(
    ("said", "mended"),
    [
        ([0, 10, 20], [0, 10, 20]),
        ([7, None, None], [7, 17, 27]),
        ([None, None, 15], [0, 10, 15]),
        ([5, 5, 15], [5, 6, 15]),
        ([50, 40, 45, 60], [50, 51, 52, 60]),
    ],
    ids=["as they are", "left out", "none at first", "twice", "back"],
)
def test_time_stamps_are_mended(said: list[int | None], mended: list[int]) -> None:
    stamps = TimeStamps(step=10, least=1)
    assert [stamps.mend(stamp) for stamp in said] == mended


def test_what_is_damaged_is_left_out_and_told() -> None:
    answers = [["first"], av.error.InvalidDataError(1, "damaged"), ["third", "fourth"]]
    stream = Mock(index=0, codec_context=Mock(decode=Mock(side_effect=answers)))
    damages: list[int] = []
    packets = [Mock(stream=stream) for _ in answers]
    assert list(decoded(packets, stream, lambda: damages.append(1))) == ["first", "third", "fourth"]
    assert damages == [1]


def test_where_packets_end_in_a_mess_what_came_before_is_kept(make_clip) -> None:
    clip = make_clip(frames=6)
    damages: list[int] = []

    def cut_off() -> Iterator[Any]:
        yield from list(container.demux(stream))[:4]
        raise av.error.InvalidDataError(1, "cut off")

    with open_video(clip) as container:
        stream = video_stream_of(container, clip.name)
        frames = list(decoded(cut_off(), stream, lambda: damages.append(1)))
    assert len(frames) == 4
    assert damages == [1]


def test_packets_of_other_streams_come_as_they_are(make_clip) -> None:
    clip = make_clip(frames=3)
    others = [Mock(stream=Mock(index=9), size=size) for size in (5, 0)]
    with open_video(clip) as container:
        stream = video_stream_of(container, clip.name)
        found = list(decoded([*others, *container.demux(stream)], stream))
    assert found[0] is others[0]
    assert [type(item) for item in found[1:]] == [av.VideoFrame] * 3


@pytest.mark.parametrize(("scale", "size_hw"), [(1.0, (48, 64)), (0.5, (24, 32)), (2.0, (96, 128)), (0.001, (1, 1))])
def test_a_converter_makes_one_size_of_all(make_clip, scale: float, size_hw: tuple[int, int]) -> None:
    first, other = first_frame(make_clip("a.mp4")), first_frame(make_clip("b.mp4", hw=(96, 64)))
    with open_video(make_clip("a.mp4")) as container:
        converter = FrameConverter(video_stream_of(container, "a.mp4"), first, scale)
    assert converter.size_hw == size_hw
    assert {converter.convert(frame).shape for frame in (first, other)} == {(*size_hw, 3)}


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt", "tags"),
    [
        ("a.webm", "libvpx", "yuva420p", {}),
        ("a.webm", "libvpx-vp9", "yuva420p", {}),
        ("a.webm", "libvpx-vp9", "yuva420p", {"alpha_mode": "1"}),
        ("a.mov", "prores_ks", "yuva444p10le", {}),
        ("a.mov", "qtrle", "argb", {}),
        ("a.apng", "apng", "rgba", {}),
    ],
)
@pytest.mark.parametrize("background", [(255, 255, 255), (0, 120, 240)])
def test_what_is_transparent_is_painted_over_a_colour(
    tmp_path: Path, name: str, codec: str, pix_fmt: str, tags: dict[str, str], background: tuple[int, int, int]
) -> None:
    path = tmp_path / name
    with av.open(str(path), "w") as container:
        options = {"auto-alt-ref": "0"} if "vpx" in codec else {}
        stream = container.add_stream(codec, rate=25, options=options)
        stream.metadata.update(tags)
        stream.height, stream.width, stream.pix_fmt = 48, 64, pix_fmt
        image = np.zeros((48, 64, 4), np.uint8)
        image[..., 2] = 200  # blue that nobody may see
        image[:, 32:] = (200, 40, 40, 255)
        for number in range(2):
            frame = av.VideoFrame.from_ndarray(image, "rgba").reformat(format=pix_fmt)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with open_video(path) as container:
        stream = video_stream_of(container, name)
        frames = list(decoded(container.demux(stream), stream))
        converter = FrameConverter(stream, frames[0], background=background)
        images = [converter.convert(frame).astype(int) for frame in frames]
    assert len(images) == 2
    for image in images:
        assert np.abs(image[:, :24] - background).max() <= 8
        assert np.abs(image[:, 40:] - (200, 40, 40)).max() <= 14
