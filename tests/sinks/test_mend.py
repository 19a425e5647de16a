from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from livestyle.frame import Frame
from livestyle.sinks.mend import cut_off, mend
from livestyle.sinks.video import VideoSink
from livestyle.sound import Sound

SIZE_HW = (64, 64)
RATE_FPS = 30


def record_for_ever(path: Path, pipe) -> None:
    """Records as fast as it can, until it is killed; says how far it is."""
    rng = np.random.default_rng(0)
    with VideoSink(path, SIZE_HW, rate_fps=RATE_FPS, sound=True) as sink:
        for index in range(100_000):
            sink.hear(Sound(rng.normal(0, 0.1, (1600, 2)).astype(np.float32), index / RATE_FPS))
            sink.write(Frame(rng.integers(0, 255, (*SIZE_HW, 3), np.uint8), index / RATE_FPS, index))
            pipe.send(index / RATE_FPS)


def half_video(path: Path, seconds: float) -> Path:
    """What is left of a recording when everything stops."""
    sink = VideoSink(path, SIZE_HW, rate_fps=RATE_FPS, sound=True)
    sink.open()
    for index in range(round(seconds * RATE_FPS)):
        sink.hear(Sound(np.zeros((1600, 2), np.float32), index / RATE_FPS))
        sink.write(Frame(np.full((*SIZE_HW, 3), index % 200, np.uint8), index / RATE_FPS, index))
    left = path.with_name(path.name + ".part").read_bytes()
    sink.close(completed=False)
    path.unlink()
    part = path.with_name(path.name + ".part")
    part.write_bytes(left)
    return part


def ends_s(path: Path) -> tuple[float, float]:
    """When the last picture is shown and the sound ends, of a file in which all can be decoded."""
    ends = []
    for kind in ("video", "audio"):
        with av.open(str(path)) as file:
            frames = list(file.decode(**{kind: 0}))
            ends.append(frames[-1].time + (frames[-1].samples / 48000 if kind == "audio" else 0))
            assert frames[0].time == pytest.approx(0, abs=0.03)
    return ends[0], ends[1]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed so there")
@pytest.mark.parametrize("name", ["livestyle-a.mp4", "livestyle-a.mkv"])
def test_a_recorder_that_is_killed_loses_a_second_at_most(tmp_path: Path, name: str) -> None:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=record_for_ever, args=(tmp_path / name, theirs))
    process.start()
    theirs.close()
    time_s = 0.0
    while time_s < 2.3:
        assert ours.poll(60)
        time_s = ours.recv()
    assert mend(tmp_path / f"{name}.part") is None  # somebody is at it
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    try:
        while True:
            time_s = ours.recv()
    except EOFError:
        pass
    (part,) = cut_off(tmp_path, ("livestyle-",))
    assert mend(part) == tmp_path / name
    assert [path.name for path in tmp_path.iterdir()] == [name]
    picture_s, sound_s = ends_s(tmp_path / name)
    assert picture_s > time_s - 1
    assert sound_s > time_s - 1


def test_only_half_videos_of_ours_are_found(tmp_path: Path) -> None:
    names = ["livestyle-1.mp4.part", "livestyle-2.mkv.part", "livestyle-3.png.part", "livestyle-4.mp4", "b.mp4.part"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in cut_off(tmp_path, ("livestyle-",))] == names[:2]
    assert cut_off(tmp_path / "missing", ("livestyle-",)) == []


def test_a_name_that_is_taken_meanwhile_is_left_alone(tmp_path: Path) -> None:
    part = half_video(tmp_path / "a.mp4", 2.0)
    (tmp_path / "a.mp4").write_text("another")
    assert mend(part) == tmp_path / "a-2.mp4"
    assert (tmp_path / "a.mp4").read_text() == "another"
    assert not part.exists()


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"half a header"])
def test_one_without_a_picture_goes(tmp_path: Path, content: bytes) -> None:
    part = tmp_path / "a.mp4.part"
    part.write_bytes(content)
    os.utime(part, (0, 0))
    assert mend(part) is None
    assert list(tmp_path.iterdir()) == []


def test_one_that_begins_just_now_is_left_alone(tmp_path: Path) -> None:
    part = tmp_path / "a.mp4.part"
    part.touch()
    assert mend(part) is None
    assert part.exists()


def test_one_that_was_cut_off_while_it_was_mended_begins_anew(tmp_path: Path) -> None:
    part = half_video(tmp_path / "a.mp4", 2.0)
    (tmp_path / "a.mp4.mending").write_text("half of it")
    assert mend(part) == tmp_path / "a.mp4"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_one_cut_off_within_a_packet_is_mended_up_to_there(tmp_path: Path) -> None:
    part = half_video(tmp_path / "a.mp4", 4.0)
    part.write_bytes(part.read_bytes()[: part.stat().st_size * 2 // 3])
    assert mend(part) == tmp_path / "a.mp4"
    assert ends_s(tmp_path / "a.mp4")[0] > 1.5


def test_one_that_is_gone_by_now_is_no_failure(tmp_path: Path) -> None:
    assert mend(tmp_path / "a.mp4.part") is None


def test_its_rate_is_still_told_where_pictures_came_unevenly(tmp_path: Path) -> None:
    sink = VideoSink(tmp_path / "take-a.mkv", SIZE_HW, rate_fps=RATE_FPS)
    sink.open()
    for index in range(90):
        sink.write(Frame(np.full((*SIZE_HW, 3), index, np.uint8), index * 1.13 / RATE_FPS, index))
    left = (tmp_path / "take-a.mkv.part").read_bytes()
    sink.close(completed=False)
    (tmp_path / "take-b.mkv.part").write_bytes(left)
    mended = mend(tmp_path / "take-b.mkv.part")
    assert mended is not None
    with av.open(str(mended)) as file:
        assert file.streams.video[0].average_rate == RATE_FPS
