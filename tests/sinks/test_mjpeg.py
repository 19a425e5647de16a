from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import av
import cv2
import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.frame import Frame, Image
from livestyle.sinks import mjpeg
from livestyle.sinks.mjpeg import MjpegSink

LONG_S = 20.0
SIZE_HW = (48, 64)

Ask = Callable[..., HTTPResponse]


def frame(index: int, size_hw: tuple[int, int] = SIZE_HW) -> Frame:
    """A picture as bright as its number, and noisy in its lower half, so that its JPEG is large."""
    image = np.full((*size_hw, 3), index, np.uint8)
    half = size_hw[0] // 2
    image[half:] = np.random.default_rng(index).integers(0, 255, (size_hw[0] - half, size_hw[1], 3), np.uint8)
    return Frame(image, index / 30, index)


def number(jpeg: bytes) -> int:
    """The index of the frame that a JPEG was made from."""
    image = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
    return round(float(image[: image.shape[0] // 3].mean()))


def next_picture(stream: HTTPResponse) -> bytes:
    """Reads the next JPEG of a stream, boundary and all."""
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        headers[name] = value.strip()
    return stream.read(int(headers[b"Content-Length"])) + stream.read(2)


@pytest.fixture
def sink() -> Iterator[MjpegSink]:
    with MjpegSink(0, SIZE_HW) as sink:
        yield sink


@pytest.fixture
def ask(sink: MjpegSink) -> Iterator[Ask]:
    connections = []

    def ask(path: str, method: str = "GET", host: str | None = None) -> HTTPResponse:
        connection = HTTPConnection(urlsplit(sink.seen_as).netloc, timeout=LONG_S)
        connections.append(connection)
        connection.request(method, path, headers={} if host is None else {"Host": host})
        return connection.getresponse()

    yield ask
    for connection in connections:
        connection.close()


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every picture that is encoded."""
    brightness: list[int] = []
    as_jpeg = mjpeg.as_jpeg

    def counting(image: Image) -> bytes:
        brightness.append(int(image[0, 0, 0]))
        return as_jpeg(image)

    monkeypatch.setattr(mjpeg, "as_jpeg", counting)
    return brightness


def test_the_page_shows_the_stream(ask: Ask) -> None:
    page = ask("/")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b'<img id="show" src="/stream.mjpg"' in page.read()


def test_a_client_that_keeps_up_gets_every_picture_in_order(sink: MjpegSink, ask: Ask) -> None:
    stream = ask("/stream.mjpg")
    assert stream.headers["Content-Type"].startswith("multipart/x-mixed-replace; boundary=")
    found = []
    for index in range(10, 200, 10):
        sink.write(frame(index))
        found.append(number(next_picture(stream)))
    assert found == pytest.approx(list(range(10, 200, 10)), abs=2)


def test_ffmpeg_reads_the_stream(sink: MjpegSink, ask: Ask) -> None:
    """And so do OBS and VLC."""
    stream = ask("/stream.mjpg")
    data = b""
    for index in (50, 100, 150):
        sink.write(frame(index))
        boundary, kind, length, empty = (stream.readline() for _ in range(4))
        data += boundary + kind + length + empty + stream.read(int(length.split()[1])) + stream.read(2)
    with av.open(io.BytesIO(data), format="mpjpeg") as clip:
        images = [picture.to_ndarray(format="rgb24") for picture in clip.decode(video=0)]
    assert [image.shape[:2] for image in images] == [SIZE_HW] * 3
    assert [image[:16].mean() for image in images] == pytest.approx([50, 100, 150], abs=2)


def test_the_newest_picture_alone(sink: MjpegSink, ask: Ask) -> None:
    none_yet = ask("/picture.jpg")
    assert (none_yet.status, none_yet.read()) == (503, b"There is no picture yet.")
    sink.write(frame(60))
    sink.write(frame(120))
    picture = ask("/picture.jpg")
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/jpeg")
    assert number(picture.read()) == pytest.approx(120, abs=2)


def test_a_slow_client_gets_the_newest_and_slows_nobody() -> None:
    count, size_hw = 40, (480, 640)
    with MjpegSink(0, size_hw) as sink:
        address = urlsplit(sink.seen_as)
        fast, slow = (HTTPConnection(address.netloc, timeout=LONG_S) for _ in range(2))
        slow.sock = socket.socket()
        slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sock.settimeout(LONG_S)
        slow.sock.connect((address.hostname, address.port))
        streams = []
        for connection in (fast, slow):
            connection.request("GET", "/stream.mjpg")
            streams.append(connection.getresponse())
        seen = []
        for index in range(count):
            sink.write(frame(5 * index, size_hw))
            seen.append(number(next_picture(streams[0])) / 5)
        assert seen == pytest.approx(range(count), abs=0.5)
        late = []
        while not late or late[-1] < 5 * (count - 1) - 2:
            late.append(number(next_picture(streams[1])))
        assert late == sorted(late)
        assert len(late) < count / 2
        fast.close()
        slow.close()


def test_nothing_is_encoded_while_nobody_looks(sink: MjpegSink, ask: Ask, encoded: list[int]) -> None:
    for index in range(5):
        sink.write(frame(index))
    assert encoded == []
    assert ask("/picture.jpg", "HEAD").status == 200
    ask("/picture.jpg").read()
    assert encoded == [4]


def test_a_picture_is_encoded_once_for_all(sink: MjpegSink, ask: Ask, encoded: list[int]) -> None:
    streams = [ask("/stream.mjpg") for _ in range(3)]
    for index in (1, 2):
        sink.write(frame(index))
        pictures = [next_picture(stream) for stream in streams]
        assert pictures[0] == pictures[1] == pictures[2]
    assert encoded == [1, 2]


def test_a_picture_that_is_repeated_is_the_same_one(sink: MjpegSink, ask: Ask, encoded: list[int]) -> None:
    for time_s in (1.0, 1.1):
        sink.write(Frame(np.full((*SIZE_HW, 3), 7, np.uint8), time_s, 3))
        ask("/picture.jpg").read()
    assert encoded == [7]


def test_a_painting_takes_the_place_of_its_photo(sink: MjpegSink, ask: Ask) -> None:
    """Both have the same index."""
    sink.write(Frame(np.full((*SIZE_HW, 3), 50, np.uint8), 1.0, 0))
    sink.write(Frame(np.full((*SIZE_HW, 3), 150, np.uint8), 1.1, 0))
    assert number(ask("/picture.jpg").read()) == pytest.approx(150, abs=2)


def test_a_picture_that_stands_still_is_sent_again(
    sink: MjpegSink, ask: Ask, monkeypatch: pytest.MonkeyPatch, encoded: list[int]
) -> None:
    monkeypatch.setattr(mjpeg, "AGAIN_S", 0.001)
    stream = ask("/stream.mjpg")
    sink.write(frame(1))
    assert next_picture(stream) == next_picture(stream) == next_picture(stream)
    assert encoded == [1]


@pytest.mark.parametrize("path", ["/", "/picture.jpg", "/stream.mjpg", "/nothing"])
def test_head_gives_the_headers_of_get(sink: MjpegSink, ask: Ask, path: str) -> None:
    sink.write(frame(1))
    head, get = ask(path, "HEAD"), ask(path)
    assert head.status == get.status == (404 if path == "/nothing" else 200)
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.read() == b""


@pytest.mark.parametrize("path", ["/", "/picture.jpg", "/stream.mjpg"])
def test_no_page_of_others_can_read_the_show(sink: MjpegSink, ask: Ask, path: str) -> None:
    """Neither one whose name leads to this computer, nor one that asks for what is here."""
    sink.write(frame(1))
    assert ask(path, host="evil.example").status == 403
    port = urlsplit(sink.seen_as).port
    assert ask(path, host=f"evil.example:{port}").status == 403
    answer = ask(path, host=f"localhost:{port}")
    assert answer.status == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_request_without_a_host_is_refused(sink: MjpegSink) -> None:
    address = urlsplit(sink.seen_as)
    with socket.create_connection((address.hostname or "", address.port or 0), LONG_S) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in connection.makefile("rb").readline()


def test_only_this_computer_is_served(sink: MjpegSink) -> None:
    assert urlsplit(sink.seen_as).hostname == "127.0.0.1"


def test_where_the_port_is_taken_the_next_is_used_and_told() -> None:
    with MjpegSink(0) as first:
        port = urlsplit(first.seen_as).port
        assert port is not None
        with MjpegSink(port) as second:
            taken = urlsplit(second.seen_as).port
            assert taken is not None
            assert port < taken < port + mjpeg.PORTS_TRIED
            connection = HTTPConnection("127.0.0.1", taken, timeout=LONG_S)
            connection.request("HEAD", "/")
            assert connection.getresponse().status == 200
            connection.close()


def test_that_no_port_is_free_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mjpeg, "PORTS_TRIED", 1)
    with MjpegSink(0) as first:
        port = urlsplit(first.seen_as).port
        assert port is not None
        with pytest.raises(SinkError, match=f"No port from {port} on is free"), MjpegSink(port):
            pass


def test_closing_lets_all_clients_go_at_once() -> None:
    """One that looks, one that takes nothing, and one that has not asked for anything yet."""
    size_hw = (720, 1280)
    sink = MjpegSink(0, size_hw)
    sink.open()
    netloc = urlsplit(sink.seen_as).netloc
    looking, stuck, silent = (HTTPConnection(netloc, timeout=LONG_S) for _ in range(3))
    for connection in (looking, stuck, silent):
        connection.connect()
    for connection in (looking, stuck):
        connection.request("GET", "/stream.mjpg")
    streams = [connection.getresponse() for connection in (looking, stuck)]
    for index in range(20):
        sink.write(frame(index, size_hw))
        next_picture(streams[0])
    start_s = time.monotonic()
    sink.close()
    assert time.monotonic() - start_s < mjpeg.CLOSING_S
    assert streams[0].read().startswith(b"--")
    assert silent.sock.recv(1) == b""
    sink.close()
    for connection in (looking, stuck, silent):
        connection.close()


def test_it_can_be_opened_again() -> None:
    sink = MjpegSink(0, SIZE_HW)
    for _ in range(2):
        with sink:
            connection = HTTPConnection(urlsplit(sink.seen_as).netloc, timeout=LONG_S)
            connection.request("GET", "/picture.jpg")
            assert connection.getresponse().status == 503
            sink.write(frame(5))
            connection.close()
