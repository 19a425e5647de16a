"""Makes whole pictures of interlaced ones, whose lines were taken at two moments."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TypeVar

import av
from av.filter.graph import Graph
from av.video.frame import VideoFrame

Other = TypeVar("Other")
_TICK = Fraction(1, 90000)


def deinterlaced(items: Iterable[VideoFrame | Other]) -> Iterator[VideoFrame | Other]:
    """Frames with those that are interlaced made whole by FFmpeg's bwdif: one for each, at the same time.

    Nothing is done, and no frame is held back, until the first interlaced one comes.

    Args:
        items: Frames, and what else is among them, which is passed on.
    """
    fields: _Fields | None = None
    for item in items:
        if not isinstance(item, VideoFrame):
            yield item
            continue
        if fields is not None and not fields.fits(item):
            yield from fields.rest()
            fields = None
        if fields is None and item.interlaced_frame:
            fields = _Fields(item)
        if fields is None:
            yield item
        else:
            yield from fields.pass_through(item)
    if fields is not None:
        yield from fields.rest()


class _Fields:
    """A filter for frames like one. It looks at a frame's neighbours, so it is one frame behind."""

    def __init__(self, like: VideoFrame) -> None:
        self._like = _kind(like)
        self._times: deque[tuple[int | None, int, Fraction | None]] = deque()
        self._fed = 0
        self._graph = Graph()
        source = self._graph.add_buffer(width=like.width, height=like.height, format=like.format, time_base=_TICK)
        self._graph.link_nodes(
            source, self._graph.add("bwdif", "mode=send_frame:deint=interlaced"), self._graph.add("buffersink")
        ).configure()

    def fits(self, frame: VideoFrame) -> bool:
        return _kind(frame) == self._like

    def pass_through(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        self._times.append((frame.pts, frame.duration, frame.time_base))
        frame.pts, frame.time_base = self._fed, _TICK
        self._fed += 1
        self._graph.vpush(frame)
        yield from self._ready()

    def rest(self) -> Iterator[VideoFrame]:
        self._graph.vpush(None)
        yield from self._ready()

    def _ready(self) -> Iterator[VideoFrame]:
        while self._times:
            try:
                frame = self._graph.vpull()
            except (av.BlockingIOError, av.EOFError):
                return
            frame.pts, frame.duration, frame.time_base = self._times.popleft()
            yield frame


def _kind(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name
