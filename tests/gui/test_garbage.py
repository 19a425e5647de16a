from __future__ import annotations

import gc
import threading
from itertools import islice

from livestyle.gui import garbage
from livestyle.gui.garbage import cleared_here, collections


class Knot:
    """Refers to itself, and tells which thread it went in."""

    def __init__(self, went_in: list[threading.Thread]) -> None:
        self.itself = self
        self.went_in = went_in

    def __del__(self) -> None:
        self.went_in.append(threading.current_thread())


def allocate() -> None:
    """So much that Python looks for cycles of all ages."""
    assert len([[] for _ in range(1_000_000)]) > 0


def test_cycles_go_in_the_thread_of_the_window_and_in_no_other(qapp, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(garbage, "EVERY_MS", 5)
    gc.enable()
    went_in: list[threading.Thread] = []
    with cleared_here():
        Knot(went_in)
        thread = threading.Thread(target=allocate)
        thread.start()
        thread.join()
        assert went_in == []
        qtbot.waitUntil(lambda: bool(went_in))
    assert went_in == [threading.main_thread()]
    assert gc.isenabled()


def test_without_it_they_go_in_any_thread() -> None:
    gc.enable()
    went_in: list[threading.Thread] = []
    Knot(went_in)
    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert went_in == [thread]


def test_where_python_clears_nothing_away_it_stays_so(qapp) -> None:
    gc.disable()
    with cleared_here():
        pass
    assert not gc.isenabled()


def test_what_is_old_is_looked_at_less_often_and_the_heap_given_back_with_it(monkeypatch) -> None:
    given_back = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: 0)
    monkeypatch.setattr(garbage, "give_back", lambda: given_back.append(1))
    done = list(islice(collections(), 128))
    assert [done.count(generation) for generation in range(3)] == [112, 14, 2]
    assert len(given_back) == 2
