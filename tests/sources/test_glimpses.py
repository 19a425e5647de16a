from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.sources.glimpses import glimpses


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Eight seconds at 10 frames a second that get brighter, with a key frame each second."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.gop_size = 64, 48, 10
        for i in range(80):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 3 * i, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def test_frames_come_from_all_over_the_film(film: Path) -> None:
    seen = glimpses(film, 4)
    assert [image.shape for image in seen] == [(48, 64, 3)] * 4
    brightness = [float(image.mean()) for image in seen]
    assert np.allclose(brightness, [0, 60, 120, 180], atol=35)
    assert brightness == sorted(brightness)


def test_none_comes_twice(film: Path) -> None:
    seen = [image.tobytes() for image in glimpses(film, 40)]
    assert len(set(seen)) == len(seen) < 40


def test_what_is_no_film_is_told(tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_text("nothing")
    with pytest.raises(SourceError):
        glimpses(tmp_path / "no.mp4", 3)
