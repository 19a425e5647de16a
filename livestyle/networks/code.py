"""How a network lays out its style code."""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional

from livestyle.networks.norm import ConditionalInstanceNorm


class StyledNetwork(nn.Module):
    """A network that paints in the style given by a code: `forward(images, code) -> images`.

    Images are RGB (N, 3, H, W) in [0, 1], H and W multiples of `multiple`. A code is (N or 1, `code_size`): the scales
    and shifts of all conditional norms, in the order in which the modules were made. The same code type serves every
    family.
    """

    multiple: int = 4
    """Height and width of the input must be multiples of this."""

    margin_px: int
    """Reflected on every side of the picture and cut off from the painting, because a network paints its border badly:
    its own zero padding shows there, and so does what VGG's zero padding taught it in training."""

    @property
    def min_side_px(self) -> int:
        """Height and width below this are for the stylizers to extend: a reflection needs more pixels than it adds."""
        return self.margin_px + self.multiple

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints pictures, borders and all.

        Args:
            images: RGB (N, 3, H, W) in [0, 1]; H and W multiples of `multiple`, at least `min_side_px`.
            code: (N or 1, code_size).

        Returns:
            RGB (N, 3, H, W) in [0, 1].
        """
        margin = self.margin_px
        painted = self.paint(functional.pad(images, (margin,) * 4, mode="reflect"), code)
        return painted[:, :, margin:-margin, margin:-margin]

    @abstractmethod
    def paint(self, images: Tensor, code: Tensor) -> Tensor:
        """Paints without a margin, as in training; arguments and result as in `forward`, any multiple of `multiple`."""

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
