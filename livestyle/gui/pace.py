"""How well the show keeps its pace, and what to do where it can't."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from livestyle.gui.language import number, tr
from livestyle.live.decisions import LINES, PACES
from livestyle.live.message import Picture, Stats
from livestyle.settings import Settings

HELD_SHARE = 0.85
"""A rate that comes so near to its aim holds it: cameras and clocks are not exact."""
SHORT_FOR_S = 4.0
"""Advice is given only where it falls short for so long: another style or size takes a moment."""


@dataclass(frozen=True, slots=True)
class PaceReport:
    """How it goes.

    Attributes:
        rate: Frames shown a second, in a word; empty while nothing is painted, and of pictures that stand still.
        text: A sentence about rate and size; where it falls short, what to do about it.
        is_short: Whether it falls short.
    """

    rate: str = ""
    text: str = ""
    is_short: bool = False


class PaceWatch:
    """Judges the figures of a show as they come.

    Args:
        clock: Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held_s = clock()

    def see(self, stats: Stats | None, settings: Settings, picture: Picture | None) -> PaceReport:
        """Judges the figures of this moment."""
        now_s = self._clock()
        if stats is None or stats.is_still or picture is None or not picture.is_painted or stats.shown_fps == 0:
            self._held_s = now_s
            return PaceReport()
        lines = min(picture.frame.height, picture.frame.width)
        rate = tr("{fps} fps", fps=_spoken(stats.shown_fps))
        if stats.shown_fps >= HELD_SHARE * aim_fps(stats, settings):
            self._held_s = now_s
            return PaceReport(rate, held_text(stats, settings, lines))
        if now_s - self._held_s < SHORT_FOR_S:
            return PaceReport(
                rate, tr("{fps} fps, painted at {lines} lines.", fps=_spoken(stats.shown_fps), lines=lines)
            )
        return PaceReport(rate, short_text(stats, settings, lines), is_short=True)


def aim_fps(stats: Stats, settings: Settings) -> float:
    """The frames a second that are aimed at: no more than the source has."""
    return min(PACES[settings.pace], stats.source_fps)


def held_text(stats: Stats, settings: Settings, lines: int) -> str:
    """What is said where all is well, of pictures of so many lines."""
    fps = _spoken(stats.shown_fps)
    source_lines = None if stats.source_hw is None else min(stats.source_hw)
    if settings.lines is not None and source_lines is not None and source_lines < settings.lines:
        return tr(
            "Holding {fps} fps, painted at {lines} lines: the source has no more than {source_lines}.",
            fps=fps,
            lines=lines,
            source_lines=source_lines,
        )
    return tr("Holding {fps} fps, painted at {lines} lines.", fps=fps, lines=lines)


def short_text(stats: Stats, settings: Settings, lines: int) -> str:
    """What is said where it falls short, of pictures of so many lines: what helps most, as long as it can be done."""
    values = {"fps": _spoken(stats.shown_fps), "aim": _spoken(aim_fps(stats, settings)), "lines": lines}
    if lines > LINES[0] and (settings.lines is not None or settings.pace != "smooth"):
        return tr(
            "{fps} instead of {aim} fps, painted at {lines} lines. Choose Smooth, or close other programs.", **values
        )
    if not settings.inbetweens:
        return tr(
            "{fps} instead of {aim} fps, painted at {lines} lines. Switch In-betweens on, or close other programs.",
            **values,
        )
    return tr("{fps} instead of {aim} fps, painted at {lines} lines. Close other programs.", **values)


def _spoken(fps: float) -> str:
    return number(fps, 0 if fps >= 3 else 1)
