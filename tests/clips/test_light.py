from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from livestyle.clips.job import convert_video


@pytest.mark.parametrize(("trc", "signal"), [(16, 0.4167), (18, 0.4477)], ids=["PQ", "HLG"])
def test_a_clip_in_hdr_comes_out_in_sdr_with_a_note(tmp_path: Path, trc: int, signal: float) -> None:
    # The grey that a screen with a white of 203 cd/m² shows for 128 (ITU-R BT.2100).
    source, target = tmp_path / "hdr.mkv", tmp_path / "sdr.mp4"
    with av.open(str(source), "w") as out:
        video = out.add_stream("ffv1", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p10le"
        video.codec_context.color_trc, video.codec_context.color_primaries = trc, 9
        video.codec_context.colorspace, video.codec_context.color_range = 9, 1
        for number in range(3):
            frame = av.VideoFrame(64, 48, "yuv420p10le")
            for plane, value in zip(frame.planes, (64 + 876 * signal, 512, 512), strict=True):
                plane.update(np.full(plane.buffer_size // 2, round(value), np.uint16).tobytes())
            frame.pts, frame.color_trc, frame.color_primaries = number, trc, 9
            frame.colorspace, frame.color_range = 9, 1
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
    report = convert_video(source, target, lambda images: images)
    (note,) = report.warnings
    assert "is HDR" in note
    with av.open(str(target)) as clip:
        context: Any = clip.streams.video[0].codec_context
        assert (context.color_trc, context.color_primaries, context.colorspace) == (1, 1, 1)
        images = [frame.to_ndarray(format="rgb24").astype(int) for frame in clip.decode(video=0)]
    assert len(images) == 3
    assert max(np.abs(image - 128).max() for image in images) <= 3


def test_an_interlaced_clip_comes_out_progressive_with_all_its_frames(tmp_path: Path) -> None:
    source, target = tmp_path / "fields.mpg", tmp_path / "whole.mp4"
    with av.open(str(source), "w") as out:
        video = out.add_stream("mpeg2video", rate=25, options={"flags": "+ildct+ilme", "qmin": "1"})
        video.width, video.height, video.pix_fmt, video.bit_rate = 96, 48, "yuv420p", 20_000_000
        for number in range(6):
            image = np.full((48, 96, 3), 40, np.uint8)
            for line in range(48):
                left = 8 * number + 4 * (line % 2)
                image[line, left : left + 16] = 220
            out.mux(video.encode(av.VideoFrame.from_ndarray(image)))
        out.mux(video.encode(None))
    report = convert_video(source, target, lambda images: images)
    assert report.frames == 6
    combs = []
    for path in (source, target):
        with av.open(str(path)) as clip:
            frames = list(clip.decode(video=0))
        assert frames[0].interlaced_frame == (path == source)
        lines = np.stack([frame.to_ndarray(format="gray").astype(float) for frame in frames])
        combs.append(np.abs(np.diff(lines, axis=1)).mean())
    assert combs[1] < 0.4 * combs[0]
