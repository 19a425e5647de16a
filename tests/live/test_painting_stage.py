from __future__ import annotations

import numpy as np
import pytest

from livestyle.errors import DeviceMemoryError
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message
from livestyle.live.painting_stage import PaintingStage
from livestyle.look import Look
from livestyle.painter import Painter

SOURCE_HW = (480, 640)


@pytest.fixture
def device(workshop, monkeypatch):
    """A workshop whose stylizers take 10 ms a painting and have a clock of their own; `.pace_s` changes that."""
    workshop.now_s, workshop.pace_s = 0.0, 0.01

    def open_slow(file):
        stylizer, refusals = type(workshop).__call__(workshop, file)
        fast = stylizer.stylize

        def stylize(images, code):
            workshop.now_s += workshop.pace_s * images.shape[1] * images.shape[2] / (240 * 320)
            return fast(images, code)

        monkeypatch.setattr(stylizer, "stylize", stylize)
        return stylizer, refusals

    workshop.open_slow = open_slow
    return workshop


def paint(stage: PaintingStage, count: int, device) -> list[int]:
    """Paints for as many tenths of a second; returns the lines painted."""
    lines = []
    for _ in range(count):
        if not stage.is_ready(SOURCE_HW):
            stage.prepare(SOURCE_HW)
        height, width = stage.size_hw(SOURCE_HW)
        assert stage.paint(np.zeros((height, width, 3), np.uint8), SOURCE_HW) is not None
        device.now_s += 0.1
        lines.append(height)
    return lines


@pytest.fixture
def messages() -> list[Message]:
    return []


@pytest.fixture
def stage(device, controls, messages) -> PaintingStage:
    stage = PaintingStage(device.open_slow, messages.append, lambda: device.now_s)
    stage.adjust(Controls(controls.file, controls.look))
    return stage


def test_the_automatic_size_follows_what_painting_takes_without_a_word(stage, device, controls, messages) -> None:
    device.pace_s = 0.1
    assert set(paint(stage, 50, device)) == {240}
    told = len(messages)
    device.pace_s = 0.005
    assert paint(stage, 100, device)[-1] == 480
    assert all(message.kind is Kind.CLEAR for message in messages[told:])


def test_what_is_not_painted_says_nothing_about_the_size(stage, device, controls) -> None:
    device.pace_s = 0.1
    stage.adjust(Controls(controls.file, Look(controls.look.mix, strength=0.0)))
    assert set(paint(stage, 100, device)) == {240}


def test_a_size_that_was_asked_for_stays(stage, device, controls) -> None:
    stage.adjust(Controls(controls.file, controls.look, lines=360))
    device.pace_s = 0.5
    assert set(paint(stage, 50, device)) == {360}


def test_the_size_is_chosen_anew_where_a_painting_may_take_longer(stage, device, controls) -> None:
    device.pace_s = 0.03
    assert set(paint(stage, 50, device)) == {240}
    stage.adjust(Controls(controls.file, controls.look), frames=3)
    assert set(paint(stage, 50, device)) == {360}
    stage.adjust(Controls(controls.file, controls.look))
    assert set(paint(stage, 50, device)) == {240}


def test_the_size_is_chosen_anew_for_another_rate(stage, device, controls) -> None:
    device.pace_s = 0.03
    assert set(paint(stage, 50, device)) == {240}
    stage.adjust(Controls(controls.file, controls.look, rate_fps=10.0))
    assert set(paint(stage, 50, device)) == {360}


def test_of_paintings_under_way_each_counts_for_the_time_that_it_kept_the_device(
    stage, device, controls, monkeypatch
) -> None:
    def begin(self, photos, look):
        def finish():
            device.now_s += 0.03
            return photos

        device.now_s += 0.001
        return finish

    paint(stage, 1, device)
    monkeypatch.setattr(Painter, "begin", begin)
    photo = np.zeros((*stage.size_hw(SOURCE_HW), 3), np.uint8)
    first, second = stage.begin(photo, SOURCE_HW), stage.begin(photo, SOURCE_HW)
    for finish, took_s in ((first, 0.032), (second, 0.03)):
        assert finish() is not None
        assert stage.took_s == pytest.approx(took_s)


def test_a_painting_under_way_may_fail_too(stage, device, controls, messages, monkeypatch) -> None:
    def begin(self, photos, look):
        def finish():
            raise DeviceMemoryError("too large")

        return finish

    paint(stage, 1, device)
    lines = stage.size_hw(SOURCE_HW)[0]
    monkeypatch.setattr(Painter, "begin", begin)
    stage.adjust(Controls(controls.file, controls.look, lines=lines))
    assert stage.begin(np.zeros((*stage.size_hw(SOURCE_HW), 3), np.uint8), SOURCE_HW)() is None
    assert "too little memory" in messages[-1].text
