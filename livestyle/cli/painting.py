"""Opens what paints, as the command line asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestyle.cli.options import Shared
from livestyle.cli.progress import tell
from livestyle.look import Look

if TYPE_CHECKING:
    from livestyle.painter import Painter


def open_painter(shared: Shared, *looks: Look) -> Painter:
    """The painter for looks on the device asked for; says on standard error what it could not use, and why."""
    from livestyle.jobs.opened import choose_file
    from livestyle.painter import Painter
    from livestyle.stylizer.fastest import open_stylizer

    file = choose_file(shared.network, shared.device, *looks)
    stylizer, refusals = open_stylizer(file, shared.device)
    for refusal in refusals:
        tell(refusal)
    return Painter(file, stylizer)
