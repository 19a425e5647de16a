"""Videos and photos shown one after the other."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image
from livestyle.log import see_log
from livestyle.sources.address import public
from livestyle.sources.animation import moves
from livestyle.sources.pictures import SUFFIXES, is_pipe, name_of, natural_order, read_picture
from livestyle.sources.source import FrameSource
from livestyle.sources.transport import Transport
from livestyle.sources.video import VideoSource

log = logging.getLogger(__name__)

VIDEOS = (
    *(".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".vob", ".wmv"),
    *(".flv", ".3gp", ".ogv", ".mxf", ".dv", ".asf", ".y4m"),
)
"""What is taken for a video in a folder; beside it, pictures that move."""

PHOTO_S = 5.0
"""How long a photo is shown."""
PHOTO_FPS = 30.0

Place = Path | str
"""A file, a folder, or an address."""


class Playlist(FrameSource):
    """Videos and photos one after the other, each in its own size, over and over.

    What can't be read is told, once, and passed by. Folders stand for the videos and photos in them, in the natural
    order of their names; they are looked through at each round, and no file is opened before its turn.

    Args:
        places: Files, folders and addresses, in this order.
    """

    is_live = True

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self._items: list[Place] = []
        self._told: set[Place] = set()
        self._film: VideoSource | None = None
        self._closed = Event()

    @property
    def name(self) -> str:
        """The number and the name of what is on: "2/6 clip.mp4"; before it is opened, that of the first place."""
        if self.transport is None or not self._items:
            return _called(self._places[0])
        at, films = self.transport.film, len(self._items)
        name = _called(self._items[min(at, films - 1)])
        return f"{at + 1}/{films} {name}" if films > 1 else name

    def open(self) -> None:
        """Looks what there is.

        Raises:
            SourceError: There is nothing, or a folder can't be read.
        """
        self._closed.clear()
        if self.transport is None:
            self.transport = Transport(None, loops=True)
        self._look(self.transport)

    def close(self) -> None:
        """Makes the iteration end."""
        self._closed.set()
        if self._film is not None:
            self._film.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames; `is_still` is that of what is on.

        Raises:
            SourceError: Nothing in the list can be shown.
        """
        transport = self.transport
        if transport is None:
            raise SourceError(f"{self.name} is not open.")
        index, now_s, step, in_vain = 0, 0.0, 1, 0
        while not self._closed.is_set():
            wanted = transport.take_wanted_film()
            if wanted is not None:
                step = -1 if wanted == (transport.film - 1) % len(self._items) else 1
                transport.film = wanted
            start_s = now_s
            try:
                with closing(self._shown(self._items[transport.film], transport)) as shown:
                    for image, time_s in shown:
                        now_s, step, in_vain = start_s + time_s, 1, 0
                        yield Frame(image, now_s, index)
                        index += 1
                        if transport.is_other_wanted:
                            break
            except Exception as reason:
                in_vain += 1
                error = self._told_of(self._items[transport.film], reason)
                if in_vain >= len(self._items):
                    raise error from reason
                self._pass_by(self._items[transport.film], error)
            now_s += 1 / PHOTO_FPS
            if not self._closed.is_set() and not transport.is_other_wanted and not self._goes_on(transport, step):
                return

    def _goes_on(self, transport: Transport, step: int) -> bool:
        """Goes to the one after, or with a step of -1 before; whether there is one."""
        following = transport.film + step
        if following == len(self._items):
            if not transport.loops:
                transport.is_over = True
                return False
            self._look(transport)
            following = 0
        transport.film = following % len(self._items)
        return True

    def _look(self, transport: Transport) -> None:
        self._items = _items(self._places)
        transport.films, transport.film = len(self._items), min(transport.film, len(self._items) - 1)

    def _told_of(self, item: Place, reason: Exception) -> SourceError:
        """What to tell about an item that fails; one that shows a fault of ours is passed by too."""
        if isinstance(reason, SourceError):
            return reason
        log.error("Showing %s failed", _called(item), exc_info=reason)
        return SourceError(see_log(f"Showing {_called(item)} failed"))

    def _pass_by(self, item: Place, error: SourceError) -> None:
        if item not in self._told and self.tell is not None:
            self.tell(f"{error} The next one is shown.")
        self._told.add(item)

    def _shown(self, item: Place, transport: Transport) -> Generator[tuple[Image, float]]:
        """The pictures of one item, and their times in it, in real time."""
        self.is_still = isinstance(item, Path) and is_photo(item)
        if isinstance(item, Path) and self.is_still:
            yield from self._photo(item, transport)
            return
        with VideoSource(item, live=True, transport=transport) as self._film:
            # `close` may have come before it was known.
            if not self._closed.is_set():
                for frame in self._film:
                    yield frame.image, frame.time_s

    def _photo(self, path: Path, transport: Transport) -> Iterator[tuple[Image, float]]:
        image = read_picture(path)
        transport.begin(transport.film, PHOTO_S)
        number, place = 0, 0
        while not self._closed.wait(1 / PHOTO_FPS if number else 0.0):
            wanted_s = transport.take_wanted_s()
            if wanted_s is not None:
                place = round(wanted_s * PHOTO_FPS)
            elif place >= PHOTO_S * PHOTO_FPS:
                if not transport.loops_film:
                    return
                place = 0
            transport.position_s = place / PHOTO_FPS
            yield image, number / PHOTO_FPS
            number, place = number + 1, place + 1


def is_photo(path: Path) -> bool:
    """Whether a file is a picture that does not move, by its name and what it begins with."""
    return path.suffix.lower() in SUFFIXES and not is_pipe(path) and not moves(path)


def _called(place: Place) -> str:
    return name_of(place) if isinstance(place, Path) else public(place)


def _items(places: Sequence[Place]) -> list[Place]:
    """What is to be shown: files and addresses as they are, and what is in folders."""
    items: list[Place] = []
    for place in places:
        is_folder = isinstance(place, Path) and os.path.isdir(place)
        items += _shown_of(Path(place)) if is_folder else [place]
    if not items:
        raise SourceError(f"There is no video and no picture in {places[0]}: choose another folder.")
    return items


def _shown_of(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [each.name for each in entries if each.name[0] != "." and _is_shown(each.name) and each.is_file()]
    except OSError as error:
        raise SourceError(f"The folder {folder} can't be read ({error.strerror}).") from error
    return [folder / name for name in sorted(names, key=natural_order)]


def _is_shown(name: str) -> bool:
    return Path(name).suffix.lower() in (*VIDEOS, *SUFFIXES)
