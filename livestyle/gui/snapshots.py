"""Snapshots: the picture on show at once, and in its place, as soon as it is painted, the same at the source's size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.errors import LivestyleError
from livestyle.frame import Image
from livestyle.gui import outputs
from livestyle.gui.background import Background
from livestyle.gui.choices import paints_live
from livestyle.gui.repainter import stand_back
from livestyle.live.message import Picture
from livestyle.look import Look
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile

if TYPE_CHECKING:
    from livestyle.stylizer.stylizer import Stylizer


@dataclass(frozen=True, slots=True)
class Repainting:
    """A snapshot to be painted anew: by what, what of, and how.

    Attributes:
        file: The network.
        photo: RGB uint8 (H, W, 3), as the source gave it.
        mirror: Swap left and right.
        look: How.
    """

    file: StyleFile
    photo: Image
    mirror: bool
    look: Look


class Snapshots(QObject):
    """Saves snapshots, and paints them anew in the background, on one core.

    Args:
        background: Where to work.
        open_stylizer: Opens a network beside the one that paints the show.

    Attributes:
        told: A sentence for the user.
        saved: A snapshot is there, and whether it will be painted anew.
        painted: One was painted anew.
        given_up: One stays as it is.
    """

    told = pyqtSignal(str)
    saved = pyqtSignal(Path, bool)
    painted = pyqtSignal(Path)
    given_up = pyqtSignal(Path)

    def __init__(
        self, background: Background, open_stylizer: Callable[[StyleFile], Stylizer], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._open_stylizer = open_stylizer
        self._is_stopped = False

    def take(self, picture: Picture, style: str, look: Look, catalog: Catalog, folder: str | None) -> None:
        """Takes a snapshot.

        Args:
            picture: What is on show.
            style: The style to name it after.
            look: What it is painted in.
            catalog: Where there may be a finer network that knows the look's styles.
            folder: Where it goes; None for the user's pictures.
        """
        repainting = repainting_of(picture, look, catalog)
        save = partial(outputs.save_snapshot, style, datetime.now(), picture.frame.image, folder)
        self._background.run("Saving the picture", save, partial(self._on_saved, repainting))

    def stop(self) -> None:
        """Begins no more paintings."""
        self._is_stopped = True

    def _on_saved(self, repainting: Repainting | None, path: Path) -> None:
        self.told.emit(f"Saved to {outputs.spoken(path)}")
        self.saved.emit(path, repainting is not None)
        if repainting is not None and not self._is_stopped:
            paint = partial(repaint, path, repainting, self._open_stylizer)
            given_up = partial(self.given_up.emit, path)
            self._background.run("Painting the snapshot", paint, partial(self._on_painted, path), given_up)

    def _on_painted(self, path: Path, is_painted: bool) -> None:
        (self.painted if is_painted else self.given_up).emit(path)


def repainting_of(picture: Picture, look: Look, catalog: Catalog) -> Repainting | None:
    """How a snapshot of a picture is to be painted anew; None where that would make nothing better.

    Codes differ between networks, and styles have the same names in all that know them: so a look is the same look.
    """
    photo = picture.source
    if photo is None or not picture.is_painted or look.strength == 0:
        return None
    files = catalog.files_with([name for name, _ in look.mix])
    first = files[0]
    # A slow network paints for minutes on one core; and to have others paint what it was chosen for is no finer.
    if not paints_live(first):
        return None
    finest = max((file for file in files if paints_live(file)), key=lambda file: file.spec.width)
    if finest is first and photo.shape == picture.frame.image.shape and not picture.is_moved:
        return None
    return Repainting(finest, photo, picture.is_mirrored, look)


def repaint(path: Path, repainting: Repainting, open_stylizer: Callable[[StyleFile], Stylizer]) -> bool:
    """Paints a snapshot anew and puts the painting in its place; returns whether that was done.

    Raises:
        SinkError: It can't be written.
    """
    from livestyle.large import LargePainter
    from livestyle.live.shape import prepared
    from livestyle.painter import Painter
    from livestyle.sinks.picture_file import write_picture

    stand_back()
    try:
        stylizer = open_stylizer(repainting.file)
    except (LivestyleError, ImportError):
        return False
    height, width = repainting.photo.shape[:2]
    photo = prepared(repainting.photo, (height, width), mirror=repainting.mirror)
    try:
        with LargePainter(Painter(repainting.file, stylizer), open_stylizer) as painter:
            painting = np.asarray(painter.paint(photo[None], repainting.look)[0])
    finally:
        stylizer.close()
    if not path.exists():  # thrown away meanwhile
        return False
    write_picture(path, painting, overwrite=True)
    return True
