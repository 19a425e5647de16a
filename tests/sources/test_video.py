from __future__ import annotations

import gc
import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest
from av.container import InputContainer
from av.video.frame import VideoFrame

from livestyle.errors import SourceError
from livestyle.sources import address, video
from livestyle.sources.decode import open_video
from livestyle.sources.video import VideoSource

PATIENCE_S = 10.0


def test_every_frame_comes_once_with_its_time(make_clip, number_of) -> None:
    with VideoSource(make_clip(frames=6, rate=25)) as source:
        frames = list(source)
    assert [number_of(f.image) for f in frames] == [0, 1, 2, 3, 4, 5]
    assert [f.index for f in frames] == [0, 1, 2, 3, 4, 5]
    assert [f.time_s for f in frames] == pytest.approx([n / 25 for n in range(6)])
    assert {f.image.shape for f in frames} == {(48, 64, 3)}
    assert source.name == "clip.mp4"
    assert not source.is_live


def test_variable_rates_keep_their_times(make_clip) -> None:
    pts_ms = [0, 30, 200, 210, 800, 1000]
    with VideoSource(make_clip("vfr.mkv", pts_ms=pts_ms)) as source:
        assert [f.time_s for f in source] == pytest.approx([p / 1000 for p in pts_ms])


def test_times_start_at_zero_wherever_the_file_starts(make_clip) -> None:
    with VideoSource(make_clip("late.mkv", frames=3, pts_ms=[5000, 5040, 5080])) as source:
        assert [f.time_s for f in source] == pytest.approx([0, 0.04, 0.08])


@pytest.mark.parametrize(("rotation", "size_hw"), [(90, (97, 63)), (0, (63, 97))])
def test_odd_and_turned_clips(make_clip, rotation: int, size_hw: tuple[int, int]) -> None:
    clip = make_clip(hw=(63, 97), pix_fmt="yuv444p", rotation=rotation, frames=2)
    with VideoSource(clip) as source:
        frames = list(source)
    assert all(f.image.shape == (*size_hw, 3) for f in frames)


def test_frames_own_their_pixels(make_clip, number_of) -> None:
    with VideoSource(make_clip()) as source:
        frames = list(source)
    frames[0].image[:] = 0
    assert number_of(frames[1].image) == 1


def test_a_loop_goes_on_where_it_ended(make_clip, number_of) -> None:
    with VideoSource(make_clip(frames=3, rate=25), loop=True) as source:
        frames = list(islice(source, 7))
    assert [number_of(f.image) for f in frames] == [0, 1, 2, 0, 1, 2, 0]
    assert [f.time_s for f in frames] == pytest.approx([n / 25 for n in range(7)])
    assert [f.index for f in frames] == list(range(7))


def test_nothing_waits_in_memory_for_python_to_look_for_cycles(make_clip) -> None:
    def play() -> None:
        with VideoSource(make_clip(frames=3), loop=True) as source:
            list(islice(source, 30))

    def frames() -> int:
        return sum(type(each) is VideoFrame for each in gc.get_objects())

    play()
    gc.collect()
    gc.disable()
    try:
        before = frames()
        play()
        assert frames() - before <= 1
    finally:
        gc.enable()


def test_what_is_left_of_a_cut_file_is_shown(make_clip) -> None:
    clip = make_clip("cut.mkv", frames=40, hw=(96, 128))
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    with VideoSource(clip) as source:
        assert 5 < len(list(source)) < 40


def test_a_damaged_packet_does_not_end_a_file(make_clip) -> None:
    clip = make_clip("damaged.ts", frames=30, hw=(96, 128))
    data = bytearray(clip.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 300] = bytes(300)
    clip.write_bytes(bytes(data))
    with VideoSource(clip) as source:
        frames = list(source)
    assert len(frames) > 15
    assert all(later.time_s > earlier.time_s for earlier, later in pairwise(frames))


@pytest.mark.parametrize("name", ["none.mp4", "text.mp4"])
def test_what_is_no_video_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.mp4").write_text("dear diary\n" * 100)
    with pytest.raises(SourceError, match=name):
        VideoSource(tmp_path / name).open()


def test_a_header_without_frames_is_told_in_a_sentence(make_clip) -> None:
    clip = make_clip("head.mkv")
    data = clip.read_bytes()
    clip.write_bytes(data[: data.index(b"\x1f\x43\xb6\x75")])  # up to the first cluster
    with pytest.raises(SourceError, match=r"head\.mkv"):
        VideoSource(clip).open()


def test_a_live_file_plays_to_its_end(make_clip) -> None:
    with VideoSource(make_clip(frames=6, rate=100), live=True) as source:
        frames = list(source)
    assert source.is_live
    assert frames[0].index == 0
    assert all(later.index > earlier.index for earlier, later in pairwise(frames))
    assert all(f.time_s == pytest.approx(f.index / 100) for f in frames)


def test_a_live_file_leaves_out_what_is_late(make_clip, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [10.0]
    monkeypatch.setattr(video.time, "monotonic", lambda: now_s[0])
    with VideoSource(make_clip(frames=20, rate=25), live=True) as source:
        assert source._guarded is not None
        monkeypatch.setattr(source._guarded.closed, "wait", lambda wait_s: now_s.__setitem__(0, now_s[0] + wait_s))
        frames = iter(source)
        assert [next(frames).index for _ in range(3)] == [0, 1, 2]
        now_s[0] += 0.2
        assert next(frames).index > 4


def test_closing_from_another_thread_ends_the_iteration(make_clip) -> None:
    source = VideoSource(make_clip(frames=3, rate=1), live=True, loop=True)
    with source:
        frames = iter(source)
        next(frames)
        threading.Timer(0.05, source.close).start()
        assert list(frames) == []


def test_a_closed_source_opens_again_from_the_start(make_clip, number_of) -> None:
    source = VideoSource(make_clip())
    for _ in range(2):
        with source:
            source.open()  # does nothing
            assert [number_of(f.image) for f in islice(source, 2)] == [0, 1]
    assert list(source) == []


def test_an_unopened_source_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="not open"):
        next(iter(VideoSource(tmp_path / "clip.mp4")))


@contextmanager
def sending(data: bytes) -> Iterator[str]:
    """An address whose host sends some bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://user:secret@127.0.0.1:{server.getsockname()[1]}"
        thread.join(PATIENCE_S)


def test_a_stream_without_end_is_live(make_clip, number_of) -> None:
    clip = make_clip("clip.ts", frames=30, codec="mpeg2video")
    with sending(clip.read_bytes()) as address, VideoSource(address) as source:
        assert source.is_live
        frames = list(source)
    assert len(frames) > 20
    assert number_of(frames[5].image) == 5
    assert all(later.time_s >= earlier.time_s for earlier, later in pairwise(frames))
    assert "secret" not in source.name


def test_a_clip_from_a_web_server_is_no_stream(make_clip) -> None:
    clip = make_clip(frames=4)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(clip.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with VideoSource(f"http://127.0.0.1:{server.server_port}/clip.mp4") as source:
                assert not source.is_live
                assert len(list(source)) == 4
            with pytest.raises(SourceError, match=r"none\.mp4"):
                VideoSource(f"http://127.0.0.1:{server.server_port}/none.mp4").open()
        finally:
            server.shutdown()


def test_a_silent_host_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (video, address):
        monkeypatch.setattr(module, "SILENCE_LIMIT_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(SourceError, match=f"rtsp://127.0.0.1:{port}/cam doesn't answer|sends no video"):
            VideoSource(f"rtsp://user:secret@127.0.0.1:{port}/cam?key=1").open()


def test_a_call_that_never_returns_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(video, "SILENCE_LIMIT_S", -0.9)
    monkeypatch.setattr(video, "open_address", lambda address: hanging.wait(PATIENCE_S))
    with pytest.raises(SourceError, match="doesn't answer"):
        VideoSource("http://host/live").open()
    hanging.set()


def test_a_refused_address_is_told_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(SourceError, match="doesn't answer: check the address"):
        VideoSource(f"http://127.0.0.1:{port}/clip.mp4").open()


def test_an_unknown_kind_of_address_is_told_in_a_sentence() -> None:
    with pytest.raises(SourceError, match="gopher9:// is no kind of address"):
        VideoSource("gopher9://host/x").open()


def test_a_size_that_changes_midway_is_scaled_to_the_first(make_clip) -> None:
    small, large = make_clip("a.ts", codec="mpeg2video"), make_clip("b.ts", hw=(96, 128), codec="mpeg2video")
    both = small.parent / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    with VideoSource(both) as source:
        frames = list(source)
    assert len(frames) > 8
    assert {f.image.shape for f in frames} == {(48, 64, 3)}


def test_pyav_is_quiet(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(4000))
    with pytest.raises(SourceError):
        VideoSource(tmp_path / "noise.mp4").open()
    assert capfd.readouterr().err == ""


def test_a_loop_does_not_open_the_file_anew_for_every_round(make_clip, number_of, monkeypatch) -> None:
    opened: list[Path] = []

    def open_counted(path: Path) -> InputContainer:
        opened.append(path)
        return open_video(path)

    monkeypatch.setattr(video, "open_video", open_counted)
    with VideoSource(make_clip(frames=3, rate=25), loop=True) as source:
        frames = list(islice(source, 9))
    assert [number_of(frame.image) for frame in frames] == [0, 1, 2] * 3
    assert len(opened) == 1


def test_a_video_that_can_not_be_wound_back_is_opened_anew(make_clip, number_of, monkeypatch) -> None:
    monkeypatch.setattr(video._Reader, "_rewound", lambda self: False)
    with VideoSource(make_clip(frames=3, rate=25), loop=True) as source:
        frames = list(islice(source, 9))
    assert [number_of(frame.image) for frame in frames] == [0, 1, 2] * 3
    assert [frame.time_s for frame in frames] == pytest.approx([index / 25 for index in range(9)])
