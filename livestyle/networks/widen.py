"""Makes a network twice as wide that paints exactly as before, to go on training from there (Net2Net, 1511.05641)."""

from __future__ import annotations

import torch
from torch import Tensor

from livestyle.networks.transform import TransformNetwork


def widened(network: TransformNetwork) -> TransformNetwork:
    """A network with a trunk twice as wide and the same output, given codes put through `widened_code`.

    Every channel of which there are to be more becomes some that are equal, and every weight on it some that sum up to
    it. The shares are drawn at random: were they even, the twins would learn the same for ever.
    """
    wide = _twice_as_wide(network)
    state = {}
    for name, old in network.state_dict().items():
        count_out, count_in = wide.state_dict()[name].shape[:2]
        rows, columns = _twins(old.shape[0], count_out), _twins(old.shape[1], count_in)
        share = torch.empty(count_out, count_in).uniform_(0.1, 0.9)
        total = torch.zeros(count_out, old.shape[1]).index_add_(1, columns, share)
        state[name] = old[rows][:, columns] * (share / total[:, columns]).to(old)[:, :, None, None]
    wide.load_state_dict(state)
    return wide


def widened_code(codes: Tensor, narrow: TransformNetwork) -> Tensor:
    """Codes (..., K) of a network as codes of the widened one."""
    with torch.device("meta"):
        wide = _twice_as_wide(narrow)
    parts = torch.split(codes, [norm.code_size for norm in narrow.norms()], dim=-1)
    grown = []
    for part, old, new in zip(parts, narrow.norms(), wide.norms(), strict=True):
        twins = _twins(old.channels, new.channels)
        scales_and_shifts = part.reshape(*part.shape[:-1], 2, old.channels)
        grown.append(scales_and_shifts[..., twins].flatten(-2))
    return torch.cat(grown, dim=-1)


def _twice_as_wide(network: TransformNetwork) -> TransformNetwork:
    return TransformNetwork(2 * network.stem.out_channels, len(network.blocks))


def _twins(count: int, wanted: int) -> Tensor:
    """Which of the old channels each of the new ones comes from, (wanted,)."""
    return torch.arange(wanted) * count // wanted
