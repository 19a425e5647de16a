"""Keeps a take: what was seen and heard, and beside it a timeline of what was set, to be painted later."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.look import STEADY
from livestyle.sinks.part import write_error
from livestyle.sinks.sink import FrameSink
from livestyle.sinks.video import VideoSink
from livestyle.sound import Sound
from livestyle.timeline import Cue, cue_text, cues_from

SUFFIX = ".mkv"
STEM = "take-"
"""What the names of takes begin with."""
CRF = 14
"""Better than what is only looked at: it is painted yet."""
DIGITS = 3
"""Times of a take are told to the millisecond, as its container tells those of its pictures."""


class TakeSink(FrameSink):
    """Writes a video and a timeline of the same name, which ends in .toml; 0 is the first picture.

    The video is written as any `VideoSink` writes it. The timeline grows with every cue, so that a crash leaves it too.
    How steady the paintings were is left out until it is set otherwise than by default: a film is held steadier.

    Args:
        path: The video; ends in `SUFFIX`.
        size_hw: Height and width in pixels of the source's pictures; those of other sizes are letterboxed.
        rate_fps: About how many will come a second.
        sound: Whether it has sound.

    Attributes:
        timeline: Where the timeline is.
    """

    def __init__(self, path: Path, size_hw: tuple[int, int], *, rate_fps: float = 30.0, sound: bool = False) -> None:
        self.timeline = timeline_of(path)
        self._video = VideoSink(path, size_hw, rate_fps=rate_fps, crf=CRF, sound=sound)
        self.name = path.name
        self.wants = replace(self._video.wants, size_hw=size_hw, own=True)
        self._start_s: float | None = None
        self._cues: list[Cue] = []
        """What has come before the first picture."""

    def open(self) -> None:
        """Makes ready to write the video."""
        if self.timeline.exists():
            raise SinkError(f"{self.timeline} is there already: choose another name.")
        self._start_s, self._cues = None, []
        self._video.open()

    def write(self, frame: Frame) -> None:
        """Encodes a picture of the source."""
        self._video.write(frame)
        if self._start_s is None:
            self._start_s = frame.time_s
            first, *others = cues_from(self._cues, frame.time_s)
            if first.changes.get("steady") == STEADY:
                first = replace(first, changes={name: it for name, it in first.changes.items() if name != "steady"})
            self._append(first, *others)

    def hear(self, sound: Sound) -> None:
        """Encodes sound, where the video has any."""
        self._video.hear(sound)

    def note(self, cue: Cue) -> None:
        """Writes down what is set."""
        if self._start_s is None:
            self._cues.append(cue)
        else:
            self._append(cue.at(cue.time_s - self._start_s))

    def close(self, *, completed: bool = True) -> None:
        """Finishes the video."""
        self._video.close(completed=completed)

    def _append(self, *cues: Cue) -> None:
        try:
            with self.timeline.open("a", encoding="utf-8") as file:
                file.writelines(cue_text(cue.at(round(cue.time_s, DIGITS))) for cue in cues)
        except OSError as error:
            raise write_error(self.timeline, error) from error


def timeline_of(take: Path) -> Path:
    """Where the timeline of a take is."""
    return take.with_suffix(".toml")
