"""The virtual camera, with a driver made up here, behind pyvirtualcam where it is installed, and behind a fake one."""

from __future__ import annotations

import queue
import sys
from collections.abc import Iterator
from enum import Enum
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.live.message import Picture
from livestyle.live.sink_thread import SinkThread
from livestyle.sinks import virtual_camera
from livestyle.sinks.virtual_camera import LINUX_DRIVER, OBS, PACKAGE, VirtualCamera

LONG_S = 20.0
RAW = sum(ord(letter) << 8 * place for place, letter in enumerate("raw "))
"""RGB, as libyuv calls it."""


class Driver:
    """A back end of pyvirtualcam that keeps what it is sent."""

    opened: ClassVar[queue.Queue[Driver]] = queue.Queue()
    failure = ""

    def __init__(self, *, width: int, height: int, fps: float, fourcc: int, device: str | None) -> None:
        if self.failure:
            raise RuntimeError(self.failure)
        self.size, self.fps, self.fourcc = (width, height), fps, fourcc
        self.sent: queue.Queue[np.ndarray] = queue.Queue()
        self.is_open, self.is_broken = True, False
        Driver.opened.put(self)

    def device(self) -> str:
        return "/dev/video10"

    def native_fourcc(self) -> int:
        return RAW

    def send(self, frame: np.ndarray) -> None:
        if self.is_broken:
            raise RuntimeError("no such device")
        self.sent.put(frame.reshape(self.size[1], self.size[0], 3).copy())

    def close(self) -> None:
        self.is_open = False


def fake_module() -> ModuleType:
    """As much of pyvirtualcam as is asked for."""

    class PixelFormat(Enum):
        RGB = RAW

    class Camera:
        def __init__(self, width: int, height: int, fps: float, *, fmt: PixelFormat) -> None:
            self._driver = Driver(width=width, height=height, fps=fps, fourcc=fmt.value, device=None)
            self.device = self._driver.device()
            self.send, self.close = self._driver.send, self._driver.close

    module = ModuleType("pyvirtualcam")
    vars(module).update(Camera=Camera, PixelFormat=PixelFormat)
    return module


@pytest.fixture(params=["real", "fake"])
def driver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[type[Driver]]:
    """A computer that has the driver."""
    monkeypatch.setattr(Driver, "opened", queue.Queue())
    monkeypatch.setattr(virtual_camera, "LINUX_LOADED", tmp_path)
    monkeypatch.setattr(virtual_camera, "LINUX_CAMERAS", tmp_path)
    if request.param == "fake":
        monkeypatch.setitem(sys.modules, "pyvirtualcam", fake_module())
    else:
        package = pytest.importorskip("pyvirtualcam")
        monkeypatch.setattr("pyvirtualcam.camera.BACKENDS", {})
        package.register_backend("made up", Driver)
    return Driver


def picture(value: int, time_s: float, size_hw: tuple[int, int] = (480, 640)) -> Picture:
    image = np.full((*size_hw, 3), (value, 100, 200), np.uint8)
    return Picture(Frame(image, time_s, 0), image, is_painted=True)


def test_every_program_gets_the_size_and_the_rate_that_it_knows(driver) -> None:
    with VirtualCamera():
        opened = driver.opened.get_nowait()
        assert (opened.size, opened.fps, opened.fourcc) == ((1280, 720), 30.0, RAW)
        assert opened.is_open
    assert not opened.is_open


def test_another_size_and_rate(driver) -> None:
    sink = VirtualCamera((1080, 1920), 60.0)
    with sink:
        opened = driver.opened.get_nowait()
        assert (opened.size, opened.fps) == ((1920, 1080), 60.0)
    assert (sink.wants.size_hw, sink.wants.rate_fps) == ((1080, 1920), 60.0)


def test_pictures_arrive_in_order_and_rgb_stays_rgb(driver) -> None:
    with VirtualCamera((2, 4)) as sink:
        for value in (1, 2, 3):
            sink.write(picture(value, float(value), (2, 4)).frame)
        opened = driver.opened.get_nowait()
        sent = [opened.sent.get_nowait() for _ in range(3)]
    assert [tuple(image[0, 0]) for image in sent] == [(1, 100, 200), (2, 100, 200), (3, 100, 200)]


def test_it_stays_on_and_in_shape_while_pictures_change_and_while_none_come(driver) -> None:
    ends: queue.Queue[SinkError | None] = queue.Queue()
    thread = SinkThread(VirtualCamera((90, 160), 200.0), lambda error, _: ends.put(error))
    thread.put(picture(10, 1.0, (60, 80)))
    thread.start()
    opened = driver.opened.get(timeout=LONG_S)
    first, again = (opened.sent.get(timeout=LONG_S) for _ in range(2))  # nothing else has come
    assert np.array_equal(first, again)
    # 80x60 becomes 120x90, with black to its left and right.
    assert not first[:, :19].any()
    assert not first[:, 141:].any()
    assert (first[:, 21:139] == (10, 100, 200)).all()
    thread.put(picture(20, 1.1, (90, 40)))
    narrow = first
    while narrow[45, 80, 0] != 20:
        narrow = opened.sent.get(timeout=LONG_S)
    assert not narrow[:, :59].any()
    thread.finish()
    assert ends.get(timeout=LONG_S) is None
    assert driver.opened.empty()


def test_it_is_seen_under_its_label(driver, tmp_path) -> None:
    with VirtualCamera() as sink:
        assert sink.seen_as == "/dev/video10"
    (tmp_path / "video10").mkdir()
    (tmp_path / "video10" / "name").write_text("livestyle\n")
    with VirtualCamera() as sink:
        assert sink.seen_as == "livestyle"


def test_one_that_fails_ends_with_a_sentence(driver) -> None:
    ends: queue.Queue[SinkError | None] = queue.Queue()
    thread = SinkThread(VirtualCamera((90, 160), 200.0), lambda error, _: ends.put(error))
    thread.put(picture(10, 1.0))
    thread.start()
    opened = driver.opened.get(timeout=LONG_S)
    opened.is_broken = True
    assert str(ends.get(timeout=LONG_S)) == (
        "The virtual camera takes no more pictures (no such device): switch it on again."
    )
    assert not opened.is_open


@pytest.mark.parametrize(
    ("system", "says", "fix"),
    [
        ("linux", "No v4l2 loopback device found at /dev/video[0-99].", LINUX_DRIVER),
        ("linux", "Could not access /dev/video0 due to missing permissions.", "sudo usermod -aG video $USER"),
        ("win32", "OBS Virtual Camera device not found! Did you install OBS?", OBS),
        ("darwin", "OBS Virtual Camera is not installed in your system.", "start its virtual camera once"),
        ("linux", "Virtual camera device could not be configured: busy", "close what else writes to it"),
    ],
)
def test_what_the_driver_lacks_is_told_with_what_helps(driver, monkeypatch, system, says, fix) -> None:
    monkeypatch.setattr(driver, "failure", says)
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(SinkError) as raised:
        VirtualCamera().open()
    assert fix in str(raised.value)
    assert str(raised.value).startswith("The virtual camera ")


def test_whether_it_can_be_used_is_known_without_opening_it(driver, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert VirtualCamera().why_not() is None
    monkeypatch.setattr(virtual_camera, "LINUX_LOADED", tmp_path / "missing")
    sentence = VirtualCamera().why_not()
    assert f"`{LINUX_DRIVER}`" in sentence
    with pytest.raises(SinkError, match="needs a driver"):
        VirtualCamera().open()
    assert driver.opened.empty()


def test_a_missing_package_is_told_with_what_installs_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    assert f"`{PACKAGE}`" in VirtualCamera().why_not()
    with pytest.raises(SinkError, match="one more package"):
        VirtualCamera().open()
