"""The command that looks for what is wrong."""

from __future__ import annotations

import argparse
import json

from livestyle.cli.options import Commands, Shared, command
from livestyle.cli.progress import USAGE_ERROR


def add_doctor(commands: Commands) -> None:
    """Adds `livestyle doctor`."""
    command(commands, "doctor", "what of this machine can be used, and what is missing", _doctor, {"json": ""})


def _doctor(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.doctor import examine

    found = examine()
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if shared.json else found.to_text())
    return 0 if found.paints else USAGE_ERROR
