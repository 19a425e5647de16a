"""The page in the browser on which a run can be watched: TensorBoard, in a process of its own beside the training.

Run as a program, `python -m livestyle.training.board FOLDER`, this module is that process: it says the page's address
in a line, or what went wrong, and serves until its standard input ends. So it never outlives the training, even one
that is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RELOAD_S = 5
"""TensorBoard looks for news this often."""
STOP_S = 3.0
"""It gets to end by itself."""


@contextmanager
def board(folder: Path, wanted: bool = True) -> Iterator[None]:
    """Serves a page about a run on a free port of this machine, for as long as the context lasts.

    Returns at once; when the page is there, its address is printed, and it is opened if there is a browser. A page that
    can't be served is said in a sentence, and is no reason not to train.

    Args:
        folder: Of the run.
        wanted: False: does nothing.
    """
    if not wanted:
        yield
        return
    try:
        server = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder.resolve())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    except OSError as error:
        _say(f"The monitor can't be started ({error.strerror}); training goes on without it.")
        yield
        return
    with server:
        stopping = threading.Event()
        announcer = threading.Thread(target=_announce, args=(server, stopping), daemon=True)
        announcer.start()
        try:
            yield
        finally:
            stopping.set()
            assert server.stdin is not None
            server.stdin.close()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
            announcer.join()


def _announce(server: subprocess.Popen[str], stopping: threading.Event) -> None:
    assert server.stdout is not None
    line = server.stdout.readline().strip()
    if stopping.is_set():
        return
    if not line.startswith("http"):
        _say(f"The monitor can't be started ({line or 'TensorBoard ended'}); training goes on without it.")
        return
    _say(f"Watch the training at {line}")
    if _has_screen():
        webbrowser.open(line)


def _has_screen() -> bool:
    """Whether a browser would be a window: without one, Linux's is a text browser in the terminal, over the bar."""
    return sys.platform in {"win32", "darwin"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(text: str) -> None:
    from tqdm import tqdm

    tqdm.write(text, file=sys.stderr)


def _serve(folder: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the training, which may still save something
    try:
        from tensorboard import program  # type: ignore[import-untyped]

        server = program.TensorBoard()
        server.configure(logdir=folder, host="localhost", port=0, reload_interval=RELOAD_S)
        line = server.launch()
    except ImportError:
        line = "TensorBoard is not installed"
    except Exception as error:  # noqa: BLE001 (whatever it is, it is said, and only the page is missing)
        line = " ".join(str(error).split()) or type(error).__name__
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    if line.startswith("http"):
        sys.stdin.read()
    os._exit(0)  # TensorBoard's threads would be waited for


if __name__ == "__main__":
    _serve(sys.argv[1])
