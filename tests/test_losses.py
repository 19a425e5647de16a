from __future__ import annotations

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from livestyle.losses import (
    CAFFE_SCALE,
    chroma_directions,
    chroma_distance,
    chroma_quantiles,
    gram,
    grid_loss,
    normalized_distance,
    plain_distance,
    plain_style_loss,
    second_moments,
    style_loss,
    total_variation,
)


def quantiles(pictures: Tensor) -> Tensor:
    return chroma_quantiles(pictures, chroma_directions(pictures.device))


def test_gram_is_the_papers() -> None:
    features = torch.randn(2, 3, 4, 5)
    flat = features[1].reshape(3, 20)
    assert torch.allclose(gram(features)[1], flat @ flat.T / 60, atol=1e-6)


def test_gram_does_not_overflow_in_half_precision() -> None:
    features = torch.full((1, 2, 200, 200), 100.0).half()
    assert torch.allclose(gram(features), torch.full((1, 2, 2), 5000.0), rtol=1e-3)


def test_distance_is_0_for_equal_1_for_unrelated_and_ignores_scale() -> None:
    a, b = torch.tensor([[1.0, 0.0], [3.0, 4.0]]), torch.tensor([[0.0, 1.0], [3.0, 4.0]])
    assert normalized_distance(a, b).tolist() == pytest.approx([1.0, 0.0])
    assert torch.allclose(normalized_distance(1e4 * a, 1e4 * b), normalized_distance(a, b))


@given(angle=st.floats(0, 1.5), length=st.floats(0.1, 10))
def test_what_points_elsewhere_is_best_at_the_wanted_length(angle: float, length: float) -> None:
    wanted = torch.tensor([[2.0, 0.0]])
    direction = torch.tensor([[math.cos(angle), math.sin(angle)]])
    at = torch.tensor(length, requires_grad=True)
    normalized_distance(at * direction, wanted).sum().backward()
    assert at.grad is not None
    assume(abs(length - 2) > 0.01)
    assert (at.grad > 0) == (length > 2)


def test_a_gram_matrix_is_covariance_and_mean() -> None:
    features = torch.rand(2, 3, 8, 8)
    grams, means = second_moments(features)
    flat = features.flatten(2)
    covariance = torch.stack([torch.cov(f, correction=0) for f in flat]) / 3
    assert torch.allclose(grams, covariance + means[:, :, None] * means[:, None, :], atol=1e-6)


def test_style_loss_weighs_layers_and_keeps_pictures_apart() -> None:
    same = torch.randn(2, 4, 8, 8)
    grams, means = second_moments(same)
    other = torch.stack([grams[0], torch.zeros(4, 4)]), torch.stack([means[0], torch.zeros(4)])
    loss = style_loss({"a": same, "b": same}, {"a": (grams, means), "b": other}, {"a": 3.0, "b": 1.0})
    assert loss.tolist() == pytest.approx([0.0, 0.25], abs=1e-6)


def test_style_loss_sees_missing_contrast_behind_a_strong_mean() -> None:
    strong = 5 + torch.randn(1, 4, 16, 16)
    flat = torch.full((1, 4, 16, 16), 5.0)
    wanted = {"a": second_moments(strong)}
    assert normalized_distance(second_moments(flat)[0], wanted["a"][0]) < 0.01
    assert style_loss({"a": flat}, wanted, {"a": 1.0}) > 0.4


@pytest.mark.parametrize("period", [2, 4])
def test_grid_loss_sees_a_checkerboard_and_little_in_noise(period: int) -> None:
    torch.manual_seed(0)
    noise = 0.5 + 0.05 * torch.randn(1, 3, 96, 96)
    line = (torch.arange(96) % period < period // 2).float() - 0.5
    checkerboard = noise + 0.05 * 4 * line[:, None] * line[None, :]
    assert grid_loss(checkerboard) > 20 * grid_loss(noise)


def test_grid_loss_is_blind_to_smooth_pictures_and_odd_sizes() -> None:
    smooth = functional.interpolate(torch.rand(2, 3, 5, 5), (101, 97), mode="bicubic")
    loss = grid_loss(smooth)
    assert loss.shape == (2,)
    assert loss.max().sqrt() < 3 / 255


def test_plain_losses_are_the_papers_on_features_of_their_size() -> None:
    given, wanted = torch.rand(2, 4, 5, 6), torch.rand(2, 4, 5, 6)
    mean_square = torch.nn.MSELoss()
    content = plain_distance(given, wanted)
    assert content.shape == (2,)
    assert content.mean() == pytest.approx(mean_square(CAFFE_SCALE * given, CAFFE_SCALE * wanted).item(), rel=1e-4)
    style = plain_style_loss({"a": given, "b": given}, {"a": second_moments(wanted)}, {"a": 5.0})
    by_hand = 5 * mean_square(gram(CAFFE_SCALE * given), gram(CAFFE_SCALE * wanted))
    assert style.mean() == pytest.approx(by_hand.item(), rel=1e-4)


def test_total_variation_is_that_of_the_code() -> None:
    # Its gradient at an inner pixel is four times the pixel less its neighbours (fast-neural-style, TotalVariation).
    picture = torch.zeros(1, 1, 5, 5)
    picture[0, 0, 2, 2] = 1
    picture.requires_grad_()
    total_variation(picture).sum().backward()
    assert picture.grad is not None
    assert picture.grad[0, 0, 1:4, 1:4].tolist() == [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
    assert total_variation(torch.ones(2, 3, 4, 4)).tolist() == [0, 0]


def test_colours_are_seen_coarsely_and_wherever_they_are() -> None:
    generator = torch.Generator().manual_seed(5)
    cells = torch.rand(1, 3, 8, 8, generator=generator).repeat_interleave(8, 2).repeat_interleave(8, 3)
    moved = cells.flip(3).transpose(2, 3)
    fine = (cells + 0.2 * torch.randn(cells.shape, generator=generator)).clamp(0, 1)
    assert torch.allclose(quantiles(cells), quantiles(moved), atol=1e-6)
    wanted = quantiles(cells)
    assert float(chroma_distance(quantiles(fine), wanted)) < 0.05
    assert float(chroma_distance(quantiles(1 - cells), wanted)) > 0.1


def test_grey_pictures_are_as_far_from_neutral_colours_as_these_are_strong() -> None:
    cells = torch.tensor([[0.8, 0.4, 0.4], [0.2, 0.6, 0.6]]).T.reshape(1, 3, 1, 2)
    colourful = cells.repeat_interleave(64, 2).repeat_interleave(32, 3)
    grey = torch.rand(1, 1, 64, 64).expand(-1, 3, -1, -1)
    assert float(chroma_distance(quantiles(grey), quantiles(colourful))) == pytest.approx(1, abs=0.01)
    assert float(chroma_distance(quantiles(colourful), quantiles(colourful))) == 0


def test_paler_and_stronger_colours_than_wanted_are_both_a_loss_with_a_gradient() -> None:
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(2), requires_grad=True)
    grey = picture.mean(1, keepdim=True)
    for strength in (0.5, 1.5):
        other = quantiles(grey + strength * (picture - grey))
        loss = chroma_distance(other, quantiles(picture).detach()).sum()
        (slope,) = torch.autograd.grad(loss, picture, retain_graph=True)
        assert loss > 0.1
        assert slope.isfinite().all()
        assert slope.abs().max() > 0


def test_one_cell_has_quantiles_too() -> None:
    assert quantiles(torch.rand(2, 3, 8, 8)).shape == (2, 8, 64)
