"""Reads numbers, sizes and colours off the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def positive(text: str) -> float:
    """A number above 0."""
    return _number(text, lambda number: 0 < number < float("inf"), "above 0")


def not_negative(text: str) -> float:
    """A number of 0 or more."""
    return _number(text, lambda number: 0 <= number < float("inf"), "of 0 or more")


def size(text: str) -> tuple[int, int]:
    """WxH -> (height, width)."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isascii() and width.isdecimal() and height.isascii() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size like 1280x720")
    if min(int(width), int(height)) < 16:
        raise argparse.ArgumentTypeError("a size is at least 16x16")
    return int(height), int(width)


def color(text: str) -> tuple[int, int, int]:
    """#RRGGBB or a colour's English name -> RGB, 0 to 255."""
    from PIL import ImageColor

    try:
        red, green, blue, *_ = ImageColor.getrgb(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a colour like white or #00b140") from None
    return red, green, blue


def _number(text: str, allowed: Callable[[float], bool], rule: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not allowed(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number {rule}")
    return number
