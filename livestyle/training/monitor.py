"""What one sees of a training run: a JSON log, TensorBoard, a picture, a progress bar."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import torch
from torch import Tensor
from tqdm import tqdm

from livestyle.errors import TrainingError
from livestyle.sinks.picture_file import write_picture
from livestyle.training.health import symptoms

BOARD_PICTURE_EVERY_S = 15.0
"""At least, between two pictures for TensorBoard: it keeps all it is given, and one every few seconds fills disks."""


@dataclass(frozen=True)
class Preview:
    """Test pictures.

    Attributes:
        photos: RGB (N, 3, H, W) in [0, 1]; None where nothing but noise is painted.
        painted: (R, N, 3, H, W): the photos in each style, then any others.
        names: Of the styles, R or fewer.
    """

    photos: Tensor | None
    painted: Tensor
    names: Sequence[str]

    def picture(self) -> Tensor:
        """All of them as one picture (3, rows H, N W): the photos, and their paintings below them."""
        rows = self.painted if self.photos is None else torch.cat([self.photos[None], self.painted])
        count_rows, count, channels, height, width = rows.shape
        return rows.permute(2, 0, 3, 1, 4).reshape(channels, count_rows * height, count * width)


class Monitor:
    """Writes a run's progress into its folder: `log.jsonl`, `preview.png` and TensorBoard's event files.

    Args:
        folder: The run's folder, which exists.
        total_s: The time budget, for the bar.
        done_s: How much of it earlier parts of the run have used.
        batch: Pictures a step, for the speed that TensorBoard shows.
    """

    def __init__(self, folder: Path, total_s: float, done_s: float = 0.0, batch: int = 1) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.folder = folder
        self._total_s, self._shown_s = total_s, min(done_s, total_s)
        self._batch = batch
        self._timed: tuple[int, float] | None = None
        self._pictured_s = -BOARD_PICTURE_EVERY_S
        self._standing: set[str] = set()
        self._log = (folder / "log.jsonl").open("a", encoding="utf-8")
        self._board = SummaryWriter(str(folder), flush_secs=5)
        form = "{desc} {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s {postfix}"
        self._bar = tqdm(total=total_s, initial=self._shown_s, desc="training", bar_format=form)
        self._at = 0, done_s

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, TrainingError):
            step, elapsed_s = self._at
            self._write(step, elapsed_s, {"error": str(error)})
        self._bar.close()
        self._board.close()
        self._log.close()

    def step(self, step: int, elapsed_s: float, figures: Mapping[str, float] | None = None) -> None:
        """Moves the bar; with figures, also writes them down."""
        self._at = step, elapsed_s
        shown_s = min(elapsed_s, self._total_s)
        self._bar.update(shown_s - self._shown_s)
        self._shown_s = shown_s
        self._timed = self._timed or self._at
        if figures is None:
            return
        self._bar.set_postfix({k: f"{v:.3g}" for k, v in figures.items() if "/" not in k}, refresh=False)
        for name, value in figures.items():
            self._board.add_scalar(name, value, step)
        since_step, since_s = self._timed
        if elapsed_s > since_s:
            speed = self._batch * (step - since_step) / (elapsed_s - since_s)
            self._board.add_scalar("speed/pictures_a_second", speed, step)
            self._timed = self._at
        self._write(step, elapsed_s, figures)

    def show(self, step: int, preview: Preview) -> None:
        """Shows what has been learnt, and warns of what is wrong with it (see `health`)."""
        picture = preview.picture()
        now_s = time.monotonic()
        if now_s - self._pictured_s >= BOARD_PICTURE_EVERY_S:
            self._pictured_s = now_s
            self._board.add_image("preview", picture, step)
            self._board.flush()
        rgb = (picture * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy()
        write_picture(self.folder / "preview.png", rgb, overwrite=True)
        self.warn(step, symptoms(preview.photos, preview.painted[: len(preview.names)], preview.names))

    def warn(self, step: int, warnings: Collection[str]) -> None:
        """Says what is wrong now, on the terminal and in the log.

        Args:
            step: Now.
            warnings: All that is wrong; what was so the last time is not said again.
        """
        for text in warnings:
            if text not in self._standing:
                tqdm.write(f"Warning: {text}", file=sys.stderr)
                self._board.add_text("warnings", text, step)
                self._write(step, self._at[1], {"warning": text})
        self._standing = set(warnings)

    def _write(self, step: int, elapsed_s: float, facts: Mapping[str, Any]) -> None:
        self._log.write(json.dumps({"step": step, "seconds": round(elapsed_s, 1), **facts}) + "\n")
        self._log.flush()
