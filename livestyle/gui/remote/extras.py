"""The packages that only some need: imported when they are, and told in one sentence where they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from livestyle.errors import LivestyleError


def module_of(name: str, missing: str) -> ModuleType:
    """Imports a module of an extra.

    Args:
        name: The module.
        missing: What to say where it is not installed.

    Raises:
        LivestyleError: It is not, or can't work here.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise LivestyleError(missing) from error
    except Exception as error:
        raise LivestyleError(f"{name} can't work here: {error}") from error
