"""The demo: the drawn scene in one look or in all styles, to a video. Needs no camera, no display and no network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.timeline import Course, Cue, Timeline

FADE_S = 0.6
"""How long one style takes to turn into the next: codes mix, so the fade is painted and not a cross-fade."""


def in_turn(names: Sequence[str], seconds_each: float) -> Timeline:
    """Each style for its time, fading into the next at the end of it; after the last one it stays.

    Args:
        names: The styles, in order.
        seconds_each: How long each is shown.
    """
    fade_s = min(FADE_S, seconds_each / 2)
    cues = (Cue(turn * seconds_each - fade_s, {"mix": ((name, 1.0),)}, fade_s) for turn, name in enumerate(names))
    return Timeline(tuple(cues))


def render_demo(
    painter: Painter,
    path: Path,
    look: Look,
    *,
    names: Sequence[str] = (),
    size_hw: tuple[int, int] = (360, 640),
    duration_s: float = 10.0,
    rate_fps: float = 24.0,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Renders the demo scene in a look, or in one style after the other.

    Args:
        painter: Paints.
        path: The video to write.
        look: How to paint.
        names: Styles to go through in place of the look's mix; none to stay with it.
        size_hw: Height and width in pixels.
        duration_s: Of the whole video; each of the `names` gets the same part of it.
        rate_fps: Frames a second.
        overwrite: Replace an existing file.
        on_progress: Called with frames done and in all.

    Raises:
        StyleError: A style is not in the painter's file.
        SinkError: The video can't be written.
        BackendError: The device gave up.
    """
    course = Course(look, in_turn(names, duration_s / max(1, len(names))))
    total = round(duration_s * rate_fps)
    source = DemoSource(size_hw, rate_fps, duration_s=duration_s, live=False)
    with source, VideoSink(path, size_hw, rate_fps=rate_fps, overwrite=overwrite, keep_partial=False) as sink:
        for frame in source:
            now = course.look_at(frame.time_s)
            sink.write(replace(frame, image=painter.paint(frame.image[None], now)[0]))
            on_progress(frame.index + 1, total)
