"""Takes: kept in a window on a small world, and painted by a small network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest
from PyQt6.QtCore import QObject, Qt

from livestyle.errors import StyleError
from livestyle.gui.bar import LEAST_PX
from livestyle.gui.language import LANGUAGES, Language, texts_in
from livestyle.gui.take_row import TakeRow
from livestyle.gui.takes import Kept, Takes, finest
from livestyle.gui.window import MainWindow
from livestyle.jobs import opened as jobs_opened
from livestyle.look import STEADY_OFFLINE
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer.torch_backend import TorchStylizer
from livestyle.timeline import Timeline, read_timeline

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tiny_file: StyleFile) -> list[tuple]:
    """What painting a take has asked for; a tiny network paints it."""
    found: list[tuple] = []

    def choose(network, device, *looks):
        found.append((network, device, looks))
        return tiny_file

    monkeypatch.setattr(jobs_opened, "choose_file", choose)
    monkeypatch.setattr(jobs_opened, "open_stylizer", lambda file, device: (TorchStylizer(file, "cpu"), []))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Videos"


def keep_one(window: MainWindow, qtbot) -> None:
    qtbot.mouseClick(window.bar.buttons["take"], LEFT)
    qtbot.waitUntil(lambda: window.takes._keeping.sink is not None)
    before = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > before + 5)
    window.model.use_style("wild")
    before = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > before + 5)
    assert window.take_row.label.text() == "Keeping the take  00:00"
    assert window.bar.buttons["take"].isChecked()
    qtbot.mouseClick(window.take_row.end, LEFT)
    qtbot.waitUntil(lambda: window.takes.kept is not None)


def frames_in(path: Path) -> int:
    with av.open(str(path)) as video:
        return sum(1 for _ in video.decode(video=0))


def test_a_take_is_kept_and_painted(window: MainWindow, qtbot, asked: list[tuple], folder: Path) -> None:
    window.model.set("fade_s", 0.5)
    keep_one(window, qtbot)
    (take,), (timeline,) = folder.glob("take-*.mkv"), folder.glob("take-*.toml")
    assert window.takes.kept.path == take
    first, second = read_timeline(timeline).cues
    assert first.time_s == 0
    assert set(first.changes) == {"mix", "strength", "stroke", "colors", "depth", "region", "mask", "outside"}
    assert first.mirror is False
    assert (second.changes, second.fade_s) == ({"mix": (("wild", 1.0),)}, 0.5)
    assert 0 < second.time_s < 10
    assert "The take is kept" in window.take_row.label.text()
    assert not window.bar.buttons["take"].isChecked()
    qtbot.mouseClick(window.take_row.paint, LEFT)
    qtbot.waitUntil(lambda: window.takes.painted is not None)
    painted = window.takes.painted
    assert painted == take.with_name(f"{take.stem}-painted.mp4")
    assert frames_in(painted) == frames_in(take) > 5
    ((network, device, looks),) = asked
    assert (network, device) == (window.model.file.name, "auto")
    assert {look.steady for look in looks} == {STEADY_OFFLINE}
    assert window.take_row.show_it.isVisible()
    qtbot.mouseClick(window.take_row.close_it, LEFT)
    assert not window.take_row.isVisible()


def test_what_is_wrong_with_a_painting_is_told_and_the_take_can_be_painted_again(
    window: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch, asked: list[tuple]
) -> None:
    def fail(*_: object) -> None:
        raise StyleError("There is no style 'wilt'.")

    keep_one(window, qtbot)
    kept = window.takes.kept
    monkeypatch.setattr(jobs_opened, "choose_file", fail)
    window.takes.paint()
    qtbot.waitUntil(lambda: window.bar.status.text() == "There is no style 'wilt'.")
    assert window.takes.kept == kept
    assert window.take_row.paint.isVisible()


def test_a_painting_is_given_up(
    window: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch, asked: list[tuple], folder: Path
) -> None:
    keep_one(window, qtbot)
    kept = window.takes.kept
    window.takes.paint()
    assert window.take_row.label.text() == "Painting the take: 0 %"
    window.take_row.give_up.click()
    qtbot.waitUntil(lambda: window.takes.share is None)
    assert window.takes.kept == kept or window.takes.painted is not None
    assert not list(folder.glob("*.part"))


def test_there_is_nothing_to_paint_before_a_take(window: MainWindow, qtbot) -> None:
    assert not window.take_row.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "keep one first" in window.bar.status.text())


def test_nothing_is_left_of_the_row_in_full_screen(window: MainWindow, qtbot, asked: list[tuple]) -> None:
    keep_one(window, qtbot)
    assert window.take_row.isVisible()
    window.showFullScreen()
    qtbot.waitUntil(lambda: not window.take_row.isVisible())
    window.showNormal()
    qtbot.waitUntil(lambda: window.take_row.isVisible())


def test_own_styles_in_a_take_are_kept(
    window: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch, asked: list[tuple]
) -> None:
    kept: list[str] = []
    monkeypatch.setattr(window.own_styles, "keep", kept.append)
    window.own_styles._made.add("wild")
    keep_one(window, qtbot)
    qtbot.waitUntil(lambda: kept == ["wild"])


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_the_row_has_room_in_the_narrowest_window(code: str, qapp, qtbot) -> None:
    class AnyTake(Takes):
        def __init__(self) -> None:
            QObject.__init__(self)

        elapsed_s = share = kept = painted = None

    language = Language(code, texts_in(code), qapp)
    qapp.installTranslator(language)
    try:
        takes = AnyTake()
        row = TakeRow(takes)
        qtbot.addWidget(row)
        kept = Kept(Path("/home/somebody/Videos/take-20261126-075134.mkv"), Timeline())
        for state in ({"elapsed_s": 3675.0}, {"share": 0.5}, {"kept": kept}, {"kept": kept, "painted": kept.path}):
            takes.__dict__.update({"elapsed_s": None, "share": None, "kept": None, "painted": None, **state})
            takes.changed.emit()
            assert row.label.text()
            assert row.minimumSizeHint().width() <= LEAST_PX
    finally:
        qapp.removeTranslator(language)


def test_the_finest_network_is_the_widest_that_paints_live(tiny_file: StyleFile) -> None:
    wide = replace(tiny_file, spec=NetworkSpec("s2d", 16))
    narrow = {"calm": tiny_file.styles["calm"]}
    catalog = Catalog((tiny_file, wide, replace(wide, spec=NetworkSpec("s2d", 32), styles=narrow)))
    assert finest(catalog, ["calm", "wild"]) is wide
    assert finest(catalog, ["calm"]).spec.width == 32
    with pytest.raises(StyleError):
        finest(catalog, ["gone"])
