from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from livestyle.networks import vgg
from livestyle.networks.code import PALETTE
from livestyle.networks.encoders import ScratchEncoder, VggEncoder
from livestyle.networks.vgg import VggFeatures
from livestyle.training.textures import draw_texture
from livestyle.training.views import OtherStyles, Viewer, resized, turned_hue, varied


@pytest.fixture(scope="module")
def viewer() -> Viewer:
    torch.manual_seed(0)
    features = VggFeatures(["relu1_2", "relu2_2", "relu3_3"])
    return Viewer(features, ["relu1_2", "relu2_2"], ["relu1_2"], None, torch.device("cpu"), VggEncoder())


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), height=st.integers(1, 80), width=st.integers(1, 80))
def test_textures_have_any_size_and_stay_in_range(seed: int, height: int, width: int) -> None:
    texture = draw_texture(np.random.default_rng(seed), height, width)
    assert texture.shape == (height, width, 3)
    assert texture.dtype == np.float32
    assert 0 <= texture.min() <= texture.max() <= 1


def test_the_seed_decides_the_texture_and_they_differ() -> None:
    one, same, other = (draw_texture(np.random.default_rng(seed), 40, 40) for seed in (3, 3, 4))
    assert np.array_equal(one, same)
    assert not np.allclose(one, other, atol=0.1)


def test_a_view_has_what_is_to_be_matched(viewer: Viewer) -> None:
    picture = torch.rand(1, 3, 64, 80)
    view = viewer.view(picture, 64, viewer.seen(picture))
    assert view.full["relu2_2"][0].shape == (vgg.STAGE_CHANNELS[1], vgg.STAGE_CHANNELS[1])
    assert view.full["relu1_2"][1].shape == (vgg.STAGE_CHANNELS[0],)
    assert list(view.half) == ["relu1_2"]
    assert view.seen.shape == (VggEncoder.size + PALETTE,)


def test_an_encoder_that_is_trained_gets_the_picture_itself() -> None:
    features = VggFeatures(["relu1_2"])
    viewer = Viewer(features, ["relu1_2"], [], None, torch.device("cpu"), ScratchEncoder())
    seen = viewer.seen(torch.rand(1, 3, 300, 400))
    assert seen.shape == (3, 208, 277)
    assert viewer.view(torch.rand(1, 3, 64, 64), 64, seen).half == {}


def test_without_a_predictor_nothing_is_seen() -> None:
    viewer = Viewer(VggFeatures(["relu1_2"]), ["relu1_2"], [], None, torch.device("cpu"))
    assert viewer.seen(torch.rand(1, 3, 30, 40)).shape == (0,)


def test_other_styles_come_and_go(viewer: Viewer) -> None:
    pictures = [torch.randint(256, (3, 120, 100 + 30 * i), dtype=torch.uint8) for i in range(3)]
    others = OtherStyles(pictures, viewer, (64, 128), 6, torch.Generator().manual_seed(0))
    before = list(others.views)
    assert all(64 <= view.stroke_px <= 128 for view in before)
    assert others.pick() in before
    others.refresh()
    assert [now is old for now, old in zip(others.views, before, strict=True)] == [False] + [True] * 5


def test_small_pictures_are_styles_too(viewer: Viewer) -> None:
    tiny = [torch.randint(256, (3, 9, 5), dtype=torch.uint8)]
    assert len(OtherStyles(tiny, viewer, (64, 128), 5, torch.Generator().manual_seed(1)).views) == 5


def test_resized_to_the_short_side() -> None:
    assert resized(torch.rand(1, 3, 50, 100), 25).shape == (1, 3, 25, 50)


def test_a_full_turn_of_the_hue_changes_nothing_and_grey_never_changes() -> None:
    picture = 0.25 + 0.5 * torch.rand(1, 3, 4, 4)
    assert torch.allclose(turned_hue(picture, 2 * np.pi), picture, atol=1e-5)
    grey = torch.full((1, 3, 2, 2), 0.4)
    assert torch.allclose(turned_hue(grey, 1.0), grey, atol=1e-6)


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_varied_pictures_stay_in_range(seed: int) -> None:
    picture = varied(torch.rand(1, 3, 8, 12), np.random.default_rng(seed))
    assert 0 <= picture.min() <= picture.max() <= 1
    assert sorted(picture.shape[2:]) == [8, 12]
