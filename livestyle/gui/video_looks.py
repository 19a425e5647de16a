"""Looks for videos: that of the moment, scenes that are kept, and styles alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from livestyle.gui.choices import controls_from, network_of
from livestyle.gui.language import tr
from livestyle.gui.model import ShowModel
from livestyle.gui.scenes import called_up, can_show
from livestyle.jobs.job import How
from livestyle.look import STEADY, STEADY_OFFLINE, Look
from livestyle.masks import feathered
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Offer:
    """A look that can be chosen.

    Attributes:
        title: What to call it.
        how: How it is painted.
    """

    title: str
    how: How


def offers(model: ShowModel, device: str) -> list[Offer]:
    """All looks there are for a video: the present one first, scenes, then the styles."""
    settings, catalog = model.settings, model.catalog
    scenes = [
        Offer(tr("Scene {number}", number=name), how_of(scene, catalog, device))
        for name in settings.scenes
        if can_show(settings.scenes[name], catalog) and (scene := called_up(settings, name)) is not None
    ]
    styles = [
        Offer(catalog.find(name).title, How(_alone(name), device=device, network=network_of(name, catalog).name))
        for name in model.names
    ]
    return [Offer(tr("As it is set now"), how_of(settings, catalog, device)), *scenes, *styles]


def how_of(settings: Settings, catalog: Catalog, device: str) -> How:
    """How a video is painted as settings say; what has time is held as still as it can be."""
    controls = controls_from(settings, catalog, mirror=False)
    region, mask = settings.region, None
    if region == "brushed":
        region, mask = "everything", mask_file(settings.brushed)
    parts = region != "everything" or mask is not None
    outside = _steadier(controls.outside) if parts and controls.outside is not None else None
    return How(_steadier(controls.look), region, mask, outside, device, controls.file.name)


def mask_file(brushed: str) -> Path | None:
    """What was brushed as a picture, which is kept as long as videos may need it; None where nothing is."""
    mask = feathered(brushed)
    if mask is None:
        return None
    folder = platformdirs.user_data_path("livestyle", appauthor=False) / "masks"
    path = folder / f"{hashlib.sha256(brushed.encode()).hexdigest()[:16]}.png"
    if not path.exists():
        from livestyle.sinks.picture_file import write_picture  # imports OpenCV

        folder.mkdir(parents=True, exist_ok=True)
        write_picture(path, mask[..., None].repeat(3, axis=2))
    return path


def title_of(how: How, catalog: Catalog) -> str:
    """What a look is called: by its styles."""
    if how.timeline.cues:
        return tr("As the take was set")
    titles = [catalog.find(name).title if name in catalog.names else Path(name).stem for name, _ in how.look.mix]
    return " + ".join(titles)


def _alone(name: str) -> Look:
    return Look(((name, 1.0),), steady=STEADY_OFFLINE)


def _steadier(look: Look) -> Look:
    """What nobody has set holds still what a live picture has no time for."""
    return replace(look, steady=STEADY_OFFLINE) if look.steady == STEADY else look
