"""A window on a small world: one source of one picture, a stylizer that inverts, and folders of its own."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import platformdirs
import pytest

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.gui import live_source
from livestyle.gui.theme import apply_theme
from livestyle.gui.window import MainWindow
from livestyle.live.message import Tell
from livestyle.settings import Settings
from livestyle.sources.screen import Offer
from livestyle.sources.source import FrameSource
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Stylizer

PICTURE = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)


class StillSource(FrameSource):
    """Shows one picture, a few hundred times a second, until it is closed or told to fail."""

    is_live = True

    def __init__(self, name: str, has_camera: bool = False) -> None:
        self._name = name
        self._has_camera = has_camera
        self._closed = threading.Event()
        self.failing = threading.Event()

    @property
    def name(self) -> str:
        return self._name

    def open(self) -> None:
        self._closed.clear()
        if self._name == "missing":
            raise SourceError("There is no file missing: check its name.")
        if self._name == "camera" and not self._has_camera:
            raise SourceError("There is no camera: plug one in, or choose another source.")

    def close(self) -> None:
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while not self._closed.wait(0.003):
            if self.failing.is_set():
                raise SourceError("The camera is gone.")
            yield Frame(PICTURE, index * 0.003, index)
            index += 1


class InvertingStylizer(Stylizer):
    """Inverts pictures; remembers the code it was last given."""

    def __init__(self, code_size: int) -> None:
        self._code_size = code_size
        self.code = np.zeros(0, np.float32)

    @property
    def info(self) -> BackendInfo:
        return BackendInfo("fake", "a fake device", "float32")

    @property
    def code_size(self) -> int:
        return self._code_size

    def stylize(self, images: np.ndarray, code: np.ndarray) -> np.ndarray:
        self.code = code.copy()
        return 255 - images

    def close(self) -> None:
        pass


class World:
    """What the window asks for behind the scenes."""

    def __init__(self) -> None:
        self.sources: list[StillSource] = []
        self.stylizers: list[InvertingStylizer] = []
        self.cameras = ["Integrated Webcam", "Studio & Stage"]
        self.screens = [
            Offer(text, name, PICTURE) for text, name in (("screen:1", "Screen 1"), ("window:A & B", "A & B"))
        ]
        self.has_camera = False
        self.asked: list[tuple[int | None, int]] = []
        """Lines and rate that were set when each source was made."""

    def source_from(self, text: str, settings: Settings) -> StillSource:
        self.asked.append((settings.webcam_lines, settings.webcam_fps))
        self.sources.append(StillSource(text, self.has_camera))
        return self.sources[-1]

    def stylizer_opener(self, device: str, tell: Tell):
        def open_stylizer(file: StyleFile):
            self.stylizers.append(InvertingStylizer(len(file.identity)))
            return self.stylizers[-1], []

        return open_stylizer


@pytest.fixture(scope="session")
def modules_left_out() -> None:
    """Whatever is imported never goes, so it need not be looked at in each of the tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def garbage_cleared_here(request: pytest.FixtureRequest, modules_left_out: None) -> Iterator[None]:
    """No widget of a test goes in another thread, be it one of the test runner."""
    gc.disable()
    yield
    if "qapp" in request.fixturenames:
        gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of logs for each test alone."""
    folder = tmp_path / "log"
    monkeypatch.setattr(platformdirs, "user_log_path", lambda *_, **__: folder)
    return folder


@pytest.fixture
def picture() -> np.ndarray:
    """What every source of the world shows."""
    return PICTURE


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    world = World()
    monkeypatch.setattr(live_source, "source_from", world.source_from)
    monkeypatch.setattr(live_source, "is_camera", lambda source: source.name.startswith("camera"))
    monkeypatch.setattr(live_source, "camera_names", lambda: world.cameras)
    monkeypatch.setattr(live_source, "screen_offers", lambda: world.screens)
    monkeypatch.setattr("livestyle.gui.window.stylizer_opener", world.stylizer_opener)
    monkeypatch.setattr("livestyle.gui.window.idle_stylizer", lambda file: InvertingStylizer(len(file.identity)))
    monkeypatch.setattr("livestyle.live.source_thread.retry_delay_s", lambda _: 0.05)
    monkeypatch.setattr("livestyle.stylizer.prepare.start", lambda catalog, device: None)
    monkeypatch.setattr("livestyle.idle.can_start", lambda: False)
    monkeypatch.setattr(platformdirs, "user_videos_path", lambda: tmp_path / "Videos")
    monkeypatch.setattr(platformdirs, "user_pictures_path", lambda: tmp_path / "Pictures")
    return world


@pytest.fixture
def catalog(tiny_file: StyleFile) -> Catalog:
    """Three styles with previews."""
    rng = np.random.default_rng(1)
    jpeg = cv2.imencode(".jpg", rng.integers(0, 256, (36, 64, 3), dtype=np.uint8))[1].tobytes()
    styles = {name: replace(style, preview=jpeg) for name, style in tiny_file.styles.items()}
    return Catalog((replace(tiny_file, styles=styles),))


@pytest.fixture
def settings() -> Settings:
    return Settings(lines=240, fade_s=0.0)


@pytest.fixture
def open_window(qapp, qtbot, catalog: Catalog, world: World, tmp_path: Path):
    """Opens windows, on the demo scene where nothing else is said, waits for their first painting, and sees that
    nothing of them is left."""
    windows: list[MainWindow] = []
    usual = catalog

    def open_one(
        settings: Settings | None = None, source: str | None = None, catalog: Catalog | None = None
    ) -> MainWindow:
        apply_theme(qapp)
        settings = settings or Settings(lines=240)
        window = MainWindow(
            catalog or usual,
            settings,
            settings_path=tmp_path / "settings.json",
            source=source or (None if settings.source else "demo"),
        )
        qtbot.addWidget(window)
        windows.append(window)
        window.show()
        window.start()
        qtbot.waitUntil(lambda: window.view.picture is not None and window.view.picture.is_painted)
        # Whether it is mirrored is known a moment after the source is.
        before = window.view.picture.frame.index + 2
        qtbot.waitUntil(lambda: window.view.picture.frame.index > before)
        return window

    yield open_one
    for window in windows:
        window.close()
    for thread in threading.enumerate():
        if thread.name == "livestyle sink":
            thread.join(1.0)  # one that has told its end may be on its last line
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


@pytest.fixture
def window(open_window) -> MainWindow:
    return open_window()
