"""Jobs: plain values, one file each, that can be kept as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from livestyle.convert.options import ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.look import Look


@dataclass(frozen=True, slots=True)
class How:
    """How to paint, and with what: the same for all jobs of a batch.

    Attributes:
        look: The look.
        mask: A picture: the look is painted only where it is white.
        outside: The look where the mask is black; None leaves the photo there.
        device: "auto" or a device, as `open_stylizer` takes it.
        network: The name of a network; None for the first that has the styles.
    """

    look: Look
    mask: Path | None = None
    outside: Look | None = None
    device: str = "auto"
    network: str | None = None


@dataclass(frozen=True, slots=True)
class ClipJob:
    """To paint a video.

    Attributes:
        source: The clip.
        target: The result; its suffix decides the kind.
        how: How to paint it.
        options: How to convert it.
    """

    source: Path
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
    """

    source: Path
    target: Path
    how: How
    overwrite: bool = False


Job = ClipJob | PhotoJob

_KINDS: Mapping[str, type[Job]] = {"clip": ClipJob, "photo": PhotoJob}


def to_json(job: Job) -> str:
    """A job as JSON, paths as text."""
    kind = next(name for name, each in _KINDS.items() if isinstance(job, each))
    return json.dumps({"kind": kind, **asdict(job)}, default=str, ensure_ascii=False)


def from_json(text: str) -> Job:
    """The job that `to_json` wrote.

    Raises:
        LivestyleError: It is none.
    """
    try:
        plain = json.loads(text)
        source, target, how = Path(plain["source"]), Path(plain["target"]), _how(plain["how"])
        if _KINDS[plain["kind"]] is PhotoJob:
            return PhotoJob(source, target, how, plain["overwrite"])
        return ClipJob(source, target, how, ConvertOptions(**plain["options"]))
    except (KeyError, TypeError, ValueError) as error:
        raise LivestyleError("This is no job, or one of another version of livestyle: make it anew.") from error


def _how(plain: Mapping[str, Any]) -> How:
    mask, outside = plain["mask"], plain["outside"]
    return How(
        _look(plain["look"]),
        None if mask is None else Path(mask),
        None if outside is None else _look(outside),
        plain["device"],
        plain["network"],
    )


def _look(plain: Mapping[str, Any]) -> Look:
    return Look(**{**plain, "mix": tuple((name, weight) for name, weight in plain["mix"])})
