from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from livestyle.training import metrics


def texture(seed: int, height: int = 64, width: int = 96) -> Tensor:
    """Random coarse texture, (1, 3, H, W) in [0, 1]."""
    coarse = torch.rand(1, 3, height // 4, width // 4, generator=torch.Generator().manual_seed(seed))
    return functional.interpolate(coarse, (height, width), mode="bilinear")


def features(seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {name: torch.rand(1, 8, 12, 16, generator=generator) for name in metrics.LAYERS + metrics.LPIPS_LAYERS}


def shifted_grid(dx: float, height: int, width: int) -> Tensor:
    """What `warping_error` takes for a picture whose content goes `dx` px to the right."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    return torch.stack([x - dx * 2 / (width - 1), y], -1)[None]


def test_equal_features_have_no_distance_and_others_have_one() -> None:
    one, other = features(0), features(1)
    grams = [{n: metrics.gram(f) for n, f in each.items()} for each in (one, other)]
    clouds = [{n: metrics.project(each[n][0].flatten(1)) for n in metrics.SWD_LAYERS} for each in (one, other)]
    heads = [torch.ones(8)] * 5
    for layers in (metrics.STYLE_LAYERS, metrics.HELD_OUT_LAYERS):
        assert metrics.style_distance(grams[0], grams[0], layers) == 0
        assert 0 < metrics.style_distance(grams[0], grams[1], layers) < 1
    assert metrics.sliced_wasserstein(clouds[0], clouds[0]) == 0 < metrics.sliced_wasserstein(clouds[0], clouds[1])
    assert metrics.content_distance(one, one) == 0 < metrics.content_distance(one, other) < 1
    assert metrics.lpips(one, one, heads) == 0 < metrics.lpips(one, other, heads)


def test_style_sees_what_is_there_and_not_where() -> None:
    here = features(0)
    elsewhere = {n: f.flip(2).roll(3, dims=3) for n, f in here.items()}
    grams = [{n: metrics.gram(f) for n, f in each.items()} for each in (here, elsewhere)]
    assert metrics.style_distance(*grams) == pytest.approx(0, abs=1e-9)
    assert metrics.content_distance(elsewhere, here) > 0.05


def test_a_gram_matrix_does_not_depend_on_the_size() -> None:
    small = features(0)["relu3_3"]
    assert torch.allclose(metrics.gram(small), metrics.gram(torch.cat([small, small], dim=3)))


@pytest.mark.parametrize(
    ("rgb", "wanted"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
    ],
)
def test_lab_of_known_colours(rgb: tuple[int, ...], wanted: tuple[float, ...]) -> None:
    picture = torch.tensor(rgb).view(3, 1, 1) / 255
    assert metrics.lab(picture)[:, 0].tolist() == pytest.approx(wanted, abs=0.05)


def test_lab_agrees_with_opencv() -> None:
    picture = texture(0)[0]
    theirs = cv2.cvtColor(np.ascontiguousarray(picture.permute(1, 2, 0).numpy()), cv2.COLOR_RGB2LAB)
    assert np.abs(metrics.lab(picture).T.reshape(theirs.shape).numpy() - theirs).max() < 1.5


def test_the_colour_distance_is_in_units_of_lab() -> None:
    colours = metrics.lab(texture(0)[0])
    lighter = colours + torch.tensor([10.0, 0.0, 0.0])[:, None]
    distance = metrics.color_distance(metrics.project(lighter), metrics.project(colours))
    # Seen from a random direction a shift looks half as long.
    assert distance == pytest.approx(5, abs=1.0)


def test_a_line_of_2_or_4_px_is_found() -> None:
    clean = torch.rand(3, 96, 128, generator=torch.Generator().manual_seed(0)) * 0.2 + 0.4
    for period in (2, 4):
        stripes = clean.clone()
        stripes[..., ::period] += 0.1
        assert metrics.grid_line(clean, period) < 5
        assert metrics.grid_line(stripes, period) > 15


def test_blur_takes_sharpness_and_detail() -> None:
    sharp = torch.rand(2, 3, 48, 64, generator=torch.Generator().manual_seed(0))
    soft = functional.avg_pool2d(sharp, 3, stride=1, padding=1, count_include_pad=False)
    assert metrics.sharpness(soft) < 0.5 * metrics.sharpness(sharp)
    assert metrics.detail(soft) < 0.6 * metrics.detail(sharp)
    assert metrics.detail(torch.full((1, 3, 48, 64), 0.3)) == pytest.approx(0, abs=1e-6)


def test_what_moves_with_the_flow_has_no_warping_error() -> None:
    picture = texture(0)
    frames = torch.cat([picture, picture.roll(3, dims=3)])
    valid = torch.ones(1, 1, 64, 96)
    valid[..., :4] = 0
    assert metrics.warping_error(frames, shifted_grid(3, 64, 96), valid) < 1e-3
    assert metrics.warping_error(frames, shifted_grid(0, 64, 96), valid) > 0.05


def test_boil_is_0_where_all_stays_and_1_where_all_is_drawn_anew() -> None:
    noise = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    still, valid = shifted_grid(0, 64, 96), torch.ones(1, 1, 64, 96)

    def boil(frames: Tensor) -> float:
        return metrics.boil(metrics.warping_error(frames, still, valid), metrics.detail(frames))

    assert boil(noise) == pytest.approx(1, abs=0.05)
    assert boil(noise[:1].repeat(2, 1, 1, 1)) == pytest.approx(0, abs=1e-3)


def test_spreads_part_masses_from_strokes_and_colours() -> None:
    grey = torch.linspace(0.2, 0.8, 360).expand(3, 240, 360).clone()
    strokes = grey + 0.1 * (torch.arange(360) % 4 < 2).float() - 0.05
    plain, fine = metrics.spreads(grey), metrics.spreads(strokes)
    assert plain.colours < 0.1
    assert plain.fine < 0.1 * plain.masses
    assert fine.masses == pytest.approx(plain.masses, rel=0.02)
    assert fine.fine > 10 * plain.fine
    tinted = grey.clone()
    tinted[0, :120] += 0.15
    assert metrics.spreads(tinted).colours > 5


def test_a_spread_goes_with_the_contrast() -> None:
    picture = torch.rand(3, 90, 120, generator=torch.Generator().manual_seed(0)) * 0.5 + 0.25
    weak = (picture - 0.5) / 2 + 0.5
    strong, weaker = metrics.spreads(picture), metrics.spreads(weak)
    for name in ("masses", "colours", "fine"):
        assert getattr(weaker, name) == pytest.approx(getattr(strong, name) / 2, rel=0.1)
