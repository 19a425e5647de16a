from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from livestyle.errors import SourceError
from livestyle.sources.decode import decoded, frame_to_rgb, open_video, video_stream_of


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., Path]:
    """An animation of three frames; its left half is transparent, with blue under it."""

    def draw(suffix: str, **options: object) -> Path:
        frames = []
        for level in (40, 120, 200):
            image = np.zeros((23, 33, 4), np.uint8)
            image[..., 2], image[:, 16:] = 255, (level, level, level, 255)
            frames.append(Pillow.fromarray(image))
        path = tmp_path / f"10:30, moves.{suffix}"
        kind = "png" if suffix == "apng" else suffix
        frames[0].save(path, kind, save_all=True, append_images=frames[1:], duration=[40, 200, 80], **options)
        return path

    return draw


@pytest.mark.parametrize(
    ("suffix", "options"),
    [("webp", {"lossless": True, "exact": True}), ("apng", {}), ("png", {}), ("gif", {"disposal": 2}), ("avif", {})],
)
def test_a_picture_that_moves_is_a_clip(draw: Callable[..., Path], suffix: str, options: dict[str, object]) -> None:
    path = draw(suffix, **options)
    with open_video(path) as container:
        stream = video_stream_of(container, path.name)
        assert container.duration == 320_000
        frames = list(decoded(container.demux(stream), stream))
    assert [(round(f.time * 1000), round(f.duration * f.time_base * 1000)) for f in frames] == [
        (0, 40),
        (40, 200),
        (240, 80),
    ]
    for frame, level in zip(frames, (40, 120, 200), strict=True):
        image = frame_to_rgb(frame).astype(int)
        assert (image[:, :12] >= 250).all()
        assert np.abs(image[:, 20:] - level).max() <= 12


def test_the_still_that_stands_in_for_an_apng_is_not_part_of_it(draw: Callable[..., Path]) -> None:
    path = draw("apng", default_image=True)
    with open_video(path) as container:
        frames = list(container.decode(video=0))
    assert [int(frame_to_rgb(frame)[10, 30, 0]) for frame in frames] == [120, 200]


@pytest.mark.parametrize("suffix", ["apng", "png"])
def test_a_damaged_one_is_told_in_a_sentence(draw: Callable[..., Path], suffix: str) -> None:
    path = draw(suffix)
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(SourceError, match=rf"moves\.{suffix} can't be read"):
        open_video(path)
