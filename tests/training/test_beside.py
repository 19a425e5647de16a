from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np
import pytest

from livestyle import idle
from livestyle.errors import LivestyleError
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.training import beside
from livestyle.training.beside import Beside, Parent, receive, send
from livestyle.training.learnt import Learnt

CHILD = """
import json, struct, sys
def receive():
    height, width = struct.unpack("<ii", sys.stdin.buffer.read(8))
    sys.stdin.buffer.read(height * width * 3)
    return [height, width]
sizes = [receive()]
for steps in range(1, 4):
    sizes.append(receive())
    print(json.dumps([sizes, steps, 0.5, steps == 3]), flush=True)
"""
"""Says as codes which sizes it was sent."""

PICTURE = np.zeros((80, 100, 3), np.uint8)


def starts(program: str, monkeypatch: pytest.MonkeyPatch) -> list[StyleFile]:
    """Has a program started in place of the module; gives what it was to learn."""
    files: list[StyleFile] = []

    def start(module: str, network: str, painting: str, *, talks: bool) -> Popen[bytes]:
        assert (module, painting, talks) == (beside.__name__, "cpu", True)
        files.append(read_style_file(Path(network)))
        return Popen([sys.executable, "-I", "-S", "-c", program], stdin=PIPE, stdout=PIPE, stderr=PIPE)

    monkeypatch.setattr(idle, "start", start)
    return files


def test_what_is_learnt_comes_as_a_line() -> None:
    learnt = Learnt(np.arange(6, dtype=np.float32).reshape(2, 3) / 7, 8, 0.25, is_over=True)
    again = Learnt.from_line(learnt.to_line())
    assert np.array_equal(again.codes, learnt.codes)
    assert (again.steps, again.closer, again.is_over) == (8, 0.25, True)
    assert "\n" not in learnt.to_line()


def test_pictures_are_sent_no_larger_than_needed(picture_of_noise: np.ndarray) -> None:
    pipe = io.BytesIO()
    send(pipe, picture_of_noise, 30)
    send(pipe, picture_of_noise, 10)
    pipe.seek(0)
    assert np.array_equal(receive(pipe), picture_of_noise)
    assert receive(pipe).shape == (10, 15, 3)
    with pytest.raises(EOFError):
        receive(pipe)


@pytest.fixture
def picture_of_noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)


def test_the_picture_goes_first_and_a_photo_for_each_round(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = starts(CHILD, monkeypatch)
    photos = iter([np.zeros((8, 12, 3), np.uint8), None, np.zeros((9, 9, 3), np.uint8)])
    rounds = list(Beside(tiny_file, tiny_file.styles["wild"], PICTURE, lambda: next(photos)).rounds())
    assert [learnt.steps for learnt in rounds] == [1, 2, 3]
    assert rounds[-1].codes.tolist() == [[80, 100], [8, 12], [0, 0], [9, 9]]
    (sent,) = files
    assert list(sent.styles) == ["wild"]
    assert sent.digest == tiny_file.digest


def test_the_process_is_told_what_paints(tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def start(module: str, network: str, painting: str, *, talks: bool) -> Popen[bytes]:
        told.append(painting)
        return Popen([sys.executable, "-I", "-S", "-c", CHILD], stdin=PIPE, stdout=PIPE, stderr=PIPE)

    monkeypatch.setattr(idle, "start", start)
    list(Beside(tiny_file, tiny_file.styles["wild"], PICTURE, lambda: None, "cuda").rounds())
    assert told == ["cuda"]


def test_the_process_asks_for_one_photo_a_line_however_often_it_begins_anew() -> None:
    photos, lines = io.BytesIO(), io.StringIO()
    for side in (4, 6, 0):
        send(photos, np.zeros((side, side, 3), np.uint8), 10)
    photos.seek(0)
    parent = Parent(photos, lines)
    assert [parent.newest().shape[0], parent.newest().shape[0]] == [4, 4]
    parent.tell(Learnt(np.zeros((1, 2), np.float32), 8, 0.5, is_over=False))
    assert parent.newest().shape[0] == 6
    parent.tell(Learnt(np.zeros((1, 2), np.float32), 16, 0.5, is_over=False))
    assert parent.newest() is None
    assert [Learnt.from_line(line).steps for line in lines.getvalue().splitlines()] == [8, 16]


def test_one_that_is_stopped_ends_without_a_word(tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    starts(CHILD, monkeypatch)
    learns = Beside(tiny_file, tiny_file.styles["wild"], PICTURE, lambda: None)
    rounds = learns.rounds()
    assert next(rounds).steps == 1
    learns.stop()
    assert list(rounds) == []


def test_one_that_is_stopped_before_it_begins_learns_nothing(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts(CHILD, monkeypatch)
    learns = Beside(tiny_file, tiny_file.styles["wild"], PICTURE, lambda: None)
    learns.stop()
    assert list(learns.rounds()) == []


def test_one_that_fails_is_told_and_logged(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    starts("raise SystemExit('no memory')", monkeypatch)
    file = replace(tiny_file, predictor={})
    with pytest.raises(LivestyleError, match="Learning the picture failed"):
        list(Beside(file, file.styles["wild"], PICTURE, lambda: None).rounds())
    assert "no memory" in caplog.text
