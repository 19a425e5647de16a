from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from livestyle.clips import job
from livestyle.clips.job import convert_video
from livestyle.clips.options import ConvertOptions
from livestyle.clips.segments import Segment, packets_of, prepare
from livestyle.clips.unfinished import folder_of
from livestyle.errors import SinkError
from livestyle.sinks import writer
from livestyle.sinks.writer import VideoWriter
from livestyle.stylizer.stylizer import Finish, Images, PaintFilm

LONG = [(number * 512 if number % 7 else number * 512 + 100) for number in range(90)]
"""Three and a half seconds with uneven steps, in units of 1/12800 s."""


def as_it_is(images: Images) -> Images:
    return images


def dim(number: int, size_hw: tuple[int, int]) -> np.ndarray:
    return np.full((*size_hw, 3), 30 + number, np.uint8)


def content(path: Path) -> tuple[list[Fraction], list[bytes], bytes]:
    """Times and decoded pictures, and the sound as it is stored."""
    times, pictures, sound = [], [], []
    with av.open(str(path)) as clip:
        for packet in clip.demux(*clip.streams.video, *clip.streams.audio):
            if packet.stream.type == "audio":
                sound.append((packet.pts, bytes(packet)))
                continue
            for frame in packet.decode():
                times.append(frame.pts * frame.time_base)
                pictures.append(frame.to_ndarray().tobytes())
    return times, pictures, repr(sound).encode()


class Cut(Exception):  # noqa: N818 - it is none
    pass


def cut_after(calls: int) -> Any:
    left = [calls]

    def paint(images: Images) -> Images:
        left[0] -= 1
        if left[0] < 0:
            raise Cut
        return images

    return paint


@pytest.mark.parametrize(
    ("suffix", "cuts", "painted_again"),
    [(".mp4", [15], 15), (".mov", [70], 45), (".mkv", [89], 39), (".webm", [30, 30, 60], 50), (".mp4", [89, 10], 50)],
)
def test_a_conversion_that_was_cut_off_goes_on(
    draw_clip: Any, tmp_path: Path, suffix: str, cuts: list[int], painted_again: int
) -> None:
    source = draw_clip(pts=LONG, picture=dim, audio="aac")
    resume = ConvertOptions(resume=True)
    whole, pieced = tmp_path / f"whole{suffix}", tmp_path / f"pieced{suffix}"
    convert_video(source, whole, as_it_is, resume)
    for cut in cuts:
        with pytest.raises(Cut):
            convert_video(source, pieced, cut_after(cut), resume)
        assert not pieced.exists()
    painted: list[int] = []
    report = convert_video(source, pieced, lambda images: painted.append(1) or images, resume)
    assert content(pieced) == content(whole)
    assert report.frames == len(LONG)
    assert len(painted) + max(cuts) - len(LONG) <= painted_again
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", whole.name, pieced.name}


def test_it_is_the_same_as_in_one_piece(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip(pts=LONG, picture=dim, audio="aac")
    convert_video(source, tmp_path / "plain.mp4", as_it_is)
    convert_video(source, tmp_path / "pieced.mp4", as_it_is, ConvertOptions(resume=True))
    (times, pictures, sound), plain = content(tmp_path / "pieced.mp4"), content(tmp_path / "plain.mp4")
    assert (times, sound) == (plain[0], plain[2])
    grey = [[np.frombuffer(each, np.uint8)[:3072].mean() for each in clip] for clip in (pictures, plain[1])]
    assert np.abs(np.subtract(*grey)).max() < 3


@pytest.mark.parametrize(
    ("suffix", "encoder", "keep_alpha"),
    [(".mp4", "libx265", False), (".mov", "auto", True), (".mkv", "auto", True), (".webm", "auto", True)],
)
def test_it_says_what_it_is_as_in_one_piece(tmp_path: Path, suffix: str, encoder: str, keep_alpha: bool) -> None:
    source = tmp_path / "clear.mov"
    with VideoWriter(source, "mov", (64, 64), alpha=True) as writer:
        for number in range(30):  # of two frames the libx265 in PyAV 18 now and then can't make an MP4
            writer.write(np.full((64, 64, 4), 100, np.uint8), number * 3000)
        writer.finish()
    options = ConvertOptions(encoder=encoder, keep_alpha=keep_alpha)
    plain, pieced = tmp_path / f"plain{suffix}", tmp_path / f"pieced{suffix}"
    convert_video(source, plain, as_it_is, options)
    convert_video(source, pieced, as_it_is, replace(options, resume=True))
    assert kind(pieced) == kind(plain)


def kind(path: Path) -> tuple[str, str | None]:
    with av.open(str(path)) as clip:
        pictures = clip.streams.video[0]
        return pictures.codec_context.codec_tag, pictures.metadata.get("alpha_mode")


def test_where_nothing_was_finished_nothing_stays_behind(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip()
    with pytest.raises(Cut):
        convert_video(source, tmp_path / "out.mp4", cut_after(3), ConvertOptions(resume=True))
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4"}


def test_what_paints_by_what_it_painted_before_is_as_in_one_piece(draw_clip: Any, tmp_path: Path) -> None:
    source, resume = draw_clip(pts=LONG, picture=dim), ConvertOptions(resume=True)

    def counting(frames: int = len(LONG)) -> PaintFilm:
        """Paints as bright as it has painted pictures since the renewal before the last one."""
        counts, left = [0, 0], [frames]

        def begin(photos: Images, times_s: Sequence[float]) -> Finish:
            left[0] -= 1
            if left[0] < 0:
                raise Cut
            counts[:] = [count + 1 for count in counts]
            painting = np.full_like(photos, 4 * counts[0])
            return lambda: painting

        def renew() -> None:
            counts[:] = [counts[1], 0]

        return PaintFilm(begin, renew=renew)

    convert_video(source, tmp_path / "whole.mp4", counting(), resume)
    with pytest.raises(Cut):
        convert_video(source, tmp_path / "pieced.mp4", counting(70), resume)
    convert_video(source, tmp_path / "pieced.mp4", counting(), resume)
    assert content(tmp_path / "pieced.mp4") == content(tmp_path / "whole.mp4")


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGKILL")
def test_a_conversion_that_is_killed_goes_on(draw_clip: Any, tmp_path: Path) -> None:
    source, target = draw_clip(pts=LONG, picture=dim, audio="aac"), tmp_path / "out.mp4"
    program = (
        "import os, signal, sys; from pathlib import Path; from livestyle.clips.job import convert_video\n"
        "from livestyle.clips.options import ConvertOptions\n"
        "def on(done, total):\n    if done >= 65: os.kill(os.getpid(), signal.SIGKILL)\n"
        "convert_video(Path(sys.argv[1]), Path(sys.argv[2]), lambda x: x, ConvertOptions(resume=True), on)"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(source), str(target)], check=False, env={**os.environ})
    assert ran.returncode == -signal.SIGKILL
    assert list(folder_of(target).glob("*.segment"))
    with pytest.raises(SinkError, match="is there already"):
        convert_video(source, target, as_it_is)
    convert_video(source, target, as_it_is, ConvertOptions(resume=True))
    convert_video(source, tmp_path / "whole.mp4", as_it_is, ConvertOptions(resume=True))
    assert content(target) == content(tmp_path / "whole.mp4")


def test_another_recipe_begins_anew(draw_clip: Any, tmp_path: Path) -> None:
    source, target, resume = draw_clip(pts=LONG, picture=dim), tmp_path / "out.mp4", ConvertOptions(resume=True)
    with pytest.raises(Cut):
        convert_video(source, target, cut_after(80), resume, recipe="Scream")
    painted: list[int] = []
    convert_video(source, target, lambda images: painted.append(1) or images, resume, recipe="Wave")
    assert len(painted) == len(LONG)


def test_where_another_encoder_works_by_now_it_begins_anew(
    draw_clip: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target, resume = draw_clip(pts=LONG, picture=dim), tmp_path / "out.mp4", ConvertOptions(resume=True)
    for module in (job, writer):
        monkeypatch.setattr(module, "pick_encoder", lambda *_, **__: ("libx265", None))
    with pytest.raises(Cut):
        convert_video(source, target, cut_after(80), resume)
    for module in (job, writer):
        monkeypatch.setattr(module, "pick_encoder", lambda *_, **__: ("libx264", None))
    painted: list[int] = []
    report = convert_video(source, target, lambda images: painted.append(1) or images, resume)
    assert (len(painted), report.encoder) == (len(LONG), "libx264")


def test_segments_after_a_gap_are_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "out.mp4.segments"
    assert prepare(folder, {"recipe": "a"}) == []
    names = ["000000000-000000050", "000000050-000000049", "000000150-000000050"]
    for name in names:
        (folder / f"{name}.segment").touch()
    found = prepare(folder, {"recipe": "a"})
    assert [(each.first, each.frames) for each in found] == [(0, 50), (50, 49)]
    assert prepare(folder, {"recipe": "b"}) == []
    assert prepare(folder, {"recipe": "a"}) == []


def test_a_folder_that_is_damaged_is_made_anew_and_what_is_not_ours_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "out.mp4.segments"
    prepare(folder, {"recipe": "a"})
    (folder / "000000000-000000050.segment").touch()
    (folder / "mine-too.segment").touch()
    assert [each.frames for each in prepare(folder, {"recipe": "a"})] == [50]
    (folder / "plan.json").write_bytes(b"\xff\xfe")
    assert prepare(folder, {"recipe": "a"}) == []


@pytest.mark.parametrize("length", [243, 248, 300])
def test_a_name_that_is_too_long_for_its_segments_is_told(draw_clip: Any, tmp_path: Path, length: int) -> None:
    target = tmp_path / ("x" * length + ".mp4")
    with pytest.raises(SinkError, match="too long"):
        convert_video(draw_clip(), target, as_it_is, ConvertOptions(resume=True))
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_a_segment_that_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "000000000-000000050.segment"
    path.write_bytes(b"nothing")
    with pytest.raises(SinkError, match="delete the folder"):
        list(packets_of(Segment(path, 0, 50)))
