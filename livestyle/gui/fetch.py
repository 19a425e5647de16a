"""Pictures from the web."""

from __future__ import annotations

from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from livestyle.errors import SourceError
from livestyle.frame import Image

TIMEOUT_S = 15.0
MOST_BYTES = 100_000_000


def fetch_picture(address: str) -> Image:
    """The picture at a web address, RGB uint8 (H, W, 3). To be called in a thread.

    Raises:
        SourceError: Nothing is there, or no picture.
    """
    from livestyle.sources.pictures import read_picture

    try:
        # Many sites have no answer for a client without a name.
        with urlopen(Request(address, headers={"User-Agent": "livestyle"}), timeout=TIMEOUT_S) as answer:
            data = answer.read(MOST_BYTES)
    except (OSError, ValueError, HTTPException) as error:
        raise SourceError(f"The picture can't be fetched ({error}): save it, and drop the file.") from error
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(data)
        try:
            return read_picture(path)
        except SourceError as error:
            raise SourceError("That address gives no picture: save the picture, and drop the file.") from error
