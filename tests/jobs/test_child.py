from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from livestyle.clips.options import ConvertOptions
from livestyle.jobs import child
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.plain import to_plain
from livestyle.look import Look

HOW = How(Look((("wild", 1.0),)), device="cpu")


def told(jobs: list[ClipJob]) -> list[dict[str, Any]]:
    said = io.StringIO()
    child.work(iter(jobs), said)
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_jobs_are_done_one_after_the_other_with_one_stylizer(
    stylizers: list[object], draw_clip: Callable[[str], Path], tmp_path: Path
) -> None:
    clip, resumable = draw_clip("a.mp4"), ConvertOptions(resume=True)
    left_over = tmp_path / "b.mp4.part"
    left_over.touch()
    jobs = [
        ClipJob(clip, tmp_path / "b.mp4", HOW, resumable),
        ClipJob(tmp_path / "gone.mp4", tmp_path / "c.mp4", HOW, resumable),
        ClipJob(clip, tmp_path / "d.mp4", HOW, resumable),
    ]
    said = told(jobs)
    ends = [line for line in said if "frames" in line]
    assert [end["frames"] for end in ends] == [6, 0, 6]
    assert ends[0]["error"] is None
    assert "gone.mp4" in ends[1]["error"]
    assert said[5] == {"done": 6, "total": 6}
    assert len(stylizers) == 1
    with av.open(str(tmp_path / "d.mp4")) as video:
        assert sum(1 for _ in video.decode(video=0)) == 6


def test_a_result_that_is_there_is_never_written_over(
    stylizers: list[object], draw_clip: Callable[[str], Path], tmp_path: Path
) -> None:
    (tmp_path / "b.mp4").write_text("mine")
    (end,) = told([ClipJob(draw_clip("a.mp4"), tmp_path / "b.mp4", HOW, ConvertOptions(resume=True))])
    assert "exists already" in end["error"]
    assert (tmp_path / "b.mp4").read_text() == "mine"


def test_jobs_are_read_from_lines_and_the_end_of_them_ends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(child.os, "_exit", ended.append)
    job = ClipJob(Path("a.mp4"), Path("b.mp4"), HOW)
    jobs = child._jobs(io.StringIO(json.dumps(to_plain(job)) + "\n"))
    assert next(jobs) == job
    for thread in child.threading.enumerate():
        if thread.name.endswith("(read)"):
            thread.join()
    assert ended == [0]
