"""The styles that the user makes of pictures: made, kept for the next time, and saved as files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from livestyle.gui import backstage
from livestyle.gui.background import Background
from livestyle.gui.drops import PictureToRead
from livestyle.gui.outputs import spoken
from livestyle.styles.file import Style, StyleFile

SUFFIX = ".safetensors"


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
            lambda: backstage.style_of(picture.read(), picture.stem, file),
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

        self._background.run(lambda: backstage.keep_style(file, style), kept)

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
            lambda: backstage.save_style(path, file, style),
            lambda saved: self.told.emit(f"Saved to {spoken(saved)}"),
        )
