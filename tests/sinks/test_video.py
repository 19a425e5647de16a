from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.sinks.sink import NullSink
from livestyle.sinks.video import VideoSink
from livestyle.sinks.writer import even_hw

resource: Any = pytest.importorskip("resource")  # stands in for a full disk; not on Windows

SIZE_HW = (48, 64)


def frames(times_s: list[float], size_hw: tuple[int, int] = SIZE_HW, *, noisy: bool = False) -> Iterator[Frame]:
    """Frames whose brightness grows by 10 each."""
    rng = np.random.default_rng(0)
    for index, time_s in enumerate(times_s):
        image = (
            rng.integers(0, 255, (*size_hw, 3), np.uint8) if noisy else np.full((*size_hw, 3), 20 + 10 * index, "u1")
        )
        yield Frame(image, time_s, index)


def read(path: Path) -> tuple[list[float], list[np.ndarray]]:
    """The times and pictures of what can be decoded."""
    times, images = [], []
    with av.open(str(path), format="matroska" if ".mkv" in path.name else "mp4") as clip:
        for packet in clip.demux(video=0):
            try:
                found = packet.decode()
            except av.InvalidDataError:  # the last one of a file that was cut off
                continue
            times += [float(frame.pts * frame.time_base) for frame in found]
            images += [frame.to_ndarray(format="rgb24") for frame in found]
    return times, images


def test_frames_are_shown_at_their_own_times(tmp_path: Path) -> None:
    times_s = [10.0, 10.033, 10.5, 10.517, 11.25]
    with VideoSink(tmp_path / "a.mp4", SIZE_HW) as sink:
        for frame in frames(times_s):
            sink.write(frame)
        assert [path.name for path in tmp_path.iterdir()] == ["a.mp4.part"]
    found_s, images = read(tmp_path / "a.mp4")
    assert found_s == pytest.approx([time_s - 10.0 for time_s in times_s], abs=1 / 90000)
    assert [round(float(image.mean()) / 10) for image in images] == [2, 3, 4, 5, 6]
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_the_whole_file_is_an_ordinary_mp4(tmp_path: Path) -> None:
    """With its number of frames in its index, which a fragmented one has not."""
    with VideoSink(tmp_path / "a.mp4", SIZE_HW) as sink:
        for frame in frames([number / 30 for number in range(20)]):
            sink.write(frame)
    with av.open(str(tmp_path / "a.mp4")) as clip:
        stream = clip.streams.video[0]
        assert (stream.frames, stream.duration * stream.time_base) == (20, Fraction(20, 30))
        context = stream.codec_context
        assert (context.pix_fmt, context.color_range, context.colorspace) == ("yuv420p", 1, 1)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_recording_survives_a_crash(tmp_path: Path, name: str) -> None:
    sink = VideoSink(tmp_path / name, SIZE_HW)
    sink.open()
    for frame in frames([number / 30 for number in range(240)], noisy=True):
        sink.write(frame)
    shutil.copy(tmp_path / f"{name}.part", tmp_path / f"crashed-{name}")
    sink.close()
    # The encoder looks ahead by about a second, and the last second may not be on the disk yet.
    assert len(read(tmp_path / f"crashed-{name}")[0]) > 150
    assert len(read(tmp_path / name)[0]) == 240


def test_times_that_stand_still_are_moved_on(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4", SIZE_HW) as sink:
        for frame in frames([0.0, 0.0, 0.1, 0.05]):
            sink.write(frame)
    times_s, _ = read(tmp_path / "a.mp4")
    assert times_s == sorted(set(times_s))
    assert len(times_s) == 4


@pytest.mark.parametrize("size_hw", [(1, 1), (33, 47), (2, 90)])
def test_odd_sizes(tmp_path: Path, size_hw: tuple[int, int]) -> None:
    with VideoSink(tmp_path / "a.mp4", size_hw) as sink:
        for frame in frames([0.0, 0.1], size_hw):
            sink.write(frame)
    _, images = read(tmp_path / "a.mp4")
    assert [image.shape for image in images] == [(*even_hw(size_hw), 3)] * 2


def test_frames_of_another_size_are_scaled(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4", SIZE_HW) as sink:
        for frame in [*frames([0.0]), *frames([0.1], (90, 120))]:
            sink.write(frame)
    assert [image.shape for image in read(tmp_path / "a.mp4")[1]] == [(*SIZE_HW, 3)] * 2


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("precious")
    with pytest.raises(SinkError, match="exists already"), VideoSink(tmp_path / "a.mp4", SIZE_HW):
        pass
    assert (tmp_path / "a.mp4").read_text() == "precious"
    with VideoSink(tmp_path / "a.mp4", SIZE_HW, overwrite=True) as sink:
        sink.write(next(frames([0.0])))
    assert len(read(tmp_path / "a.mp4")[0]) == 1


def record(sink: VideoSink, taken: Iterable[Frame], error: BaseException | None = None) -> None:
    """Writes frames, then ends by an error if one is given."""
    with sink:
        for frame in taken:
            sink.write(frame)
        if error is not None:
            raise error


@pytest.mark.parametrize("keep", [True, False])
def test_given_up(tmp_path: Path, keep: bool) -> None:
    sink = VideoSink(tmp_path / "a.mp4", SIZE_HW, keep_partial=keep)
    with pytest.raises(KeyboardInterrupt):
        record(sink, frames([0.0, 0.1, 0.2]), KeyboardInterrupt())
    assert [path.name for path in tmp_path.iterdir()] == (["a.mp4"] if keep else [])
    if keep:
        assert len(read(tmp_path / "a.mp4")[0]) == 3


def test_without_frames_there_is_no_file(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4", SIZE_HW) as sink:
        pass
    sink.close()
    assert list(tmp_path.iterdir()) == []


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """Makes writing fail beyond a size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_keeps_what_was_recorded(tmp_path: Path) -> None:
    sentence = r"larger than its disk allows.*What was written until then is in .*a\.mp4\.part"
    endless = frames([number / 30 for number in range(2000)], noisy=True)
    with largest_file(600_000), pytest.raises(SinkError, match=sentence):
        record(VideoSink(tmp_path / "a.mp4", SIZE_HW), endless)
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4.part"]
    assert len(read(tmp_path / "a.mp4.part")[0]) > 30


def test_a_full_disk_at_the_very_end(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "a.mp4", SIZE_HW, keep_partial=False)
    with largest_file(2000), pytest.raises(SinkError, match="larger than its disk allows"):
        record(sink, frames([0.0], noisy=True))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.avi", "a", "no/such/a.mp4"])
def test_names_that_can_not_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(SinkError), VideoSink(tmp_path / name, SIZE_HW):
        pass
    assert list(tmp_path.iterdir()) == []


def test_writing_needs_opening(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="open it first"):
        VideoSink(tmp_path / "a.mp4", SIZE_HW).write(next(frames([0.0])))


def test_the_null_sink_counts() -> None:
    with NullSink() as sink:
        for frame in frames([0.0, 0.1]):
            sink.write(frame)
    assert sink.frames == 2
