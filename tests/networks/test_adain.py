from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from livestyle.look import Look
from livestyle.networks.adain import CHANNELS, LAYER, AdainNetwork, code_of, spread_and_mean
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.load import load_network
from livestyle.styles.predict import predict_style


@pytest.fixture(scope="module")
def network() -> AdainNetwork:
    torch.manual_seed(0)
    return AdainNetwork(16).eval().requires_grad_(False)


def features_of(network: AdainNetwork, picture: Tensor) -> Tensor:
    return network.encoder(picture, [LAYER])[LAYER]


@pytest.fixture(scope="module")
def photo(network: AdainNetwork) -> Tensor:
    """Features (1, 512, 6, 8)."""
    return features_of(network, torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1)))


@pytest.fixture(scope="module")
def codes(network: AdainNetwork) -> Tensor:
    """Of two styles (2, 1025)."""
    pictures = torch.rand(2, 3, 64, 40, generator=torch.Generator().manual_seed(2)) ** 2
    return network.codes_of(pictures, [40])[:, 0]


def adain(photo: Tensor, code: Tensor) -> Tensor:
    """Equation 8 of the paper, word for word."""
    spread, mean = (part[:, :, None, None] for part in spread_and_mean(photo))
    wanted_spread, wanted_mean = (part[None, :, None, None] for part in code[:-1].split(CHANNELS))
    return wanted_spread * (photo - mean) / spread + wanted_mean


def test_features_take_the_statistics_of_the_style(network: AdainNetwork, photo: Tensor, codes: Tensor) -> None:
    restyled = network.restyled(photo, codes[:1])
    assert torch.allclose(restyled, adain(photo, codes[0]), atol=1e-4)
    assert torch.allclose(restyled.mean(dim=(2, 3))[0], codes[0, CHANNELS:-1], atol=1e-3)


def test_the_identity_and_the_photos_own_code_leave_features_as_they_are(network: AdainNetwork, photo: Tensor) -> None:
    assert torch.equal(network.restyled(photo, network.identity_code()[None]), photo)
    assert torch.allclose(network.restyled(photo, code_of(*spread_and_mean(photo))), photo, atol=1e-4)


def file_of(network: AdainNetwork, codes: Tensor) -> StyleFile:
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    styles = {name: Style(name, "", "", "", "", code[None].numpy()) for name, code in zip("ab", codes, strict=True)}
    return StyleFile(NetworkSpec("adain", 16), weights, (40,), network.identity_code().numpy(), styles)


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.75, 1.0])
def test_strength_is_the_papers_alpha(network: AdainNetwork, photo: Tensor, codes: Tensor, strength: float) -> None:
    code = torch.from_numpy(mixed_code(file_of(network, codes), Look((("a", 1.0),), strength=strength), 40))
    wanted = (1 - strength) * photo + strength * adain(photo, codes[0])  # equation 14
    assert torch.allclose(network.restyled(photo, code[None]), wanted, atol=1e-4)


def test_a_mix_is_the_papers_mean_of_features(network: AdainNetwork, photo: Tensor, codes: Tensor) -> None:
    code = torch.from_numpy(mixed_code(file_of(network, codes), Look((("a", 3.0), ("b", 1.0))), 40))
    wanted = 0.75 * adain(photo, codes[0]) + 0.25 * adain(photo, codes[1])  # equation 15
    assert torch.allclose(network.restyled(photo, code[None]), wanted, atol=1e-4)


def test_a_code_for_each_size_of_pictures_of_any_shape(network: AdainNetwork) -> None:
    for size in [(16, 16), (16, 900), (70, 33)]:
        codes = network.codes_of(torch.rand(2, 3, *size), [32, 48])
        assert codes.shape == (2, 2, network.code_size)
        assert codes.isfinite().all()
        assert (codes[:, 0] != codes[:, 1]).any()
        assert (codes[..., -1] == 0).all()


def test_paints_a_picture_of_the_same_size_within_range(network: AdainNetwork, codes: Tensor) -> None:
    for size in [(16, 16), (24, 40)]:
        painted = network(torch.rand(2, 3, *size), codes)
        assert painted.shape == (2, 3, *size)
        assert painted.min() >= 0
        assert painted.max() <= 1


def test_flat_pictures_are_painted_without_noise(network: AdainNetwork, codes: Tensor) -> None:
    painted = network(torch.full((1, 3, 32, 32), 0.5), codes[:1])
    assert painted.std(dim=(2, 3)).max() < 1e-3


def test_a_style_file_of_it_makes_styles_of_pictures(network: AdainNetwork, codes: Tensor) -> None:
    file = file_of(network, codes)
    assert file.reads_pictures
    picture = np.random.default_rng(0).integers(0, 256, (30, 50, 3)).astype(np.uint8)
    style = predict_style(file, picture, "noise", "Noise")
    assert style.codes.shape == (1, 1025)
    exact = network.codes_of(torch.from_numpy(picture).permute(2, 0, 1)[None] / 255, [40])[0]
    assert np.allclose(style.codes, exact, rtol=0.1, atol=0.1)  # perhaps in half precision
    assert isinstance(load_network(file), AdainNetwork)
