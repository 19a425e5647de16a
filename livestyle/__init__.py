"""livestyle turns a camera or a video into a moving painting, live."""

import os

# OpenCV reads this on import; without it some cameras take half a minute to open on Windows (opencv/opencv#17687).
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")

__version__ = "0.1.0"
