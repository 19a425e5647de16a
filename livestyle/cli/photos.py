"""The commands that paint photos at once."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from livestyle.cli.events import run_with_events, with_refusal
from livestyle.cli.fitting import add_fit, learnt_styles
from livestyle.cli.look import DEFAULT_STYLE, add_alpha, add_existing, add_look, add_mask, how_of
from livestyle.cli.options import EVENTS, MACHINE, Commands, Shared, command
from livestyle.cli.progress import ProgressBar, conclude, tell, tell_about
from livestyle.errors import SourceError
from livestyle.jobs.job import PhotoJob


def add_stylize(commands: Commands) -> None:
    """Adds `livestyle stylize`."""
    takes = {"style": DEFAULT_STYLE, **MACHINE, **EVENTS}
    parser = command(commands, "stylize", "paint photos and folders of photos", with_refusal(_stylize), takes)
    parser.add_argument("inputs", nargs="+", metavar="PHOTO", help="files, patterns, folders")
    parser.add_argument("-o", "--output", type=Path, required=True, help="a picture, or a folder for several")
    add_look(parser)
    add_mask(parser)
    add_fit(parser)
    add_alpha(parser, ".png, .webp, .tif")
    add_existing(parser)


def _stylize(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.jobs.inputs import named_files, without_existing
    from livestyle.jobs.opened import Opened
    from livestyle.jobs.run import check, run
    from livestyle.photos import pictures_among
    from livestyle.sinks.part import targets_for
    from livestyle.sinks.picture_file import SUFFIXES

    how = how_of(args, shared)
    inputs = named_files(args.inputs)
    pictures, warnings = pictures_among(inputs)
    targets = targets_for(pictures, args.output, SUFFIXES, into_folder=any(map(os.path.isdir, inputs)))
    pairs = without_existing(pictures, targets, tell) if args.skip_existing else zip(pictures, targets, strict=True)
    jobs = [PhotoJob(source, target, how, args.overwrite, args.background, args.keep_alpha) for source, target in pairs]
    for job in jobs:
        check(job)
    learnt = learnt_styles(how, args.fit, pictures, shared) if args.fit and jobs else None
    if shared.json:
        with Opened(tell, learnt) as opened:
            if jobs:
                opened.ready(how)
            return run_with_events(jobs, lambda job, on_progress: run(job, opened, on_progress))
    if not jobs:
        return 0
    reports = []
    with Opened(tell, learnt) as opened, ProgressBar("painting", "picture") as bar:
        opened.ready(how)  # what is wrong with it is said once, and not for each picture
        for done, job in enumerate(jobs, start=1):
            reports.append(run(job, opened))
            bar(done, len(jobs))
        bar.stays = any(report.error is None for report in reports)
    # What was named must be a picture; in a folder there may be other things.
    others = [each for each in reports if isinstance(each.error, SourceError) and each.job.source not in inputs]
    for sentence in warnings:
        tell(sentence)
    for report in reports:
        tell_about(report)
    if len(others) == len(reports):
        raise SourceError(f"There is no picture that can be read in {', '.join(map(str, inputs))}.")
    for report in reports:
        if report.error is None:
            print(f"Wrote {report.job.target}.")
    return conclude([report for report in reports if report not in others])
