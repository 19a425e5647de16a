"""Figures of merit: how much a painting looks like its style, keeps its photo, and holds still.

Distances are taken on VGG-16 features in float32, pictures at a short side of 256 px. They are meant to be read
together and beside controls: blur wins on flicker alone, and a plain blend of photo and painting wins on the Gram
distance alone.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from livestyle.networks.vgg import VggFeatures
from livestyle.training.losses import gram, normalized_distance

STYLE_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")
HELD_OUT_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu5_1")
"""Layers that no training loss looks at: a network that only pleases its loss does worse here."""
SWD_LAYERS = ("relu2_1", "relu3_1")
CONTENT_LAYER = "relu3_3"
LAYERS = tuple(sorted({*STYLE_LAYERS, *HELD_OUT_LAYERS, *SWD_LAYERS, CONTENT_LAYER}))
SHORT_SIDE_PX = 256


def at_short_side(pictures: Tensor, short_side_px: int = SHORT_SIDE_PX) -> Tensor:
    """Resizes pictures (N, 3, H, W) so that the short side has that many pixels, without aliasing."""
    height, width = pictures.shape[2:]
    scale = short_side_px / min(height, width)
    size = (round(height * scale), round(width * scale))
    return functional.interpolate(pictures, size, mode="bilinear", antialias=True).clamp(0, 1)


def style_distance(painted: Mapping[str, Tensor], painting: Mapping[str, Tensor], held_out: bool = False) -> float:
    """Mean normalised distance of Gram matrices over the trained or the held-out layers: 0 equal, 1 unrelated."""
    layers = HELD_OUT_LAYERS if held_out else STYLE_LAYERS
    return float(torch.stack([normalized_distance(gram(painted[n]), gram(painting[n])) for n in layers]).mean())


def content_distance(painted: Mapping[str, Tensor], photo: Mapping[str, Tensor]) -> float:
    """Normalised distance of the features at relu3_3: 0 equal, 1 unrelated."""
    return float(normalized_distance(painted[CONTENT_LAYER], photo[CONTENT_LAYER]).mean())


def sliced_wasserstein(painted: Mapping[str, Tensor], painting: Mapping[str, Tensor], directions: int = 64) -> float:
    """Sliced Wasserstein-2 distance of the feature vectors at relu2_1 and relu3_1, over the painting's own spread.

    Unlike a Gram matrix it sees the whole distribution of features, so it can't be won by matching second moments alone
    (Heitz et al. 2021).

    Args:
        painted: Layer -> features (1, C, H, W).
        painting: The same of the painting.
        directions: Fixed random directions to project on.
    """
    values = []
    for layer in SWD_LAYERS:
        a, b = (features[layer][0].flatten(1).float() for features in (painted, painting))
        generator = torch.Generator().manual_seed(0)
        axes = torch.randn(directions, a.shape[0], generator=generator).to(a.device)
        axes = axes / axes.norm(dim=1, keepdim=True)
        quantiles = torch.linspace(0, 1, 257, device=a.device)
        gap = _quantiles(axes @ a, quantiles) - _quantiles(axes @ b, quantiles)
        values.append(gap.square().mean() / (axes @ b).var(dim=1).mean())
    return float(torch.stack(values).mean())


def _quantiles(values: Tensor, at: Tensor) -> Tensor:
    """Quantiles of each row (K, n) -> (K, len(at)); by sorting, as torch.quantile has a size limit."""
    ordered = values.sort(dim=1).values
    return ordered[:, (at * (ordered.shape[1] - 1)).round().long()]


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
    return float((squares.sum() / valid.sum()).sqrt())


def features_of(vgg: VggFeatures, pictures: Tensor, short_side_px: int = SHORT_SIDE_PX) -> dict[str, Tensor]:
    """All features the figures need, of pictures (N, 3, H, W) at a short side of `short_side_px`."""
    with torch.inference_mode():
        features: dict[str, Tensor] = vgg(at_short_side(pictures, short_side_px))
    return features
