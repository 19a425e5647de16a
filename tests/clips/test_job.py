from __future__ import annotations

import http.server
import itertools
import os
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.subtitles.subtitle import SubtitleSet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from livestyle.clips.job import convert_video
from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError, SinkError, SourceError
from livestyle.sinks.encoders import why_not
from livestyle.stylizer.stylizer import Finish, Images, PaintFilm

resource: Any = pytest.importorskip("resource")  # stands in for a full disk; not on Windows

VFR = (0, 512, 1024, 1100, 2560, 2816, 3072, 6144, 6400, 6656, 6912, 7168)
TICK = Fraction(1, 12800)


def as_it_is(images: Images) -> Images:
    return images


def number_of(image: np.ndarray) -> int:
    """The number of a picture that conftest's `numbered` drew."""
    return round((float(image[-3:, -3:].mean()) - 30) / 18)


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    yield
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("convert")]


# ---- frames and their times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 4, 5, 50])
def test_every_frame_once_at_its_own_time(draw_clip: Any, look_into: Any, tmp_path: Path, batch: int) -> None:
    shapes = set()

    def paint(images: Images) -> Images:
        shapes.add(images.shape)
        return images

    source, target = draw_clip(), tmp_path / "out.mp4"
    report = convert_video(source, target, paint, ConvertOptions(batch=batch))
    result = look_into(target)
    assert result.times == look_into(source).times == [stamp * TICK for stamp in VFR]
    assert [number_of(image) for image in result.images] == list(range(len(VFR)))
    assert shapes == {(batch, 48, 64, 3)}
    assert (report.frames, report.target, report.encoder, report.warnings) == (len(VFR), target, "libx264", ())


@pytest.mark.parametrize("batch", [1, 4])
def test_what_works_ahead_has_begun_the_next_frames_before_the_last_are_waited_for(
    draw_clip: Any, look_into: Any, tmp_path: Path, batch: int
) -> None:
    steps: list[str] = []

    def begin(images: Images, times_s: Sequence[float]) -> Finish:
        number = number_of(images[0])
        steps.append(f"begin {number}")

        def finish() -> Images:
            steps.append(f"finish {number}")
            return images

        return finish

    source, target = draw_clip(audio="aac"), tmp_path / "out.mp4"
    report = convert_video(source, target, PaintFilm(begin, is_ahead=True), ConvertOptions(batch=batch))
    result, count = look_into(target), len(VFR)
    assert report.frames == count
    assert [number_of(image) for image in result.images] == list(range(count))
    firsts = range(0, count, batch)
    assert [step for step in steps if "finish" in step] == [f"finish {number}" for number in firsts]
    for number in firsts[:-1]:
        assert steps.index(f"begin {number + batch}") < steps.index(f"finish {number}")
        assert number == 0 or steps.index(f"finish {number - batch}") < steps.index(f"begin {number + batch}")


def test_what_ends_apart_is_waited_for_in_order_while_the_next_is_begun(
    draw_clip: Any, look_into: Any, tmp_path: Path
) -> None:
    begun = [threading.Event() for _ in range(len(VFR) + 1)]
    begun[-1].set()
    ended: list[tuple[int, bool]] = []

    def begin(images: Images, times_s: Sequence[float]) -> Finish:
        number = number_of(images[0])
        begun[number].set()

        def finish() -> Images:
            assert begun[number + 1].wait(10)
            ended.append((number, threading.current_thread() is threading.main_thread()))
            return images

        return finish

    convert_video(draw_clip(audio="aac"), tmp_path / "out.mp4", PaintFilm(begin, ends_apart=True))
    assert ended == [(number, False) for number in range(len(VFR))]
    assert [number_of(image) for image in look_into(tmp_path / "out.mp4").images] == list(range(len(VFR)))


def test_what_fails_apart_ends_the_job(draw_clip: Any, tmp_path: Path) -> None:
    def begin(images: Images, times_s: Sequence[float]) -> Finish:
        def finish() -> Images:
            raise LivestyleError("The easel broke.")

        return finish

    with pytest.raises(LivestyleError, match="easel"):
        convert_video(draw_clip(), tmp_path / "out.mp4", PaintFilm(begin, ends_apart=True))
    assert not (tmp_path / "out.mp4").exists()
    assert not (tmp_path / "out.mp4.part").exists()


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_containers(draw_clip: Any, look_into: Any, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"out{suffix}"
    convert_video(draw_clip(), target, as_it_is)
    result = look_into(target)
    # Matroska counts in milliseconds.
    finest = Fraction(1, 1000) if suffix in (".mkv", ".webm") else 0
    assert all(abs(time - stamp * TICK) <= finest for time, stamp in zip(result.times, VFR, strict=True))
    assert result.codecs["video"] == ("libvpx-vp9" if suffix == ".webm" else "h264") or result.codecs["video"] == "vp9"


def test_a_late_first_frame_stays_late(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip(pts=[6400 + stamp for stamp in VFR], audio="aac")
    convert_video(source, tmp_path / "out.mp4", as_it_is)
    assert look_into(tmp_path / "out.mp4").times[0] == Fraction(1, 2)


def test_a_broadcast_clock_starts_at_zero(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip("clip.ts", pts=range(900_000, 900_000 + 10 * 3600, 3600), time_base=Fraction(1, 90000))
    assert look_into(source).times[0] > 5
    convert_video(source, tmp_path / "out.mp4", as_it_is)
    assert look_into(tmp_path / "out.mp4").times == [number * Fraction(1, 25) for number in range(10)]


@pytest.mark.parametrize("kind", ["clip.mp4", "late.mp4", "clip.ts"])
@pytest.mark.parametrize("batch", [1, 4])
def test_a_frame_has_one_time_wherever_the_result_begins(draw_clip: Any, tmp_path: Path, kind: str, batch: int) -> None:
    first = {"clip.mp4": 0, "late.mp4": 45_000, "clip.ts": 900_000}[kind]
    source = draw_clip(kind, pts=range(first, first + 10 * 3600, 3600), time_base=Fraction(1, 90000))
    told: dict[int, float] = {}

    def begin(images: Images, times_s: Sequence[float]) -> Finish:
        for image, time_s in zip(images, times_s, strict=True):
            assert told.setdefault(number_of(image), time_s) == pytest.approx(time_s)
        return lambda: images

    for start_s in (0.0, 0.2):
        options = ConvertOptions(batch=batch, start_s=start_s, overwrite=True)
        convert_video(source, tmp_path / "out.mp4", PaintFilm(begin), options)
    starts_s = 0.5 if kind == "late.mp4" else 0.0
    assert [told[number] for number in range(10)] == pytest.approx([starts_s + number / 25 for number in range(10)])


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.integers(1, 5000), min_size=1, max_size=9),
    size_hw=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    batch=st.integers(1, 4),
)
def test_any_times_and_sizes(
    draw_clip: Any, look_into: Any, tmp_path: Path, steps: list[int], size_hw: tuple[int, int], batch: int
) -> None:
    pts = np.cumsum(steps).tolist()
    # Without it MOV would round the first time stamp to milliseconds.
    exact = {"movie_timescale": "12800"}
    source = draw_clip("clip.mov", codec="png", pix_fmt="rgb24", size_hw=size_hw, pts=pts, options=exact)
    target = tmp_path / "out.mp4"
    convert_video(source, target, as_it_is, ConvertOptions(batch=batch, overwrite=True))
    result = look_into(target)
    assert result.times == [stamp * TICK for stamp in pts]
    assert result.images[0].shape == (size_hw[0] + size_hw[0] % 2, size_hw[1] + size_hw[1] % 2, 3)


def test_part_of_a_clip(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip(pts=range(0, 512 * 12, 512), audio="aac")  # 25 frames a second, a key frame every 5
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(start_s=0.28, end_s=0.4))
    result = look_into(tmp_path / "out.mp4")
    assert [number_of(image) for image in result.images] == [7, 8, 9]
    assert result.times == [0, Fraction(1, 25), Fraction(2, 25)]
    sound = [data for time, data in look_into(source).packets["audio"] if 0.28 <= time < 0.4]
    assert [data for _, data in result.packets["audio"]] == sound
    assert 0 <= result.packets["audio"][0][0] < 0.03


@pytest.mark.parametrize("name", ["clip.ts", "clip.mpg", "clip.h264"])
@pytest.mark.parametrize("start", [0.02, 0.4, 1.0, 1.56])
def test_a_part_of_what_has_no_index(draw_clip: Any, look_into: Any, tmp_path: Path, name: str, start: float) -> None:
    codec = "mpeg2video" if name == "clip.mpg" else "libx264"
    source = draw_clip(name, codec=codec, pts=range(40), time_base=Fraction(1, 25), picture=dim)
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(start_s=start))
    result = look_into(tmp_path / "out.mp4")
    first = round(start * 25 + 0.49)
    shown = [round((float(image[-3:, -3:].mean()) - 30) / 5) for image in result.images]
    assert shown == list(range(first, 40))
    assert result.times[0] == pytest.approx(first / 25 - start, abs=0.001)


def dim(number: int, size_hw: tuple[int, int]) -> np.ndarray:
    return np.full((*size_hw, 3), 30 + 5 * number, np.uint8)


def test_a_picture_that_is_still_shown_at_the_start_is_the_first(
    draw_clip: Any, look_into: Any, tmp_path: Path
) -> None:
    source = draw_clip(pts=[0, 12800, 12800 * 5])
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(start_s=3))
    result = look_into(tmp_path / "out.mp4")
    assert [number_of(image) for image in result.images] == [1, 2]
    assert result.times == [0, 2]
    convert_video(source, tmp_path / "still.mp4", as_it_is, ConvertOptions(start_s=2, end_s=4))
    assert [number_of(image) for image in look_into(tmp_path / "still.mp4").images] == [1]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_a_pause_of_an_hour_between_joined_recordings_is_none(
    draw_clip: Any, look_into: Any, tmp_path: Path, suffix: str
) -> None:
    parts = [
        draw_clip(f"{start}.mpg", codec="mpeg2video", pts=range(start, start + 10), time_base=Fraction(1, 25))
        for start in (0, 90_000)
    ]
    source = tmp_path / "joined.mpg"
    source.write_bytes(b"".join(part.read_bytes() for part in parts))
    report = convert_video(source, tmp_path / f"out{suffix}", as_it_is)
    result = look_into(tmp_path / f"out{suffix}")
    assert {after - before for before, after in itertools.pairwise(result.times)} == {Fraction(1, 25)}
    assert (len(result.times), report.warnings) == (20, ())


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_the_time_of_joined_recordings_goes_on(draw_clip: Any, look_into: Any, tmp_path: Path, suffix: str) -> None:
    part = draw_clip("part.ts", pts=range(0, 10 * 3600, 3600), time_base=Fraction(1, 90000), audio="aac")
    source = tmp_path / "joined.ts"
    source.write_bytes(part.read_bytes() * 3)
    convert_video(source, tmp_path / f"out{suffix}", as_it_is)
    result = look_into(tmp_path / f"out{suffix}")
    assert [number_of(image) for image in result.images] == [*range(10)] * 3
    steps = [after - before for before, after in itertools.pairwise(result.times)]
    assert set(steps) == {Fraction(1, 25)}
    sound = sorted(time for time, _ in result.packets["audio"])
    assert abs(sound[-1] - result.times[-1]) < 0.1
    # A cut seam may cost half a packet of sound, never more.
    assert all(0.01 < after - before < 0.035 for before, after in itertools.pairwise(sound))
    convert_video(source, tmp_path / f"end{suffix}", as_it_is, ConvertOptions(start_s=0.9))
    assert [number_of(image) for image in look_into(tmp_path / f"end{suffix}").images][-5:] == [5, 6, 7, 8, 9]


def test_a_part_beyond_the_end_is_refused(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip()
    with pytest.raises(SourceError, match=r"it is 0\.\d s long"):
        convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(start_s=5))
    assert left_in(tmp_path) == {"clip.mp4"}


def test_progress_counts_every_frame(draw_clip: Any, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    convert_video(draw_clip(), tmp_path / "out.mp4", as_it_is, ConvertOptions(batch=5), lambda *step: seen.append(step))
    assert [done for done, _ in seen if done] == sorted(done for done, _ in seen if done)
    assert seen[-1] == (len(VFR), len(VFR))


# ---- pictures ------------------------------------------------------------------------------------------------------


def test_the_painting_is_what_is_written(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    convert_video(draw_clip(), tmp_path / "out.mp4", lambda images: 255 - images)
    for number, image in enumerate(look_into(tmp_path / "out.mp4").images):
        assert abs(float(image[-3:, -3:].mean()) - (225 - 18 * number)) < 4


@pytest.mark.parametrize("size_hw", [(48, 64), (720, 1280)])
def test_colours_stay(draw_clip: Any, look_into: Any, tmp_path: Path, size_hw: tuple[int, int]) -> None:
    """From an untagged clip, whose matrix depends on its size."""
    colors = np.array([[200, 40, 40], [40, 200, 40], [40, 40, 200], [230, 220, 20], [128, 128, 128], [250, 250, 250]])

    def patches(number: int, size_hw: tuple[int, int]) -> np.ndarray:
        return np.repeat(np.repeat(colors[None], size_hw[1] // 6 + 1, axis=1), size_hw[0], axis=0)[
            :, : size_hw[1]
        ].astype(np.uint8)

    source = draw_clip("clip.mov", codec="png", pix_fmt="rgb24", size_hw=size_hw, pts=[0], picture=patches)
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(crf=1))
    with av.open(str(tmp_path / "out.mp4")) as clip:
        context = clip.streams.video[0].codec_context
        assert (context.color_range, context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1, 1)
    image = look_into(tmp_path / "out.mp4").images[0]
    width = size_hw[1] // 6 + 1
    found = np.array([image[5:-5, i * width + 3 : (i + 1) * width - 3].mean(axis=(0, 1)) for i in range(6)])
    assert np.abs(found - colors).max() < 3


def test_odd_sides_become_even_by_repeating_the_last_line(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip("clip.mov", codec="png", pix_fmt="rgb24", size_hw=(33, 47), pts=[0])
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(crf=1))
    image = look_into(tmp_path / "out.mp4").images[0].astype(int)
    assert image.shape == (34, 48, 3)
    assert np.abs(image[-1] - image[-2]).max() < 4
    assert np.abs(image[:, -1] - image[:, -2]).max() < 4


def test_scale_is_the_size_of_the_result(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    convert_video(draw_clip(), tmp_path / "out.mp4", as_it_is, ConvertOptions(scale=0.5))
    assert look_into(tmp_path / "out.mp4").images[0].shape == (24, 32, 3)


@pytest.mark.parametrize(
    ("degrees", "matrix", "red_corner"),
    [(90, (0, 1, -1, 0), "top right"), (180, (-1, 0, 0, -1), "bottom right"), (270, (0, -1, 1, 0), "bottom left")],
)
def test_phone_clips_come_out_upright(
    draw_clip: Any, look_into: Any, tmp_path: Path, degrees: int, matrix: tuple[int, int, int, int], red_corner: str
) -> None:
    source = draw_clip()
    turn(source, matrix)
    convert_video(source, tmp_path / "out.mp4", as_it_is)
    with av.open(str(tmp_path / "out.mp4")) as clip:
        assert next(clip.decode(video=0)).rotation == 0
    image = look_into(tmp_path / "out.mp4").images[0].astype(int)
    assert image.shape == ((48, 64, 3) if degrees == 180 else (64, 48, 3))
    corners = {
        f"{row} {column}": image[y, x, 0] - image[y, x, 1]
        for row, y in (("top", 4), ("bottom", -4))
        for column, x in (("left", 4), ("right", -4))
    }
    assert max(corners, key=lambda corner: corners[corner]) == red_corner


def turn(path: Path, matrix: tuple[int, int, int, int]) -> None:
    """Writes a display matrix into a file's only video track, as phones do."""
    data = bytearray(path.read_bytes())
    a, b, c, d = (value << 16 for value in matrix)
    at = data.index(b"tkhd") + 44
    struct.pack_into(">9i", data, at, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


# ---- other tracks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "target", "audio"),
    [
        ("clip.mp4", "out.mp4", "aac"),
        ("clip.mp4", "out.mkv", "aac"),
        ("clip.mkv", "out.mp4", "libopus"),
        ("clip.mkv", "out.webm", "libopus"),
        ("clip.ts", "out.mp4", "aac"),
        ("clip.mkv", "out.mp4", "libmp3lame"),
    ],
)
def test_sound_is_copied(draw_clip: Any, look_into: Any, tmp_path: Path, name: str, target: str, audio: str) -> None:
    source = draw_clip(name, audio=audio)
    report = convert_video(source, tmp_path / target, as_it_is)
    before, after = look_into(source), look_into(tmp_path / target)
    assert report.warnings == ()
    if name.endswith(".ts"):  # frames of AAC lose the header each has in a broadcast stream
        assert [data[7:] for _, data in before.packets["audio"]] == [data for _, data in after.packets["audio"]]
    else:
        assert [data for _, data in before.packets["audio"]] == [data for _, data in after.packets["audio"]]
    shift = [b - a for (a, _), (b, _) in zip(before.packets["audio"], after.packets["audio"], strict=True)]
    drift = [b - a for a, b in zip(before.times, after.times, strict=True)]
    assert max(abs(s - drift[0]) for s in shift) <= Fraction(1, 900)
    if not name.endswith(".ts"):
        assert after.languages["audio"] == "deu"


def test_sound_is_left_out_where_that_is_asked_for(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip(audio="aac")
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(sound=False))
    result = look_into(tmp_path / "out.mp4")
    assert "audio" not in result.codecs
    assert result.times == look_into(source).times


def test_sound_that_does_not_fit_is_encoded_again(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip(audio="aac")
    report = convert_video(source, tmp_path / "out.webm", as_it_is)
    (warning,) = report.warnings
    assert "encoded again (aac to libopus)" in warning
    with av.open(str(tmp_path / "out.webm")) as clip:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in clip.decode(audio=0)])
    assert abs(len(sound) / 48000 - 0.6) < 0.06
    assert 0.2 < np.abs(sound[4800:9600]).max() < 0.4


def test_sound_of_old_containers(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip("clip.avi", codec="mpeg4", pts=range(10), time_base=Fraction(1, 25), audio="wmav2")
    report = convert_video(source, tmp_path / "out.mp4", as_it_is)
    assert len(report.warnings) == 1
    result = look_into(tmp_path / "out.mp4")
    assert result.codecs["audio"].startswith("aac")
    assert result.times == look_into(source).times
    seconds = [time for time, _ in result.packets["audio"]]
    assert {after - before for before, after in itertools.pairwise(seconds)} == {Fraction(1024, 48000)}


def test_subtitles(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip("clip.mkv", subtitles=True)
    assert convert_video(source, tmp_path / "out.mkv", as_it_is).warnings == ()
    assert look_into(tmp_path / "out.mkv").packets == look_into(source).packets


# The three that other programs write into the four containers, and what becomes of them.
@pytest.mark.parametrize("kind", ["subrip", "ass", "webvtt", "mov_text"])
@pytest.mark.parametrize("target", ["out.mp4", "out.mov", "out.mkv", "out.webm"])
def test_subtitles_of_text_get_everywhere(
    draw_clip: Any, look_into: Any, tmp_path: Path, kind: str, target: str
) -> None:
    source = with_subtitles(draw_clip(audio=None), tmp_path / ("in.mp4" if kind == "mov_text" else "in.mkv"), kind)
    report = convert_video(source, tmp_path / target, as_it_is)
    assert texts_of(tmp_path / target) == [(Fraction(1, 10), "one"), (Fraction(3, 10), "two, ünï")]
    with av.open(str(tmp_path / target)) as clip:
        after = clip.streams.subtitles[0].codec_context.codec.canonical_name
    assert [f"converted ({kind} to {after})" in warning for warning in report.warnings] == [True] * (kind != after)


def test_subtitles_are_cut_with_the_clip(draw_clip: Any, tmp_path: Path) -> None:
    source = with_subtitles(draw_clip(), tmp_path / "in.mkv", "subrip")
    convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(start_s=0.15, end_s=0.35))
    assert texts_of(tmp_path / "out.mp4") == [(0, "one"), (Fraction(3, 20), "two, ünï")]
    with av.open(str(tmp_path / "out.mp4")) as clip:
        assert clip.duration <= 210_000


def with_subtitles(clip: Path, target: Path, kind: str) -> Path:
    """The clip with two texts, at 0.1 to 0.2 and 0.3 to 0.5 s."""
    header = (
        b"[Script Info]\r\nScriptType: v4.00+\r\nPlayResX: 384\r\nPlayResY: 288\r\n\r\n[V4+ Styles]\r\n"
        b"Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
        b"Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
        b"MarginR, MarginV, Encoding\r\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,"
        b"2,10,10,10,1\r\n\r\n[Events]\r\n"
        b"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
    )
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        texts = out.add_stream(kind)
        texts.codec_context.subtitle_header = header
        for start, end, text in ((100, 200, b"one"), (300, 500, "two, ünï".encode())):
            line = SubtitleSet.create(b"0,0,Default,,0,0,0,," + text, 0, end - start)
            packet = texts.codec_context.encode_subtitle(line)
            packet.pts = packet.dts = start
            packet.duration, packet.time_base, packet.stream = end - start, Fraction(1, 1000), texts
            out.mux(packet)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    return target


def texts_of(path: Path) -> list[tuple[Fraction, str]]:
    """When which subtitle is shown."""
    found = []
    with av.open(str(path)) as clip:
        for packet in clip.demux(subtitles=0):
            for text in packet.decode() if packet.size else ():
                shown = b"".join(text.dialogue.split(b"\\N")).decode()
                found.append((Fraction(round(packet.pts * packet.time_base * 1000), 1000), shown))
    return [(time, text) for time, text in found if text]


@pytest.mark.parametrize("target", ["out.mp4", "out.mov", "out.mkv", "out.webm"])
@pytest.mark.parametrize(
    ("codec", "layout"),
    [("flac", "stereo"), ("pcm_s24le", "mono"), ("pcm_f32le", "stereo"), ("pcm_s16le", "5.1"), ("libopus", "5.1")],
)
def test_sound_is_heard_in_every_container(
    draw_clip: Any, tmp_path: Path, codec: str, layout: str, target: str
) -> None:
    source = with_sound(draw_clip(), tmp_path / "in.mkv", codec, layout)
    report = convert_video(source, tmp_path / target, as_it_is)
    before, after = sound_of(source), sound_of(tmp_path / target)
    with av.open(str(tmp_path / target)) as clip:
        name = clip.streams.audio[0].codec_context.codec.canonical_name
    assert len(after) == len(before) == (6 if layout == "5.1" else 2 if layout == "stereo" else 1)
    assert abs(before.shape[1] - after.shape[1]) < 1200
    if name == codec.removeprefix("lib"):  # copied; Matroska's milliseconds may move it by some samples
        assert packets_of(tmp_path / target) == packets_of(source)
    else:
        count = min(before.shape[1], after.shape[1])
        similar = [np.corrcoef(one[:count], other[:count])[0, 1] for one, other in zip(before, after, strict=True)]
        similar[3:4] = []  # the subwoofer's share, which encoders cut to what it can play
        assert min(similar) > 0.99
    assert len(report.warnings) == (name != codec.removeprefix("lib"))
    assert (
        name
        in {
            "out.mp4": ("aac", "opus"),
            "out.mov": ("aac", "pcm_s24le", "pcm_f32le"),
            "out.mkv": (codec.removeprefix("lib"),),
            "out.webm": ("opus",),
        }[target]
    )


def with_sound(clip: Path, target: Path, codec: str, layout: str) -> Path:
    """The clip with half a second of a sweep in each channel."""
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[layout]
    time_s = np.arange(24000) / 48000
    waves = [0.4 * np.sin(2 * np.pi * time_s * (150 + 60 * channel) * (1 + time_s)) for channel in range(channels)]
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        sound = out.add_stream(codec, rate=48000)
        sound.codec_context.layout = layout
        samples = np.stack(waves).astype(np.float32)
        for start in range(0, 24000, 960):
            block = np.ascontiguousarray(samples[:, start : start + 960])
            frame = av.AudioFrame.from_ndarray(block, "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    return target


def packets_of(path: Path) -> bytes:
    """All sound of a file as it is stored."""
    with av.open(str(path)) as clip:
        return b"".join(bytes(packet) for packet in clip.demux(audio=0))


def sound_of(path: Path) -> np.ndarray:
    """All samples of a file from 0 s on, one row a channel."""
    as_floats = av.AudioResampler(format="fltp")
    with av.open(str(path)) as clip:
        frames = [each for frame in clip.decode(audio=0) for each in as_floats.resample(frame)]
    start = round(frames[0].pts * frames[0].time_base * 48000)
    samples = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    return np.pad(samples, ((0, 0), (max(0, start), 0)))[:, max(0, -start) :]


def test_covers_attachments_and_further_pictures(draw_clip: Any, tmp_path: Path) -> None:
    clip, other = draw_clip(), draw_clip("other.mp4", size_hw=(32, 32))
    cover = draw_clip("cover.png", codec="png", pix_fmt="rgb24", pts=[0], options={"update": "1"}).read_bytes()
    source = tmp_path / "in.mkv"
    with av.open(str(clip)) as one, av.open(str(other)) as two, av.open(str(source), "w") as out:
        out.add_attachment("font.ttf", "font/ttf", b"letters")
        out.add_attachment("cover.png", "image/png", cover)
        inners = [(inner, out.add_stream_from_template(inner.streams.video[0])) for inner in (one, two)]
        for inner, stream in inners:
            for packet in list(inner.demux(video=0)):
                if packet.size:
                    packet.stream = stream
                    out.mux(packet)
    assert convert_video(source, tmp_path / "out.mkv", as_it_is).warnings == ()
    with av.open(str(tmp_path / "out.mkv")) as result:
        assert [(each.name, each.data) for each in result.streams.attachments] == [("font.ttf", b"letters")]
    assert pictures_of(tmp_path / "out.mkv") == [(64, 48, len(VFR)), (32, 32, len(VFR)), (64, 48, 1)]

    font, name = convert_video(source, tmp_path / "out.mp4", as_it_is).warnings
    assert "attachment font.ttf is left out" in font
    assert "cover.png is kept" in name
    assert sorted(pictures_of(tmp_path / "out.mp4")) == [(32, 32, len(VFR)), (64, 48, 1), (64, 48, len(VFR))]
    convert_video(tmp_path / "out.mp4", tmp_path / "again.mkv", as_it_is, ConvertOptions(start_s=0.1))
    assert pictures_of(tmp_path / "again.mkv")[-1] == (64, 48, 1)

    told = convert_video(source, tmp_path / "out.webm", as_it_is).warnings
    assert [[word in each for each in told].count(True) for word in ("font.ttf", "cover.png", "picture track")] == [
        1
    ] * 3


def pictures_of(path: Path) -> list[tuple[int, int, int]]:
    """Width, height and number of pictures of each track of them."""
    with av.open(str(path)) as clip:
        packets = [packet.stream.index for packet in clip.demux(*clip.streams.video) if packet.size]
        return [(each.width, each.height, packets.count(each.index)) for each in clip.streams.video]


@pytest.mark.parametrize("target", ["out.mp4", "out.mov"])
def test_tags_of_makers_are_kept(draw_clip: Any, look_into: Any, tmp_path: Path, target: str) -> None:
    tags = {"com.apple.quicktime.make": "Apple", "com.apple.quicktime.location.ISO6709": "+48.1+011.5/"}
    source = draw_clip("in.mov", metadata=tags, options={"movflags": "use_metadata_tags"})
    convert_video(source, tmp_path / target, as_it_is)
    assert look_into(tmp_path / target).metadata.items() >= tags.items()


def test_metadata_and_chapters_are_kept(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    plain = draw_clip("plain.mkv", metadata={"title": "Holiday", "artist": "Me"})
    source = tmp_path / "clip.mkv"
    chapters = [
        {"id": 1, "start": 0, "end": 200, "time_base": Fraction(1, 1000), "metadata": {"title": "One"}},
        {"id": 2, "start": 200, "end": 600, "time_base": Fraction(1, 1000), "metadata": {"title": "Two"}},
    ]
    with av.open(str(plain)) as clip, av.open(str(source), "w") as out:
        out.metadata.update(clip.metadata)
        out.set_chapters(chapters)
        stream = out.add_stream_from_template(clip.streams.video[0])
        for packet in clip.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    convert_video(source, tmp_path / "out.mkv", as_it_is)
    assert {**look_into(tmp_path / "out.mkv").metadata, "title": "Holiday"}.items() >= {"title": "Holiday"}.items()
    result = {key.lower(): text for key, text in look_into(tmp_path / "out.mkv").metadata.items()}
    assert (result["title"], result["artist"]) == ("Holiday", "Me")
    with av.open(str(tmp_path / "out.mkv")) as clip:
        found = [
            (c["start"] * c["time_base"], c["end"] * c["time_base"], c["metadata"]["title"]) for c in clip.chapters()
        ]
    assert found == [(0, Fraction(1, 5), "One"), (Fraction(1, 5), Fraction(3, 5), "Two")]
    convert_video(source, tmp_path / "later.mkv", as_it_is, ConvertOptions(start_s=0.4))
    with av.open(str(tmp_path / "later.mkv")) as clip:
        (chapter,) = clip.chapters()
    assert (chapter["start"], chapter["end"] * chapter["time_base"]) == (0, Fraction(1, 5))
    convert_video(source, tmp_path / "both.mp4", as_it_is, ConvertOptions(start_s=0.1, end_s=0.3))
    with av.open(str(tmp_path / "both.mp4")) as clip:
        assert [c["end"] * c["time_base"] for c in clip.chapters()] == [Fraction(1, 10), Fraction(1, 5)]
        assert clip.duration <= 200_000 * 1.2


def test_tags_in_an_old_encoding(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip("clip.mkv", metadata={"title": "K_se"})
    source.write_bytes(source.read_bytes().replace(b"K_se", "Käse".encode("latin-1")))
    convert_video(source, tmp_path / "out.mp4", as_it_is)
    assert look_into(tmp_path / "out.mp4").metadata["title"] == "K\N{REPLACEMENT CHARACTER}se"


# ---- what may not happen to files -----------------------------------------------------------------------------------


def test_never_over_its_source(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip()
    before = source.read_bytes()
    (tmp_path / "link.mp4").symlink_to(source)
    os.link(source, tmp_path / "hard.mp4")
    (tmp_path / "sub").mkdir()
    names = [source, tmp_path / "link.mp4", tmp_path / "hard.mp4", tmp_path / "sub" / ".." / "clip.mp4"]
    for target in names:
        with pytest.raises(SinkError, match="is the source itself"):
            convert_video(source, target, as_it_is, ConvertOptions(overwrite=True))
    assert source.read_bytes() == before
    assert left_in(tmp_path) == {"clip.mp4", "link.mp4", "hard.mp4", "sub"}


def test_a_source_named_like_the_part_file_is_safe(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip().rename(tmp_path / "out.mp4.part")
    before = source.read_bytes()
    for overwrite in (False, True):
        with pytest.raises(SinkError):
            convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(overwrite=overwrite))
    assert source.read_bytes() == before


def test_an_existing_result_is_replaced_only_when_asked(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source, target = draw_clip(), tmp_path / "out.mp4"
    target.write_text("precious")
    with pytest.raises(SinkError, match="exists already"):
        convert_video(source, target, as_it_is)
    assert target.read_text() == "precious"
    with pytest.raises(ZeroDivisionError):
        convert_video(source, target, fail_at(3), ConvertOptions(overwrite=True))
    assert target.read_text() == "precious"
    convert_video(source, target, as_it_is, ConvertOptions(overwrite=True))
    assert len(look_into(target).times) == len(VFR)
    assert left_in(tmp_path) == {"clip.mp4", "out.mp4"}


def fail_at(call: int, error: type[BaseException] = ZeroDivisionError) -> Any:
    calls = iter(range(1, 1000))

    def paint(images: Images) -> Images:
        if next(calls) == call:
            raise error
        return images

    return paint


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize("call", [1, 4, len(VFR)])
def test_nothing_stays_behind_when_painting_ends_early(
    draw_clip: Any, tmp_path: Path, error: type[BaseException], call: int
) -> None:
    source = draw_clip(audio="aac")
    with pytest.raises(error):
        convert_video(source, tmp_path / "out.mp4", fail_at(call, error))
    assert left_in(tmp_path) == {"clip.mp4"}


def test_progress_can_end_it(draw_clip: Any, tmp_path: Path) -> None:
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_video(draw_clip(), tmp_path / "new" / "out.mp4", as_it_is, on_progress=stop)
    assert left_in(tmp_path) == {"clip.mp4"}


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """Makes writing fail beyond a size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size_bytes", [0, 40_000, 200_000])
def test_a_full_disk_ends_it(draw_clip: Any, tmp_path: Path, size_bytes: int) -> None:
    source = draw_clip(pts=range(0, 512 * 60, 512), picture=lambda number, size_hw: numbered_noise(number))
    with largest_file(size_bytes), pytest.raises(SinkError, match=r"out\.mp4 grows larger than its disk allows"):
        convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(scale=3, crf=5))
    assert left_in(tmp_path) == {"clip.mp4"}


def numbered_noise(number: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 255, (48, 64, 3), np.uint8)


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("out.avi", r"end it in \.mp4, \.mov"),
        ("out", "Can't tell the kind of video"),
        ("no/such/out.mp4", "There is no folder"),
        ("clip.mp4/out.mp4", "is no folder"),
        ("x" * 300 + ".mp4", "too long"),
    ],
)
def test_targets_that_can_not_be(draw_clip: Any, tmp_path: Path, target: str, sentence: str) -> None:
    source = draw_clip()
    with pytest.raises(SinkError, match=sentence):
        convert_video(source, tmp_path / target, as_it_is)
    assert left_in(tmp_path) == {"clip.mp4"}


def test_a_read_only_folder(draw_clip: Any, tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(SinkError, match="read-only"):
        convert_video(draw_clip(), folder / "out.mp4", as_it_is)


def test_a_missing_folder_is_made(draw_clip: Any, tmp_path: Path) -> None:
    convert_video(draw_clip(), tmp_path / "new" / "out.mp4", as_it_is)
    assert left_in(tmp_path / "new") == {"out.mp4"}


# ---- sources that can not be, or hardly ------------------------------------------------------------------------------


def test_sources_that_can_not_be(draw_clip: Any, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("This is no video at all.\n" * 50)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(draw_clip("whole.mp4").read_bytes()[:1500])  # its index stood at its end
    sound = tmp_path / "sound.mka"
    with av.open(str(draw_clip("both.mkv", audio="aac"))) as clip, av.open(str(sound), "w", format="matroska") as out:
        stream = out.add_stream_from_template(clip.streams.audio[0])
        for packet in clip.demux(audio=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    still = draw_clip("still.png", codec="png", pix_fmt="rgb24", pts=[0], options={"update": "1"})
    before = left_in(tmp_path)
    for source in (tmp_path / "missing.mp4", tmp_path, text, empty, cut, sound, still):
        with pytest.raises(SourceError) as caught:
            convert_video(source, tmp_path / "out.mp4", as_it_is)
        assert source.name in str(caught.value)
        assert str(caught.value).endswith(".")
        assert left_in(tmp_path) == before


@pytest.mark.parametrize(("name", "options"), [("clip.mp4", {"movflags": "faststart"}), ("clip.mkv", {})])
def test_a_clip_that_was_cut_short_is_converted_as_far_as_it_goes(
    draw_clip: Any, look_into: Any, tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    source = draw_clip(
        name,
        pts=range(0, 512 * 100, 512),
        picture=lambda number, size_hw: numbered_noise(number),
        options=options,
    )
    whole = source.read_bytes()
    source.write_bytes(whole[: len(whole) // 2])
    report = convert_video(source, tmp_path / "out.mp4", as_it_is)
    assert 30 < report.frames < 70
    assert len(look_into(tmp_path / "out.mp4").times) == report.frames
    assert any("cut short: it ends after" in warning for warning in report.warnings)


def test_damage_in_the_middle_costs_only_what_is_damaged(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip(
        pts=range(0, 512 * 100, 512), picture=lambda number, size_hw: numbered_noise(number), audio="aac"
    )
    data = bytearray(source.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    source.write_bytes(data)
    report = convert_video(source, tmp_path / "out.mp4", as_it_is)
    assert 80 < report.frames <= 100
    assert len(look_into(tmp_path / "out.mp4").times) == report.frames
    assert any("is damaged" in warning for warning in report.warnings)


def test_names_that_ffmpeg_would_misread(draw_clip: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw_clip().rename(tmp_path / "http:clip %03d.mp4")
    monkeypatch.chdir(tmp_path)
    convert_video(Path("http:clip %03d.mp4"), Path("file:ünï %d.mp4"), as_it_is)
    assert left_in(tmp_path) == {"http:clip %03d.mp4", "file:ünï %d.mp4"}


# ---- options ---------------------------------------------------------------------------------------------------------


def test_encoders(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    source = draw_clip()
    for encoder, codec in (("libx264", "h264"), ("libx265", "hevc")):
        report = convert_video(source, tmp_path / f"{encoder}.mp4", as_it_is, ConvertOptions(encoder=encoder))
        assert report.encoder == encoder
        assert look_into(tmp_path / f"{encoder}.mp4").codecs["video"] == codec
    with pytest.raises(SinkError, match="There is no encoder 'h265': choose auto, libx264"):
        convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(encoder="h265"))
    with pytest.raises(SinkError, match="use libvpx-vp9"):
        convert_video(source, tmp_path / "out.webm", as_it_is, ConvertOptions(encoder="libx264"))
    with pytest.raises(SinkError, match="Quality goes from 0"):
        convert_video(source, tmp_path / "out.mp4", as_it_is, ConvertOptions(crf=99))


def test_an_encoder_that_does_not_open_gives_way_with_a_word(draw_clip: Any, tmp_path: Path) -> None:

    # Apple's, and Intel's without its graphics: one of the two is missing everywhere.
    absent = next(name for name in ("h264_videotoolbox", "h264_qsv") if why_not(name))
    report = convert_video(draw_clip(), tmp_path / "out.mp4", as_it_is, ConvertOptions(encoder=absent))
    assert report.encoder == "libx264"
    assert any(f"{absent} does not work on this machine" in warning for warning in report.warnings)


def test_tracks_of_data_are_told(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip("a.mov", metadata={"timecode": "01:00:00:00"})
    report = convert_video(source, tmp_path / "out.mov", as_it_is)
    (told,) = report.warnings
    assert told.startswith("A track of data (TimeCodeHandler) is left out: ")


def test_colours_that_are_dolbys_own_are_refused(draw_clip: Any, tmp_path: Path) -> None:
    source = draw_clip(codec="libx265", pix_fmt="yuv420p10le")
    plain = source.read_bytes()
    assert b"hev1" in plain
    source.write_bytes(plain.replace(b"hev1", b"dvh1"))
    with pytest.raises(SourceError, match="profile 5"):
        convert_video(source, tmp_path / "out.mp4", as_it_is)
    source.write_bytes(plain)
    assert convert_video(source, tmp_path / "out.mp4", as_it_is).frames == len(VFR)


def test_an_address_that_breaks_off_says_what_helps(draw_clip: Any, tmp_path: Path) -> None:
    content = draw_clip("clip.mkv").read_bytes()

    class Breaking(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) * 2 // 3])

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(SourceError, match=r"any further .*: download it") as told:
            convert_video(f"http://127.0.0.1:{server.server_port}/a.mkv", tmp_path / "out.mp4", as_it_is)
        server.shutdown()
    assert "disk" not in str(told.value)


def test_ten_bits(draw_clip: Any, look_into: Any, tmp_path: Path) -> None:
    for name, encoder in (("a.mp4", "libx265"), ("b.webm", "libsvtav1"), ("c.mp4", "auto"), ("d.webm", "auto")):
        options = ConvertOptions(bits=10, encoder=encoder, resume=encoder == "auto")
        convert_video(draw_clip(), tmp_path / name, as_it_is, options)
        with av.open(str(tmp_path / name)) as container:
            assert next(container.decode(video=0)).format.name == "yuv420p10le"


def test_an_encoder_that_keeps_no_transparency_gives_way_with_a_word(tmp_path: Path) -> None:
    glass = [Pillow.new("RGBA", (64, 48), (0, 0, 200 + n, 90)) for n in range(2)]
    glass[0].save(tmp_path / "glass.webp", save_all=True, append_images=glass[1:], lossless=True, exact=True)
    options = ConvertOptions(encoder="libx265", keep_alpha=True)
    report = convert_video(tmp_path / "glass.webp", tmp_path / "x.mkv", as_it_is, options)
    assert report.encoder == "libvpx-vp9"
    assert "Only libvpx-vp9 keeps transparency in this kind of file, so it is used in place of libx265." in (
        report.warnings
    )


@pytest.mark.parametrize("name", ["x.mp4", "x.mov", "x.mkv", "x.webm"])
@pytest.mark.parametrize("resume", [False, True])
def test_the_last_frame_is_shown_as_long_as_in_the_clip(tmp_path: Path, name: str, resume: bool) -> None:
    frames = [Pillow.effect_noise((64, 48), 40 + 20 * n).convert("RGB") for n in range(4)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=[100, 300, 100, 1700])
    convert_video(tmp_path / "a.gif", tmp_path / name, as_it_is, ConvertOptions(resume=resume))
    with av.open(str(tmp_path / name)) as container:
        assert container.duration == pytest.approx(2_200_000, abs=1000)
        shown = list(container.decode(video=0))
    assert [float(frame.pts * frame.time_base) for frame in shown] == pytest.approx([0, 0.1, 0.4, 0.5])


@pytest.mark.parametrize(
    "options",
    [{"batch": 0}, {"bits": 9}, {"scale": 0}, {"scale": float("nan")}, {"start_s": -1}, {"start_s": 2, "end_s": 2}],
)
def test_options_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(LivestyleError):
        ConvertOptions(**options)
