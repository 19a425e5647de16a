"""A performance whose every moment is decided here, kept as a take, and painted later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import av
import numpy as np
import pytest

from livestyle.clips import job as convert_job
from livestyle.clips.options import ConvertOptions
from livestyle.clips.reader import ClipReader
from livestyle.frame import Frame
from livestyle.jobs import opened as jobs_opened
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.opened import Opened
from livestyle.jobs.run import run
from livestyle.live.controls import Controls
from livestyle.live.pipeline import Live
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.sink import FrameSink, Wants
from livestyle.sinks.take import TakeSink
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Code, Images, Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer
from livestyle.timeline import Course, Cue, Timeline, read_timeline

LONG_S = 20.0
CALM, WILD, DARK = (Look(((name, 1.0),), depth=0.0) for name in ("calm", "wild", "dark"))
STEP = 8
"""How much brighter each picture is than the one before."""


@dataclass
class Hand:
    """What the clock of the show says."""

    time_s: float = 100.0


class Counting(TakeSink):
    """Counts what is written."""

    count = 0

    def write(self, frame: Frame) -> None:
        super().write(frame)
        self.count += 1


class Stage:
    """Performs: pictures a tenth of a second apart, and what is set in between."""

    def __init__(self, live: Live, hand: Hand, source, audience, controls: Controls, sink: Counting) -> None:
        self.live, self.hand, self.source, self.audience = live, hand, source, audience
        self.controls, self.sink = controls, sink
        self.number = 0

    def show(self, count: int = 1) -> None:
        for _ in range(count):
            self.hand.time_s += 0.1
            self.source.push(STEP * self.number)
            self.audience.wait_until(lambda: self.live.newest is not None and self.live.newest.is_painted)
            self.audience.wait_until(lambda: self.live.newest.frame.index == self.number)
            self.number += 1

    def set(self, fade_s: float = 0.0, **changes: object) -> None:
        self.hand.time_s += 0.01
        self.controls = replace(self.controls, fade_s=fade_s, **changes)
        self.live.use_controls(self.controls)
        self.hand.time_s -= 0.01


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def stage(hand: Hand, controls: Controls, workshop, audience, scripted, tmp_path: Path) -> Iterator[Stage]:
    source = scripted(size_hw=(48, 64))
    controls = replace(controls, look=CALM, inbetweens=False)
    sink = Counting(tmp_path / "take.mkv", (48, 64), rate_fps=10)
    with Live(controls, workshop, tell=audience.tell, clock=lambda: hand.time_s) as live:
        audience.live = live
        live.subscribe(audience.on_picture)
        live.use_source(lambda: source)
        yield Stage(live, hand, source, audience, controls, sink)
        assert live.stop(LONG_S)


def kept(stage: Stage, tmp_path: Path) -> Timeline:
    """Ends the take, and gives its timeline."""
    stage.audience.wait_until(lambda: stage.sink.count >= stage.number - FIRST)
    stage.live.remove_sink(stage.sink)
    stage.audience.wait_until(lambda: not stage.live._sinks)
    return read_timeline(tmp_path / "take.toml")


FIRST = 3
"""Pictures that are shown before the take begins."""
PAINTED = 12
"""Of the fifteen that are performed, those that are not the source's own."""


def perform(stage: Stage) -> None:
    stage.set(look=replace(CALM, strength=0.8))
    stage.show(FIRST)
    stage.live.add_sink(stage.sink)
    stage.show(2)  # 0, 1
    stage.set(look=replace(CALM, strength=0.0))
    stage.show(3)  # 2 to 4
    stage.set(look=replace(WILD, strength=1.0), fade_s=0.4)
    stage.show(2)  # 5, 6: on the way
    stage.set(look=replace(DARK, colors="camera"), fade_s=0.3)
    stage.show(4)  # 7 to 10: sent on, and there
    stage.set(mirror=True)
    stage.show(2)  # 11, 12
    stage.set(look=replace(CALM, stroke=2.0), mirror=False)
    stage.show(2)  # 13, 14


def test_the_take_has_every_picture_as_it_came_at_its_time(stage: Stage, tmp_path: Path) -> None:
    perform(stage)
    kept(stage, tmp_path)
    with av.open(str(tmp_path / "take.mkv")) as video:
        frames = [(frame.time, float(frame.to_ndarray(format="rgb24").mean())) for frame in video.decode(video=0)]
    assert [time_s for time_s, _ in frames] == pytest.approx([number / 10 for number in range(15)])
    assert [value for _, value in frames] == pytest.approx([STEP * (FIRST + number) for number in range(15)], abs=1.5)


def test_every_click_is_in_the_timeline_at_its_picture(stage: Stage, tmp_path: Path) -> None:
    perform(stage)
    course = Course(WILD, kept(stage, tmp_path))
    looks = [course.look_at(number / 10) for number in range(15)]
    assert looks[:5] == [replace(CALM, strength=0.8)] * 2 + [replace(CALM, strength=0.0)] * 3
    assert 0 < looks[5].strength < looks[6].strength < 1
    assert {name for name, _ in looks[7].mix} == {"calm", "wild", "dark"}
    assert looks[10:13] == [replace(DARK, colors="camera")] * 3
    assert looks[13:] == [replace(CALM, stroke=2.0)] * 2
    assert [course.mirror_at(number / 10) for number in range(15)] == [False] * 11 + [True] * 2 + [False] * 2


def test_painted_again_each_picture_has_the_code_that_it_had_in_the_show(
    stage: Stage, tmp_path: Path, workshop, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(stage)
    timeline = kept(stage, tmp_path)
    (stylizer,) = workshop.stylizers
    shown = stylizer.codes[-PAINTED:]
    codes: list[Code] = []

    class Noting(TorchStylizer):
        def stylize(self, images: Images, code: Code) -> Images:
            codes.append(code.copy())
            return super().stylize(images, code)

    painted(tmp_path, How(WILD, timeline=timeline), tiny_file, monkeypatch, lambda file: Noting(file, "cpu"))
    assert len(codes) == PAINTED
    for code, code_shown in zip(codes, shown, strict=True):
        np.testing.assert_allclose(code, code_shown, atol=1e-5)


def test_a_take_painted_again_equals_its_pictures_painted_in_the_looks_that_were_set(
    stage: Stage, tmp_path: Path, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform(stage)
    timeline = replace_steady(kept(stage, tmp_path))
    course = Course(WILD, timeline)
    with ClipReader(tmp_path / "take.mkv") as clip:
        frames = [
            (image.copy(), time_s)
            for chunk in clip
            for image, time_s in zip(chunk.images, clip.times_s(chunk), strict=True)
        ]
    painter = Painter(tiny_file, TorchStylizer(tiny_file, "cpu"))
    expected = [
        painter.paint((photo[:, ::-1] if course.mirror_at(time_s) else photo)[None], course.look_at(time_s))[0]
        for photo, time_s in frames
    ]
    found = painted(
        tmp_path, How(WILD, timeline=timeline), tiny_file, monkeypatch, lambda file: TorchStylizer(file, "cpu")
    )
    assert len(found) == 15
    assert np.array_equal(found, expected)


def replace_steady(timeline: Timeline) -> Timeline:
    """A timeline whose paintings are held still, so that each depends on those before."""
    first, *others = timeline.cues
    return Timeline((replace(first, changes={**first.changes, "steady": 0.75, "depth": 0.8}), *others))


def painted(
    folder: Path,
    how: How,
    file: StyleFile,
    monkeypatch: pytest.MonkeyPatch,
    stylizer: Callable[[StyleFile], Stylizer],
) -> list[np.ndarray]:
    """The paintings of a conversion of the take, before they are encoded."""
    written: list[np.ndarray] = []

    class Noting(convert_job.VideoWriter):
        def write(self, image: np.ndarray, pts: int, duration: int | None = None) -> None:
            written.append(image.copy())
            super().write(image, pts, duration)

    monkeypatch.setattr(convert_job, "VideoWriter", Noting)
    monkeypatch.setattr(jobs_opened, "choose_file", lambda *_: file)
    monkeypatch.setattr(jobs_opened, "open_stylizer", lambda file, device: (stylizer(file), []))
    with Opened() as opened:
        report = run(ClipJob(folder / "take.mkv", folder / "painted.mkv", how, ConvertOptions()), opened)
    assert report.error is None
    return written


def test_a_take_that_begins_in_a_fade_goes_on_with_it(stage: Stage, tmp_path: Path) -> None:
    stage.show(FIRST - 1)
    stage.set(look=WILD, fade_s=1.0)
    stage.show()
    stage.set(look=DARK, fade_s=1.0)
    stage.live.add_sink(stage.sink)
    stage.show(12)
    course = Course(WILD, kept(stage, tmp_path))
    assert {name for name, _ in course.look_at(0.0).mix} == {"calm", "wild", "dark"}
    assert course.look_at(1.1) == DARK


class Recording(FrameSink):
    """Keeps what a recording is given."""

    name = "a recording"

    def __init__(self) -> None:
        self.values: list[int] = []

    def open(self) -> None:
        pass

    def write(self, frame: Frame) -> None:
        self.values.append(int(frame.image[0, 0, 0]))

    def note(self, cue: Cue) -> None:
        raise AssertionError("a recording was told what is set")

    def close(self, *, completed: bool = True) -> None:
        pass


def test_paintings_never_get_into_a_take_nor_the_sources_pictures_into_a_recording(
    stage: Stage, tmp_path: Path
) -> None:
    recording = Recording()
    stage.show(FIRST)
    stage.live.add_sink(stage.sink)
    stage.live.add_sink(recording)
    for strength in (0.9, 1.0):
        stage.set(look=replace(CALM, strength=strength))
        stage.show(2)
    stage.live.remove_sink(recording)
    kept(stage, tmp_path)
    assert stage.sink.count == 4
    assert recording.values
    assert set(recording.values) <= {100 + STEP * number for number in range(FIRST, FIRST + 4)}


def test_a_take_waits_for_its_encoder(scripted, controls: Controls, workshop, audience) -> None:
    """What comes while it is busy is written afterwards, each picture."""
    busy, written = Event(), []

    class Slow(Recording):
        wants = Wants(own=True)

        def write(self, frame: Frame) -> None:
            assert busy.wait(LONG_S)
            written.append(frame.index)

        def note(self, cue: Cue) -> None:
            pass

    source = scripted()
    with Live(controls, workshop, tell=audience.tell) as live:
        audience.live = live
        live.subscribe(audience.on_picture)
        live.add_sink(sink := Slow())
        live.use_source(lambda: source)
        for number in range(8):
            source.push(number)
            audience.wait_until(lambda number=number: live.newest is not None and live.newest.frame.index == number)
        live.remove_sink(sink)
        busy.set()
        audience.wait_until(lambda: len(written) == 8)
    assert written == list(range(8))
