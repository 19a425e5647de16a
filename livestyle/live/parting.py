"""Masks for the pictures of a show, and pictures that are painted only where these say so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from threading import Lock, Thread

from livestyle.errors import LivestyleError
from livestyle.frame import Image, Mask
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message, Picture, Tell, Topic
from livestyle.log import see_log
from livestyle.people.finder import Find
from livestyle.people.mask import PeopleMask
from livestyle.regions import MaskOf, fixed, parted

log = logging.getLogger(__name__)

OpenFinder = Callable[[], Find]
"""Opens what finds people, which may take seconds. Raises `StyleError`."""


class Parting:
    """Says which part of each picture is to be painted. May be used from several threads, a picture after the other.

    What finds people is opened in a thread of its own once it is wanted. Until then all is painted, and where it fails
    for good: the camera's own picture is shown where that was asked for, and nowhere else.

    Args:
        open_finder: Opens it.
        tell: Takes messages.
        on_ready: Told, in that thread, once it is open.
    """

    def __init__(self, open_finder: OpenFinder, tell: Tell, on_ready: Callable[[], None]) -> None:
        self._open_finder = open_finder
        self._tell = tell
        self._on_ready = on_ready
        self._lock = Lock()
        self._opening: Thread | None = None
        self._people: PeopleMask | None = None
        self._brushed: Mask | None = None
        self._brushed_of: MaskOf | None = None

    def is_settled(self, controls: Controls) -> bool:
        """Whether the same picture would have the same mask a moment later."""
        waits = controls.region in ("me", "background") and self._people is None
        return not waits or (self._opening is not None and not self._opening.is_alive())

    def mask(self, photo: Image, controls: Controls) -> Mask | None:
        """Where a photo is to be painted in the look; None for everywhere.

        Args:
            photo: RGB uint8 (H, W, 3).
            controls: What is set.
        """
        with self._lock:
            if controls.region == "brushed":
                return None if controls.brushed is None else self._stretched(controls.brushed)(photo)
            if controls.region == "everything":
                return None
            if self._people is None:
                self._open()
                return None
            mask = self._people.of(photo)
        return mask if controls.region == "me" else 255 - mask

    def parted(self, picture: Picture, controls: Controls) -> Picture:
        """A picture with the camera's own where nothing is to be painted; itself where it is all painted."""
        mask = None if controls.outside is not None else self.mask(picture.photo, controls)
        if mask is None:
            return picture
        return replace(picture, frame=replace(picture.frame, image=parted(picture.frame.image, picture.photo, mask)))

    def forget(self) -> None:
        """Forgets the pictures before: the next one is of another source."""
        with self._lock:
            if self._people is not None:
                self._people.forget()

    def join(self, timeout_s: float) -> bool:
        """Waits for what is being opened; returns whether nothing is."""
        if self._opening is not None:
            self._opening.join(timeout_s)
        return self._opening is None or not self._opening.is_alive()

    def _stretched(self, brushed: Mask) -> MaskOf:
        if self._brushed_of is None or brushed is not self._brushed:
            self._brushed, self._brushed_of = brushed, fixed(brushed)
        return self._brushed_of

    def _open(self) -> None:
        if self._opening is None:
            self._tell(Message(Kind.NOTE, Topic.PAINTER, "Getting ready to find people."))
            self._opening = Thread(target=self._find, name="livestyle people finder", daemon=True)
            self._opening.start()

    def _find(self) -> None:
        try:
            self._people = PeopleMask(self._open_finder())
        except LivestyleError as error:
            self._tell(Message(Kind.NOTE, Topic.PAINTER, str(error)))
        except Exception:
            log.exception("Looking for people failed")
            self._tell(Message(Kind.NOTE, Topic.PAINTER, see_log("Looking for people failed")))
        self._on_ready()
