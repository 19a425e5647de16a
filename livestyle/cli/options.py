"""The options that may stand before or after a command, and what makes the commands that take them.

They are stated and read here alone. argparse hands a value that was given before a command down to it only if the
command's own parser has no default, and drops it without a word if the command has no such option. Here neither can
happen: no parser gets a default for them, and what a command doesn't take is refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from livestyle.errors import LivestyleError
from livestyle.hardware import DEVICES
from livestyle.sources.several import as_list, in_list

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What commands are added to, as `ArgumentParser.add_subparsers` makes it."""

DEVICE: Mapping[str, str] = {"device": "auto"}
"""What a command takes that only computes."""
MACHINE: Mapping[str, str] = {**DEVICE, "network": "the one that suits the device"}
"""And one that paints with a network."""

EVENTS: Mapping[str, str] = {"json": "a line for each event"}
"""And one that can tell programs how far it is (`cli.events`)."""


class Several(argparse.Action):
    """Makes one list of the sources of an option that is given several times."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Adds what was given to what was given before."""
        before = in_list(getattr(namespace, self.dest, ""))
        setattr(namespace, self.dest, as_list([*before, str(values)]))


@dataclass(frozen=True, slots=True)
class Shared:
    """What was given before or after the command. Each field is an option; its metadata are argparse's words for it.

    Attributes:
        source: What to open; several are one after the other, as `as_list` writes them.
        style: A mix, as `parse_mix` reads it.
        steady: How much of what flickers is held still.
        device: "auto" or a device.
        network: A network's name.
        json: Whether to answer in JSON.
        virtual_camera: Whether the virtual camera is on from the start.
        kiosk: The screen that is filled with the picture alone, in place of the window; empty for the first.
        osc: Where OSC is heard: a port, or an address of this computer and a port.
        stream: The address that the show is streamed to from the start, or "http" for the web page.
    """

    source: str | None = field(
        default=None,
        metadata={
            "action": Several,
            "metavar": "SOURCE",
            "help": "what to open in the window: demo, camera, camera:NAME, screen, screen:2, screen:WxH+X+Y, "
            "window:TITLE, a file, a folder or a URL; given several times, they are shown one after the other",
        },
    )
    style: str | None = field(
        default=None,
        metadata={
            "metavar": "STYLE",
            "help": "a name, as `livestyle styles` lists them, or a picture to take the style from, or a mix of up to "
            "four: NAME:0.6,carpet.jpg:0.4",
        },
    )
    steady: float | None = field(
        default=None,
        metadata={"type": float, "metavar": "S", "help": "how much of what flickers is held still, from 0 to 1"},
    )
    device: str = field(default="auto", metadata={"choices": ("auto", *DEVICES), "help": "what computes"})
    network: str | None = field(
        default=None, metadata={"metavar": "NAME", "help": "what paints, as `livestyle styles` lists them"}
    )
    json: bool = field(default=False, metadata={"action": "store_true", "help": "as JSON"})
    virtual_camera: bool = field(
        default=False, metadata={"action": "store_true", "help": "be a camera for other programs from the start"}
    )
    kiosk: str | None = field(
        default=None,
        metadata={
            "nargs": "?",
            "const": "",
            "metavar": "SCREEN",
            "help": "no window, but the picture alone on all of a screen; Escape ends it",
        },
    )
    osc: str | None = field(
        default=None,
        metadata={"metavar": "PORT", "help": "where to hear OSC: a port of this computer, ADDRESS:PORT, or off"},
    )
    stream: str | None = field(
        default=None,
        metadata={
            "metavar": "ADDRESS",
            "help": "send the show to OBS or VLC from the start: udp://HOST:PORT, or http for a web page",
        },
    )


Run = Callable[[argparse.Namespace, Shared], int]
"""Carries a command out, given its own options and the shared ones; returns the exit code."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: how to call it, what it does, and which of the shared options it takes."""

    name: str
    run: Run
    takes: frozenset[str]


def command(commands: Commands, name: str, does: str, run: Run, takes: Mapping[str, str]) -> argparse.ArgumentParser:
    """Adds a command.

    Args:
        commands: Those of the program, or of another command.
        name: How to call it.
        does: What it does, in half a sentence.
        run: Carries it out.
        takes: The shared options that it takes, by their names in `Shared`, and what is done without each, as its help
            says it; empty where that says itself.

    Returns:
        Its parser, for options of its own.
    """
    parser = commands.add_parser(name, help=does)
    equip(parser, run, takes)
    return parser


def equip(parser: argparse.ArgumentParser, run: Run, takes: Mapping[str, str]) -> None:
    """Gives a parser what it does and the shared options it takes, as `command` does."""
    known = {option.name: option for option in fields(Shared)}
    for name, default in takes.items():
        words = dict(known[name].metadata)
        words["help"] += f" ({default})" if default else ""
        parser.add_argument(flag(name), dest=_dest(name), default=argparse.SUPPRESS, **words)
    parser.set_defaults(command=Command(parser.prog, run, frozenset(takes)))


def run(args: argparse.Namespace) -> int:
    """Carries out the command that was parsed; returns the exit code.

    Raises:
        LivestyleError: An option stands before a command that doesn't take it, or what the command raises.
    """
    command: Command = args.command
    return command.run(args, _shared(args, command))


def _shared(args: argparse.Namespace, command: Command) -> Shared:
    names = [option.name for option in fields(Shared)]
    given = {name: getattr(args, _dest(name)) for name in names if _dest(name) in args}
    for name in given:
        if name not in command.takes:
            raise LivestyleError(
                f"{command.name} takes no {flag(name)} before its name: {command.name} --help says what it takes."
            )
    return Shared(**given)


def flag(name: str) -> str:
    """A shared option as it is written."""
    return f"--{name.replace('_', '-')}"


def _dest(name: str) -> str:
    """Where argparse keeps a shared option: not where a command keeps an option of its own that has the same name."""
    return f"shared_{name}"
