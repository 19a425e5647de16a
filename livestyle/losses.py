"""The perceptual losses: plain functions of features, one number a picture, each on a scale of about 0 to 1.

Those that are called plain are the papers', and on their scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

CAFFE_SCALE = (1e10 / 1e5 / 5) ** 0.5
"""How much larger the features of the papers' loss networks are than torchvision's, about 141.

Those take colours of 0 .. 255, torchvision's of about -2 .. 2. Loss weights from the papers depend on it: Gram matrices
go with its square, so the style loss gains its square on the content loss. The figure is that of the port of Johnson
et al. by A. Kadian, now in pytorch/examples: it had the paper's weights of 1 and 5 with their loss network, and has 1e5
and 1e10 with torchvision's.
"""


def gram(features: Tensor) -> Tensor:
    """Gram matrices: G = F F^T / (C H W), in float32 (Johnson et al. 2016, eq. 3).

    Args:
        features: (N, C, H, W), any float type.

    Returns:
        (N, C, C).
    """
    count, channels, height, width = features.shape
    # Half precision would overflow in the sum, so the product is taken in float32 even under autocast.
    with torch.autocast(features.device.type, enabled=False):
        flat = features.reshape(count, channels, height * width).float()
        return flat @ flat.transpose(1, 2) / (channels * height * width)


def normalized_distance(given: Tensor, wanted: Tensor) -> Tensor:
    """|a - b|^2 / (|a|^2 + |b|^2) for each picture (N,): 0 for equal, 1 for unrelated, whatever the scale.

    The denominator bounds the loss of every style and every layer alike, so that none starves (Cheng et al.,
    2104.10064). It takes part in the gradient: for a direction that can't be met better, the best length is then that
    of `wanted`. As a constant it would make the best length <a, b> / |a|^2 times the present one, and as Gram matrices
    of small windows never quite point where that of a whole painting does, every style would come out faint.
    """
    a, b = given.flatten(1).float(), wanted.flatten(1).float()
    return (a - b).square().sum(1) / (a.square().sum(1) + b.square().sum(1)).clamp(min=1e-12)


def second_moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """What a style looks like at one layer: Gram matrices (N, C, C), and means (N, C) on their scale.

    The Gram matrix is the covariance plus the outer product of the mean with itself: G = Cov / C + m m^T.

    Args:
        features: (N, C, H, W), any float type.
    """
    means = features.float().mean(dim=(2, 3)) / features.shape[1] ** 0.5
    return gram(features), means


def style_loss(
    features: Mapping[str, Tensor], wanted: Mapping[str, tuple[Tensor, Tensor]], weights: Mapping[str, float]
) -> Tensor:
    """Weighted mean over the layers of the normalised distance of Gram matrices and of covariances, half each, (N,).

    The mean activation makes up most of a Gram matrix, so the normalised distance of Gram matrices hardly asks for
    contrast and texture once the means are right; the distance of covariances asks for nothing else.

    Args:
        features: Layer -> features of the painted pictures (N, C, H, W).
        wanted: Layer -> `second_moments` of each picture's own painting: (N, C, C) and (N, C).
        weights: Layer -> weight; layers without one are passed over.
    """
    total = sum(weights.values())
    terms = []
    for layer, weight in weights.items():
        (own, own_mean), (other, other_mean) = second_moments(features[layer]), wanted[layer]
        covariance, other_covariance = own - _outer(own_mean), other - _outer(other_mean)
        distance = normalized_distance(own, other) + normalized_distance(covariance, other_covariance)
        terms.append(weight / total / 2 * distance)
    return torch.stack(terms).sum(0)


def plain_distance(given: Tensor, wanted: Tensor) -> Tensor:
    """The mean squared difference of features for each picture (N,), as the papers have it for the content.

    Features are on the scale of the papers' loss networks (see `CAFFE_SCALE`).
    """
    return CAFFE_SCALE**2 * (given.float() - wanted.float()).square().flatten(1).mean(1)


def plain_style_loss(
    features: Mapping[str, Tensor], wanted: Mapping[str, tuple[Tensor, Tensor]], weights: Mapping[str, float]
) -> Tensor:
    """Weighted sum over the layers of the mean squared difference of Gram matrices (N,) (Johnson et al. 2016, eq. 4).

    Mean, as in their code: the squared Frobenius norm of the paper, divided by C^2.

    Args:
        features: As for `style_loss`.
        wanted: As for `style_loss`; the means are not looked at.
        weights: Layer -> weight, for Gram matrices divided by C H W on the scale of `CAFFE_SCALE`.
    """
    terms = [
        weight * CAFFE_SCALE**4 * (gram(features[layer]) - wanted[layer][0]).square().mean(dim=(1, 2))
        for layer, weight in weights.items()
    ]
    return torch.stack(terms).sum(0)


def chroma_directions(device: torch.device) -> Tensor:
    """The directions (8, 2), float32, along which `chroma_quantiles` looks at colours: half a turn, evenly.

    They are made once by who needs them in every step, as a GPU would have to wait for them.
    """
    angles = [math.pi * i / 8 for i in range(8)]
    return torch.tensor([(math.cos(a), math.sin(a)) for a in angles], device=device)


def chroma_quantiles(pictures: Tensor, directions: Tensor) -> Tensor:
    """How strong which colours are in a picture, seen coarsely, (N, 8, 64).

    Chroma is that of cells of 8 px: B - Y and R - Y on the scale of YCbCr, seen along eight directions, of each of
    which the quantiles are taken. The mean difference of two such is a sliced Wasserstein distance (Rabin et al. 2011).

    Args:
        pictures: RGB (N, 3, H, W) in [0, 1], 8 px or more a side.
        directions: `chroma_directions`, where the pictures are.
    """
    cells = functional.avg_pool2d(pictures.float(), 8, stride=4)
    red, green, blue = cells.flatten(2).unbind(1)
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = torch.stack([0.564 * (blue - light), 0.713 * (red - light)], dim=1)
    ranked = torch.einsum("dc,ncp->ndp", directions, chroma).sort(dim=2).values
    return functional.interpolate(ranked, 64, mode="linear") if ranked.shape[2] > 1 else ranked.expand(-1, -1, 64)


def chroma_distance(given: Tensor, wanted: Tensor) -> Tensor:
    """How far the `chroma_quantiles` (N, 8, 64) of pictures are from those that are wanted, (N,).

    The mean squared difference over the variance of what is wanted: 1 for grey pictures where colours are wanted that
    are on the whole neutral.
    """
    spread = wanted.var(dim=2, correction=0).mean(dim=1)
    # A print in one ink has next to none.
    return (given - wanted).square().mean(dim=(1, 2)) / spread.clamp(min=1e-4)


def total_variation(pictures: Tensor) -> Tensor:
    """Half the sum of the squared differences of neighbouring pixels, (N,), of RGB (N, 3, H, W) in [0, 1]."""
    x = pictures.float()
    down, right = x[:, :, 1:] - x[:, :, :-1], x[:, :, :, 1:] - x[:, :, :, :-1]
    return (down.square().flatten(1).sum(1) + right.square().flatten(1).sum(1)) / 2


def _outer(means: Tensor) -> Tensor:
    return means[:, :, None] * means[:, None, :]


def grid_loss(pictures: Tensor, period_px: int = 4) -> Tensor:
    """The power of patterns that repeat every `period_px` pixels, in float32: the checkerboard of strided networks.

    The mean of a picture over all cells of the grid is one cell; whatever structure that cell has repeats across the
    whole picture, and nothing but the network's own grid does that.

    Args:
        pictures: (N, 3, H, W) in [0, 1].
        period_px: 4 finds periods of 4 and 2.

    Returns:
        (N,): variance of the mean cell, averaged over the colours.
    """
    count, channels = pictures.shape[:2]
    # What a mean over one period leaves is the grid and the fine detail; slopes of the picture itself go.
    smooth = functional.avg_pool2d(pictures.float(), period_px, stride=1)
    before = period_px // 2
    rows, columns = (side // period_px for side in smooth.shape[2:])
    height, width = rows * period_px, columns * period_px
    fine = pictures[:, :, before : before + height, before : before + width].float() - smooth[:, :, :height, :width]
    cell = fine.reshape(count, channels, rows, period_px, columns, period_px).mean(dim=(2, 4))
    return (cell - cell.mean(dim=(2, 3), keepdim=True)).square().mean(dim=(1, 2, 3))
