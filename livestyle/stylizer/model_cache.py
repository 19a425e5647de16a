"""Keeps converted models in the user's cache folder, which may be missing, full, read-only or damaged."""

from __future__ import annotations

import hashlib
import logging
import os
import zipfile
from pathlib import Path
from uuid import uuid4

import platformdirs

from livestyle import __version__, networks
from livestyle.styles.file import StyleFile

log = logging.getLogger(__name__)

KEPT_MODELS = 16
"""The newest stay. A model has 2 to 8 MB, and every new version of livestyle or OpenVINO makes its own."""
KEPT_COMPILED = 32
"""Files that OpenVINO writes, one or two for each size."""


def folder() -> Path:
    """Where the models are. It may not exist."""
    return platformdirs.user_cache_path("livestyle", appauthor=False) / "models"


def key_of(file: StyleFile, library: str, converter: str) -> str:
    """Names all that a converted model depends on: the weights, the code of the networks, who loads and converts it.

    Args:
        file: The network.
        library: What the model is made by, with its version.
        converter: The module of this package that makes it.
    """
    digest = hashlib.sha256(f"{file.digest} {__version__} {library}".encode())
    loads, converts = Path(__file__).parents[1] / "styles" / "load.py", Path(__file__).with_name(f"{converter}.py")
    for source in [*sorted(Path(networks.__path__[0]).glob("*.py")), loads, converts]:
        digest.update(source.read_bytes())
    return f"{file.digest}-{digest.hexdigest()[:8]}"


def has(key: str) -> bool:
    """Whether a model is there."""
    return (folder() / f"{key}.zip").is_file()


def read(key: str) -> dict[str, bytes] | None:
    """The files of a model by name, or None if it is not there or was damaged (a zip has a checksum for each file)."""
    try:
        with zipfile.ZipFile(folder() / f"{key}.zip") as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile, EOFError) as error:
        log.warning("A cached model can't be read and will be made anew: %s", error)
        return None


def write(key: str, files: dict[str, bytes]) -> None:
    """Keeps the files of a model, all or nothing; where that fails, a warning is all."""
    part = folder() / f"{key}-{uuid4().hex}.part"
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        os.replace(part, folder() / f"{key}.zip")
        _keep_newest(folder(), "*.zip", KEPT_MODELS)
    except OSError as error:
        log.warning("The converted model can't be kept for the next start: %s", error)
    finally:
        _remove(part)


def compiled_folder() -> Path | None:
    """Where OpenVINO may keep what it has compiled for a device, the oldest thrown away; None if it can't be made."""
    compiled = folder().with_name("compiled")
    try:
        compiled.mkdir(parents=True, exist_ok=True)
        _keep_newest(compiled, "*", KEPT_COMPILED)
    except OSError as error:
        log.warning("What is compiled can't be kept for the next start: %s", error)
        return None
    return compiled


def _keep_newest(place: Path, pattern: str, kept: int) -> None:
    for old in sorted(place.glob(pattern), key=lambda path: path.stat().st_mtime)[:-kept]:
        old.unlink(missing_ok=True)


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        log.debug("%s stays behind", part)
