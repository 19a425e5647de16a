from __future__ import annotations

import json
from pathlib import Path

import pytest

from livestyle.convert.options import ConvertOptions
from livestyle.errors import LivestyleError
from livestyle.jobs.job import ClipJob, How, Job, PhotoJob, from_json, to_json
from livestyle.look import Look

PLAIN = How(Look((("wild", 1.0),)))
FULL = How(
    Look((("wild", 0.25), ("C:/tèppich.jpg", 3.0)), strength=0.5, stroke=2.0, colors="camera", steady=0.75),
    Path("mask.png"),
    Look((("calm", 1.0),)),
    "cpu",
    "tiny",
)


@pytest.mark.parametrize(
    "job",
    [
        ClipJob(Path("a.mp4"), Path("b.mkv"), PLAIN),
        ClipJob(Path("a.mp4"), Path("b.mkv"), FULL, ConvertOptions(4, 0.5, 1.5, 2.5, 18, "libx265", True)),
        PhotoJob(Path("a.jpg"), Path("/b/c.png"), PLAIN),
        PhotoJob(Path("a.jpg"), Path("/b/c.png"), FULL, overwrite=True),
    ],
)
def test_a_job_is_kept_as_json(job: Job) -> None:
    assert from_json(to_json(job)) == job


@pytest.mark.parametrize(
    "change",
    [{"kind": "opera"}, {"source": 3}, {"how": None}, {"options": {"pace": 2}}, {"options": {"scale": "large"}}],
)
def test_what_is_no_job_is_refused_in_a_sentence(change: dict[str, object]) -> None:
    plain = json.loads(to_json(ClipJob(Path("a.mp4"), Path("b.mp4"), PLAIN)))
    with pytest.raises(LivestyleError, match="This is no job"):
        from_json(json.dumps(plain | change))
    for text in ("", "[]", "{}"):
        with pytest.raises(LivestyleError, match="This is no job"):
            from_json(text)


def test_values_that_make_no_sense_say_so_themselves() -> None:
    plain = json.loads(to_json(ClipJob(Path("a.mp4"), Path("b.mp4"), PLAIN)))
    with pytest.raises(LivestyleError, match="Scale goes"):
        from_json(json.dumps(plain | {"options": {"scale": 9}}))
