from __future__ import annotations

import sys
import threading
from types import ModuleType

import pytest

from livestyle.errors import BackendError
from livestyle.gui.adapter import LiveAdapter, stylizer_opener
from livestyle.gui.choices import controls_from, fitting
from livestyle.live import pipeline
from livestyle.live.message import Kind, Message, Topic, Written
from livestyle.settings import Settings
from livestyle.stylizer import first_time, meanwhile

LONG_S = 20.0


class FakeLive:
    """A show that notes what is asked of it."""

    error: Exception | None = None

    def __init__(self, controls, open_stylizer, *, tell) -> None:
        self.asked: list[tuple] = []
        self.subscribers = []
        self.newest = None
        self.source_name = "fake"

    def subscribe(self, on_picture) -> None:
        self.subscribers.append(on_picture)

    def start(self) -> None:
        if self.error is not None:
            raise self.error

    def stop(self) -> bool:
        self.asked.append(("stop",))
        return True

    def use_controls(self, controls) -> None:
        self.asked.append(("controls", controls))

    def use_source(self, make, fallback, works) -> None:
        self.asked.append(("source", make, fallback))

    def add_sink(self, sink, on_end) -> None:
        self.asked.append(("add", sink, on_end))

    def remove_sink(self, sink) -> None:
        self.asked.append(("remove", sink))


@pytest.fixture
def shows(monkeypatch: pytest.MonkeyPatch) -> list[FakeLive]:
    """The shows that were made."""
    shows: list[FakeLive] = []

    class NotedLive(FakeLive):
        def __init__(self, *args, **options) -> None:
            super().__init__(*args, **options)
            shows.append(self)

    monkeypatch.setattr(pipeline, "Live", NotedLive)
    return shows


@pytest.fixture
def controls(catalog):
    return controls_from(fitting(Settings(), catalog), catalog, mirror=False)


@pytest.fixture
def adapter(qapp, shows, controls):
    adapter = LiveAdapter(controls, lambda file: pytest.fail("opened"))
    yield adapter
    assert adapter.stop()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


@pytest.fixture
def told(adapter) -> list[Message]:
    told: list[Message] = []
    adapter.told.connect(told.append)
    return told


def start(adapter: LiveAdapter) -> None:
    adapter.start()
    adapter._starter.join(LONG_S)


def test_what_is_asked_before_the_start_is_done_after_it_in_order(adapter, shows, controls) -> None:
    make, sink = object(), object()
    adapter.use_source(make)
    adapter.change(controls)
    adapter.add_sink(sink)
    assert (adapter.source_name, adapter.newest, adapter.stats()) == ("", None, None)
    start(adapter)
    adapter.remove_sink(sink)
    (show,) = shows
    assert [each[:2] for each in show.asked] == [
        *[("source", make), ("controls", controls), ("add", sink), ("remove", sink)]
    ]
    assert adapter.source_name == "fake"


def test_the_end_of_a_sink_is_told_in_this_thread(adapter, shows, qtbot) -> None:
    sink, ended = object(), []
    adapter.sink_ended.connect(lambda *end: ended.append((*end, threading.current_thread())))
    adapter.add_sink(sink)
    start(adapter)
    _, _, on_end = shows[0].asked[0]
    thread = threading.Thread(target=on_end, args=(None, Written(3)))
    thread.start()
    thread.join(LONG_S)
    qtbot.waitUntil(lambda: ended != [])
    assert ended == [(sink, None, Written(3), threading.current_thread())]


def test_pictures_that_nobody_has_taken_are_announced_once(adapter, shows, qtbot) -> None:
    announced = []
    adapter.picture_ready.connect(lambda: announced.append(adapter.newest))
    start(adapter)
    announce = shows[0].subscribers[0]
    announce()
    announce()
    qtbot.waitUntil(lambda: announced != [])
    assert len(announced) == 1
    adapter.take()
    announce()
    assert len(announced) == 2


def test_a_module_that_is_missing_is_told(adapter, told, qtbot, monkeypatch, caplog) -> None:
    monkeypatch.setitem(sys.modules, "livestyle.live.pipeline", None)
    start(adapter)
    qtbot.waitUntil(lambda: told != [])
    assert [(m.kind, m.text) for m in told] == [(Kind.PROBLEM, "The show can't start: see the log.")]
    assert "ModuleNotFoundError" in caplog.text


def test_what_keeps_the_show_from_starting_is_told_as_it_says(adapter, told, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(FakeLive, "error", BackendError("The driver is too old: install a newer one."))
    start(adapter)
    qtbot.waitUntil(lambda: told != [])
    assert told[0].text == "The show can't start. The driver is too old: install a newer one."


def test_a_show_that_is_stopped_while_it_is_imported_never_begins(adapter, shows, qtbot, monkeypatch) -> None:
    gate = threading.Event()

    class SlowModule(ModuleType):
        def __getattr__(self, name: str) -> object:
            assert gate.wait(LONG_S)
            return getattr(pipeline, name)

    monkeypatch.setitem(sys.modules, "livestyle.live.pipeline", SlowModule("livestyle.live.pipeline"))
    adapter.start()
    stopping = threading.Thread(target=adapter.stop)
    stopping.start()
    qtbot.waitUntil(lambda: adapter._is_stopped)
    gate.set()
    stopping.join(LONG_S)
    assert not stopping.is_alive()
    assert shows == []


def test_a_show_can_be_stopped_without_a_start(adapter, shows) -> None:
    assert adapter.stop()
    assert shows == []


def test_a_device_that_gives_up_in_the_background_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Message] = []

    def open_meanwhile(file, device, tell):
        tell(f"{device} has no driver.")
        return "a stylizer", ["a refusal"]

    monkeypatch.setattr(meanwhile, "open_meanwhile", open_meanwhile)
    monkeypatch.setattr(first_time, "first_time", lambda file, device: [("Making it fast.", 0.5)])
    assert stylizer_opener("igpu", told.append)(object()) == ("a stylizer", ["a refusal"])
    assert told == [
        Message(Kind.BUSY, Topic.PAINTER, "Making it fast.", share=0.5),
        Message(Kind.NOTE, Topic.PAINTER, "igpu has no driver."),
    ]
