from __future__ import annotations

import base64
from http.client import IncompleteRead

import cv2
import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.gui import fetch
from livestyle.gui.fetch import fetch_picture

CARPET = np.random.default_rng(3).integers(0, 256, (31, 45, 3), dtype=np.uint8)


def address_of(data: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def test_the_picture_at_an_address_is_read() -> None:
    png = cv2.imencode(".png", CARPET[:, :, ::-1])[1].tobytes()
    np.testing.assert_array_equal(fetch_picture(address_of(png)), CARPET)


def test_an_address_without_a_picture_says_so() -> None:
    with pytest.raises(SourceError, match="gives no picture"):
        fetch_picture(address_of(b"hello"))


@pytest.mark.parametrize("error", [OSError("no route"), ValueError("odd address"), IncompleteRead(b"")])
def test_an_address_that_does_not_answer_says_so(monkeypatch, error) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(fetch, "urlopen", fail)
    with pytest.raises(SourceError, match=r"can't be fetched .*save it, and drop the file"):
        fetch_picture("https://example.org/carpet.png")
