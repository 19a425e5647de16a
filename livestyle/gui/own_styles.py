"""The styles that the user makes of pictures: made, kept for the next time, and saved as files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from livestyle.frame import Image
from livestyle.gui.background import Background
from livestyle.gui.choices import with_style
from livestyle.gui.drops import PictureToRead
from livestyle.gui.outputs import spoken
from livestyle.styles.catalog import Catalog, user_folder
from livestyle.styles.file import Style, StyleFile, write_style_file
from livestyle.styles.kept import by_itself, with_network, write_styles

SUFFIX = ".safetensors"

Mix = tuple[tuple[str, float], ...]


class OwnStyles(QObject):
    """Makes styles of pictures in the background, and puts them where they last.

    Args:
        background: Where to work.
        names: The names of those that are there already.

    Attributes:
        made: A style is ready: the style file of its network, and the style.
        changed: A style is kept.
        told: A sentence for the user.
        names: The names of those on show.
    """

    made = pyqtSignal(object, object)
    changed = pyqtSignal()
    told = pyqtSignal(str)

    def __init__(self, background: Background, names: Collection[str] = (), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self.names = set(names)
        self._kept: set[str] = set()

    def make(self, picture: PictureToRead, file: StyleFile) -> None:
        """Makes a style of a picture for the network of a style file; `made` has it."""
        self.told.emit("Looking at the picture.")
        self._background.run(
            "Making a style of the picture",
            lambda: file_style_of(picture.read(), picture.stem, file),
            lambda style: self.made.emit(file, style),
        )

    def is_kept(self, name: str) -> bool:
        """Whether a style will be in the gallery the next time."""
        return name in self._kept

    def keep(self, file: StyleFile, style: Style) -> None:
        """Has a style in the gallery the next time too."""

        def kept(_: Path) -> None:
            self._kept.add(style.name)
            self.told.emit(f"{style.title} will be in the gallery the next time too.")
            self.changed.emit()

        self._background.run("Keeping the style", lambda: keep_style(file, style), kept)

    def ask_where_to_save(self, file: StyleFile, style: Style, window: QWidget) -> None:
        """Lets the user choose where to save a style as a style file, and saves it."""
        dialog = QFileDialog(window, "Save the style", filter=f"Style files (*{SUFFIX})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile(f"{style.name}{SUFFIX}")
        dialog.fileSelected.connect(lambda path: self.save(Path(path), file, style))
        dialog.open()

    def save(self, path: Path, file: StyleFile, style: Style) -> None:
        """Saves a style as a style file."""
        self._background.run(
            "Saving the style",
            lambda: save_style(path, file, style),
            lambda saved: self.told.emit(f"Saved to {spoken(saved)}"),
        )


def file_style_of(picture: Image, stem: str, file: StyleFile) -> Style:
    """A style made of a picture, and called after the name of its file.

    Raises:
        StyleError: The file can't make styles of pictures.
    """
    from livestyle.styles import from_picture

    style = from_picture.style_of(file, picture, from_picture.name_of(stem), from_picture.title_of(stem))
    return from_picture.painted(file, style)


def with_named_pictures(catalog: Catalog, mix: Mix) -> tuple[Catalog, Mix, list[str]]:
    """Makes styles of the pictures in a mix, called as files can be too.

    Args:
        catalog: The styles at hand.
        mix: Names of styles or paths of pictures, and their weights.

    Returns:
        The catalog with the new styles, the mix with their names in place of the paths, and these names.

    Raises:
        SourceError: A picture is missing, or is none.
        StyleError: A style is unknown, or no network has them all and can make styles of pictures.
    """
    from livestyle.styles import from_picture

    grown = from_picture.with_pictures(catalog, [name for name, _ in mix])
    names: dict[str, str] = {}
    for path in [name for name in grown.names if name not in catalog.names]:
        style = replace(grown.find(path), name=from_picture.name_of(Path(path).stem))
        catalog, names[path] = with_style(catalog, grown.files_with([path])[0], style)
    return catalog, tuple((names.get(name, name), weight) for name, weight in mix), list(names.values())


def save_style(path: Path, file: StyleFile, style: Style) -> Path:
    """Writes a style file that has this one style of a network; returns its path.

    Raises:
        SinkError: It can't be written.
    """
    write_style_file(path, with_network(file, style))
    return path


def keep_style(file: StyleFile, style: Style) -> Path:
    """Installs a style for this user; returns where.

    Raises:
        SinkError: It can't be written.
    """
    path, number = user_folder() / f"{style.name}.safetensors", 1
    while path.exists():
        number += 1
        path = path.with_stem(f"{style.name}_{number}")
    write_styles(path, by_itself(file, style))
    return path
