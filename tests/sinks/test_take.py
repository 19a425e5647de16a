from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.look import STEADY, Look
from livestyle.sinks.take import TakeSink
from livestyle.timeline import Course, Cue, cue_between, read_timeline

SIZE_HW = (48, 64)
CALM = Look((("calm", 1.0),), steady=STEADY)
ALL = Cue(3.0, cue_between(None, CALM, 0.0).changes, mirror=True)


def frame(time_s: float, value: int = 100) -> Frame:
    return Frame(np.full((*SIZE_HW, 3), value, np.uint8), time_s, 0)


def test_a_take_is_a_video_and_a_timeline_that_begins_with_its_first_picture(tmp_path: Path) -> None:
    with TakeSink(tmp_path / "take.mkv", SIZE_HW) as sink:
        sink.note(ALL)
        sink.note(Cue(4.0, {"strength": 0.3}))
        for number in range(4):
            sink.write(frame(5.0 + number / 10, 50 * number))
        sink.note(Cue(5.123456, {"mix": (("wild", 1.0),)}, 2.0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["take.mkv", "take.toml"]
    with av.open(str(tmp_path / "take.mkv")) as video:
        times_s, images = zip(*((f.time, f.to_ndarray(format="rgb24")) for f in video.decode(video=0)), strict=True)
    assert times_s == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert [round(float(image.mean())) for image in images] == pytest.approx([0, 50, 100, 150], abs=1)
    first, second = read_timeline(tmp_path / "take.toml").cues
    assert (first.time_s, first.mirror, first.changes["strength"]) == (0.0, True, 0.3)
    assert second == Cue(0.123, {"mix": (("wild", 1.0),)}, 2.0)


def test_a_fade_that_is_under_way_is_under_way_in_the_take(tmp_path: Path) -> None:
    with TakeSink(tmp_path / "take.mkv", SIZE_HW) as sink:
        for cue in (ALL, Cue(3.0, {"strength": 0.0}, 4.0)):
            sink.note(cue)
        sink.write(frame(5.0))
    course = Course(Look((("any", 1.0),)), read_timeline(tmp_path / "take.toml"))
    assert course.look_at(0.0).strength == pytest.approx(0.5)
    assert course.look_at(2.0).strength == 0


def test_what_is_set_after_the_first_picture_but_heard_of_before_it_keeps_its_time(tmp_path: Path) -> None:
    with TakeSink(tmp_path / "take.mkv", SIZE_HW) as sink:
        for cue in (ALL, Cue(5.2, {"strength": 0.0})):
            sink.note(cue)
        sink.write(frame(5.0))
    assert [cue.time_s for cue in read_timeline(tmp_path / "take.toml").cues] == [0.0, 0.2]


def test_how_steady_it_was_is_left_to_the_film_unless_it_was_set(tmp_path: Path) -> None:
    with TakeSink(tmp_path / "take.mkv", SIZE_HW) as sink:
        sink.note(ALL)
        sink.write(frame(5.0))
        sink.note(Cue(6.0, {"steady": 0.1}))
    first, second = read_timeline(tmp_path / "take.toml").cues
    assert set(first.changes) == {"mix", "strength", "stroke", "colors", "depth"}
    assert second.changes == {"steady": 0.1}


def test_the_timeline_is_there_at_every_moment(tmp_path: Path) -> None:
    with TakeSink(tmp_path / "take.mkv", SIZE_HW) as sink:
        sink.note(ALL)
        sink.write(frame(5.0))
        for number in range(3):
            sink.note(Cue(6.0 + number, {"strength": 0.1}))
            assert len(read_timeline(sink.timeline).cues) == 2 + number


def test_without_a_picture_nothing_is_left(tmp_path: Path) -> None:
    with TakeSink(tmp_path / "take.mkv", SIZE_HW) as sink:
        sink.note(ALL)
    assert list(tmp_path.iterdir()) == []


def test_the_timeline_of_another_take_stays(tmp_path: Path) -> None:
    (tmp_path / "take.toml").write_text("mine")
    with pytest.raises(SinkError, match="there already"), TakeSink(tmp_path / "take.mkv", SIZE_HW):
        pass
    assert (tmp_path / "take.toml").read_text() == "mine"
    assert not (tmp_path / "take.mkv.part").exists()
