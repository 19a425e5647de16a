"""The thread that belongs to one open camera."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from threading import Condition, Thread
from typing import Any, Protocol

import cv2
import numpy as np

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image

log = logging.getLogger(__name__)

_READS_OF_PROBE = 10
_READS_BEFORE_LOST = 3
"""Reads that may fail in a row: a camera that is warming up, or a picture broken on the cable, is no lost camera."""


class Capture(Protocol):
    """What is used of `cv2.VideoCapture`."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether it is open."""

    def set(self, prop: int, value: float, /) -> bool:
        """Sets a property, if the backend knows it."""

    def read(self) -> tuple[bool, Any]:
        """Waits for a frame: whether one came, and its array, BGR uint8 (H, W, 3)."""

    def release(self) -> None:
        """Closes it."""


class Grabber:
    """Opens a camera, keeps its newest frame and closes it, all in a thread of its own.

    The thread drains the driver's buffers, so that no frame is old; it may hang in the driver without anybody else
    hanging; and it lives as long as the camera is open, as DirectShow wants of the thread that opened it.

    Args:
        name: What to call the camera.
        captures: Opens it, in one way after another until a frame arrives; asked in the thread.
    """

    def __init__(self, name: str, captures: Iterator[Capture]) -> None:
        self._name = name
        self._captures = captures
        self._newest: Frame | None = None
        self._error: SourceError | None = None
        self._closing = False
        self._changed = Condition()
        self._thread = Thread(target=self._run, name="livestyle camera", daemon=True)
        self._thread.start()

    @property
    def is_open(self) -> bool:
        """Whether frames may still come."""
        return not self._closing and self._error is None

    def wait(self, index: int, limit_s: float) -> Frame | None:
        """Waits for the frame of this index or a later one; None once closed.

        Raises:
            SourceError: None came in time, or none will come any more.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_there(index) or not self.is_open, limit_s):
                self._closing = True
                raise SourceError(f"The camera {self._name} does not answer: unplug it and plug it in again.")
            if self._closing:
                return None
            if self._error is not None and not self._is_there(index):
                raise self._error
            return self._newest

    def close(self) -> None:
        """Makes the thread let go of the camera after the read under way. Safe to call twice."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def join(self, limit_s: float) -> None:
        """Waits until the camera is closed, if that doesn't take too long."""
        self._thread.join(limit_s)

    def _is_there(self, index: int) -> bool:
        return self._newest is not None and self._newest.index >= index

    def _run(self) -> None:
        try:
            self._grab()
        except SourceError as error:
            self._fail(error)
        except Exception:
            # A driver that fails in the night must not end the show: it is tried again.
            log.exception("The driver of the camera %s failed", self._name)
            self._fail(SourceError(f"The driver of the camera {self._name} failed: unplug it and plug it in again."))

    def _fail(self, error: SourceError) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()

    def _grab(self) -> None:
        capture, image = self._probe()
        try:
            start_s, index = time.monotonic(), 0
            while not self._closing:
                if image is None:
                    raise SourceError(f"The camera {self._name} stopped sending pictures: check its cable.")
                time_s = time.monotonic() - start_s
                with self._changed:
                    self._newest = Frame(image, time_s, index)
                    self._changed.notify_all()
                index += 1
                image = _read(capture, _READS_BEFORE_LOST)
        finally:
            capture.release()

    def _probe(self) -> tuple[Capture, Image | None]:
        """Opens the camera and reads a frame, for an open camera need not deliver."""
        for capture in self._captures:
            image = None
            if capture.isOpened():
                capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
                image = _read(capture, _READS_OF_PROBE)
            if image is not None or self._closing:
                return capture, image
            capture.release()
        raise SourceError(
            f"The camera {self._name} sends no pictures: close other programs that use it, and allow cameras in the "
            "system's settings."
        )


def _read(capture: Capture, reads: int) -> Image | None:
    """The next frame as RGB uint8 (H, W, 3); None if so many reads in a row fail."""
    for _ in range(reads):
        try:
            arrived, image = capture.read()
        except cv2.error:
            return None
        if arrived and image is not None and image.size:
            is_gray = image.ndim == 2 or image.shape[2] == 1
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB if is_gray else cv2.COLOR_BGR2RGB), np.uint8)
    return None
