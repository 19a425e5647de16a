"""The judge: gives the figures of pictures and clips against what was painted, and the painting."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from livestyle.errors import TrainingError
from livestyle.evaluation.clips import Clip
from livestyle.evaluation.picture import NamedPicture, as_tensor, digest
from livestyle.evaluation.store import Row, Store
from livestyle.frame import Image
from livestyle.networks import vgg
from livestyle.pretrained import load_vgg
from livestyle.stylizer.stylizer import Images
from livestyle.training import metrics

SPREADS = ("masses", "colours", "fine")
"""Over those of the painting: 1 is right."""
FIGURES = ("style", "style_ho", "style_128", "swd", "content", "lpips", "colour", "grid2", "grid4", *SPREADS)
"""In the order of the tables. Of all but `SPREADS`, less is better."""
LINES = 360
"""The short side at which spreads are taken."""
SMALL_PX = 128
"""The other short side at which style is judged: pixel noise can win the figure at 256 px alone."""

Features = dict[str, Tensor]


@dataclass(frozen=True)
class _Manner:
    """What the style figures need to know of a picture: enough to keep it of every painting."""

    grams: Features
    small_grams: Features
    features: dict[str, metrics.Projection]
    colors: metrics.Projection
    spreads: metrics.Spreads


class Judge:
    """Looks at each painting and photo once, and keeps what it has judged.

    On the CPU in float32, so that its figures are the same everywhere. Photos should come one after the other, as only
    the last one is remembered.

    Args:
        store: Where its figures are kept.
        vgg_path: VGG-16 weights as safetensors; None: torchvision's, downloaded once.
        lpips_path: LPIPS v0.1 heads for VGG-16 as safetensors; None: no LPIPS.

    Raises:
        TrainingError: The weights can't be had or don't fit.
    """

    def __init__(self, store: Store, vgg_path: Path | None, lpips_path: Path | None) -> None:
        self.heads = _read_heads(lpips_path) if lpips_path else []
        layers = {*metrics.LAYERS, *(metrics.LPIPS_LAYERS if self.heads else ())}
        self.vgg = load_vgg(layers, weights_path=vgg_path)
        self.store = store
        # Other figures, or other eyes, give other judgements.
        sources = [inspect.getsource(source) for source in (metrics, vgg.VggFeatures, Judge)]
        self.version = digest(*sources, *self.vgg.state_dict().values(), *self.heads)
        self._manners: dict[str, _Manner] = {}
        self._grams: dict[tuple[str, int], Features] = {}
        self._photo: tuple[str, Features] = ("", {})

    def figures(self, image: Image, photo: NamedPicture, painting: NamedPicture) -> Row:
        """The figures of a picture; `FIGURES` names them.

        Args:
            image: RGB uint8 (H, W, 3), at about the proportions of the photo.
            photo: What was painted.
            painting: In whose style.
        """
        key = digest(self.version, image, photo.digest, painting.digest)
        return self.store.figures(key, lambda: self._figures(image, photo, painting))

    def steadiness(self, painted: Images, clip: Clip, painting: NamedPicture) -> Row:
        """How still the painting of a clip holds, and the style of its last frame.

        Args:
            painted: RGB uint8 (T, H, W, 3).
            clip: What was painted.
            painting: In whose style.

        Returns:
            "style", and the figures of `metrics.steadiness`.
        """
        key = digest(self.version, "steadiness", painted, clip.frames, clip.grids, clip.valid, painting.digest)
        return self.store.figures(key, lambda: self._steadiness(painted, clip, painting))

    def styles(self, image: Image, painting: NamedPicture, scales: Sequence[float] = (1.0,)) -> list[float]:
        """The figure "style" of a picture at a short side of 256 px.

        Args:
            image: RGB uint8 (H, W, 3).
            painting: In whose style.
            scales: The painting is looked at with its short side at 256 px times each of these.
        """
        sizes_px = [round(metrics.SHORT_SIDE_PX * scale) for scale in scales]
        key = digest(self.version, "styles", image, painting.digest, *map(str, sizes_px))
        row = self.store.figures(key, lambda: self._styles(image, painting, sizes_px))
        return [row[str(px)] for px in sizes_px]

    def _steadiness(self, painted: Images, clip: Clip, painting: NamedPicture) -> Row:
        frames = (as_tensor(clip.frames), as_tensor(painted))
        return {"style": self.styles(painted[-1], painting)[0], **metrics.steadiness(*frames, clip.grids, clip.valid)}

    def _styles(self, image: Image, painting: NamedPicture, sizes_px: Sequence[int]) -> Row:
        grams = self._grams_at(as_tensor(image), metrics.SHORT_SIDE_PX)
        row = {}
        for px in sizes_px:
            if (painting.digest, px) not in self._grams:
                self._grams[painting.digest, px] = self._grams_at(as_tensor(painting.image), px)
            row[str(px)] = metrics.style_distance(grams, self._grams[painting.digest, px])
        return row

    def _figures(self, image: Image, photo: NamedPicture, painting: NamedPicture) -> Row:
        if self._photo[0] != photo.digest:
            self._photo = photo.digest, self._features(metrics.at_short_side(as_tensor(photo.image)))
        if painting.digest not in self._manners:
            small = metrics.at_short_side(as_tensor(painting.image))
            self._manners[painting.digest] = self._manner(as_tensor(painting.image), small, self._features(small))
        of_photo, of_painting = self._photo[1], self._manners[painting.digest]
        whole = as_tensor(image)
        # The size of the photo's features exactly, though the picture may be a pixel off its proportions.
        size_hw = metrics.at_short_side(as_tensor(photo.image)).shape[2:]
        small = functional.interpolate(whole, size_hw, mode="bilinear", antialias=True).clamp(0, 1)
        features = self._features(small)
        own = self._manner(whole, small, features)
        row = {
            "style": metrics.style_distance(own.grams, of_painting.grams),
            "style_ho": metrics.style_distance(own.grams, of_painting.grams, metrics.HELD_OUT_LAYERS),
            "style_128": metrics.style_distance(own.small_grams, of_painting.small_grams),
            "swd": metrics.sliced_wasserstein(own.features, of_painting.features),
            "content": metrics.content_distance(features, of_photo),
            "colour": metrics.color_distance(own.colors, of_painting.colors),
            "grid2": metrics.grid_line(whole[0], 2),
            "grid4": metrics.grid_line(whole[0], 4),
            **{name: getattr(own.spreads, name) / max(getattr(of_painting.spreads, name), 1e-6) for name in SPREADS},
        }
        if self.heads:
            row["lpips"] = metrics.lpips(features, of_photo, self.heads)
        return row

    def _manner(self, whole: Tensor, small: Tensor, features: Features) -> _Manner:
        return _Manner(
            grams={n: metrics.gram(features[n]) for n in {*metrics.STYLE_LAYERS, *metrics.HELD_OUT_LAYERS}},
            small_grams=self._grams_at(whole, SMALL_PX),
            features={n: metrics.project(features[n][0].flatten(1)) for n in metrics.SWD_LAYERS},
            colors=metrics.project(metrics.lab(small[0])),
            spreads=metrics.spreads(metrics.at_short_side(whole, LINES)[0]),
        )

    def _grams_at(self, picture: Tensor, short_side_px: int) -> Features:
        features = self._features(metrics.at_short_side(picture, short_side_px), metrics.STYLE_LAYERS)
        return {name: metrics.gram(values) for name, values in features.items()}

    def _features(self, picture: Tensor, layers: Sequence[str] | None = None) -> Features:
        with torch.inference_mode():
            features: Features = self.vgg(picture, layers)
        return features


def _read_heads(path: Path) -> list[Tensor]:
    try:
        heads = [head.float().flatten() for head in load_file(path).values()]
    except (OSError, SafetensorError) as error:
        raise TrainingError(f"Can't read LPIPS heads from {path}: it is missing or no safetensors file.") from error
    if [len(head) for head in heads] != list(vgg.STAGE_CHANNELS):
        raise TrainingError(f"{path} does not hold the five LPIPS heads for VGG-16.")
    return heads
