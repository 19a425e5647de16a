"""The one family of errors: each carries a sentence a user can act on.

The command line prints the sentence and exits with code 2; the window shows it. Anything that is not a
`LivestyleError` is a bug and keeps its traceback.
"""

from __future__ import annotations


class LivestyleError(Exception):
    """Something a user can put right; `str(error)` is the sentence that says how."""


class SourceError(LivestyleError):
    """A camera, video, stream or picture can't be opened or read."""


class SinkError(LivestyleError):
    """A result can't be written."""


class StyleError(LivestyleError):
    """A style is unknown, or its file can't be used."""


class BackendError(LivestyleError):
    """A stylizer backend can't serve on this machine."""


class DeviceMemoryError(BackendError):
    """The device's memory is too small for this picture or batch; a smaller one may do."""


class TrainingError(LivestyleError):
    """Training can't start, or had to stop."""
