from __future__ import annotations

from dataclasses import replace

import pytest

from livestyle.errors import StyleError
from livestyle.gui.choices import controls_from, fitting, partners_of, with_mix
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog


@pytest.fixture
def two_files(tiny_file) -> Catalog:
    """One network with calm and wild, another with wild and dark."""
    styles = tiny_file.styles
    first = replace(tiny_file, styles={name: styles[name] for name in ("calm", "wild")})
    second = replace(tiny_file, styles={name: styles[name] for name in ("wild", "dark")})
    return Catalog((first, second))


def test_partners_share_a_network(two_files) -> None:
    assert [s.name for s in partners_of("calm", two_files)] == ["wild"]
    assert [s.name for s in partners_of("wild", two_files)] == ["calm", "dark"]


@pytest.mark.parametrize(
    ("style", "second", "fits"),
    [
        (None, None, ("calm", None)),
        ("gone", "gone", ("calm", None)),
        ("wild", "dark", ("wild", "dark")),
        ("calm", "dark", ("calm", None)),
        ("calm", "calm", ("calm", None)),
    ],
)
def test_settings_are_made_to_fit_the_styles_at_hand(two_files, style, second, fits) -> None:
    settings = fitting(Settings(style=style, second_style=second), two_files)
    assert (settings.style, settings.second_style) == fits


@pytest.mark.parametrize("mix", [0.0, 0.3, 1.0])
def test_the_mix_never_changes_the_network(two_files, mix) -> None:
    settings = Settings(style="wild", second_style="dark", mix=mix, strength=0.5, colors="camera", lines=480)
    controls = controls_from(settings, two_files, mirror=True)
    assert controls.file is two_files.files[1]
    assert dict(controls.look.mix) == {n: w for n, w in (("wild", 1 - mix), ("dark", mix)) if w > 0}
    assert (controls.look.strength, controls.look.colors) == (0.5, "camera")
    assert (controls.lines, controls.mirror) == (480, True)


def test_a_mix_from_the_command_line_is_taken_over(two_files) -> None:
    settings = Settings(style="calm", second_style="wild")
    assert with_mix(settings, (("dark", 2.0),), two_files) == replace(settings, style="dark", second_style=None)
    mixed = with_mix(settings, (("dark", 3.0), ("wild", 1.0)), two_files)
    assert (mixed.style, mixed.second_style, mixed.mix) == ("dark", "wild", 0.25)
    with pytest.raises(StyleError, match="only styles of one network"):
        with_mix(settings, (("dark", 3.0), ("calm", 1.0)), two_files)
    with pytest.raises(StyleError, match="two different styles"):
        with_mix(settings, (("dark", 3.0), ("dark", 1.0)), two_files)
