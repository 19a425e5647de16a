"""Shows the show in browsers, OBS and VLC on this computer: JPEGs over HTTP, one after the other."""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socket import SHUT_RDWR, SO_SNDBUF, SOL_SOCKET, socket
from socketserver import ThreadingTCPServer
from threading import Condition, Lock, Thread
from urllib.parse import urlsplit

import numpy as np

from livestyle.errors import SinkError
from livestyle.frame import Frame, Image
from livestyle.sinks.picture_file import as_jpeg
from livestyle.sinks.sink import FrameSink, Wants

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORT = 8090
PORTS_TRIED = 20
SIZE_HW = (720, 1280)
RATE_FPS = 30.0

AGAIN_S = 1.0
"""A picture that stands still is sent again so often: so a client that has gone is noticed, and none gives up."""
PATIENCE_S = 10.0
"""A client that takes nothing for so long is let go."""
CLOSING_S = 5.0

_PORTS = 1 << 16
_BOUNDARY = "livestyle-picture"
_SEND_BUFFER_BYTES = 1 << 17
"""What a slow client may have waiting, about one picture: more would only be older."""

_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>livestyle</title>
<style>
html, body { margin: 0; height: 100%; background: #000; overflow: hidden }
img { width: 100%; height: 100%; object-fit: contain; display: block }
</style>
</head>
<body>
<img id="show" src="/stream.mjpg" alt="">
<script>
const show = document.getElementById("show")
let isThere = true
setInterval(async () => {
  const wasThere = isThere
  isThere = await fetch("/picture.jpg", { method: "HEAD" }).then(() => true, () => false)
  if (isThere && !wasThere) show.src = "/stream.mjpg?" + Date.now()
}, 1000)
</script>
</body>
</html>
"""

_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # No page of anybody else may show the picture.
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "default-src 'self' 'unsafe-inline'",
}


class MjpegSink(FrameSink):
    """A small web server for this computer alone: a page with the picture at `/`, `/stream.mjpg` and `/picture.jpg`.

    Any number of clients may look. Each gets the newest picture once it has taken the one before, so that none slows
    another, or the show. A picture is encoded at most once, and only if somebody looks.

    Args:
        port: Where to listen; where that is taken the next free one is used, and `seen_as` tells which. 0 for any.
        size_hw: Height and width in pixels.
        rate_fps: At most so many pictures a second.
    """

    name = "web page"

    def __init__(self, port: int = PORT, size_hw: tuple[int, int] = SIZE_HW, rate_fps: float = RATE_FPS) -> None:
        self.wants = Wants(size_hw, rate_fps)
        self.seen_as = f"http://{HOST}:{port}/"
        self._port = port
        self._frame: Frame | None = None
        self._newest = _Newest()
        self._server: _Server | None = None

    def open(self) -> None:
        """Begins to serve. Raises `SinkError` where no port is free."""
        self._newest = _Newest()
        self._server = _server(self._port, self._newest)
        self.seen_as = f"http://{HOST}:{self._server.port}/"
        self._server.begin()

    def write(self, frame: Frame) -> None:
        """Makes a picture the newest one."""
        before, self._frame = self._frame, frame
        # One that is repeated to keep the rate would be encoded again for nothing. A photo and its painting have one
        # index too.
        if before is None or before.index != frame.index or not np.array_equal(before.image, frame.image):
            self._newest.put(frame.image)

    def close(self, *, completed: bool = True) -> None:
        """Serves no more, and lets all clients go."""
        server, self._server, self._frame = self._server, None, None
        if server is not None:
            self._newest.end()
            server.end()


class _Shown:
    """A picture, as a JPEG once somebody asks for it."""

    def __init__(self, image: Image) -> None:
        self._image: Image | None = image
        self._jpeg = b""
        self._lock = Lock()

    @property
    def jpeg(self) -> bytes:
        with self._lock:
            if self._image is not None:
                self._jpeg, self._image = as_jpeg(self._image), None
            return self._jpeg


class _Newest:
    """The newest picture, and where to wait for the next."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._shown: _Shown | None = None
        self._has_ended = False

    @property
    def shown(self) -> _Shown | None:
        return self._shown

    def put(self, image: Image) -> None:
        with self._changed:
            self._shown = _Shown(image)
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def next(self, before: _Shown | None) -> _Shown | None:
        """Waits for the picture after another, but no longer than `AGAIN_S`, and for the first; None at the end."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._has_ended or self._shown is not before, None if before is None else AGAIN_S
            )
            return None if self._has_ended else self._shown


class _Server(ThreadingTCPServer):
    """Serves until it is ended. Not `HTTPServer`, which asks the network for this computer's name."""

    daemon_threads = True
    # On Windows it would let two programs have one port.
    allow_reuse_address = os.name == "posix"

    def __init__(self, port: int, newest: _Newest) -> None:
        super().__init__((HOST, port), _Handler)
        self.newest = newest
        self.port = int(self.socket.getsockname()[1])
        self.hosts = [f"{host}:{self.port}" for host in (HOST, "localhost")]
        self._thread = Thread(target=self.serve_forever, args=(0.1,), name="livestyle web page", daemon=True)
        # Guards what follows.
        self._changed = Condition()
        self._connections: set[socket] = set()
        self._has_ended = False

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Takes no more clients, and waits until those there are have been let go."""
        self.shutdown()
        self.server_close()
        with self._changed:
            self._has_ended = True
            for connection in self._connections:
                _wake(connection)
            self._changed.wait_for(lambda: not self._connections, CLOSING_S)

    def joined(self, connection: socket) -> None:
        with self._changed:
            self._connections.add(connection)
            if self._has_ended:
                _wake(connection)

    def left(self, connection: socket) -> None:
        with self._changed:
            self._connections.discard(connection)
            self._changed.notify_all()

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exception()
        if not isinstance(error, (ConnectionError, TimeoutError)):  # those have gone
            log.error("A client of the web page was lost", exc_info=error)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server
    server_version = "livestyle"
    sys_version = ""
    timeout = PATIENCE_S
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(SOL_SOCKET, SO_SNDBUF, _SEND_BUFFER_BYTES)
        self.server.joined(self.connection)

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.server.left(self.connection)

    def do_GET(self) -> None:
        # A page that has its own name lead here would have it in Host, and could read the picture.
        if self.headers.get_all("Host", []) not in [[host] for host in self.server.hosts]:
            self._answer(HTTPStatus.FORBIDDEN, "text/plain", f"The show is at http://{self.server.hosts[0]}/".encode())
            return
        match urlsplit(self.path).path:
            case "/":
                self._answer(HTTPStatus.OK, "text/html; charset=utf-8", _PAGE)
            case "/picture.jpg":
                shown = self.server.newest.shown
                if shown is None:
                    self._answer(HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"There is no picture yet.")
                else:
                    self._answer(HTTPStatus.OK, "image/jpeg", shown.jpeg)
            case "/stream.mjpg":
                self._stream()
            case _:
                self._answer(HTTPStatus.NOT_FOUND, "text/plain", b"There are /, /stream.mjpg and /picture.jpg.")

    def do_HEAD(self) -> None:
        self.do_GET()

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self._begin(status, {"Content-Type": kind, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self) -> None:
        self._begin(HTTPStatus.OK, {"Content-Type": f"multipart/x-mixed-replace; boundary={_BOUNDARY}"})
        if self.command == "HEAD":
            return
        # Browsers show a picture when they see the boundary after it, which so must not wait for the next one.
        boundary = f"--{_BOUNDARY}\r\n".encode()
        self.wfile.write(boundary)
        shown = None
        while (shown := self.server.newest.next(shown)) is not None:
            head = f"Content-Type: image/jpeg\r\nContent-Length: {len(shown.jpeg)}\r\n\r\n".encode()
            self.wfile.write(b"".join((head, shown.jpeg, b"\r\n", boundary)))

    def _begin(self, status: HTTPStatus, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, **_HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
        log.debug(format, *args)


def _server(port: int, newest: _Newest) -> _Server:
    """A server at a port, or at the next one that is free."""
    for tried in range(port, min(port + PORTS_TRIED, _PORTS)):
        try:
            return _Server(tried, newest)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SinkError(f"The web page can't be at port {tried} ({error.strerror}): choose another.") from error
    raise SinkError(f"No port from {port} on is free for the web page: close what else serves there.")


def _wake(connection: socket) -> None:
    """Ends what a thread does with a connection, reading or writing."""
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(SHUT_RDWR)
