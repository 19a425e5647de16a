"""A look: everything a user sets about how the picture is painted."""

from __future__ import annotations

from dataclasses import dataclass

from livestyle.errors import StyleError


@dataclass(frozen=True, slots=True)
class Look:
    """How to paint. Immutable: to change it, make another one and hand that over.

    Attributes:
        mix: Style names and their weights. Weights are positive and are scaled to sum 1 when used.
        strength: 0 is the camera's own picture, 1 the full style.
        keep_colors: Take only the brightness of the painting and keep the colours of the camera.
    """

    mix: tuple[tuple[str, float], ...]
    strength: float = 1.0
    keep_colors: bool = False

    def __post_init__(self) -> None:
        if not self.mix or any(not weight > 0 for _, weight in self.mix):
            raise StyleError("A look needs at least one style, and every weight above 0.")
        if not 0 <= self.strength <= 1:
            raise StyleError(f"Strength goes from 0 to 1, not {self.strength:g}.")


def parse_mix(text: str) -> tuple[tuple[str, float], ...]:
    """Reads a style as the command line writes it: `starry_night` or `starry_night:0.6,the_scream:0.4`.

    Raises:
        StyleError: Not of that form, or a weight that is no positive number.
    """
    mix = []
    for part in text.split(","):
        name, colon, weight_text = part.strip().partition(":")
        try:
            weight = float(weight_text) if colon else 1.0
        except ValueError:
            weight = 0.0
        name = name.strip()
        if not name or not 0 < weight < float("inf"):
            raise StyleError(
                f"Can't read the style {text!r}: write NAME, or NAME:WEIGHT,NAME:WEIGHT with weights above 0."
            )
        mix.append((name, weight))
    return tuple(mix)
