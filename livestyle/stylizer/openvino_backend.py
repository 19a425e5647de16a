"""OpenVINO: the fastest way to run a network on a CPU, and so the default there.

The network is converted from torch once and kept in the user's cache; a second start reads it from there and does
without torch, whose import alone takes seconds.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from livestyle import __version__, networks
from livestyle.errors import BackendError
from livestyle.styles.file import StyleFile
from livestyle.stylizer import model_cache
from livestyle.stylizer.failure import failure, reason
from livestyle.stylizer.padding import check, crop, pad
from livestyle.stylizer.quiet_openvino import ov
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.timing import measured

log = logging.getLogger(__name__)

KEPT_SHAPES = 4
"""Compiled models to keep: each shape (N, H, W) has its own, with its own memory."""

TRIAL_HW = (360, 640)
TRIALS = 3

DTYPES = {"bf16": "bfloat16", "f32": "float32"}


class OpenVinoStylizer(Stylizer):
    """Runs a network on the CPU: in bfloat16 where that is faster, else in float32.

    A model is compiled for every shape, in about 0.15 s, and the last few are kept. The style code is an input of the
    model, so another style compiles nothing. Bytes become numbers and bytes again inside the model, so "network" is the
    only stage it times.

    Args:
        file: The network.
        precision: "bf16" or "f32"; None for the faster one. Which that is, is measured at the first start, in about a
            second, and remembered: a CPU may know bfloat16 and still be slower with it, as Intel's without AMX are.

    Raises:
        BackendError: OpenVINO can't use this CPU or can't convert the network.
        StyleError: The file is damaged.
    """

    def __init__(self, file: StyleFile, precision: str | None = None) -> None:
        try:
            self._core: Any = ov.Core()
            self._device = str(self._core.get_property("CPU", "FULL_DEVICE_NAME")).strip()
            self._model: Any = _load(self._core, file)
            self.code_size = int(self._model.input("code").get_shape()[1])
            self._multiple = int(self._model.get_rt_info(["livestyle", "multiple"]).value)
            self._min_side_px = int(self._model.get_rt_info(["livestyle", "min_side_px"]).value)
            self._precision = precision or self._faster_precision(_cache_key(file))
        except RuntimeError as error:
            raise BackendError(reason(error)) from error
        self.info = BackendInfo("openvino", self._device, DTYPES[self._precision])
        self._request_for = lru_cache(maxsize=KEPT_SHAPES)(self._compile)

    def stylize(self, images: Images, code: Code) -> Images:
        """Paints pictures; see `Stylizer.stylize`."""
        check(images, code, self.code_size)
        if self._model is None:
            raise BackendError("This stylizer is closed.")
        try:
            fitted = pad(images, self._multiple, self._min_side_px)
            request = self._request_for(*fitted.shape[:3], self._precision)
            with measured(self.times, "network"):
                painted = request.infer({"images": fitted, "code": code[None]})[0]
        except (MemoryError, RuntimeError) as error:
            raise failure("OpenVINO", error, images) from error
        return crop(painted, *images.shape[1:3])

    def close(self) -> None:
        """Frees the compiled models."""
        self._request_for.cache_clear()
        self._model = None

    def _compile(self, batch: int, height: int, width: int, precision: str) -> Any:
        log.debug("compiling for %d pictures of %dx%d in %s", batch, width, height, precision)
        model = self._model.clone()  # a model that was given a shape once does not always take another one
        model.reshape({"images": [batch, height, width, 3], "code": [1, self.code_size]})
        settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        return self._core.compile_model(model, "CPU", settings).create_infer_request()

    def _faster_precision(self, model_key: str) -> str:
        if "BF16" not in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            return "f32"
        # A cache may go from one machine to another with its home folder.
        key = f"{model_key}-on-{hashlib.sha256(self._device.encode()).hexdigest()[:8]}"
        remembered = (model_cache.read(key) or {}).get("precision", b"").decode("ascii", "replace")
        if remembered in DTYPES:
            return remembered
        faster = quickest_of({name: self._trial(name) for name in DTYPES})
        model_cache.write(key, {"precision": faster.encode()})
        return faster

    def _trial(self, precision: str) -> Callable[[], None]:
        request = self._compile(1, *TRIAL_HW, precision)
        inputs = {"images": np.zeros((1, *TRIAL_HW, 3), np.uint8), "code": np.zeros((1, self.code_size), np.float32)}
        return lambda: request.infer(inputs)


def quickest_of(
    trials: Mapping[str, Callable[[], object]], clock: Callable[[], float] = time.perf_counter, rounds: int = TRIALS
) -> str:
    """The name of what takes the least time, tried in turns, so that what else the machine does meets all alike."""
    least = dict.fromkeys(trials, float("inf"))
    for trial in trials.values():
        trial()  # the first one allocates
    for _ in range(rounds):
        for name, trial in trials.items():
            start_s = clock()
            trial()
            least[name] = min(least[name], clock() - start_s)
    return min(least, key=lambda name: least[name])


def _load(core: Any, file: StyleFile) -> Any:
    """The network as a model: from the cache if OpenVINO can read it there, else converted and kept there."""
    key = _cache_key(file)
    cached = model_cache.read(key)
    if cached is not None:
        try:
            return core.read_model(cached["model.xml"], ov.Tensor(np.frombuffer(cached["model.bin"], np.uint8)))
        except (KeyError, RuntimeError) as error:
            log.warning("The cached model can't be used and will be made anew: %s", reason(error))
    # Here and not above: it imports torch.
    from livestyle.stylizer.openvino_convert import convert

    model = convert(file)
    try:
        with tempfile.TemporaryDirectory(prefix="livestyle-") as folder:
            path = Path(folder, "model.xml")
            ov.save_model(model, path, compress_to_fp16=False)
            model_cache.write(key, {part.name: part.read_bytes() for part in (path, path.with_suffix(".bin"))})
    except (OSError, RuntimeError) as error:
        log.warning("The converted model can't be kept for the next start: %s", reason(error))
    return model


def _cache_key(file: StyleFile) -> str:
    """Names all that a converted model depends on: the weights, the code of the networks, who loads and converts it."""
    digest = hashlib.sha256(f"{file.digest} {__version__} {ov.__version__}".encode())
    loads, converts = Path(__file__).parents[1] / "styles" / "load.py", Path(__file__).with_name("openvino_convert.py")
    for source in [*sorted(Path(networks.__path__[0]).glob("*.py")), loads, converts]:
        digest.update(source.read_bytes())
    return f"{file.digest}-{digest.hexdigest()[:8]}"
