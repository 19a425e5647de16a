"""A training run: the loop of every method, its checkpoint, and what must not get into that."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from livestyle.errors import TrainingError
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.textures.file import TextureFile, write_texture_file
from livestyle.training.compute import Compute
from livestyle.training.config import RunConfig, rate_factor
from livestyle.training.monitor import Monitor, Preview

REPORT_EVERY = 20
CHECKPOINT_VERSION = 2
"""Before the first there was none in the file."""

M = TypeVar("M", bound=nn.Module)

Losses = dict[str, Tensor]
"""Name -> weighted loss, a scalar each, to add up."""
Figures = dict[str, Tensor]
"""Name -> plain scalar to report; those with a "/" go to the log only."""


@dataclass(frozen=True)
class Group:
    """Parameters that learn at the same rate."""

    parameters: Sequence[nn.Parameter]
    rate: float


class Method(Protocol[M]):
    """What is trained, and by which losses: all that one training does not have in common with the others."""

    @property
    def config(self) -> RunConfig:
        """All settings."""

    @property
    def compute(self) -> Compute:
        """Where, and by what chance."""

    @property
    def model(self) -> M:
        """All that has weights; its moving average is what is shipped."""

    @property
    def identity(self) -> Mapping[str, object]:
        """What a run can't change from one part to the next: a checkpoint of anything else is not taken up."""

    def groups(self) -> list[Group]:
        """The parameters that are trained."""

    def losses(self, step: int, share: float) -> tuple[Losses, Figures]:
        """The losses of the next batch, after that many steps and a share (0..1) of the run."""

    def file(self, averaged: M, facts: Mapping[str, object]) -> StyleFile | TextureFile:
        """What is shipped: the averaged model, with facts of its training."""

    def preview(self, averaged: M) -> Preview:
        """Test pictures of the averaged model."""


AnyMethod: TypeAlias = Method[Any]
"""One that is told by its type no longer."""


@dataclass
class Progress:
    """Where a run is."""

    step: int = 0
    elapsed_s: float = 0.0


class Run(Generic[M]):
    """A run in a folder, which goes on from its last checkpoint there.

    Args:
        method: What is trained.
        folder: For checkpoints, log and preview; it exists.
        output: The file to write, at each checkpoint.

    Raises:
        TrainingError: The checkpoint is damaged, of an older livestyle, or of something else.
    """

    def __init__(self, method: Method[M], folder: Path, output: Path) -> None:
        self.method, self.config, self.folder, self.output = method, method.config, folder, output
        self.checkpoint_path = folder / "checkpoint.pt"
        self.progress = Progress()
        self.average = copy.deepcopy(method.model).requires_grad_(False)
        self.groups = method.groups()
        self.optimizer = torch.optim.Adam(
            [{"params": list(group.parameters)} for group in self.groups], betas=(0.9, self.config.beta2), fused=True
        )
        device = method.compute.device.type
        self.scaler = torch.amp.GradScaler(device, enabled=method.compute.half == torch.float16)
        self._sound: Tensor | None = None
        """Whether loss and gradient of the last step were numbers; it is looked at a step later, as a GPU would stand
        still meanwhile."""
        self._resume()

    def go(self) -> None:
        """Trains until the time is used up or the steps are done. Ctrl-C writes a checkpoint before it ends the run.

        Raises:
            TrainingError: Loss or gradient is not a number any more. What was learnt before is in the last checkpoint,
                and nothing of that step.
        """
        progress, config = self.progress, self.config
        start_s = time.monotonic() - progress.elapsed_s
        saved_s = progress.elapsed_s
        reports: list[Figures] = []
        with Monitor(self.folder, 60 * config.minutes, progress.elapsed_s, config.batch) as monitor:
            try:
                while (share := self.share) < 1:
                    self._set_rates(rate_factor(progress.step, share, config))
                    losses, figures = self.method.losses(progress.step, share)
                    loss = sum(losses.values(), torch.zeros((), device=self.method.compute.device))
                    self._descend(loss)
                    reports.append({"loss": loss.detach(), **{n: value.detach() for n, value in figures.items()}})
                    progress.step += 1
                    progress.elapsed_s = time.monotonic() - start_s
                    if progress.step % REPORT_EVERY == 0:
                        done = {"done": share} if config.steps else {}
                        monitor.step(progress.step, progress.elapsed_s, _means(reports) | done)
                        reports.clear()
                    else:
                        monitor.step(progress.step, progress.elapsed_s)
                    if progress.elapsed_s - saved_s > config.checkpoint_every_s:
                        saved_s = progress.elapsed_s
                        self._save_and_show(monitor)
            except KeyboardInterrupt:
                self._save_and_show(monitor)
                raise
            self._save_and_show(monitor)

    @property
    def share(self) -> float:
        """How much of it is done: of the time, or of the steps where more is done of those."""
        of_steps = self.progress.step / self.config.steps if self.config.steps else 0.0
        return max(self.progress.elapsed_s / (60 * self.config.minutes), of_steps)

    def _set_rates(self, factor: float) -> None:
        # Not those of the checkpoint: a run that was spoilt goes on with lower ones.
        for group, stated in zip(self.optimizer.param_groups, self.groups, strict=True):
            group["lr"] = stated.rate * factor

    def _descend(self, loss: Tensor) -> None:
        """One step down the gradient of a loss; nothing changes if that is not a number."""
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self._settle()
        self._sound = loss.detach().isfinite()
        if self.scaler.is_enabled():
            # It passes over a step without a gradient by itself, and takes a smaller scale; below 1 it is not the scale
            # that is to blame.
            self._sound &= self.scaler.get_scale() >= 1
        else:
            # The root of a loss that gets to 0 has a gradient without end.
            self._sound &= self._gradient_norm().isfinite()
            # What a scaler would tell the optimizer: to leave the weights as they are.
            self.optimizer.found_inf = (~self._sound).float()  # type: ignore[attr-defined]
        self.scaler.step(self.optimizer)
        self.scaler.update()

    @torch.no_grad()
    def _settle(self) -> None:
        """Moves the moving average of the weights on by the last step, if that was sound."""
        if self._sound is None:
            return
        if not self._sound:
            raise self._spoilt()
        self._sound = None
        # Early on the average would be of the random start; so its reach grows with the steps done.
        step = self.progress.step - 1
        decay = min(self.config.average_decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.method.model.parameters()), 1 - decay)

    def _gradient_norm(self) -> Tensor:
        parameters = (p for group in self.groups for p in group.parameters)
        return torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])

    # ---- what is kept --------------------------------------------------------------------------------------------

    def _save_and_show(self, monitor: Monitor) -> None:
        self._settle()
        state = {
            "version": CHECKPOINT_VERSION,
            "run": dict(self.method.identity),
            "progress": asdict(self.progress),
            "model": self.method.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scaler": self.scaler.state_dict(),
            "generator": self.method.compute.generator.get_state(),
        }
        part = self.checkpoint_path.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint_path)
        self._write()
        monitor.show(self.progress.step, self.method.preview(self.average))

    def _write(self) -> None:
        facts = {
            **asdict(self.config),
            "steps": self.progress.step,
            "seconds": round(self.progress.elapsed_s),
            "device": self.method.compute.device.type,
        }
        file = self.method.file(self.average, facts)
        if isinstance(file, TextureFile):
            write_texture_file(self.output, file)
        else:
            write_style_file(self.output, file)

    def _resume(self) -> None:
        """Takes the run up again from its checkpoint, if there is one."""
        path = self.checkpoint_path
        if not path.exists():
            return
        try:
            state: dict[str, Any] = torch.load(path, map_location=self.method.compute.device, weights_only=True)
        except (EOFError, OSError, RuntimeError, pickle.UnpicklingError) as error:
            raise TrainingError(f"The checkpoint {path} is damaged: remove it to begin anew.") from error
        if state.get("version") != CHECKPOINT_VERSION:
            raise TrainingError(f"{path} is of another livestyle: give another --run folder, or remove it.")
        if state["run"] != self.method.identity:
            raise TrainingError(
                f"{path} is of another network or other pictures: give another --run folder, or remove it."
            )
        self.progress = Progress(**state["progress"])
        self.method.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.method.compute.generator.set_state(state["generator"].cpu())

    def _spoilt(self) -> TrainingError:
        good = "The last checkpoint is good: run again with a lower rate to go on from it."
        none = "There is no checkpoint yet: run again with a lower rate."
        return TrainingError(
            f"The loss or its gradient is no longer a number at step {self.progress.step - 1}. "
            f"{good if self.checkpoint_path.exists() else none}"
        )


def as_half(state: Mapping[str, Tensor]) -> dict[str, npt.NDArray[np.float16]]:
    """Weights as files keep them: float16."""
    return {name: value.cpu().numpy().astype(np.float16) for name, value in state.items()}


def _means(figures: Sequence[Mapping[str, Tensor]]) -> dict[str, float]:
    names = sorted({name for f in figures for name in f})
    return {name: float(torch.stack([f[name] for f in figures if name in f]).mean()) for name in names}
