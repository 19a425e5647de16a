"""The command that measures."""

from __future__ import annotations

import argparse
import json

from livestyle.cli.numbers import size
from livestyle.cli.options import MACHINE, Commands, Shared, command
from livestyle.look import STEADY, Look, parse_mix


def add_bench(commands: Commands) -> None:
    """Adds `livestyle bench`."""
    does = "frames a second, milliseconds a stage, and flicker on this machine"
    takes = {"style": "the first one", "steady": f"{STEADY:g}", "json": "", **MACHINE}
    parser = command(commands, "bench", does, _bench, takes)
    parser.add_argument(
        "--size", type=size, action="append", metavar="WxH", help="may be repeated (640x360 1280x720 1920x1080)"
    )
    parser.add_argument("--batch", type=int, default=1, help="frames at a time (1)")
    parser.add_argument("--compare", action="store_true", help="the network on all there is to compute, first size")


def _bench(args: argparse.Namespace, shared: Shared) -> int:
    from dataclasses import replace

    from livestyle.bench import DEFAULT_SIZES_HW, compare_devices, run_bench
    from livestyle.jobs.opened import choose_file

    sizes_hw = args.size or DEFAULT_SIZES_HW
    steady = STEADY if shared.steady is None else shared.steady
    chosen = () if shared.style is None else (Look(parse_mix(shared.style), steady=steady),)
    file = choose_file(shared.network, shared.device, *chosen)
    look = chosen[0] if chosen else Look(((next(iter(file.styles)), 1.0),), steady=steady)
    report = run_bench(file, look, sizes_hw=sizes_hw, batch=args.batch, device=shared.device)
    if args.compare:
        report = replace(report, devices=compare_devices(file, look, sizes_hw[0]))
    print(json.dumps(report.to_dict(), indent=2) if shared.json else report.to_text())
    return 0
