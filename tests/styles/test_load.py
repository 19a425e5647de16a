from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from livestyle.errors import StyleError
from livestyle.networks.families import NetworkSpec
from livestyle.networks.transform import TransformNetwork
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network, with_weights


def test_load_network_gives_back_the_files_weights(tiny_file: StyleFile) -> None:
    network = load_network(tiny_file)
    assert isinstance(network, TransformNetwork)
    assert torch.equal(network.stem.weight, torch.from_numpy(tiny_file.weights["stem.weight"]).float())
    assert not network.training


def test_weights_of_another_width_are_refused(tiny_file: StyleFile) -> None:
    wrong = dataclasses.replace(tiny_file, spec=NetworkSpec("s2d", 16))
    with pytest.raises(StyleError, match="don't fit"):
        load_network(wrong)


def test_codes_of_another_length_are_refused(tiny_file: StyleFile) -> None:
    wrong = dataclasses.replace(tiny_file, identity=tiny_file.identity[:-1])
    with pytest.raises(StyleError, match="codes"):
        load_network(wrong)


def test_single_numbers_may_be_arrays_of_one() -> None:
    weights = {name: np.atleast_1d(value.numpy()) for name, value in nn.BatchNorm2d(2).state_dict().items()}
    assert with_weights(lambda: nn.BatchNorm2d(2), weights, "weights don't fit").num_batches_tracked == 0
