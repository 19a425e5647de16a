from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from livestyle.errors import SourceError
from livestyle.sources.decode import decoded, frame_to_rgb, open_video, video_stream_of


@pytest.fixture
def animation(tmp_path: Path) -> Path:
    """A WebP of three frames; the left half is transparent, with blue under it."""
    frames = []
    for level in (40, 120, 200):
        image = np.zeros((24, 32, 4), np.uint8)
        image[..., 2], image[:, 16:] = 255, (level, level, level, 255)
        frames.append(Pillow.fromarray(image))
    path = tmp_path / "10:30, moves.webp"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[40, 200, 80], lossless=True, exact=True)
    return path


def test_a_webp_that_moves_is_a_clip(animation: Path) -> None:
    with open_video(animation) as container:
        stream = video_stream_of(container, animation.name)
        frames = list(decoded(container.demux(stream), stream))
    assert [round(frame.time * 1000) for frame in frames] == [0, 40, 240]
    for frame, level in zip(frames, (40, 120, 200), strict=True):
        image = frame_to_rgb(frame).astype(int)
        assert (image[:, :16] == 255).all()
        assert np.abs(image[:, 16:] - level).max() <= 2


def test_a_damaged_one_is_told_in_a_sentence(animation: Path) -> None:
    animation.write_bytes(animation.read_bytes()[:60])
    with pytest.raises(SourceError, match=r"moves\.webp can't be read"):
        open_video(animation)
