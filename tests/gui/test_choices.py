from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from livestyle.errors import StyleError
from livestyle.gui.choices import (
    STRIKING,
    controls_from,
    file_to_predict_with,
    fitting,
    is_slow,
    partners_of,
    toggled,
    with_mix,
    with_style,
)
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog


@pytest.fixture
def two_files(tiny_file) -> Catalog:
    """One network with calm and wild, another with wild and dark."""
    styles = tiny_file.styles
    first = replace(tiny_file, styles={name: styles[name] for name in ("calm", "wild")})
    second = replace(tiny_file, styles={name: styles[name] for name in ("wild", "dark")})
    # Each with weights of its own, by which networks are told apart.
    return Catalog((first, replace(second, weights=dict(second.weights))))


def test_partners_share_a_network(two_files) -> None:
    assert [s.name for s in partners_of(["calm"], two_files)] == ["wild"]
    # The second network knows wild, too, but doesn't paint it when it is alone.
    assert [s.name for s in partners_of(["wild"], two_files)] == ["calm"]
    assert partners_of(["dark"], two_files) == []
    assert partners_of(["wild", "dark"], two_files) == []


def test_mixing_never_changes_what_paints_a_style(two_files) -> None:
    assert list(toggled({"wild": 1.0}, "calm", two_files)) == ["wild", "calm"]
    for mix, name in (("wild", "dark"), ("dark", "wild")):
        with pytest.raises(StyleError, match="only styles of one network"):
            toggled({mix: 1.0}, name, two_files)


@pytest.mark.parametrize(
    ("family", "device", "slow"), [("s2d", "cpu", False), ("adain-2", "cpu", True), ("adain-2", "cuda", False)]
)
def test_networks_not_made_for_live_pictures_are_slow_on_a_processor(tiny_file, family, device, slow) -> None:
    assert is_slow(replace(tiny_file, spec=replace(tiny_file.spec, family=family)), device) is slow


@pytest.mark.parametrize(
    ("mix", "fits"),
    [
        ({}, {"calm": 1.0}),
        ({"gone": 1.0}, {"calm": 1.0}),
        ({"gone": 0.5, "wild": 0.5}, {"wild": 1.0}),
        ({"wild": 0.25, "dark": 0.75}, {"wild": 0.25, "dark": 0.75}),
        ({"calm": 0.5, "dark": 0.5}, {"calm": 1.0}),
        ({"calm": 0.0, "dark": 1.0}, {"calm": 1.0}),
        ({"wild": 3.0, "dark": 1.0}, {"wild": 0.75, "dark": 0.25}),
    ],
)
def test_settings_are_made_to_fit_the_styles_at_hand(two_files, mix, fits) -> None:
    assert fitting(Settings(mix=mix), two_files).mix == fits


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_shares_never_change_the_network(two_files, share) -> None:
    mix = {"wild": 1 - share, "dark": share}
    settings = Settings(mix=mix, strength=0.5, stroke=1.5, colors="only", steady=0.25, lines=480, inbetweens=False)
    settings = replace(settings, pace="fine")
    controls = controls_from(settings, two_files, mirror=True)
    assert controls.file is two_files.files[1]
    look = controls.look
    assert dict(look.mix) == {n: w for n, w in mix.items() if w > 0}
    assert (look.strength, look.stroke, look.colors, look.steady) == (0.5, 1.5, "only", 0.25)
    assert (controls.lines, controls.mirror, controls.inbetweens, controls.rate_fps) == (480, True, False, 10.0)


def test_a_mix_from_the_command_line_is_taken_over(two_files) -> None:
    settings = Settings(mix={"calm": 0.5, "wild": 0.5})
    assert with_mix(settings, (("dark", 2.0),), two_files) == replace(settings, mix={"dark": 1.0})
    assert with_mix(settings, (("dark", 3.0), ("wild", 1.0)), two_files).mix == {"dark": 0.75, "wild": 0.25}
    assert with_mix(settings, (("dark", 3.0), ("dark", 1.0)), two_files).mix == {"dark": 1.0}
    with pytest.raises(StyleError, match="only styles of one network"):
        with_mix(settings, (("dark", 3.0), ("calm", 1.0)), two_files)


def test_a_new_style_joins_those_of_its_network(two_files) -> None:
    first, second = two_files.files
    carpet = replace(second.styles["dark"], name="carpet", title="Carpet")
    once, name = with_style(two_files, second, carpet)
    assert name == "carpet"
    assert once.files[0] is first
    assert list(once.files[1].styles) == ["wild", "dark", "carpet"]
    assert once.files[1].weights is second.weights
    # The file as it was before is still good enough to say which network is meant.
    twice, name = with_style(once, second, carpet)
    assert name == "carpet_2"
    assert list(twice.files[1].styles) == ["wild", "dark", "carpet", "carpet_2"]
    assert twice.find("carpet_2").name == "carpet_2"


def test_a_style_is_made_with_the_network_in_use_if_it_can(two_files) -> None:
    plain, able = two_files.files[1], replace(two_files.files[0], predictor={"weight": np.zeros(1)})
    assert file_to_predict_with(plain, two_files) is plain
    assert file_to_predict_with(plain, Catalog((able, plain))) is able
    also_able = replace(plain, predictor={"weight": np.zeros(1)})
    assert file_to_predict_with(also_able, Catalog((able, also_able))) is also_able


def test_the_first_look_is_a_striking_one_where_that_is_installed(tiny_file) -> None:
    calm = tiny_file.styles["calm"]
    styles = {name: replace(calm, name=name) for name in ("calm", STRIKING)}
    assert fitting(Settings(), Catalog((replace(tiny_file, styles=styles),))).mix == {STRIKING: 1.0}
    assert fitting(Settings(), Catalog((tiny_file,))).mix == {next(iter(tiny_file.styles)): 1.0}
