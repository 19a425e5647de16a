from __future__ import annotations

from threading import Event, Thread

import pytest

from livestyle.jobs.stop import Stop, Stopped


def test_what_is_not_told_to_stop_goes_on() -> None:
    Stop().check()


def test_what_is_stopped_stays_so() -> None:
    stop = Stop()
    stop.stop()
    stop.pause()
    stop.go_on()
    for _ in range(2):
        with pytest.raises(Stopped):
            stop.check()


class Waiting:
    """Work in a thread that comes to a check while it is paused."""

    def __init__(self) -> None:
        self.stop = Stop()
        self.passed = False
        self.stopped = False
        self._begun = Event()
        self._thread = Thread(target=self._work)
        self.stop.pause()
        self._thread.start()
        self._begun.wait()

    def _work(self) -> None:
        self._begun.set()
        try:
            self.stop.check()
            self.passed = True
        except Stopped:
            self.stopped = True

    def end(self) -> tuple[bool, bool]:
        self._thread.join()
        return self.passed, self.stopped


def test_what_is_paused_waits_until_it_goes_on() -> None:
    work = Waiting()
    assert not work.passed
    work.stop.go_on()
    assert work.end() == (True, False)


def test_what_is_paused_can_be_stopped() -> None:
    work = Waiting()
    work.stop.stop()
    assert work.end() == (False, True)
