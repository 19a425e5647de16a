"""How settings are stated, once: fields of a frozen dataclass that say what they are.

Options of the command line are made from the same fields, and a TOML file may set any of them.
"""

from __future__ import annotations

import dataclasses
import tomllib
import typing
from collections.abc import Mapping
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar

from livestyle.errors import TrainingError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
C = TypeVar("C", bound="DataclassInstance")


def setting(default: T, what: str) -> T:
    """A field with a default, and what it is in a few words."""
    found: T = dataclasses.field(default=default, metadata={"what": what})
    return found


@dataclasses.dataclass(frozen=True)
class Setting:
    """A field of a config.

    Attributes:
        name: Of the field.
        what: It is; a field whose default a class only replaces is what it is in the class before.
        kind: int, float or str.
        choices: What it may be; empty if that is open.
        count: Of values: None for a single one, ... for one or more.
        default: Its value.
    """

    name: str
    what: str
    kind: type[int] | type[float] | type[str]
    choices: tuple[str, ...]
    count: int | EllipsisType | None
    default: object

    def taken(self, value: object) -> object:
        """A value as the field has it: a list as a tuple, a whole number for a real one.

        Raises:
            TrainingError: It is of a wrong type, or none of the choices.
        """
        if self.count is None:
            fits = self._fits(value)
        else:
            fits = isinstance(value, (list, tuple)) and all(self._fits(part) for part in value)
            fits = fits and (self.count is ... or len(typing.cast("list[object]", value)) == self.count)
        if not fits:
            raise TrainingError(f"The training setting {self.name!r} takes {self._wanted()}, not {value!r}.")
        if isinstance(value, (list, tuple)):
            return tuple(self.kind(part) for part in value)
        return self.kind(typing.cast("float", value))

    def _fits(self, value: object) -> bool:
        if self.kind is str:
            return isinstance(value, str) and (not self.choices or value in self.choices)
        return isinstance(value, (int, self.kind)) and not isinstance(value, bool)

    def _wanted(self) -> str:
        one, more = {
            int: ("a whole number", "whole numbers"),
            float: ("a number", "numbers"),
            str: ("a text", "texts"),
        }[self.kind]
        if self.choices:
            return " or ".join(repr(choice) for choice in self.choices)
        if self.count is None:
            return one
        return f"a list of {more}" if self.count is ... else f"a list of {self.count} {more}"


def settings_of(config: DataclassInstance) -> list[Setting]:
    """The fields of a config, its values as their defaults."""
    hints = typing.get_type_hints(type(config))
    return [_setting(config, field.name, hints[field.name]) for field in dataclasses.fields(config)]


def _setting(config: object, name: str, hint: Any) -> Setting:
    stated = (getattr(base, "__dataclass_fields__", {}).get(name) for base in type(config).__mro__)
    what = next((field.metadata["what"] for field in stated if field and "what" in field.metadata), "")
    choices: tuple[str, ...] = ()
    count: int | EllipsisType | None = None
    parts = typing.get_args(hint)
    if typing.get_origin(hint) is typing.Literal:
        hint, choices = str, parts
    elif typing.get_origin(hint) is tuple:
        hint, count = parts[0], ... if parts[-1] is ... else len(parts)
    return Setting(name, what, hint, choices, count, getattr(config, name))


def read_config(base: C, path: Path | None, chosen: Mapping[str, object]) -> C:
    """The defaults or a preset, changed by a TOML file, changed by the command line.

    Args:
        base: What is changed.
        path: A TOML file with fields of it at its top level, or None.
        chosen: Field -> value; None values are passed over.

    Raises:
        TrainingError: The file can't be read, names an unknown field or a value of a wrong type; or the values make no
            sense together.
    """
    values: dict[str, object] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise TrainingError(f"Can't read the config {path}: {error}.") from error
    values |= {name: value for name, value in chosen.items() if value is not None}
    known = {each.name: each for each in settings_of(base)}
    for name in values:
        if name not in known:
            raise TrainingError(f"There is no training setting {name!r}. There are {', '.join(known)}.")
    changes: dict[str, Any] = {name: known[name].taken(value) for name, value in values.items()}
    return dataclasses.replace(base, **changes)
