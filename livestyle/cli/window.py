"""What livestyle does without a command: it opens the window."""

from __future__ import annotations

import argparse

from livestyle.cli import videos
from livestyle.cli.look import base_look
from livestyle.cli.options import MACHINE, Shared
from livestyle.errors import LivestyleError
from livestyle.look import STEADY, parse_mix

TAKES = {
    "source": "",
    "style": "as it was last",
    "steady": "as it was last",
    **MACHINE,
    "virtual_camera": "",
    "stream": "",
    "kiosk": "",
    "osc": "as it was last",
}


def run(args: argparse.Namespace, shared: Shared) -> int:
    """Opens the window; where there is no display the demo goes to a video."""
    from livestyle.gui import app

    if app.display_available():
        start = app.Start(
            source=shared.source,
            mix=None if shared.style is None else parse_mix(shared.style),
            steady=shared.steady,
            network=shared.network,
            device=shared.device,
            virtual_camera=shared.virtual_camera,
            stream=shared.stream,
            kiosk=shared.kiosk,
            osc=shared.osc,
        )
        return app.run(start)
    if shared.kiosk is not None or shared.virtual_camera or shared.stream is not None or shared.osc is not None:
        raise LivestyleError("There is no display here, and --kiosk, --virtual-camera, --stream and --osc need one.")
    if shared.source not in (None, "demo"):
        raise LivestyleError(f"There is no display here to show {shared.source} on: paint it with livestyle convert.")
    print(f"There is no display here, so the demo goes to a video: {videos.DEMO_FILE}")
    return videos.demo(shared, base_look(shared, STEADY))
