"""OpenVINO without its reports; the rest of livestyle imports it from here.

`import openvino` alone makes a client number in the user's home and reports to Google Analytics, unless the user has
objected beforehand; nobody who starts livestyle has been asked. Where its package for that is missing OpenVINO does
without, so this process is told that it is. Nothing is changed on the disk, and other programs see no difference.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: importing it raises ImportError

import openvino as ov  # noqa: E402

__all__ = ["ov"]
