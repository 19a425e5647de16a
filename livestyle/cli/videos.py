"""The commands that make videos."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from livestyle.cli.events import run_with_events, with_refusal
from livestyle.cli.fitting import add_fit, learnt_styles
from livestyle.cli.look import (
    DEFAULT_STYLE,
    add_alpha,
    add_existing,
    add_look,
    add_mask,
    add_overwrite,
    how_of,
    look_of,
)
from livestyle.cli.numbers import not_negative, positive, size
from livestyle.cli.options import EVENTS, MACHINE, Commands, Shared, command
from livestyle.cli.progress import ProgressBar, conclude, tell, tell_about
from livestyle.clips.options import BITS, ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.jobs.job import ClipJob
from livestyle.look import STEADY, STEADY_OFFLINE, Look
from livestyle.timeline import read_timeline

DEMO_FILE = Path("livestyle-demo.mp4")
DEMO_HW = (360, 640)
DEMO_S = 10.0


def add_demo(commands: Commands) -> None:
    """Adds `livestyle demo`."""
    takes = {"style": "all, one after the other", "steady": f"{STEADY:g}", **MACHINE}
    parser = command(commands, "demo", "the drawn demo scene in all styles or in one, to a video", _demo, takes)
    parser.add_argument("-o", "--output", type=Path, default=DEMO_FILE, help=f"the video to write ({DEMO_FILE})")
    parser.add_argument("--seconds", type=positive, default=DEMO_S, help="how long (10)")
    parser.add_argument("--size", type=size, default=DEMO_HW, metavar="WxH", help="in pixels (640x360)")
    add_look(parser)
    add_overwrite(parser)


def add_convert(commands: Commands) -> None:
    """Adds `livestyle convert`."""
    takes = {"style": DEFAULT_STYLE, "steady": f"{STEADY_OFFLINE:g}", **MACHINE, **EVENTS}
    parser = command(commands, "convert", "paint videos: every frame, audio kept", with_refusal(_convert), takes)
    parser.add_argument("inputs", nargs="+", metavar="VIDEO", help="files, patterns, folders, addresses")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a video, or a folder for several")
    add_look(parser)
    add_mask(parser)
    add_fit(parser)
    parser.add_argument(
        "--timeline",
        type=Path,
        metavar="FILE",
        help="what changes of the look, and when: a TOML file (docs/timeline.md)",
    )
    parser.add_argument("--scale", type=positive, default=1.0, help="size of the result relative to the source (1)")
    parser.add_argument("--start", type=not_negative, metavar="S", help="first second to convert")
    parser.add_argument("--end", type=positive, metavar="S", help="second to stop at")
    parser.add_argument(
        "--crf", type=int, help="quality on the encoder's scale, lower is better (the encoder's default)"
    )
    parser.add_argument(
        "--encoder", default="auto", help="libx264, h264_nvenc, ... (auto: the graphics chip's, where it works)"
    )
    parser.add_argument(
        "--bits", type=int, default=8, choices=BITS, help="10 for smoother gradients: HEVC, in .webm AV1 (8)"
    )
    parser.add_argument("--resume", action="store_true", help="go on where an earlier run with --resume was cut off")
    parser.add_argument("--batch", type=int, help="frames at a time (1 on a CPU, 4 on a GPU)")
    add_alpha(parser, ".webm, .mkv, .mov")
    add_existing(parser)


def demo(
    shared: Shared,
    look: Look,
    output: Path = DEMO_FILE,
    size_hw: tuple[int, int] = DEMO_HW,
    duration_s: float = DEMO_S,
    *,
    overwrite: bool = False,
) -> int:
    """Writes the demo, in the look if a style was asked for, else in all styles."""
    from livestyle.demo import render_demo
    from livestyle.jobs.opened import Opened

    is_chosen = shared.style is not None
    with Opened(tell) as opened, ProgressBar("painting", "frame") as bar:
        painter = opened.painter(shared.network, shared.device, *([look] if is_chosen else []))
        render_demo(
            painter,
            output,
            look,
            names=() if is_chosen else list(painter.file.styles),
            size_hw=size_hw,
            duration_s=duration_s,
            overwrite=overwrite or output == DEMO_FILE,
            on_progress=bar,
        )
    print(f"Wrote {output}.")
    return 0


def _demo(args: argparse.Namespace, shared: Shared) -> int:
    look = look_of(args, shared, STEADY)
    return demo(shared, look, args.output, args.size, args.seconds, overwrite=args.overwrite)


def kept_scenes() -> dict[str, dict[str, Any]]:
    """The scenes that are kept in the window, for timelines to call up."""
    from livestyle.settings import load_settings

    return {name: scene.changes() for name, scene in load_settings().scenes.items()}


def _convert(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.jobs.inputs import clips_among, file_name, named, without_existing
    from livestyle.jobs.opened import Opened
    from livestyle.jobs.run import Report, check, run
    from livestyle.sinks.kinds import CONTAINERS
    from livestyle.sinks.part import targets_for

    how = how_of(args, shared, STEADY_OFFLINE)
    if args.timeline is not None:
        how = replace(how, timeline=read_timeline(args.timeline, kept_scenes()))
    options = ConvertOptions(
        batch=args.batch,
        scale=args.scale,
        start_s=args.start or 0.0,
        end_s=args.end,
        crf=args.crf,
        encoder=args.encoder,
        bits=args.bits,
        overwrite=args.overwrite,
        background=args.background,
        keep_alpha=args.keep_alpha,
        resume=args.resume,
    )
    inputs = named(args.inputs)
    clips = clips_among(inputs)
    targets = targets_for(
        [file_name(clip) for clip in clips], args.output, tuple(CONTAINERS), into_folder=clips != inputs
    )
    pairs = without_existing(clips, targets, tell) if args.skip_existing else zip(clips, targets, strict=True)
    jobs = [ClipJob(source, target, how, options) for source, target in pairs]
    for job in jobs:
        check(job)
    if args.fit and args.resume:
        raise LivestyleError(
            "A style that is learnt anew may differ where a video goes on: leave out --fit or --resume."
        )
    learnt = learnt_styles(how, args.fit, clips, shared) if args.fit and jobs else None

    def painted(job: ClipJob) -> Report:
        with ProgressBar(file_name(job.source).name, "frame") as bar:
            report = run(job, opened, bar)
            bar.stays = report.error is None
        tell_about(report)
        if report.error is None:
            print(f"Wrote {job.target}: {report.frames} frames at {report.fps:.1f} frames a second.")
        return report

    with Opened(tell, learnt) as opened:
        if jobs:
            opened.ready(how)  # what is wrong with it is said once, and not for each clip
        if shared.json:
            return run_with_events(jobs, lambda job, on_progress: run(job, opened, on_progress))
        return conclude([painted(job) for job in jobs])
