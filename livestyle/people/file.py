"""The file of the network that finds people, as it ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from livestyle.styles.bundled import bundled_folder
from livestyle.styles.document import Tensors, numbers, read_tensors, write_tensors

_KEY = "livestyle_people"


def people_path() -> Path:
    """Where the file that ships is."""
    return bundled_folder() / "people" / "selfie_landscape.safetensors"


def write_people_file(path: Path, weights: Tensors, facts: Mapping[str, str]) -> None:
    """Writes the weights of a `networks.people.PeopleNetwork`.

    Args:
        path: The file, in place of one that is there.
        weights: Parameter name -> array.
        facts: Where they come from.

    Raises:
        SinkError: It can't be written.
    """
    write_tensors(path, weights, _KEY, facts)


def read_people_file(path: Path) -> Tensors:
    """The weights of a `networks.people.PeopleNetwork`.

    Raises:
        StyleError: Missing, cut short or of another format.
    """
    return read_tensors(
        path, _KEY, "people", lambda tensors, _: {name: numbers(each) for name, each in tensors.items()}
    )
