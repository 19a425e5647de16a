from __future__ import annotations

import queue
import time
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from threading import Event, Timer
from typing import Any

import cv2
import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.sources import camera
from livestyle.sources.camera import CameraInfo, CameraSource, list_cameras

PATIENCE_S = 10.0


class FakeCamera:
    """A camera of the machine: sends pictures while it is plugged in."""

    def __init__(self, name: str, index: int, hw: tuple[int, int] = (48, 64), path: str = "") -> None:
        self.info = CameraInfo(name, index, cv2.CAP_V4L2, path or f"usb-{name}")
        self.hw = hw
        self.delivers = True
        self.takes: Sequence[int] | None = None
        """Properties it can be opened with; None for any."""
        self.pictures: queue.SimpleQueue[np.ndarray | None] | None = None
        """What it sends, None for a failed read; without it, numbered pictures without end."""
        self.opened_with: list[list[int]] = []
        self.held = 0
        self.ready = Event()
        self.ready.set()


class FakeCapture:
    """What `cv2.VideoCapture` would be for a fake camera."""

    def __init__(self, fake: FakeCamera | None, properties: Sequence[int]) -> None:
        self.fake = fake
        self.properties: dict[int, float] = {}
        self.number = 0
        if fake is not None:
            fake.opened_with.append(list(properties))
            fake.ready.wait(PATIENCE_S)
            if fake.held or (fake.takes is not None and list(properties[::2]) != list(fake.takes)):
                self.fake = None
            else:
                fake.held += 1

    def isOpened(self) -> bool:  # noqa: N802
        return self.fake is not None

    def set(self, prop: int, value: float, /) -> bool:
        self.properties[prop] = value
        return True

    def read(self) -> tuple[bool, Any]:
        assert self.fake is not None
        if not self.fake.delivers:
            return False, None
        if self.fake.pictures is not None:
            image = self.fake.pictures.get()
            return image is not None, image
        time.sleep(0.001)  # as a camera makes its reader wait
        self.number += 1
        return True, np.full((*self.fake.hw, 3), self.number % 200, np.uint8)

    def release(self) -> None:
        if self.fake is not None:
            self.fake.held -= 1
            self.fake = None


class Machine:
    """A computer with cameras."""

    def __init__(self, *cameras: FakeCamera) -> None:
        self.cameras = list(cameras)
        self.captures: list[FakeCapture] = []

    def list_cameras(self) -> list[CameraInfo]:
        return [fake.info for fake in self.cameras]

    def open_capture(self, index: int, backend: int, properties: Sequence[int]) -> FakeCapture:
        fake = next((fake for fake in self.cameras if fake.info.index == index), None)
        self.captures.append(FakeCapture(fake, properties))
        return self.captures[-1]

    def source(self, wanted: CameraInfo | str | int | None = None, **options: Any) -> CameraSource:
        return CameraSource(wanted, open_capture=self.open_capture, list_cameras=self.list_cameras, **options)


@pytest.fixture
def built_in() -> FakeCamera:
    return FakeCamera("Built-in", 0)


@pytest.fixture
def usb() -> FakeCamera:
    return FakeCamera("USB Camera", 2)


@pytest.fixture
def machine(built_in: FakeCamera, usb: FakeCamera) -> Iterator[Machine]:
    machine = Machine(built_in, usb)
    yield machine
    for fake in machine.cameras:
        if fake.pictures is not None:
            for _ in range(20):
                fake.pictures.put(None)  # wakes whoever still reads
        deadline_s = time.monotonic() + PATIENCE_S
        while fake.held and time.monotonic() < deadline_s:
            time.sleep(0.001)
        assert not fake.held, f"{fake.info.name} was not released"


def test_frames_are_rgb_in_the_size_that_arrives(machine: Machine, built_in: FakeCamera) -> None:
    built_in.pictures = queue.SimpleQueue()
    bgr = np.zeros((48, 64, 3), np.uint8)
    bgr[..., 0], bgr[..., 2] = 10, 250
    for _ in range(2):
        built_in.pictures.put(bgr)
    with machine.source("Built-in", size_hw=(1080, 1920)) as source:
        frame = next(iter(source))
    assert frame.image[0, 0].tolist() == [250, 0, 10]
    assert frame.image.shape == (48, 64, 3)
    assert source.is_live


def test_gray_cameras_give_rgb_too(machine: Machine, built_in: FakeCamera) -> None:
    built_in.pictures = queue.SimpleQueue()
    for shape in ((48, 64), (48, 64, 1)):
        built_in.pictures.put(np.full(shape, 90, np.uint8))
    with machine.source(0) as source:
        frames = iter(source)
        assert next(frames).image.shape == (48, 64, 3)


def test_times_and_indices_rise(machine: Machine) -> None:
    with machine.source() as source:
        frames = list(islice(source, 10))
    assert all(b.index > a.index and b.time_s >= a.time_s for a, b in pairwise(frames))


def test_a_late_reader_gets_the_newest_frame(machine: Machine, built_in: FakeCamera) -> None:
    built_in.pictures = queue.SimpleQueue()
    for number in range(1, 6):
        built_in.pictures.put(np.full((48, 64, 3), number, np.uint8))
    with machine.source() as source:
        while not built_in.pictures.empty():
            time.sleep(0.001)
        built_in.pictures.put(np.full((48, 64, 3), 6, np.uint8))  # taken once frame 5 has been handed over
        while not built_in.pictures.empty():
            time.sleep(0.001)
        assert next(iter(source)).image[0, 0, 0] >= 5


def test_mjpg_size_and_rate_are_asked_for_at_opening(machine: Machine, usb: FakeCamera) -> None:
    with machine.source("USB Camera", size_hw=(480, 640), rate_fps=60):
        asked = usb.opened_with[0]
    wishes = dict(zip(asked[::2], asked[1::2], strict=True))
    assert wishes == {
        cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_FRAME_WIDTH: 640,
        cv2.CAP_PROP_FRAME_HEIGHT: 480,
        cv2.CAP_PROP_FPS: 60,
    }
    assert next(iter(wishes)) == cv2.CAP_PROP_FOURCC
    assert machine.captures[-1].properties[cv2.CAP_PROP_BUFFERSIZE] == 1


def test_a_size_may_be_left_to_the_camera(machine: Machine, usb: FakeCamera) -> None:
    usb.takes = ()
    with machine.source("USB Camera", size_hw=None, rate_fps=60.0):
        pass
    first, second = usb.opened_with
    wishes = dict(zip(first[::2], first[1::2], strict=True))
    assert wishes.keys() == {cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FPS}
    assert wishes[cv2.CAP_PROP_FPS] == 60
    assert second == []


@pytest.mark.parametrize("takes", [[], [cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT]])
def test_a_camera_that_refuses_wishes_is_opened_without_them(
    machine: Machine, usb: FakeCamera, takes: list[int]
) -> None:
    usb.takes = takes
    with machine.source("USB Camera") as source:
        assert next(iter(source)).image.shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("USB Camera", "USB Camera"),
        ("usb", "USB Camera"),
        ("BUILT-IN", "Built-in"),
        (2, "USB Camera"),
        (None, "Built-in"),
        (CameraInfo("USB Camera", 7, cv2.CAP_V4L2, "elsewhere"), "USB Camera"),
    ],
)
def test_a_camera_is_found_by_what_it_is_called(
    machine: Machine, wanted: CameraInfo | str | int | None, name: str
) -> None:
    with machine.source(wanted) as source:
        assert source.name == name


def test_a_whole_name_goes_before_a_part_of_one(machine: Machine) -> None:
    machine.cameras = [FakeCamera("Cam Link 4K", 0), FakeCamera("Cam", 1)]
    with machine.source("cam") as source:
        assert source.name == "Cam"


def test_a_name_that_is_not_there_is_told_with_those_that_are(machine: Machine) -> None:
    with pytest.raises(SourceError, match=r'Front is not plugged in .*"Built-in", "USB Camera"'):
        machine.source("Front").open()


def test_an_index_that_is_not_listed_is_tried_all_the_same(machine: Machine, usb: FakeCamera) -> None:
    hidden = FakeCamera("hidden", 5)
    machine.cameras.append(hidden)
    source = CameraSource(5, open_capture=machine.open_capture, list_cameras=list)
    with source:
        assert source.name == "Camera 5"
        assert next(iter(source)).height == 48


def test_a_camera_that_is_in_use_is_told_in_a_sentence(machine: Machine, built_in: FakeCamera) -> None:
    built_in.held = 1
    with pytest.raises(SourceError, match="Built-in sends no pictures: close other programs"):
        machine.source("Built-in").open()
    built_in.held = 0


def test_a_camera_without_pictures_is_told_in_a_sentence_and_released(machine: Machine, built_in: FakeCamera) -> None:
    built_in.delivers = False
    with pytest.raises(SourceError, match="sends no pictures"):
        machine.source("Built-in").open()


def test_a_camera_may_start_slowly(machine: Machine, built_in: FakeCamera) -> None:
    built_in.pictures = queue.SimpleQueue()
    for image in (None, None, np.zeros((48, 64, 3), np.uint8)):
        built_in.pictures.put(image)
    with machine.source("Built-in") as source:
        assert next(iter(source)).image.shape == (48, 64, 3)


def test_a_camera_that_hangs_is_given_up(
    machine: Machine, built_in: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "_OPEN_LIMIT_S", 0.05)
    built_in.ready.clear()
    with pytest.raises(SourceError, match="Built-in does not answer"):
        machine.source("Built-in").open()
    built_in.ready.set()  # it answers after all: the fixture checks that it is let go of


def test_a_camera_that_falls_silent_is_given_up(
    machine: Machine, built_in: FakeCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "_SILENCE_LIMIT_S", 0.05)
    built_in.pictures = queue.SimpleQueue()
    built_in.pictures.put(np.zeros((48, 64, 3), np.uint8))
    with machine.source("Built-in") as source:
        frames = iter(source)
        next(frames)
        with pytest.raises(SourceError, match="does not answer"):
            next(frames)


def test_a_read_that_fails_once_is_no_unplugged_camera(machine: Machine, built_in: FakeCamera) -> None:
    built_in.pictures = queue.SimpleQueue()
    picture = np.zeros((48, 64, 3), np.uint8)
    with_gap = [picture, None, None, picture]
    for image in with_gap:
        built_in.pictures.put(image)
    with machine.source("Built-in") as source:
        frames = iter(source)
        while next(frames).index < 1:
            pass


def test_an_unplugged_camera_is_an_error_and_comes_back_under_another_index(machine: Machine, usb: FakeCamera) -> None:
    source = machine.source("USB Camera")
    with source:
        frames = iter(source)
        next(frames)
        usb.delivers = False
        with pytest.raises(SourceError, match="USB Camera stopped sending pictures"):
            list(frames)
    machine.cameras.remove(usb)
    with pytest.raises(SourceError, match="USB Camera is not plugged in"):
        source.open()
    usb.delivers = True
    usb.info = CameraInfo("USB Camera", 4, cv2.CAP_V4L2, "another socket")
    machine.cameras.append(usb)
    with source:
        assert next(iter(source)).image.any()
    assert source.name == "USB Camera"


def test_an_index_stays_with_its_camera_when_it_is_opened_again(machine: Machine, built_in: FakeCamera) -> None:
    source = machine.source(2)
    with source:
        pass
    machine.cameras[0].info = CameraInfo("Built-in", 2, cv2.CAP_V4L2)
    machine.cameras[1].info = CameraInfo("USB Camera", 0, cv2.CAP_V4L2)
    with source:
        assert source.name == "USB Camera"


def test_of_two_equal_cameras_the_same_socket_is_taken(machine: Machine) -> None:
    left, right = FakeCamera("Twin", 0, path="left"), FakeCamera("Twin", 1, (24, 32), path="right")
    machine.cameras = [left, right]
    with machine.source(CameraInfo("Twin", 0, cv2.CAP_V4L2, "right")) as source:
        assert next(iter(source)).image.shape == (24, 32, 3)


def test_opening_twice_opens_once(machine: Machine, built_in: FakeCamera) -> None:
    with machine.source("Built-in") as source:
        source.open()
        assert built_in.held == 1
    assert len(built_in.opened_with) == 1


def test_closing_from_another_thread_ends_the_iteration(machine: Machine) -> None:
    with machine.source() as source:
        Timer(0.05, source.close).start()
        assert list(source)


def test_closing_breaks_off_an_opening_that_hangs(machine: Machine, built_in: FakeCamera) -> None:
    built_in.ready.clear()
    source = machine.source("Built-in")
    Timer(0.05, source.close).start()
    source.open()
    assert list(source) == []
    built_in.ready.set()


def test_an_unopened_source_says_so() -> None:
    with pytest.raises(SourceError, match="Camera 3 is not open"):
        next(iter(CameraSource(3)))


def test_the_virtual_camera_is_taken_only_where_it_is_asked_for() -> None:
    machine = Machine(FakeCamera("livestyle", 0), FakeCamera("OBS Virtual Camera", 1), FakeCamera("USB Camera", 2))
    for wanted, name in ((None, "USB Camera"), ("livestyle", "livestyle"), (1, "OBS Virtual Camera")):
        with machine.source(wanted) as source:
            assert source.name == name


def test_the_first_camera_that_delivers_is_taken(machine: Machine, built_in: FakeCamera, usb: FakeCamera) -> None:
    built_in.delivers = False
    with CameraSource(open_capture=machine.open_capture, list_cameras=machine.list_cameras) as source:
        assert source.name == "USB Camera"
        assert next(iter(source)).image.shape == (48, 64, 3)
    assert len(usb.opened_with) == 1


def test_where_no_camera_delivers_it_is_said_why(machine: Machine, built_in: FakeCamera, usb: FakeCamera) -> None:
    built_in.delivers = usb.delivers = False
    with pytest.raises(SourceError, match=f"The camera {built_in.info.name} sends no pictures"):
        CameraSource(open_capture=machine.open_capture, list_cameras=machine.list_cameras).open()
    with pytest.raises(SourceError, match="There is no camera"):
        CameraSource(list_cameras=list).open()


class Listed:
    """What cv2-enumerate-cameras lists."""

    def __init__(self, index: int, name: str, path: str | None) -> None:
        self.index, self.name, self.path = index, name, path


def test_cameras_are_listed_by_index_and_equal_names_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Listed(4, "HD Cam", None), Listed(0, "HD Cam", "a"), Listed(2, "Other", "b")]
    asked: list[int] = []

    def enumerate_cameras(backend: int) -> list[Listed]:
        asked.append(backend)
        return found

    monkeypatch.setattr(camera, "enumerate_cameras", enumerate_cameras)
    monkeypatch.setattr(camera, "supported_backends", (cv2.CAP_V4L2, cv2.CAP_GSTREAMER))
    monkeypatch.setattr(camera.platform, "system", lambda: "Linux")
    assert [(c.name, c.index, c.path) for c in list_cameras()] == [
        ("HD Cam", 0, "a"),
        ("Other", 2, "b"),
        ("HD Cam (2)", 4, ""),
    ]
    assert asked == [cv2.CAP_V4L2]


def test_on_windows_the_second_backend_serves_where_the_first_knows_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        camera, "enumerate_cameras", lambda backend: [Listed(0, "New Cam", "x")] if backend == cv2.CAP_MSMF else []
    )
    monkeypatch.setattr(camera, "supported_backends", (cv2.CAP_MSMF, cv2.CAP_DSHOW))
    monkeypatch.setattr(camera.platform, "system", lambda: "Windows")
    assert list_cameras() == [CameraInfo("New Cam", 0, cv2.CAP_MSMF, "x")]


def test_an_unknown_system_has_no_cameras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera.platform, "system", lambda: "Plan 9")
    assert list_cameras() == []


def test_opencv_is_quiet_about_a_camera_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SourceError):
        CameraSource(63, list_cameras=list).open()
    assert capfd.readouterr().err == ""


def test_a_system_that_can_not_list_cameras_is_asked_again(machine: Machine) -> None:
    errors = [OSError("the bus sleeps")]

    def listed() -> list[CameraInfo]:
        if errors:
            raise errors.pop()
        return machine.list_cameras()

    source = CameraSource("USB Camera", open_capture=machine.open_capture, list_cameras=listed)
    with pytest.raises(SourceError, match="No camera can be looked for"):
        source.open()
    with source:
        assert next(iter(source)).image.any()


def test_a_driver_that_fails_is_told_in_a_sentence_and_tried_again(machine: Machine) -> None:
    errors = [OSError("no such device"), cv2.error("out of order")]

    def opened(index: int, backend: int, properties: Sequence[int]) -> FakeCapture:
        if errors:
            raise errors.pop()
        return machine.open_capture(index, backend, properties)

    source = CameraSource("USB Camera", open_capture=opened, list_cameras=machine.list_cameras)
    for _ in range(2):
        with pytest.raises(SourceError, match="driver of the camera USB Camera failed"):
            source.open()
    with source:
        assert next(iter(source)).image.any()  # the newest: the first may be gone by then


def test_a_camera_that_comes_and_goes_all_night_is_found_each_time(machine: Machine, usb: FakeCamera) -> None:
    source = machine.source("USB Camera")
    for number in range(20):
        with source:
            frames = iter(source)
            assert next(frames).image.any()
            usb.delivers = False
            with pytest.raises(SourceError, match="stopped sending"):
                list(frames)
        machine.cameras.remove(usb)
        with pytest.raises(SourceError, match="not plugged in"):
            source.open()
        usb.delivers, usb.info = True, CameraInfo("USB Camera", number + 3, cv2.CAP_V4L2, "socket")
        machine.cameras.append(usb)
