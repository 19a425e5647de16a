"""Every command, found by walking the parsers, with every shared option in every place where it can stand."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import pytest

from livestyle.cli import make_parser, options
from livestyle.cli.options import Command, Shared, flag
from livestyle.errors import LivestyleError

VALUES = Shared("demo", "wild:1,calm:2", 0.25, "cpu", "huge", True, True, "HDMI-1", "9000", "http")
"""None of them a default."""
NAMES = [option.name for option in fields(Shared)]


@dataclass
class Place:
    """A command among the parsers."""

    words: list[str]
    """What calls it: a name, or two."""
    parsers: list[argparse.ArgumentParser]
    """Those on the way to it, the program's first and its own last."""

    @property
    def parser(self) -> argparse.ArgumentParser:
        return self.parsers[-1]

    @property
    def command(self) -> Command:
        found = self.parser.get_default("command")
        assert isinstance(found, Command)
        return found


def places(parser: argparse.ArgumentParser | None = None, words: tuple[str, ...] = ()) -> Iterator[Place]:
    parser = parser or make_parser()
    yield Place([*words], [parser])
    for name, below in commands_of(parser).items():
        for place in places(below, (*words, name)):
            yield Place(place.words, [parser, *place.parsers])


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0].choices) if found else {}


PLACES = list(places())
each_command = pytest.mark.parametrize("place", PLACES, ids=lambda place: " ".join(place.words) or "window")
each_option = pytest.mark.parametrize("name", NAMES)


def words_of(name: str) -> list[str]:
    value = getattr(VALUES, name)
    return [flag(name)] if value is True else [f"{flag(name)}={value}"]


def needed(parser: argparse.ArgumentParser) -> list[str]:
    """The least that a command's own options ask for."""
    words: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            continue
        if action.option_strings and action.required:
            words += [action.option_strings[0], "x"]
        elif not action.option_strings and action.nargs not in ("?", "*"):
            words.append("x")
    return words


def parsed(place: Place, argv: list[str]) -> Shared:
    """What reaches the command."""
    reached: list[Shared] = []
    args = place.parsers[0].parse_args(argv)
    assert args.command.name == place.command.name
    args.command = replace(args.command, run=lambda args, shared: reached.append(shared) or 0)
    assert options.run(args) == 0
    return reached[0]


def with_option(place: Place, name: str, at: int) -> list[str]:
    """A command line with the option after so many of the command's names."""
    return [*place.words[:at], *words_of(name), *place.words[at:], *needed(place.parser)]


def test_the_walk_finds_commands_and_those_of_commands() -> None:
    found = [" ".join(place.words) for place in PLACES]
    assert {"", "convert", "texture", "optimize", "styles", "styles fit", "styles sheet"} <= set(found)


@each_command
@each_option
def test_an_option_arrives_from_wherever_it_stands_or_is_refused(place: Place, name: str) -> None:
    for at, above in enumerate(place.parsers):
        if name not in above.get_default("command").takes:
            continue  # argparse refuses it, as the next test says
        argv = with_option(place, name, at)
        if name in place.command.takes:
            assert getattr(parsed(place, argv), name) == getattr(VALUES, name)
        else:
            with pytest.raises(
                LivestyleError, match=rf"^{place.command.name} takes no {flag(name)} before its name: .*\.$"
            ):
                parsed(place, argv)


@each_command
@each_option
def test_what_a_command_does_not_take_is_refused_after_it(
    place: Place, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name in place.command.takes or flag(name) in place.parser._option_string_actions:
        return
    with pytest.raises(SystemExit, match="2"):
        place.parsers[0].parse_args(with_option(place, name, len(place.words)))
    assert f"unrecognized arguments: {flag(name)}" in capsys.readouterr().err


@each_command
def test_nothing_given_is_nothing_told(place: Place) -> None:
    assert parsed(place, [*place.words, *needed(place.parser)]) == Shared()


@each_command
def test_the_last_of_two_counts(place: Place) -> None:
    if not (place.words and "device" in place.command.takes):
        return
    argv = ["--device", "cuda", *place.words, "--device", "mps", *needed(place.parser)]
    assert parsed(place, argv).device == "mps"


@each_command
def test_what_has_commands_has_no_options_but_shared_ones(place: Place) -> None:
    """Any other could stand before one of its commands and would be lost."""
    if not commands_of(place.parser):
        return
    own = {option for action in place.parser._actions for option in action.option_strings}
    assert own - {"-h", "--help", "--version"} == {flag(name) for name in place.command.takes}


@each_command
def test_an_option_of_its_own_with_a_shared_name_has_no_default(place: Place) -> None:
    """With one, nobody would notice that the option was given in the wrong place."""
    for action in place.parser._actions:
        if {flag(name) for name in set(NAMES) - place.command.takes} & set(action.option_strings):
            assert action.required
