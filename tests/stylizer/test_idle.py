from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.networks.families import NetworkSpec
from livestyle.styles.file import StyleFile
from livestyle.stylizer.idle import IdleStylizer
from livestyle.stylizer.torch_backend import TorchStylizer


def test_it_paints_as_torch_does_on_one_core(tiny_file: StyleFile) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (1, 32, 48, 3), dtype=np.uint8)
    code = tiny_file.styles["calm"].codes[0]
    with IdleStylizer(tiny_file) as idle, TorchStylizer(tiny_file, "cpu") as torch:
        difference = np.abs(idle.stylize(photos, code).astype(int) - torch.stylize(photos, code))
        assert difference.max() <= 2
        request = idle._request_for(1, 32, 48, "f32")
        assert request.get_compiled_model().get_property("INFERENCE_NUM_THREADS") == 1


def test_slow_networks_are_refused(tiny_file: StyleFile) -> None:
    with pytest.raises(BackendError, match="too slow"):
        IdleStylizer(replace(tiny_file, spec=NetworkSpec("adain-2", 8)))
