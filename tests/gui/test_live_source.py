from __future__ import annotations

from types import SimpleNamespace

import cv2
import pytest

from livestyle.errors import SourceError
from livestyle.gui import live_source
from livestyle.gui.live_source import LiveSource, camera_names, is_camera, screen_offers, source_from
from livestyle.settings import Settings
from livestyle.sources import camera, screen
from livestyle.sources.camera import CameraSource
from livestyle.sources.demo import DemoSource


class Show:
    """Remembers what it is to show."""

    def use_source(self, make, fallback=None, works=None) -> None:
        self.make, self.fallback, self.works = make, fallback, works


@pytest.fixture
def show() -> Show:
    return Show()


@pytest.fixture
def source(qapp, show) -> LiveSource:
    return LiveSource(show, Settings)


@pytest.fixture
def made(source) -> list[bool]:
    """Whether the sources that were announced are cameras."""
    made: list[bool] = []
    source.made.connect(made.append)
    return made


def test_a_source_is_named_as_on_the_command_line() -> None:
    demo = source_from("demo", Settings())
    assert isinstance(demo, DemoSource)
    assert demo.is_live
    assert not is_camera(demo)


def test_a_camera_is_asked_for_what_is_set(monkeypatch) -> None:
    asked: list[dict[int, int]] = []

    def refuse(index, backend, properties):
        asked.append(dict(zip(properties[::2], properties[1::2], strict=True)))
        raise cv2.error("no such device")

    monkeypatch.setattr(CameraSource.__init__, "__kwdefaults__", {"open_capture": refuse, "list_cameras": list})
    for lines, rate_fps in ((2160, 60), (None, 30)):
        with pytest.raises(SourceError):
            source_from("0", Settings(webcam_lines=lines, webcam_fps=rate_fps)).open()
    first, second = asked
    assert (first[cv2.CAP_PROP_FRAME_WIDTH], first[cv2.CAP_PROP_FRAME_HEIGHT]) == (3840, 2160)
    assert (first[cv2.CAP_PROP_FPS], second[cv2.CAP_PROP_FPS]) == (60, 30)
    assert cv2.CAP_PROP_FRAME_WIDTH not in second


def test_what_is_on_is_opened_anew(source, show) -> None:
    source.start("gone.mp4")
    show.fallback()
    source.reopen()
    assert isinstance(show.make(), CameraSource)
    source.use("demo")
    show.make()
    source.reopen()
    assert isinstance(show.make(), DemoSource)


def test_cameras_have_names(monkeypatch) -> None:
    monkeypatch.setattr(camera, "list_cameras", lambda: [SimpleNamespace(name="One"), SimpleNamespace(name="Two")])
    assert camera_names() == ["One", "Two"]


def test_screens_are_offered(monkeypatch) -> None:
    monkeypatch.setattr(screen, "offers", lambda: ["Screen 1"])
    assert screen_offers() == ["Screen 1"]


def test_what_is_shown_last_time_gives_way_to_the_first_camera(source, show, made) -> None:
    source.start("demo")
    assert isinstance(show.make(), DemoSource)
    assert isinstance(show.fallback(), CameraSource)
    assert made == [False, True]
    source.start(None)
    assert isinstance(show.make(), CameraSource)
    assert show.fallback is None


def test_only_what_the_user_chose_and_works_is_told(source, show, qtbot) -> None:
    worked: list[str] = []
    source.worked.connect(worked.append)
    source.start("clip.mp4")
    assert show.works is None
    source.use("demo")
    assert worked == []
    show.works()
    assert worked == ["demo"]


def test_what_is_on_is_what_was_turned_back_to(source, show, qtbot) -> None:
    turned_back: list[tuple[str, str]] = []
    source.turned_back.connect(lambda *names: turned_back.append(names))
    source.use("demo")
    before = show.make
    before()
    assert turned_back == []
    source.use("gone.mp4")
    before()
    assert source.text == "demo"
    assert turned_back == [("gone.mp4", "demo")]


def test_a_camera_in_place_of_what_was_on_last_time_is_no_choice(source, show, qtbot) -> None:
    turned_back: list[tuple[str, str]] = []
    source.turned_back.connect(lambda *names: turned_back.append(names))
    source.start("gone.mp4")
    show.fallback()
    assert source.text is None
    assert turned_back == []


def test_the_last_wish_is_tried_again(source, show) -> None:
    source.again()
    assert isinstance(show.make(), CameraSource)
    source.use("demo")
    del show.make
    source.again()
    assert isinstance(show.make(), DemoSource)


def test_going_back_to_a_source_does_not_look_for_it_again(source, show, made, monkeypatch) -> None:
    sources = [DemoSource()]
    monkeypatch.setattr(live_source, "source_from", lambda text, settings: sources.pop())
    source.use("demo")
    assert show.fallback is None
    assert show.make() is show.make()
    assert made == [False, False]


def test_a_source_that_can_not_be_made_is_made_at_the_next_try(source, show, made, monkeypatch) -> None:
    sources = [DemoSource()]
    errors = [SourceError("The camera is in use by another program.")]

    def make(text: str, settings: Settings) -> DemoSource:
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
