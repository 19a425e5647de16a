"""Makes a network twice as wide that paints exactly as before, to go on training from there (Net2Net, 1511.05641)."""

from __future__ import annotations

import torch
from torch import Tensor

from livestyle.networks.transform import TransformNetwork


def widened(network: TransformNetwork) -> TransformNetwork:
    """A network with a trunk twice as wide and the same output, given codes put through `widened_code`.

    Every channel of the trunk becomes two that are equal, and every weight on it two that sum up to it. The two shares
    are drawn at random: were they halves, the twins would learn the same for ever.
    """
    old = network.state_dict()
    narrow = network.stem.out_channels
    wide = TransformNetwork(2 * narrow, network.detail.out_channels, len(network.blocks))
    state = {}
    for name, weight in wide.state_dict().items():
        grown = old[name]
        if weight.dim() == 4 and weight.shape[0] == 2 * grown.shape[0]:
            grown = grown.repeat_interleave(2, dim=0)
        if weight.dim() == 4 and weight.shape[1] == 2 * grown.shape[1]:
            share = torch.empty(grown.shape[:2]).uniform_(0.1, 0.9).to(grown)[:, :, None, None]
            grown = torch.stack([grown * share, grown * (1 - share)], dim=2).flatten(1, 2)
        state[name] = grown
    wide.load_state_dict(state)
    return wide


def widened_code(codes: Tensor, narrow: TransformNetwork) -> Tensor:
    """Codes (..., K) of a network as codes of the widened one."""
    norms = narrow.norms()
    parts = torch.split(codes, [norm.code_size for norm in norms], dim=-1)
    detail = {id(norm) for norm in (narrow.join_norm, narrow.smooth_norm, narrow.color_norm)}
    grown = [p if id(n) in detail else p.repeat_interleave(2, dim=-1) for n, p in zip(norms, parts, strict=True)]
    return torch.cat(grown, dim=-1)
