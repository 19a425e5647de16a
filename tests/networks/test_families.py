from __future__ import annotations

import subprocess
import sys

import pytest

from livestyle.errors import StyleError
from livestyle.networks.build import build_network
from livestyle.networks.code import PictureNetwork
from livestyle.networks.families import FAMILIES, NetworkSpec, family_of


@pytest.mark.parametrize("name", FAMILIES)
def test_what_a_line_says_of_a_network_is_so(name: str) -> None:
    network = build_network(NetworkSpec(name, 16))
    assert isinstance(network, PictureNetwork) == family_of(name).reads_pictures
    with_frozen_norms = build_network(NetworkSpec(name, 16, frozen=True))
    assert with_frozen_norms.code_size == network.code_size


def test_one_family_paints_unless_another_is_asked_for() -> None:
    assert [name for name, family in FAMILIES.items() if family.real_time] == ["s2d"]


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(StyleError, match=r"'gan'.*s2d"):
        build_network(NetworkSpec("gan", 8))


def test_no_torch_is_needed_to_look_one_up() -> None:
    code = "import livestyle.styles.catalog, livestyle.hardware, sys; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
