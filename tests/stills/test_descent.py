from __future__ import annotations

import pytest
import torch
from torch import Tensor

from livestyle.stills.descent import Descent, Loss, Reached
from livestyle.stills.goal import Parts
from livestyle.stills.tensors import resized

LEVELS = [((8, 12), 10), ((16, 24), 20)]


def start(size_hw: tuple[int, int]) -> Tensor:
    return torch.rand(1, 3, *size_hw, generator=torch.Generator().manual_seed(0))


def to_gray(size_hw: tuple[int, int]) -> Loss:
    def loss(picture: Tensor) -> tuple[Parts, Tensor]:
        assert picture.shape == (1, 3, *size_hw)
        away = picture - 0.5
        value = float((away.abs() ** 3).sum())
        return Parts(value, value, 0, 0), 3 * away * away.abs()

    return loss


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
def test_it_descends_at_one_size_after_the_other(method: str) -> None:
    descent = Descent(LEVELS, start, to_gray, method)  # type: ignore[arg-type]
    assert torch.equal(descent.best(), start((8, 12)))
    seen: list[Reached] = []
    descent.run(seen.append)
    assert [(p.done, p.total) for p in seen] == [(n + 1, 30) for n in range(30)]
    assert [p.size_hw for p in seen] == [(8, 12)] * 10 + [(16, 24)] * 20
    assert (descent.best() - 0.5).abs().max() < 0.2
    assert float(to_gray((16, 24))(descent.best())[0].total) == min(p.parts.total for p in seen[10:])


def test_a_finer_size_begins_with_the_photos_detail() -> None:
    def photo(size_hw: tuple[int, int]) -> Tensor:
        return resized(torch.rand(1, 3, 16, 24, generator=torch.Generator().manual_seed(1)), size_hw)

    def content(size_hw: tuple[int, int]) -> Loss:
        def loss(picture: Tensor) -> tuple[Parts, Tensor]:
            away = picture - photo(size_hw)
            value = float(away.square().sum())
            return Parts(value, value, 0, 0), 2 * away

        return loss

    def first_at_the_finer_size(**detail: object) -> float:
        seen: list[Reached] = []
        Descent(LEVELS, start, content, **detail).run(seen.append)  # type: ignore[arg-type]
        return next(p.parts.total for p in seen if p.size_hw == (16, 24))

    assert first_at_the_finer_size(detail=photo) < 0.01 * first_at_the_finer_size()


def test_an_interrupt_leaves_the_best_so_far() -> None:
    descent = Descent(LEVELS, start, to_gray)
    losses: list[float] = []

    def stop(progress: Reached) -> None:
        losses.append(progress.parts.total)
        if progress.done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        descent.run(stop)
    assert to_gray((8, 12))(descent.best())[0].total == min(losses) < losses[0]


def test_it_ends_where_nothing_gets_better() -> None:
    seen: list[Reached] = []
    Descent(LEVELS[:1], lambda size_hw: torch.full((1, 3, *size_hw), 0.5), to_gray).run(seen.append)
    assert len(seen) <= 2
