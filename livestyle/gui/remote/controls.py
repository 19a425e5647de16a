"""What can be set by a number from outside: faders and knobs. With the actions, these are all the names there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import partial

from livestyle.fade import between
from livestyle.gui.actions import ACTIONS
from livestyle.gui.choices import can_mix
from livestyle.gui.model import ShowModel
from livestyle.gui.play_section import SECONDS
from livestyle.gui.shares import normalized
from livestyle.gui.widgets import FACTOR, SHARE, Scale
from livestyle.look import MOST_STYLES, Look, Manner
from livestyle.settings import Scene, Settings

CROSSFADED = ("1", "2")
"""The scenes between which a crossfade goes."""


@dataclass(frozen=True, slots=True)
class Control:
    """Something that has a value.

    Attributes:
        does: What it is called, in the words of the window.
        scale: Where its values lie; a knob goes from its first place to its last.
        set: Gives it a value.
        number: Which of several of its kind; empty where there is but one.
    """

    does: str
    scale: Scale
    set: Callable[[ShowModel, float], None]
    number: str = ""

    @property
    def range(self) -> tuple[float, float]:
        """The least and the greatest value."""
        first, last = self.scale.places
        return self.scale.value(first), self.scale.value(last)

    def at(self, share: float) -> float:
        """The value where a knob has been turned so far, 0 to 1."""
        first, last = self.scale.places
        return self.scale.value(round(first + share * (last - first)))


def _field(name: str, does: str, scale: Scale) -> Control:
    def set_field(model: ShowModel, value: float) -> None:
        model.set(name, value)

    return Control(does, scale, set_field)


def _share_style(place: int, model: ShowModel, value: float) -> None:
    """Gives the style at a place of the mix a share; nothing where there is none, or no other."""
    for name in list(model.mix)[place : place + 1] if len(model.mix) > 1 else []:
        model.share_style(name, value)


def _crossfade(model: ShowModel, share: float) -> None:
    """Goes between two scenes; nothing while they are not both kept. Their sources stay out of it."""
    before, after = (model.settings.scenes.get(name) for name in CROSSFADED)
    if before is not None and after is not None:
        model.jump(crossfaded(model.settings, before, after, share, lambda names: can_mix(names, model.catalog)))


def crossfaded(
    settings: Settings, before: Scene, after: Scene, share: float, can_be_mixed: Callable[[list[str]], bool]
) -> Settings:
    """The settings on the way from one scene to another.

    Args:
        settings: What is set.
        before: At 0.
        after: At 1.
        share: How far it is, 0 to 1.
        can_be_mixed: Whether a network knows all these styles. Where none does, the nearer scene's styles are painted;
            of more than a mix has, those with the most.
    """
    looks = _look_of(before), _look_of(after)
    look = between(*looks, share)
    mix = dict(sorted(look.mix, key=lambda part: -part[1])[:MOST_STYLES])
    if not can_be_mixed(list(mix)):
        mix = dict(looks[share >= 0.5].mix)
    # The order of a mix says who leads, and colours: it must not change on the way.
    order = [name for scene in (before, after) for name in scene.mix if name in mix]
    manner = {each.name: getattr(look, each.name) for each in fields(Manner)}
    return replace(settings, mix=normalized({name: mix[name] for name in dict.fromkeys(order)}), **manner)


def _look_of(scene: Scene) -> Look:
    # A look takes no weight of 0.
    mix = tuple((name, share) for name, share in scene.mix.items() if share > 0)
    return Look(mix, **{each.name: getattr(scene, each.name) for each in fields(Manner)})


CONTROLS: dict[str, Control] = {
    "strength": _field("strength", "Strength", SHARE),
    "stroke": _field("stroke", "Stroke", FACTOR),
    "depth": _field("depth", "Depth", SHARE),
    "steady": _field("steady", "Steady", SHARE),
    "fade": _field("fade_s", "Fade", SECONDS),
    **{
        f"share {place}": Control("Share of a style in the mix", SHARE, partial(_share_style, place - 1), f"{place}")
        for place in range(1, MOST_STYLES + 1)
    },
    "crossfade": Control("From scene 1 to scene 2", SHARE, _crossfade),
}
"""Name -> what it sets. No name is an action's."""


def takes(name: str) -> bool:
    """Whether there is an action or a control of that name."""
    return name in CONTROLS or (name in ACTIONS and ACTIONS[name].run is not None)
