"""Clips painted by a timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from livestyle.clips import job as convert_job
from livestyle.clips.options import ConvertOptions
from livestyle.errors import StyleError
from livestyle.jobs import opened as module
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.opened import Opened, choose_file
from livestyle.jobs.run import run
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Finish, Images
from livestyle.stylizer.torch_backend import TorchStylizer
from livestyle.timeline import Course, Cue, Timeline

CALM, WILD = Look((("calm", 1.0),), depth=0.0), Look((("wild", 1.0),), depth=0.0)
FADING = Timeline((Cue(0.0, {"strength": 0.0}), Cue(0.2, {"strength": 1.0, "mix": WILD.mix}, 0.3)))
"""From the clip, of six frames of 0.1 s, to a style."""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Look]]:
    """How many pictures were painted at once, and in which look."""
    found: list[tuple[int, Look]] = []
    begin = Painter.begin

    def noted(self: Painter, photos: Images, look: Look) -> Finish:
        found.append((len(photos), look))
        return begin(self, photos, look)

    monkeypatch.setattr(Painter, "begin", noted)
    return found


@pytest.fixture
def paintings(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What is written, before it is encoded."""
    written: list[np.ndarray] = []

    class Noting(convert_job.VideoWriter):
        def write(self, image: np.ndarray, pts: int, duration: int | None = None) -> None:
            written.append(image.copy())
            super().write(image, pts, duration)

    monkeypatch.setattr(convert_job, "VideoWriter", Noting)
    return written


@pytest.fixture
def torch_paints(tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "choose_file", lambda *_: tiny_file)
    monkeypatch.setattr(module, "open_stylizer", lambda file, device: (TorchStylizer(file, "cpu"), []))


def painted(clip: Path, how: How, options: ConvertOptions | None = None) -> None:
    with Opened() as opened:
        report = run(ClipJob(clip, clip.with_name("out.mkv"), how, options or ConvertOptions(overwrite=True)), opened)
    assert report.error is None


def test_each_frame_is_painted_with_the_look_of_its_time(
    stylizers: list[Any], draw_clip: Callable[[str], Path], seen: list[tuple[int, Look]]
) -> None:
    painted(draw_clip("clip.mp4"), How(CALM, timeline=FADING))
    course = Course(CALM, FADING)
    assert [look for _, look in seen] == [course.look_at(number / 10) for number in range(6)]
    assert [look.strength for _, look in seen] == pytest.approx([0, 0, 0, 7 / 27, 20 / 27, 1])
    # What is the film itself costs nothing.
    assert len(stylizers[0].painted) == 3


def test_a_batch_is_painted_at_once_where_the_look_stands_and_else_one_by_one(
    stylizers: list[Any], draw_clip: Callable[[str], Path], seen: list[tuple[int, Look]]
) -> None:
    jump = Timeline((Cue(0.25, {"mix": WILD.mix}),))
    painted(draw_clip("clip.mp4"), How(CALM, timeline=jump), ConvertOptions(batch=2, overwrite=True))
    assert [(count, look.mix[0][0]) for count, look in seen] == [(2, "calm"), (1, "calm"), (1, "wild"), (2, "wild")]


def test_the_times_are_those_of_the_film_wherever_the_result_begins(
    stylizers: list[Any], draw_clip: Callable[[str], Path], seen: list[tuple[int, Look]]
) -> None:
    how = How(CALM, timeline=FADING)
    painted(draw_clip("clip.mp4"), how, ConvertOptions(start_s=0.3, end_s=0.5, overwrite=True))
    assert [look.strength for _, look in seen] == pytest.approx([7 / 27, 20 / 27])


def test_left_and_right_are_swapped_before_it_is_painted(
    stylizers: list[Any], draw_clip: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch, tiny_file: StyleFile
) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (3, 32, 48, 3)).astype(np.uint8)
    timeline = Timeline((Cue(1.0, mirror=True), Cue(2.0, mirror=False)))
    with Opened() as opened:
        found = opened.ready(How(CALM, timeline=timeline)).paint_frames().begin(photos, [0.9, 1.5, 2.0])()
    expected = [255 - photos[0], 255 - photos[1, :, ::-1], 255 - photos[2]]
    assert np.array_equal(found, expected)


def test_what_is_transparent_can_not_be_swapped(stylizers: list[Any], draw_clip: Callable[[str], Path]) -> None:
    clip = draw_clip("clip.mp4")
    how = How(CALM, timeline=Timeline((Cue(1.0, mirror=True),)))
    with Opened() as opened:
        report = run(ClipJob(clip, clip.with_name("a.mkv"), how, ConvertOptions(keep_alpha=True)), opened)
    assert "--keep-alpha" in str(report.error)


def test_a_timeline_that_changes_nothing_paints_what_none_paints(
    torch_paints: None, draw_clip: Callable[[str], Path], paintings: list[np.ndarray]
) -> None:
    clip, look = draw_clip("clip.mp4"), replace(CALM, steady=0.5, depth=0.8)
    painted(clip, How(look))
    painted(clip, How(WILD, timeline=Timeline((Cue(0.0, {"mix": look.mix, "steady": 0.5, "depth": 0.8}),))))
    assert len(paintings) == 12
    assert np.array_equal(paintings[:6], paintings[6:])


def test_a_batch_changes_nothing_but_rounding(
    torch_paints: None, draw_clip: Callable[[str], Path], paintings: list[np.ndarray]
) -> None:
    clip = draw_clip("clip.mp4")
    for batch in (1, 4):
        painted(clip, How(replace(CALM, steady=0.5), timeline=FADING), ConvertOptions(batch=batch, overwrite=True))
    assert np.abs(np.array(paintings[:6], int) - np.array(paintings[6:], int)).max() <= 1


def test_what_was_cut_off_goes_on_at_its_time_and_not_after_another_timeline(
    stylizers: list[Any], tmp_path: Path, seen: list[tuple[int, Look]]
) -> None:
    clip = tmp_path / "long.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", 10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(40):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), 6 * number, np.uint8))))
        container.mux(stream.encode())
    timeline = Timeline((Cue(0.5, {"strength": 0.2}, 3.0),))
    how, options = How(replace(CALM, strength=0.9), timeline=timeline), ConvertOptions(resume=True)
    course = Course(how.look, timeline)

    class Cut(Exception):  # noqa: N818
        pass

    def cut(done: int, _: int | None) -> None:
        if done == 25:
            raise Cut

    with Opened() as opened, pytest.raises(Cut):
        run(ClipJob(clip, tmp_path / "out.mkv", how, options), opened, cut)
    seen.clear()
    painted(clip, how, options)
    # The last second that was whole is painted once more.
    assert [look for _, look in seen] == [course.look_at(number / 10) for number in range(10, 40)]
    with Opened() as opened, pytest.raises(Cut):
        run(ClipJob(clip, tmp_path / "other.mkv", how, options), opened, cut)
    seen.clear()
    other = replace(how, timeline=Timeline((Cue(0.6, {"strength": 0.2}, 3.0),)))
    with Opened() as opened:
        run(ClipJob(clip, tmp_path / "other.mkv", other, options), opened)
    assert len(seen) == 40


def test_one_network_has_all_styles_of_a_timeline_or_it_is_told_before_anything_is_painted(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(
        tiny_file,
        weights={name: value + 1 for name, value in tiny_file.weights.items()},
        styles={"odd": replace(tiny_file.styles["calm"], name="odd"), "calm": tiny_file.styles["calm"]},
    )
    catalog = Catalog((tiny_file, other))
    monkeypatch.setattr(Catalog, "installed", classmethod(lambda cls, *_: catalog))
    odd = Timeline((Cue(1.0, {"mix": (("odd", 1.0),)}),))
    assert choose_file(None, "cpu", *Course(CALM, odd).looks) is other
    with pytest.raises(StyleError, match="knows all of wild, odd: only styles of one network"), Opened() as opened:
        opened.ready(How(WILD, timeline=odd))
