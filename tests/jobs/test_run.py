from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import cv2
import numpy as np
import pytest

from livestyle import large
from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError, SinkError, SourceError
from livestyle.jobs import opened as module
from livestyle.jobs.job import ClipJob, How, PhotoJob
from livestyle.jobs.opened import Opened
from livestyle.jobs.run import Report, check, run
from livestyle.jobs.stop import Stop, Stopped
from livestyle.look import Look
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Images, Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer

DrawClip = Callable[[str], Path]
Stylizers = list[Any]
"""Those of the conftest, as they are opened."""

HOW = How(Look((("wild", 1.0),)), device="cpu")


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def clip_job(draw_clip: DrawClip, tmp_path: Path) -> ClipJob:
    return ClipJob(draw_clip("clip.mp4"), tmp_path / "out.mp4", HOW)


# ---- what comes of a job -------------------------------------------------------------------------------------------


def test_a_clip(stylizers: Stylizers, clip_job: ClipJob) -> None:
    steps: list[tuple[int, int | None]] = []
    with Opened() as opened:
        report = run(clip_job, opened, lambda *step: steps.append(step))
    assert (report.job, report.error, report.frames, report.warnings) == (clip_job, None, 6, ())
    assert report.fps > 0
    assert sorted({done for done, _ in steps if done}) == [1, 2, 3, 4, 5, 6]
    assert steps[-1] == (6, 6)
    assert clip_job.target.exists()


def test_a_photo(stylizers: Stylizers, photo: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int | None]] = []
    job = PhotoJob(photo, tmp_path / "out.png", HOW)
    with Opened() as opened:
        assert run(job, opened, lambda *step: steps.append(step)) == Report(job, frames=1)
    assert np.array_equal(cv2.imread(str(job.target)), 255 - cv2.imread(str(photo)))
    assert steps == [(1, 1)]


def test_a_bad_clip_does_not_keep_the_others_from_being_painted(
    stylizers: Stylizers, draw_clip: DrawClip, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(draw_clip("a.mp4").read_bytes()[:700])
    sources = [tmp_path / "a.mp4", bad, draw_clip("c.mp4")]
    with Opened() as opened:
        reports = [run(ClipJob(each, tmp_path / "out" / each.name, HOW), opened) for each in sources]
    assert [type(report.error) for report in reports] == [type(None), SourceError, type(None)]
    assert "bad.mp4" in str(reports[1].error)
    assert left_in(tmp_path / "out") == ["a.mp4", "c.mp4"]
    assert len(stylizers) == 1


def test_a_photo_too_large_for_the_memory_is_told(stylizers: Stylizers, photo: Path, tmp_path: Path) -> None:
    def no_memory() -> None:
        raise MemoryError

    with Opened() as opened:
        opened.ready(HOW)
        stylizers[0].before = no_memory
        report = run(PhotoJob(photo, tmp_path / "out.png", HOW), opened)
    assert "has 64x48 pixels, too many" in str(report.error)
    assert left_in(tmp_path) == ["photo.png"]


def test_a_fault_of_ours_is_not_passed_over(stylizers: Stylizers, clip_job: ClipJob, tmp_path: Path) -> None:
    def fault() -> None:
        raise ZeroDivisionError

    with Opened() as opened:
        opened.ready(HOW)
        stylizers[0].before = fault
        with pytest.raises(ZeroDivisionError):
            run(clip_job, opened)
    assert left_in(tmp_path) == ["clip.mp4"]


@pytest.mark.parametrize(("backend", "asked", "batch"), [("torch", None, 1), ("cuda", None, 4), ("cuda", 2, 2)])
def test_a_gpu_paints_several_frames_at_once(
    stylizers: Stylizers, clip_job: ClipJob, backend: str, asked: int | None, batch: int
) -> None:
    with Opened() as opened:
        stylizer = opened.ready(HOW).painter.stylizer
        stylizer.info = replace(stylizer.info, backend=backend)
        run(replace(clip_job, options=ConvertOptions(batch=asked)), opened)
    assert {len(images) for images in stylizers[0].painted} == {batch}


def test_a_name_that_can_not_be_is_found_out_before_painting(clip_job: ClipJob, photo: Path, tmp_path: Path) -> None:
    check(clip_job)
    for target, sentence in (("out.avi", "kind of video"), ("clip.mp4", "the source itself"), (".", "kind of video")):
        with pytest.raises(SinkError, match=sentence):
            check(replace(clip_job, target=tmp_path / target))
    taken = tmp_path / "taken.mp4"
    taken.touch()
    with pytest.raises(SinkError, match="exists already"):
        check(replace(clip_job, target=taken))
    check(replace(clip_job, target=taken, options=ConvertOptions(overwrite=True)))
    for target, sentence in (("out.mp4", "kind of picture"), ("photo.png", "the source itself")):
        with pytest.raises(SinkError, match=sentence):
            check(PhotoJob(photo, tmp_path / target, HOW, overwrite=True))


# ---- stopping and pausing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strength", [1.0, 0.0])
def test_a_clip_is_stopped_at_once_and_leaves_nothing_behind(
    stylizers: Stylizers, clip_job: ClipJob, tmp_path: Path, strength: float
) -> None:
    stop = Stop()
    seen: list[int] = []

    def stop_at_2(done: int, total: int | None) -> None:
        seen.append(done)
        if done == 2:
            stop.stop()

    job = replace(clip_job, how=replace(HOW, look=replace(HOW.look, strength=strength)))
    with Opened() as opened, pytest.raises(Stopped):
        run(job, opened, stop_at_2, stop)
    assert seen[-1] == 2
    assert len(stylizers[0].painted) == (2 if strength else 0)
    assert left_in(tmp_path) == ["clip.mp4"]


def test_what_is_stopped_before_it_begins_opens_nothing(stylizers: Stylizers, clip_job: ClipJob) -> None:
    stop = Stop()
    stop.stop()
    with Opened() as opened, pytest.raises(Stopped):
        run(clip_job, opened, stop=stop)
    assert stylizers == []


def test_the_next_job_is_not_stopped_with_the_last(stylizers: Stylizers, clip_job: ClipJob) -> None:
    stop = Stop()
    with Opened() as opened:
        with pytest.raises(Stopped):
            run(clip_job, opened, lambda done, total: stop.stop(), stop)
        assert run(clip_job, opened).error is None
    assert len(stylizers) == 1


def test_a_large_photo_is_stopped_between_tiles(
    tiny_file: StyleFile, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Stop()
    tiles: list[Images] = []

    class Tile(TorchStylizer):
        def stylize(self, images: Images, code: Code) -> Images:
            tiles.append(images)
            if len(tiles) == 2:
                stop.stop()
            return super().stylize(images, code)

    def open_one(file: StyleFile, device: str) -> tuple[Stylizer, list[str]]:
        return Tile(file) if file.spec.frozen else TorchStylizer(file), []

    monkeypatch.setattr(module, "open_stylizer", open_one)
    monkeypatch.setattr(module, "choose_file", lambda network, device, *looks: tiny_file)
    monkeypatch.setattr(large, "LARGE_PX", 500)
    wide = tmp_path / "wide.png"
    cv2.imwrite(str(wide), cv2.resize(cv2.imread(str(photo)), (3000, 64)))
    with Opened() as opened, pytest.raises(Stopped):
        run(PhotoJob(wide, tmp_path / "out.png", HOW), opened, stop=stop)
    assert len(tiles) == 2
    assert left_in(tmp_path) == ["photo.png", "wide.png"]


class WatchedStop(Stop):
    """Says when the work has come to a check while it is paused: from then on it does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.held = Event()

    def check(self) -> None:
        if self._paused:
            self.held.set()
        super().check()


def test_a_paused_clip_waits_and_then_goes_on_without_a_loss(stylizers: Stylizers, clip_job: ClipJob) -> None:
    stop = WatchedStop()
    reports: list[Report] = []
    steps: list[int] = []

    def pause_at_3(done: int, total: int | None) -> None:
        steps.append(done)
        if done == 3:
            stop.pause()

    def work() -> None:
        with Opened() as opened:
            reports.append(run(clip_job, opened, pause_at_3, stop))

    thread = Thread(target=work)
    thread.start()
    assert stop.held.wait(60)
    assert steps[-1] == 3
    assert len(stylizers[0].painted) == 3
    assert not clip_job.target.exists()
    stop.go_on()
    thread.join()
    assert reports[0].frames == 6
    brightness = [int(images.mean()) for images in stylizers[0].painted]
    assert brightness == sorted(set(brightness))


def test_a_paused_clip_can_be_stopped(stylizers: Stylizers, clip_job: ClipJob, tmp_path: Path) -> None:
    stop = WatchedStop()
    ends: list[str] = []

    def work() -> None:
        try:
            with Opened() as opened:
                run(clip_job, opened, lambda done, total: stop.pause(), stop)
        except Stopped:
            ends.append("stopped")

    thread = Thread(target=work)
    thread.start()
    assert stop.held.wait(60)
    stop.stop()
    thread.join()
    assert ends == ["stopped"]
    assert left_in(tmp_path) == ["clip.mp4"]


def test_a_way_to_paint_that_can_not_be_is_reported(stylizers: Stylizers, clip_job: ClipJob, tmp_path: Path) -> None:
    with Opened() as opened:
        report = run(replace(clip_job, how=replace(HOW, mask=tmp_path / "gone.png")), opened)
    assert isinstance(report.error, LivestyleError)
    assert "gone.png" in str(report.error)
