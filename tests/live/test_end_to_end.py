"""The real parts together: demo scene, network, video file."""

from __future__ import annotations

import threading
from pathlib import Path

import av
import numpy as np

from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message
from livestyle.live.pipeline import Live
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.sinks.video import VideoSink
from livestyle.sources.demo import DemoSource
from livestyle.styles.file import StyleFile
from livestyle.stylizer.torch_backend import TorchStylizer


def test_the_demo_scene_is_painted_and_recorded(tiny_file: StyleFile, tmp_path: Path) -> None:
    look = Look((("wild", 0.7), ("dark", 0.3)), strength=0.8, colors="camera")
    messages: list[Message] = []
    enough, painted = threading.Event(), []

    def on_picture() -> None:
        if live.newest.is_painted:
            painted.append(live.newest)
        if len(painted) >= 10:
            enough.set()

    with Live(Controls(tiny_file, look), lambda file: (TorchStylizer(file, "cpu"), []), tell=messages.append) as live:
        live.subscribe(on_picture)
        live.add_sink(VideoSink(tmp_path / "show.mp4", (36, 64)))
        live.use_source(lambda: DemoSource((36, 64), rate_fps=100.0, live=True))
        assert enough.wait(30)

    assert not [m for m in messages if m.kind is Kind.PROBLEM]
    with TorchStylizer(tiny_file, "cpu") as stylizer:
        again = Painter(tiny_file, stylizer).paint(painted[-1].photo[None], look)[0]
    assert np.abs(painted[-1].frame.image.astype(int) - again).max() <= 1
    with av.open(str(tmp_path / "show.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert len(times) >= 5
    assert times == sorted(set(times))
