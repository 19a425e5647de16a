from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.evaluation.results import Record, Results
from livestyle.evaluation.tables import rotation


def measured(method: str, level: float, spread: float, styles: int = 6, scenes: int = 8, each: int = 4) -> list[Record]:
    """Figures of a rotation that depend on style, scene and chance."""
    rng = np.random.default_rng(0)
    of_style, of_scene = rng.normal(0, spread, styles), rng.normal(0, spread, scenes)
    return [
        Record(method, f"style {i}", f"scene {k}", {"style": level * (1 + of_style[i] + of_scene[k])})
        for i, met in enumerate(rotation(styles, scenes, each))
        for k in met
    ]


@given(styles=st.integers(1, 40), scenes=st.integers(1, 30), per_style=st.integers(1, 12))
def test_every_style_meets_as_many_scenes_none_twice(styles: int, scenes: int, per_style: int) -> None:
    met = rotation(styles, scenes, per_style)
    assert len(met) == styles
    assert all(len(set(each)) == len(each) == min(per_style, scenes) for each in met)


def test_every_scene_is_met_as_often() -> None:
    counts = Counter(k for each in rotation(33, 24, 8) for k in each)
    assert set(counts.values()) == {11}


def test_a_ratio_is_taken_on_the_same_pictures() -> None:
    ours = measured("ours", 0.1, 0.2)[::2]
    results = Results([*ours, *measured("peer", 0.2, 0.2)])
    ratio = results.ratio("ours", "peer", "style")
    assert ratio is not None
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((0.5, 0.5, 0.5))


def test_an_interval_holds_the_mean_and_grows_with_the_spread() -> None:
    narrow, wide = (Results(measured("ours", 1.0, spread)).mean("ours", "style") for spread in (0.01, 0.1))
    assert narrow is not None
    assert wide is not None
    assert narrow.low < narrow.value < narrow.high
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    hits = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        of_style, of_scene = rng.normal(0, 1, 12), rng.normal(0, 1, 16)
        records = [
            Record("ours", str(i), str(k), {"style": 5 + of_style[i] + of_scene[k] + rng.normal()})
            for i, met in enumerate(rotation(12, 16, 4))
            for k in met
        ]
        estimate = Results(records).mean("ours", "style")
        assert estimate is not None
        hits += estimate.low <= 5 <= estimate.high
    assert hits >= 50


def test_what_was_not_measured_is_none() -> None:
    results = Results(measured("ours", 1.0, 0.1))
    assert results.mean("ours", "lpips") is None
    assert results.mean("peer", "style") is None
    assert results.ratio("ours", "peer", "style") is None
    assert results.by_style("peer", "style") == {}
    assert results.count("ours") == 24
