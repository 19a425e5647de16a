from __future__ import annotations

import pytest
import torch

from livestyle.networks.transform import TransformNetwork
from livestyle.networks.widen import widened, widened_code


@pytest.mark.parametrize("width", [8, 48, 64])
def test_a_widened_network_paints_the_same(width: int) -> None:
    torch.manual_seed(0)
    narrow = TransformNetwork(width, 2)
    code = narrow.neutral_code() + 0.3 * torch.randn(2, narrow.code_size)
    wide, wide_code = widened(narrow), widened_code(code, narrow)
    assert wide.stem.out_channels == 2 * width
    assert wide.detail.out_channels == min(32, width)
    assert wide_code.shape == (2, wide.code_size)
    photos = torch.rand(2, 3, 32, 48)
    assert torch.allclose(wide(photos, wide_code), narrow(photos, code), atol=1e-5)


def test_twin_channels_learn_different_things() -> None:
    torch.manual_seed(0)
    narrow = TransformNetwork(8, 1)
    wide = widened(narrow)
    code = widened_code(narrow.neutral_code()[None], narrow)
    wide(torch.rand(1, 3, 32, 32), code).square().mean().backward()
    gradient = wide.stem.weight.grad
    assert gradient is not None
    assert not torch.allclose(gradient[0::2], gradient[1::2], rtol=1e-2)
