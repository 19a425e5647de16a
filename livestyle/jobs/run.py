"""Carries jobs out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from livestyle.clips.job import OnProgress, convert_video
from livestyle.errors import LivestyleError
from livestyle.jobs.job import ClipJob, Job
from livestyle.jobs.opened import Opened, Ready
from livestyle.jobs.stop import Stop
from livestyle.photos import stylize_picture
from livestyle.sinks import picture_file
from livestyle.sinks.kinds import check_alpha, container_for
from livestyle.sinks.part import PartFile
from livestyle.sinks.picture_file import kind_of
from livestyle.timeline import Course

GPU_BATCH = 4
"""Frames that a GPU is given at once, so that it is waited for less often."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a job.

    Attributes:
        job: The job.
        error: Why there is no result; None if there is one.
        warnings: What a user should know about the result, a sentence each.
        frames: How many were painted.
        fps: Frames painted a second, without the first ones, in which stylizers compile; 0 for a photo.
    """

    job: Job
    error: LivestyleError | None = None
    warnings: tuple[str, ...] = ()
    frames: int = 0
    fps: float = 0.0


def check(job: Job) -> None:
    """Finds out whether a result can have its name: better known now than after hours of painting.

    Raises:
        SinkError: Its kind can't be written, its name is taken, or it is the source itself.
    """
    if isinstance(job, ClipJob):
        container_for(job.target)
        if job.options.keep_alpha:
            check_alpha(job.target)
        overwrite = job.options.overwrite
    else:
        kind_of(job.target)
        if job.keep_alpha:
            picture_file.check_alpha(job.target)
        overwrite = job.overwrite
    PartFile(job.target, overwrite=overwrite, source=job.source if isinstance(job.source, Path) else None).check()


def run(
    job: Job, opened: Opened, on_progress: OnProgress = lambda done, total: None, stop: Stop | None = None
) -> Report:
    """Carries a job out. What a user can put right is no exception but in the report: other jobs may go on.

    Args:
        job: The job.
        opened: What paints, from one job to the next.
        on_progress: Is called in this thread, with frames of a clip; a photo is 1.
        stop: Pauses and stops the job between frames, and in a photo between tiles. A job that is stopped leaves
            nothing behind.

    Raises:
        Stopped: The job was stopped.
    """
    stop = stop or Stop()
    stop.check()
    try:
        ready = opened.ready(job.how, stop)
        if isinstance(job, ClipJob):
            return _convert(job, ready, on_progress, stop)
        stylize_picture(
            job.source,
            job.target,
            ready.paint_stills(),
            overwrite=job.overwrite,
            background=job.background,
            keep_alpha=job.keep_alpha,
        )
    except LivestyleError as error:
        return Report(job, error)
    on_progress(1, 1)
    return Report(job, frames=1)


def _convert(job: ClipJob, ready: Ready, on_progress: OnProgress, stop: Stop) -> Report:
    def each(done: int, total: int | None) -> None:
        on_progress(done, total)
        stop.check()  # at strength 0 nothing else does

    if job.options.keep_alpha and Course(job.how.look, job.how.timeline).mirrors:
        raise LivestyleError("A timeline that mirrors leaves nothing transparent: leave out --keep-alpha.")
    on_gpu = ready.painter.stylizer.info.backend == "cuda"
    batch = job.options.batch or (GPU_BATCH if on_gpu else 1)
    options = replace(job.options, batch=batch)
    came = convert_video(job.source, job.target, ready.paint_frames(), options, each, recipe=repr(job.how))
    return Report(job, None, came.warnings, came.frames, came.fps)
