"""A few frames from all over a film, had quickly: no more is decoded than it takes to get to each."""

from __future__ import annotations

from pathlib import Path

import av.error
from av.video.frame import VideoFrame

from livestyle.frame import Image
from livestyle.sources.decode import FrameConverter, decoded, open_video, video_stream_of


def glimpses(video: Path, count: int) -> list[Image]:
    """Frames of a film, evenly spread: the nearest before each time that can be gone to.

    Args:
        video: A file.
        count: How many at most.

    Returns:
        RGB uint8 (H, W, 3) each, in order and all different; fewer where the film can't be gone through.

    Raises:
        SourceError: It is missing, damaged or no video.
    """
    with open_video(video) as container:
        stream = video_stream_of(container, video.name)
        start, duration = container.start_time or 0, container.duration or 0
        frames: dict[int | None, VideoFrame] = {}
        for i in range(count):
            try:
                if duration:
                    container.seek(start + round(duration * i / count))
                frame = next(decoded(container.demux(stream), stream), None)
            except av.error.FFmpegError:
                break
            if not isinstance(frame, VideoFrame):
                break
            frames.setdefault(frame.pts, frame)
        converters = (FrameConverter(stream, frame) for frame in frames.values())
        return [converter.convert(frame) for converter, frame in zip(converters, frames.values(), strict=True)]
