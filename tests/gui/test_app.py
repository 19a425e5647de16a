from __future__ import annotations

import ctypes
import gc
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PyQt6 import sip
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from livestyle.errors import LivestyleError, StyleError
from livestyle.gui.app import Start, display_available, run
from livestyle.gui.learning import Learning
from livestyle.gui.own_styles import with_named_pictures
from livestyle.gui.window import MainWindow
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style


@pytest.mark.parametrize(
    ("platform", "environment", "available"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}, True),
        ("linux", {"QT_QPA_PLATFORM": "vnc:size=800x600"}, True),
        ("linux", {"QT_QPA_PLATFORM": "xcb"}, False),
        ("linux", {"QT_QPA_PLATFORM": "wayland;xcb", "DISPLAY": ":0"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_whether_a_window_can_be_opened_is_known_without_trying(monkeypatch, platform, environment, available) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("livestyle.gui.app._x_server_answers", lambda: True)
    assert display_available() is available


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X is for Unix")
def test_a_display_whose_server_is_gone_is_none(monkeypatch) -> None:
    try:
        ctypes.CDLL("libxcb.so.1")
    except OSError:
        pytest.skip("there is no X here at all")
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":54321")
    assert not display_available()


def test_nothing_heavy_is_imported_on_the_way_to_the_window() -> None:
    code = (
        "import sys, livestyle.gui.app; print('PyQt6' in sys.modules); import livestyle.gui.window; "
        "print([m for m in ('torch', 'cv2', 'av', 'openvino', 'torchvision') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "[]"]


def only_this_process(name: str | None, load: Callable[[None], ctypes.CDLL] = ctypes.CDLL) -> ctypes.CDLL:
    """`ctypes.CDLL` of a computer without libraries."""
    if name is not None:
        raise OSError(f"{name}: cannot open")
    return load(None)


@pytest.mark.parametrize("missing", ["PyQt6.QtWidgets", "libxcb-cursor.so.0"])
def test_a_missing_library_is_named(monkeypatch, missing) -> None:
    if missing.startswith("lib"):
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setattr(ctypes, "CDLL", only_this_process)
    else:
        monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(LivestyleError, match=f"a library is missing.*{missing}"):
        run()


def test_unknown_styles_are_refused_before_the_window_opens(monkeypatch, catalog) -> None:
    monkeypatch.setattr(Catalog, "installed", classmethod(lambda cls, network, device: catalog))
    monkeypatch.setattr("livestyle.settings.load_settings", Settings)
    with pytest.raises(StyleError, match="Did you mean calm"):
        run(Start(mix=(("clam", 1.0),)))
    with pytest.raises(StyleError, match="at most 4 styles"):
        run(Start(mix=tuple((name, 1.0) for name in ("calm", "wild", "dark", "calm", "wild"))))


def test_a_picture_in_the_mix_becomes_a_style_of_its_own(monkeypatch, catalog, tmp_path) -> None:
    def style_of(file, picture, name, title=None) -> Style:
        return replace(file.styles["calm"], name=name, title="My carpet")

    monkeypatch.setattr("livestyle.styles.from_picture.style_of", style_of)
    (tmp_path / "wild.png").write_bytes(cv2.imencode(".png", np.zeros((20, 30, 3), np.uint8))[1].tobytes())
    path = str(tmp_path / "wild.png")
    grown, mix, own = with_named_pictures(catalog, ((path, 3.0), ("dark", 1.0)))
    # There is a style of that name already, and paths are no names.
    assert mix == (("wild_2", 3.0), ("dark", 1.0))
    assert own == {"wild_2": tmp_path / "wild.png"}
    assert grown.names == ["calm", "wild", "dark", "wild_2"]
    assert grown.find("wild_2").title == "My carpet"


def test_the_application_stays_when_the_window_could_not_open() -> None:
    code = (
        "import gc; from livestyle.gui.app import run; from livestyle.errors import StyleError; "
        "from livestyle.styles.catalog import Catalog; from PyQt6.QtWidgets import QApplication\n"
        "def none(*_): raise StyleError('there is none')\n"
        "Catalog.installed = none\n"
        "try: run()\n"
        "except StyleError: pass\n"
        "gc.collect()\n"
        "print(QApplication.instance())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "QApplication" in result.stdout


WAYS = [None, signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if sys.platform != "win32" else [])]


@pytest.mark.parametrize("way", WAYS)
def test_it_runs_until_it_is_closed(qapp, qtbot, monkeypatch, catalog, world, tmp_path, way) -> None:
    world.has_camera = True
    monkeypatch.setattr(Catalog, "installed", classmethod(lambda cls, network, device: catalog))
    monkeypatch.setattr("livestyle.settings.load_settings", lambda: Settings(lines=240))
    monkeypatch.setattr("livestyle.settings.settings_path", lambda: tmp_path / "settings.json")
    seen = []

    def close_when_painted() -> None:
        (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if window.view.picture is None or not window.view.picture.is_painted:
            return
        timer.stop()
        seen.append(window)
        assert not gc.isenabled()  # or it would clear widgets away in any thread
        if way is None:
            window.close()
        else:
            signal.raise_signal(way)
            assert window.isVisible()  # whatever the signal interrupts still has its window

    timer = QTimer()
    timer.timeout.connect(close_when_painted)
    timer.start(10)
    assert run(Start(mix=(("wild", 1.0), ("dark", 3.0)))) == 0
    assert seen[0].settings.mix == {"wild": 0.25, "dark": 0.75}
    assert sip.isdeleted(seen[0])
    assert (tmp_path / "settings.json").exists()


def test_the_last_picture_that_is_named_is_learnt_on_as_one_that_is_dropped(
    qapp, monkeypatch, catalog, world, tmp_path
) -> None:
    world.has_camera = True
    monkeypatch.setattr(Catalog, "installed", classmethod(lambda cls, network, device: catalog))
    monkeypatch.setattr("livestyle.settings.load_settings", lambda: Settings(lines=240))
    monkeypatch.setattr("livestyle.settings.settings_path", lambda: tmp_path / "settings.json")
    monkeypatch.setattr(
        "livestyle.styles.from_picture.style_of", lambda file, picture, name: replace(file.styles["calm"], name=name)
    )
    begun: list[tuple[str, np.ndarray]] = []

    def begin(learning: Learning, name: str, picture: np.ndarray) -> None:
        begun.append((name, picture))
        window = learning.parent()
        assert isinstance(window, MainWindow)
        window.close()

    monkeypatch.setattr(Learning, "begin", begin)
    paths = [tmp_path / name for name in ("carpet.png", "Some gravel.png")]
    for shade, path in enumerate(paths):
        path.write_bytes(cv2.imencode(".png", np.full((20, 30, 3), shade, np.uint8))[1].tobytes())
    assert run(Start(mix=tuple((str(path), 1.0) for path in (*paths, "dark")))) == 0
    ((name, picture),) = begun
    assert name == "some_gravel"
    assert (picture == 1).all()


def test_what_fails_between_two_events_is_told_and_logged(
    qapp, monkeypatch, catalog, world, tmp_path, log_folder
) -> None:
    world.has_camera = True
    monkeypatch.setattr(Catalog, "installed", classmethod(lambda cls, network, device: catalog))
    monkeypatch.setattr("livestyle.settings.load_settings", lambda: Settings(lines=240))
    monkeypatch.setattr("livestyle.settings.settings_path", lambda: tmp_path / "settings.json")
    seen = []

    def fail_then_close() -> None:
        (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        if window.view.picture is None:
            return
        if errors:
            raise errors.pop()
        timer.stop()
        seen.append(window.bar.status.text())
        window.close()

    errors = [ArithmeticError("a bug")]
    timer = QTimer()
    timer.timeout.connect(fail_then_close)
    timer.start(10)
    assert run() == 0
    assert f"That failed: see {log_folder / 'livestyle.log'}." in seen[0]
    assert "ArithmeticError: a bug" in (log_folder / "livestyle.log").read_text()
