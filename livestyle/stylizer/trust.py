"""Opens what is not trusted blindly: a stylizer that has to paint first what the processor paints."""

from __future__ import annotations

from collections.abc import Callable

from livestyle.errors import BackendError
from livestyle.networks.families import family_of
from livestyle.styles.file import StyleFile
from livestyle.stylizer.likeness import LEAST_DB, likeness_db
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.stylizer import Stylizer


def open_trusted(file: StyleFile, opener: Callable[[StyleFile], Stylizer]) -> Stylizer:
    """Opens a stylizer and has it paint a picture in a few styles.

    Args:
        file: The network.
        opener: Opens the stylizer.

    Raises:
        BackendError: It paints otherwise, or can't paint, or the network is not for such devices; or what the opener
            raises.
        StyleError: The file is damaged.
    """
    if family_of(file.spec.family).torch_only:
        raise BackendError(f"The network {file.name} is computed by torch alone.")
    if file.spec.frozen:
        raise BackendError("The tiles of large pictures are painted by the processor.")
    stylizer = opener(file)
    try:
        with OpenVinoStylizer(file, "f32") as processor:
            alike_db = likeness_db(stylizer.stylize, processor.stylize, file)
        if not alike_db >= LEAST_DB:
            raise BackendError(
                f"{stylizer.info.device} paints otherwise than the processor ({alike_db:.0f} dB alike, {LEAST_DB:.0f} "
                "are asked for): update its driver."
            )
    except BaseException:
        stylizer.close()
        raise
    return stylizer
