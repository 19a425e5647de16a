"""Writes frames to a video file by the times at which they were taken."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.sinks.kinds import container_for
from livestyle.sinks.part import PartFile
from livestyle.sinks.sink import FrameSink, Wants
from livestyle.sinks.soundtrack import SoundTrack
from livestyle.sinks.writer import VideoWriter
from livestyle.sound import Sound

TIME_BASE = Fraction(1, 90000)
"""The unit of the time stamps in seconds: fine enough for any camera, and a divisor of the common frame times."""


class VideoSink(FrameSink):
    """H.264 (VP9 in .webm); every frame is shown from its own time to the next one's, the first one from 0.

    Sound is AAC (Opus in .mkv and .webm). It begins and ends with the pictures, and is silent where nothing was heard.

    The file is `NAME.part` while it is written, in a form that plays up to about its last second should the program or
    the machine die, and gets its name when the sink is closed. `write` takes as long as the encoder does, so live it
    belongs in a thread of its own.

    Args:
        path: Ends in .mp4, .mov, .mkv or .webm.
        size_hw: Height and width in pixels of the video; frames of other sizes are scaled to it. Odd sides become one
            larger.
        rate_fps: About how many frames a second will come.
        crf: Quality on the encoder's own scale, lower is better; None for its default.
        sound: Whether it has sound.
        overwrite: Whether an existing file may be replaced.
        keep_partial: What to do when the sink is given up or fails. True keeps what was written so far, because a take
            can't be repeated: under its name, or, when writing failed, as the `.part` file, which plays. False deletes
            it. A file without frames is always deleted.
    """

    def __init__(
        self,
        path: Path,
        size_hw: tuple[int, int],
        *,
        rate_fps: float = 30.0,
        crf: int | None = None,
        sound: bool = False,
        overwrite: bool = False,
        keep_partial: bool = True,
    ) -> None:
        self.path = path
        self.name = path.name
        self.wants = Wants(size_hw, sound=sound)
        self._size_hw = size_hw
        self._rate_fps = Fraction(rate_fps).limit_denominator(1001)
        self._crf = crf
        self._keep_partial = keep_partial
        self._part = PartFile(path, overwrite=overwrite)
        self._writer: VideoWriter | None = None
        self._sound: SoundTrack | None = None
        self._start_s: float | None = None
        self._last_s = 0.0
        self._failed = False

    def open(self) -> None:
        """Makes the `.part` file and starts the encoder."""
        container = container_for(self.path)
        self._part.create()
        try:
            self._writer = VideoWriter(
                self._part.path,
                container,
                self._size_hw,
                rate_fps=self._rate_fps,
                time_base=TIME_BASE,
                crf=self._crf,
                crash_safe=True,
            )
            self._sound = SoundTrack(self._writer, container) if self.wants.sound else None
        except BaseException:
            self._part.discard()
            raise
        self._start_s, self._failed = None, False

    def write(self, frame: Frame) -> None:
        """Encodes a frame."""
        if self._writer is None:
            raise SinkError(f"{self.path} is not being written: open it first.")
        if self._start_s is None:
            self._start_s = frame.time_s
        self._last_s = frame.time_s
        image = frame.image
        if image.shape[:2] != self._size_hw:
            height, width = self._size_hw
            image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        try:
            self._writer.write(image, round((frame.time_s - self._start_s) / TIME_BASE))
            if self._sound is not None:
                self._sound.follow(frame.time_s)
        except SinkError as error:
            self._failed = True
            raise self._told_where(error) from error

    def hear(self, sound: Sound) -> None:
        """Encodes sound, once its picture is there."""
        if self._writer is None or self._sound is None:
            return
        try:
            self._sound.hear(sound)
        except SinkError as error:
            self._failed = True
            raise self._told_where(error) from error

    def close(self, *, completed: bool = True) -> None:
        """Finishes the file and gives it its name; `keep_partial` says what happens to one that is given up."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        empty = self._start_s is None
        if empty or self._failed or not (completed or self._keep_partial):
            writer.close(completed=False)
            if empty or not self._keep_partial:
                self._part.discard()
            return
        try:
            with writer:
                if self._sound is not None:
                    self._sound.finish(self._last_s + float(1 / self._rate_fps))
                writer.finish()
        except SinkError as error:
            if not self._keep_partial:
                self._part.discard()
            raise self._told_where(error) from error
        self._part.finish()

    def _told_where(self, error: SinkError) -> SinkError:
        if not self._keep_partial:
            return error
        return SinkError(f"{error} What was written until then is in {self._part.path}.")
