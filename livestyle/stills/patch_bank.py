"""Patches of 3x3 features, and which patch of a style is most like each patch of a picture.

The matching is the normalised cross-correlation of Li & Wand (1601.04589, eq. 3) with Champandard's semantic channels
(1603.01768, section 3). As in his code each of a patch's nine places is normalised by itself, so the score of two
patches is the mean of nine cosines. Hence the patches never have to be cut out: all places are compared with each
other once, and nine of these products, along a diagonal, make the score of two patches. That is a ninth of the
arithmetic of a product of patches, and the bank is nothing but the style's feature map, a ninth of its patches.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

SIDE = 3
"""Of a patch, in places; there is a patch at every place where one fits (Champandard, section 3)."""
SLICE_SCORES = 1 << 22
"""How many products of places are held at a time: 16 MiB of float32, about thrice that with their sums."""
TINY = 1e-8


class PatchBank:
    """The patches of a style at one layer.

    Args:
        features: Of the style (1, C, H, W), float32.
        marks: Of its map (1, M, H, W), one direction for each colour; None to go by the features alone.
        semantic_weight: What the likeness of the maps counts, where that of the features counts 1.
    """

    def __init__(self, features: Tensor, marks: Tensor | None = None, semantic_weight: float = 0.0) -> None:
        self._weight = semantic_weight
        self._size_hw = features.shape[2], features.shape[3]
        self._places = features[0].flatten(1).T.contiguous()
        self._energy = self._places.square().sum(1)
        self._described = self._describe(features, marks)
        self._fitted: Tensor | None = None
        """How well each patch fitted anywhere when last matched with variety."""

    def match(self, features: Tensor, marks: Tensor | None = None, variety: float = 0.0) -> Tensor:
        """Finds the style's best patch for each patch of a picture, the first of equals.

        Args:
            features: Of the picture (1, C, h, w), float32.
            marks: Of its map (1, M, h, w), if the bank has any.
            variety: How much a patch is held back for having fitted well at the last call, as in neural-doodle.

        Returns:
            Where the patch's upper left place lies in the style, row * W + column: int64 (h - 2, w - 2).
        """
        described = self._describe(features, marks)
        if variety > 0:
            # At first how well patches fit has to be found out; else the first match would be of another kind.
            fitted = self._search(described)[1] if self._fitted is None else self._fitted
            found, self._fitted = self._search(described, variety * fitted)
            return found
        return self._search(described)[0]

    def _search(self, described: Tensor, handicap: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The best patch for each patch, and how well each of the style's fits anywhere, without its handicap."""
        (height, width), (rows, columns) = described.shape[:2], self._size_hw
        # Blocks of rows, about square, as each needs SIDE - 1 rows beyond its own on both sides.
        block = max(1, math.isqrt(SLICE_SCORES // (width * columns)) - SIDE + 1)
        found = torch.empty(height - SIDE + 1, width - SIDE + 1, dtype=torch.int64, device=described.device)
        fitted = described.new_full((rows - SIDE + 1, columns - SIDE + 1), -torch.inf)
        for top in range(0, found.shape[0], block):
            own = described[top : top + block + SIDE - 1]
            here = found[top : top + block]
            best = described.new_full(here.shape, -torch.inf)
            for first in range(0, rows - SIDE + 1, block):
                scores = _scores(own, self._described[first : first + block + SIDE - 1])
                those = fitted[first : first + block]
                torch.maximum(those, scores.amax(dim=(0, 1)), out=those)
                if handicap is not None:
                    scores -= handicap[first : first + block]
                score, index = scores.flatten(2).max(dim=2)
                better = score > best
                row, column = index // scores.shape[3], index % scores.shape[3]
                here[better] = ((first + row) * columns + column)[better]
                torch.maximum(best, score, out=best)
        return found, fitted

    def wanted(self, found: Tensor) -> tuple[Tensor, Tensor]:
        """What matches ask of each place of the picture: the mean over all patches that cover it.

        The sum over the patches of |patch - match|^2 is the sum over the places of n |place - wanted|^2, where n is the
        number of patches that cover a place, plus a rest that no picture can lessen.

        Args:
            found: As from `match`, (h - 2, w - 2).

        Returns:
            The features wanted (1, C, h, w), and the rest, a scalar.
        """
        height, width = (side + SIDE - 1 for side in found.shape)
        total = self._places.new_zeros(height, width, self._places.shape[1])
        energy = self._places.new_zeros(())
        for row in range(SIDE):
            for column in range(SIDE):
                index = found + (row * self._size_hw[1] + column)
                total[row : row + found.shape[0], column : column + found.shape[1]] += self._places[index]
                energy += self._energy[index].sum()
        counts = cover(height, width, total.device)
        mean = total / counts[..., None]
        rest = energy - (counts * mean.square().sum(2)).sum()
        return mean.permute(2, 0, 1)[None], rest.clamp(min=0)

    def _describe(self, features: Tensor, marks: Tensor | None) -> Tensor:
        """What is compared (h, w, C + M): the products of two places' descriptions, over a patch, sum to its score.

        neural-doodle divides features by 3 times their length, and marks by sqrt(9 / weight) times theirs.
        """
        described = functional.normalize(features, dim=1, eps=TINY) / SIDE
        if marks is not None and self._weight > 0:
            described = torch.cat(
                [described, functional.normalize(marks, dim=1, eps=TINY) / math.sqrt(SIDE**2 / self._weight)], dim=1
            )
        return described[0].permute(1, 2, 0).contiguous()


def cover(height: int, width: int, device: torch.device | None = None) -> Tensor:
    """How many patches cover each place, (height, width): 9 inside, 1 in the corners."""
    rows, columns = (
        torch.minimum(torch.arange(n, device=device) + 1, torch.arange(n, 0, -1, device=device)).clamp(
            max=min(SIDE, n - SIDE + 1)
        )
        for n in (height, width)
    )
    return (rows[:, None] * columns).float()


def _scores(own: Tensor, style: Tensor) -> Tensor:
    """The scores of all patches of (h, w, C) with all of (H, W, C): (h - 2, w - 2, H - 2, W - 2)."""
    products = (own.flatten(0, 1) @ style.flatten(0, 1).T).view(*own.shape[:2], *style.shape[:2])
    # A sum over squares is a sum over columns, then over rows.
    columns = products[:, :-2, :, :-2] + products[:, 1:-1, :, 1:-1]
    columns += products[:, 2:, :, 2:]
    scores = columns[:-2, :, :-2] + columns[1:-1, :, 1:-1]
    scores += columns[2:, :, 2:]
    return scores
