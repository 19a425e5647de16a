"""The drawer: every control, with a painter that paints when it is told to, and clips that are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QMimeData, QModelIndex, QObject, QPoint, QPointF, Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QDropEvent, QMouseEvent
from PyQt6.QtWidgets import QAbstractButton, QComboBox

from livestyle.gui import clip_pictures, video_looks
from livestyle.gui.clip_pictures import Facts, Shot
from livestyle.gui.language import LANGUAGES, Language, texts_in
from livestyle.gui.trim_strip import HANDLE_PX, PLACES
from livestyle.gui.video_drawer import WIDTH_PX, VideoDrawer
from livestyle.gui.video_list import state_of
from livestyle.gui.video_looks import how_of, offers, title_of
from livestyle.gui.video_queue import Speed
from livestyle.gui.window import MainWindow
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import Entry
from livestyle.look import STEADY_OFFLINE, Look
from livestyle.masks import as_text
from livestyle.regions import read_mask
from livestyle.timeline import Cue, Timeline

LEFT = Qt.MouseButton.LeftButton


class Painter(QObject):
    progressed = pyqtSignal(int, object)
    finished = pyqtSignal(int, str, tuple)

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[ClipJob] = []

    def paint(self, job: ClipJob) -> None:
        self.jobs.append(job)

    def stop(self) -> None:
        pass


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch, qapp) -> Painter:
    """What paints in the windows that are opened."""
    painter = Painter()
    monkeypatch.setattr("livestyle.gui.video_queue.QueuePainter", lambda parent: painter)
    return painter


@pytest.fixture
def previews(monkeypatch: pytest.MonkeyPatch) -> list[How]:
    """How previews were painted: they are inverted."""
    asked: list[How] = []

    def paint(self, photo: np.ndarray, how: How, time_s: float) -> np.ndarray:
        asked.append(how)
        return 255 - photo

    monkeypatch.setattr(clip_pictures.PreviewPainter, "paint", paint)
    return asked


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of two clips of 2 s, each frame brighter than the one before."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("a.mp4", "b.mp4"):
        with av.open(str(folder / name), "w") as container:
            stream = container.add_stream("libx264", 10)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for number in range(20):
                picture = np.full((48, 64, 3), 10 * number, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
            container.mux(stream.encode())
    return folder


@pytest.fixture
def drawer(painter: Painter, previews: list[How], clips: Path, window: MainWindow, qtbot) -> VideoDrawer:
    """Open, with two clips, the first one selected."""
    window.resize(1280, 720)
    window.videos.set_open(True)
    drop(window.videos, clips)
    qtbot.waitUntil(lambda: window.videos.rows.count() == 2)
    window.videos.rows.choose(window.videos.rows.numbers[:1])
    qtbot.waitUntil(lambda: window.videos.details.last.value() == 2.0)
    return window.videos


def entries(window: MainWindow) -> tuple[Entry, ...]:
    return window.queue.queue.entries


def states(window: MainWindow) -> list[str]:
    return [entry.state for entry in entries(window)]


def drop(widget, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier, QEvent.Type.Drop
    )
    widget.dropEvent(event)


def pick(choice: QComboBox, text: str) -> None:
    row = choice.findText(text)
    assert row >= 0
    choice.setCurrentIndex(row)
    choice.activated.emit(row)


def test_it_opens_and_closes_by_key_button_and_escape(painter: Painter, window: MainWindow, qtbot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Q)
    assert window.videos.isVisible()
    assert window.bar.buttons["videos"].isChecked()
    assert window.videos.empty.isVisible()
    qtbot.mouseClick(window.videos.close_it, LEFT)
    assert not window.videos.isVisible()
    assert not window.bar.buttons["videos"].isChecked()
    qtbot.mouseClick(window.bar.buttons["videos"], LEFT)
    assert window.videos.isVisible()
    window.showFullScreen()
    qtbot.waitUntil(lambda: not window.videos.isVisible())
    window.showNormal()
    qtbot.waitUntil(window.videos.isVisible)


def test_it_lies_beside_the_picture_where_there_is_room_and_over_it_else(painter: Painter, window, qtbot) -> None:
    window.resize(1280, 720)
    window.videos.set_open(True)
    assert window.videos.geometry().right() + 1 == window.panel.x()
    qtbot.waitUntil(lambda: window.view.mapTo(window, QPoint()).x() + window.view.width() <= window.videos.x())
    window.resize(700, 520)
    qtbot.waitUntil(lambda: window.videos.geometry().right() + 1 == window.centralWidget().width())
    assert window.videos.width() == WIDTH_PX


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_all_of_it_fits_a_small_window_in_every_language(code: str, qapp, painter, open_window, clips, qtbot) -> None:
    language = Language(code, texts_in(code), qapp)
    qapp.installTranslator(language)
    try:
        window = open_window()
        window.resize(700, 520)
        window.videos.set_open(True)
        window.videos.take([clips])
        qtbot.waitUntil(lambda: window.videos.rows.count() == 2)
        window.videos.rows.choose(window.videos.rows.numbers)
        qtbot.waitUntil(window.videos.details.isVisible)
        hint = window.videos.minimumSizeHint()
        assert hint.width() <= WIDTH_PX
        assert hint.height() <= 520
        controls = window.videos.findChildren(QAbstractButton) + window.videos.findChildren(QComboBox)
        assert all(control.accessibleName() or control.text() for control in controls)
    finally:
        qapp.removeTranslator(language)


def test_what_is_dropped_is_a_row_in_the_present_look(drawer: VideoDrawer, window: MainWindow, qtbot) -> None:
    first, second = entries(window)
    assert first.job.how == how_of(window.settings, window.model.catalog, "auto")
    assert first.job.how.look.steady == STEADY_OFFLINE
    assert not drawer.empty.isVisible()
    qtbot.waitUntil(lambda: drawer._picture_of(first) is not None)
    item = drawer.rows.item(0)
    qtbot.waitUntil(lambda: "64x48" in item.data(Qt.ItemDataRole.AccessibleTextRole))
    assert item.data(Qt.ItemDataRole.AccessibleTextRole) == "a.mp4, Calm, 64x48, 0:02, Ready"
    drop(drawer.rows, Path(second.job.source))
    qtbot.waitUntil(lambda: drawer.rows.count() == 3)


def test_all_are_painted_and_paused(drawer: VideoDrawer, window: MainWindow, painter: Painter, qtbot) -> None:
    qtbot.mouseClick(drawer.all, LEFT)
    assert states(window) == ["painting", "waiting"]
    assert drawer.all.text() == "Pause all"
    painter.progressed.emit(5, 20)
    assert "Painting: 25 %" in drawer.rows.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert not drawer.details.look.isEnabled()
    qtbot.mouseClick(drawer.all, LEFT)
    assert states(window) == ["paused"] * 2
    assert "Paused at 25 %" in drawer.rows.item(0).data(Qt.ItemDataRole.AccessibleTextRole)


def test_buttons_are_for_the_rows_that_are_selected(
    drawer: VideoDrawer, window: MainWindow, painter: Painter, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    second = drawer.rows.numbers[1]
    drawer.rows.choose([second])
    qtbot.mouseClick(drawer.go_on, LEFT)
    assert states(window) == ["paused", "painting"]
    assert drawer.pause.isVisible()
    assert not drawer.go_on.isVisible()
    qtbot.mouseClick(drawer.pause, LEFT)
    assert states(window) == ["paused", "paused"]
    qtbot.mouseClick(drawer.go_on, LEFT)
    painter.finished.emit(0, "There is no file b.mp4: check its name.", ())
    assert "check its name" in drawer.rows.item(1).toolTip()
    qtbot.mouseClick(drawer.again, LEFT)
    painter.finished.emit(20, "", ("It is HDR.",))
    assert "It is HDR." in drawer.rows.item(1).toolTip()
    assert not drawer.again.isVisible()
    qtbot.mouseClick(drawer.show_it, LEFT)
    assert opened == [QUrl.fromLocalFile(str(entries(window)[1].job.target.parent))]
    qtbot.mouseClick(drawer.remove, LEFT)
    assert drawer.rows.count() == 1
    assert not drawer.details.isVisible()


def test_rows_are_ordered_by_dragging_and_by_keys(drawer: VideoDrawer, window: MainWindow, qtbot) -> None:
    first, second = drawer.rows.numbers
    root = QModelIndex()
    drawer.rows.model().moveRow(root, 0, root, 2)
    assert [entry.number for entry in entries(window)] == [second, first]
    assert drawer.rows.chosen == [first]
    qtbot.keyClick(drawer.rows, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert [entry.number for entry in entries(window)] == [first, second]
    qtbot.keyClick(drawer.rows, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert [entry.number for entry in entries(window)] == [first, second]
    qtbot.keyClick(drawer.rows, Qt.Key.Key_Down)
    assert drawer.rows.chosen == [second]
    qtbot.keyClick(drawer.rows, Qt.Key.Key_Delete)
    assert [entry.number for entry in entries(window)] == [first]
    qtbot.keyClick(drawer.rows, Qt.Key.Key_Escape)
    assert not drawer.isVisible()


def test_a_part_is_chosen_by_handles_and_by_fields(drawer: VideoDrawer, window: MainWindow, qtbot) -> None:
    strip = drawer.details.strip
    inside = strip.width() - 2 * HANDLE_PX
    start = QPoint(HANDLE_PX, 20)
    qtbot.mousePress(strip, LEFT, pos=start)
    where = QPointF(HANDLE_PX + inside * 0.25, 20)
    move = QMouseEvent(QEvent.Type.MouseMove, where, LEFT, LEFT, Qt.KeyboardModifier.NoModifier)
    strip.mouseMoveEvent(move)
    assert entries(window)[0].job.options.start_s == 0
    qtbot.mouseRelease(strip, LEFT, pos=where.toPoint())
    assert entries(window)[0].job.options.start_s == pytest.approx(0.5, abs=0.02)
    assert entries(window)[0].job.options.end_s is None
    drawer.details.last.setValue(1.5)
    assert entries(window)[0].job.options.end_s == 1.5
    drawer.details.first.setValue(1.6)  # after the end
    assert drawer.details.first.value() == pytest.approx(0.5, abs=0.02)
    drawer.details.last.setValue(2.0)
    assert entries(window)[0].job.options.end_s is None
    assert entries(window)[1].job.options.start_s == 0


def test_any_frame_is_shown_before_and_after(drawer: VideoDrawer, window, previews: list[How], qtbot) -> None:
    preview, strip = drawer.details.preview, drawer.details.strip
    qtbot.waitUntil(lambda: preview._after is not None)
    assert preview.wipe.isVisible()
    dark = preview._before.toImage().pixelColor(5, 5).red()
    assert preview._after.toImage().pixelColor(5, 5).red() == 255 - dark
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_End)
    assert strip.value() == pytest.approx(0.9 * PLACES)  # where the last frame begins
    qtbot.waitUntil(lambda: preview._before is not None and preview._before.toImage().pixelColor(5, 5).red() > 150)
    assert previews[0].look.mix == (("calm", 1.0),)
    place = QPoint(strip.width() // 2, 10)
    qtbot.mouseClick(strip, LEFT, pos=place)
    assert strip.value() == pytest.approx(PLACES // 2, abs=20)


def test_look_size_encoder_and_sound_are_set_for_all_that_are_selected(
    drawer: VideoDrawer, window: MainWindow, qtbot
) -> None:
    drawer.rows.choose(drawer.rows.numbers)
    window.model.set("strength", 0.5)
    details = drawer.details
    details.look.showPopup()
    details.look.hidePopup()
    pick(details.look, "Wild")
    assert [entry.job.how.look.mix for entry in entries(window)] == [(("wild", 1.0),)] * 2
    assert details.look.currentText() == "Wild"
    details.look.showPopup()
    details.look.hidePopup()
    pick(details.look, "As it is set now")
    assert [entry.job.how.look.strength for entry in entries(window)] == [0.5] * 2
    qtbot.waitUntil(lambda: details.scale.findText("32x24") >= 0)
    pick(details.scale, "32x24")
    pick(details.encoder, "libx265")
    qtbot.mouseClick(details.sound, LEFT)
    options = [entry.job.options for entry in entries(window)]
    assert [(each.scale, each.encoder, each.sound) for each in options] == [(0.5, "libx265", False)] * 2
    assert details.encoder.findText("libvpx-vp9") == -1


def test_where_results_go_and_what_happens_then(
    drawer: VideoDrawer, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(widget, title, chosen) -> None:
        chosen.emit(str(tmp_path / "out"))

    monkeypatch.setattr("livestyle.gui.video_drawer.ask_for_folder", choose)
    pick(drawer.folder, "Another folder…")
    assert {entry.job.target.parent for entry in entries(window)} == {tmp_path / "out"}
    assert drawer.folder.currentData() == tmp_path / "out"
    pick(drawer.folder, "Beside each video")
    assert {entry.job.target.parent for entry in entries(window)} == {tmp_path / "clips"}
    pick(drawer.afterwards, "Then open the folder")
    assert window.queue.queue.afterwards == "folder"


def test_clips_and_folders_are_added_by_dialogs(
    painter: Painter, window: MainWindow, clips: Path, monkeypatch: pytest.MonkeyPatch, qtbot
) -> None:
    monkeypatch.setattr(
        "livestyle.gui.video_drawer.ask_for_files", lambda widget, title, kinds, chosen: chosen([str(clips / "a.mp4")])
    )
    monkeypatch.setattr(
        "livestyle.gui.video_drawer.ask_for_folder", lambda widget, title, chosen: chosen.emit(str(clips))
    )
    window.videos.set_open(True)
    files, folder = window.videos.add.menu().actions()
    files.trigger()
    qtbot.waitUntil(lambda: len(entries(window)) == 1)
    folder.trigger()
    qtbot.waitUntil(lambda: len(entries(window)) == 3)


def test_own_styles_of_a_video_are_kept(painter, window: MainWindow, clips: Path, monkeypatch) -> None:
    kept: list[str] = []
    monkeypatch.setattr(window.own_styles, "keep", kept.append)
    window.own_styles._made.add("calm")
    window.videos.take([clips])
    assert kept == ["calm"]


def test_what_can_not_be_read_has_no_picture(painter, window: MainWindow, tmp_path: Path, qtbot) -> None:
    (tmp_path / "broken.mp4").write_text("nothing")
    window.videos.set_open(True)
    window.videos.take([tmp_path / "broken.mp4"])
    qtbot.waitUntil(lambda: window.videos.rows.count() == 1)
    window.videos.rows.choose(window.videos.rows.numbers)
    qtbot.waitUntil(lambda: window.videos.details.preview._words == "This frame can't be shown.")


# ---- looks -----------------------------------------------------------------------------------------------------------


def test_looks_are_offered(window: MainWindow) -> None:
    window.model.set("mix", {"calm": 0.5, "wild": 0.5})
    window.keep_scene("3")
    window.model.use_style("calm")
    titles = [offer.title for offer in offers(window.model, "cpu")]
    assert titles[:2] == ["As it is set now", "Scene 3"]
    assert sorted(titles[2:]) == sorted(window.model.catalog.find(name).title for name in window.model.names)
    scene = offers(window.model, "cpu")[1].how
    assert title_of(scene, window.model.catalog) == "Calm + Wild"
    assert title_of(replace(scene, look=Look((("/x/tile.jpg", 1.0),))), window.model.catalog) == "tile"
    take = replace(scene, timeline=Timeline((Cue(0.0),)))
    assert title_of(take, window.model.catalog) == "As the take was set"


def test_regions_go_along(window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_looks.platformdirs, "user_data_path", lambda *_, **__: tmp_path)
    settings = replace(window.settings, region="me", outside="wild", steady=0.25)
    how = how_of(settings, window.model.catalog, "cpu")
    assert (how.region, how.outside.mix, how.mask) == ("me", (("wild", 1.0),), None)
    assert how.look.steady == how.outside.steady == 0.25
    mask = np.zeros((20, 32), np.uint8)
    mask[5:15, 5:15] = 255
    how = how_of(replace(settings, region="brushed", brushed=as_text(mask)), window.model.catalog, "cpu")
    assert how.region == "everything"
    assert read_mask(how.mask)[10, 10] > 240
    assert read_mask(how.mask)[0, 31] == 0
    assert how_of(replace(settings, region="brushed", brushed=""), window.model.catalog, "cpu").outside is None


# ---- words -----------------------------------------------------------------------------------------------------------

ENTRY = Entry(1, ClipJob(Path("a.mp4"), Path("out/b.mp4"), How(Look((("wild", 1.0),)))), done=50, total=200)


@pytest.mark.parametrize(
    ("state", "speed", "words"),
    [
        ("waiting", None, "Waiting"),
        ("painting", None, "Painting: 25 %"),
        ("painting", Speed(12.34, 75.0), "Painting: 25 %, 12.3 fps, 1:15 left"),
        ("painting", Speed(2.0, None), "Painting: 50 frames, 2.0 fps"),
        ("paused", None, "Paused at 25 %"),
        ("done", None, "Painted: b.mp4"),
        ("failed", None, "There is no space left."),
    ],
)
def test_how_a_video_stands(qapp, state: str, speed: Speed | None, words: str) -> None:
    assert state_of(replace(ENTRY, state=state, error="There is no space left."), speed) == words
    assert state_of(replace(ENTRY, done=0)) == "Ready"


# ---- pictures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is read, in order."""
    order: list[object] = []

    def facts(source):
        order.append(source)
        return Facts(2.0, (48, 64), 10.0)

    def picture(shot, paint):
        order.append(shot)
        return clip_pictures.QImage(4, 4, clip_pictures.QImage.Format.Format_RGB888)

    monkeypatch.setattr(clip_pictures, "read_facts", facts)
    monkeypatch.setattr(clip_pictures, "picture_of", picture)
    return order


class Patient:
    """Does its work when it is told to."""

    def __init__(self) -> None:
        self.work: list[Callable[[], None]] = []

    def run(self, what, work, on_result, on_error=None) -> None:
        self.work.append(lambda: on_result(work()))


def test_what_was_asked_for_last_comes_first_and_once(read: list[object], qapp) -> None:
    background = Patient()
    pictures = clip_pictures.ClipPictures(background)
    shots = [Shot(Path("a.mp4"), float(n), 48) for n in range(3)]
    for _ in range(2):
        assert [pictures.picture(shot) for shot in shots] == [None] * 3
    assert pictures.is_coming(shots[1])
    while background.work:
        background.work.pop(0)()
    assert read == [shots[0], shots[2], shots[1]]
    assert not pictures.is_coming(shots[1])
    assert pictures.picture(shots[1]).width() == 4
    assert len(read) == 3


def test_what_is_large_comes_before_what_is_small_and_what_is_painted_last(read: list[object], qapp) -> None:
    background = Patient()
    pictures = clip_pictures.ClipPictures(background)
    clip = Path("a.mp4")
    small, large = Shot(clip, 0.0, 48), Shot(clip, 0.0, 360)
    painted = replace(large, how=How(Look((("wild", 1.0),))))
    for shot in (small, painted, large, replace(small, time_s=1.0)):
        pictures.picture(shot)
    pictures.facts(clip)
    while background.work:
        background.work.pop(0)()
    assert read == [small, clip, large, painted, replace(small, time_s=1.0)]
