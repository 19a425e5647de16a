from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from livestyle.listening import steering
from livestyle.listening.steering import MOST_OFF, Servo, Steering


def test_sound_at_the_right_rate_is_passed_on_as_it_is() -> None:
    steered, pieces = Steering(), []
    tone = np.sin(2 * np.pi * 440 * np.arange(24000) / 48000).astype(np.float32)
    tones = np.stack((tone, -tone), axis=1)
    for start in range(0, 24000, 480):
        sound = steered.hear(tones[start : start + 480], 7 + start / 48000)
        assert sound is not None
        pieces.append(sound)
    for one, next_one in pairwise(pieces):
        assert next_one.time_s == pytest.approx(one.end_s, abs=1e-9)
    samples = np.concatenate([piece.samples for piece in pieces])
    assert pieces[0].time_s == 7
    assert len(samples) > 24000 - 16
    np.testing.assert_allclose(samples, tones[: len(samples)], atol=1e-6)


def card(off: float, seconds: int, rate_hz: int) -> Iterator[tuple[int, float, float]]:
    """Pieces of a card that counts wrongly by a share: how many samples, when they seem to have been heard, and when
    they were. What the system adds is up to 30 ms, and now and then 200."""
    rng = np.random.default_rng(0)
    true_s = 100.0
    for _ in range(5 * seconds):
        late_s = float(rng.exponential(0.003)) if rng.random() > 0.02 else 0.2
        yield rate_hz // 5, true_s + min(late_s, 0.03 if late_s < 0.2 else 0.2), true_s
        true_s += 0.2 / (1 + off)


@pytest.mark.parametrize("off", [100e-6, -300e-6])
def test_a_card_that_is_off_stays_in_step_for_an_hour(monkeypatch: pytest.MonkeyPatch, off: float) -> None:
    # A hundredth of the samples, and silent: the time that passes is what is looked at.
    rate_hz = 480
    monkeypatch.setattr(steering, "RATE_HZ", rate_hz)
    monkeypatch.setattr(steering, "_between", lambda samples, _: samples[8:-8])
    steered = Steering()
    given, worst_s, start_s = 0, 0.0, None
    for count, told_s, true_s in card(off, 3600, rate_hz):
        sound = steered.hear(np.zeros((count, 2), np.float32), told_s)
        assert sound is not None
        start_s = told_s if start_s is None else start_s
        given += len(sound.samples)
        # What has come in is given but for the half of a window.
        waits_s = (len(steered._held) - steered._at) / rate_hz
        worst_s = max(worst_s, abs(start_s + given / rate_hz + waits_s - (true_s + 0.2 / (1 + off))))
    assert worst_s < 0.02
    assert abs(off) * 3600 > 0.3  # what it would be off by itself


def test_the_rate_changes_without_a_click() -> None:
    """A tone that is taken faster and faster has no step that the tone itself has not."""
    steered = Steering()
    pieces = []
    for index in range(300):
        tone = np.sin(2 * np.pi * 1000 * (index * 480 + np.arange(480)) / 48000)
        sound = steered.hear(np.stack((tone, tone), axis=1).astype(np.float32), 0.01 * index * (1 + 400e-6))
        if sound is not None:
            pieces.append(sound.samples[:, 0])
    samples = np.concatenate(pieces)
    steps = np.abs(np.diff(samples[100:]))
    assert steps.max() < 1.01 * 2 * np.pi * 1000 / 48000
    assert len(samples) > 300 * 480 - 9  # it was stretched, and nine wait


def test_lost_samples_make_the_time_jump() -> None:
    steered = Steering()
    piece = np.zeros((4800, 2), np.float32)
    for index in range(30):
        steered.hear(piece, 0.1 * index)
    times = [sound.time_s for index in range(30, 60) if (sound := steered.hear(piece, 0.1 * index + 0.5)) is not None]
    assert times[-1] == pytest.approx(5.9 + 0.5, abs=0.01)
    assert np.diff(times).max() == pytest.approx(0.6, abs=0.01)  # once


def test_no_more_is_steered_than_can_be_heard() -> None:
    servo = Servo()
    assert [servo.see(error_s, 1.0) for error_s in (0.09, -0.09)] == [-MOST_OFF, MOST_OFF]
    for _ in range(100):
        servo.see(0.09, 1.0)
    assert servo.see(0.0, 1.0) == -MOST_OFF
