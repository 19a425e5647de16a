from __future__ import annotations

from dataclasses import replace

import pytest

from livestyle.gui.choices import slow_styles
from livestyle.gui.sections import Section, Styles, in_order, shown, styles_of
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.styles.palette import Palette


@pytest.fixture
def styles(tiny_file: StyleFile) -> Styles:
    ordered = [replace(style, artist=f"Painter of {name}") for name, style in tiny_file.styles.items()]
    palettes = {"calm": Palette.COOL, "wild": Palette.WARM, "dark": Palette.WARM}
    return Styles(ordered, mine={"wild"}, slow={"dark"}, palettes=palettes)


@pytest.mark.parametrize(
    ("section", "words", "names"),
    [
        (Section.ALL, "", ["calm", "wild", "dark"]),
        (Section.FAVOURITES, "", ["dark"]),
        (Section.MINE, "", ["wild"]),
        (Section.SLOW, "", ["dark"]),
        (Section.COOL, "", ["calm"]),
        (Section.WARM, "", ["wild"]),
        (Section.QUIET, "", []),
        (Section.ALL, "PAINTER wi", ["wild"]),
        (Section.ALL, "2026", ["calm", "wild", "dark"]),
        (Section.COOL, "wild", []),
    ],
)
def test_sections_and_words_narrow_down(styles: Styles, section: Section, words: str, names: list[str]) -> None:
    assert shown(styles, section, words, ["dark", "gone"]) == names


def test_own_ones_come_after_the_others_and_slow_ones_last(tiny_file: StyleFile) -> None:
    own = replace(tiny_file, styles={**tiny_file.styles, "mine": replace(tiny_file.styles["calm"], name="mine")})
    slow = replace(
        tiny_file, spec=NetworkSpec("adain-2", 8), styles={"statue": replace(tiny_file.styles["calm"], name="statue")}
    )
    catalog = Catalog((slow, own))
    slow_names = slow_styles(catalog, "cpu")
    names = in_order(catalog, ["mine"], slow_names)
    assert names == ["calm", "wild", "dark", "mine", "statue"]
    styles = styles_of(catalog, names, ["mine"], slow_names)
    assert ([style.name for style in styles.ordered], styles.mine, styles.slow) == (names, ["mine"], {"statue"})
    # A GPU paints them all live: nothing is slow there, and nothing goes to the end.
    assert slow_styles(catalog, "cuda") == set()
    assert in_order(catalog, [], slow_styles(catalog, "cuda")) != in_order(catalog, [], slow_names)
