"""A screen, a part of it, or a window as a source."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import cv2
import numpy as np

from livestyle.errors import SourceError
from livestyle.frame import Frame, Image
from livestyle.sources.desktop import Desktop, Region, Window, open_desktop
from livestyle.sources.guarded import Guarded
from livestyle.sources.pace import next_index
from livestyle.sources.pictures import filling
from livestyle.sources.source import FrameSource

_PART = re.compile(r"(\d+)x(\d+)([+-]\d+)([+-]\d+)")
_LOOKED_EVERY_S = 0.2
"""How often it is looked where windows are."""
_OURS = 40
"""How light our own window is where it would show itself in itself."""
_LEAST_PX = 48
"""Smaller windows, such as those that other programs hide in sight, are not offered."""
_THUMBNAIL_PX = 96

Area = int | Region | str
"""The number of a screen, from 1; a part of all screens; a part of the title of a window."""


def area_of(text: str) -> Area | None:
    """The area that a text names: "screen", "screen:2", "screen:640x480+100+50", "window:TITLE"; None for all else."""
    kind, colon, which = text.partition(":")
    kind, which = kind.strip().casefold(), which.strip()
    if kind == "window" and which:
        return which
    if kind != "screen" or (colon and not which):
        return None
    if (part := _PART.fullmatch(which)) is not None:
        width, height, left, top = map(int, part.groups())
        return Region(left, top, width, height)
    return int(which or 1) if not which or which.isdecimal() else None


class ScreenSource(FrameSource):
    """What is seen on a screen, in a part of all screens, or where a window is: what covers it is seen too.

    Our own window, where it is in sight there, is left dark: it would show itself in itself without end. All frames
    have the size of the first.

    Args:
        area: What to show.
        rate_fps: Frames a second.
        open_desktop: Opens the desktop of this computer.
    """

    is_live = True

    def __init__(
        self, area: Area = 1, rate_fps: float = 30.0, *, open_desktop: Callable[[], Desktop] = open_desktop
    ) -> None:
        self._area = area
        self._rate_fps = rate_fps
        self._open_desktop = open_desktop
        self._guarded: Guarded[Desktop] | None = None

    @property
    def name(self) -> str:
        """What to call it."""
        match self._area:
            case int(number):
                return f"Screen {number}"
            case Region():
                return "Part of the screen"
            case title:
                return title

    def open(self) -> None:
        """Looks for it.

        Raises:
            SourceError: Screens can't be seen here, or there is no such screen or window.
        """
        if self._guarded is not None and not self._guarded.closed.is_set():
            return
        desktop = self._open_desktop()
        try:
            region_of(self._area, desktop.screens, desktop.windows())
        except BaseException:
            desktop.close()
            raise
        self._guarded = Guarded(desktop, lambda each: each.close())

    def close(self) -> None:
        """Makes the iteration end."""
        if self._guarded is not None:
            self._guarded.close()

    def __iter__(self) -> Iterator[Frame]:
        """Yields frames; `time_s` is that of the grab.

        Raises:
            SourceError: It is gone.
        """
        guarded = self._guarded
        if guarded is None:
            raise SourceError(f"{self.name} is not open.")
        start_s, looked_s, index = time.monotonic(), float("-inf"), -1
        first: Image | None = None
        while True:
            index = next_index(index, time.monotonic() - start_s, self._rate_fps)
            guarded.closed.wait(index / self._rate_fps - (time.monotonic() - start_s))
            with guarded.use() as desktop:
                if desktop is None:
                    return
                time_s = time.monotonic() - start_s
                if time_s - looked_s > _LOOKED_EVERY_S:
                    windows, looked_s = desktop.windows(), time_s
                    region = region_of(self._area, desktop.screens, windows)
                    if not windows and index == 0 and self.tell is not None:
                        # No window is known here, not even our own, so it can't be left dark.
                        self.tell("Keep this window away from what it shows, or it shows itself in itself.")
                image = _without_ours(desktop.grab(region), region, windows)
            first = image if first is None else first
            yield Frame(filling(image, first), time_s, index)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something on the desktop that can be shown.

    Attributes:
        text: What it is called on the command line.
        name: What to call it in front of a user.
        image: What is seen there now, small, RGB uint8 (H, W, 3).
    """

    text: str
    name: str
    image: Image


def offers(open_desktop: Callable[[], Desktop] = open_desktop) -> list[Offer]:
    """The screens, then the windows by their titles; nothing where programs can't see them."""
    try:
        desktop = open_desktop()
    except SourceError:
        return []
    try:
        found = []
        windows = [
            each
            for each in desktop.windows()
            if not each.is_ours and min(each.region.width, each.region.height) >= _LEAST_PX
        ]
        names = [f"screen:{number}" for number in range(1, len(desktop.screens) + 1)]
        names += sorted({f"window:{each.title}" for each in windows if each.title.strip()}, key=str.casefold)
        for name in names:
            area = area_of(name) or 1
            with suppress(SourceError):  # gone in the meantime
                image = desktop.grab(region_of(area, desktop.screens, windows))
                found.append(Offer(name, ScreenSource(area).name, _small(image)))
        return found
    finally:
        desktop.close()


def _small(image: Image) -> Image:
    scale = min(1.0, _THUMBNAIL_PX / max(image.shape))
    size = tuple(max(1, round(scale * side)) for side in image.shape[1::-1])
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def region_of(area: Area, screens: Sequence[Region], windows: Sequence[Window]) -> Region:
    """Where to look: all of it is on the screens.

    Raises:
        SourceError: There is no such screen or window.
    """
    match area:
        case int(number):
            if not 1 <= number <= len(screens):
                raise SourceError(f"There is no screen {number}: the last one is screen {len(screens)}.")
            return screens[number - 1]
        case Region():
            region = area
        case title:
            region = _named(title, windows).region
    seen = region.within(_around(screens))
    if min(seen.width, seen.height) < 1:
        raise SourceError("What is to be shown lies beside the screens: choose another part of them.")
    return seen


def _named(title: str, windows: Sequence[Window]) -> Window:
    others = [each for each in windows if not each.is_ours and each.title]
    if not others:
        raise SourceError("No windows can be found here: choose a screen instead.")
    named = [each for each in others if each.title.casefold() == title.casefold()]
    named = named or [each for each in others if title.casefold() in each.title.casefold()]
    if not named:
        raise SourceError(f"There is no window {title} in sight: open it, or choose another source.")
    return named[-1]


def _around(regions: Sequence[Region]) -> Region:
    left, top = min(each.left for each in regions), min(each.top for each in regions)
    right = max(each.left + each.width for each in regions)
    bottom = max(each.top + each.height for each in regions)
    return Region(left, top, right - left, bottom - top)


def _without_ours(image: Image, region: Region, windows: Sequence[Window]) -> Image:
    """The picture of a region with our own windows left dark, where no other window covers them."""
    if not any(each.is_ours for each in windows):
        return image
    ours = np.zeros(image.shape[:2], bool)
    for each in windows:
        seen = each.region.within(region)
        left, top = seen.left - region.left, seen.top - region.top
        ours[top : top + seen.height, left : left + seen.width] = each.is_ours
    image[ours] = _OURS
    return image
