from __future__ import annotations

import io
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Event, Thread

import av
import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame
from livestyle.sinks import stream
from livestyle.sinks.stream import StreamSink
from livestyle.sound import RATE_HZ, Sound

SIZE_HW = (72, 128)
FPS = 30
LONG_S = 20.0
START_S = 100.0


def frame(index: int, level: int, size_hw: tuple[int, int] = SIZE_HW) -> Frame:
    return Frame(np.full((*size_hw, 3), level, np.uint8), START_S + index / FPS, index)


def counted(count: int) -> Iterator[Frame]:
    """Frames that grow brighter by 2 each."""
    return (frame(index, 20 + 2 * index) for index in range(count))


def silence(start_s: float, duration_s: float) -> Sound:
    return Sound(np.zeros((round(duration_s * RATE_HZ), 2), np.float32), start_s)


class Receiver:
    """Somebody who listens: takes datagrams, and has them decoded."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.address = f"udp://127.0.0.1:{self._socket.getsockname()[1]}"
        self.datagrams: list[bytes] = []

    def receive(self) -> int:
        """Takes what has come; returns how many bytes it is."""
        before = len(self.datagrams)
        while True:
            try:
                self.datagrams.append(self._socket.recv(1 << 16))
            except BlockingIOError:
                return sum(map(len, self.datagrams[before:]))

    def pictures(self) -> tuple[list[float], list[np.ndarray]]:
        """The times and pictures of what has come."""
        with av.open(io.BytesIO(b"".join(self.datagrams)), format="mpegts") as clip:
            found = list(clip.decode(video=0))
        return [picture.time for picture in found], [picture.to_ndarray(format="rgb24") for picture in found]

    def sound(self) -> tuple[float, np.ndarray]:
        """The time of the first sample that has come, and all of them, as one channel."""
        with av.open(io.BytesIO(b"".join(self.datagrams)), format="mpegts") as clip:
            found = list(clip.decode(audio=0))
        return found[0].time, np.concatenate([piece.to_ndarray()[0] for piece in found])

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def send(receiver: Receiver, frames: Iterable[Frame]) -> None:
    with StreamSink(receiver.address, SIZE_HW) as sink:
        for picture in frames:
            sink.write(picture)
            receiver.receive()
    receiver.receive()


def test_pictures_arrive_in_order_at_their_times(receiver: Receiver) -> None:
    send(receiver, counted(90))
    times_s, images = receiver.pictures()
    assert np.subtract(times_s, times_s[0]) == pytest.approx(np.arange(90) / FPS, abs=1e-4)
    assert {image.shape for image in images} == {(*SIZE_HW, 3)}
    assert [image.mean() for image in images] == pytest.approx([20 + 2 * index for index in range(90)], abs=2)


def test_every_datagram_is_whole_packets(receiver: Receiver) -> None:
    send(receiver, counted(10))
    assert all(len(datagram) <= 1316 and len(datagram) % 188 == 0 for datagram in receiver.datagrams)


def test_the_colours_are_told(receiver: Receiver) -> None:
    send(receiver, counted(5))
    with av.open(io.BytesIO(b"".join(receiver.datagrams)), format="mpegts") as clip:
        next(clip.decode(video=0))
        context = clip.streams.video[0].codec_context
        assert (context.name, context.pix_fmt, context.color_range, context.colorspace) == ("h264", "yuv420p", 1, 1)


def test_a_picture_is_on_its_way_when_it_is_written(receiver: Receiver) -> None:
    """None waits for the next one, in the encoder or elsewhere."""
    with StreamSink(receiver.address, SIZE_HW) as sink:
        for index, picture in enumerate(counted(40)):
            sink.write(picture)
            receiver.receive()
            if index % 10 == 0:
                assert len(receiver.pictures()[0]) == index + 1


def test_a_picture_does_not_wait_for_its_sound_either(receiver: Receiver) -> None:
    with StreamSink(receiver.address, SIZE_HW, sound=True) as sink:
        for index, picture in enumerate(counted(40)):
            sink.hear(silence(picture.time_s + 0.2, 1 / FPS))
            sink.write(picture)
            receiver.receive()
            if index >= 20:
                assert len(receiver.pictures()[0]) == index + 1


def test_where_no_sound_comes_a_picture_waits_for_the_next_one_at_most(receiver: Receiver) -> None:
    with StreamSink(receiver.address, SIZE_HW, sound=True) as sink:
        for index, picture in enumerate(counted(60)):
            sink.write(picture)
            receiver.receive()
            if index >= 30:
                assert len(receiver.pictures()[0]) >= index


@pytest.mark.parametrize("painting_s", [0.0, 0.05, 0.3, 1.2])
def test_a_flash_is_seen_when_its_click_is_heard(receiver: Receiver, painting_s: float) -> None:
    """However long it takes to paint, and while pictures come unevenly."""
    moment_s = START_S + 2.0
    heard_s = START_S - 0.5
    with StreamSink(receiver.address, SIZE_HW, sound=True) as sink:
        for index in range(90):
            time_s = START_S + (index + (index % 3 == 1) * 0.4) / FPS
            while heard_s < time_s + painting_s:
                piece = silence(heard_s, 0.01)
                instants = heard_s + np.arange(len(piece.samples)) / RATE_HZ
                piece.samples[(instants >= moment_s) & (instants < moment_s + 0.03)] = 0.9
                sink.hear(piece)
                heard_s = piece.end_s
            sink.write(Frame(np.full((*SIZE_HW, 3), 255 if time_s >= moment_s else 0, np.uint8), time_s, index))
            receiver.receive()
    receiver.receive()
    times_s, images = receiver.pictures()
    flash_s = next(time_s for time_s, image in zip(times_s, images, strict=True) if image.mean() > 128)
    sound_s, samples = receiver.sound()
    click_s = sound_s + np.flatnonzero(np.abs(samples) > 0.4)[0] / RATE_HZ
    assert flash_s == pytest.approx(click_s, abs=0.02)


def test_who_comes_later_sees_it_within_a_second(receiver: Receiver) -> None:
    with StreamSink(receiver.address, SIZE_HW) as sink:
        for index, picture in enumerate(counted(100)):
            sink.write(picture)
            receiver.receive()
            if index == 45:
                receiver.datagrams.clear()
    _, images = receiver.pictures()
    assert images[-1].mean() == pytest.approx(20 + 2 * 99, abs=2)
    assert len(images) >= 100 - 46 - FPS


def test_ffmpeg_joins_a_stream_that_is_under_way() -> None:
    """As OBS and VLC do: by its address alone."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        address = f"udp://127.0.0.1:{free.getsockname()[1]}"
    found: list[float] = []
    has_seen = Event()

    def look() -> None:
        with av.open(address, timeout=LONG_S) as clip:
            for packet in clip.demux(video=0):
                # Before the first key picture there is nothing to be decoded.
                with suppress(av.InvalidDataError):
                    found.extend(picture.to_ndarray(format="rgb24").mean() for picture in packet.decode())
                if len(found) >= 20:
                    break
        has_seen.set()

    thread = Thread(target=look, daemon=True)
    thread.start()
    with StreamSink(address, SIZE_HW) as sink:
        # A little apart, lest they overrun who listens; it needs some to find out what is coming.
        for index in range(10_000):
            sink.write(frame(index, min(255, index // 2)))
            if has_seen.wait(0.002):
                break
    thread.join(LONG_S)
    assert len(found) >= 20
    assert found == sorted(found)


def test_no_picture_is_more_than_a_receiver_can_hold(receiver: Receiver) -> None:
    rng, sizes = np.random.default_rng(0), []
    with StreamSink(receiver.address) as sink:
        for index in range(4):
            noise = rng.integers(0, 255, (*stream.SIZE_HW, 3), np.uint8)
            sink.write(Frame(noise, index / FPS, index))
            sizes.append(receiver.receive())
    # How much one picture gets of it depends on how many threads the encoder has.
    assert sum(sizes) > 4 * 10_000
    assert max(sizes) < 200_000


def test_that_nobody_listens_is_no_failure(receiver: Receiver) -> None:
    receiver.close()
    sink = StreamSink(receiver.address, SIZE_HW)
    with sink:
        for picture in counted(10):
            sink.write(picture)
    sink.close()


def test_it_can_be_opened_again(receiver: Receiver) -> None:
    sink = StreamSink(receiver.address, SIZE_HW, sound=True)
    for _ in range(2):
        receiver.datagrams.clear()
        with sink:
            for picture in counted(5):
                sink.write(picture)
        receiver.receive()
        times_s, _ = receiver.pictures()
        assert len(times_s) == 5
        assert times_s[0] == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(
    "address", ["srt://127.0.0.1:5001?mode=listener", "rtmp://a/b", "udp://127.0.0.1", "udp://:x", "5000", ""]
)
def test_an_address_that_is_none_is_told(address: str) -> None:
    sink = StreamSink(address)
    reason = sink.why_not()
    assert reason is not None
    assert reason.startswith("A stream goes to an address like `udp://127.0.0.1:5000`")
    with pytest.raises(SinkError, match="A stream goes to an address like"):
        sink.open()


def test_a_good_address_is_one() -> None:
    assert StreamSink().why_not() is None
    assert StreamSink("udp://239.0.0.1:5000?ttl=2").why_not() is None


def test_that_there_is_no_encoder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "why_not", lambda _: "this build of FFmpeg is without it")
    assert StreamSink().why_not() == (
        "H.264 can't be encoded here (this build of FFmpeg is without it): install another build of PyAV."
    )


def test_a_network_that_is_not_there_is_told() -> None:
    sink = StreamSink("udp://127.0.0.1:5000?localaddr=192.0.2.1", SIZE_HW)
    with pytest.raises(SinkError, match=r"Nothing can be sent to udp://.* \(.+\): check the address and the network"):
        sink.open()
    sink.close()
