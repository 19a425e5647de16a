"""Colours as plain values."""

from __future__ import annotations

Color = tuple[int, int, int]
"""RGB, 0 to 255."""

WHITE: Color = (255, 255, 255)
