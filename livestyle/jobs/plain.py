"""Clip jobs as plain values that JSON can hold, so that a queue can keep them and another process can do them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.jobs.job import ClipJob, How
from livestyle.look import Look
from livestyle.sources.address import is_address
from livestyle.timeline import Timeline, parse_timeline, timeline_text

Plain = dict[str, Any]
"""What JSON has as an object."""


def to_plain(job: ClipJob) -> Plain:
    """A job as plain values, paths as texts, its timeline as TOML."""
    how = {each.name: getattr(job.how, each.name) for each in fields(How)}
    how["look"] = asdict(job.how.look)
    how["outside"] = None if job.how.outside is None else asdict(job.how.outside)
    how["mask"] = None if job.how.mask is None else str(job.how.mask)
    how["timeline"] = timeline_text(job.how.timeline)
    return {"source": str(job.source), "target": str(job.target), "how": how, "options": asdict(job.options)}


def from_plain(plain: Mapping[str, Any]) -> ClipJob:
    """The job that `to_plain` made. What is unknown here is left out, and what is missing is as it usually is.

    Raises:
        LivestyleError: It is none, or has values that make no sense.
    """
    try:
        source, target = str(plain["source"]), Path(plain["target"])
        return ClipJob(source if is_address(source) else Path(source), target, _how(plain["how"]), _options(plain))
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise LivestyleError("This is no job, or one of another version of livestyle: make it anew.") from error


def _how(plain: Mapping[str, Any]) -> How:
    values = _known(How, plain)
    values["look"] = _look(plain["look"])
    values["outside"] = None if plain.get("outside") is None else _look(plain["outside"])
    values["mask"] = None if plain.get("mask") is None else Path(plain["mask"])
    values["timeline"] = parse_timeline(plain["timeline"]) if plain.get("timeline") else Timeline()
    return How(**values)


def _look(plain: Mapping[str, Any]) -> Look:
    mix = tuple((str(name), float(weight)) for name, weight in plain["mix"])
    return Look(**{**_known(Look, plain), "mix": mix})


def _options(plain: Mapping[str, Any]) -> ConvertOptions:
    values = _known(ConvertOptions, plain.get("options", {}))
    if "background" in values:
        red, green, blue = values["background"]
        values["background"] = red, green, blue
    return ConvertOptions(**values)


def _known(kind: type[How] | type[Look] | type[ConvertOptions], plain: Mapping[str, Any]) -> Plain:
    return {each.name: plain[each.name] for each in fields(kind) if each.name in plain}
