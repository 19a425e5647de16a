"""Scenes: whole looks with their sources, kept under numbers and called up again."""

from __future__ import annotations

from dataclasses import fields, replace

from livestyle.gui.choices import can_mix
from livestyle.settings import Scene, Settings
from livestyle.styles.catalog import Catalog


def scene_of(settings: Settings, source: str | None) -> Scene:
    """What is set, as a scene.

    Args:
        settings: What is set.
        source: What is on, as the command line writes it.
    """
    values = {each.name: getattr(settings, each.name) for each in fields(Scene)}
    return Scene(**{**values, "source": source})


def with_scene(settings: Settings, name: str, scene: Scene | None) -> Settings:
    """The settings with a scene under a name, or with none there."""
    others = {each: kept for each, kept in settings.scenes.items() if each != name}
    scenes = others if scene is None else {**others, name: scene}
    return replace(settings, scenes=dict(sorted(scenes.items())))


def called_up(settings: Settings, name: str) -> Settings | None:
    """The settings with all that a scene says; None where none is kept under that name."""
    scene = settings.scenes.get(name)
    if scene is None:
        return None
    values = {each.name: getattr(scene, each.name) for each in fields(Scene)}
    return replace(settings, **{**values, "source": scene.source or settings.source})


def can_show(scene: Scene, catalog: Catalog) -> bool:
    """Whether the styles of a scene are there, and can be mixed."""
    return bool(scene.mix) and all(name in catalog.names for name in scene.mix) and can_mix(list(scene.mix), catalog)
