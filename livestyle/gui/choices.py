"""From what is remembered to what is painted: settings that fit the styles at hand, and the controls they make."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace

from livestyle.errors import StyleError
from livestyle.gui.shares import added, normalized, without
from livestyle.hardware import expects_cuda
from livestyle.live.controls import Controls
from livestyle.live.decisions import PACES
from livestyle.look import MOST_STYLES, Look, Manner
from livestyle.masks import feathered
from livestyle.networks.families import family_of
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog, free_name
from livestyle.styles.file import Style, StyleFile

STRIKING = "starry_night"
"""The style to begin with: one that everybody knows, and knows again."""


def fitting(settings: Settings, catalog: Catalog) -> Settings:
    """The settings with a mix of styles that exist and that one network knows; others are left out."""
    mix: dict[str, float] = {}
    for name, share in settings.mix.items():
        if name in catalog.names and can_mix([*mix, name], catalog):
            mix[name] = share
    first = STRIKING if STRIKING in catalog.names else catalog.names[0]
    return replace(settings, mix=normalized(mix or {first: 1.0}))


def can_mix(names: Sequence[str], catalog: Catalog) -> bool:
    """Whether there is a network that knows all these styles."""
    return any(all(name in file.styles for name in names) for file in catalog.files)


def network_of(name: str, catalog: Catalog) -> StyleFile:
    """The network that paints a style when it is alone."""
    return catalog.files_with([name])[0]


def paints_live(file: StyleFile) -> bool:
    """Whether a network is one of those made for live pictures."""
    return family_of(file.spec.family).real_time


def is_slow(file: StyleFile, device: str) -> bool:
    """Whether a network paints but a few frames a second on a device, being none of those made for live pictures.

    Args:
        file: The network.
        device: As for `open_stylizer`.
    """
    return not paints_live(file) and not expects_cuda(device)


def slow_styles(catalog: Catalog, device: str) -> set[str]:
    """The styles whose networks paint but a few frames a second on a device."""
    return {name for name in catalog.names if is_slow(network_of(name, catalog), device)}


def partners_of(names: Collection[str], catalog: Catalog) -> list[Style]:
    """The styles that can be added to a mix of styles: those that the network which paints it paints alone, too."""
    return [style for style in own_styles(catalog.files_with([*names])[0], catalog) if style.name not in names]


def own_styles(file: StyleFile, catalog: Catalog) -> list[Style]:
    """The styles that a network paints when they are alone."""
    return [catalog.find(name) for name in file.styles if network_of(name, catalog) is file]


def toggled(mix: Mapping[str, float], name: str, catalog: Catalog) -> Mapping[str, float]:
    """A mix with one more style, or without it if it is there; the last one stays.

    Raises:
        StyleError: The mix can't take it.
    """
    if name in mix:
        return without(mix, name) if len(mix) > 1 else mix
    if len(mix) == MOST_STYLES:
        raise StyleError(f"More than {MOST_STYLES} styles turn to mud: take one out of the mix first.")
    if network_of(name, catalog) is not catalog.files_with([*mix])[0]:
        raise StyleError("These styles belong to different networks, and only styles of one network can be mixed.")
    return added(mix, name)


def with_mix(settings: Settings, mix: tuple[tuple[str, float], ...], catalog: Catalog) -> Settings:
    """The settings with the styles that the user asked for.

    Raises:
        StyleError: A style is unknown, or the styles can't be mixed.
    """
    catalog.file_for(Look(mix))
    weights: dict[str, float] = {}
    for name, weight in mix:
        weights[name] = weights.get(name, 0.0) + weight
    return replace(settings, mix=normalized(weights))


def controls_from(settings: Settings, catalog: Catalog, *, mirror: bool) -> Controls:
    """The controls of a show.

    Args:
        settings: As `fitting` gives them.
        catalog: The styles at hand.
        mirror: Whether the source of the moment is to be mirrored.
    """
    # A look takes no weight of 0, yet all styles decide the network: sliding to the end must not change it.
    file = file_of(settings, catalog)
    mix = tuple((name, share) for name, share in settings.mix.items() if share > 0)
    manner = {each.name: getattr(settings, each.name) for each in fields(Manner)}
    parts = settings.region != "everything" and settings.outside in file.styles
    return Controls(
        file,
        Look(mix, **manner),
        settings.lines,
        mirror,
        settings.inbetweens,
        PACES[settings.pace],
        region=settings.region,
        outside=Look(((settings.outside, 1.0),), **manner) if parts else None,
        brushed=feathered(settings.brushed),
    )


def file_of(settings: Settings, catalog: Catalog) -> StyleFile:
    """The style file whose network paints the mix."""
    return catalog.file_for(Look(tuple((name, 1.0) for name in settings.mix)))


def file_to_predict_with(in_use: StyleFile, catalog: Catalog) -> StyleFile:
    """The style file to make a style of a picture with: the one in use, if it can, else the first that can."""
    return next((file for file in (in_use, *catalog.files) if file.reads_pictures), in_use)


def with_style(catalog: Catalog, file: StyleFile, style: Style) -> tuple[Catalog, str]:
    """The catalog with one more style of a network, and the style's name, which gets a number if it is taken.

    Args:
        catalog: The styles at hand.
        file: Any style file of that network; those of the catalog have grown if styles came in since it was taken.
        style: The new one.
    """
    name = free_name(style.name, {*catalog.names, *catalog.outdated})
    grown = next(each for each in catalog.files if each.weights is file.weights)
    return catalog.with_styles(grown, [replace(style, name=name)]), name
