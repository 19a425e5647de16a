"""Early warnings: what goes wrong in a run, seen in its test pictures long before its time is up.

The losses can't tell. They are means over styles and photos, and a style that paints one flat colour costs little
more than one that is learnt slowly.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

FLAT = 0.02
"""Contrast under which a painting is flat: 5 of 255 levels. The palest of the bundled styles has three times that."""
SAME_STYLE = 0.02
"""RMS distance to the mean of all styles under which they are one: what nobody can tell apart. The bundled styles are
between 0.05 and 0.29 from theirs."""
SAME_PHOTO = 0.2
"""How much of what distinguishes the photos has to be left in the paintings of them. With the bundled styles it is 0.9
and more; a network that draws the same pattern over everything has next to nothing left."""
SAME_NOISE = 0.2
"""`difference` of textures of several noises under which they are one, as of a network that has come to pass over its
noise. With the bundled textures it is 1."""


def contrast(pictures: Tensor) -> Tensor:
    """RMS distance of each picture's colours to its own mean colour: (..., 3, H, W) -> (...)."""
    return pictures.float().flatten(-2).var(-1, correction=0).mean(-1).sqrt()


def difference(pictures: Tensor) -> Tensor:
    """How much pictures differ: the variance at a place from picture to picture, over the variance altogether.

    Args:
        pictures: (..., N, 3, H, W), two or more.

    Returns:
        (...): 0 if all are the same, about 1 if they have nothing to do with each other. 0 too if all are one colour.
    """
    values = pictures.float()
    between = values.var(-4).mean((-1, -2)).sum(-1)
    whole = values.transpose(-4, -3).flatten(-3).var(-1).sum(-1)
    return between / whole.clamp(min=1e-12)


def symptoms(photos: Tensor | None, paintings: Tensor, names: Sequence[str]) -> list[str]:
    """What is wrong with the test pictures of a run; nothing, if all is well.

    Args:
        photos: RGB (N, 3, H, W) in [0, 1]; None if the paintings are of noise.
        paintings: Of these photos in each of S styles, (S, N, 3, H, W) in [0, 1].
        names: Of the styles, S.

    Returns:
        A sentence or two each, that say what was seen and what to do.
    """
    found = []
    # Flat on every photo: that of a white wall may be as it likes.
    flat = contrast(paintings).amax(1) < FLAT
    if flat.any():
        found.append(
            f"{_listed(names, flat)}: nearly flat, without any contrast. Unless the painting itself is, lower the "
            "rates, or give style_weight more."
        )
    if photos is not None and len(photos) > 1:
        # Held against the photos: those of one room differ little, and so do their paintings.
        same = difference(paintings) < SAME_PHOTO * difference(photos)
        if (same & ~flat).any():
            found.append(
                f"{_listed(names, same & ~flat)}: nearly the same painting whatever the photo. Give "
                "content_weight more or style_weight less, or lower the rates."
            )
    elif photos is None and paintings.shape[1] > 1:
        same = difference(paintings) < SAME_NOISE
        if (same & ~flat).any():
            found.append(
                f"{_listed(names, same & ~flat)}: nearly the same texture whatever the noise. Give diversity_weight "
                "more, or lower the rate."
            )
    if len(paintings) > 1:
        apart = (paintings.float() - paintings.float().mean(0)).square().mean((1, 2, 3, 4)).sqrt()
        if apart.max() < SAME_STYLE:
            found.append("All styles paint nearly the same. Lower the rates, or give style_weight more.")
    return found


def _listed(names: Sequence[str], chosen: Tensor) -> str:
    return ", ".join(name for name, is_chosen in zip(names, chosen.tolist(), strict=True) if is_chosen)
