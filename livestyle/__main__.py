"""The program: `livestyle`, and `python -m livestyle`."""

import signal
import sys


def main() -> int:
    """Runs the command line; returns the exit code."""
    # Until the command line is there to say that it was stopped, Ctrl-C ends the process without a word.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from livestyle import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
