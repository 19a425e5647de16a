"""How a network lays out its style code."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from livestyle.networks.norm import ConditionalInstanceNorm

PALETTE = 6
"""Numbers at the end of a code that set the palette."""
CONTRASTS = slice(-PALETTE, -PALETTE // 2)
"""Those of them that say how far the three colours spread; the others are their means."""


def palette_of(pictures: Tensor) -> Tensor:
    """The end of the code that gives whatever is painted the palette of a picture.

    Args:
        pictures: RGB (N, 3, H, W) in [0, 1].

    Returns:
        float32 (N, `PALETTE`): the standard deviations of the three colours before a sigmoid, then their means.
    """
    logits = torch.logit(pictures.float().clamp(0.02, 0.98)).flatten(2)
    spreads, means = torch.std_mean(logits, dim=2, correction=0)
    return torch.cat([spreads, means], dim=1)


class StyledNetwork(nn.Module):
    """A network that paints in the style given by a code: `forward(images, code) -> images`.

    Images are RGB (N, 3, H, W) in [0, 1], H and W multiples of `multiple`. A code is (N or 1, `code_size`): the scales
    and shifts of all conditional norms, in the order in which the modules were made, and whatever else a family needs.
    The same code type serves every family. In the networks whose codes are learnt the last norm is that of the three
    colours before the sigmoid, so that the last `PALETTE` numbers of their codes are the contrasts and the means of
    the palette (see `palette_of`); a `PictureNetwork` may end its codes otherwise.
    """

    multiple: int = 4
    """Height and width of the input must be multiples of this."""

    min_side_px: int = 16
    """Height and width below this are for the stylizers to extend."""

    reach_px: int | None = None
    """How far from a painted pixel the network sees, apart from the statistics of its conditional norms; None if it
    looks at the whole picture in other ways too, so that it can't paint a large picture in tiles."""

    @abstractmethod
    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints pictures.

        Args:
            images: RGB (N, 3, H, W) in [0, 1]; H and W multiples of `multiple`, at least `min_side_px`.
            code: (N or 1, code_size).

        Returns:
            RGB (N, 3, H, W) in [0, 1].
        """

    def norms(self) -> list[ConditionalInstanceNorm]:
        """The conditional norms, in the order of their slices of the code."""
        return [module for module in self.modules() if isinstance(module, ConditionalInstanceNorm)]

    @property
    def code_size(self) -> int:
        """How many numbers a style code of this network has."""
        return sum(norm.code_size for norm in self.norms())

    def split_code(self, code: Tensor) -> list[Tensor]:
        """Cuts codes (N, code_size) into one slice (N, 2 C) a norm."""
        return list(torch.split(code, [norm.code_size for norm in self.norms()], dim=1))

    def neutral_code(self) -> Tensor:
        """The code (code_size,) of all scales 1 and all shifts 0: where the training of a style starts."""
        parts = [torch.cat([torch.ones(n.channels), torch.zeros(n.channels)]) for n in self.norms()]
        return torch.cat(parts)


class PictureNetwork(StyledNetwork):
    """A network whose codes are computed from a picture by itself, so that it needs neither table nor predictor."""

    @abstractmethod
    def codes_of(self, pictures: Tensor, stroke_px: Sequence[int]) -> Tensor:
        """The codes of pictures.

        Args:
            pictures: RGB (N, 3, H, W) in [0, 1], of any size from 16 px.
            stroke_px: S stroke sizes, in the meaning of `StyleFile.stroke_px`.

        Returns:
            float32 (N, S, code_size).
        """

    @abstractmethod
    def identity_code(self) -> Tensor:
        """The code (code_size,) under which the network gives back what it is shown, as nearly as it can."""
