from __future__ import annotations

from collections.abc import Iterator
from threading import Semaphore

import numpy as np
import pytest

from livestyle.frame import Frame
from livestyle.live.flicker_thread import FlickerThread
from livestyle.live.message import Picture
from livestyle.steady.flicker import FlickerMeter

PHOTO = np.random.default_rng(0).integers(0, 200, (90, 120, 3), dtype=np.uint8).repeat(4, axis=0).repeat(4, axis=1)


def picture(index: int, lighter: int = 0, *, is_painted: bool = True) -> Picture:
    return Picture(Frame(PHOTO + np.uint8(lighter), index / 10, index), PHOTO, is_painted)


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Counts what the meter has taken."""
    added = Semaphore(0)

    class CountingMeter(FlickerMeter):
        def add(self, photo: np.ndarray, painting: np.ndarray, time_s: float) -> None:
            super().add(photo, painting, time_s)
            added.release()

    monkeypatch.setattr("livestyle.live.flicker_thread.FlickerMeter", CountingMeter)
    return added


@pytest.fixture
def flicker_thread(added: Semaphore) -> Iterator[FlickerThread]:
    flicker_thread = FlickerThread()
    flicker_thread.start()
    yield flicker_thread
    end(flicker_thread)


def end(flicker_thread: FlickerThread) -> None:
    flicker_thread.stop()
    assert flicker_thread.join(60)


def test_a_painting_that_changes_flickers(flicker_thread, added) -> None:
    for index in range(2):
        flicker_thread.put(picture(index, lighter=20 * index))
        assert added.acquire(timeout=60)
    end(flicker_thread)
    assert flicker_thread.reading is not None
    assert flicker_thread.reading.painting_steps == pytest.approx(20, abs=1)
    assert flicker_thread.reading.photo_steps == pytest.approx(0, abs=1)
    assert flicker_thread.reading.sharpness == pytest.approx(1, abs=0.05)


def test_what_is_not_painted_is_not_measured(flicker_thread, added) -> None:
    flicker_thread.put(None)
    flicker_thread.put(picture(0, is_painted=False))
    end(flicker_thread)
    assert not added.acquire(blocking=False)
    assert flicker_thread.reading is None


def test_a_failure_ends_the_measuring_and_nothing_else(monkeypatch, caplog) -> None:
    class BrokenMeter(FlickerMeter):
        def add(self, *_: object) -> None:
            raise ArithmeticError

    monkeypatch.setattr("livestyle.live.flicker_thread.FlickerMeter", BrokenMeter)
    flicker_thread = FlickerThread()
    flicker_thread.start()
    flicker_thread.put(picture(0))
    assert flicker_thread.join(60)
    assert "Measuring the flicker failed" in caplog.text
    flicker_thread.put(picture(1))
    assert flicker_thread.reading is None


@pytest.mark.parametrize(("cores", "every_s"), [(None, 0.8), (2, 0.4), (4, 0.2), (64, 0.2)])
def test_few_cores_measure_less_often(monkeypatch, cores: int | None, every_s: float) -> None:
    asked: list[float] = []

    class AskedMeter(FlickerMeter):
        def __init__(self, every_s: float) -> None:
            asked.append(every_s)
            super().__init__(every_s)

    monkeypatch.setattr("livestyle.live.flicker_thread.FlickerMeter", AskedMeter)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    flicker_thread = FlickerThread()
    flicker_thread.start()
    end(flicker_thread)
    assert asked == [pytest.approx(every_s)]
