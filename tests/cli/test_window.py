from __future__ import annotations

from collections.abc import Callable

import pytest

from livestyle.cli import videos
from livestyle.cli.options import Shared
from livestyle.gui import app
from livestyle.look import Look

Run = Callable[..., tuple[int, str, str]]


def test_the_window_is_opened_as_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:

    asked: list[app.Start] = []
    monkeypatch.setattr(app, "display_available", lambda: True)
    monkeypatch.setattr(app, "run", lambda start: asked.append(start) or 0)
    run()
    asks = {"style": "wild:1,a.jpg:3", "steady": "0.3", "network": "tiny", "device": "cpu", "source": "demo"}
    run(*(word for name, value in {**asks, "osc": "9000"}.items() for word in (f"--{name}", value)))
    run("--kiosk")
    run("--kiosk", "HDMI-1", "--virtual-camera", "--stream", "udp://127.0.0.1:7000")
    mix = ("wild", 1.0), ("a.jpg", 3.0)
    assert asked == [
        app.Start(),
        app.Start(source="demo", mix=mix, steady=0.3, network="tiny", device="cpu", osc="9000"),
        app.Start(kiosk=""),
        app.Start(kiosk="HDMI-1", virtual_camera=True, stream="udp://127.0.0.1:7000"),
    ]


def test_several_sources_are_shown_one_after_the_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    monkeypatch.setattr(app, "display_available", lambda: True)
    monkeypatch.setattr(app, "run", lambda start: asked.append(start.source) or 0)
    run("--source", "a.mp4", "--source", "album")
    assert asked == ["a.mp4\nalbum"]


def test_without_a_display_what_was_asked_for_goes_to_the_demo(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:

    demos: list[tuple[Shared, Look]] = []
    monkeypatch.setattr(app, "display_available", lambda: False)
    monkeypatch.setattr(videos, "demo", lambda *asked: demos.append(asked) or 0)
    code, out, _ = run("--style=-wild.jpg:2", "--steady", "0.3", "--network", "tiny", "--device", "cpu")
    assert (code, demos) == (
        0,
        [(Shared(None, "-wild.jpg:2", 0.3, "cpu", "tiny"), Look((("-wild.jpg", 2.0),), steady=0.3))],
    )
    assert "no display" in out


@pytest.mark.parametrize("option", ["--kiosk", "--virtual-camera", "--stream=http", "--osc=9000"])
def test_without_a_display_nothing_is_shown_live(run: Run, monkeypatch: pytest.MonkeyPatch, option) -> None:
    monkeypatch.setattr(app, "display_available", lambda: False)
    code, out, err = run(option)
    assert (code, out) == (2, "")
    assert "no display" in err


def test_without_a_display_there_is_nothing_to_show_a_source_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "display_available", lambda: False)
    code, out, err = run("--source", "clip.mp4")
    assert (code, out) == (2, "")
    assert "no display here to show clip.mp4 on" in err
