"""Makes a trained style file ready to ship: with a preview of every style and the ranges for eight bits.

It may also render a contact sheet of all the styles.

python scripts/build_weights.py runs/out.safetensors -o weights/s2d-64.safetensors --sheet docs/styles.jpg
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

import cv2
import numpy as np

from livestyle.cli.progress import attempt
from livestyle.frame import Image
from livestyle.look import Look
from livestyle.networks.families import family_of
from livestyle.painter import Painter
from livestyle.sheet import contact_sheet
from livestyle.sinks.picture_file import as_jpeg, write_picture
from livestyle.sources.demo_scene.scene import draw_demo_scene
from livestyle.styles.file import read_style_file, write_style_file
from livestyle.styles.preview import PREVIEW_WH, SCENE_HW, SCENE_S
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.int8 import measure_ranges


def main() -> None:
    """Learns the ranges, renders the previews, and the sheet if one is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the trained style file")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to ship")
    parser.add_argument("--sheet", type=Path, help="a contact sheet to write")
    parser.add_argument("--device", default="auto")
    args = parser.parse_args()
    file = dataclasses.replace(read_style_file(args.file), ranges={})  # so that previews are painted in full precision
    scene = draw_demo_scene(SCENE_S, *SCENE_HW)
    stylizer, _ = open_stylizer(file, args.device)
    with stylizer:
        painter = Painter(file, stylizer)
        styles = {
            name: dataclasses.replace(style, preview=preview(painter, scene, name))
            for name, style in file.styles.items()
        }
        ranges = measure_ranges(file) if family_of(file.spec.family).real_time else {}
        write_style_file(args.output, dataclasses.replace(file, styles=styles, ranges=ranges))
        if args.sheet:
            write_picture(args.sheet, contact_sheet(painter, scene), overwrite=True)


def preview(painter: Painter, scene: Image, name: str) -> bytes:
    """The scene in a style, as a small JPEG."""
    painted = painter.paint(scene[None], Look(((name, 1.0),)))[0]
    return as_jpeg(np.asarray(cv2.resize(painted, PREVIEW_WH, interpolation=cv2.INTER_AREA), np.uint8))


if __name__ == "__main__":
    sys.exit(attempt(main))
