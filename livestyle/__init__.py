"""livestyle turns a camera or a video into a moving painting, live.

Programs that import it call `open_painter`, `convert` and `stylize` (docs/python.md).
"""

import os
from typing import TYPE_CHECKING

# OpenCV reads this on import; without it some cameras take half a minute to open on Windows (opencv/opencv#17687).
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
# numpy reads this on import. Its products are small here, and after each one OpenBLAS's other threads spin for 25 ms on
# the cores that the network needs: on two cores painting took twice as long beside the demo scene and in-betweens.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
__all__ = ["convert", "open_painter", "stylize"]

if TYPE_CHECKING:
    from livestyle.api import convert, open_painter, stylize
else:
    # Not a function that type checkers see: for them every name would then be there.
    def __getattr__(name):
        """Imports the three functions where they are first used: they bring OpenCV and PyAV along."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from livestyle import api

        return getattr(api, name)

    def __dir__():
        return sorted({*globals(), *__all__})
