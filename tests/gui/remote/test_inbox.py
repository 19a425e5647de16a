from __future__ import annotations

from threading import Thread

from livestyle.gui.remote.inbox import MOST, Inbox


def test_what_comes_from_a_thread_is_taken_in_order_and_of_each_fader_the_newest(qapp, qtbot) -> None:
    taken: list[tuple[str, float]] = []
    inbox = Inbox(lambda *what: taken.append(what))

    def send() -> None:
        for value in range(1000):
            inbox.put("strength", value / 1000)
        inbox.put("record", 1.0)
        inbox.put("record", 1.0)
        inbox.put("depth", 0.5)

    thread = Thread(target=send)
    thread.start()
    thread.join()
    assert taken == []
    qtbot.waitUntil(lambda: len(taken) == 4)
    assert taken == [("strength", 0.999), ("record", 1.0), ("record", 1.0), ("depth", 0.5)]


def test_what_comes_soon_after_waits_a_moment_and_is_not_lost(qapp, qtbot) -> None:
    taken: list[tuple[str, float]] = []
    inbox = Inbox(lambda *what: taken.append(what))
    inbox.put("strength", 0.1)
    qtbot.waitUntil(lambda: len(taken) == 1)
    for value in (0.2, 0.3):
        inbox.put("strength", value)
    qtbot.waitUntil(lambda: len(taken) == 2)
    assert taken[-1] == ("strength", 0.3)


def test_a_flood_is_cut_off(qapp, qtbot) -> None:
    taken: list[str] = []
    inbox = Inbox(lambda name, _: taken.append(name))
    for _ in range(10 * MOST):
        inbox.put("record", 1.0)
    qtbot.waitUntil(lambda: bool(taken))
    assert len(taken) <= MOST + 1
