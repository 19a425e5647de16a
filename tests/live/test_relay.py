from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest

from livestyle.errors import BackendError, StyleError
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message
from livestyle.live.relay import Relay
from livestyle.look import Look

SOURCE_HW = (24, 32)
PHOTO = np.zeros((*SOURCE_HW, 3), np.uint8)


@pytest.fixture(autouse=True)
def _no_waiting_between_retries(monkeypatch) -> None:
    monkeypatch.setattr("livestyle.live.painting_stage.retry_delay_s", lambda _: 0.0)


@pytest.fixture
def messages() -> list[Message]:
    return []


@pytest.fixture
def relay(workshop, messages):
    relay = Relay(workshop, messages.append)
    yield relay
    workshop.gate.set()
    relay.close()
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


@pytest.fixture
def other(controls) -> Controls:
    """The controls of another network."""
    return Controls(
        dataclasses.replace(controls.file, weights=dict(controls.file.weights)), Look((("dark", 1.0),)), lines=240
    )


def paint(relay: Relay, controls: Controls) -> None:
    """Paints one frame as the pipeline does."""
    stage = relay.stage_for(controls, SOURCE_HW)
    if not stage.is_ready(SOURCE_HW):
        stage.prepare(SOURCE_HW)
    assert stage.paint(PHOTO, SOURCE_HW) is not None


def settle(relay: Relay) -> None:
    """Waits for what is being made ready."""
    for thread in threading.enumerate():
        if thread.name == "livestyle next painter":
            thread.join(20)


def test_the_next_network_paints_when_it_is_ready(relay, workshop, controls, other) -> None:
    paint(relay, controls)
    workshop.gate.clear()
    paint(relay, other)
    paint(relay, other)
    assert len(workshop.stylizers[0].codes) == 3
    workshop.gate.set()
    settle(relay)
    paint(relay, other)
    first, second = workshop.stylizers
    assert (len(first.codes), len(second.codes)) == (3, 1)
    assert first.closed
    assert second.warm == [(1, *SOURCE_HW)]


def test_until_then_all_but_the_styles_is_obeyed(relay, workshop, controls, other) -> None:
    paint(relay, controls)
    workshop.gate.clear()
    stage = relay.stage_for(dataclasses.replace(other, look=dataclasses.replace(other.look, strength=0.0)), SOURCE_HW)
    assert (stage.paint(PHOTO, SOURCE_HW) == PHOTO).all()


def test_who_comes_back_meanwhile_has_nothing_changed(relay, workshop, controls, other, messages) -> None:
    paint(relay, controls)
    workshop.gate.clear()
    paint(relay, other)
    paint(relay, controls)
    workshop.gate.set()
    settle(relay)
    told = len(messages)
    paint(relay, controls)
    first, second = workshop.stylizers
    assert len(first.codes) == 4
    assert not first.closed
    assert second.closed
    assert messages[told - 1].kind is Kind.CLEAR
    assert len(messages) == told


def test_of_several_networks_the_last_one_wins(relay, workshop, controls, other) -> None:
    third = dataclasses.replace(other, file=dataclasses.replace(other.file, weights=dict(other.file.weights)))
    paint(relay, controls)
    workshop.gate.clear()
    paint(relay, other)
    paint(relay, third)
    workshop.gate.set()
    for _ in range(3):
        settle(relay)
        paint(relay, third)
    assert workshop.files == [controls.file, other.file, third.file]
    assert [stylizer.closed for stylizer in workshop.stylizers] == [True, True, False]


@pytest.mark.parametrize(("error", "tries"), [(StyleError("It is damaged."), 1), (BackendError("No device."), 4)])
def test_a_network_that_can_not_be_had_leaves_the_one_at_hand(
    relay, workshop, controls, other, messages, error, tries
) -> None:
    paint(relay, controls)
    workshop.errors = [error] * tries
    for _ in range(6):
        paint(relay, other)
        settle(relay)
    assert len(workshop.files) == 1 + tries
    assert messages[-1].kind is Kind.PROBLEM
    assert str(error) in messages[-1].text
    assert len(workshop.stylizers[0].codes) == 7
    paint(relay, controls)
    assert messages[-1].kind is Kind.CLEAR
