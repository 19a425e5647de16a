"""The log: the file that has what a sentence can't say, and the sentence that names it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000


def log_path() -> Path:
    """Where the log lies. Neither the file nor its folder need exist."""
    import platformdirs  # here, for painting does without

    return platformdirs.user_log_path("livestyle", appauthor=False) / "livestyle.log"


@contextmanager
def logging_to_file() -> Iterator[None]:
    """Writes warnings and errors to the log as well as to the terminal; without a folder for it, there alone."""
    path = log_path()
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.warning("The log can't be written in %s: %s", path, error.strerror or error)
    else:
        # Made when there is something to write.
        file = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True)
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handlers.append(file)
    root = logging.getLogger()
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def see_log(failure: str) -> str:
    """The sentence for the user about a failure that was logged: it says where."""
    files = [
        handler.baseFilename for handler in logging.getLogger().handlers if isinstance(handler, RotatingFileHandler)
    ]
    return f"{failure}: see {files[0] if files else 'the log'}."
