"""Pictures as styles, in the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import cv2
import numpy as np
import platformdirs
import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QFileDialog, QInputDialog

from livestyle.errors import StyleError
from livestyle.gui.gallery import PREVIEW_ROLE, STYLE_ROLE
from livestyle.gui.own_styles import save_style
from livestyle.look import Look
from livestyle.styles.catalog import Catalog, user_folder
from livestyle.styles.file import Style, read_style_file, write_style_file
from livestyle.styles.kept import KeptStyle, by_itself, read_styles, with_network, write_styles

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
    cv2.imwrite(str(path), np.full((80, 120, 3), color[::-1], np.uint8))
    return path


def drop(window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    # The last corner: where a photo is not a source but a style.
    place, action = window.view.mapTo(window, window.view.rect().bottomRight()), Qt.DropAction.CopyAction
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


def test_a_style_that_is_kept_by_two_clicks_is_kept_once(window, qtbot, carpet) -> None:
    window.own_styles.keep(carpet)
    window.own_styles.keep(carpet)
    qtbot.waitUntil(lambda: window.own_styles.is_kept(carpet))
    window._background.join(5)
    assert [path.name for path in user_folder().iterdir()] == ["my_carpet.safetensors"]


def test_a_style_that_is_being_deleted_takes_nothing_else(window, qtbot, carpet) -> None:
    window.own_styles.delete(carpet)
    window.own_styles.rename(carpet, "Rug")
    window.own_styles.keep(carpet)
    qtbot.waitUntil(lambda: carpet not in window.model.names)
    window._background.join(5)
    assert not user_folder().exists()
    window.own_styles.undo()
    qtbot.waitUntil(lambda: carpet in window.model.names)
    window.own_styles.rename(carpet, "Rug")
    qtbot.waitUntil(lambda: window.model.catalog.find(carpet).title == "Rug")


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


def keep(window, qtbot) -> None:
    qtbot.mouseClick(window.panel.own.keep, LEFT)
    qtbot.waitUntil(lambda: window.panel.own.keep.text() == "Kept")


@pytest.fixture
def told_by_code(monkeypatch) -> None:
    """Previews that tell the first number of the codes."""
    monkeypatch.setattr("livestyle.styles.preview.paint_preview", lambda file, style: b"%.3f" % style.codes[0, 0])


def learn(window, name: str, by: float) -> bytes:
    """Has a style paint otherwise, as while it is learnt; gives what its preview is to tell."""
    style = window.model.catalog.find(name)
    window.model.improve(replace(style, codes=style.codes + np.float32(by), preview=b""))
    return b"%.3f" % window.model.catalog.find(name).codes[0, 0]


def test_a_card_shows_what_has_been_learnt(window, qtbot, carpet, told_by_code) -> None:
    wanted = learn(window, carpet, 0.5)
    window.learning.settled.emit(carpet)
    qtbot.waitUntil(lambda: window.model.catalog.find(carpet).preview == wanted)
    assert window.gallery.styles.index(3, 0).data(STYLE_ROLE).preview == wanted


def test_a_preview_that_comes_too_late_is_not_shown(window, qtbot, carpet, monkeypatch) -> None:
    begun, go_on = Event(), Event()

    def paint_late(file, style) -> bytes:
        begun.set()
        assert go_on.wait(10)
        return b"late"

    monkeypatch.setattr("livestyle.styles.preview.paint_preview", paint_late)
    learn(window, carpet, 0.5)
    window.own_styles.repaint(carpet)
    assert begun.wait(10)
    learn(window, carpet, 0.25)
    go_on.set()
    window._background.join(10)
    qtbot.wait(0)
    assert window.model.catalog.find(carpet).preview == b""


def test_one_that_is_kept_while_it_is_learnt_has_its_preview_in_file_and_gallery(
    window, qtbot, carpet, told_by_code
) -> None:
    wanted = learn(window, carpet, 0.5)
    keep(window, qtbot)
    assert read_styles(user_folder() / "my_carpet.safetensors").style.preview == wanted
    assert window.gallery.styles.index(3, 0).data(STYLE_ROLE).preview == wanted


def test_while_a_style_is_learnt_its_card_shows_what_it_did(window, carpet) -> None:
    index = window.gallery.styles.index(3, 0)
    before = index.data(PREVIEW_ROLE).cacheKey()
    learn(window, carpet, 0.5)
    window.own_styles.changed.emit()
    assert index.data(PREVIEW_ROLE).cacheKey() == before


def test_the_same_picture_twice_is_one_card(window, qtbot, tmp_path, carpet) -> None:
    window.model.use_style("calm")
    drop(window, picture_at(tmp_path / "again.png"))
    qtbot.waitUntil(lambda: window.settings.mix == {carpet: 1.0})
    assert window.bar.status.text().endswith("There is a style of that picture already: My carpet.")
    assert window.gallery.model().rowCount() == 4


def test_a_tiny_picture_is_painted_with_and_warned_about(window, qtbot, tmp_path) -> None:
    cv2.imwrite(str(tmp_path / "stamp.png"), np.full((40, 60, 3), RED, np.uint8))
    drop(window, tmp_path / "stamp.png")
    qtbot.waitUntil(lambda: "only 40 pixels" in window.bar.status.text())
    assert window.settings.mix == {"stamp": 1.0}


def test_it_has_its_buttons_after_a_restart(open_window, qtbot, tiny_file, tmp_path) -> None:
    kept = Path(user_folder(), "rug.safetensors")
    rug = replace(tiny_file.styles["wild"], name="rug", picture=paint_preview(None, None))
    write_styles(kept, by_itself(tiny_file, rug))
    window = open_window(catalog=Catalog((tiny_file,)).with_kept([(kept, read_styles(kept))]))
    window.model.use_style("rug")
    assert window.panel.own.isVisible()
    assert window.panel.own.keep.text() == "Kept"


def test_it_is_renamed_here_and_the_next_time(window, qtbot, carpet) -> None:
    keep(window, qtbot)
    window.shelf.ask_for_title(carpet)
    dialog = window.findChild(QInputDialog)
    assert dialog.textValue() == "My carpet"
    dialog.setTextValue("Granny's rug")
    dialog.accept()
    qtbot.waitUntil(lambda: window.panel.title.text() == "Granny's rug")
    assert window.gallery.model().index(3, 0).data() == "Granny's rug"
    assert window.settings.mix == {carpet: 1.0}
    assert read_styles(user_folder() / "my_carpet.safetensors").style.title == "Granny's rug"


def test_it_is_deleted_and_brought_back(window, qtbot, carpet) -> None:
    keep(window, qtbot)
    path, codes = user_folder() / "my_carpet.safetensors", window.model.style.codes
    content = path.read_bytes()
    window.shelf.menu_of(carpet).actions()[-1].trigger()
    qtbot.waitUntil(lambda: carpet not in window.model.names)
    assert not path.exists()
    assert window.settings.mix == {"calm": 1.0}
    assert window.gallery.model().rowCount() == 3
    assert window.shelf.undo_label.text() == "My carpet is deleted."
    qtbot.mouseClick(window.shelf.undo, LEFT)
    qtbot.waitUntil(lambda: carpet in window.model.names)
    assert path.read_bytes() == content
    np.testing.assert_array_equal(window.model.catalog.find(carpet).codes, codes)
    assert window.own_styles.is_kept(carpet)
    assert not window.shelf.undo.isVisible()


def test_one_that_was_not_kept_comes_back_too(window, qtbot, carpet) -> None:
    window.own_styles.delete(carpet)
    qtbot.waitUntil(lambda: carpet not in window.model.names)
    window.own_styles.undo()
    qtbot.waitUntil(lambda: carpet in window.model.names)
    assert not window.own_styles.is_kept(carpet)
    assert carpet in window.own_styles.names


def test_the_key_of_undo_brings_it_back_while_nothing_else_was_done(window, qtbot, carpet) -> None:
    window.own_styles.delete(carpet)
    qtbot.waitUntil(lambda: carpet not in window.model.names)
    qtbot.waitUntil(lambda: window.shelf.undo.isVisible())
    window.undo.undo()
    qtbot.waitUntil(lambda: carpet in window.model.names)
    assert not window.shelf.undo.isVisible()


def test_a_file_of_before_is_renamed_deleted_and_brought_back(open_window, qtbot, tiny_file) -> None:
    path = Path(user_folder(), "rug.safetensors")
    write_style_file(path, with_network(tiny_file, replace(tiny_file.styles["wild"], name="rug")))
    catalog = Catalog((tiny_file,)).with_opened(path, read_styles(path))
    window = open_window(catalog=catalog)
    window.own_styles.rename("rug", "Old rug")
    qtbot.waitUntil(lambda: window.model.catalog.find("rug").title == "Old rug")
    assert read_style_file(path).styles["rug"].title == "Old rug"
    window.own_styles.delete("rug")
    qtbot.waitUntil(lambda: "rug" not in window.model.names)
    assert not path.exists()
    window.own_styles.undo()
    qtbot.waitUntil(lambda: "rug" in window.model.names)
    assert read_style_file(path).styles["rug"].title == "Old rug"


def test_one_with_a_network_of_its_own_comes_back_with_it(window, qtbot, tmp_path, tiny_file) -> None:
    weights = {name: array + np.float16(0.01) for name, array in tiny_file.weights.items()}
    rug = replace(tiny_file.styles["wild"], name="rug", picture=paint_preview(None, None))
    write_style_file(tmp_path / "rug.safetensors", replace(tiny_file, weights=weights, styles={"rug": rug}))
    drop(window, tmp_path / "rug.safetensors")
    qtbot.waitUntil(lambda: window.settings.mix == {"rug": 1.0})
    network = window.model.file.digest
    window.own_styles.delete("rug")
    qtbot.waitUntil(lambda: len(window.model.catalog.files) == 1)
    window.own_styles.undo()
    qtbot.waitUntil(lambda: "rug" in window.model.names)
    assert window.model.catalog.files_with(["rug"])[0].digest == network
    assert read_style_file(user_folder() / "rug.safetensors").digest == network


def test_styles_that_come_with_livestyle_are_neither_renamed_nor_deleted(window) -> None:
    favourite, rename, export, delete = window.shelf.menu_of("calm").actions()
    assert [action.isEnabled() for action in (favourite, rename, export, delete)] == [True, False, True, False]
    window.gallery.delete_wanted.emit("calm")
    window.gallery.rename_wanted.emit("calm")
    assert "calm" in window.model.names
    assert window.findChild(QInputDialog) is None


@pytest.mark.parametrize("way", ["drop", "dialog", "source"])
def test_a_style_file_that_was_saved_opens(window, qtbot, tmp_path, carpet, way) -> None:
    path = tmp_path / "shared.safetensors"
    save_style(path, window.model.file, window.model.style)
    window.own_styles.delete(carpet)
    qtbot.waitUntil(lambda: window.settings.mix == {"calm": 1.0})
    if way == "drop":
        drop(window, path)
    elif way == "dialog":
        window.picture_card.chosen.emit(str(path))
    else:
        window.use_source(str(path))
    qtbot.waitUntil(lambda: window.settings.mix == {carpet: 1.0})
    assert window.own_styles.is_kept(carpet)
    kept = user_folder() / "shared.safetensors"
    assert isinstance(read_styles(kept), KeptStyle)  # the network is there
    window.model.use_style("calm")
    drop(window, path)
    qtbot.waitUntil(lambda: window.settings.mix == {carpet: 1.0})
    assert "There is that style already" in window.bar.status.text()
    assert len(list(user_folder().glob("*"))) == 1


def test_a_style_file_with_a_network_of_its_own_opens(window, qtbot, tmp_path, tiny_file) -> None:
    weights = {name: array + np.float16(0.01) for name, array in tiny_file.weights.items()}
    rug = replace(tiny_file.styles["wild"], name="rug", title="Rug")
    write_style_file(tmp_path / "rug.safetensors", replace(tiny_file, weights=weights, styles={"rug": rug}))
    drop(window, tmp_path / "rug.safetensors")
    qtbot.waitUntil(lambda: window.settings.mix == {"rug": 1.0})
    assert len(window.model.catalog.files) == 2


def test_a_damaged_style_file_is_told(window, qtbot, tmp_path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"junk")
    drop(window, tmp_path / "bad.safetensors")
    qtbot.waitUntil(lambda: "cut short" in window.bar.status.text())


def test_those_whose_network_was_replaced_are_made_anew(open_window, qtbot, tiny_file) -> None:
    old = replace(tiny_file, weights={name: array + np.float16(0.01) for name, array in tiny_file.weights.items()})
    entries = []
    for name in ("rug", "shawl"):
        picture = cv2.imencode(".png", np.full((80, 120, 3), 51, np.uint8))[1].tobytes()
        path = Path(user_folder(), f"{name}.safetensors")
        write_styles(path, by_itself(old, replace(tiny_file.styles["wild"], name=name, picture=picture)))
        entries.append((path, read_styles(path)))
    window = open_window(catalog=Catalog((tiny_file,)).with_kept(entries))
    qtbot.waitUntil(lambda: window.model.names == ["calm", "wild", "dark", "rug", "shawl"])
    assert read_styles(entries[1][0]).digest == tiny_file.digest
    assert window.own_styles.is_kept("shawl")


def test_a_file_that_can_not_be_written_is_told(window, qtbot, tmp_path, carpet) -> None:
    (tmp_path / "in the way").write_text("a file where the folder should be")
    window.own_styles.save(tmp_path / "in the way" / "shared.safetensors", window.model.file, window.model.style)
    qtbot.waitUntil(lambda: "choose another place" in window.bar.status.text())
