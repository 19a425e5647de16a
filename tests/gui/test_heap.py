from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from livestyle.gui import heap

THREADS = """
import ctypes, os, tempfile, threading
from livestyle.gui.heap import give_back, use_few_arenas
use_few_arenas()
library = ctypes.CDLL(None)
library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]
library.fdopen.restype = ctypes.c_void_p
library.malloc_info.argtypes, library.fclose.argtypes = [ctypes.c_int, ctypes.c_void_p], [ctypes.c_void_p]
together = threading.Barrier(12)
def work():
    together.wait()
    taken = [library.malloc(60_000) for _ in range(100)]
    for block in taken:
        ctypes.memset(block, 1, 60_000)
    together.wait()
    for block in taken[:-1]:
        library.free(block)
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
before = resident()
give_back()
print(before - resident())
with tempfile.TemporaryFile() as file:
    stream = library.fdopen(os.dup(file.fileno()), b"w")
    library.malloc_info(0, stream)
    library.fclose(stream)
    file.seek(0)
    print(file.read().count(b"<heap nr="))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that keeps so much")
def test_threads_share_two_heaps_and_what_they_leave_is_given_back() -> None:
    result = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True)
    given_back, arenas = map(int, result.stdout.split())
    assert given_back > 30_000_000
    assert arenas <= 2


def test_other_libraries_are_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr("ctypes.CDLL", lambda _: pytest.fail("asked"))
    heap.use_few_arenas()
    heap.give_back()
