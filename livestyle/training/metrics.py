"""Figures of merit: how much a painting looks like its style, keeps its photo, and holds still.

Distances are taken on VGG-16 features in float32, pictures at a short side of 256 px. They are meant to be read
together and beside controls: blur wins on flicker alone, and a plain blend of photo and painting wins on the Gram
distance alone. Nothing here is shared with the losses, so that the yardstick stays the same when they change.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

STYLE_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
HELD_OUT_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu5_1")
"""Layers that no training loss looks at: a network that only pleases its loss does worse here."""
SWD_LAYERS = ("relu2_1", "relu3_1")
CONTENT_LAYER = "relu3_3"
LAYERS = tuple(sorted({*STYLE_LAYERS, *HELD_OUT_LAYERS, *SWD_LAYERS, CONTENT_LAYER}))
LPIPS_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3")
SHORT_SIDE_PX = 256
DIRECTIONS = 64
QUANTILES = 257
DETAIL_SIGMA_PX = 2.0


def at_short_side(pictures: Tensor, short_side_px: int = SHORT_SIDE_PX) -> Tensor:
    """Resizes pictures (N, 3, H, W) so that the short side has that many pixels, without aliasing."""
    height, width = pictures.shape[2:]
    scale = short_side_px / min(height, width)
    size = (round(height * scale), round(width * scale))
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True).clamp(0, 1)


def gram(features: Tensor) -> Tensor:
    """Gram matrix (C, C) of the features (1, C, H, W) of one picture: G = F F^T / (C H W), in float32."""
    flat = features[0].flatten(1).float()
    return flat @ flat.T / flat.numel()


def normalized_distance(a: Tensor, b: Tensor) -> float:
    """|a - b|^2 / (|a|^2 + |b|^2): 0 equal, 1 unrelated, whatever the scale (Cheng et al., 2104.10064)."""
    return float((a - b).square().sum() / (a.square().sum() + b.square().sum()).clamp(min=1e-12))


def style_distance(
    painted: Mapping[str, Tensor], painting: Mapping[str, Tensor], layers: Sequence[str] = STYLE_LAYERS
) -> float:
    """Mean normalised distance of Gram matrices over layers.

    Args:
        painted: Layer -> Gram matrix.
        painting: The same of the painting.
        layers: `STYLE_LAYERS`, or `HELD_OUT_LAYERS`.
    """
    return sum(normalized_distance(painted[n], painting[n]) for n in layers) / len(layers)


def content_distance(painted: Mapping[str, Tensor], photo: Mapping[str, Tensor]) -> float:
    """Normalised distance of the features at relu3_3: 0 equal, 1 unrelated."""
    return normalized_distance(painted[CONTENT_LAYER], photo[CONTENT_LAYER])


def lpips(painted: Mapping[str, Tensor], photo: Mapping[str, Tensor], heads: Sequence[Tensor]) -> float:
    """LPIPS v0.1 with its VGG-16 heads (Zhang et al. 2018), which take the same input normalisation as the VGG.

    Args:
        painted: Layer -> features (1, C, H, W), `LPIPS_LAYERS` among them.
        photo: The same of the photo.
        heads: The weight (C,) of each channel, for each layer.
    """

    def unit(features: Tensor) -> Tensor:
        length: Tensor = features.norm(dim=1, keepdim=True)
        return features / (length + 1e-10)

    total = 0.0
    for head, layer in zip(heads, LPIPS_LAYERS, strict=True):
        gap = (unit(painted[layer]) - unit(photo[layer])).square()
        total += float((head.view(1, -1, 1, 1) * gap).sum(1).mean())
    return total


@dataclass(frozen=True)
class Projection:
    """A cloud of points seen along fixed directions: all that sliced Wasserstein distances need of it.

    Attributes:
        quantiles: `QUANTILES` of them along each of `DIRECTIONS` (DIRECTIONS, QUANTILES).
        variance: Mean over the directions.
    """

    quantiles: Tensor
    variance: float


def project(points: Tensor) -> Projection:
    """Looks at points (C, n) along fixed random directions, the same for every C."""
    generator = torch.Generator().manual_seed(0)
    axes = torch.randn(DIRECTIONS, points.shape[0], generator=generator)
    along = axes / axes.norm(dim=1, keepdim=True) @ points.cpu().float()
    # NumPy sorts several times as fast as torch, and torch.quantile has a size limit.
    ordered = torch.from_numpy(np.sort(along.numpy(), axis=1))
    at = torch.linspace(0, 1, QUANTILES) * (points.shape[1] - 1)
    return Projection(ordered[:, at.round().long()], float(along.var(dim=1).mean()))


def sliced_wasserstein(painted: Mapping[str, Projection], painting: Mapping[str, Projection]) -> float:
    """Sliced Wasserstein-2 distance of the feature vectors at relu2_1 and relu3_1, over the painting's own spread.

    Unlike a Gram matrix it sees the whole distribution of features, so it can't be won by matching second moments alone
    (Heitz et al. 2021).
    """
    squares = [
        float((painted[n].quantiles - painting[n].quantiles).square().mean()) / painting[n].variance for n in SWD_LAYERS
    ]
    return sum(squares) / len(squares)


def lab(picture: Tensor) -> Tensor:
    """CIE L*a*b* (3, H W) of an sRGB picture (3, H, W) in [0, 1], under D65: L in 0..100."""
    rgb = picture.flatten(1).float()
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = torch.tensor(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
        device=rgb.device,
    )
    ratio = to_xyz @ linear / to_xyz.sum(1, keepdim=True)  # over white
    cut = 6 / 29
    f = torch.where(ratio > cut**3, ratio.clamp(min=1e-9) ** (1 / 3), ratio / (3 * cut**2) + 4 / 29)
    return torch.stack([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def color_distance(painted: Projection, painting: Projection) -> float:
    """Sliced Wasserstein-1 distance of the colours of two pictures in CIE L*a*b*.

    The mean over the directions of the mean difference between quantiles: how far, in Lab units, the colours of one
    have to be moved to become those of the other, seen along one direction. A colour-matched photo does well on it, so
    it is only good as a bound.

    Args:
        painted: `project(lab(picture))`, the picture at a short side of 256 px.
        painting: The same of the painting.
    """
    return float((painted.quantiles - painting.quantiles).abs().mean())


@dataclass(frozen=True)
class Spreads:
    """How strong light, dark and colour of a picture are: standard deviations in CIE L*a*b*.

    Attributes:
        masses: Of the coarse L*, which a Gaussian of a thirtieth of the short side leaves.
        colours: Of a* and b* together.
        fine: Of the L* that the Gaussian takes away.
    """

    masses: float
    colours: float
    fine: float


def spreads(picture: Tensor) -> Spreads:
    """The spreads of a picture (3, H, W) in [0, 1], to be looked at with a short side of about 360 px."""
    height, width = picture.shape[1:]
    light, *colors = lab(picture).reshape(3, height, width)
    coarse = blurred(light[None, None], min(height, width) / 30)[0, 0]
    variance = sum(float(color.var(correction=0)) for color in colors)
    return Spreads(float(coarse.std()), variance**0.5, float((light - coarse).std()))


def blurred(pictures: Tensor, sigma_px: float) -> Tensor:
    """Pictures (N, C, H, W) through a Gaussian."""
    reach = min(math.ceil(4 * sigma_px), *(side - 1 for side in pictures.shape[2:]))
    line = torch.exp(-torch.arange(-reach, reach + 1, device=pictures.device).square() / (2 * sigma_px**2))
    kernel = (line / line.sum()).view(1, 1, 1, -1).expand(pictures.shape[1], -1, -1, -1)
    smooth = functional.pad(pictures, (reach,) * 4, mode="reflect")
    for turned in (kernel, kernel.transpose(2, 3)):
        smooth = functional.conv2d(smooth, turned, groups=pictures.shape[1])
    return smooth


def grid_line(picture: Tensor, period_px: int) -> float:
    """The strongest spectral line at a period, over its neighbourhood; a photo has about 2.5.

    Args:
        picture: (3, H, W) in [0, 1] at its native size.
        period_px: 2 or 4.

    Returns:
        The largest amplitude among the bins with that period horizontally, vertically or both, over the median
        amplitude of the bins around it.
    """
    luma = (picture.float() * torch.tensor([0.299, 0.587, 0.114], device=picture.device).view(3, 1, 1)).sum(0)
    height, width = (side // period_px * period_px for side in luma.shape)
    luma = luma[:height, :width]
    window = torch.hann_window(height)[:, None] * torch.hann_window(width)[None, :]
    spectrum = torch.fft.fft2((luma - luma.mean()).cpu() * window).abs()
    y, x = height // period_px, width // period_px
    reach = 6
    ratios = []
    for centre_y, centre_x in ((y, 0), (0, x), (y, x)):
        rows = torch.arange(centre_y - reach, centre_y + reach + 1) % height
        columns = torch.arange(centre_x - reach, centre_x + reach + 1) % width
        around = spectrum[rows][:, columns]
        line = around[reach - 1 : reach + 2, reach - 1 : reach + 2].max()
        if centre_y == 0 or centre_x == 0:
            # Along an axis the picture's own straight edges make a ridge; the line is held against that ridge.
            ridge = around[reach] if centre_y == 0 else around[:, reach]
            ratios.append(line / torch.cat([ridge[: reach - 1], ridge[reach + 2 :]]).median())
        else:
            ratios.append(line / around.median())
    return float(torch.stack(ratios).max())


def sharpness(pictures: Tensor) -> float:
    """Mean energy of the Laplacian of pictures (N, 3, H, W)."""
    kernel = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]], device=pictures.device)
    luma = pictures.float().mean(1, keepdim=True)
    return float(functional.conv2d(luma, kernel[None, None]).square().mean())


def warping_error(frames: Tensor, grids: Tensor, valid: Tensor) -> float:
    """RMS difference between each frame and its predecessor moved along the known flow.

    Args:
        frames: (T, 3, H, W) in [0, 1].
        grids: (T - 1, H, W, 2) for `F.grid_sample`: where in frame t each pixel of frame t + 1 comes from.
        valid: (T - 1, 1, H, W) float, 0 where it comes from outside.
    """
    moved = functional.grid_sample(frames[:-1], grids, mode="bicubic", padding_mode="border", align_corners=True)
    squares = (moved - frames[1:]).square().mean(1, keepdim=True) * valid
    return float((squares.sum() / valid.sum().clamp(min=1)).sqrt())


def detail(pictures: Tensor) -> float:
    """RMS of the fine detail of pictures (N, 3, H, W): what a Gaussian of `DETAIL_SIGMA_PX` takes away."""
    return float((pictures - blurred(pictures, DETAIL_SIGMA_PX)).square().mean().sqrt())


def boil(warping_error: float, detail: float) -> float:
    """How much of a clip's texture is drawn anew in every frame: 1 all of it, 0 none.

    Two textures that have nothing to do with each other differ by sqrt(2) times their RMS.

    Args:
        warping_error: Of the clip.
        detail: Of the clip.
    """
    return warping_error / (2**0.5 * max(detail, 1e-6))


def steadiness(clip: Tensor, painted: Tensor, grids: Tensor, valid: Tensor) -> dict[str, float]:
    """How still a painting of a clip holds.

    Args:
        clip: (T, 3, H, W) in [0, 1].
        painted: The same, painted.
        grids: As for `warping_error`.
        valid: As for `warping_error`.

    Returns:
        "error": the warping error of the painting. "times": the same over that of the clip itself. "sharpness": over
        that of the clip itself. "boil": see `boil`.
    """
    error = warping_error(painted, grids, valid)
    return {
        "error": error,
        "times": error / max(warping_error(clip, grids, valid), 1e-6),
        "sharpness": sharpness(painted) / max(sharpness(clip), 1e-9),
        "boil": boil(error, detail(painted)),
    }
