"""The controls of a show: all that can be changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass

from livestyle.errors import StyleError
from livestyle.live.decisions import FLUENT_FPS
from livestyle.look import Look
from livestyle.styles.catalog import unknown_style
from livestyle.styles.file import StyleFile


@dataclass(frozen=True, slots=True, eq=False)
class Controls:
    """One state of everything that can be changed, so that a frame never sees half of a change.

    Attributes:
        file: The network with its styles.
        look: How to paint; its styles are in the file, else `StyleError`.
        lines: Lines of the short side to paint; None for what the device paints fluently.
        mirror: Swap left and right.
        inbetweens: Move paintings along the camera's motion where not every frame can be painted.
        rate_fps: Frames a second to be shown, where the device is to choose the lines.
    """

    file: StyleFile
    look: Look
    lines: int | None = None
    mirror: bool = False
    inbetweens: bool = True
    rate_fps: float = FLUENT_FPS

    def __post_init__(self) -> None:
        for name, _ in self.look.mix:
            if name not in self.file.styles:
                raise StyleError(unknown_style(name, self.file.styles))
        if self.lines is not None and self.lines < 1:
            raise ValueError(f"a picture of {self.lines} lines")
