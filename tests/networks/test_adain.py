from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from livestyle.look import Look
from livestyle.networks.adain import LEVELS, AdainNetwork, Features, code_of, spread_and_mean
from livestyle.networks.families import NetworkSpec
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.load import load_network
from livestyle.styles.predict import predict_style


@pytest.fixture(scope="module")
def network() -> AdainNetwork:
    torch.manual_seed(0)
    return AdainNetwork(16).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def photo(network: AdainNetwork) -> Features:
    """Features (1, 256, 12, 16) and (1, 512, 6, 8)."""
    return network.features_of(torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1)))


@pytest.fixture(scope="module")
def codes(network: AdainNetwork) -> Tensor:
    """Of two styles (2, 1537)."""
    pictures = torch.rand(2, 3, 64, 40, generator=torch.Generator().manual_seed(2)) ** 2
    return network.codes_of(pictures, [40])[:, 0]


def adain(network: AdainNetwork, photo: Features, code: Tensor) -> Features:
    """Equation 8 of the paper, word for word, at each of the two layers."""
    found = {}
    for level, part in zip(LEVELS, network.split_code(code[None, :-1]), strict=True):
        spread, mean = (each[:, :, None, None] for each in spread_and_mean(photo[level]))
        wanted_spread, wanted_mean = (each[None, :, None, None] for each in part[0].chunk(2))
        found[level] = wanted_spread * (photo[level] - mean) / spread + wanted_mean
    return found


def close(given: Features, wanted: Features) -> bool:
    return all(torch.allclose(given[level], wanted[level], atol=1e-4) for level in LEVELS)


def test_features_take_the_statistics_of_the_style(network: AdainNetwork, photo: Features, codes: Tensor) -> None:
    restyled = network.restyled(photo, codes[:1])
    assert close(restyled, adain(network, photo, codes[0]))
    for level, part in zip(LEVELS, network.split_code(codes[:1, :-1]), strict=True):
        assert torch.allclose(restyled[level].mean(dim=(2, 3)), part.chunk(2, dim=1)[1], atol=1e-3)


def test_the_identity_and_the_photos_own_code_leave_features_as_they_are(
    network: AdainNetwork, photo: Features
) -> None:
    assert close(network.restyled(photo, network.identity_code()[None]), photo)
    assert close(network.restyled(photo, code_of(photo)), photo)


def test_fine_features_take_part(network: AdainNetwork, photo: Features) -> None:
    other = {**photo, "relu3_1": photo["relu3_1"].flip(3)}
    assert not torch.allclose(network.decode(photo), network.decode(other), atol=1e-3)


def file_of(network: AdainNetwork, codes: Tensor) -> StyleFile:
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    styles = {name: Style(name, "", "", "", "", code[None].numpy()) for name, code in zip("ab", codes, strict=True)}
    return StyleFile(NetworkSpec("adain-2", 16), weights, (40,), network.identity_code().numpy(), styles)


@pytest.mark.parametrize("strength", [0.0, 0.3, 0.75, 1.0])
def test_strength_is_the_papers_alpha(network: AdainNetwork, photo: Features, codes: Tensor, strength: float) -> None:
    code = torch.from_numpy(mixed_code(file_of(network, codes), Look((("a", 1.0),), strength=strength), 40))
    full = adain(network, photo, codes[0])
    wanted = {level: (1 - strength) * photo[level] + strength * full[level] for level in LEVELS}  # equation 14
    assert close(network.restyled(photo, code[None]), wanted)


def test_a_mix_is_the_papers_mean_of_features(network: AdainNetwork, photo: Features, codes: Tensor) -> None:
    code = torch.from_numpy(mixed_code(file_of(network, codes), Look((("a", 3.0), ("b", 1.0))), 40))
    one, other = (adain(network, photo, each) for each in codes)
    wanted = {level: 0.75 * one[level] + 0.25 * other[level] for level in LEVELS}  # equation 15
    assert close(network.restyled(photo, code[None]), wanted)


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
    assert style.codes.shape == (1, 1537)
    exact = network.codes_of(torch.from_numpy(picture).permute(2, 0, 1)[None] / 255, [40])[0]
    assert np.allclose(style.codes, exact, rtol=0.1, atol=0.1)  # perhaps in half precision
    assert isinstance(load_network(file), AdainNetwork)
