"""OpenVINO: the fastest way to run a network on a CPU, and so the default there; and one to run it on other units.

The network is converted from torch once and kept in the user's cache; a second start reads it from there and does
without torch, whose import alone takes seconds.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np

from livestyle.errors import BackendError
from livestyle.styles.file import StyleFile
from livestyle.stylizer import model_cache, openvino_kept
from livestyle.stylizer.failure import failure, reason
from livestyle.stylizer.int8 import Ranges, with_int8
from livestyle.stylizer.likeness import LEAST_DB, TRIED_HW, PaintWith, likeness_db
from livestyle.stylizer.padding import check, crop, pad
from livestyle.stylizer.quiet_openvino import ov
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.timing import measured

log = logging.getLogger(__name__)

KEPT_SHAPES = 4
"""Compiled models to keep: each shape (N, H, W) has its own, with its own memory."""

TRIALS = 3

DTYPES = {"bf16": "bfloat16", "f16": "float16", "f32": "float32", "int8": "int8"}


class OpenVinoStylizer(Stylizer):
    """Runs a network on the CPU: in float32, or in bfloat16 or eight bits where that is faster.

    A model is compiled for every shape, on a CPU in about 0.15 s, and the last few are kept. The style code is an input
    of the model, so another style compiles nothing. Bytes become numbers and bytes again inside the model, so "network"
    is the only stage it times.

    Args:
        file: The network.
        precision: "f32", "bf16", "f16", or "int8" if the file has ranges for it; None for what is fastest on a CPU.
            Which that is, is measured at the first start, in a few seconds, and remembered: a CPU may know bfloat16 and
            still be slower with it, as Intel's without AMX are. Eight bits have to paint the same picture besides.
        unit: What OpenVINO is to compute on, by its name for it. For others than the CPU compiling takes long, and so
            what is compiled is kept on disk; and they have to be told the precision.

    Raises:
        BackendError: OpenVINO can't use this unit or can't convert the network.
        StyleError: The file is damaged.
    """

    def __init__(self, file: StyleFile, precision: str | None = None, unit: str = "CPU") -> None:
        try:
            self._core: Any = ov.Core()
            self._unit = unit
            self._device = _name_of(self._core, unit)
            self._model: Any = _load(self._core, file)
            self.code_size = int(self._model.input("code").get_shape()[1])
            self._multiple = int(self._model.get_rt_info(["livestyle", "multiple"]).value)
            self._min_side_px = int(self._model.get_rt_info(["livestyle", "min_side_px"]).value)
            self._ranges = _ranges_of(file)
            self._precision = precision or self._fastest_precision(file)
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
        # A copy: a model that was given a shape once does not always take another one.
        model = with_int8(self._model, self._ranges) if precision == "int8" else self._model.clone()
        model.reshape({"images": [batch, height, width, 3], "code": [1, self.code_size]})
        # What does not compute in eight bits does so in float32.
        hint = "f32" if precision == "int8" else precision
        settings = {"INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"}
        if self._unit != "CPU" and (kept := model_cache.compiled_folder()) is not None:
            settings["CACHE_DIR"] = str(kept)
        return self._core.compile_model(model, self._unit, settings).create_infer_request()

    def _fastest_precision(self, file: StyleFile) -> str:
        rivals = _rivals(self._core, file)
        known = _known(file, self._device, rivals)
        if known is not None:
            return known
        painters = {name: _painter(self._compile(1, *TRIED_HW, name)) for name in rivals}
        if "int8" in painters:
            alike_db = likeness_db(painters["int8"], painters["f32"], file)
            log.info("eight bits paint what float32 does at %.1f dB", alike_db)
            if alike_db < LEAST_DB:
                del painters["int8"]
        photo, code = np.zeros((1, *TRIED_HW, 3), np.uint8), np.zeros(self.code_size, np.float32)
        fastest = quickest_of({name: partial(paint, photo, code) for name, paint in painters.items()})
        model_cache.write(_choice_key(file, self._device, rivals), {"precision": fastest.encode()})
        return fastest


def _painter(request: Any) -> PaintWith:
    def paint(images: Images, code: Code) -> Images:
        return np.asarray(request.infer({"images": images, "code": code[None]})[0])

    return paint


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


def known_precision(file: StyleFile) -> str | None:
    """The precision that is fastest for a network on this CPU; None while that has to be measured.

    Raises:
        BackendError: OpenVINO can't use the CPU.
    """
    try:
        core = ov.Core()
        return _known(file, _name_of(core, "CPU"), _rivals(core, file))
    except RuntimeError as error:
        raise BackendError(reason(error)) from error


def _known(file: StyleFile, device: str, rivals: Sequence[str]) -> str | None:
    """The only one of the rivals, or the one that is remembered."""
    if len(rivals) == 1:
        return rivals[0]
    remembered = (model_cache.read(_choice_key(file, device, rivals)) or {}).get("precision", b"")
    precision = remembered.decode("ascii", "replace")
    return precision if precision in rivals else None


def _rivals(core: Any, file: StyleFile) -> list[str]:
    """The precisions of which one is the fastest for a network on this CPU."""
    knows_bf16 = "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ["f32", *(["bf16"] if knows_bf16 else []), *(["int8"] if _ranges_of(file) else [])]


def _ranges_of(file: StyleFile) -> Ranges:
    return {} if file.spec.frozen else file.ranges


def _name_of(core: Any, unit: str) -> str:
    return str(core.get_property(unit, "FULL_DEVICE_NAME")).strip()


def is_converted(file: StyleFile) -> bool:
    """Whether a network is in the cache as a model."""
    return model_cache.has(_cache_key(file))


def convert_and_keep(file: StyleFile) -> Any:
    """Makes a network a model, for which torch is imported, and keeps it in the cache.

    Raises:
        StyleError: The file is damaged.
        RuntimeError: OpenVINO can't convert the network.
    """
    # Here and not above: it imports torch.
    from livestyle.stylizer.openvino_convert import convert

    model = convert(file)
    openvino_kept.keep(model, _cache_key(file))
    return model


def _load(core: Any, file: StyleFile) -> Any:
    """The network as a model: from the cache if OpenVINO can read it there, else converted and kept there."""
    kept = openvino_kept.read(core, _cache_key(file))
    return convert_and_keep(file) if kept is None else kept


def _choice_key(file: StyleFile, device: str, rivals: Sequence[str]) -> str:
    """Names all that the fastest precision depends on. A cache may go from one machine to another with its folder."""
    digest = hashlib.sha256(" ".join((device, *rivals)).encode())
    for name in sorted(file.ranges):
        digest.update(f"{name}{file.ranges[name].tolist()}".encode())
    return f"{_cache_key(file)}-on-{digest.hexdigest()[:8]}"


def _cache_key(file: StyleFile) -> str:
    return model_cache.key_of(file, f"OpenVINO {ov.__version__}", "openvino_convert")
