"""That a lane's work can be taken into a graph: it asks the processor nothing, and needs nothing that lies there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from livestyle.device.change import Noise
from livestyle.device.depth import Seen, masses_hw
from livestyle.device.lane import Lane, Memory, task_of
from livestyle.device.steadier import Past
from livestyle.look import Look
from livestyle.styles.file import StyleFile
from livestyle.stylizer.torch_backend import reside

META = torch.device("meta")
"""Tensors there have no values, so that whatever depends on them fails."""
LOOK = Look((("wild", 1.0),))


class Strict(TorchDispatchMode):
    """Refuses what touches tensors elsewhere."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        for each in (*args, *(kwargs or {}).values(), *(result if isinstance(result, tuple | list) else (result,))):
            assert not isinstance(each, torch.Tensor) or each.device == META, func
        return result


@pytest.mark.parametrize(
    "look",
    [
        LOOK,
        replace(LOOK, steady=0.5),
        replace(LOOK, steady=1.0, colors="camera", strength=0.1),
        replace(LOOK, depth=0.0, colors="only"),
    ],
)
def test_its_work_never_waits_for_the_device(tiny_file: StyleFile, look: Look) -> None:
    painted_hw = 72, 128
    task = task_of(2, (97, 173), painted_hw, look)
    past = Past(painted_hw, task.small_hw, META) if task.held != "nothing" else None
    seen = Seen(masses_hw(painted_hw), META) if task.deepens else None
    works = []
    resident = replace(reside(tiny_file, "meta"), repeated=lambda work: works.append(work) or work)
    Lane(resident, task, Memory(Noise(META), past, seen))
    with Strict():
        works[0]()


def test_strict_is_strict() -> None:
    with Strict(), pytest.raises(AssertionError):
        torch.zeros((), device=META) + torch.zeros(())
    with Strict(), pytest.raises(RuntimeError):
        bool(torch.zeros((), device=META) > 0)
