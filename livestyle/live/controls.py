"""The controls of a show: all that can be changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

from livestyle.errors import StyleError
from livestyle.fade import Fade, styles_of
from livestyle.frame import Mask
from livestyle.live.decisions import FLUENT_FPS
from livestyle.look import Look, Region
from livestyle.styles.catalog import unknown_style
from livestyle.styles.file import StyleFile
from livestyle.timeline import Cue, cue_between


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
        fade_s: How long the look of before takes to turn into this one; at 0, what changes of the same styles counts at
            once, and a fade of theirs goes on.
        fade: The look on its way to `look`; None once, or where, it is there at once.
        region: What is painted in the look.
        outside: The look of all else, in styles of the same file; None leaves the photo there.
        brushed: Where somebody has brushed, (H, W) of any size, 255 for fully. None for nowhere: then all is painted,
            as nobody has asked for the bare photo.
    """

    file: StyleFile
    look: Look
    lines: int | None = None
    mirror: bool = False
    inbetweens: bool = True
    rate_fps: float = FLUENT_FPS
    fade_s: float = field(default=0.0, kw_only=True)
    fade: Fade | None = field(default=None, kw_only=True)
    region: Region = field(default="everything", kw_only=True)
    outside: Look | None = field(default=None, kw_only=True)
    brushed: Mask | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        for name, _ in (*self.look.mix, *(() if self.outside is None else self.outside.mix)):
            if name not in self.file.styles:
                raise StyleError(unknown_style(name, self.file.styles))
        if self.lines is not None and self.lines < 1:
            raise ValueError(f"a picture of {self.lines} lines")

    def after(self, before: Controls, time_s: float) -> Self:
        """These controls on their way from others, which they take the place of at a time.

        Only the styles of one network fade into each other: two pictures are never seen at once.
        """
        way = before.fade or Fade(before.look, before.look)
        fade = way.then(self.look, time_s, self.fade_s)
        is_known = styles_of(fade.before) <= set(self.file.styles)
        if self.file.weights is not before.file.weights or not is_known:
            return replace(self, fade_s=0.0)
        return self if fade.is_over(time_s) else replace(self, fade=fade)

    def since(self, before: Controls | None, time_s: float) -> Cue:
        """What makes these controls of others, as far as it changes the painting; all of it where none were before.

        They have come `after` the others, so that a fade across networks is none.
        """
        part = self._part()
        if before is None:
            cue = cue_between(None, self.look, time_s)
            return replace(cue, changes={**cue.changes, **part}, mirror=self.mirror)
        cue, old = cue_between(before.look, self.look, time_s, self.fade_s), before._part()
        # Masks are told apart by which they are, and not by what they hold.
        new = {name: it for name, it in part.items() if (it is not old[name] if name == "mask" else it != old[name])}
        return replace(
            cue, changes={**cue.changes, **new}, mirror=None if before.mirror == self.mirror else self.mirror
        )

    def _part(self) -> dict[str, Any]:
        """Which part is painted, as cues set it. A mask is told only where it counts."""
        mask = self.brushed if self.region == "brushed" and self.brushed is not None else ""
        return {"region": self.region, "mask": mask, "outside": () if self.outside is None else self.outside.mix}

    def at(self, time_s: float) -> Self:
        """The controls at a time, with a look that stands."""
        return self if self.fade is None else replace(self, look=self.fade.at(time_s), fade=None)

    def is_still_at(self, time_s: float) -> bool:
        """Whether nothing moves by itself from a time on."""
        return self.fade is None or self.fade.is_over(time_s)
