"""What one sees of a training run: a JSON log, TensorBoard, a picture, a progress bar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from torch import Tensor
from tqdm import tqdm

from livestyle.sinks.pictures import write_picture


def tile(rows: Tensor) -> Tensor:
    """Puts pictures (R, N, 3, H, W) together as one picture (3, R H, N W)."""
    count_rows, count, channels, height, width = rows.shape
    return rows.permute(2, 0, 3, 1, 4).reshape(channels, count_rows * height, count * width)


class Monitor:
    """Writes a run's progress into its folder: `log.jsonl`, `preview.png` and TensorBoard's event files.

    Args:
        folder: The run's folder, which exists.
        total_s: The time budget, for the bar.
        done_s: How much of it earlier parts of the run have used.
    """

    def __init__(self, folder: Path, total_s: float, done_s: float = 0.0) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.folder = folder
        self._total_s, self._shown_s = total_s, min(done_s, total_s)
        self._log = (folder / "log.jsonl").open("a", encoding="utf-8")
        self._board = SummaryWriter(str(folder))
        form = "{desc} {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s {postfix}"
        self._bar = tqdm(total=total_s, initial=self._shown_s, desc="training", bar_format=form)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
        self._board.close()
        self._log.close()

    def step(self, step: int, elapsed_s: float, figures: Mapping[str, float] | None = None) -> None:
        """Moves the bar; with figures, also writes them down."""
        shown_s = min(elapsed_s, self._total_s)
        self._bar.update(shown_s - self._shown_s)
        self._shown_s = shown_s
        if figures is None:
            return
        self._bar.set_postfix({k: f"{v:.3g}" for k, v in figures.items() if "/" not in k}, refresh=False)
        for name, value in figures.items():
            self._board.add_scalar(name, value, step)
        self._log.write(json.dumps({"step": step, "seconds": round(elapsed_s, 1), **figures}) + "\n")
        self._log.flush()

    def preview(self, step: int, picture: Tensor) -> None:
        """Shows a picture, RGB (3, H, W) in [0, 1]."""
        self._board.add_image("preview", picture, step)
        rgb = (picture * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy()
        write_picture(self.folder / "preview.png", rgb, overwrite=True)
