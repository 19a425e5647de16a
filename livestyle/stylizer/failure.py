"""Turns what a library raises when a device gives up into an error with a sentence."""

from __future__ import annotations

from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.stylizer.stylizer import Images

OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")
"""How CUDA and Metal, torch's CPU allocator (the latter on Windows) and OpenVINO say it; they share no type."""


def is_about_memory(error: BaseException) -> bool:
    """Whether a library ran out of memory."""
    return isinstance(error, MemoryError) or any(phrase in str(error) for phrase in OUT_OF_MEMORY)


def failure(backend: str, error: Exception, images: Images) -> BackendError:
    """The error for a backend that gave up while it painted pictures (N, H, W, 3): what its library raised, told."""
    if is_about_memory(error):
        batch, height, width, _ = images.shape
        what = f"{width}x{height}" if batch == 1 else f"{batch} pictures of {width}x{height} at a time"
        return DeviceMemoryError(f"The device has too little memory for {what}: choose a smaller size or batch.")
    return BackendError(f"The device gave up ({backend}): {reason(error)} Try another one with --device.")


def reason(error: BaseException) -> str:
    """The one line of a library's message that says what happened, as a sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    # OpenVINO says where it happened first and what happened last; torch what happened first, and then gives advice.
    line = lines[-1] if lines[0].startswith("Exception from") else lines[0]
    return line if line.endswith((".", "!", "?")) else line + "."
