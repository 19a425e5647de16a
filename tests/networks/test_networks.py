from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import NetworkSpec
from livestyle.networks.norm import ConditionalInstanceNorm, instance_norm
from livestyle.networks.transform import blur_of_shuffled

SPECS = [NetworkSpec("s2d", 8), NetworkSpec("johnson", 4)]


def network_of(spec: NetworkSpec) -> StyledNetwork:
    torch.manual_seed(1)
    return build_network(spec).eval()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.family)
@settings(max_examples=15, deadline=None)
@given(batch=st.integers(1, 3), rows=st.integers(0, 8), columns=st.integers(0, 8))
def test_keeps_size_and_range_for_any_multiple_of_four(spec: NetworkSpec, batch: int, rows: int, columns: int) -> None:
    network = network_of(spec)
    side = network.min_side_px
    images = torch.rand(batch, 3, side + 4 * rows, side + 4 * columns)
    with torch.no_grad():
        painted = network(images, network.neutral_code()[None])
    assert painted.shape == images.shape
    assert torch.isfinite(painted).all()
    assert painted.min() >= 0
    assert painted.max() <= 1


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.family)
def test_each_picture_is_painted_with_its_own_code(spec: NetworkSpec) -> None:
    network = network_of(spec)
    images = torch.rand(2, 3, 48, 64)
    codes = network.neutral_code() + 0.5 * torch.randn(2, network.code_size)
    with torch.no_grad():
        together = network(images, codes)
        apart = torch.cat([network(images[i : i + 1], codes[i : i + 1]) for i in range(2)])
        swapped = network(images, codes.flip(0))
    assert torch.allclose(together, apart, atol=1e-5)
    assert not torch.allclose(together, swapped, atol=1e-2)


@pytest.mark.parametrize(
    ("spec", "size"),
    [
        # 11 norms of the width, 2 of 32 channels, 1 of the colours; scale and shift each.
        (NetworkSpec("s2d", 128), 2 * (11 * 128 + 2 * 32 + 3)),
        # Contract 32 + 64 + 128, ten of 128 in the trunk, expand 64 + 32, the colours.
        (NetworkSpec("johnson", 32), 2 * (32 + 64 + 128 + 10 * 128 + 64 + 32 + 3)),
    ],
    ids=["s2d", "johnson"],
)
def test_code_has_two_numbers_a_normalised_channel(spec: NetworkSpec, size: int) -> None:
    network = build_network(spec)
    assert network.code_size == size
    assert network.neutral_code().shape == (size,)
    assert sum(part.shape[1] for part in network.split_code(torch.zeros(1, size))) == size


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.family)
def test_the_code_sets_the_palette_of_whatever_is_painted(spec: NetworkSpec) -> None:
    network = network_of(spec)
    code = network.neutral_code()
    contrast, brightness = torch.tensor([0.5, 1.0, 1.5]), torch.tensor([-1.0, 0.0, 1.0])
    code[-6:] = torch.cat([contrast, brightness])
    with torch.no_grad():
        logits = torch.logit(network(torch.rand(2, 3, 64, 64), code[None]).double())
    assert torch.allclose(logits.mean((2, 3)).float(), brightness.expand(2, -1), atol=0.02)
    assert torch.allclose(logits.std((2, 3)).float(), contrast.expand(2, -1), rtol=0.2)


def test_johnson_has_the_papers_number_of_parameters() -> None:
    # 1.68 M in the paper's network with affine norms; ours keeps the affine part in the code.
    network = build_network(NetworkSpec("johnson", 32))
    total = sum(p.numel() for p in network.parameters()) + network.code_size
    assert total == pytest.approx(1.68e6, rel=0.01)


def test_norm_statistics_do_not_overflow_in_half_precision() -> None:
    # Squares of 300 overflow float16; the kernel has to take them in float32.
    x = torch.full((1, 2, 16, 16), 300.0) + 20 * torch.randn(1, 2, 16, 16)
    with torch.inference_mode():
        half = instance_norm(x.half()).float()
        full = instance_norm(x)
    assert torch.isfinite(half).all()
    assert (half - full).abs().max() < 0.05


def test_training_and_inference_take_the_same_norm() -> None:
    x = torch.randn(2, 5, 9, 7)
    with torch.no_grad():
        inference = instance_norm(x)
    assert torch.allclose(inference, instance_norm(x.requires_grad_()), atol=1e-5)


def test_norm_applies_scale_then_shift() -> None:
    norm = ConditionalInstanceNorm(3)
    code = torch.tensor([[2.0, 2.0, 2.0, 0.5, 0.5, 0.5]])
    y = norm(torch.randn(1, 3, 64, 64), code)
    assert torch.allclose(y.mean(dim=(2, 3)), torch.full((1, 3), 0.5), atol=1e-4)
    assert torch.allclose(y.std(dim=(2, 3)), torch.full((1, 3), 2.0), atol=1e-2)


def test_flat_picture_with_sensor_noise_is_not_blown_up() -> None:
    # A lens cap: only noise of 1/255. Instance norm alone would raise it to full contrast.
    dark = 0.02 + torch.randn(1, 1, 64, 64) / 255
    assert instance_norm(dark).std() < 0.2


def test_blur_of_shuffled_equals_the_blur_of_the_picture() -> None:
    shuffled = torch.rand(1, 12, 10, 8)
    binomial = torch.tensor([1.0, 2.0, 1.0]) / 4
    kernel = (binomial[:, None] * binomial)[None, None].expand(3, 1, 3, 3)
    wanted = functional.conv2d(functional.pixel_shuffle(shuffled, 2), kernel, padding=1, groups=3)
    got = functional.pixel_shuffle(functional.conv2d(shuffled, blur_of_shuffled(3), padding=1), 2)
    assert torch.allclose(got, wanted, atol=1e-6)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.family)
def test_a_flat_picture_has_no_border(spec: NetworkSpec) -> None:
    network = network_of(spec)
    code = network.neutral_code() + 0.3 * torch.randn(network.code_size)
    with torch.no_grad():
        painted = network(torch.full((1, 3, 64, 48), 0.4), code[None])
    assert (painted.amax(dim=(2, 3)) - painted.amin(dim=(2, 3))).max() < 1 / 255
