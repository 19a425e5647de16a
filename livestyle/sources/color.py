"""Colours as plain values."""

from __future__ import annotations

from livestyle.errors import LivestyleError

Color = tuple[int, int, int]
"""RGB, 0 to 255."""

WHITE: Color = (255, 255, 255)


def check_color(color: Color) -> None:
    """Raises `LivestyleError` where something else was given for a colour."""
    # Python does not hold callers to types, and what is no colour shows hours later, where a clip is transparent.
    if not (isinstance(color, tuple) and len(color) == 3 and all(isinstance(c, int) and 0 <= c <= 255 for c in color)):
        raise LivestyleError(f"A colour is red, green and blue, (255, 255, 255) for white, not {color!r}.")
