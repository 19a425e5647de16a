from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from livestyle.errors import SourceError, TrainingError
from livestyle.evaluation.clips import KNOWN, Clip, known_clips, read_clip
from livestyle.evaluation.picture import NamedPicture, as_tensor
from livestyle.frame import Frame, Image
from livestyle.sinks.video import VideoSink
from livestyle.stylizer.stylizer import Images
from livestyle.training import metrics

Draw = Callable[..., NamedPicture]


def steadiness(clip: Clip, painted: Images) -> dict[str, float]:
    return metrics.steadiness(as_tensor(clip.frames), as_tensor(painted), clip.grids, clip.valid)


def texture(height: int, width: int) -> Image:
    coarse = np.random.default_rng(0).integers(40, 216, (height // 6, width // 6, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def write_clip(path: Path, images: list[Image]) -> None:
    with VideoSink(path, images[0].shape[:2]) as sink:
        for i, image in enumerate(images):
            sink.write(Frame(image, i / 25, i))


def test_known_flows_are_the_flows(draw: Draw) -> None:
    clips = {clip.name: clip for clip in known_clips(draw(0, 96, 128), frames=4)}
    assert set(clips) == set(KNOWN)
    for name, clip in clips.items():
        assert clip.frames.shape == (4, 76, 100, 3)
        error = steadiness(clip, clip.frames)["error"]
        wrong = metrics.warping_error(as_tensor(clip.frames), clip.grids.flip(1), clip.valid)
        assert error < wrong
        assert error < 0.004 if "clean" in name else 0.01 < error < 0.03


def test_a_clip_that_stands_still_shows_its_noise_only(draw: Draw) -> None:
    still = next(clip for clip in known_clips(draw(0), frames=3) if clip.name.startswith("still"))
    assert steadiness(still, still.frames)["error"] == pytest.approx(2**0.5 * 3 / 255, rel=0.1)


def test_what_a_painting_does_to_a_clip(draw: Draw) -> None:
    clip = known_clips(draw(0), frames=3)[0]
    frozen = np.repeat(clip.frames[:1], 3, axis=0)
    blurred = np.stack([cv2.GaussianBlur(frame, (0, 0), 3) for frame in clip.frames])
    same = steadiness(clip, clip.frames)
    assert (same["times"], same["sharpness"]) == pytest.approx((1, 1))
    assert steadiness(clip, frozen)["times"] == pytest.approx(0, abs=1e-3)
    assert steadiness(clip, blurred)["times"] < 0.5
    assert steadiness(clip, blurred)["sharpness"] < 0.5


def test_the_flow_of_a_video_is_found(tmp_path: Path) -> None:
    wide = texture(96, 160)
    write_clip(tmp_path / "clip.mp4", [wide[:, 3 * t : 3 * t + 128] for t in range(4)])
    clip = read_clip(tmp_path / "clip.mp4")
    assert clip.name == "clip.mp4"
    assert clip.frames.shape == (4, 96, 128, 3)
    middle = clip.grids[:, 48, 64, 0]
    assert torch.allclose(middle, torch.tensor((64 + 3) / 127 * 2 - 1), atol=1 / 127)
    assert clip.valid.mean() > 0.8
    assert steadiness(clip, clip.frames)["error"] < 0.03


def test_places_whose_flow_back_disagrees_are_left_out(tmp_path: Path) -> None:
    before, after = texture(96, 128), texture(96, 128)
    after[24:72, 40:88] = np.random.default_rng(1).integers(0, 256, (48, 48, 3))
    write_clip(tmp_path / "clip.mp4", [before, after])
    valid = read_clip(tmp_path / "clip.mp4").valid[0, 0]
    assert valid[32:64, 48:80].mean() < 0.5 < valid[:, :24].mean()


def test_a_single_frame_is_no_clip(tmp_path: Path) -> None:
    write_clip(tmp_path / "clip.mp4", [texture(48, 64)])
    with pytest.raises(TrainingError, match=r"clip\.mp4 has a single frame"):
        read_clip(tmp_path / "clip.mp4")
    with pytest.raises(SourceError):
        read_clip(tmp_path / "missing.mp4")
