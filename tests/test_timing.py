from __future__ import annotations

import math
from threading import Thread

import pytest

from livestyle.timing import StageTimes, measured


def test_percentiles_in_milliseconds() -> None:
    times = StageTimes()
    for k in range(101):
        times.add("network", k / 1000)
    assert times.percentiles("network") == pytest.approx((50, 95, 99))
    assert times.percentiles("network", (0, 100)) == pytest.approx((0, 100))


def test_only_the_newest_count() -> None:
    times = StageTimes(window=3)
    for seconds in (9.0, 9.0, 1.0, 2.0, 3.0):
        times.add("source", seconds)
    assert times.percentiles("source", (0, 50, 100)) == pytest.approx((1000, 2000, 3000))


def test_a_stage_never_timed_has_no_percentiles() -> None:
    assert all(math.isnan(p) for p in StageTimes().percentiles("paint"))


def test_summary_keeps_the_order_of_stages() -> None:
    times = StageTimes()
    times.add("source", 0.004)
    times.add("network", 0.001)
    assert times.stages == ("source", "network")
    assert times.summary()["source"] == pytest.approx({"p50_ms": 4.0, "p95_ms": 4.0, "p99_ms": 4.0})
    times.clear()
    assert times.summary() == {}


def test_measure_notes_the_block_but_not_a_failed_one() -> None:
    times = StageTimes()
    with times.measure("network"):
        pass
    assert times.percentiles("network", (50,))[0] >= 0
    with pytest.raises(ValueError, match="gave up"), times.measure("upload"):
        raise ValueError("gave up")
    assert times.stages == ("network",)


def test_measured_without_times_is_a_plain_block() -> None:
    with measured(None, "network"):
        pass
    times = StageTimes()
    with measured(times, "network"):
        pass
    assert times.stages == ("network",)


def test_threads_may_write_and_read_at_once() -> None:
    times = StageTimes(window=50)

    def write() -> None:
        for _ in range(2000):
            times.add("network", 0.001)

    writers = [Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert math.isnan(p := times.percentiles("network", (99,))[0]) or p == pytest.approx(1.0)
    for writer in writers:
        writer.join()
    assert times.percentiles("network", (50,)) == pytest.approx((1.0,))
