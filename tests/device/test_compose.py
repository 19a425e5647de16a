from __future__ import annotations

import numpy as np
import pytest
import torch

from livestyle import compose as reference
from livestyle.device.compose import compose
from livestyle.look import Colors, Look

RNG = np.random.default_rng(0)
PHOTO, PAINTING = RNG.integers(0, 256, (2, 60, 80, 3)).astype(np.uint8)
"""Of all colours, so that many can't be both as bright and as strong as asked for."""


@pytest.mark.parametrize("strength", [1.0, 0.15, 0.05])
@pytest.mark.parametrize("colors", ["painting", "camera", "only"])
def test_it_is_the_processors_but_for_roundings(tensor, colors: Colors, strength: float) -> None:
    look = Look((("any", 1.0),), colors=colors, strength=strength)
    expected = reference.compose(PHOTO, PAINTING.copy(), look)
    share = torch.tensor(strength / reference.FADE_BELOW) if strength < 1 else None
    composed = compose(tensor(PHOTO), tensor(PAINTING), colors, share)[0].permute(1, 2, 0).numpy()
    off = np.abs(composed - expected)
    assert off.mean() < 0.05
    # Whether a colour counts as clipped may hang on a rounding, which then is seen in its paleness.
    assert np.quantile(off, 0.999) <= 2
