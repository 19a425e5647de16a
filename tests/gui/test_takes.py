"""Takes: kept in a window on a small world, and handed to the queue of videos."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, Qt, pyqtSignal

from livestyle.errors import StyleError
from livestyle.gui.bar import LEAST_PX
from livestyle.gui.language import LANGUAGES, Language, texts_in
from livestyle.gui.take_row import TakeRow
from livestyle.gui.takes import Kept, Takes, finest
from livestyle.gui.window import MainWindow
from livestyle.jobs.job import ClipJob
from livestyle.look import STEADY_OFFLINE
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.timeline import Cue, Timeline, read_timeline

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[ClipJob]:
    """What the queue has asked to be painted."""
    found: list[ClipJob] = []

    class Painter(QObject):
        progressed = pyqtSignal(int, object)
        finished = pyqtSignal(int, str, tuple)

        def paint(self, job: ClipJob) -> None:
            found.append(job)

        def stop(self) -> None:
            pass

    monkeypatch.setattr("livestyle.gui.video_queue.QueuePainter", lambda parent: Painter())
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Videos"


def keep_one(window: MainWindow, qtbot) -> None:
    qtbot.mouseClick(window.bar.buttons["take"], LEFT)
    qtbot.waitUntil(lambda: window.takes._file._writing.sink is not None)
    before = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > before + 5)
    window.model.use_style("wild")
    before = window.view.picture.frame.index
    qtbot.waitUntil(lambda: window.view.picture.frame.index > before + 5)
    assert window.take_row.label.text().startswith("Keeping the take  00:0")
    assert window.bar.buttons["take"].isChecked()
    qtbot.mouseClick(window.take_row.end, LEFT)
    qtbot.waitUntil(lambda: window.takes.kept is not None)


def test_a_take_is_kept_and_painted(asked: list[ClipJob], window: MainWindow, qtbot, folder: Path) -> None:
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
    (job,) = asked
    assert (job.source, job.target) == (take, take.with_name(f"{take.stem}-painted.mp4"))
    assert (job.how.network, job.how.device) == (window.model.file.name, "auto")
    assert job.how.timeline == read_timeline(timeline)
    assert job.how.look.steady == STEADY_OFFLINE
    assert job.options.resume
    assert window.videos.isVisible()
    assert not window.take_row.isVisible()


def test_a_take_is_left_where_it_is(window: MainWindow, qtbot, asked: list[ClipJob]) -> None:
    keep_one(window, qtbot)
    qtbot.mouseClick(window.take_row.close_it, LEFT)
    assert not window.take_row.isVisible()
    assert window.takes.kept is None
    assert asked == []


def test_a_take_that_was_cut_off_is_offered_to_be_painted(
    asked: list[ClipJob], open_window, qtbot, folder: Path
) -> None:
    window = open_window()
    keep_one(window, qtbot)
    take = window.takes.kept.path
    window.close()
    take.rename(take.with_name(f"{take.name}.part"))
    window = open_window()
    qtbot.waitUntil(lambda: window.takes.kept is not None)
    assert window.toast.isVisible()
    assert window.take_row.isVisible()
    qtbot.mouseClick(window.take_row.paint, LEFT)
    assert [job.source for job in asked] == [take]


def test_only_a_take_is_offered_and_never_in_place_of_another(
    window: MainWindow, qtbot, qapp, folder: Path, asked: list[ClipJob]
) -> None:
    keep_one(window, qtbot)
    kept = window.takes.kept
    no_take, without_timeline = folder / "livestyle-1.mkv", folder / "take-1.mkv"
    no_take.with_suffix(".toml").write_text(kept.path.with_suffix(".toml").read_text())
    failures: list[str] = []
    window._background.failed.connect(failures.append)

    def offer(*paths: Path) -> Kept | None:
        window.takes.offer(paths)
        window._background.join(5.0)
        qapp.processEvents()
        return window.takes.kept

    assert offer(kept.path) is kept
    window.takes.dismiss()
    assert offer(no_take, without_timeline) is None
    assert failures == []
    assert offer(kept.path, no_take, without_timeline) == kept


def test_a_take_whose_styles_are_gone_is_told_of_and_stays(window: MainWindow, qtbot, asked: list[ClipJob]) -> None:
    keep_one(window, qtbot)
    kept = window.takes.kept = Kept(window.takes.kept.path, Timeline((Cue(0.0, {"mix": (("gone", 1.0),)}),)))
    window.takes.paint()
    qtbot.waitUntil(lambda: "gone" in window.bar.status.text())
    assert window.takes.kept == kept
    assert asked == []


def test_there_is_nothing_to_paint_before_a_take(window: MainWindow, qtbot) -> None:
    assert not window.take_row.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "keep one first" in window.bar.status.text())


def test_nothing_is_left_of_the_row_in_full_screen(window: MainWindow, qtbot, asked: list[ClipJob]) -> None:
    keep_one(window, qtbot)
    assert window.take_row.isVisible()
    window.showFullScreen()
    qtbot.waitUntil(lambda: not window.take_row.isVisible())
    window.showNormal()
    qtbot.waitUntil(lambda: window.take_row.isVisible())


def test_own_styles_in_a_take_are_kept(
    window: MainWindow, qtbot, monkeypatch: pytest.MonkeyPatch, asked: list[ClipJob]
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

        elapsed_s = kept = None

    language = Language(code, texts_in(code), qapp)
    qapp.installTranslator(language)
    try:
        takes = AnyTake()
        row = TakeRow(takes)
        qtbot.addWidget(row)
        kept = Kept(Path("/home/somebody/Videos/take-20261126-075134.mkv"), Timeline())
        for state in ({"elapsed_s": 3675.0}, {"kept": kept}):
            takes.__dict__.update({"elapsed_s": None, "kept": None, **state})
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
