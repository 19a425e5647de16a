from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from livestyle.errors import SourceError
from livestyle.sources.address import is_address, open_address
from livestyle.sources.decode import open_video, video_stream_of


@pytest.fixture
def host(make_clip) -> Iterator[str]:
    """A web server whose paths say what it answers: /404, /page, /clip.mp4."""
    clip = make_clip(frames=3).read_bytes()

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            what = self.path.strip("/").partition("?")[0]
            body, kind = {
                "page": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html; charset=utf-8"),
                "bare": (b"  <html><body>Sign in</body></html>", "application/octet-stream"),
                "noise": (bytes(range(256)) * 40, "video/mp4"),
                "clip.mp4": (clip, "video/mp4"),
            }.get(what, (b"", "text/plain"))
            self.send_response(int(what) if what.isdecimal() else 200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("401", "asks for a user and a password"),
        ("403", "may not be read"),
        ("404", "There is nothing at"),
        ("410", "refuses"),
        ("429", "too often"),
        ("503", "an error of its own"),
        ("page", "is a web page and no video"),
        ("bare", "is a web page and no video"),
        ("noise", "sends no video"),
    ],
)
def test_what_a_host_answers_is_said(host: str, path: str, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        open_address(f"http://{host}/{path}?key=secret")
    assert f"http://{host}/{path}" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_clip_at_an_address_is_opened_as_a_file_is(host: str) -> None:
    with open_video(f"http://{host}/clip.mp4") as container:
        assert video_stream_of(container, "clip").frames == 3


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("http://a/b", True), ("RTSP://a", True), ("file:///a", False), ("C:\\a", False), ("a//b:c", False)],
)
def test_what_is_an_address(text: str, is_one: bool) -> None:
    assert is_address(text) == is_one
    assert not is_address(str(Path(text)) if not is_one else "./" + text)
