"""The offline job: a clip is decoded, painted, finished and encoded at the same time, and nothing is dropped."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from livestyle.clips.channel import Channel, ChannelCancelled
from livestyle.clips.options import ConvertOptions
from livestyle.clips.reader import Chunk, ClipReader
from livestyle.clips.segments import SegmentedWriter, place_of, prepare
from livestyle.clips.tracks import Tracks
from livestyle.clips.unfinished import discard, folder_of
from livestyle.frame import Image
from livestyle.sinks.encoders import pick_encoder, pick_for_alpha
from livestyle.sinks.kinds import container_for
from livestyle.sinks.part import PartFile
from livestyle.sinks.writer import VideoWriter, even_hw
from livestyle.stylizer.stylizer import Finish, Images, Paint, PaintFilm

if TYPE_CHECKING:
    from av.container.core import Chapter  # exists in the stubs only

OnProgress = Callable[[int, int | None], None]
"""Is told how many frames are done, and about how many there are: None if there is no telling."""

# Chunks that wait between two threads: enough to hide the uneven times of frames, few enough for 4K in batches.
_WAITING = 2

# Facts about the source's own container, wrong or meaningless in another.
_NOT_KEPT_METADATA = frozenset({"major_brand", "minor_version", "compatible_brands", "encoder", "duration", "rotate"})


@dataclass(frozen=True, slots=True)
class ConvertReport:
    """What came of a conversion.

    Attributes:
        target: The result.
        frames: How many frames it has.
        elapsed_s: How long it took.
        fps: Frames painted a second, without the first chunk, in which stylizers compile.
        encoder: The encoder's name.
        warnings: What a user should know: damage in the source, tracks that are not copied as they are, another
            encoder.
    """

    target: Path
    frames: int
    elapsed_s: float
    fps: float
    encoder: str
    warnings: tuple[str, ...]


def convert_video(
    source_path: Path | str,
    target_path: Path,
    paint: Paint | PaintFilm,
    options: ConvertOptions | None = None,
    on_progress: OnProgress | None = None,
    recipe: str = "",
) -> ConvertReport:
    """Paints a clip.

    Every frame is painted once and keeps its time stamp, as finely as the result's container can tell it (1 ms in .mkv
    and .webm). Sound, subtitles, chapters and metadata are carried over. The result is upright, with square pixels, in
    BT.709. It is built as `NAME.part` and gets its name when it is whole; whatever ends the job early, Ctrl-C too,
    leaves nothing behind. At most a few chunks of frames are in memory at any time.

    Args:
        source_path: The clip, or its address.
        target_path: The result; its suffix (`CONTAINERS`) decides the kind.
        paint: Is called in the caller's thread only, always with the same shape. One for films is told the times of
            the clip itself, wherever the result begins; where it works ahead, two chunks are under way, and where it
            ends apart, another thread waits for what is begun here.
        options: How; None for the defaults.
        on_progress: Is called in the caller's thread with each chunk that is painted, if not yet written. An exception
            from it ends the job.
        recipe: Says what `paint` does; what was painted after another recipe is not gone on with.

    Returns:
        What came of it.

    Raises:
        SourceError: The clip can't be read.
        SinkError: The result can't be written.
    """
    options = options or ConvertOptions()
    container = container_for(target_path)
    folder = folder_of(target_path)
    source_file = source_path if isinstance(source_path, Path) else None
    part = PartFile(target_path, overwrite=options.overwrite, source=source_file)
    if options.resume and os.path.isdir(folder):  # unlike Path.is_dir it bears names that are too long
        part.check()
        part.path.unlink(missing_ok=True)
    with (
        part,
        ClipReader(
            source_path,
            batch=options.batch or 1,
            scale=options.scale,
            start_s=options.start_s,
            end_s=options.end_s,
            background=options.background,
            keep_alpha=options.keep_alpha,
            sound=options.sound,
        ) as clip,
    ):
        new_writer = partial(
            VideoWriter,
            container=container,
            size_hw=clip.size_hw,
            rate_fps=clip.rate_fps,
            time_base=clip.time_base,
            crf=options.crf,
            encoder=options.encoder,
            bits=options.bits,
            alpha=clip.keeps_alpha,
        )
        any_tags = any(map(_is_own_tag, clip.container.metadata))
        meter = _Meter(clip.frames_expected, on_progress)
        writer: VideoWriter | SegmentedWriter
        if options.resume:
            # Pieces of two encoders can't be joined, and which one works may be another by now.
            pick = pick_for_alpha if clip.keeps_alpha else partial(pick_encoder, size_hw=even_hw(clip.size_hw))
            encoder, _ = pick(options.encoder, container, bits=options.bits)
            done = prepare(folder, _plan(source_path, options, recipe) | {"encoder": encoder})
            new_segment = partial(new_writer, joinable=True)
            segmented = SegmentedWriter(
                part.path, folder, done, new_segment, container, clip.size_hw, clip.time_base, any_tags=any_tags
            )
            if done:
                # The last segment is painted once more, for what holds paintings still to know what came before.
                clip.skip = meter.done = done[-1].first
                segmented.leave_out(done[-1].frames)
            writer = segmented
        else:
            writer = new_writer(part.path, any_tags=any_tags)
        with writer:
            streams = clip.container.streams
            tracks = Tracks(clip.side_streams, writer, clip.covers, streams.attachments, streams.data)
            _describe(clip, writer)
            film = paint if isinstance(paint, PaintFilm) else PaintFilm(lambda photos, _: partial(paint, photos))
            _run(clip, film, writer, tracks, meter)
        warnings = (*clip.warnings, *tracks.notes, *([writer.note] if writer.note else []))
    if options.resume:
        discard(folder)
    return ConvertReport(target_path, meter.done, meter.elapsed_s, meter.fps, writer.encoder, warnings)


class _Meter:
    def __init__(self, expected: int | None, on_progress: OnProgress | None) -> None:
        self.done = 0
        self.fps = 0.0
        self._expected = expected
        self._on_progress = on_progress
        self._start_s = time.perf_counter()
        self._first: tuple[int, float] | None = None

    @property
    def elapsed_s(self) -> float:
        return time.perf_counter() - self._start_s

    def add(self, frames: int) -> None:
        self.done += frames
        elapsed_s = self.elapsed_s
        if self._first is None:
            self._first = self.done, elapsed_s
            self.fps = frames / elapsed_s
        elif frames:
            first_done, first_s = self._first
            self.fps = (self.done - first_done) / (elapsed_s - first_s)
        if self._on_progress is not None:
            self._on_progress(self.done, self._expected)


def _run(
    clip: ClipReader, film: PaintFilm, writer: VideoWriter | SegmentedWriter, tracks: Tracks, meter: _Meter
) -> None:
    decoded: Channel[Chunk] = Channel(_WAITING)
    begun: Channel[tuple[Chunk, Finish]] = Channel(1)
    painted: Channel[Chunk] = Channel(_WAITING)
    # A thread that dies cancels its channels, which ends the others; its error is raised at the end.
    with ThreadPoolExecutor(3, "convert") as pool, suppress(ChannelCancelled), decoded, begun, painted:
        workers = [
            pool.submit(_read, clip, decoded),
            pool.submit(_finish, begun, painted),
            pool.submit(_write, painted, writer, tracks),
        ]
        chunks = _renewed(decoded, film, clip) if isinstance(writer, SegmentedWriter) else decoded
        for chunk, finish in _begun(chunks, film, clip):
            begun.put((chunk, finish))
            meter.add(len(chunk.pts))
        begun.end()
        wait(workers)
    for worker in workers:
        with suppress(ChannelCancelled):
            worker.result()


def _renewed(chunks: Iterable[Chunk], film: PaintFilm, clip: ClipReader) -> Iterator[Chunk]:
    """Chunks in order; what paints them is renewed with every segment, as painting may have begun with the last one."""
    place: int | None = None
    for chunk in chunks:
        if chunk.pts and place_of(chunk.pts[0], clip.time_base) != place:
            place = place_of(chunk.pts[0], clip.time_base)
            film.renew()
        yield chunk


def _begun(chunks: Iterable[Chunk], film: PaintFilm, clip: ClipReader) -> Iterator[tuple[Chunk, Finish]]:
    """Chunks in order, with what gives the paintings of their frames; one is begun ahead where that can be done."""
    waiting: deque[tuple[Chunk, Finish]] = deque()

    def next_one() -> tuple[Chunk, Finish]:
        chunk, finish = waiting.popleft()
        if film.ends_apart:
            return chunk, finish
        paintings = finish()
        return chunk, lambda: paintings

    for chunk in chunks:
        finish = film.begin(chunk.images, clip.times_s(chunk)) if chunk.pts else partial(_as_it_is, chunk)
        waiting.append((chunk, finish))
        if len(waiting) > film.is_ahead:
            yield next_one()
    while waiting:
        yield next_one()


def _as_it_is(chunk: Chunk) -> Images:
    return chunk.images


def _finish(begun: Channel[tuple[Chunk, Finish]], painted: Channel[Chunk]) -> None:
    with begun, painted:
        for chunk, finish in begun:
            painted.put(replace(chunk, images=finish()[: len(chunk.pts)]))


def _read(clip: ClipReader, decoded: Channel[Chunk]) -> None:
    with decoded:
        for chunk in clip:
            decoded.put(chunk)


def _write(painted: Channel[Chunk], writer: VideoWriter | SegmentedWriter, tracks: Tracks) -> None:
    with painted:
        for chunk in painted:
            for packet in chunk.packets:
                tracks.write(packet)
            pictures: Iterable[Image] = chunk.images
            if chunk.alphas:
                pictures = map(np.dstack, zip(chunk.images, chunk.alphas, strict=True))
            for image, pts, duration in zip(pictures, chunk.pts, chunk.durations, strict=True):
                writer.write(image, pts, duration)
        writer.finish()
        tracks.finish()


def _plan(source: Path | str, options: ConvertOptions, recipe: str) -> dict[str, str]:
    """All that a result depends on, as far as that can be known: what an address gives may change."""
    which = str(source)
    if isinstance(source, Path):
        status = source.stat()
        which = f"{source.resolve()}, {status.st_size} bytes, changed {status.st_mtime_ns}"
    how = replace(options, batch=None, overwrite=False, resume=False)
    return {
        "source": which,
        "options": repr(how),
        "recipe": recipe,
    }


def _describe(clip: ClipReader, writer: VideoWriter | SegmentedWriter) -> None:
    kept = {key: text for key, text in clip.container.metadata.items() if key.lower() not in _NOT_KEPT_METADATA}
    writer.container.metadata.update(kept)
    writer.metadata.update({key: text for key, text in clip.stream.metadata.items() if key in ("language", "title")})
    writer.container.set_chapters(_within(clip.container.chapters(), clip.origin_s, clip.ends_s))


def _is_own_tag(key: str) -> bool:
    # Makers' names such as com.apple.quicktime.make, and the place, which lists of common tags lack.
    return "." in key or key.lower() == "location"


def _within(chapters: Sequence[Chapter], origin_s: Fraction, end_s: Fraction | None) -> list[Chapter]:
    """The chapters of a part of a clip, cut to it, and counted from its start."""
    result: list[Chapter] = []
    for chapter in chapters:
        tick_s = chapter["time_base"] or Fraction(1)
        origin = round(origin_s / tick_s)
        start, end = chapter["start"], chapter["end"]
        if end_s is not None:
            end = min(end, round(end_s / tick_s))
        if end > max(start, origin):
            result.append({**chapter, "start": max(0, start - origin), "end": end - origin})
    return result
