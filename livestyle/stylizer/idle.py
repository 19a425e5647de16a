"""A stylizer for what is painted beside the live picture: one thread on the CPU, whatever else paints."""

from __future__ import annotations

from livestyle.errors import BackendError
from livestyle.networks.families import family_of
from livestyle.styles.file import StyleFile
from livestyle.stylizer.openvino_backend import OpenVinoStylizer


class IdleStylizer(OpenVinoStylizer):
    """Runs a live network on one core, in float32.

    Raises:
        BackendError: OpenVINO can't run it here, or it is none for live pictures.
        StyleError: The file is damaged.
    """

    def __init__(self, file: StyleFile) -> None:
        if not family_of(file.spec.family).real_time:
            raise BackendError(f"The network {file.name} is too slow to paint beside another.")
        super().__init__(file, "f32")
        # More threads would take every core at once, if for less long, and the live picture would feel it.
        self._core.set_property("CPU", {"INFERENCE_NUM_THREADS": 1})
