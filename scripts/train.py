"""Trains, as `livestyle train` does, from the source tree; and says where to read how.

    python scripts/train.py styles --styles paintings/ --content photos/ --minutes 60 -o my-styles.safetensors

From top to bottom:

* `livestyle/cli/train.py` makes options of the settings, and a `Training` of what is given.
* `livestyle/training/config.py` holds every setting of every training, with its default.
* `livestyle/training/train.py` puts a `Training` together: pictures, device and chance, method, run.
* `livestyle/training/run.py` is the loop of all: rate, losses, descend, average, report, save and show.
* `livestyle/training/methods/` say what is trained, and by which losses.
"""

from __future__ import annotations

import sys

from livestyle.cli import main

if __name__ == "__main__":
    sys.exit(main(["train", *sys.argv[1:]]))
