"""The sound of recordings, read back from their files: flashes and clicks that belong together stay together."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from threading import Semaphore

import av
import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.listening.steering import Steering
from livestyle.live.message import Picture
from livestyle.live.sink_thread import SinkThread
from livestyle.sinks.video import VideoSink
from livestyle.sound import RATE_HZ, Sound

SIZE_HW = (32, 32)
FRAME_S = 1 / 30
DARK, BRIGHT = (np.full((*SIZE_HW, 3), value, np.uint8) for value in (16, 255))


def sound(time_s: float, seconds: float = 0.02, clicks_s: Iterable[float] = (), level: float = 0.0) -> Sound:
    """A piece of sound, a hum of a level with a click of a millisecond at each of some times that lie in it."""
    times_s = time_s + np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = (level * np.sign(np.sin(2 * np.pi * 400 * times_s + 0.01))).astype(np.float32)
    for click_s in clicks_s:
        wave[(times_s >= click_s) & (times_s < click_s + 0.001)] = 0.9
    return Sound(np.stack((wave, wave), axis=1), time_s)


def heard_in(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """When each sample is heard, and how loud it is."""
    times_s, waves = [], []
    with av.open(str(path)) as file:
        for frame in file.decode(audio=0):
            wave = frame.to_ndarray() if frame.format.is_planar else frame.to_ndarray().reshape(-1, 2).T
            times_s.append(frame.time + np.arange(wave.shape[1]) / RATE_HZ)
            waves.append(np.abs(wave[0]))
    return np.concatenate(times_s), np.concatenate(waves)


def clicks_in(path: Path) -> list[float]:
    times_s, wave = heard_in(path)
    found = times_s[wave > 0.3]
    return [float(part[0]) for part in np.split(found, np.flatnonzero(np.diff(found) > 0.1) + 1) if len(part)]


def seen_in(path: Path) -> list[tuple[float, bool]]:
    """When each picture is shown, and whether it is bright."""
    with av.open(str(path)) as file:
        return [(frame.time, bool(frame.to_ndarray(format="gray").mean() > 128)) for frame in file.decode(video=0)]


def flashes_in(path: Path) -> list[float]:
    return [time_s for time_s, is_bright in seen_in(path) if is_bright]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm"])
def test_what_belongs_together_is_together_in_every_kind_of_file(tmp_path: Path, name: str) -> None:
    path, delay = tmp_path / name, 6
    with VideoSink(path, SIZE_HW, sound=True) as sink:
        for index in range(60 + delay):
            sink.hear(sound(5 + index * FRAME_S, FRAME_S, [6.0]))
            if index >= delay:
                time_s = 5 + (index - delay) * FRAME_S
                sink.write(Frame(BRIGHT if abs(time_s - 6) < 0.01 else DARK, time_s, index))
    assert flashes_in(path) == pytest.approx([1.0], abs=0.001)
    assert clicks_in(path) == pytest.approx([1.0], abs=0.002)
    with av.open(str(path)) as file:
        assert [stream.codec_context.name for stream in file.streams] == (
            ["h264", "aac"] if name in ("a.mp4", "a.mov") else ["vp9" if name == "a.webm" else "h264", "opus"]
        )


def test_sound_begins_and_ends_with_the_pictures(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mkv", SIZE_HW, sound=True) as sink:
        for index in range(100):
            sink.hear(sound(index * 0.02, level=0.5))
        for index in range(15):
            sink.write(Frame(DARK, 1 + index * FRAME_S, index))
    times_s, wave = heard_in(tmp_path / "a.mkv")
    assert times_s[0] == pytest.approx(0, abs=0.001)
    assert times_s[-1] == pytest.approx(0.5, abs=0.001)
    assert wave.mean() == pytest.approx(0.5, abs=0.1)


def test_where_nothing_is_heard_it_is_silent_and_goes_on_in_step(tmp_path: Path) -> None:
    """A microphone that is lost for two seconds: the pictures go on, and so does the file."""
    path = tmp_path / "a.mkv"
    with VideoSink(path, SIZE_HW, sound=True) as sink:
        for index in range(150):
            time_s = index * FRAME_S
            if not 1 <= time_s < 3:
                sink.hear(sound(time_s, FRAME_S, [4.0], level=0.2))
            sink.write(Frame(BRIGHT if index == 120 else DARK, time_s, index))
            if index == 80:
                with av.open(str(path) + ".part", format="matroska") as file:  # nothing waits for what is lost
                    assert max(packet.dts or 0 for packet in file.demux(video=0)) > 1600
    times_s, wave = heard_in(path)
    assert wave[(times_s > 1.1) & (times_s < 2.9)].max() < 0.01
    assert wave[(times_s > 3.1) & (times_s < 3.9)].mean() > 0.1
    assert clicks_in(path) == pytest.approx(flashes_in(path), abs=0.002)
    assert times_s[-1] == pytest.approx(5.0, abs=0.001)


def test_a_recording_without_any_sound_is_silent(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4", SIZE_HW, sound=True) as sink:
        for index in range(30):
            sink.write(Frame(DARK, index * FRAME_S, index))
    times_s, wave = heard_in(tmp_path / "a.mp4")
    assert wave.max() < 1e-4
    assert times_s[-1] == pytest.approx(1.0, abs=0.03)


def test_sound_that_overlaps_or_comes_too_late_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with VideoSink(path, SIZE_HW, sound=True) as sink:
        sink.write(Frame(DARK, 0.0, 0))
        sink.hear(sound(0.0, 1.0))
        sink.hear(sound(0.5, 1.0, [0.7, 1.2]))
        sink.write(Frame(DARK, 3.0, 1))
        sink.hear(sound(2.0, 0.1, [2.01]))
        sink.hear(sound(2.6, 0.1, [2.65]))
    assert clicks_in(path) == pytest.approx([1.2, 2.65], abs=0.002)


def test_pictures_that_do_not_come_do_not_hold_the_sound(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mkv", SIZE_HW, sound=True) as sink:
        for index in range(1000):
            sink.hear(sound(index * 0.02, clicks_s=[10.0]))
            if index in (0, 999):
                sink.write(Frame(DARK, index * 0.02, index))
            assert sink._sound is not None
            assert len(sink._sound._waiting) < 300
    assert clicks_in(tmp_path / "a.mkv") == pytest.approx([10.0], abs=0.002)


def test_without_sound_there_is_no_track(tmp_path: Path) -> None:
    with VideoSink(tmp_path / "a.mp4", SIZE_HW) as sink:
        sink.hear(sound(0.0))
        sink.write(Frame(DARK, 0.0, 0))
    assert not sink.wants.sound
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert [stream.type for stream in file.streams] == ["video"]


def test_sound_can_not_be_where_no_folder_is(tmp_path: Path) -> None:
    with pytest.raises(SinkError), VideoSink(tmp_path / "no" / "such" / "a.mp4", SIZE_HW, sound=True):
        pass


class Counting(VideoSink):
    """Says when a picture is written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SIZE_HW, sound=True)
        self.written = Semaphore(0)

    def write(self, frame: Frame) -> None:
        super().write(frame)
        self.written.release()


def test_flash_and_click_stay_together_though_painting_takes_its_time(tmp_path: Path) -> None:
    """Through the thread of a sink: pictures come 200 ms late and more, unevenly, and the card is off by 200 ppm."""
    rng = np.random.default_rng(0)
    marks_s = [10 + 2.5 * n for n in range(1, 5)]
    sink, ended = Counting(tmp_path / "a.mp4"), []
    thread = SinkThread(sink, lambda error, _: ended.append(error))
    thread.start()
    steering = Steering()
    count = 1024
    pieces_s = [10 + n * count / RATE_HZ / (1 + 200e-6) for n in range(round(13.5 * RATE_HZ / count))]
    taken = [10 + n * FRAME_S + float(rng.uniform(0, 0.005)) for n in range(390)]
    late = [(time_s + 0.2 + float(rng.exponential(0.03)), time_s) for time_s in taken]
    done_s, pictures = 0.0, []
    for arrives_s, time_s in late:
        done_s = max(done_s, arrives_s)
        pictures.append((done_s, time_s))
    while pictures:
        if pieces_s and pieces_s[0] + 0.03 < pictures[0][0]:
            time_s = pieces_s.pop(0)
            piece = sound(time_s, count / RATE_HZ, marks_s)
            heard = steering.hear(piece.samples, time_s + float(rng.exponential(0.004)))
            if heard is not None:
                thread.hear(heard)
        else:
            _, time_s = pictures.pop(0)
            is_bright = any(0 <= time_s - mark_s < FRAME_S for mark_s in marks_s)
            image = BRIGHT if is_bright else DARK
            thread.put(Picture(Frame(image, time_s, 0), image, is_painted=True))
            assert sink.written.acquire(timeout=20)
    thread.finish()
    assert thread.join(20)
    assert ended == [None]
    flashes, clicks = flashes_in(tmp_path / "a.mp4"), clicks_in(tmp_path / "a.mp4")
    assert len(flashes) == len(clicks) == 4
    # A flash is seen in the first picture that is taken after it.
    offsets_s = np.array(flashes) - np.array(clicks)
    assert offsets_s.min() > -0.02
    assert offsets_s.max() < FRAME_S + 0.02
    shown_s = [time_s for time_s, _ in seen_in(tmp_path / "a.mp4")]
    assert all(one < next_one for one, next_one in pairwise(shown_s))
    np.testing.assert_allclose(clicks, np.array(marks_s) - taken[0], atol=0.02)
