"""ONNX Runtime, for units that neither torch nor OpenVINO knows: by DirectML on Windows, by CoreML on a Mac.

The model is made as for an export, once, and kept in the user's cache folder. None of these units was at hand when this
was written: it is tested with a stand-in on the processor, and no figure of speed exists.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from typing import Any

import numpy as np

from livestyle.errors import BackendError
from livestyle.styles.file import StyleFile
from livestyle.stylizer import model_cache
from livestyle.stylizer.failure import failure
from livestyle.stylizer.padding import check, crop, pad
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.timing import measured

PROVIDERS: Mapping[str, str] = {"directml": "DmlExecutionProvider", "coreml": "CoreMLExecutionProvider"}
"""What livestyle calls them -> what ONNX Runtime does."""

_HOMES = {"directml": ("win32", "on Windows"), "coreml": ("darwin", "on a Mac")}
_NEEDS = {
    "directml": "pip uninstall onnxruntime, then pip install onnx onnxscript onnxruntime-directml",
    "coreml": "pip install onnx onnxscript onnxruntime",
}

KEPT_SHAPES = 4


class OnnxStylizer(Stylizer):
    """Runs a network in float32 with one of `PROVIDERS`. Each shape (N, H, W) has a session of its own.

    Args:
        file: The network.
        device: One of `PROVIDERS`.

    Raises:
        BackendError: ONNX Runtime is not installed, lacks the provider or can't start it; torch can't export.
        StyleError: The file is damaged.
    """

    def __init__(self, file: StyleFile, device: str) -> None:
        self._provider = PROVIDERS[device]
        if self._provider not in _available_providers():
            platform, place = _HOMES[device]
            if sys.platform != platform:
                raise BackendError(f"it exists {place} alone.")
            raise BackendError(f"An ONNX Runtime that has it is not installed: {_NEEDS[device]}")
        self.info = BackendInfo("onnxruntime", self._provider.removesuffix("ExecutionProvider"), "float32")
        self.code_size = file.identity.size
        parts = _load(file)
        self._content: bytes | None = parts["model.onnx"]
        self._multiple, self._min_side_px = int(parts["multiple"]), int(parts["min_side_px"])
        self._session_for = lru_cache(maxsize=KEPT_SHAPES)(self._session)

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        fitted = pad(images, self._multiple, self._min_side_px)
        try:
            session = self._session_for(*fitted.shape[:3])
            with measured(self.times, "network"):
                photos = np.ascontiguousarray(fitted.transpose(0, 3, 1, 2), np.float32) / 255
                (paintings,) = session.run(None, {"images": photos, "code": code[None]})
                painted = np.rint(paintings.transpose(0, 2, 3, 1) * 255).clip(0, 255).astype(np.uint8)
        except BackendError:
            raise
        except Exception as error:  # the errors of onnxruntime have no base of their own
            raise failure("ONNX Runtime", error, images) from error
        return crop(painted, *images.shape[1:3])

    def close(self) -> None:
        """Frees the sessions."""
        self._session_for.cache_clear()
        self._content = None

    def _session(self, batch: int, height: int, width: int) -> Any:
        import onnxruntime

        if self._content is None:
            raise BackendError("This stylizer is closed.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.enable_mem_pattern = False  # which DirectML can't do
        for name, size in (("batch", batch), ("height", height), ("width", width)):
            options.add_free_dimension_override_by_name(name, size)
        session = onnxruntime.InferenceSession(self._content, options, providers=[self._provider])
        if self._provider not in session.get_providers():  # it then computes on the processor without a word
            raise BackendError("It can't be started; update the driver of the graphics card.")
        return session


def open_provider(file: StyleFile, device: str) -> Stylizer:
    """Opens a provider that paints what the processor does.

    Args:
        file: The network.
        device: One of `PROVIDERS`.

    Raises:
        BackendError: As of `OnnxStylizer` and `open_trusted`.
        StyleError: The file is damaged.
    """
    from livestyle.stylizer.trust import open_trusted

    return open_trusted(file, lambda file: OnnxStylizer(file, device))


def _available_providers() -> list[str]:
    try:
        import onnxruntime
    except ImportError:
        return []
    return list(onnxruntime.get_available_providers())


def _load(file: StyleFile) -> Mapping[str, bytes]:
    """The model and what its sides have to be: from the cache, else made and kept there."""
    key = model_cache.key_of(file, f"ONNX by torch {version('torch')}", "onnx_convert")
    cached = model_cache.read(key)
    if cached is not None and cached.keys() == {"model.onnx", "multiple", "min_side_px"}:
        return cached
    # Here and not above: it imports torch.
    from livestyle.styles.load import load_network
    from livestyle.stylizer.onnx_convert import check_packages, to_onnx

    check_packages("For it")
    network = load_network(file)
    content = bytes(to_onnx(network).SerializeToString())
    sides = {"multiple": network.multiple, "min_side_px": network.min_side_px}
    parts = {"model.onnx": content, **{name: str(side).encode() for name, side in sides.items()}}
    model_cache.write(key, parts)
    return parts
