"""What the C library's heap keeps, which is more than is used: the window runs for weeks."""

from __future__ import annotations

import ctypes
import platform

M_ARENA_MAX = -8
"""glibc's number for the setting."""
ARENAS = 2


def use_few_arenas() -> None:
    """Has all threads share two heaps (glibc). To be called before they start.

    Each thread is otherwise given one of up to eight a core. Threads and their buffers come and go with sources,
    networks and recordings, and what each leaves half full adds up to as much again as is used.
    """
    if (library := _glibc()) is not None:
        library.mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Gives what lies free between what is used back to the system (glibc); takes a few milliseconds."""
    if (library := _glibc()) is not None:
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
