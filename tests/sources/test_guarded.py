from __future__ import annotations

from threading import Event, Thread

import pytest

from livestyle.sources.guarded import Guarded, TookTooLong, within

PATIENCE_S = 10.0


def test_closing_releases_once() -> None:
    released: list[str] = []
    guarded = Guarded("file", released.append)
    with guarded.use() as resource:
        assert resource == "file"
    guarded.close()
    guarded.close()
    assert released == ["file"]
    with guarded.use() as resource:
        assert resource is None


def test_closing_never_cuts_into_a_use_and_never_waits_for_it() -> None:
    released: list[str] = []
    guarded = Guarded("file", released.append)
    in_use, done = Event(), Event()

    def read() -> None:
        with guarded.use():
            in_use.set()
            done.wait(PATIENCE_S)

    reader = Thread(target=read)
    reader.start()
    in_use.wait(PATIENCE_S)
    guarded.close()
    assert released == []
    done.set()
    reader.join(PATIENCE_S)
    assert released == ["file"]


def test_a_use_that_fails_releases_too() -> None:
    released: list[str] = []
    guarded = Guarded("file", released.append)

    def fail() -> None:
        with guarded.use():
            guarded.close()
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    assert released == ["file"]


def test_within_returns_and_raises_what_the_call_does() -> None:
    def fail() -> int:
        raise ValueError("no")

    assert within(PATIENCE_S, lambda: 3, print) == 3
    with pytest.raises(ValueError, match="no"):
        within(PATIENCE_S, fail, print)


def test_a_call_that_hangs_is_left_behind_and_its_late_result_discarded() -> None:
    go_on, discarded = Event(), Event()
    late: list[str] = []

    def hang() -> str:
        go_on.wait(PATIENCE_S)
        return "late"

    def discard(result: str) -> None:
        late.append(result)
        discarded.set()

    with pytest.raises(TookTooLong):
        within(0.01, hang, discard)
    go_on.set()
    assert discarded.wait(PATIENCE_S)
    assert late == ["late"]
