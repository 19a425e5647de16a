from __future__ import annotations

import threading

import pytest

from livestyle.errors import SinkError
from livestyle.gui.background import Background


@pytest.fixture
def background(qapp):
    background = Background()
    yield background
    background.join(20)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


@pytest.fixture
def told(background) -> list[str]:
    """What happens in the GUI thread, in its order."""
    told: list[str] = []
    background.failed.connect(told.append)
    return told


def test_work_is_done_in_a_thread_and_its_result_comes_back_to_this_one(background, qtbot) -> None:
    results: list[tuple[threading.Thread, threading.Thread]] = []
    background.run(
        "Working", threading.current_thread, lambda worker: results.append((worker, threading.current_thread()))
    )
    qtbot.waitUntil(lambda: results != [])
    ((worker, receiver),) = results
    assert worker is not receiver
    assert receiver is threading.current_thread()


def fail(error: Exception) -> None:
    raise error


def test_an_error_of_the_users_has_its_own_sentence(background, told, qtbot) -> None:
    error = SinkError("The disk is full: free some space.")
    background.run("Saving", lambda: fail(error), lambda _: told.append("done"), lambda: told.append("on error"))
    qtbot.waitUntil(lambda: "on error" in told)
    assert told == ["The disk is full: free some space.", "on error"]


def test_any_other_error_is_logged_and_said_with_what_failed(background, told, qtbot, caplog) -> None:
    background.run("Saving", lambda: fail(ArithmeticError("a bug")), lambda _: told.append("done"))
    qtbot.waitUntil(lambda: told != [])
    assert told == ["Saving failed: see the log."]
    assert "Saving failed" in caplog.text
    assert "ArithmeticError: a bug" in caplog.text


def test_after_a_failure_the_next_try_works(background, told, qtbot) -> None:
    background.run("Saving", lambda: fail(ArithmeticError()), lambda _: told.append("done"))
    qtbot.waitUntil(lambda: told != [])
    background.run("Saving", lambda: None, lambda _: told.append("done"))
    qtbot.waitUntil(lambda: told[-1] == "done")


def test_joining_waits_for_what_is_under_way(background) -> None:
    gate, done = threading.Event(), []
    background.run("Working", lambda: done.append(gate.wait(20)), lambda _: None)
    background.join(0)
    assert done == []
    gate.set()
    background.join(20)
    assert done == [True]
