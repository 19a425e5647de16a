from __future__ import annotations

import platform
from types import SimpleNamespace

import mss
import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.sources import desktop
from livestyle.sources.desktop import Region, SystemDesktop, open_desktop, why_unseen


class FakeMss:
    """Two screens of which each pixel is orange."""

    def __init__(self, **options: bool) -> None:
        self.options = options
        self.closed = 0
        self.error: Exception | None = None

    monitors = (
        {"left": -4, "top": 0, "width": 12, "height": 6},
        {"left": 0, "top": 0, "width": 8, "height": 6, "name": "HDMI", "is_primary": True},
        {"left": -4, "top": 0, "width": 4, "height": 6},
    )

    def grab(self, region: dict[str, int]) -> SimpleNamespace:
        if self.error is not None:
            raise self.error
        hw = region["height"], region["width"]
        raw = bytearray(np.full((*hw, 4), (0, 128, 255, 255), np.uint8).tobytes())
        return SimpleNamespace(raw=raw, height=hw[0], width=hw[1])

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def windows_closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    closed: list[str] = []
    monkeypatch.setattr(mss, "MSS", FakeMss)
    monkeypatch.setattr(desktop, "_windows", lambda: (list, lambda: closed.append("windows")))
    return closed


@pytest.mark.parametrize(("system", "options"), [("Linux", {"with_cursor": True}), ("Windows", {}), ("Darwin", {})])
def test_screens_are_seen_in_rgb(windows_closed, monkeypatch: pytest.MonkeyPatch, system: str, options: dict) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    seen = SystemDesktop()
    assert seen._mss.options == options
    assert seen.screens == [Region(0, 0, 8, 6), Region(-4, 0, 4, 6)]
    image = seen.grab(Region(1, 2, 3, 2))
    assert image.shape == (2, 3, 3)
    assert (image == (255, 128, 0)).all()
    assert image.flags.writeable
    seen.close()
    assert (seen._mss.closed, windows_closed) == (1, ["windows"])


def test_a_screen_that_goes_is_told_in_a_sentence(windows_closed) -> None:
    seen = SystemDesktop()
    seen._mss.error = mss.ScreenShotError("XGetImage() failed")
    with pytest.raises(SourceError, match="can't be seen any more"):
        seen.grab(Region(0, 0, 1, 1))


def test_where_there_is_no_screen_it_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: bool) -> None:
        raise mss.ScreenShotError("no display")

    monkeypatch.setattr(mss, "MSS", fail)
    with pytest.raises(SourceError, match="can't be seen"):
        SystemDesktop()


@pytest.mark.parametrize(
    ("system", "environment", "says"),
    [
        ("Linux", {"DISPLAY": ":0"}, ""),
        ("Linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, ""),
        ("Linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "OBS"),
        ("Linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "OBS"),
        ("Linux", {}, "no screen here"),
        ("Windows", {}, ""),
    ],
)
def test_where_programs_may_not_see_screens_it_is_said_what_to_do(monkeypatch, system, environment, says) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    reason = why_unseen(environment)
    assert says in reason
    assert bool(reason) == bool(says)


@pytest.mark.parametrize("is_allowed", [True, False])
def test_on_a_mac_the_user_has_to_allow_it(monkeypatch: pytest.MonkeyPatch, is_allowed: bool) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(desktop, "_mac_allows", lambda: is_allowed)
    assert ("Screen Recording" in why_unseen({})) == (not is_allowed)


def test_what_may_not_be_seen_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desktop, "why_unseen", lambda _: "Nothing may be seen.")
    with pytest.raises(SourceError, match=r"Nothing may be seen\."):
        open_desktop()


def test_regions_are_cut() -> None:
    assert Region(-5, 2, 10, 10).within(Region(0, 0, 4, 6)) == Region(0, 2, 4, 4)
    assert Region(9, 9, 2, 2).within(Region(0, 0, 4, 6)).width == 0
