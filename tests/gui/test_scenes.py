from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QPoint, Qt

from livestyle.gui.scenes import called_up, can_show, scene_of, with_scene
from livestyle.live.message import Topic
from livestyle.settings import Scene, Settings, load_settings

SHIFT = Qt.KeyboardModifier.ShiftModifier
SET = Settings(mix={"wild": 1.0}, strength=0.4, colors="camera", source="old.mp4", lines=720)


def press(qtbot, window, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    window.activateWindow()
    qtbot.keyClick(window, key, modifier)


def test_a_scene_brings_back_the_whole_look_and_its_source() -> None:
    kept = with_scene(SET, "3", scene_of(SET, "clip.mp4"))
    other = replace(kept, mix={"calm": 1.0}, strength=1.0, colors="painting", source="camera", lines=480)
    called = called_up(other, "3")
    assert called == replace(kept, source="clip.mp4", lines=480)


def test_a_scene_without_a_source_shows_whatever_is_on() -> None:
    settings = replace(SET, scenes={"1": Scene(mix={"calm": 1.0})})
    called = called_up(settings, "1")
    assert called is not None
    assert called.source == "old.mp4"


def test_there_is_nothing_to_call_up_where_none_is_kept() -> None:
    assert called_up(SET, "3") is None
    assert with_scene(with_scene(SET, "3", scene_of(SET, None)), "3", None) == SET


def test_scenes_are_in_the_order_of_their_keys() -> None:
    settings = SET
    for name in ("5", "2", "8"):
        settings = with_scene(settings, name, scene_of(SET, None))
    assert list(settings.scenes) == ["2", "5", "8"]


def test_whether_its_styles_are_there(catalog) -> None:
    assert can_show(Scene(mix={"calm": 0.5, "wild": 0.5}), catalog)
    assert not can_show(Scene(mix={"calm": 0.5, "gone": 0.5}), catalog)
    assert not can_show(Scene(), catalog)


def test_the_keys_keep_a_scene_and_show_it(window, qtbot, world) -> None:
    window.use_source("clip.mp4")
    window.model.use_style("wild")
    window.model.set("strength", 0.4)
    press(qtbot, window, Qt.Key.Key_F3, SHIFT)
    assert window.bar.status.text() == "Kept as scene 3."
    window.use_source("demo")
    window.model.use_style("calm")
    window.model.set("strength", 1.0)
    press(qtbot, window, Qt.Key.Key_F3)
    assert (window.settings.mix, window.settings.strength) == ({"wild": 1.0}, 0.4)
    qtbot.waitUntil(lambda: window.panel.source_button.text() == "clip.mp4")


def test_a_scene_of_the_source_that_is_on_does_not_open_it_again(window, qtbot, world) -> None:
    window.use_source("clip.mp4")
    qtbot.waitUntil(lambda: window.panel.source_button.text() == "clip.mp4")
    press(qtbot, window, Qt.Key.Key_F3, SHIFT)
    opened = len(world.sources)
    press(qtbot, window, Qt.Key.Key_F3)
    qtbot.wait(20)
    assert len(world.sources) == opened


def test_an_empty_scene_and_one_without_its_styles_say_so(window, qtbot) -> None:
    before = window.settings
    press(qtbot, window, Qt.Key.Key_F2)
    assert window.bar.status.text() == "Scene 2 is empty: right-click its button to keep what is set."
    window.model.set("scenes", {"2": Scene(mix={"gone": 1.0})})
    press(qtbot, window, Qt.Key.Key_F2)
    assert "styles are no longer there" in window.bar.status.text()
    assert window.settings.mix == before.mix


def test_scenes_survive_a_restart(window, qtbot, tmp_path) -> None:
    press(qtbot, window, Qt.Key.Key_F8, SHIFT)
    window.close()
    assert load_settings(tmp_path / "settings.json").scenes["8"].mix == {"calm": 1.0}


def test_buttons_show_scenes_and_their_menus_keep_and_forget_them(window, qtbot) -> None:
    button = window.panel.play.scenes["4"]
    assert not button.isChecked()
    keep, _ = window.panel.play.menu_of("4", QPoint()).actions()
    keep.trigger()
    assert button.isChecked()
    window.model.use_style("dark")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.settings.mix == {"calm": 1.0}
    assert button.isChecked()
    _, forget = window.panel.play.menu_of("4", QPoint()).actions()
    forget.trigger()
    assert not button.isChecked()
    assert window.settings.scenes == {}


def test_a_scene_whose_camera_is_gone_is_passed_by_until_it_is_back(window, qtbot, world) -> None:
    scenes = {"1": Scene(mix={"calm": 1.0}, source="demo"), "2": Scene(mix={"wild": 1.0}, source="camera")}
    window.model.set("scenes", scenes)
    for _ in range(3):
        window.call_up_scene("2")
        qtbot.waitUntil(lambda: window.settings.source == "demo")
        assert window.settings.mix == {"wild": 1.0}
        window.call_up_scene("1")
    world.has_camera = True
    window.call_up_scene("2")
    qtbot.waitUntil(lambda: window._live.source_name == "camera" and window._board.standing(Topic.SOURCE) is None)
