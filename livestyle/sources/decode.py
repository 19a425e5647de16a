"""What all readers of videos share.

A file is opened, what is damaged in it is left out, and broken time stamps are mended; decoded frames become pictures
in the right colours, whole, opaque, upright, with square pixels and of one size.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar, cast

import av
import av.error
import cv2
import numpy as np
from av.codec.context import CodecContext, ThreadType
from av.container import InputContainer
from av.packet import Packet
from av.sidedata.sidedata import SideDataContainer
from av.stream import Disposition, Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from livestyle.errors import SourceError
from livestyle.frame import Alpha, Image
from livestyle.sources.address import open_address
from livestyle.sources.animation import moves, open_animation
from livestyle.sources.color import WHITE, Color
from livestyle.sources.fields import deinterlaced
from livestyle.sources.light import is_hdr, is_wide, to_sdr

Time = TypeVar("Time", int, float)
AnyStream = TypeVar("AnyStream", bound=Stream)

_UNSPECIFIED_COLORSPACE = 2  # AVCOL_SPC_UNSPECIFIED
_UNSPECIFIED_TRANSFER = 2  # AVCOL_TRC_UNSPECIFIED
_DOLBY_TAGS = ("dvh1", "dvhe", "dav1")
_BROADCAST = (".ts", ".mts", ".m2ts")
_DEEP_FULL = 255 * 256  # what swscale makes of white in 16 bits

# FFmpeg's own decoders, which it prefers, know nothing of the transparency of these.
_DECODERS_OF_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}

# swscale's default YUV to RGB is 6 to 10 times as fast but darkens by 1 to 2 levels and repeats chroma in 2x2 blocks.
_ACCURATE = int(Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT)


def frame_to_rgb(
    frame: VideoFrame,
    pixel_aspect: Fraction = Fraction(1),
    reformatter: VideoReformatter | None = None,
    matrix: Matrix | None = None,
    background: Color = WHITE,
) -> Image:
    """Turns a decoded frame into the picture a viewer is meant to see.

    Takes the frame's own colour matrix and range (untagged: BT.709 from 1280 columns or above 576 lines up, BT.601
    below, limited range, as players do), makes SDR of HDR and wide colours (`light.to_sdr`), paints what is transparent
    over a colour, stretches it to square pixels and applies its display matrix (how phone clips are rotated or
    mirrored).

    Args:
        frame: Any pixel format and size.
        pixel_aspect: Width of a pixel by its height, from `pixel_aspect_of`.
        reformatter: Pass the same one for all frames of a clip: swscale then keeps its tables, and a frame of 640x360
            takes half the time.
        matrix: The display matrix of the clip; None for the frame's own. Whoever asks a frame for it puts the frame in
            a cycle, and hundreds of frames would wait in memory for Python to look for cycles.
        background: What shows where the frame is transparent.

    Returns:
        RGB uint8 (H, W, 3), contiguous, owned by the caller.
    """
    reformatter = reformatter or VideoReformatter()

    def as_format(name: str) -> VideoFrame:
        untagged = frame.colorspace == _UNSPECIFIED_COLORSPACE
        return reformatter.reformat(
            frame,
            width=max(1, round(frame.width * pixel_aspect)),
            format=name,
            src_colorspace=_default_colorspace(frame) if untagged else None,
            interpolation=_ACCURATE,
        )

    # FFmpeg pads the rows of most widths, and PyAV shows them as a view.
    image = np.ascontiguousarray(as_format("rgba" if has_alpha(frame) else "rgb24").to_ndarray(), np.uint8)
    if is_wide(frame):
        deep = np.asarray(as_format("gbrp16le").to_ndarray(), np.uint16)
        image[..., :3] = to_sdr(deep, _DEEP_FULL, frame.color_trc, frame.color_primaries)
    if has_alpha(frame):
        image = over(image, background)
    return _oriented(image, matrix or display_matrix(frame))


def lacks_base(stream: VideoStream, frame: VideoFrame) -> bool:
    """Whether pictures are right only with what Dolby Vision says beside them: profile 5, where they are no HDR either.

    Takes the stream and its first frame.
    """
    if frame.color_trc != _UNSPECIFIED_TRANSFER:
        return False
    # PyAV's stubs list only motion vectors here.
    side_data = cast(SideDataContainer, frame.side_data)
    return stream.codec_context.codec_tag in _DOLBY_TAGS or side_data.get("DOVI_METADATA") is not None


def has_alpha(frame: VideoFrame) -> bool:
    """Whether parts of a frame can be transparent."""
    return any(component.is_alpha for component in frame.format.components)


def over(image: Image, background: Color) -> Image:
    """RGBA uint8 (H, W, 4) painted over a colour: RGB uint8 (H, W, 3)."""
    share = image[..., 3:].astype(np.uint16)
    mixed = image[..., :3] * share + np.asarray(background, np.uint16) * (255 - share)
    return np.asarray((mixed + 127) // 255, np.uint8)


def displayed_hw(
    frame: VideoFrame, pixel_aspect: Fraction = Fraction(1), matrix: Matrix | None = None
) -> tuple[int, int]:
    """The height and width in pixels that `frame_to_rgb` gives for a frame."""
    height, width = frame.height, max(1, round(frame.width * pixel_aspect))
    return (width, height) if _swaps_axes(matrix or display_matrix(frame)) else (height, width)


def pixel_aspect_of(stream: VideoStream) -> Fraction:
    """Width of a stream's pixels by their height: 1 for square or unknown, 16/15 for PAL DV, 4/3 for HDV."""
    aspect = stream.sample_aspect_ratio
    # Broken files carry absurd ratios; no real format lies outside this range.
    return aspect if aspect and Fraction(1, 4) <= aspect <= 4 else Fraction(1)


def open_video(path: Path | str) -> InputContainer:
    """Opens a video file, or a video at an address (a string).

    Raises:
        SourceError: It is missing, unreadable or no video file; whether it has a video stream, `video_stream_of` says.
    """
    if isinstance(path, str):
        return open_address(path)
    if not os.path.exists(path):  # unlike Path.exists it bears names that are too long
        raise SourceError(f"There is no file {path}: check its name.")
    if path.is_dir():
        raise SourceError(f"{path} is a folder: choose a video file in it.")
    if path.is_file() and path.stat().st_size == 0:
        raise SourceError(f"{path} is empty: copy or download it again.")
    try:
        if moves(path):
            return open_animation(path)
        container = _open_file(path)
    except PermissionError as error:
        raise SourceError(f"{path} may not be read: change its permissions or copy it elsewhere.") from error
    except (av.error.FFmpegError, OSError) as error:
        raise SourceError(f"{path} can't be read as a video: it is damaged, cut short or of another kind.") from error
    if container.format.name == "tty":  # FFmpeg plays any text file as a terminal's screen
        container.close()
        raise SourceError(f"{path} is a text file: choose a video file.")
    return container


def _open_file(path: Path) -> InputContainer:
    # "file:" keeps FFmpeg from taking a colon in a name for a protocol; tags may be in any old encoding.
    open_as = partial(av.open, f"file:{path}", metadata_errors="replace")
    try:
        return open_as()
    except (av.error.EOFError, av.error.InvalidDataError):
        if path.suffix.lower() not in _BROADCAST:
            raise
        return open_as(format="mpegts")  # which FFmpeg doesn't know a stream of a few frames for


def video_stream_of(container: InputContainer, name: str) -> VideoStream:
    """The stream to show: the first that is no cover picture, with its decoder on all cores.

    Args:
        container: An open file or stream.
        name: What to call it in the error.

    Raises:
        SourceError: It has no video.
    """
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            stream.thread_type = ThreadType.AUTO
            return stream
    raise SourceError(f"{name} has no video in it: choose a video file.")


class FrameConverter:
    """Turns the decoded frames of a stream into pictures that are all of one size, even if it changes its own midway.

    Args:
        stream: What the frames are of.
        first: Its first frame, which says the size.
        scale: Size of the pictures as a multiple of the frame's.
        background: What shows where frames are transparent.

    Attributes:
        size_hw: Height and width in pixels of the pictures: upright, with square pixels, scaled.
        made_sdr: Whether a frame so far was HDR.

    Raises:
        SourceError: Its colours can't be read.
    """

    def __init__(self, stream: VideoStream, first: VideoFrame, scale: float = 1.0, background: Color = WHITE) -> None:
        if lacks_base(stream, first):
            raise SourceError(
                "The colours of this clip are Dolby Vision's own (profile 5), which only players of that show right: "
                "export it as HDR10, HLG or SDR."
            )
        self.made_sdr = False
        self._background = background
        self._pixel_aspect = pixel_aspect_of(stream)
        self._reformatter, self._alphas = VideoReformatter(), VideoReformatter()
        self._matrix = display_matrix(first)
        height, width = displayed_hw(first, self._pixel_aspect, self._matrix)
        self.size_hw = max(1, round(height * scale)), max(1, round(width * scale))

    def convert(self, frame: VideoFrame) -> Image:
        """A frame as RGB uint8 (H, W, 3), owned by the caller."""
        self.made_sdr = self.made_sdr or is_hdr(frame)
        return self._sized(frame_to_rgb(frame, self._pixel_aspect, self._reformatter, self._matrix, self._background))

    def alpha(self, frame: VideoFrame) -> Alpha:
        """How opaque a frame is, 0 to 255: uint8 (H, W), owned by the caller."""
        width = max(1, round(frame.width * self._pixel_aspect))
        if not has_alpha(frame):
            return np.full(self.size_hw, 255, np.uint8)
        rgba = self._alphas.reformat(frame, width=width, format="rgba", interpolation=_ACCURATE).to_ndarray()
        return self._sized(_oriented(np.ascontiguousarray(rgba[..., 3], np.uint8), self._matrix))

    def _sized(self, image: Image) -> Image:
        height, width = self.size_hw
        if image.shape[:2] == self.size_hw:
            return image
        how = cv2.INTER_AREA if height < image.shape[0] else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)


@dataclass(slots=True)
class TimeStamps(Generic[Time]):
    """Gives every frame a time stamp, later than that of the frame before: broken files leave some out, or go back.

    Attributes:
        step: How much later a frame without one is.
        least: How much later a frame is that goes back.
        last: The time stamp of the last frame.
    """

    step: Time
    least: Time
    last: Time | None = None

    def mend(self, stamp: Time | None) -> Time:
        """The time stamp of the next frame, which says this one or none."""
        if self.last is not None:
            if stamp is None:
                stamp = self.last + self.step
            elif stamp <= self.last:
                stamp = self.last + self.least
        self.last = stamp or self.step * 0
        return self.last


def decoded(
    packets: Iterable[Packet[AnyStream]], stream: VideoStream, on_damage: Callable[[], None] = lambda: None
) -> Iterator[VideoFrame | Packet[AnyStream]]:
    """All frames of a stream, whole ones, and the packets of the others as they are. What is damaged is left out.

    Args:
        packets: Of the stream and maybe of others, in the order of the file.
        stream: The one to decode.
        on_damage: Called for every packet that is left out, and where a file was cut off.

    Raises:
        av.error.FFmpegError: The packets can't be read any further.
    """
    return deinterlaced(_decoded(packets, stream, on_damage))


def _decoded(
    packets: Iterable[Packet[AnyStream]], stream: VideoStream, on_damage: Callable[[], None]
) -> Iterator[VideoFrame | Packet[AnyStream]]:
    decoder = _decoder_of(stream)

    def frames_of(packet: Packet[AnyStream] | None) -> list[VideoFrame]:
        try:
            return decoder.decode(packet)
        except av.error.InvalidDataError:  # one damaged packet is no reason to stop
            on_damage()
            return []

    try:
        for packet in packets:
            if packet.stream.index == stream.index:
                yield from frames_of(packet)
            elif packet.size:
                yield packet
    except av.error.InvalidDataError:  # the file was cut off here
        on_damage()
        yield from frames_of(None)


Matrix = tuple[int, int, int, int]
"""The part of a display matrix that turns and mirrors: x' = a x + c y, y' = b x + d y as (a, b, c, d), y downwards."""


def _decoder_of(stream: VideoStream) -> VideoCodecContext:
    """The stream's own decoder, or one that knows its transparency."""
    name = _DECODERS_OF_ALPHA.get(stream.codec_context.name)
    # As a tag, which other programs write, it is in capitals.
    if name is None or "1" not in (stream.metadata.get("alpha_mode"), stream.metadata.get("ALPHA_MODE")):
        return stream.codec_context
    try:
        decoder = cast(VideoCodecContext, CodecContext.create(name, "r"))
    except av.codec.codec.UnknownCodecError:
        return stream.codec_context
    decoder.extradata = stream.codec_context.extradata
    return decoder


def _default_colorspace(frame: VideoFrame) -> Colorspace:
    if is_hdr(frame):
        return Colorspace.BT2020
    return Colorspace.ITU709 if frame.width >= 1280 or frame.height > 576 else Colorspace.ITU601


def display_matrix(frame: VideoFrame) -> Matrix:
    """How a frame is to be turned and mirrored."""
    # PyAV's stubs list only motion vectors here.
    side_data = cast(SideDataContainer, frame.side_data).get("DISPLAYMATRIX")
    if side_data is None:
        return (1, 0, 0, 1)
    a, b, _, c, d = np.frombuffer(bytes(side_data), np.int32)[:5].tolist()
    return (a, b, c, d)


def _swaps_axes(matrix: Matrix) -> bool:
    a, b, c, d = matrix
    return abs(b) + abs(c) > abs(a) + abs(d)


def _oriented(image: Image, matrix: Matrix) -> Image:
    a, b, c, d = matrix
    if _swaps_axes(matrix):
        image = np.asarray(cv2.transpose(image), np.uint8)
        mirror_x, mirror_y = c < 0, b < 0
    else:
        mirror_x, mirror_y = a < 0, d < 0
    if mirror_x or mirror_y:
        image = np.asarray(cv2.flip(image, -1 if mirror_x and mirror_y else 1 if mirror_x else 0), np.uint8)
    return image
