from __future__ import annotations

import dataclasses
import itertools
import threading

import numpy as np
import pytest

from livestyle.errors import BackendError, DeviceMemoryError, SinkError, SourceError, StyleError
from livestyle.frame import Frame
from livestyle.live import pipeline, source_thread
from livestyle.live.message import Kind, Written
from livestyle.live.pipeline import Live
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.sink import FrameSink, Wants
from livestyle.sound import Sound
from livestyle.sources.source import FrameSource
from livestyle.sources.transport import Transport


@pytest.fixture(autouse=True)
def _no_waiting_between_retries(monkeypatch) -> None:
    monkeypatch.setattr(source_thread, "retry_delay_s", lambda _: 0.0)
    monkeypatch.setattr("livestyle.live.painting_stage.retry_delay_s", lambda _: 0.0)


class ListSink(FrameSink):
    name = "a list"

    def __init__(self, fail_at: int | None = None, fail_open: bool = False) -> None:
        self.frames: list[Frame] = []
        self.fail_at, self.fail_open = fail_at, fail_open
        self.opened = self.closed = 0
        self.completed: bool | None = None
        self.ended = threading.Event()
        self.error: SinkError | None = None

    def on_end(self, error: SinkError | None, written: Written) -> None:
        self.error, self.written = error, written
        self.ended.set()

    def open(self) -> None:
        self.opened += 1
        if self.fail_open:
            raise SinkError("The disk is full: free some space.")

    def write(self, frame: Frame) -> None:
        if self.fail_at is not None and len(self.frames) == self.fail_at:
            raise SinkError("The disk is full: free some space.")
        self.frames.append(frame)

    def close(self, *, completed: bool = True) -> None:
        self.closed += 1
        self.completed = completed


def push_until(source, is_enough) -> bool:
    """Shows one more frame if it is not enough."""
    if is_enough():
        return True
    source.push(7)
    return False


# ---- a look that fades ----------------------------------------------------------------------------------------------


def test_a_source_that_has_ended_is_painted_on_until_a_fade_is_over(controls, workshop, audience, source) -> None:
    ticks = itertools.count()
    with Live(controls, workshop, tell=audience.tell, clock=lambda: next(ticks) / 100) as live:
        audience.live = live
        live.subscribe(audience.on_picture)
        live.use_source(lambda: source)
        source.push(10)
        source.end()
        audience.wait_for_value(110)
        audience.wait_for_text("has ended")
        live.use_controls(dataclasses.replace(controls, look=Look((("wild", 1.0),)), fade_s=2.0))
        calm, wild = (controls.file.styles[name].codes[0] for name in ("calm", "wild"))
        audience.wait_until(lambda: np.allclose(workshop.stylizers[0].codes[-1], wild))
        codes = workshop.stylizers[0].codes
        shares = [float(np.dot(code - calm, wild - calm) / np.dot(wild - calm, wild - calm)) for code in codes]
        assert shares == sorted(shares)
        assert sum(0.05 < share < 0.95 for share in shares) > 3
        assert live._controls.fade is None


# ---- a film that is steered -----------------------------------------------------------------------------------------


@pytest.fixture
def film(source) -> Transport:
    source.transport = Transport(10.0, loops=False)
    return source.transport


def test_while_a_film_is_paused_its_frame_stays_and_is_painted_anew(live, source, film, audience, change) -> None:
    live.use_source(lambda: source)
    assert film.duration_s == 10.0
    film.toggle()
    source.push(10, 20)
    audience.wait_for_value(110)
    assert live.transport is film
    change(mirror=True)
    audience.wait_until(lambda: audience.shown.count((110, True)) >= 2)
    assert (120, True) not in audience.shown
    film.toggle()
    audience.wait_for_value(120)


def test_of_a_film_it_is_known_when_its_frames_were_shown_but_not_while_it_is_paused(
    live, source, film, audience
) -> None:
    assert film.shown is None
    live.use_source(lambda: source)
    film.position_s = 2.5
    source.push(10)
    audience.wait_for_value(110)
    assert film.shown == (2.5, live.newest.frame.time_s)
    before = film.shown
    film.position_s = 3.0
    film.toggle()
    source.push(20)
    audience.wait_for_value(120)
    assert film.shown == before


def test_from_its_end_a_film_can_be_sought_back(live, source, film, audience) -> None:
    live.use_source(lambda: source)
    source.push(10)
    source.end()
    audience.wait_for_text("has ended")
    film.seek(5.0)
    source.push(30)
    audience.wait_for_value(130)
    assert source.opened == 2
    assert not [m for m in audience.messages if "is back" in m.text]


# ---- the way of a frame ----------------------------------------------------------------------------------------------


def test_frames_are_painted_and_handed_over_with_their_photo(live, source, audience) -> None:
    live.use_source(lambda: source)
    source.push(10)
    audience.wait_for_value(110)
    picture = live.newest
    assert (picture.photo == 10).all()
    assert (picture.frame.image == 110).all()
    assert picture.frame.image.shape == (24, 32, 3)


def test_times_and_indices_rise_across_sources(live, scripted, audience) -> None:
    sink = ListSink()
    live.add_sink(sink, sink.on_end)
    for value in (10, 20, 30):
        source = scripted()
        live.use_source(lambda source=source: source)
        source.push(value)
        audience.wait_for_value(value + 100)
    live.remove_sink(sink)
    assert sink.ended.wait(20)
    times = [frame.time_s for frame in sink.frames]
    assert times == sorted(set(times))
    assert [frame.index for frame in sink.frames] == sorted({frame.index for frame in sink.frames})
    assert sink.written.painted + sink.written.unpainted == len(sink.frames)
    assert sink.written.painted > 0
    assert sink.completed is True


class Watched(ListSink):
    """What others look at live."""

    wants = Wants((24, 32), rate_fps=500.0)


def values_of(sink: ListSink) -> list[int]:
    return [int(frame.image[0, 0, 0]) for frame in sink.frames]


def test_what_is_watched_is_black_before_the_first_picture(live, source, audience) -> None:
    sink = Watched()
    live.add_sink(sink, sink.on_end)
    audience.wait_until(lambda: len(sink.frames) > 2)
    assert set(values_of(sink)) == {0}
    live.use_source(lambda: source)
    source.push(10)
    audience.wait_until(lambda: 110 in values_of(sink))
    times_s = [frame.time_s for frame in sink.frames]
    assert times_s == sorted(set(times_s))


@pytest.mark.parametrize("wants", [Wants((24, 32), rate_fps=500.0), Wants((24, 32))])
def test_what_is_watched_begins_with_what_is_on_show_though_its_source_is_gone(live, source, audience, wants) -> None:
    live.use_source(lambda: source)
    source.push(10)
    source.end()
    audience.wait_for_value(110)
    audience.wait_for_text("has ended")
    sink = Watched()
    sink.wants = wants
    live.add_sink(sink, sink.on_end)
    audience.wait_until(lambda: 110 in values_of(sink))
    assert set(values_of(sink)) == {110}


def test_a_picture_of_long_ago_makes_no_times_leap(controls, workshop, audience, source) -> None:
    now = [0.0]
    with Live(controls, workshop, tell=audience.tell, clock=lambda: now[0]) as live:
        audience.live = live
        live.subscribe(audience.on_picture)
        live.use_source(lambda: source)
        source.push(10)
        audience.wait_for_value(110)
        now[0] = 3600.0
        sink = Watched()
        live.add_sink(sink, sink.on_end)
        audience.wait_until(lambda: bool(sink.frames))
        assert sink.frames[0].time_s == 3600.0 - pipeline.RECENT_S
        source.push(20)
        audience.wait_until(lambda: 120 in values_of(sink))


def test_a_file_waits_for_the_next_picture(live, source, audience) -> None:
    live.use_source(lambda: source)
    source.push(10)
    audience.wait_for_value(110)
    sink = ListSink()
    live.add_sink(sink, sink.on_end)
    source.push(20)
    audience.wait_until(lambda: 120 in values_of(sink))
    assert 110 not in values_of(sink)


def test_of_a_live_source_the_newest_frame_is_painted_and_the_rest_dropped(live, source, audience, workshop) -> None:
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    stylizer = workshop.stylizers[0]
    stylizer.gate.clear()
    source.push(2)
    audience.wait_until(source.steps.empty)  # 2 is with the painter or on the way there
    source.push(*range(3, 50))
    audience.wait_until(source.steps.empty)
    stylizer.gate.set()
    audience.wait_for_value(149)
    assert live.stats().dropped > 0
    values = [value % 100 for value, _ in audience.shown]
    assert values == sorted(values)


def test_of_a_source_that_waits_nothing_is_dropped(live, scripted, audience) -> None:
    source = scripted(is_live=False)
    live.use_source(lambda: source)
    source.push(*range(100))
    audience.wait_for_value(199)
    painted = [value for value, is_painted in audience.shown if is_painted]
    assert painted == [value + 100 for value in range(100)]
    assert live.stats().dropped == 0


def test_what_is_drawn_waits_for_the_painter(live, scripted, audience, workshop) -> None:
    source = scripted()
    source.is_drawn = True
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    stylizer = workshop.stylizers[0]
    stylizer.gate.clear()
    source.push(*range(2, 50))
    audience.wait_until(lambda: live._count >= 3)
    assert source.steps.qsize() >= 45  # one is being painted, one is next, and one is in the source's hands
    stylizer.gate.set()
    audience.wait_for_value(149)
    assert live.stats().dropped == 0
    assert [value for value, is_painted in audience.shown if is_painted] == list(range(101, 150))


def test_what_is_drawn_waits_for_the_device_to_open(live, scripted, audience, workshop) -> None:
    source = scripted()
    source.is_drawn = True
    workshop.gate.clear()
    live.use_source(lambda: source)
    source.push(*range(1, 20))
    audience.wait_for_value(1, painted=False)
    assert source.steps.qsize() >= 15  # one waits for the painter, one is in the source's hands
    workshop.gate.set()
    audience.wait_for_value(119)
    assert [value for value, is_painted in audience.shown if is_painted] == list(range(101, 120))


class Album(FrameSource):
    """Shows one of two pictures again and again, as a picture that stands still."""

    is_live = is_still = True

    def __init__(self) -> None:
        self.pictures = [np.full((24, 32, 3), value, np.uint8) for value in (1, 2)]
        self.shown = 0
        self._closed = threading.Event()

    @property
    def name(self) -> str:
        return "album"

    def open(self) -> None:
        self._closed.clear()

    def close(self) -> None:
        self._closed.set()

    def __iter__(self):
        for index in itertools.count():
            if self._closed.wait(0.002):
                return
            yield Frame(self.pictures[self.shown], index * 0.002, index)


def test_a_picture_that_stands_still_is_painted_once(live, change, audience, workshop, tiny_file) -> None:
    album, sink = Album(), ListSink()
    live.use_source(lambda: album)
    audience.wait_for_value(101)
    live.add_sink(sink, sink.on_end)
    audience.wait_until(lambda: len(sink.frames) >= 20)
    # Written again and again, for a video goes on, yet neither painted nor shown again.
    assert len(workshop.stylizers[0].codes) == 1
    assert audience.shown.count((101, True)) == 1
    assert live.stats().is_still
    change(look=Look((("wild", 1.0),)))
    audience.wait_until(lambda: len(workshop.stylizers[0].codes) == 2)
    album.shown = 1
    audience.wait_for_value(102)
    live.remove_sink(sink)
    assert sink.ended.wait(20)
    assert len(workshop.stylizers[0].codes) == 3
    assert {int(frame.image[0, 0, 0]) for frame in sink.frames} <= {101, 102}
    times = [frame.time_s for frame in sink.frames]
    assert times == sorted(set(times))


def test_a_picture_that_stands_still_is_shown_painted_though_a_photo_of_it_came_first(
    controls, audience, workshop
) -> None:
    def open_slowly(file):
        stylizer, refusals = workshop(file)
        stylizer.gate.clear()
        return stylizer, refusals

    with Live(controls, open_slowly, tell=audience.tell) as live:
        audience.live = live
        live.subscribe(audience.on_picture)
        live.use_source(Album)
        audience.wait_until(lambda: bool(workshop.stylizers))
        before = len(audience.shown)
        audience.wait_until(lambda: len(audience.shown) > before + 5)
        workshop.stylizers[0].gate.set()
        audience.wait_for_value(101)


def test_the_photo_is_shown_while_the_painter_gets_ready(live, source, audience, workshop) -> None:
    workshop.gate.clear()
    live.use_source(lambda: source)
    for value in (1, 2, 3):
        source.push(value)
        audience.wait_for_value(value, painted=False)
    assert any(m.kind is Kind.BUSY and "ready" in m.text for m in audience.messages)
    workshop.gate.set()
    source.push(4)
    audience.wait_until(lambda: audience.shown[-1][0] in (4, 104))
    # A photo that comes while the painter is being made ready is only shown.
    audience.wait_until(lambda: not live._painter_is_busy)
    source.push(5)
    audience.wait_for_value(105)
    values = [value % 100 for value, _ in audience.shown]
    assert values == sorted(values)


def test_the_device_is_opened_beside_the_source(live, source, audience, workshop) -> None:
    def make():
        audience.wait_until(lambda: workshop.stylizers)
        return source

    live.use_source(make)
    source.push(1)
    audience.wait_for_value(101)


def test_all_stylizer_work_is_in_one_thread(live, source, audience, workshop) -> None:
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    assert live.stop(20)
    assert {t.name for t in workshop.stylizers[0].threads} == {"livestyle painter"}
    assert workshop.stylizers[0].closed


def test_figures(live, source, audience) -> None:
    live.use_source(lambda: source)
    for value in (1, 2, 3):
        source.push(value)
        audience.wait_for_value(100 + value)
    audience.wait_until(lambda: "latency" in live.stats().stages)
    stats = live.stats()
    assert stats.source_fps > 0
    assert stats.shown_fps > 0
    assert 0 < stats.latency_p50_ms <= stats.latency_p95_ms
    assert {"prepare", "paint", "latency"} <= stats.stages.keys()
    assert stats.backend.backend == "fake"


# ---- changes while it runs -------------------------------------------------------------------------------------------


def test_the_next_frame_obeys_a_new_look(live, change, source, audience, workshop, tiny_file) -> None:
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    change(look=Look((("wild", 1.0),)))
    source.push(2)
    audience.wait_for_value(102)
    np.testing.assert_allclose(workshop.stylizers[0].codes[-1], tiny_file.styles["wild"].codes[0], atol=1e-6)
    change(look=Look((("wild", 1.0),), strength=0.0))
    source.push(3)
    audience.wait_for_value(3)


def test_mirror_and_processing_size(live, change, audience, scripted, workshop) -> None:
    class Ramp(scripted):
        def __iter__(self):
            for frame in super().__iter__():
                frame.image[:, :8] += 50
                yield frame

    source = Ramp(size_hw=(480, 640))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(151)
    assert live.newest.frame.image.shape == (240, 320, 3)
    change(mirror=True, lines=360)
    source.push(2)
    audience.wait_for_value(102)
    assert live.newest.photo.shape == (360, 480, 3)
    assert live.newest.photo[0, -1, 0] > 2
    # What it is of is kept as the source gave it.
    assert live.newest.source.shape == (480, 640, 3)
    assert live.newest.source[0, 0, 0] == 52
    assert live.newest.is_mirrored
    assert workshop.stylizers[0].warm == [(1, 240, 320), (1, 360, 480)]


def test_while_a_new_size_is_made_ready_the_last_painting_stays(live, change, audience, scripted, workshop) -> None:
    source = scripted(size_hw=(480, 640))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    shown_before = len(audience.shown)
    workshop.stylizers[0].gate.clear()
    change(lines=360)
    source.push(2)
    audience.wait_until(lambda: audience.messages[-1].kind is Kind.BUSY)
    source.push(3)
    audience.wait_until(source.steps.empty)
    workshop.stylizers[0].gate.set()
    audience.wait_for_value(103)
    assert all(is_painted for _, is_painted in audience.shown[shown_before:])


def test_by_default_the_size_is_found_by_trying(live, change, audience, scripted, workshop) -> None:
    change(lines=None, look=Look((("calm", 1.0),), stroke=0.5))
    source = scripted(size_hw=(1080, 1440))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_until(lambda: any(painted for _, painted in audience.shown))
    probe, chosen = workshop.stylizers[0].warm
    assert probe == (1, 240, 320)
    assert live.newest.frame.image.shape == (*chosen[1:], 3)


def test_the_automatic_size_is_judged_when_it_is_chosen_later_too(live, change, audience, scripted, workshop) -> None:
    source = scripted(size_hw=(1080, 1440))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    change(lines=None)
    source.push(2)
    audience.wait_for_value(102)
    assert min(live.newest.photo.shape[:2]) > 240


def test_another_network_brings_its_own_stylizer(live, change, source, audience, workshop, tiny_file) -> None:
    other = dataclasses.replace(tiny_file, weights=dict(tiny_file.weights))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    shown_before = len(audience.shown)
    change(file=other, look=Look((("dark", 1.0),)))
    source.push(2)
    audience.wait_until(lambda: len(workshop.stylizers) == 2 and workshop.stylizers[1].warm)
    audience.wait_until(lambda: push_until(source, lambda: workshop.stylizers[1].codes))
    assert workshop.files == [tiny_file, other]
    assert workshop.stylizers[0].closed
    assert all(is_painted for _, is_painted in audience.shown[shown_before:])


def test_the_network_at_hand_paints_until_the_next_is_ready(
    live, change, source, audience, workshop, tiny_file
) -> None:
    other = dataclasses.replace(tiny_file, weights=dict(tiny_file.weights))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    workshop.gate.clear()
    change(file=other, look=Look((("dark", 1.0),)))
    for value in (2, 3, 4):
        source.push(value)
        audience.wait_for_value(value + 100)
    np.testing.assert_allclose(workshop.stylizers[0].codes[-1], tiny_file.styles["calm"].codes[0], atol=1e-6)
    workshop.gate.set()
    audience.wait_until(
        lambda: push_until(source, lambda: len(workshop.stylizers) == 2 and workshop.stylizers[1].codes)
    )
    np.testing.assert_allclose(workshop.stylizers[1].codes[-1], tiny_file.styles["dark"].codes[0], atol=1e-6)
    assert all(is_painted for _, is_painted in audience.shown[1:])


def test_other_styles_of_the_network_are_painted_at_once(live, change, source, audience, workshop, tiny_file) -> None:
    carpet = dataclasses.replace(tiny_file.styles["dark"], name="carpet")
    more = dataclasses.replace(tiny_file, styles={**tiny_file.styles, "carpet": carpet})
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    change(file=more, look=Look((("carpet", 1.0),)))
    source.push(2)
    audience.wait_for_value(102)
    assert len(workshop.stylizers) == 1
    np.testing.assert_allclose(workshop.stylizers[0].codes[-1], carpet.codes[0], atol=1e-6)


def test_a_bolder_stroke_is_made_ready_before_painting(live, change, audience, scripted, workshop, tiny_file) -> None:
    source = scripted(size_hw=(480, 640))
    change(lines=480)
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    change(look=Look((("calm", 1.0),), stroke=1.5))
    source.push(2)
    audience.wait_for_value(102)
    change(look=Look((("calm", 1.0),), stroke=1.6))  # no third size for this
    source.push(3)
    audience.wait_for_value(103)
    assert live.newest.frame.image.shape == (480, 640, 3)
    assert workshop.stylizers[0].warm == [(1, 480, 640), (1, 360, 480)]
    bold, bolder = workshop.stylizers[0].codes[-2:]
    assert not np.array_equal(bold, bolder)


def test_once_the_source_is_changed_no_frame_of_the_old_one_is_shown(live, scripted, audience, workshop) -> None:
    old, new = scripted("old"), scripted("new")
    live.use_source(lambda: old)
    old.push(1)
    audience.wait_for_value(101)
    stylizer = workshop.stylizers[0]
    stylizer.gate.clear()
    old.push(2)  # in the hands of the painter, or about to be
    live.use_source(lambda: new)
    shown_before = len(audience.shown)
    stylizer.gate.set()
    new.push(50)
    audience.wait_for_value(150)
    assert audience.shown[shown_before:] == [(150, True)]
    assert old.closed
    assert live.source_name == "new"


@pytest.mark.parametrize("is_live", [True, False])
def test_a_look_changes_the_last_picture_of_a_source_that_has_ended(live, change, scripted, audience, is_live) -> None:
    source = scripted(is_live=is_live)
    live.use_source(lambda: source)
    source.push(7)
    source.end()
    audience.wait_for_text("scripted has ended", Kind.NOTE)
    audience.wait_for_value(107)
    change(look=Look((("calm", 1.0),), strength=0.0))
    audience.wait_for_value(7)


def test_a_look_changed_just_before_the_end_is_not_forgotten(live, change, source, audience) -> None:
    live.use_source(lambda: source)
    source.push(7)
    audience.wait_for_value(107)
    change(look=Look((("calm", 1.0),), strength=0.0))
    source.end()
    audience.wait_for_value(7)


def test_a_single_frame_is_painted_once_the_painter_is_ready(live, source, audience, workshop) -> None:
    workshop.gate.clear()
    live.use_source(lambda: source)
    source.push(7)
    source.end()
    audience.wait_for_value(7, painted=False)
    workshop.gate.set()
    audience.wait_for_value(107)


# ---- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_camera_pulled_out_comes_back(live, source, audience) -> None:
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    source.open_errors = [SourceError("There is no camera."), SourceError("There is no camera.")]
    source.fail("The camera is gone.")
    audience.wait_for_text("The camera is gone. Trying again.", Kind.PROBLEM)
    audience.wait_for_text("There is no camera. Trying again.", Kind.PROBLEM)
    source.push(2)
    audience.wait_for_text("scripted is back.", Kind.NOTE)
    audience.wait_for_value(102)
    assert source.opened == 4


def test_waiting_times_grow_with_failures_and_start_anew_after_a_success(live, source, audience, monkeypatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(source_thread, "retry_delay_s", lambda failures: asked.append(failures) or 0.0)
    source.open_errors = [SourceError("No."), SourceError("No.")]
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    source.fail()
    source.push(2)
    audience.wait_for_value(102)
    assert asked == [1, 2, 1]


def test_a_source_that_never_works_gives_way_to_the_one_before(live, scripted, audience) -> None:
    good, bad = scripted("good"), scripted("bad")
    live.use_source(lambda: good)
    good.push(1)
    audience.wait_for_value(101)
    bad.open_errors = [SourceError("bad.mp4 is no video.")]
    again = good.opened
    live.use_source(lambda: bad)
    audience.wait_for_text("bad.mp4 is no video.", Kind.NOTE)
    audience.wait_until(lambda: good.opened > again)
    good.push(2)
    audience.wait_for_value(102)
    assert live.source_name == "good"


def test_the_first_source_of_a_show_can_have_a_fallback(live, scripted, audience) -> None:
    good, bad = scripted("good"), scripted("bad")
    bad.open_errors = [SourceError("There is no file bad.mp4.")]
    live.use_source(lambda: bad, fallback=lambda: good)
    audience.wait_for_text("There is no file bad.mp4.", Kind.NOTE)
    good.push(1)
    audience.wait_for_value(101)


def test_a_source_that_can_not_even_be_made_is_told(live, source, audience) -> None:
    answers = iter([SourceError("There is no camera 'x'."), source])

    def make():
        answer = next(answers)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    live.use_source(make)
    audience.wait_for_text("There is no camera 'x'.", Kind.PROBLEM)
    source.push(1)
    audience.wait_for_value(101)


def test_a_bug_in_a_source_ends_that_source_and_not_the_show(live, source, audience, caplog) -> None:
    def make():
        raise ZeroDivisionError

    live.use_source(make)
    audience.wait_for_text("Reading the source failed", Kind.PROBLEM)
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    assert "ZeroDivisionError" in caplog.text


def test_sources_changed_in_a_hurry_end_with_the_last(live, scripted, audience) -> None:
    sources = [scripted(f"source {n}") for n in range(20)]
    for source in sources:
        live.use_source(lambda source=source: source)
    sources[-1].push(9)
    audience.wait_for_value(109)
    assert live.source_name == "source 19"


def test_a_device_out_of_memory_gets_fewer_lines(live, change, scripted, audience, workshop) -> None:
    change(lines=720)
    source = scripted(size_hw=(720, 960))
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    workshop.stylizers[0].errors = [DeviceMemoryError("Out of memory.")]
    source.push(3)
    audience.wait_for_text("too little memory for 720 lines, so 480 are painted", Kind.NOTE)
    source.push(4)
    audience.wait_until(lambda: workshop.stylizers[0].warm[-1] == (1, 480, 640))
    source.push(5)
    audience.wait_for_value(105)
    assert live.newest.frame.image.shape == (480, 640, 3)
    assert len(workshop.stylizers) == 1


def test_a_device_without_memory_for_any_size_leaves_the_last_painting(live, source, audience, workshop) -> None:
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    workshop.stylizers[0].errors = [MemoryError()]
    source.push(2)
    audience.wait_for_text("too little memory to paint.", Kind.PROBLEM)
    source.push(3)
    audience.wait_until(source.steps.empty)
    assert live.stop(20)
    assert audience.shown[-1] == (101, True)
    assert len(workshop.stylizers) == 1


@pytest.mark.parametrize("error", [BackendError("The device was lost."), RuntimeError("a bug")])
def test_a_device_that_fails_is_opened_anew(live, source, audience, workshop, error) -> None:
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    workshop.stylizers[0].errors = [error]
    shown_before = len(audience.shown)
    source.push(2)
    audience.wait_for_text("Trying again.", Kind.PROBLEM)
    source.push(3)
    audience.wait_until(lambda: len(workshop.stylizers) == 2)
    source.push(4)
    audience.wait_until(lambda: audience.messages[-1].kind is Kind.CLEAR)
    source.push(5)
    audience.wait_for_value(105)
    assert workshop.stylizers[0].closed
    assert all(is_painted for _, is_painted in audience.shown[shown_before:])


def test_a_device_that_never_opens_is_given_up_until_the_style_changes(
    live, change, source, audience, workshop, tiny_file
) -> None:
    workshop.errors = [BackendError("No device.")] * 4
    live.use_source(lambda: source)
    for value in range(1, 20):
        source.push(value)
        audience.wait_for_value(value, painted=False)
    assert len(workshop.files) == 4
    assert not workshop.stylizers
    change(file=dataclasses.replace(tiny_file))
    source.push(20)
    audience.wait_until(lambda: len(workshop.stylizers) == 1 and not live._painter_is_busy)
    source.push(21, 22)
    audience.wait_for_value(122)


def test_a_style_file_that_does_not_fit_is_tried_once(live, source, audience, workshop) -> None:
    workshop.errors = [StyleError("The style file is damaged.")]
    live.use_source(lambda: source)
    for value in range(1, 5):
        source.push(value)
        audience.wait_for_value(value, painted=False)
    audience.wait_for_text("The style file is damaged.", Kind.PROBLEM)
    assert len(workshop.files) == 1


def test_backends_that_would_not_serve_are_told(live, source, audience, workshop) -> None:
    workshop.refusals = ["CUDA is not there, so the CPU paints."]
    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_text("so the CPU paints", Kind.NOTE)


@pytest.mark.parametrize("sink", [ListSink(fail_at=2), ListSink(fail_open=True)], ids=["writing", "opening"])
def test_a_sink_that_fails_is_told_and_dropped(live, source, audience, sink) -> None:
    other = ListSink()
    live.add_sink(other)
    live.add_sink(sink, sink.on_end)
    live.use_source(lambda: source)
    for value in range(1, 4):
        source.push(value)
        audience.wait_for_value(value + 100)
        audience.wait_until(lambda value=value: sink.ended.is_set() or len(sink.frames) >= value)
    assert sink.ended.wait(20)
    assert "disk is full" in str(sink.error)
    audience.wait_for_text("The disk is full: free some space.")
    source.push(9)
    audience.wait_for_value(109)
    assert live.stop(20)
    assert int(other.frames[-1].image[0, 0, 0]) == 109


# ---- sinks -----------------------------------------------------------------------------------------------------------


def test_stopping_the_show_finishes_its_sinks(controls, workshop, audience, source) -> None:
    sink = ListSink()
    with Live(controls, workshop, tell=audience.tell) as show:
        audience.live = show
        show.subscribe(audience.on_picture)
        show.add_sink(sink, sink.on_end)
        show.use_source(lambda: source)
        source.push(1)
        audience.wait_for_value(101)
    assert sink.closed == 1
    assert sink.completed is True
    assert len(sink.frames) >= 1
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


def test_sound_goes_to_the_sinks_that_want_it(live, source) -> None:
    heard: list[Sound] = []
    deaf, hearing = ListSink(), ListSink()
    hearing.wants, hearing.hear = Wants(sound=True), heard.append
    piece = Sound(np.zeros((480, 2), np.float32), 1.0)
    live.add_sink(deaf, deaf.on_end)
    assert not live.wants_sound
    live.add_sink(hearing, hearing.on_end)
    assert live.wants_sound
    live.hear(piece)
    for sink in (deaf, hearing):
        live.remove_sink(sink)
        assert sink.ended.wait(20)
    assert heard == [piece]
    assert not live.wants_sound


def test_a_show_can_be_stopped_before_anything_happened(controls, workshop) -> None:
    show = Live(controls, workshop)
    assert show.stop(20)
    show.use_source(lambda: pytest.fail("opened after the end"))


def test_a_frame_that_is_lost_is_told_and_the_next_one_painted(live, source, audience, monkeypatch, caplog) -> None:
    real, failing = pipeline.prepared, [ArithmeticError("a bug")]

    def prepared(*args, **options):
        if failing:
            raise failing.pop()
        return real(*args, **options)

    live.use_source(lambda: source)
    source.push(1)
    audience.wait_for_value(101)
    monkeypatch.setattr(pipeline, "prepared", prepared)
    source.push(2)
    audience.wait_for_text("A frame was lost: see", Kind.NOTE)
    assert "a bug" in caplog.text
    source.push(3)
    audience.wait_for_value(103)


def test_a_source_that_fails_to_close_does_not_keep_the_next_one_waiting(live, scripted, audience, caplog) -> None:
    class Broken(scripted):
        def close(self) -> None:
            super().close()
            raise OSError("the driver is gone")

    first, second = Broken(), scripted()
    live.use_source(lambda: first)
    first.push(1)
    audience.wait_for_value(101)
    live.use_source(lambda: second)
    second.push(2)
    audience.wait_for_value(102)
    assert "the driver is gone" in caplog.text


def test_where_a_gpu_paints_the_next_frame_is_begun_before_the_last_is_waited_for(
    live, scripted, audience, workshop, monkeypatch
) -> None:
    steps: list[str] = []
    begin = Painter.begin

    def begin_noted(self, photos, look):
        value = int(photos[0, 0, 0, 0])
        steps.append(f"begin {value}")
        if value < 3:
            audience.wait_until(lambda: live._shots._item is not None)
        paintings = begin(self, photos, look)()

        def finish():
            steps.append(f"finish {value}")
            return paintings

        return finish

    monkeypatch.setattr(Painter, "works_ahead", True)
    monkeypatch.setattr(Painter, "begin", begin_noted)
    source = scripted(is_live=False)
    live.use_source(lambda: source)
    source.push(1, 2, 3)
    audience.wait_for_value(103)
    assert steps == ["begin 1", "begin 2", "finish 1", "begin 3", "finish 2", "finish 3"]
    assert [value for value, painted in audience.shown if painted] == [101, 102, 103]
