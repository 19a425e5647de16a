"""The program: `livestyle`, and `python -m livestyle`."""

import os
import signal
import sys
import threading


def main() -> int:
    """Runs the command line; returns the exit code."""
    # Until the command line is there to say that it was stopped, Ctrl-C ends the process without a word.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from livestyle import cli

    code = cli.main()
    if any(thread.name.startswith("livestyle") for thread in threading.enumerate()):
        # One that was not waited for any longer is in a library's code: Python's end would crash under it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
