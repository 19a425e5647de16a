from __future__ import annotations

import threading

from livestyle.live.slot import Slot


def test_the_newest_is_held_and_the_rest_counted() -> None:
    slot: Slot[int] = Slot()
    for item in range(5):
        slot.put(item)
    slot.close()
    assert slot.take() == 4
    assert slot.take() is None
    assert slot.dropped == 4


def test_closing_lets_the_taker_go() -> None:
    slot: Slot[int] = Slot()
    taken: list[int | None] = []
    taker = threading.Thread(target=lambda: taken.append(slot.take()))
    taker.start()
    slot.close()
    taker.join(20)
    assert taken == [None]


def test_a_closed_slot_takes_nothing_and_holds_up_nobody() -> None:
    slot: Slot[int] = Slot()
    slot.put(1)
    slot.close()
    slot.put(2, wait=True)
    assert slot.take() == 1
    assert slot.take() is None
    assert slot.dropped == 1


def test_waiting_for_room_drops_nothing() -> None:
    slot: Slot[int] = Slot()

    def put_all() -> None:
        for item in range(100):
            slot.put(item, wait=True)
        slot.close()

    putter = threading.Thread(target=put_all)
    putter.start()
    taken = []
    while (item := slot.take()) is not None:
        taken.append(item)
    putter.join(20)
    assert taken == list(range(100))
    assert slot.dropped == 0


def test_clearing_drops_what_is_held() -> None:
    slot: Slot[int] = Slot()
    slot.put(1)
    slot.clear()
    slot.close()
    assert slot.take() is None
    assert slot.dropped == 1


def test_who_is_in_a_hurry_takes_what_there_is() -> None:
    slot: Slot[int] = Slot()
    assert slot.take(wait=False) is None
    slot.put(3)
    assert slot.take(wait=False) == 3
