"""livestyle turns a camera or a video into a moving painting, live."""

import os

# OpenCV reads this on import; without it some cameras take half a minute to open on Windows (opencv/opencv#17687).
os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
# numpy reads this on import. Its products are small here, and after each one OpenBLAS's other threads spin for 25 ms on
# the cores that the network needs: on two cores painting took twice as long beside the demo scene and in-betweens.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
