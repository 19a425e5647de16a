"""Learns the code of a picture beside the live picture: in a process of its own, with less of one core than the show.

Where torch paints with a GPU it is learnt there, between the frames (`giving_way`).

To the process go pictures: the one to learn, and from then on a photo for each line that comes back, empty where there
is none. What comes back are lines of `Learnt`. It ends with whoever started it, as nothing comes any more.
"""

from __future__ import annotations

import logging
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

import numpy as np

from livestyle import idle
from livestyle.errors import LivestyleError
from livestyle.frame import Image
from livestyle.log import see_log
from livestyle.styles.file import Style, StyleFile, read_style_file, write_style_file
from livestyle.training.giving_way import CPU, Pace, learning_device, learnt_on
from livestyle.training.learnt import Learnt

log = logging.getLogger(__name__)

STEPS = 300
"""At most: a minute or two of one core."""
PHOTO_PX = 256
"""Short side of photos that are sent: no more of them is looked at."""
PICTURE_PX = 768
"""The same of the picture."""
HEAD = "<ii"
"""What goes ahead of a picture: height and width."""
NOTHING = np.zeros((0, 0, 3), np.uint8)


class Beside:
    """One picture that is learnt beside the show.

    Args:
        file: The network, which doesn't read pictures itself.
        style: Its style of the picture, as predicted.
        picture: RGB uint8 (H, W, 3).
        newest: Gives the photo of the moment, RGB uint8 (H, W, 3); None where there is none. It is called by whoever
            asks for the rounds.
        painting: The device that paints, as of `giving_way.painting_device`.
    """

    def __init__(
        self, file: StyleFile, style: Style, picture: Image, newest: Callable[[], Image | None], painting: str = CPU
    ) -> None:
        self._painting = painting
        self._file = replace(file, styles={style.name: style}, predictor={})
        self._picture: Image | None = picture
        self._newest = newest
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """Ends it at once, and `rounds` too. Any thread may do so."""
        self._is_stopped = True
        if self._process is not None:
            self._process.kill()

    def rounds(self) -> Iterator[Learnt]:
        """What is learnt, each time that it is judged; waits for it.

        Raises:
            LivestyleError: It failed; the log says why.
            SinkError: The disk is full.
        """
        with tempfile.TemporaryDirectory(prefix="livestyle-") as folder:
            network = Path(folder, "network.safetensors")
            write_style_file(network, self._file)
            self._process = process = idle.start(__name__, str(network), self._painting, talks=True)
            with process:
                try:
                    yield from self._talk(process)
                finally:
                    process.kill()

    def _talk(self, process: subprocess.Popen[bytes]) -> Iterator[Learnt]:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        # One that is stopped before it has begun is seen here; later ones are killed.
        while not self._is_stopped:
            try:
                if self._picture is not None:
                    send(process.stdin, self._picture, PICTURE_PX)
                    self._picture = None
                photo = self._newest()
                send(process.stdin, NOTHING if photo is None else photo, PHOTO_PX)
            except OSError:
                line = b""
            else:
                line = process.stdout.readline()
            if not line:
                break
            learnt = Learnt.from_line(line.decode())
            yield learnt
            if learnt.is_over:
                return
        if not self._is_stopped:
            log.error("Learning a picture failed: %s", process.stderr.read().decode(errors="replace"))
            raise LivestyleError(see_log("Learning the picture failed"))


def main(argv: Sequence[str]) -> int:
    """What the process does: learns the one style of a style file."""
    # With what is left alone, on two busy cores nothing would ever be learnt.
    idle.take_less()
    import torch

    from livestyle.training.compute import Compute
    from livestyle.training.learning import learn

    network, painting = argv
    file = read_style_file(Path(network))
    (style,) = file.styles.values()
    picture, parent = receive(sys.stdin.buffer), Parent(sys.stdin.buffer, sys.stdout)
    finish = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}

    def learn_on(device: str) -> Iterator[Learnt]:
        if device == CPU:
            # The show gets back what was taken before the device gave up.
            with suppress(RuntimeError):
                torch.cuda.empty_cache()
        compute = Compute.seeded(torch.device(device), 0)
        turn = Pace(finish[device]).turn if device in finish else nullcontext
        return learn(file, style, picture, parent.newest, STEPS, compute=compute, turn=turn)

    for learnt in learnt_on(learning_device(painting, _free_bytes(painting)), learn_on):
        parent.tell(learnt)
    return 0


class Parent:
    """Whoever shows what is learnt, as the process sees it.

    Args:
        read: Where photos come from.
        write: Where lines go to.
    """

    def __init__(self, read: IO[bytes], write: IO[str]) -> None:
        self._read, self._write = read, write
        self._photo: Image | None = None

    def newest(self) -> Image | None:
        """The photo for the next line, the same one until that has been told; None where there is none."""
        if self._photo is None:
            self._photo = receive(self._read)
        return self._photo if self._photo.size else None

    def tell(self, learnt: Learnt) -> None:
        """Says how far it is; another photo comes."""
        self._photo = None
        print(learnt.to_line(), file=self._write, flush=True)


def _free_bytes(device: str) -> int | None:
    """How much of a device's memory nobody has; 0 where it can't be had, None where that is not known."""
    import torch

    if device != "cuda":
        return None
    try:
        free, _ = torch.cuda.mem_get_info()
    except (RuntimeError, AssertionError) as error:
        # An assertion is torch's way to say that it was built without CUDA.
        log.warning("CUDA can't be had, so the processor learns: %s", error)
        return 0
    return int(free)


def send(pipe: IO[bytes], picture: Image, short_side_px: int) -> None:
    """Sends a picture, smaller if it is larger than needed."""
    short = min(picture.shape[:2])
    if short > short_side_px:
        height, width = (round(side * short_side_px / short) for side in picture.shape[:2])
        import cv2  # here, as the window needs it later

        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    pipe.write(struct.pack(HEAD, *picture.shape[:2]) + picture.tobytes())
    pipe.flush()


def receive(pipe: IO[bytes]) -> Image:
    """Reads a picture, RGB uint8 (H, W, 3). Raises `EOFError` where none comes any more."""
    if len(head := pipe.read(struct.calcsize(HEAD))) < struct.calcsize(HEAD):
        raise EOFError
    height, width = struct.unpack(HEAD, head)
    return np.frombuffer(pipe.read(height * width * 3), np.uint8).reshape(height, width, 3)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
