"""What has to be done once on a computer before a network paints there, step by step, so that it can be followed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from livestyle.errors import BackendError
from livestyle.networks.families import family_of
from livestyle.styles.file import StyleFile
from livestyle.stylizer.failure import reason
from livestyle.stylizer.fastest import BACKENDS_OF, backends_to_try

log = logging.getLogger(__name__)


def first_time(file: StyleFile, device: str) -> Iterator[tuple[str, float]]:
    """Converts a network for OpenVINO and keeps it, if that is what will paint and if it isn't done yet.

    What fails here is left to who opens the stylizer.

    Args:
        file: The network.
        device: As for `open_stylizer`.

    Yields:
        Before each step, what it is, and the share of the whole that is behind it, 0 to 1.

    Raises:
        StyleError: The file is damaged.
    """
    if not openvino_paints(device) or family_of(file.spec.family).torch_only:
        return
    try:
        from livestyle.stylizer.openvino_backend import convert_and_keep, is_converted

        if is_converted(file):
            return
        yield "Loading what reads the network.", 0.1
        import torch  # noqa: F401 - it takes most of the time

        yield "Making the network fast on this processor.", 0.6
        convert_and_keep(file)
        yield "Painting a first picture.", 0.8
    except (BackendError, ImportError, OSError, RuntimeError) as error:
        log.info("The network can't be converted: %s", reason(error))


def openvino_paints(device: str) -> bool:
    """Whether OpenVINO paints on a device, or on the processor until that is ready."""
    return backends_to_try()[0] == "OpenVINO" if device == "auto" else "OpenVINO" in BACKENDS_OF.get(device, ())
