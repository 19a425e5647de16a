from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from livestyle.jobs import queue as module
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import Entry, Queue, free_target, load_queue, parse_queue, save_queue
from livestyle.look import Look

JOB = ClipJob(Path("/clips/a.mp4"), Path("/clips/a-painted.mp4"), How(Look((("wild", 1.0),))))
ENTRIES = (
    Entry(1, JOB, "done", 10, 10, warnings=("It is HDR.",)),
    Entry(2, JOB, "painting", 4, 10),
    Entry(3, JOB, "failed", error="There is no file a.mp4: check its name."),
    Entry(4, JOB),
)
QUEUE = Queue(ENTRIES, Path("/results"), "sleep")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "videos.json"


def test_a_queue_comes_back_and_what_was_being_painted_waits(path: Path) -> None:
    save_queue(QUEUE, path)
    assert load_queue(path) == QUEUE.with_entry(replace(ENTRIES[1], state="waiting"))
    assert [file.name for file in path.parent.iterdir()] == ["videos.json"]


def test_what_got_whole_after_the_queue_was_written_is_not_painted_again(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "a-painted.mp4"
    save_queue(Queue((Entry(1, replace(JOB, target=target), "painting"), Entry(2, JOB, "waiting"))), path)
    target.touch()
    assert [entry.state for entry in load_queue(path).entries] == ["done", "waiting"]


def test_without_a_file_the_queue_is_empty(path: Path) -> None:
    assert load_queue(path) == Queue()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"version": 99}', '{"version": 1, "entries": null}', "\x00" * 100, "[" * 100_000],
)
def test_a_damaged_file_is_put_aside(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    assert load_queue(path) == Queue()
    assert path.with_name("videos.json.damaged").read_text() == content
    assert not path.exists()


@pytest.mark.parametrize(
    "broken",
    [
        *(3, None, {}, {"number": 2}, {"state": "asleep"}, {"job": {}}),
        *({"done": "many"}, {"done": float("inf")}, {"number": "two"}),
    ],
)
def test_one_video_that_can_not_be_read_costs_none_of_the_others(path: Path, broken: object) -> None:
    save_queue(QUEUE, path)
    document = json.loads(path.read_text())
    whole = document["entries"][1]
    document["entries"][1] = {**whole, **broken} if isinstance(broken, dict) and broken else broken
    if broken == {"number": 2}:
        del document["entries"][1]["job"]
    document |= {"folder": 3, "afterwards": "explode", "later": True}
    document["entries"][3]["later"] = True
    queue = parse_queue(document)
    assert queue == Queue((ENTRIES[0], ENTRIES[2], ENTRIES[3]))


def test_a_file_that_can_not_be_written_leaves_the_one_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_queue(QUEUE, path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    save_queue(Queue(), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["videos.json"]


def test_what_comes_next_is_the_first_that_waits() -> None:
    assert QUEUE.painting == ENTRIES[1]
    assert QUEUE.next is None
    assert QUEUE.is_busy
    waiting = QUEUE.with_entry(replace(ENTRIES[3], state="waiting")).with_entry(replace(ENTRIES[2], state="waiting"))
    assert waiting.next == replace(ENTRIES[2], state="waiting")
    assert not Queue(ENTRIES[:1]).is_busy


def test_entries_are_ordered_and_taken_out() -> None:
    assert [entry.number for entry in QUEUE.ordered([3, 1]).entries] == [3, 1, 2, 4]
    assert [entry.number for entry in QUEUE.without([2, 3, 9]).entries] == [1, 4]
    assert QUEUE.free_number == 5
    assert QUEUE.find(9) is None


def test_how_much_is_painted() -> None:
    assert [entry.share for entry in ENTRIES] == [1.0, 0.4, 0.0, 0.0]
    assert [entry.is_begun for entry in ENTRIES] == [False, True, False, False]


def test_a_result_never_takes_the_name_of_another(tmp_path: Path) -> None:
    clip = tmp_path / "Clip.AVI"
    first = tmp_path / "Clip-painted.mp4"
    assert free_target(clip, None) == first
    assert free_target(tmp_path / "b.WebM", tmp_path / "out") == tmp_path / "out" / "b-painted.webm"
    assert free_target("https://host/c%20d.mkv?key=1", tmp_path) == tmp_path / "c d-painted.mkv"
    names = []
    for more in ("", ".part", ".segments"):
        names.append(free_target(clip, None, names))
        (tmp_path / f"{names[-1].name}{more}").touch()
    os.symlink("nowhere", tmp_path / "Clip-painted-4.mp4")
    assert [name.name for name in names] == ["Clip-painted.mp4", "Clip-painted-2.mp4", "Clip-painted-3.mp4"]
    assert free_target(clip, None).name == "Clip-painted-5.mp4"
