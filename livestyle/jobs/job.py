"""Jobs: plain values, one file each."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.look import Look, Region
from livestyle.sources.color import WHITE, Color, check_color
from livestyle.timeline import Timeline


@dataclass(frozen=True, slots=True)
class How:
    """How to paint, and with what: the same for all jobs of a batch.

    Attributes:
        look: The look.
        region: What is painted in the look, unless a mask says that.
        mask: A picture: the look is painted only where it is white.
        outside: The look of all else; None leaves the photo there.
        device: "auto" or a device, as `open_stylizer` takes it.
        network: The name of a network; None for the first that has the styles.
        timeline: What changes of the look in the course of a clip.

    Raises:
        LivestyleError: There is no such region.
    """

    look: Look
    region: Region = "everything"
    mask: Path | None = None
    outside: Look | None = None
    device: str = "auto"
    network: str | None = None
    timeline: Timeline = field(default_factory=Timeline)

    def __post_init__(self) -> None:
        if self.region not in get_args(Region):
            raise LivestyleError(f"A region is one of {', '.join(get_args(Region))}, not {self.region!r}.")


@dataclass(frozen=True, slots=True)
class ClipJob:
    """To paint a video.

    Attributes:
        source: The clip, or its address.
        target: The result; its suffix decides the kind.
        how: How to paint it.
        options: How to convert it.
    """

    source: Path | str
    target: Path
    how: How
    options: ConvertOptions = field(default_factory=ConvertOptions)


@dataclass(frozen=True, slots=True)
class PhotoJob:
    """To paint a still.

    Attributes:
        source: The photo.
        target: The painting; its suffix decides the kind.
        how: How to paint it.
        overwrite: Whether an existing file may be replaced; never the source.
        background: What is painted where the photo is transparent.
        keep_alpha: Whether what is transparent stays so, in a kind that can hold it.
    """

    source: Path
    target: Path
    how: How
    overwrite: bool = False
    background: Color = WHITE
    keep_alpha: bool = False

    def __post_init__(self) -> None:
        check_color(self.background)


Job = ClipJob | PhotoJob
