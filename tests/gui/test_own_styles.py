"""Pictures as styles, in the window."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import platformdirs
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QFileDialog

from livestyle.errors import StyleError
from livestyle.gui.gallery import PREVIEW_ROLE
from livestyle.look import Look
from livestyle.styles.catalog import Catalog, user_folder
from livestyle.styles.file import Style, read_style_file, write_style_file
from livestyle.styles.kept import KeptStyle, read_styles

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
RED, GREEN, BLUE = (200, 30, 30), (30, 200, 30), (30, 30, 200)


def predict(file, picture, name, title) -> Style:
    """Stands in for the predictor: a code that tells which picture was seen."""
    codes = np.tile(file.identity + np.float32(picture.mean() / 255), (len(file.stroke_px), 1))
    return Style(name, title, "", "", "", codes.astype(np.float32))


def paint_preview(file, style) -> bytes:
    """Stands in for a painting: green."""
    return cv2.imencode(".png", np.full((18, 32, 3), GREEN[::-1], np.uint8))[1].tobytes()


@pytest.fixture(autouse=True)
def predictor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("livestyle.styles.predict.predict_style", predict)
    monkeypatch.setattr("livestyle.styles.preview.paint_preview", paint_preview)
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data")


def picture_at(path: Path, color: tuple[int, int, int] = RED) -> Path:
    cv2.imwrite(str(path), np.full((40, 60, 3), color[::-1], np.uint8))
    return path


def drop(window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, action = QPoint(50, 50), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, action, data, LEFT, NO_KEY)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(place), action, data, LEFT, NO_KEY))


@pytest.fixture
def carpet(window, qtbot, tmp_path) -> str:
    """The name of a style made of a picture, which the window paints in."""
    drop(window, picture_at(tmp_path / "my_carpet.png"))
    qtbot.waitUntil(lambda: window.panel.title.text() == "My carpet")
    return "my_carpet"


def test_a_picture_dropped_on_the_window_becomes_a_style_and_is_painted_in(window, qtbot, world, carpet) -> None:
    assert window.settings.mix == {carpet: 1.0}
    wanted = world.stylizers[-1].code_size
    qtbot.waitUntil(lambda: np.ptp(world.stylizers[-1].code - window.model.catalog.files[0].identity) < 1e-5)
    assert len(world.stylizers) == 1  # the network is the same: nothing is opened anew
    assert world.stylizers[-1].code.shape == (wanted,)
    assert [source.name for source in world.sources] == ["demo"]
    assert window.bar.status.text().endswith("Painting in the style of My carpet.")


def test_its_card_comes_last_and_shows_itself_painted(window, carpet) -> None:
    model = window.gallery.model()
    index = model.index(model.rowCount() - 1, 0)
    assert model.data(index) == "My carpet"
    color = index.data(PREVIEW_ROLE).toImage().pixelColor(20, 20)
    assert np.abs(np.subtract((color.red(), color.green(), color.blue()), GREEN)).max() < 12
    assert window.gallery.viewport().rect().contains(window.gallery.visualRect(index).center())


def test_it_switches_and_mixes_like_any_other(window, qtbot, carpet) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Right)
    assert window.settings.mix == {"calm": 1.0}
    window.model.toggle_in_mix(carpet)
    assert window.settings.mix == {"calm": 0.5, carpet: 0.5}
    qtbot.keyClick(window, Qt.Key.Key_1)
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert window.settings.mix == {carpet: 1.0}


def test_it_has_a_number_key_as_its_card_says(window, qtbot, carpet) -> None:
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.settings.mix == {"calm": 1.0}
    qtbot.keyClick(window, Qt.Key.Key_4)
    assert window.settings.mix == {carpet: 1.0}


def test_two_pictures_of_one_name_are_two_styles(window, qtbot, tmp_path, carpet) -> None:
    (tmp_path / "other").mkdir()
    drop(window, picture_at(tmp_path / "other" / "my_carpet.png", BLUE))
    qtbot.waitUntil(lambda: window.settings.mix == {"my_carpet_2": 1.0})
    assert window.gallery.model().rowCount() == 5


def test_the_card_at_the_end_asks_for_a_picture(window, qtbot, tmp_path) -> None:
    qtbot.mouseClick(window.picture_card, LEFT)
    dialog = window.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(picture_at(tmp_path / "gravel.jpg")))
    qtbot.waitUntil(lambda: window.panel.title.text() == "Gravel")
    dialog.close()


def test_a_picture_that_is_none_is_told(window, qtbot, tmp_path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_text("hello")
    drop(window, broken)
    qtbot.waitUntil(lambda: "broken.png is no picture that can be read" in window.bar.status.text())
    assert window.settings.mix == {"calm": 1.0}


def test_a_network_that_takes_no_pictures_is_told(window, qtbot, tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> Style:
        raise StyleError("This network can't take pictures as styles.")

    monkeypatch.setattr("livestyle.styles.predict.predict_style", refuse)
    drop(window, picture_at(tmp_path / "carpet.png"))
    qtbot.waitUntil(lambda: "can't take pictures as styles" in window.bar.status.text())


def test_a_style_that_can_not_be_made_is_told_and_the_next_one_is(window, qtbot, tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> Style:
        raise ArithmeticError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr("livestyle.styles.predict.predict_style", fail)
        drop(window, picture_at(tmp_path / "carpet.png"))
        qtbot.waitUntil(lambda: "Making a style of the picture failed: see the log." in window.bar.status.text())
    drop(window, picture_at(tmp_path / "carpet.png"))
    qtbot.waitUntil(lambda: window.panel.title.text() == "Carpet")


def test_only_a_style_of_ones_own_can_be_kept_and_saved(window, qtbot, carpet) -> None:
    assert window.panel.own.isVisible()
    window.model.use_style("calm")
    assert not window.panel.own.isVisible()


def test_a_style_that_is_kept_is_installed(window, qtbot, carpet) -> None:
    qtbot.mouseClick(window.panel.own.keep, LEFT)
    qtbot.waitUntil(lambda: window.panel.own.keep.text() == "Kept")
    assert not window.panel.own.keep.isEnabled()
    assert "the next time too" in window.bar.status.text()
    kept = read_styles(user_folder() / "my_carpet.safetensors")
    assert isinstance(kept, KeptStyle)
    assert (kept.style.name, kept.digest) == (carpet, window.model.file.digest)
    np.testing.assert_array_equal(kept.style.codes, window.model.catalog.find(carpet).codes)


def test_keeping_never_replaces_another_file(window, qtbot, carpet, tiny_file) -> None:
    write_style_file(user_folder() / "my_carpet.safetensors", tiny_file)
    qtbot.mouseClick(window.panel.own.keep, LEFT)
    qtbot.waitUntil(lambda: (user_folder() / "my_carpet_2.safetensors").exists())
    assert len(read_style_file(user_folder() / "my_carpet.safetensors").styles) == 3


def test_a_style_can_be_saved_as_a_file(window, qtbot, tmp_path, carpet) -> None:
    qtbot.mouseClick(window.panel.own.save, LEFT)
    dialog = window.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(tmp_path / "shared.safetensors"))
    dialog.close()
    qtbot.waitUntil(lambda: "Saved to " in window.bar.status.text())
    saved = read_style_file(tmp_path / "shared.safetensors")
    assert list(saved.styles) == [carpet]
    assert saved.styles[carpet].preview
    assert Catalog((saved,)).file_for(Look(((carpet, 1.0),))) is saved


def test_a_file_that_can_not_be_written_is_told(window, qtbot, tmp_path, carpet) -> None:
    (tmp_path / "in the way").write_text("a file where the folder should be")
    window._own_styles.save(tmp_path / "in the way" / "shared.safetensors", window.model.file, window.model.style)
    qtbot.waitUntil(lambda: "choose another place" in window.bar.status.text())
