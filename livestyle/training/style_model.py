"""What is trained: a network, the codes of the paintings, and the predictor of codes of any other picture."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from livestyle.errors import TrainingError
from livestyle.networks.code import StyledNetwork
from livestyle.networks.encoders import Encoder
from livestyle.networks.predictor import head_for, statistics_of
from livestyle.networks.transform import TransformNetwork
from livestyle.networks.widen import widened, widened_code
from livestyle.styles.file import StyleFile
from livestyle.styles.load import load_network


class StyleModel(nn.Module):
    """The network, and where its codes come from.

    The code of a painting is what the predictor says, plus what is learnt for this painting alone: all paintings teach
    the predictor, and none is bound to what it can express. Without a predictor all of it is learnt for each.

    Args:
        network: The network.
        paintings: How many.
        stroke_px: Stroke sizes each painting gets a code for.
        encoder: What the predictor looks at pictures with; None for no predictor. It is part of the model only if it
            is trained: what a frozen one says of a picture is worked out once (see `views.View.seen`).
    """

    def __init__(
        self, network: StyledNetwork, paintings: int, stroke_px: Sequence[int], encoder: Encoder | None = None
    ) -> None:
        super().__init__()
        self.network = network
        self.stroke_px = tuple(stroke_px)
        neutral = network.neutral_code()
        self.identity = nn.Parameter(neutral.clone())
        self.codes = nn.Parameter(torch.zeros(paintings, len(stroke_px), len(neutral)))
        self.encoder = encoder if encoder is not None and encoder.trained else None
        self.predictor = head_for(encoder, len(neutral)) if encoder is not None else None
        if self.predictor is None:
            self.codes.data += neutral
        else:
            self.predictor.code.weight.data *= 0.1
            self.predictor.code.bias.data.copy_(neutral)

    def painting_codes(self, rows: slice, seen: Sequence[Tensor]) -> Tensor:
        """Codes (N, S, K) of the N paintings in some rows, of which `seen` is what is predicted from."""
        codes = self.codes[rows]
        return codes if self.predictor is None else codes + self.predicted(seen)

    def predicted(self, seen: Sequence[Tensor]) -> Tensor:
        """Codes (N, S, K) that are predicted from what is seen of N pictures (see `views.View.seen`)."""
        assert self.predictor is not None
        codes: Tensor = self.predictor(self.statistics(seen), self.stroke_px)
        return codes

    def statistics(self, seen: Sequence[Tensor]) -> Tensor:
        """What an encoder says (N, F) of what is seen of N pictures."""
        if self.encoder is None:
            return torch.stack(list(seen))
        # One by one, as they have different shapes.
        return torch.cat([statistics_of(self.encoder, picture[None]) for picture in seen])

    def at_stroke(self, codes: Tensor, stroke_px: float) -> Tensor:
        """The code for a stroke size, between those of its neighbours: (S, K) -> (K,)."""
        sizes = [math.log(px) for px in self.stroke_px]
        wanted = min(max(math.log(stroke_px), sizes[0]), sizes[-1])
        above = min(max(1, bisect.bisect_left(sizes, wanted)), len(sizes) - 1)
        if above == 0:
            return codes[0]
        share = (wanted - sizes[above - 1]) / (sizes[above] - sizes[above - 1])
        return torch.lerp(codes[above - 1], codes[above], share)

    def forward(self, images: Tensor, codes: Tensor) -> Tensor:
        """Paints RGB (N, 3, H, W) in [0, 1] with codes (N, K)."""
        return cast(Tensor, self.network(images, codes))

    @torch.no_grad()
    def start_from(self, file: StyleFile, names: Sequence[str], seen: Sequence[Tensor]) -> None:
        """Takes over the network of a style file, and what it knows of the paintings.

        A network half as wide is widened.

        Args:
            file: Where to start from. It has the same stroke sizes, or a single one; its predictor, if it has one, the
                same encoder.
            names: Of the paintings, in order; those it does not know start as predicted, or as the mean of its own.
            seen: Of the paintings, what is predicted from.

        Raises:
            TrainingError: The file is of another network.
        """
        start = load_network(file)
        known = {name: torch.from_numpy(style.codes) for name, style in file.styles.items()}
        identity = torch.from_numpy(file.identity)
        predictor, encoder = (
            {
                name.removeprefix(part): torch.from_numpy(np.asarray(array, np.float32))
                for name, array in file.predictor.items()
                if name.startswith(part)
            }
            for part in ("head.", "encoder.")
        )
        if isinstance(start, TransformNetwork) and self.network.code_size > start.code_size:
            known = {name: widened_code(codes, start) for name, codes in known.items()}
            identity = widened_code(identity, start)
            predictor |= {n: widened_code(predictor[n].T, start).T for n in ("code.weight", "code.bias") if predictor}
            start = widened(start)
        if start.code_size != self.network.code_size or any(
            len(codes) not in {1, len(self.stroke_px)} for codes in known.values()
        ):
            raise TrainingError("The style file to start from is of another network, or has other stroke sizes.")
        self.network.load_state_dict(start.state_dict())
        self.identity.copy_(identity)
        known = {name: codes.to(self.codes.device) for name, codes in known.items()}
        usual = torch.stack([codes.mean(0) for codes in known.values()]).mean(0)
        if self.predictor is not None:
            if predictor:
                self.predictor.load_state_dict(predictor)
                if self.encoder is not None:
                    self.encoder.load_state_dict(encoder)
            else:
                self.predictor.code.bias.copy_(usual)
        for row, name in enumerate(names):
            if self.predictor is None:
                self.codes[row] = known.get(name, usual)
            elif name in known:
                self.codes[row] = known[name] - self.predicted(seen[row : row + 1])[0]
