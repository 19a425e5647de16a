from __future__ import annotations

from types import SimpleNamespace

import pytest

from livestyle.errors import SourceError
from livestyle.gui import live_source
from livestyle.gui.live_source import LiveSource, camera_names, camera_or_demo, is_camera, source_from
from livestyle.sources import camera
from livestyle.sources.camera import CameraSource
from livestyle.sources.demo import DemoSource


class Show:
    """Remembers what it is to show."""

    def use_source(self, make, fallback=None) -> None:
        self.make, self.fallback = make, fallback


@pytest.fixture
def show() -> Show:
    return Show()


@pytest.fixture
def source(qapp, show) -> LiveSource:
    return LiveSource(show)


@pytest.fixture
def made(source) -> list[bool]:
    """Whether the sources that were announced are cameras."""
    made: list[bool] = []
    source.made.connect(made.append)
    return made


def test_a_source_is_named_as_on_the_command_line() -> None:
    demo = source_from("demo")
    assert isinstance(demo, DemoSource)
    assert demo.is_live
    assert not is_camera(demo)


def test_the_first_camera_that_works_is_taken(monkeypatch) -> None:
    first = CameraSource(3)
    monkeypatch.setattr(camera, "first_working_camera", lambda: first)
    assert camera_or_demo(pytest.fail) is first
    assert is_camera(first)


def test_without_a_camera_it_is_the_demo_scene_and_that_is_said(monkeypatch) -> None:
    monkeypatch.setattr(camera, "first_working_camera", lambda: None)
    told: list[str] = []
    assert isinstance(camera_or_demo(told.append), DemoSource)
    assert told == ["No camera delivers frames, so this is the demo scene."]


def test_cameras_have_names(monkeypatch) -> None:
    monkeypatch.setattr(camera, "list_cameras", lambda: [SimpleNamespace(name="One"), SimpleNamespace(name="Two")])
    assert camera_names() == ["One", "Two"]


def test_what_is_shown_last_time_gives_way_to_a_camera_or_the_demo(source, show, made, monkeypatch) -> None:
    monkeypatch.setattr(live_source, "camera_or_demo", lambda tell: CameraSource(0))
    source.start("demo")
    assert isinstance(show.make(), DemoSource)
    assert isinstance(show.fallback(), CameraSource)
    assert made == [False, True]
    source.start(None)
    assert isinstance(show.make(), CameraSource)
    assert show.fallback is None


def test_going_back_to_a_source_does_not_look_for_it_again(source, show, made, monkeypatch) -> None:
    sources = [DemoSource()]
    monkeypatch.setattr(live_source, "source_from", lambda text: sources.pop())
    source.use("demo")
    assert show.fallback is None
    assert show.make() is show.make()
    assert made == [False, False]


def test_a_source_that_can_not_be_made_is_made_at_the_next_try(source, show, made, monkeypatch) -> None:
    sources = [DemoSource()]
    errors = [SourceError("The camera is in use by another program.")]

    def make(text: str) -> DemoSource:
        if errors:
            raise errors.pop()
        return sources.pop()

    monkeypatch.setattr(live_source, "source_from", make)
    source.use("camera")
    with pytest.raises(SourceError):
        show.make()
    assert made == []
    assert isinstance(show.make(), DemoSource)
    assert made == [False]
