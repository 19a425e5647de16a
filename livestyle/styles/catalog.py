"""The catalog: which styles are installed, and with which networks."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import platformdirs

from livestyle.errors import StyleError
from livestyle.look import Look
from livestyle.styles.file import Style, StyleFile, read_style_file, write_style_file

log = logging.getLogger(__name__)


def bundled_folder() -> Path:
    """The folder of the style files that ship with livestyle.

    Inside the package once installed, else the checkout's.
    """
    packaged = Path(__file__).parent.parent / "weights"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "weights"


def user_folder() -> Path:
    """The folder of the style files that the user has added. It may not exist yet."""
    return platformdirs.user_data_path("livestyle", appauthor=False) / "styles"


def add_style_file(path: Path) -> StyleFile:
    """Installs a style file for this user: checks it, then copies it into `user_folder()`.

    Raises:
        StyleError: It can't be read or is damaged, or one of that file name is installed already.
        SinkError: The folder can't be written.
    """
    from livestyle.networks.build import load_network  # imports torch, which listing styles does without

    file = read_style_file(path)
    load_network(file)
    target = user_folder() / path.with_suffix(".safetensors").name  # others are not searched
    if target.exists():
        raise StyleError(f"{target} is installed already. Remove it first, or rename {path}.")
    write_style_file(target, file)
    return file


@dataclass(frozen=True)
class Catalog:
    """The style files at hand, in the order in which they are searched."""

    files: tuple[StyleFile, ...]

    @classmethod
    def installed(cls) -> Catalog:
        """What ships with livestyle, then what the user has added.

        A file that can't be read is left out and logged.

        Raises:
            StyleError: Not a single style file can be read.
        """
        paths = [p for folder in (bundled_folder(), user_folder()) for p in sorted(folder.glob("*.safetensors"))]
        files = []
        for path in paths:
            try:
                files.append(read_style_file(path))
            except StyleError as error:
                log.warning("%s", error)
        if not files:
            raise StyleError(
                f"No styles are installed: {bundled_folder()} holds no style file. Install livestyle anew."
            )
        return cls(tuple(files))

    @property
    def names(self) -> list[str]:
        """Names of all styles, each once, in order."""
        return list(dict.fromkeys(name for file in self.files for name in file.styles))

    def find(self, name: str) -> Style:
        """The style of that name, from the first file that has it.

        Raises:
            StyleError: Unknown; says the nearest names.
        """
        for file in self.files:
            if name in file.styles:
                return file.styles[name]
        raise StyleError(unknown_style(name, self.names))

    def file_for(self, look: Look) -> StyleFile:
        """The first file that has every style of the look: only codes of one network can be mixed.

        Raises:
            StyleError: A style is unknown, or no single network has them all.
        """
        names = [name for name, _ in look.mix]
        for name in names:
            self.find(name)
        for file in self.files:
            if all(name in file.styles for name in names):
                return file
        raise StyleError(
            f"No installed network knows all of {', '.join(names)}: only styles of one network can be mixed."
        )


def unknown_style(name: str, names: Iterable[str]) -> str:
    """The sentence for an unknown style, with the nearest names."""
    names = list(names)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
    return f"There is no style {name!r}. {hint}"


def mixed_code(file: StyleFile, look: Look, lines: int) -> npt.NDArray[np.float32]:
    """The code of a look: the weighted mean of its styles' codes, moved towards the identity by the strength.

    Between two stroke sizes that a style was learnt at, its code is between theirs, by the logarithm of the size.
    Beyond the finest and the boldest their codes serve.

    Args:
        file: Has the styles.
        look: How to paint.
        lines: The short side, in pixels, of the picture to paint.

    Returns:
        float32 (K,).

    Raises:
        StyleError: The file does not have one of the styles.
    """
    total = sum(weight for _, weight in look.mix)
    codes = np.zeros((len(file.stroke_px), *file.identity.shape), np.float32)
    for name, weight in look.mix:
        if name not in file.styles:
            raise StyleError(unknown_style(name, file.styles))
        codes += np.float32(weight / total) * file.styles[name].codes
    wanted, learnt = np.log(look.stroke * lines), np.log(file.stroke_px)
    shares = [np.interp(wanted, learnt, row) for row in np.eye(len(learnt))]
    code = np.asarray(shares, np.float32) @ codes
    return (file.identity + np.float32(look.strength) * (code - file.identity)).astype(np.float32)
