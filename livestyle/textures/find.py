"""Which texture a text on the command line means."""

from __future__ import annotations

import os
from pathlib import Path

from livestyle.errors import StyleError
from livestyle.styles.catalog import bundled_folder
from livestyle.textures.file import SUFFIX, TextureFile, read_texture_file

FOLDER = "textures"
"""Of the texture files that ship, in the folder of the style files, whose catalog does not search its folders."""


def bundled_textures() -> dict[str, Path]:
    """Name -> file of the textures that ship with livestyle, by name."""
    return {path.stem: path for path in sorted((bundled_folder() / FOLDER).glob(f"*{SUFFIX}"))}


def find_texture(text: str) -> TextureFile:
    """The texture of that name, or the texture file of that path.

    Raises:
        StyleError: There is none; says which ship. Or the file can't be used.
    """
    bundled = bundled_textures()
    if text in bundled:
        return read_texture_file(bundled[text])
    # os.path and not Path, which raises on names that are too long.
    if text.endswith(SUFFIX) or os.path.exists(text):
        return read_texture_file(Path(text))
    there_are = f"There are {', '.join(bundled)}" if bundled else "None ship with this livestyle"
    raise StyleError(f"There is no texture {text!r}. {there_are}; or give a texture file, which ends in {SUFFIX}.")
