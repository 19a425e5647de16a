"""The queue at work, with a painter that paints when it is told to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.clips.options import ConvertOptions
from livestyle.gui.background import Background
from livestyle.gui.video_queue import VideoQueue
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import load_queue
from livestyle.look import Look

HOW = How(Look((("wild", 1.0),)))


class Painter(QObject):
    """Notes what it is to paint."""

    progressed = pyqtSignal(int, object)
    finished = pyqtSignal(int, str, tuple)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[ClipJob] = []
        self.stops = 0

    def paint(self, job: ClipJob) -> None:
        self.jobs.append(job)

    def stop(self) -> None:
        self.stops += 1


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def painter(qapp) -> Painter:
    return Painter()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def background(qapp):
    background = Background()
    yield background
    background.join(5)


@pytest.fixture
def videos(background: Background, painter: Painter, clock: Clock, tmp_path: Path):
    queue = VideoQueue(background, tmp_path / "data" / "videos.json", painter, clock=clock)
    queue.start()
    yield queue
    queue.close()


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "clips"
    folder.mkdir()
    paths = [folder / name for name in ("1.mp4", "2.mkv", "10.avi")]
    for path in paths:
        path.touch()
    return paths


def states(videos: VideoQueue) -> list[str]:
    return [entry.state for entry in videos.queue.entries]


def numbers(videos: VideoQueue) -> list[int]:
    return [entry.number for entry in videos.queue.entries]


@pytest.fixture
def three(videos: VideoQueue, clips: list[Path], qtbot) -> VideoQueue:
    """With three clips that nobody has begun."""
    videos.add([clips[0].parent], HOW)
    qtbot.waitUntil(lambda: len(videos.queue.entries) == 3)
    return videos


def test_a_folder_is_taken_in_and_waits_to_be_begun(three: VideoQueue, clips: list[Path], painter: Painter) -> None:
    entries = three.queue.entries
    assert [entry.job.source for entry in entries] == clips
    assert [entry.job.target.name for entry in entries] == ["1-painted.mp4", "2-painted.mkv", "10-painted.mp4"]
    assert all(entry.job.options.resume and entry.job.how == HOW for entry in entries)
    assert states(three) == ["paused"] * 3
    assert painter.jobs == []


def test_a_folder_without_clips_is_told(videos: VideoQueue, background: Background, tmp_path: Path, qtbot) -> None:
    with qtbot.waitSignal(background.failed) as failed:
        videos.add([tmp_path / "data"], HOW)
    assert "There is no video in" in failed.args[0]


def test_one_is_painted_after_the_other(three: VideoQueue, painter: Painter, qtbot) -> None:
    painted: list[Path] = []
    three.painted.connect(painted.append)
    three.go_on(numbers(three))
    assert states(three) == ["painting", "waiting", "waiting"]
    painter.progressed.emit(3, 10)
    assert three.queue.entries[0].share == 0.3
    painter.finished.emit(10, "", ("It is HDR.",))
    painter.finished.emit(0, "There is no file 2.mkv: check its name.", ())
    assert states(three) == ["done", "failed", "painting"]
    assert three.queue.entries[0].warnings == ("It is HDR.",)
    assert three.queue.entries[1].error == "There is no file 2.mkv: check its name."
    assert painted == [three.queue.entries[0].job.target]
    with qtbot.waitSignal(three.all_painted):
        painter.finished.emit(5, "", ())
    assert painter.stops == 1
    assert [job.source.name for job in painter.jobs] == ["1.mp4", "2.mkv", "10.avi"]


def test_what_comes_while_others_are_painted_is_painted_in_turn(three: VideoQueue, clips: list[Path], qtbot) -> None:
    three.go_on(numbers(three)[:1])
    three.add(clips[:1], HOW)
    qtbot.waitUntil(lambda: len(three.queue.entries) == 4)
    assert states(three) == ["painting", "paused", "paused", "waiting"]
    assert three.queue.entries[3].job.target.name == "1-painted-2.mp4"


def test_what_is_paused_makes_room_and_goes_on_in_its_turn(three: VideoQueue, painter: Painter) -> None:
    first, second, third = numbers(three)
    three.go_on([first, second])
    painter.progressed.emit(4, 10)
    three.pause([first])
    assert states(three) == ["paused", "painting", "paused"]
    assert painter.stops == 1
    assert three.queue.entries[0].is_begun
    three.go_on([first])
    assert states(three) == ["waiting", "painting", "paused"]
    three.pause([first, second, third])
    assert states(three) == ["paused"] * 3


def test_a_failed_one_is_tried_again(three: VideoQueue, painter: Painter) -> None:
    first = numbers(three)[0]
    three.go_on([first])
    painter.finished.emit(0, "There is no space left.", ())
    three.go_on([first])
    assert states(three)[0] == "painting"
    assert three.queue.entries[0].error == ""
    assert painter.jobs[0] == painter.jobs[1]


def test_what_is_taken_out_leaves_nothing_but_finished_results(
    three: VideoQueue, painter: Painter, background: Background, qtbot
) -> None:
    first, second, third = numbers(three)
    three.go_on([first])
    three.queue.entries[0].job.target.touch()
    painter.finished.emit(10, "", ())
    done = three.queue.entries[0].job.target
    three.go_on([second, third])
    target = three.queue.entries[1].job.target
    segments = target.with_name(f"{target.name}.segments")
    segments.mkdir()
    target.with_name(f"{target.name}.part").touch()
    three.remove([first, second])
    assert numbers(three) == [third]
    assert states(three) == ["painting"]
    qtbot.waitUntil(lambda: not segments.exists() and not target.with_name(f"{target.name}.part").exists())
    assert done.exists()


def test_they_are_put_in_order(three: VideoQueue, painter: Painter) -> None:
    first, second, third = numbers(three)
    three.order([third, first, second])
    three.go_on([first, second, third])
    assert painter.jobs[0].source.name == "10.avi"
    three.order([first, second, third])
    assert states(three) == ["waiting", "waiting", "painting"]
    assert len(painter.jobs) == 1


def test_a_take_is_painted_first(three: VideoQueue, painter: Painter, clips: list[Path]) -> None:
    three.go_on(numbers(three)[:2])
    three.add_job(ClipJob(clips[0], clips[0].with_name("take-painted.mp4"), HOW))
    assert states(three) == ["painting", "waiting", "waiting", "paused"]
    assert three.queue.entries[1].job.options.resume
    painter.finished.emit(1, "", ())
    assert painter.jobs[1].target.name == "take-painted.mp4"


def test_what_is_not_being_painted_can_be_changed(three: VideoQueue, painter: Painter) -> None:
    three.go_on(numbers(three)[:2])
    three.change(numbers(three), lambda job: replace(job, options=replace(job.options, scale=0.5)))
    assert [entry.job.options.scale for entry in three.queue.entries] == [1.0, 0.5, 0.5]


def test_another_folder_is_for_those_that_nothing_is_painted_of(
    three: VideoQueue, painter: Painter, tmp_path: Path
) -> None:
    three.go_on(numbers(three)[:1])
    painter.progressed.emit(1, 2)
    three.pause(numbers(three))
    three.use_folder(tmp_path / "out")
    assert [entry.job.target.parent.name for entry in three.queue.entries] == ["clips", "out", "out"]
    three.use_folder(None)
    assert [entry.job.target.parent.name for entry in three.queue.entries] == ["clips"] * 3


def test_a_name_that_was_taken_meanwhile_is_left_alone(three: VideoQueue, painter: Painter) -> None:
    three.queue.entries[0].job.target.touch()
    three.go_on(numbers(three)[:1])
    assert painter.jobs[0].target.name == "1-painted-2.mp4"


def test_how_fast_it_goes(three: VideoQueue, painter: Painter, clock: Clock) -> None:
    assert three.speed is None
    three.go_on(numbers(three)[:1])
    painter.progressed.emit(5, 25)
    assert three.speed is None
    clock.now += 2
    painter.progressed.emit(15, 25)
    assert (three.speed.fps, three.speed.left_s) == (5.0, 2.0)
    painter.progressed.emit(16, None)
    assert three.speed.left_s is None


def test_after_a_crash_it_goes_on_by_itself_with_the_same_name(
    three: VideoQueue, background: Background, tmp_path: Path, qtbot
) -> None:
    first, second, _ = numbers(three)
    three.go_on([first, second])
    three.use_afterwards("folder")
    target = three.queue.entries[0].job.target
    target.with_name(f"{target.name}.segments").mkdir()
    target.with_name(f"{target.name}.part").touch()
    path = tmp_path / "data" / "videos.json"
    qtbot.waitUntil(lambda: path.exists() and load_queue(path).afterwards == "folder")
    # Another machine's lock would stand; that of a process that is gone does not.
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    (crashed / "videos.json").write_bytes(path.read_bytes())
    again = Painter()
    after = VideoQueue(background, crashed / "videos.json", again)
    after.start()
    assert states(after) == ["painting", "waiting", "paused"]
    assert [job.target for job in again.jobs] == [target]
    after.close()
    assert json.loads((crashed / "videos.json").read_text())["entries"][0]["state"] == "painting"


def test_two_windows_do_not_paint_the_same(three: VideoQueue, background: Background, tmp_path: Path, clips) -> None:
    told: list[str] = []
    other = VideoQueue(background, tmp_path / "data" / "videos.json", Painter())
    other.told.connect(told.append)
    other.start()
    other.add_job(ClipJob(clips[0], clips[0].with_name("b.mp4"), HOW, ConvertOptions()))
    assert other.queue.entries == ()
    assert told == ["Another window of livestyle has the videos: add them there, or close it."]
    other.close()
    three.close()
    other.start()
    assert len(other.queue.entries) == 3
    other.close()


def test_where_nothing_can_be_written_there_is_a_queue_for_this_time(
    background: Background, tmp_path: Path, painter: Painter, clips: list[Path]
) -> None:
    (tmp_path / "file").touch()
    videos = VideoQueue(background, tmp_path / "file" / "videos.json", painter)
    videos.start()
    videos.add_job(ClipJob(clips[0], clips[0].with_name("b.mp4"), HOW))
    assert states(videos) == ["painting"]
    videos.close()
