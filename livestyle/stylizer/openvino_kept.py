"""Models of OpenVINO in the cache of converted models, so that a second start does without torch."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from livestyle.stylizer import model_cache
from livestyle.stylizer.failure import reason
from livestyle.stylizer.quiet_openvino import ov

log = logging.getLogger(__name__)


def read(core: Any, key: str) -> Any | None:
    """The model kept under a key, as an `openvino.Model`; None if there is none that OpenVINO can read."""
    cached = model_cache.read(key)
    if cached is None:
        return None
    try:
        return core.read_model(cached["model.xml"], ov.Tensor(np.frombuffer(cached["model.bin"], np.uint8)))
    except (KeyError, RuntimeError) as error:
        log.warning("The cached model can't be used and will be made anew: %s", reason(error))
        return None


def keep(model: Any, key: str) -> None:
    """Keeps a model; where that fails, a warning is all."""
    try:
        with tempfile.TemporaryDirectory(prefix="livestyle-") as folder:
            path = Path(folder, "model.xml")
            ov.save_model(model, path, compress_to_fp16=False)
            parts = {part.name: part.read_bytes() for part in (path, path.with_suffix(".bin"))}
            model_cache.write(key, parts)
    except (OSError, RuntimeError) as error:
        log.warning("The converted model can't be kept for the next start: %s", reason(error))
