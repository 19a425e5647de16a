from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.plain import from_plain, to_plain
from livestyle.look import Look
from livestyle.timeline import Cue, Timeline

PLAIN = ClipJob(Path("a.mp4"), Path("b.mkv"), How(Look((("wild", 1.0),))))
FULL = ClipJob(
    "https://host/a.mp4",
    Path("/c/b.mkv"),
    How(
        Look((("wild", 0.25), ("C:/tèppich.jpg", 3.0)), strength=0.5, stroke=2.0, colors="camera", steady=0.75),
        "me",
        Path("mask.png"),
        Look((("calm", 1.0),)),
        "cpu",
        "tiny",
        Timeline((Cue(0.0, {"mix": (("wild", 1.0),)}), Cue(2.5, {"strength": 0.5}, 1.0, True)), 10.0),
    ),
    ConvertOptions(4, 0.5, 1.5, 2.5, 18, "libx265", 10, True, (1, 2, 3), True, True, False),
)


def as_json(job: ClipJob) -> dict[str, Any]:
    return json.loads(json.dumps(to_plain(job)))


@pytest.mark.parametrize("job", [PLAIN, FULL])
def test_a_job_comes_back_from_json(job: ClipJob) -> None:
    assert from_plain(as_json(job)) == job


def test_what_another_version_knows_is_left_out_and_what_it_lacks_is_as_usual() -> None:
    plain = as_json(FULL)
    plain["later"] = 1
    plain["how"]["later"] = plain["how"]["look"]["later"] = plain["options"]["later"] = 1
    del plain["how"]["region"], plain["how"]["timeline"], plain["options"]["sound"]
    job = replace(FULL, how=replace(FULL.how, region="everything", timeline=Timeline()))
    assert from_plain(plain) == replace(job, options=replace(job.options, sound=True))
    assert from_plain({"source": "a.mp4", "target": "b.mkv", "how": {"look": {"mix": [["wild", 1]]}}}) == PLAIN


@pytest.mark.parametrize(
    "change",
    [
        *({"target": 3}, {"how": None}, {"how": {"look": {"mix": 3}}}, {"how": {"look": {"mix": [["wild", 10**400]]}}}),
        *({"options": {"scale": "large"}}, {"options": 3}),
    ],
)
def test_what_is_no_job_is_refused_in_a_sentence(change: dict[str, object]) -> None:
    with pytest.raises(LivestyleError, match="This is no job"):
        from_plain(as_json(PLAIN) | change)
    with pytest.raises(LivestyleError, match="This is no job"):
        from_plain({})


def test_values_that_make_no_sense_say_so_themselves() -> None:
    with pytest.raises(LivestyleError, match="Scale goes"):
        from_plain(as_json(PLAIN) | {"options": {"scale": 9}})
