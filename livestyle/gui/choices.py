"""From what is remembered to what is painted: settings that fit the styles at hand, and the controls they make."""

from __future__ import annotations

from dataclasses import replace

from livestyle.errors import StyleError
from livestyle.live.controls import Controls
from livestyle.look import Look
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style


def fitting(settings: Settings, catalog: Catalog) -> Settings:
    """The settings with styles that exist and can be mixed: the first for an unknown one, no second for a misfit."""
    style = settings.style if settings.style in catalog.names else catalog.names[0]
    partners = [partner.name for partner in partners_of(style, catalog)]
    second = settings.second_style if settings.second_style in partners else None
    return replace(settings, style=style, second_style=second)


def partners_of(name: str, catalog: Catalog) -> list[Style]:
    """The styles that can be mixed with a style: those of the networks that know it."""
    names = [other for file in catalog.files if name in file.styles for other in file.styles if other != name]
    return [catalog.find(other) for other in dict.fromkeys(names)]


def with_mix(settings: Settings, mix: tuple[tuple[str, float], ...], catalog: Catalog) -> Settings:
    """The settings with the style or the two styles that the user asked for.

    Raises:
        StyleError: A style is unknown, the styles can't be mixed, or they are more than two.
    """
    catalog.file_for(Look(mix))
    match mix:
        case ((style, _),):
            return replace(settings, style=style, second_style=None)
        case ((style, weight), (second, second_weight)) if style != second:
            return replace(settings, style=style, second_style=second, mix=second_weight / (weight + second_weight))
        case _:
            raise StyleError("The window mixes two different styles at most: name one or two.")


def controls_from(settings: Settings, catalog: Catalog, *, mirror: bool) -> Controls:
    """The controls of a show.

    Args:
        settings: As `fitting` gives them.
        catalog: The styles at hand.
        mirror: Whether the source of the moment is to be mirrored.
    """
    assert settings.style is not None
    shares = [(settings.style, 1.0)]
    if settings.second_style is not None:
        shares = [(settings.style, 1.0 - settings.mix), (settings.second_style, settings.mix)]
    # A look takes no weight of 0, yet both styles decide the network: sliding to the end must not change it.
    file = catalog.file_for(Look(tuple((name, 1.0) for name, _ in shares)))
    mix = tuple((name, share) for name, share in shares if share > 0)
    look = Look(mix, settings.strength, settings.stroke, settings.colors, settings.steady)
    return Controls(file, look, settings.lines, mirror)
