"""A training run: its loop, its checkpoint, and what must not get into that."""

from __future__ import annotations

import math
import pickle
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from livestyle.errors import TrainingError
from livestyle.training.monitor import Monitor

REPORT_EVERY = 20


class Part(Protocol):
    """What a checkpoint holds the state of: a module, an optimizer, a scaler."""

    def state_dict(self) -> dict[str, Any]:
        """Its state."""

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any:
        """Takes a state over."""


@dataclass
class Progress:
    """Where a run is."""

    step: int = 0
    elapsed_s: float = 0.0


class Run:
    """A run in a folder, which goes on from its last checkpoint there.

    Args:
        folder: For checkpoint, log and preview; it exists.
        what: Names what is trained: a checkpoint of anything else is not taken up.
        parts: All that has a state. "optimizer" and "scaler" are among them.
        generator: The only source of randomness, on the CPU.
        device: Where the parts are.
        minutes: How long to train.
        steps: After how many steps to end, if the time is not up before; 0: by time alone.
        batch: Pictures a step, for the speed that is shown.
        checkpoint_every_s: Seconds between two checkpoints.
    """

    def __init__(
        self,
        folder: Path,
        what: Mapping[str, Any],
        parts: Mapping[str, Part],
        generator: torch.Generator,
        device: torch.device,
        *,
        minutes: float,
        steps: int = 0,
        batch: int,
        checkpoint_every_s: float,
    ) -> None:
        self.path = folder / "checkpoint.pt"
        self.progress = Progress()
        self._folder, self._what, self._parts, self._generator, self._device = folder, what, parts, generator, device
        self._budget_s, self._steps, self._batch = 60 * minutes, steps, batch
        self._checkpoint_every_s = checkpoint_every_s

    @property
    def share(self) -> float:
        """How much of it is done: of the time, or of the steps where more is done of those."""
        of_steps = self.progress.step / self._steps if self._steps else 0.0
        return max(self.progress.elapsed_s / self._budget_s, of_steps)

    def go(self, step: Callable[[float], Mapping[str, Tensor]], show: Callable[[Monitor], None]) -> None:
        """Trains until it is done. Ctrl-C writes a checkpoint before it ends the run.

        Args:
            step: Makes a step, told the share of the run that is done; gives figures to report.
            show: Writes what has come of it so far, after each checkpoint.

        Raises:
            TrainingError: From `step`; the last checkpoint is from before that.
        """
        progress = self.progress
        start_s = time.monotonic() - progress.elapsed_s
        saved_s = progress.elapsed_s
        figures: list[Mapping[str, Tensor]] = []
        with Monitor(self._folder, self._budget_s, progress.elapsed_s, self._batch) as monitor:
            try:
                while (share := self.share) < 1:
                    figures.append(step(share))
                    progress.step += 1
                    progress.elapsed_s = time.monotonic() - start_s
                    report = progress.step % REPORT_EVERY == 0
                    done = {"done": share} if self._steps else {}
                    monitor.step(progress.step, progress.elapsed_s, _means(figures) | done if report else None)
                    if report:
                        figures.clear()
                    if progress.elapsed_s - saved_s > self._checkpoint_every_s:
                        saved_s = progress.elapsed_s
                        self._save(show, monitor)
            except KeyboardInterrupt:
                self._save(show, monitor)
                raise
            self._save(show, monitor)

    def descend(self, loss: Tensor) -> None:
        """One step of the optimizer down the gradient of a loss.

        Raises:
            TrainingError: Loss or gradient is not a number; nothing has changed then.
        """
        optimizer: Any = self._parts["optimizer"]
        scaler: Any = self._parts["scaler"]
        if not math.isfinite(loss.item()):
            raise self._spoilt("loss")
        optimizer.zero_grad(set_to_none=True)
        scaler.scale(loss).backward()
        # The root of a loss that gets to 0 has a gradient without end. A scaler finds that out by itself, passes the
        # step over and takes a smaller scale; below 1 it is not the scale that is to blame.
        healthy = scaler.get_scale() >= 1 if scaler.is_enabled() else math.isfinite(_gradient_norm(optimizer))
        if not healthy:
            raise self._spoilt("gradient of the loss")
        scaler.step(optimizer)
        scaler.update()

    def average(self, average: nn.Module, module: nn.Module, decay: float) -> None:
        """Moves the moving average of a module's weights on by a step."""
        # Early on the average would be of the random start; so its reach grows with the steps done.
        decay = min(decay, (1 + self.progress.step) / (10 + self.progress.step))
        torch._foreach_lerp_(list(average.parameters()), list(module.parameters()), 1 - decay)

    def resume(self, usual: Mapping[str, Any] | None = None) -> bool:
        """Takes the run up again from its checkpoint; whether there is one.

        Args:
            usual: What checkpoints that don't say it are taken to be of.

        Raises:
            TrainingError: It is damaged, or of something else.
        """
        if not self.path.exists():
            return False
        try:
            state = torch.load(self.path, map_location=self._device, weights_only=True)
        except (EOFError, OSError, RuntimeError, pickle.UnpicklingError) as error:
            raise TrainingError(f"The checkpoint {self.path} is damaged: remove it to begin anew.") from error
        if {**(usual or {}), **state.get("run", {})} != self._what:
            raise TrainingError(
                f"{self.path} is of another network or other pictures. Give another --run folder, or remove it."
            )
        self.progress = Progress(**state["progress"])
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        self._generator.set_state(state["generator"].cpu())
        return True

    def _save(self, show: Callable[[Monitor], None], monitor: Monitor) -> None:
        state = {
            "run": dict(self._what),
            "progress": asdict(self.progress),
            **{name: part.state_dict() for name, part in self._parts.items()},
            "generator": self._generator.get_state(),
        }
        part = self.path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.path)
        show(monitor)

    def _spoilt(self, what: str) -> TrainingError:
        good = "The last checkpoint is good: run again with a lower rate to go on from it."
        none = "There is no checkpoint yet: run again with a lower rate."
        return TrainingError(
            f"The {what} is no longer a number at step {self.progress.step}. {good if self.path.exists() else none}"
        )


def as_half(state: Mapping[str, Tensor]) -> dict[str, npt.NDArray[np.float16]]:
    """Weights as files keep them: float16."""
    return {name: value.cpu().numpy().astype(np.float16) for name, value in state.items()}


def _gradient_norm(optimizer: torch.optim.Optimizer) -> float:
    parameters: Iterable[Tensor] = (p for group in optimizer.param_groups for p in group["params"])
    return float(torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None]))


def _means(figures: Sequence[Mapping[str, Tensor]]) -> dict[str, float]:
    names = sorted({name for f in figures for name in f})
    return {name: float(torch.stack([f[name] for f in figures if name in f]).mean()) for name in names}
