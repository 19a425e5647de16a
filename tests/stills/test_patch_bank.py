from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from livestyle.stills import patch_bank
from livestyle.stills.patch_bank import PatchBank, cover


def maps(seed: int, channels: int, height: int, width: int) -> Tensor:
    return torch.randn(1, channels, height, width, generator=torch.Generator().manual_seed(seed)).relu()


def places(features: Tensor) -> Tensor:
    """All patches, their places one by one: (patches, 9, C)."""
    cut = functional.unfold(features, 3)[0].T
    return cut.reshape(len(cut), features.shape[1], 9).transpose(1, 2)


def cosines(a: Tensor, b: Tensor) -> Tensor:
    """The mean over the nine places of the cosine between two patches' places, (patches of a, patches of b)."""
    one, other = (functional.normalize(places(x), dim=2).flatten(1) for x in (a, b))
    return one @ other.T / 9


def flat(found: Tensor, width: int) -> Tensor:
    """Where a match lies among all patches, from where it lies among all places."""
    return (found // width * (width - 2) + found % width).flatten()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 99),
    own_hw=st.tuples(st.integers(3, 12), st.integers(3, 12)),
    style_hw=st.tuples(st.integers(3, 12), st.integers(3, 12)),
    slice_scores=st.sampled_from([1, 900, 1 << 22]),
    weight=st.sampled_from([0.0, 0.5, 10.0]),
)
def test_matches_are_those_of_the_normalised_cross_correlation_of_all_patches(
    seed: int, own_hw: tuple[int, int], style_hw: tuple[int, int], slice_scores: int, weight: float
) -> None:
    own, style = maps(seed, 5, *own_hw), maps(seed + 1, 5, *style_hw)
    marks, style_marks = maps(seed + 2, 4, *own_hw) + 0.1, maps(seed + 3, 4, *style_hw) + 0.1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patch_bank, "SLICE_SCORES", slice_scores)
        found = PatchBank(style, style_marks, weight).match(own, marks)
    scores = cosines(own, style) + weight * cosines(marks, style_marks)
    assert found.shape == (own_hw[0] - 2, own_hw[1] - 2)
    chosen = scores.gather(1, flat(found, style_hw[1])[:, None])[:, 0]
    torch.testing.assert_close(chosen, scores.amax(1), rtol=1e-5, atol=1e-5)


def test_no_more_is_held_than_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    real, most = patch_bank._scores, 0

    def watched(own: Tensor, style: Tensor) -> Tensor:
        nonlocal most
        most = max(most, own.shape[0] * own.shape[1] * style.shape[0] * style.shape[1])
        return real(own, style)

    monkeypatch.setattr(patch_bank, "_scores", watched)
    monkeypatch.setattr(patch_bank, "SLICE_SCORES", 1 << 16)
    PatchBank(maps(0, 3, 40, 30)).match(maps(1, 3, 30, 40))
    assert 0 < most <= 1 << 16 < 30 * 40 * 40 * 30


def test_a_style_finds_itself() -> None:
    style = maps(0, 8, 11, 9)
    bank = PatchBank(style)
    found = bank.match(style)
    assert torch.equal(flat(found, 9), torch.arange(9 * 7))
    wanted, rest = bank.wanted(found)
    torch.testing.assert_close(wanted, style)
    assert float(rest) == pytest.approx(0, abs=1e-3)


def test_what_matches_want_is_the_mean_of_those_that_cover_a_place() -> None:
    own, style = maps(0, 4, 7, 6), maps(1, 4, 9, 8)
    bank = PatchBank(style)
    found = bank.match(own)
    wanted, rest = bank.wanted(found)
    counts = cover(7, 6)
    matches = places(style)[flat(found, 8)]
    expected = (places(own) - matches).square().sum()
    assert float((counts * (own - wanted).square()).sum() + rest) == pytest.approx(float(expected), rel=1e-5)
    folded = functional.fold(matches.transpose(1, 2).flatten(1).T[None], (7, 6), 3)
    torch.testing.assert_close(wanted, folded / counts)


@pytest.mark.parametrize("size_hw", [(3, 3), (3, 4), (4, 9), (8, 5)])
def test_cover_counts_patches(size_hw: tuple[int, int]) -> None:
    patches_in = (size_hw[0] - 2) * (size_hw[1] - 2)
    expected = functional.fold(torch.ones(1, 9, patches_in), size_hw, 3)[0, 0]
    assert torch.equal(cover(*size_hw), expected)


def test_maps_say_where_patches_come_from() -> None:
    own, style = maps(0, 6, 12, 12), maps(1, 6, 12, 20)
    marks, style_marks = torch.zeros(1, 2, 12, 12), torch.zeros(1, 2, 12, 20)
    marks[:, 1] = 1
    style_marks[:, 0, :, :14] = 1
    style_marks[:, 1, :, 14:] = 1
    columns = PatchBank(style, style_marks, 10.0).match(own, marks) % 20
    assert columns.min() >= 14
    assert (PatchBank(style, style_marks, 0.0).match(own, marks) % 20).min() < 14


def test_variety_brings_in_more_patches() -> None:
    own, style = maps(0, 6, 20, 20), maps(1, 6, 20, 20)
    own = (own + maps(2, 6, 1, 1)) / 2  # all a little alike, so that a few patches fit best

    def used(variety: float) -> int:
        bank = PatchBank(style)
        bank.match(own, variety=variety)
        return len(bank.match(own, variety=variety).unique())

    assert used(1.0) > 1.2 * used(0.0)


def test_places_without_features_are_no_trouble() -> None:
    nothing = torch.zeros(1, 4, 5, 5)
    wanted, rest = PatchBank(nothing, nothing, 1.0).wanted(PatchBank(nothing, nothing, 1.0).match(nothing, nothing))
    assert torch.equal(wanted, nothing)
    assert float(rest) == 0
