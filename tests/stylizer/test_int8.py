"""Convolutions in eight bits: where the ranges come from, and what they do to a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from livestyle.networks.families import NetworkSpec
from livestyle.styles.file import StyleFile
from livestyle.stylizer import int8
from livestyle.stylizer.int8 import Ranges, measure_ranges, with_int8
from livestyle.stylizer.likeness import likeness_db
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.openvino_convert import convert


@pytest.fixture(scope="module")
def ranges(tiny_file: StyleFile) -> Ranges:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(int8, "SCENE_HW", (64, 96))
        patch.setattr(int8, "VIEWS", 6)
        return measure_ranges(tiny_file)


def kinds(model: Any) -> Mapping[str, int]:
    return Counter(node.get_type_name() for node in model.get_ordered_ops())


def test_the_convolutions_between_the_first_and_the_last_have_ranges(ranges: Ranges) -> None:
    blocks = [f"blocks.{i}.conv{k}" for i in range(5) for k in (1, 2)]
    assert sorted(ranges) == sorted([*blocks, "up", "detail", "smooth"])
    assert all(low < high for low, high in ranges.values())


def test_ranges_are_those_of_the_numbers_with_room(ranges: Ranges) -> None:
    # What the detail path takes is the photo, less a half; what a second convolution takes is rectified.
    low, high = ranges["detail"] / int8.ROOM
    assert -0.501 <= low < -0.2
    assert 0.2 < high <= 0.501
    assert ranges["blocks.0.conv2"][0] == 0


def test_each_convolution_with_a_range_gets_its_data_and_weights_in_steps(tiny_file: StyleFile, ranges: Ranges) -> None:
    model = convert(tiny_file)
    some = {name: ranges[name] for name in ("up", "smooth")}
    assert kinds(with_int8(model, some))["FakeQuantize"] == 4
    assert kinds(model)["FakeQuantize"] == 0


def test_weights_keep_seven_bits_free_of_overflow(tiny_file: StyleFile, ranges: Ranges) -> None:
    model = with_int8(convert(tiny_file), {"up": ranges["up"]})
    (up,) = [node for node in model.get_ordered_ops() if node.get_friendly_name().startswith("__module.up/aten::_conv")]
    fake = up.input_value(1).get_node()
    weights, high = fake.input_value(0).get_node().data, fake.input_value(2).get_node().data
    assert high.shape == (len(weights), 1, 1, 1)
    steps = np.abs(weights / (2 * high / 254))
    # Two products with a byte add up to less than 2^15.
    assert 2 * 255 * np.ceil(steps.max() - 1e-3) < 2**15


def test_it_paints_what_float32_paints(tiny_file: StyleFile, ranges: Ranges) -> None:
    able = replace(tiny_file, ranges=ranges)
    with OpenVinoStylizer(able, "int8") as eight, OpenVinoStylizer(able, "f32") as full:
        assert eight.info.dtype == "int8"
        assert 25 < likeness_db(eight.stylize, full.stylize, able) < 60  # random weights forgive less than learnt ones


def test_ranges_that_do_not_fit_are_seen_in_the_painting(tiny_file: StyleFile, ranges: Ranges) -> None:
    narrow = replace(tiny_file, ranges={name: each / 50 for name, each in ranges.items()})
    with OpenVinoStylizer(narrow, "int8") as eight, OpenVinoStylizer(narrow, "f32") as full:
        assert likeness_db(eight.stylize, full.stylize, narrow) < 25


def test_a_frozen_network_has_full_precision(tiny_file: StyleFile, ranges: Ranges) -> None:
    frozen = replace(tiny_file, ranges=ranges, spec=NetworkSpec("s2d", 8, frozen=True))
    with OpenVinoStylizer(frozen, "int8") as stylizer:
        assert not stylizer._ranges
