"""Kinds of video: containers by suffix, what players open in them, and how each encoder is told what we want."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from livestyle.errors import SinkError

CONTAINERS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
"""FFmpeg's name of each container, by suffix."""

USUAL_BITS = 8
"""Of each colour of a pixel, which all encoders know; the other number is 10."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """What an encoder calls the things we set: each hardware maker has other names, and ignores `crf` silently.

    Attributes:
        codec: What it writes, as decoders call it.
        default_crf: About the look of libx264 at 20, on the encoder's own scale.
        quality: The options that take the quality.
        options: Those that are always set.
        pix_fmt: FFmpeg's name of the pictures it takes.
        deep: The same for 10 bits; None if it has no such thing, or one that hardly anything plays.
        deep_options: What is set besides for those.
        tag: The four letters of the codec in .mp4 and .mov, where FFmpeg's own choice does not play everywhere.
        is_hardware: Whether it is a chip.
    """

    codec: str
    default_crf: int
    quality: tuple[str, ...]
    options: dict[str, str]
    pix_fmt: str = "yuv420p"
    deep: str | None = None
    deep_options: tuple[tuple[str, str], ...] = ()
    tag: str | None = None
    is_hardware: bool = False

    def at(self, bits: int) -> Encoder:
        """The same for pictures of so many bits, which it knows."""
        if bits == USUAL_BITS:
            return self
        assert self.deep is not None
        return replace(self, pix_fmt=self.deep, options={**self.options, **dict(self.deep_options)})

    def with_quality(self, quality: int) -> dict[str, str]:
        """All options, as FFmpeg takes them."""
        return self.options | dict.fromkeys(self.quality, str(quality))


_NVENC = Encoder("h264", 22, ("cq",), {"preset": "p4", "rc": "vbr", "b": "0"}, is_hardware=True)
# Quality by number needs Apple silicon and a scale of its own; a generous bit rate works on every Mac.
_APPLE = Encoder("h264", 20, (), {"b": "20M"}, is_hardware=True)
_QSV = Encoder("h264", 22, ("global_quality",), {}, "nv12", is_hardware=True)
_AMF = Encoder("h264", 22, ("qp_i", "qp_p"), {"rc": "cqp"}, "nv12", is_hardware=True)


def _hevc(of: Encoder) -> Encoder:
    return replace(of, codec="hevc", default_crf=of.default_crf + 3, deep="p010le", tag="hvc1")


ENCODERS = {
    # Measured on painted clips of 640x360: superfast takes 60 % of veryfast's time at the same quality for the size.
    "libx264": Encoder("h264", 20, ("crf",), {"preset": "superfast"}),
    "libx265": Encoder(
        "hevc",
        23,
        ("crf",),
        {"preset": "veryfast", "x265-params": "log-level=error"},
        deep="yuv420p10le",
        tag="hvc1",
    ),
    "libsvtav1": Encoder("av1", 30, ("crf",), {"preset": "9"}, deep="yuv420p10le"),
    "libvpx-vp9": Encoder("vp9", 30, ("crf",), {"b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}),
    "h264_nvenc": _NVENC,
    "h264_videotoolbox": _APPLE,
    "h264_qsv": _QSV,
    "h264_amf": _AMF,
    "hevc_nvenc": _hevc(_NVENC),
    "hevc_videotoolbox": replace(_hevc(_APPLE), deep_options=(("profile", "main10"),)),
    "hevc_qsv": _hevc(_QSV),
    "hevc_amf": replace(_hevc(_AMF), deep_options=(("profile", "main10"),)),
}
"""The encoders that can be asked for; hardware in the order in which it is tried."""

FALLBACK_ENCODER = {"mp4": "libx264", "mov": "libx264", "matroska": "libx264", "webm": "libvpx-vp9"}
"""What is taken where no hardware works, by FFmpeg's name of the container."""
FALLBACK_DEEP = {"mp4": "libx265", "mov": "libx265", "matroska": "libx265", "webm": "libsvtav1"}
HELD = {
    "mp4": frozenset({"h264", "hevc", "av1"}),
    "mov": frozenset({"h264", "hevc"}),
    "matroska": frozenset({"h264", "hevc", "av1", "vp9"}),
    "webm": frozenset({"av1", "vp9"}),
}
"""The codecs that players open in each container."""

ALPHA_ENCODER = {"webm": "libvpx-vp9", "matroska": "libvpx-vp9", "mov": "prores_ks"}
WITH_ALPHA = {
    "libvpx-vp9": replace(
        ENCODERS["libvpx-vp9"],
        # Frames that are never shown have no transparency to go with them.
        options={**ENCODERS["libvpx-vp9"].options, "auto-alt-ref": "0"},
        pix_fmt="yuva420p",
    ),
    "prores_ks": Encoder("prores", 9, ("global_quality",), {"profile": "4444", "flags": "qscale"}, "yuva444p10le"),
}
"""Those that keep transparency, chosen by the container."""


def suits(encoder: str, container: str) -> bool:
    """Whether what one of `ENCODERS` writes goes into a container, by FFmpeg's name of that, and is played from it."""
    return ENCODERS[encoder].codec in HELD[container]


def container_for(path: Path) -> str:
    """FFmpeg's container for a file name.

    Raises:
        SinkError: The suffix is none of ours.
    """
    try:
        return CONTAINERS[path.suffix.lower()]
    except KeyError:
        raise SinkError(
            f"Can't tell the kind of video from {path.name!r}: end it in {', '.join(CONTAINERS)}."
        ) from None


def check_alpha(path: Path) -> None:
    """Raises `SinkError` if a file of this name can't hold transparency."""
    if container_for(path) not in ALPHA_ENCODER:
        kinds = ", ".join(suffix for suffix, container in CONTAINERS.items() if container in ALPHA_ENCODER)
        raise SinkError(
            f"{path.suffix} can't hold transparency: end {path.name} in {kinds}, or leave out --keep-alpha."
        )
