from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.look import DEPTH
from livestyle.settings import Scene, Settings, load_settings, parse_settings, save_settings, settings_path

CHANGED = Settings(
    source="clip.mp4",
    mix={"starry_night": 0.75, "the_scream": 0.25},
    strength=0.7,
    stroke=1.5,
    colors="camera",
    steady=0.4,
    depth=0.3,
    region="brushed",
    outside="great_wave",
    brushed="iVBORw0KGgo=",
    mirror=False,
    pace="smooth",
    lines=720,
    inbetweens=False,
    window="01d9d0cb",
    panels=False,
    favorites=("great_wave",),
    fade_s=2.5,
    scenes={"3": Scene(source="demo", mix={"great_wave": 1.0}, strength=0.6, colors="only")},
    auto="favorites",
    auto_every_s=45.0,
    webcam_lines=2160,
    webcam_fps=60,
    camera_lines=1080,
    screen="HDMI-1",
    keys={"record": "Ctrl+E", "mirror": ""},
    global_keys={"record": "Ctrl+Alt+R"},
    midi={"strength": "cc 1 74"},
    osc="9000",
    stream_to="udp://127.0.0.1:7000",
    record_lines=1080,
    sound="microphone",
    microphone="Studio",
    folder="/somewhere",
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def test_the_file_lies_in_the_users_config_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_config_path", lambda *_, **__: tmp_path)
    assert settings_path() == tmp_path / "settings.json"
    save_settings(CHANGED)
    assert load_settings() == CHANGED


def test_every_setting_survives_saving(tmp_path: Path) -> None:
    assert all(getattr(CHANGED, f.name) != getattr(Settings(), f.name) for f in fields(Settings))
    path = tmp_path / "new" / "settings.json"
    save_settings(CHANGED, path)
    assert load_settings(path) == CHANGED
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_the_file_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        '{"version": 1, "source": "clip.mp4", "mix": {"starry_night": 0.75, "the_scream": 0.25}, "strength": 0.7, '
        '"stroke": 1.5, "colors": "camera", "steady": 0.4, "mirror": false, "lines": 720, "window": "01d9d0cb", '
        '"panels": false}'
    )
    before = json.loads(path.read_text())
    loaded = load_settings(path)
    new = {"depth": DEPTH, "inbetweens": True, "pace": "balanced", "fade_s": 1.0, "auto": "off", "auto_every_s": 20.0}
    new |= {"webcam_lines": 720, "webcam_fps": 30}
    new |= {"camera_lines": 720, "screen": "", "keys": {}, "global_keys": {}, "midi": {}, "osc": ""}
    new |= {"region": "everything", "outside": "", "brushed": ""}
    new |= {"stream_to": ""}
    new |= {"record_lines": None, "sound": "video", "microphone": None, "folder": None}
    assert loaded == replace(CHANGED, **new, favorites=(), scenes={})
    save_settings(loaded, path)
    assert json.loads(path.read_text()) == {**before, **new, "favorites": [], "scenes": {}}


def test_a_missing_file_is_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == Settings()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', "\x00\x01", '{"version": "new"}', "[" * 100_000])
def test_a_damaged_file_is_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    assert load_settings(path) == Settings()


def test_a_folder_in_its_place_is_the_defaults_and_does_not_stop_saving(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    assert load_settings(path) == Settings()
    save_settings(CHANGED, path)
    assert [p.name for p in tmp_path.iterdir()] == ["settings.json"]


def test_a_file_in_place_of_the_folder_does_not_stop_saving(tmp_path: Path) -> None:
    (tmp_path / "livestyle").write_text("not a folder")
    save_settings(CHANGED, tmp_path / "livestyle" / "settings.json")
    assert [p.name for p in tmp_path.iterdir()] == ["livestyle"]


def test_unknown_keys_are_ignored() -> None:
    assert parse_settings({"version": 1, "strength": 0.5, "flux": 3}) == replace(Settings(), strength=0.5)


def test_a_newer_version_is_not_guessed_at() -> None:
    assert parse_settings({"version": 2, "strength": 0.5}) == Settings()


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("strength", 1.5),
        ("strength", True),
        ("strength", float("nan")),
        ("strength", "0.5"),
        ("strength", None),
        ("mix", "starry_night"),
        ("mix", {"starry_night": "much"}),
        ("mix", {"": 1.0}),
        ("mix", dict.fromkeys("abcde", 0.2)),
        ("stroke", 0.2),
        ("stroke", float("nan")),
        ("colors", "mine"),
        ("colors", []),
        ("steady", 2),
        ("lines", 0),
        ("lines", 2.5),
        ("lines", True),
        ("source", 3),
        ("window", "not hex"),
        ("panels", None),
        ("fade_s", 5.1),
        ("fade_s", True),
        ("fade_s", "1"),
        ("favorites", "starry_night"),
        ("favorites", [""]),
        ("scenes", ["1"]),
        ("region", "face"),
        ("region", ["me"]),
        ("outside", None),
        ("brushed", 1),
        ("auto", "always"),
        ("auto", ["off"]),
        ("auto_every_s", 0),
        ("camera_lines", 700),
        ("camera_lines", True),
        ("screen", 1),
        ("record_lines", "all"),
        ("sound", "loud"),
        ("sound", None),
        ("microphone", ""),
        ("folder", 3),
    ],
)
def test_a_wrong_value_falls_back_alone(key: str, wrong: object) -> None:
    assert parse_settings({"version": 1, "mirror": False, key: wrong}) == Settings(mirror=False)


@given(st.dictionaries(st.sampled_from([f.name for f in fields(Settings)]) | st.text(max_size=8), json_values))
def test_any_document_gives_settings_that_can_be_saved(document: dict[str, object]) -> None:
    settings = parse_settings({"version": 1, **document})
    assert parse_settings(json.loads(json.dumps({"version": 1, **asdict(settings)}))) == settings


def test_of_scenes_that_are_partly_wrong_the_rest_is_kept() -> None:
    scenes = {"1": {"mix": {"calm": 1.0}, "strength": 7, "depth": 0.3}, "2": "calm", "9": {"mix": {"calm": 1.0}}}
    assert parse_settings({"version": 1, "scenes": scenes}).scenes == {"1": Scene(mix={"calm": 1.0}, depth=0.3)}
