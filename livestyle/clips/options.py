"""How a clip is converted."""

from __future__ import annotations

from dataclasses import dataclass

from livestyle.errors import LivestyleError
from livestyle.sources.color import WHITE, Color, check_color

BITS = (8, 10)
"""Of each colour of a pixel."""


@dataclass(frozen=True, slots=True)
class ConvertOptions:
    """How to convert.

    Attributes:
        batch: Frames painted at once: 1 suits a CPU, a GPU paints several in hardly more time. None for what suits what
            paints, as far as that is known, else 1.
        scale: Size of the painting as a multiple of the clip's. The result has this size: to enlarge a painting
            afterwards would only blur it and swell the file, and players scale well. Smaller is faster, with larger
            strokes.
        start_s: Where to begin, in seconds.
        end_s: Where to end; None for the clip's end.
        crf: Quality on the encoder's own scale, lower is better; None for its default.
        encoder: "auto" or a name in `livestyle.sinks.kinds.ENCODERS`.
        bits: Of each colour of a pixel in the result, 8 or 10. Paintings have 8; what 10 save is the rounding to the
            video's own colours, whose scale is shorter, and what an encoder adds to it.
        overwrite: Whether an existing result may be replaced.
        background: What is painted where the clip is transparent.
        keep_alpha: Whether what is transparent stays so, in a container that can hold it.
        resume: Go on where an earlier conversion that was to `resume` was cut off, even by a power cut. It keeps what
            is painted in a folder beside the result until that is whole.
        sound: Whether the clip's sound goes along.

    Raises:
        LivestyleError: A value makes no sense.
    """

    batch: int | None = None
    scale: float = 1.0
    start_s: float = 0.0
    end_s: float | None = None
    crf: int | None = None
    encoder: str = "auto"
    bits: int = 8
    overwrite: bool = False
    background: Color = WHITE
    keep_alpha: bool = False
    resume: bool = False
    sound: bool = True

    def __post_init__(self) -> None:
        check_color(self.background)
        if self.batch is not None and self.batch < 1:
            raise LivestyleError(f"A batch holds at least 1 frame, not {self.batch}.")
        if self.bits not in BITS:
            raise LivestyleError(f"A colour has {' or '.join(map(str, BITS))} bits, not {self.bits}.")
        if not 0 < self.scale <= 8:
            raise LivestyleError(f"Scale goes from above 0 to 8, not {self.scale:g}.")
        if not 0 <= self.start_s < (float("inf") if self.end_s is None else self.end_s):
            raise LivestyleError("The start must lie at 0 s or later, and before the end.")
