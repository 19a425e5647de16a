"""What programs that import livestyle call: three functions, which `livestyle` itself hands out (docs/python.md)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Self, TypedDict, Unpack

import numpy as np

from livestyle.clips.job import OnProgress
from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.jobs.job import ClipJob, How, Job, PhotoJob
from livestyle.jobs.opened import Opened
from livestyle.jobs.run import Report, check, run
from livestyle.look import STEADY_OFFLINE, Colors, Look, Manner, parse_mix
from livestyle.painter import Painter
from livestyle.sources.address import is_address
from livestyle.sources.color import Color
from livestyle.stylizer.stylizer import Images
from livestyle.timeline import Timeline

log = logging.getLogger(__name__)

AnyPath = str | PathLike[str]


class MannerOptions(TypedDict, total=False):
    """How to paint in any style.

    Attributes:
        strength: From 0, the photo, to 1, the full style (1).
        stroke: Size of the strokes, from 0.5 to 2; at 1 they are as large as in the painting (1).
        colors: Whose colours: "painting", "camera" for the photo's own, or "only" for nothing but the style's colours
            ("painting").
        steady: How much of what flickers from frame to frame is held still, from 0 to 1 (0; 0.75 in clips).
        depth: How far light and dark are laid out as in the photo, from 0 to 1 (0.8).
    """

    strength: float
    stroke: float
    colors: Colors
    steady: float
    depth: float


class HowOptions(MannerOptions, total=False):
    """How to paint files.

    Attributes:
        region: What is painted: "everything", "me" for the people, "background" for all but them ("everything").
        mask: A picture; only where it is white is painted.
        outside: The style of what `region` or `mask` leave out (none: it stays the photo).
        network: The name of the network, as `livestyle styles` lists them (the one that suits the device).
        device: What computes: "auto", "cpu", "cuda", "mps", ... ("auto").
    """

    region: Literal["everything", "me", "background"]
    mask: AnyPath | None
    outside: str | None
    network: str | None
    device: str


class PhotoOptions(HowOptions, total=False):
    """How to paint a photo.

    Attributes:
        overwrite: Whether the painting may replace a file; never the photo (False).
        background: RGB, 0 to 255, of what is painted where the photo is transparent (white).
        keep_alpha: Whether what is transparent stays so, in .png, .webp and .tif (False).
    """

    overwrite: bool
    background: Color
    keep_alpha: bool


class ClipOptions(HowOptions, total=False):
    """How to paint a clip. What is not said here is as `livestyle.clips.options.ConvertOptions` has it.

    Attributes:
        timeline: What changes of the look in the course of the clip, as `livestyle.timeline.read_timeline` reads it.
        scale: Size of the result as a multiple of the clip's (1).
        start_s: Where to begin, in seconds (0).
        end_s: Where to end (the clip's end).
        encoder: A name in `livestyle.sinks.kinds.ENCODERS` ("auto": the graphics chip's, where it works).
        bits: Of each colour of a pixel in the result, 8 or 10 (8).
        crf: Quality on the encoder's scale, lower is better (the encoder's default).
        batch: Frames at a time (1 on a CPU, 4 on a GPU).
        sound: Whether the clip's sound goes along (True).
        overwrite: Whether the result may replace a file; never the clip (False).
        background: RGB, 0 to 255, of what is painted where the clip is transparent (white).
        keep_alpha: Whether what is transparent stays so, in .webm, .mkv and .mov (False).
        resume: Whether to go on where an earlier conversion with `resume` was cut off (False).
    """

    timeline: Timeline
    scale: float
    start_s: float
    end_s: float | None
    encoder: str
    bits: int
    crf: int | None
    batch: int | None
    sound: bool
    overwrite: bool
    background: Color
    keep_alpha: bool
    resume: bool


class OpenedPainter:
    """Paints pictures in a style that may change from one to the next. Made by `open_painter`.

    As a context manager it frees the device; `close` does so too. Used from one thread.

    Attributes:
        look: How it paints now.
    """

    def __init__(self, look: Look, network: str | None, device: str) -> None:
        self.look = look
        self._network, self._device = network, device
        self._opened = Opened(log.warning)
        self._painter = self._open(look)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Frees the device. Safe to call twice."""
        self._opened.__exit__()

    def change(self, style: AnyPath | None = None, **options: Unpack[MannerOptions]) -> None:
        """Paints otherwise from now on. What is not named stays as it is.

        A change costs nothing: a style is a few numbers. Only a picture that becomes a style is looked at once, and a
        style of another network opens that.

        Args:
            style: As `open_painter` takes it.
            **options: How to paint in it.

        Raises:
            SourceError: The picture can't be read.
            StyleError: There is no such style, or a value makes no sense. All is as before.
            BackendError: The device can't serve.
        """
        mix = self.look.mix if style is None else _mix(style)
        look = replace(self.look, mix=mix, **options)
        if any(name not in self._painter.file.styles for name, _ in mix):
            self._painter = self._open(look)
        self.look = look

    def paint(self, photos: Images) -> Images:
        """Paints a picture, or several of one size.

        The first of a size takes longer. Where the painting is held still (`steady`), they are frames of one film, in
        order.

        Args:
            photos: RGB uint8 (H, W, 3) or (N, H, W, 3), of any size that the device's memory bears. OpenCV's pictures
                are BGR: give `picture[..., ::-1]`.

        Returns:
            The paintings: a new array of the same shape.

        Raises:
            LivestyleError: They are no such array.
            BackendError: The device gave up; `DeviceMemoryError`, if for lack of memory.
        """
        if photos.dtype != np.uint8 or photos.ndim not in (3, 4) or photos.shape[-1] != 3 or 0 in photos.shape:
            raise LivestyleError(
                f"Pictures are RGB, uint8, (H, W, 3) or (N, H, W, 3), not {photos.dtype} of shape {photos.shape}."
            )
        batch = np.ascontiguousarray(photos if photos.ndim == 4 else photos[None])
        paintings = self._painter.paint(batch, self.look)
        if self.look.strength == 0:
            paintings = paintings.copy()
        return paintings.reshape(photos.shape)

    def _open(self, look: Look) -> Painter:
        return self._opened.painter(self._network, self._device, look)


def open_painter(
    style: AnyPath, *, network: str | None = None, device: str = "auto", **options: Unpack[MannerOptions]
) -> OpenedPainter:
    """Opens what paints pictures that a program has in memory.

        with livestyle.open_painter("starry_night", strength=0.8) as painter:
            painting = painter.paint(photo)

    Args:
        style: The name of a style, as `livestyle styles` lists them; or the path of a picture to take the style from;
            or a mix of up to four, "starry_night:0.6,carpet.jpg:0.4".
        network: The name of the network; None for the one that suits the device.
        device: What computes: "auto", "cpu", "cuda", "mps", ...
        **options: How to paint in that style: `strength`, `stroke`, `colors`, `steady`, `depth`, see `MannerOptions`.

    Raises:
        SourceError: The picture can't be read.
        StyleError: There is no such style or network, or a value makes no sense.
        BackendError: The device can't serve. What "auto" could not use is logged as a warning.
    """
    return OpenedPainter(Look(_mix(style), **options), network, device)


def convert(
    source: AnyPath,
    target: AnyPath,
    style: AnyPath,
    *,
    on_progress: OnProgress = lambda done, total: None,
    **options: Unpack[ClipOptions],
) -> Report:
    """Paints a clip, every frame of it, with its sound and its other tracks, as `livestyle convert` does.

    Args:
        source: The clip, or its address.
        target: The result: .mp4, .mov, .mkv or .webm. It gets its name when it is whole.
        style: As `open_painter` takes it.
        on_progress: Is told how many frames are done, and about how many there are (None if there is no telling). An
            exception from it ends the work, and nothing is left of it.
        **options: How to paint: those of `MannerOptions`, `HowOptions` and `ClipOptions`.

    Returns:
        How many frames there are, how fast they were painted, and in `warnings` what became of the clip, in sentences.

    Raises:
        SourceError: The clip, or a picture, can't be read.
        SinkError: The result can't be written.
        StyleError: There is no such style or network, or a value makes no sense.
        BackendError: The device can't serve.
    """
    clip = str(source) if is_address(str(source)) else Path(source)
    how = _how(style, {"steady": STEADY_OFFLINE, **options}, ClipOptions)
    return _done(ClipJob(clip, Path(target), how, ConvertOptions(**_among(ConvertOptions, options))), on_progress)


def stylize(source: AnyPath, target: AnyPath, style: AnyPath, **options: Unpack[PhotoOptions]) -> Report:
    """Paints a photo of any size, as `livestyle stylize` does.

    Args:
        source: The photo.
        target: The painting; its suffix decides the kind.
        style: As `open_painter` takes it.
        **options: How to paint: those of `MannerOptions`, `HowOptions` and `PhotoOptions`.

    Returns:
        What came of it.

    Raises:
        SourceError: The photo, or another picture, can't be read.
        SinkError: The painting can't be written.
        StyleError: There is no such style or network, or a value makes no sense.
        BackendError: The device can't serve.
    """
    how = _how(style, options, PhotoOptions)
    given = _among(PhotoJob, options)
    return _done(PhotoJob(Path(source), Path(target), how, **given), lambda done, total: None)


def _done(job: Job, on_progress: OnProgress) -> Report:
    check(job)
    with Opened(log.warning) as opened:
        report = run(job, opened, on_progress)
    if report.error is not None:
        raise report.error
    return report


def _how(style: AnyPath, options: Mapping[str, Any], known: type) -> How:
    unknown = options.keys() - known.__annotations__.keys()
    if unknown:
        raise TypeError(
            f"There is no option {', '.join(sorted(unknown))}: there are {', '.join(known.__annotations__)}."
        )
    look = Look(_mix(style), **_among(Manner, options))
    given = _among(How, options)
    if given.get("mask") is not None:
        given["mask"] = Path(given["mask"])
    if given.get("outside") is not None:
        given["outside"] = replace(look, mix=parse_mix(given["outside"]))
    return How(look, **given)


def _among(kind: type[Manner | How | ConvertOptions | PhotoJob], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are fields of a kind of value."""
    return {each.name: options[each.name] for each in fields(kind) if each.name in options}


def _mix(style: AnyPath) -> tuple[tuple[str, float], ...]:
    return parse_mix(style) if isinstance(style, str) else ((str(Path(style)), 1.0),)
