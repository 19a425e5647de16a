"""The user's own styles: made of pictures, kept for the next time, renamed, deleted, saved as files and opened."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from livestyle.errors import SinkError, StyleError
from livestyle.frame import Image
from livestyle.gui.background import Background
from livestyle.gui.choices import with_style
from livestyle.gui.drops import PictureToRead
from livestyle.gui.language import tr
from livestyle.gui.model import ShowModel
from livestyle.gui.outputs import spoken
from livestyle.styles.catalog import Catalog, user_folder
from livestyle.styles.file import Style, StyleFile, write_style_file
from livestyle.styles.kept import KeptStyle, by_itself, read_styles, retitled, slimmed, with_network, write_styles

T = TypeVar("T")

SUFFIX = ".safetensors"
TINY_PX = 64
"""A picture below this has too little of its strokes in it to make a style of."""

Mix = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class _Deleted:
    """What brings a deleted style back: itself, and where it was kept."""

    title: str
    opened: StyleFile | KeptStyle
    path: Path | None


class OwnStyles(QObject):
    """The styles of the user: makes them of pictures, keeps, opens, renames, deletes and saves them, in the background.

    Args:
        background: Where to work.
        model: Has the styles.
        names: Of those that were made for this time.

    Attributes:
        changed: Other styles are there, or kept, or called otherwise.
        deleted: A style is gone, and can be brought back; its title.
        restored: It is on its way back.
        made: A style has been made of a picture: its name, and the picture.
        keeping: A style is about to be kept, as it paints then; its name.
        told: A sentence for the user.
    """

    changed = pyqtSignal()
    deleted = pyqtSignal(str)
    restored = pyqtSignal()
    made = pyqtSignal(str, object)
    keeping = pyqtSignal(str)
    told = pyqtSignal(str)

    def __init__(
        self, background: Background, model: ShowModel, names: Collection[str] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._model = model
        self._made = set(names)
        self._deleted: _Deleted | None = None
        self._busy: set[str] = set()

    @property
    def names(self) -> set[str]:
        """The user's own styles, kept or not."""
        return {*self._model.catalog.own, *(name for name in self._made if name in self._model.names)}

    def is_kept(self, name: str) -> bool:
        """Whether a style will be in the gallery the next time."""
        return name in self._model.catalog.own

    def make(self, picture: PictureToRead, file: StyleFile) -> None:
        """Makes a style of a picture for the network of a style file, and paints in it."""
        self.told.emit("Looking at the picture.")
        self._background.run(
            "Making a style of the picture", lambda: _made_of(picture, file), lambda made: self._take_in(file, made)
        )

    def open(self, path: Path) -> None:
        """Installs a style file, and paints in its first style."""
        catalog = self._model.catalog
        self._background.run("Opening the style file", lambda: install(path, catalog), self._take_in_opened)

    def keep(self, name: str) -> None:
        """Has a style in the gallery the next time too."""
        self.keeping.emit(name)
        file, style = self._found(name)

        def kept(done: tuple[Path, bytes]) -> None:
            path, preview = done
            self._show_preview(name, preview)
            catalog = self._model.catalog
            self._use(replace(catalog, own={**catalog.own, name: path}))
            self.told.emit(f"{style.title} will be in the gallery the next time too.")

        self._do(name, "Keeping the style", lambda: keep_style(file, style), kept)

    def repaint(self, name: str) -> None:
        """Paints the preview of a style that has none, as one that has come to paint otherwise."""
        if name not in self._model.names or self._model.catalog.find(name).preview:
            return
        file, style = self._found(name)

        def repainted(shown: Style) -> None:
            if name in self._model.names and np.array_equal(self._model.catalog.find(name).codes, shown.codes):
                self._show_preview(name, shown.preview)
                self.changed.emit()

        self._background.run("Painting the cards", lambda: _with_preview(file, style), repainted)

    def rename(self, name: str, title: str) -> None:
        """Calls a style otherwise on its card; the command line goes on calling it as before."""
        path = self._model.catalog.own.get(name)

        def renamed(_: object) -> None:
            file, style = self._found(name)
            self._use(self._model.catalog.with_styles(file, [replace(style, title=title)]))

        self._do(name, "Renaming the style", partial(_if_kept, path, lambda path: retitle(path, title)), renamed)

    def delete(self, name: str) -> None:
        """Deletes a style, and its file if it is kept; `undo` brings both back."""
        file, style = self._found(name)
        path = self._model.catalog.own.get(name)

        def deleted(opened: StyleFile | KeptStyle | None) -> None:
            self._deleted = _Deleted(style.title, opened or with_network(file, style), path)
            self._use(self._model.catalog.without(name))
            self.deleted.emit(style.title)

        self._do(name, "Deleting the style", partial(_if_kept, path, remove), deleted)

    def undo(self) -> bool:
        """Brings the style back that was deleted last; returns whether there is one."""
        gone, self._deleted = self._deleted, None
        if gone is None:
            return False
        self.restored.emit()
        path, opened = gone.path, gone.opened

        def back(_: object) -> None:
            self._use(self._model.catalog.with_opened(path, opened))
            self.told.emit(f"{gone.title} is back.")

        self._background.run(
            "Bringing the style back", partial(_if_kept, path, lambda path: write_styles(path, opened)), back
        )
        return True

    def renew(self) -> None:
        """Makes the styles anew whose networks have been replaced, one after the other."""
        outdated = self._model.catalog.outdated
        if outdated:
            self.told.emit("Your own styles are made anew: the network that paints them has been replaced.")
            self._renew_next()

    def ask_where_to_save(self, name: str, window: QWidget) -> None:
        """Lets the user choose where to save a style as a style file, and saves it."""
        file, style = self._found(name)
        dialog = QFileDialog(window, tr("Save the style"), filter=tr("Style files (*{suffix})", suffix=SUFFIX))
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

    def _do(self, name: str, what: str, work: Callable[[], T], on_result: Callable[[T], None]) -> None:
        """Does something to a style, unless something is being done to it: a second click would keep it twice."""
        if name in self._busy:
            return
        self._busy.add(name)

        def done(result: T) -> None:
            self._busy.discard(name)
            on_result(result)

        self._background.run(what, work, done, on_error=partial(self._busy.discard, name))

    def _found(self, name: str) -> tuple[StyleFile, Style]:
        """A style, and the network that paints it when it is alone."""
        return self._model.catalog.files_with([name])[0], self._model.catalog.find(name)

    def _show_preview(self, name: str, preview: bytes) -> None:
        self._model.improve(replace(self._model.catalog.find(name), preview=preview))

    def _use(self, catalog: Catalog) -> None:
        self._model.use_catalog(catalog)
        self.changed.emit()

    def _take_in(self, file: StyleFile, made: _Made) -> None:
        style, catalog = made.style, self._model.catalog
        grown = next(each for each in catalog.files if each.weights is file.weights)
        known = _made_of_the_same(style.picture, grown)
        if known is not None:
            self._model.use_style(known.name)
            self.told.emit(f"There is a style of that picture already: {known.title}.")
            return
        style = self._model.add_style(file, style)
        self._made.add(style.name)
        self.changed.emit()
        self._model.use_style(style.name)
        self.told.emit(
            f"Painting in the style of {style.title}."
            if made.short_px >= TINY_PX
            else f"The picture is only {made.short_px} pixels high or wide, so that {style.title} is a guess: "
            "a larger one makes a better style."
        )
        self.made.emit(style.name, made.picture)

    def _take_in_opened(self, installed: tuple[Path, StyleFile | KeptStyle] | str) -> None:
        if isinstance(installed, str):
            self._model.use_style(installed)
            self.told.emit(f"There is that style already: {self._model.style.title}.")
            return
        before = set(self._model.names)
        self._use(self._model.catalog.with_opened(*installed))
        for name in [name for name in self._model.names if name not in before][:1]:
            self._model.use_style(name)
            self.told.emit(f"Painting in the style of {self._model.style.title}.")

    def _renew_next(self) -> None:
        catalog = self._model.catalog
        for name, (path, kept) in list(catalog.outdated.items())[:1]:
            left = {other: it for other, it in catalog.outdated.items() if other != name}
            self._model.catalog = replace(catalog, outdated=left)

            def renewed(anew: KeptStyle, path: Path = path) -> None:
                self._use(self._model.catalog.with_kept([(path, anew)]))
                self._renew_next()

            self._background.run(
                "Making a style anew", partial(_renewed, path, kept, catalog), renewed, on_error=self._renew_next
            )


@dataclass(frozen=True, slots=True)
class _Made:
    """A style that was made of a picture, RGB uint8 (H, W, 3)."""

    style: Style
    picture: Image

    @property
    def short_px(self) -> int:
        """How many pixels the picture has on its short side."""
        return int(min(self.picture.shape[:2]))


def _made_of(picture: PictureToRead, file: StyleFile) -> _Made:
    """A style of a picture; the one that there is, if the network has one of that picture."""
    from livestyle.styles.from_picture import small_picture

    image = picture.read()
    known = _made_of_the_same(small_picture(image), file)
    return _Made(known or file_style_of(image, picture.stem, file), image)


def _made_of_the_same(picture: bytes, file: StyleFile) -> Style | None:
    """The style of a network that was made of a picture, as styles keep it."""
    return next((style for style in file.styles.values() if picture and style.picture == picture), None)


def _renewed(path: Path, kept: KeptStyle, catalog: Catalog) -> KeptStyle:
    from livestyle.styles.renew import made_anew

    anew = made_anew(kept, catalog)
    write_styles(path, anew)
    return anew


def file_style_of(picture: Image, stem: str, file: StyleFile) -> Style:
    """A style made of a picture, and called after the name of its file.

    Raises:
        StyleError: The file can't make styles of pictures.
    """
    from livestyle.styles import from_picture

    style = from_picture.style_of(file, picture, from_picture.name_of(stem), from_picture.title_of(stem))
    return from_picture.painted(file, style)


def with_named_pictures(catalog: Catalog, mix: Mix) -> tuple[Catalog, Mix, dict[str, Path]]:
    """Makes styles of the pictures in a mix, called as files can be too.

    Args:
        catalog: The styles at hand.
        mix: Names of styles or paths of pictures, and their weights.

    Returns:
        The catalog with the new styles, the mix with their names in place of the paths, and name -> path of each.

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
    own = {name: Path(path).expanduser() for path, name in names.items()}
    return catalog, tuple((names.get(name, name), weight) for name, weight in mix), own


def save_style(path: Path, file: StyleFile, style: Style) -> Path:
    """Writes a style file that has this one style of a network; returns its path.

    Raises:
        SinkError: It can't be written.
    """
    write_style_file(path, with_network(file, _with_preview(file, style)))
    return path


def keep_style(file: StyleFile, style: Style) -> tuple[Path, bytes]:
    """Installs a style for this user; returns where, and the preview that it has there.

    Raises:
        SinkError: It can't be written.
    """
    path, style = _free_path(style.name), _with_preview(file, style)
    write_styles(path, by_itself(file, style))
    return path, style.preview


def _with_preview(file: StyleFile, style: Style) -> Style:
    """A style of a network with a preview, painted if it has none."""
    from livestyle.styles.from_picture import painted

    return style if style.preview else painted(file, style)


def install(path: Path, catalog: Catalog) -> tuple[Path, StyleFile | KeptStyle] | str:
    """Copies a style file to where the user's are.

    Args:
        path: The file: a network and its styles, or a style by itself.
        catalog: The styles at hand.

    Returns:
        Where it is, and what is in it; or the name of its style, if that is there already.

    Raises:
        StyleError: It can't be read or is damaged.
        SinkError: The folder can't be written.
    """
    opened = read_styles(path)
    if isinstance(opened, StyleFile):
        from livestyle.styles.load import load_network  # imports torch

        load_network(opened)
    opened = slimmed(opened, catalog.files)
    if isinstance(opened, KeptStyle):
        if not any(opened.fits(file) for file in catalog.files):
            from livestyle.styles.renew import made_anew  # imports torch

            opened = made_anew(opened, catalog)
        styles, digest = [opened.style], opened.digest
    else:
        styles, digest = list(opened.styles.values()), opened.digest
    there = [style for file in catalog.files if file.digest == digest for style in file.styles.values()]
    known = [each.name for style in styles for each in there if np.array_equal(each.codes, style.codes)]
    if len(known) >= len(styles):
        return known[0]
    place = _free_path(path.stem)
    write_styles(place, opened)
    return place, opened


def retitle(path: Path, title: str) -> None:
    """Gives the style in a file another title.

    Raises:
        StyleError: It can't be read.
        SinkError: It can't be written.
    """
    write_styles(path, retitled(read_styles(path), title))


def remove(path: Path) -> StyleFile | KeptStyle | None:
    """Deletes a file of styles; returns what was in it, or None if it was gone or could not be read.

    Raises:
        SinkError: It can't be deleted.
    """
    try:
        opened = read_styles(path)
    except StyleError:
        opened = None
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise SinkError(f"{path} can't be deleted ({error.strerror or error}).") from error
    return opened


def _if_kept(path: Path | None, do: Callable[[Path], T]) -> T | None:
    """Does something to the file of a style; nothing for one that has none."""
    return None if path is None else do(path)


def _free_path(stem: str) -> Path:
    path, number = user_folder() / f"{stem}{SUFFIX}", 1
    while path.exists():
        number += 1
        path = user_folder() / f"{stem}_{number}{SUFFIX}"
    return path
