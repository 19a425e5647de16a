"""The command line. Heavy modules are imported inside the commands, so that `--help` answers at once."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Sequence

from livestyle import __version__
from livestyle.cli import bench, doctor, export, options, photos, stills, styles, textures, train, videos, window
from livestyle.cli.progress import STOPPED, USAGE_ERROR, tell
from livestyle.errors import LivestyleError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs livestyle; returns the exit code.

    0: all is done. 2: an error the user can put right, be it of one job among many; standard error says which. 130: it
    was stopped, by Ctrl-C, SIGTERM or a terminal that was closed. 1: a bug, with its traceback.
    """
    _have_streams()
    _bear_any_text()
    args = make_parser().parse_args(argv)
    try:
        if threading.current_thread() is threading.main_thread():
            # What a task manager or `timeout` sends should clean up like Ctrl-C.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            # And a terminal that is closed, except under nohup; Windows knows no such signal.
            hang_up = getattr(signal, "SIGHUP", None)
            if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_DFL:
                signal.signal(hang_up, signal.default_int_handler)
            if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # as it is at the start
                signal.signal(signal.SIGINT, signal.default_int_handler)
        return options.run(args)
    except LivestyleError as error:
        tell(error)
        return USAGE_ERROR
    except KeyboardInterrupt:
        tell("stopped.")
        return STOPPED
    except BrokenPipeError:
        # `livestyle styles | head`: nobody reads on. Without this Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # What was to be made is not made then.
        return STOPPED if "output" in args else 0


def _have_streams() -> None:
    """Says nothing where there is nobody to say it to: without a console, or with its streams closed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (for the whole run)


def _bear_any_text() -> None:
    """Lets names be printed that the console's code page lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def make_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="livestyle",
        description="Turns a webcam or a video into a moving painting, live. Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"livestyle {__version__}")
    options.equip(parser, window.run, window.TAKES)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    videos.add_demo(commands)
    videos.add_convert(commands)
    photos.add_stylize(commands)
    styles.add_styles(commands)
    stills.add_optimize(commands)
    stills.add_doodle(commands)
    textures.add_texture(commands)
    train.add_train(commands)
    export.add_export(commands)
    bench.add_bench(commands)
    doctor.add_doctor(commands)
    return parser
