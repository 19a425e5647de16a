from __future__ import annotations

from livestyle.gui.bar import clock_text
from livestyle.gui.status import NEXT_AFTER_S, NOTE_S, StatusBoard
from livestyle.live.message import Kind, Message, Topic

LOST = Message(Kind.PROBLEM, Topic.SOURCE, "The camera is gone.")
BUSY = Message(Kind.BUSY, Topic.PAINTER, "Getting ready to paint.")
NOTE = Message(Kind.NOTE, Topic.OUTPUT, "Saved.")


def test_a_note_is_shown_for_a_while() -> None:
    board = StatusBoard()
    board.tell(NOTE, 10.0)
    assert board.current(10.0 + NOTE_S - 0.1) == NOTE
    assert board.current(10.0 + NOTE_S) is None


def test_notes_on_different_topics_are_shown_one_after_the_other() -> None:
    board = StatusBoard()
    board.tell(Message(Kind.NOTE, Topic.SOURCE, "There is no such file."), 0.0)
    board.tell(NOTE, 1.0)
    assert board.current(2.0).text == "There is no such file."
    assert board.current(NEXT_AFTER_S).text == "Saved."
    assert board.current(NEXT_AFTER_S + NOTE_S - 0.1).text == "Saved."
    assert board.current(NEXT_AFTER_S + NOTE_S) is None


def test_a_note_on_the_topic_on_show_is_shown_at_once() -> None:
    board = StatusBoard()
    board.tell(NOTE, 0.0)
    board.tell(Message(Kind.NOTE, Topic.OUTPUT, "Recorded."), 1.0)
    assert board.current(1.0).text == "Recorded."
    assert board.current(1.0 + NOTE_S) is None


def test_of_the_notes_that_wait_on_a_topic_the_newest_is_shown() -> None:
    board = StatusBoard()
    board.tell(NOTE, 0.0)
    for text in ("clip.mp4 has ended.", "There is no such file."):
        board.tell(Message(Kind.NOTE, Topic.SOURCE, text), 1.0)
    assert board.current(NEXT_AFTER_S).text == "There is no such file."


def test_a_problem_stands_until_it_is_cleared_and_lets_notes_be_read() -> None:
    board = StatusBoard()
    for message in (BUSY, LOST, NOTE):
        board.tell(message, 0.0)
    assert board.standing(Topic.SOURCE) is LOST
    assert board.current(0.0) is NOTE
    assert board.current(100.0) is LOST
    board.tell(Message(Kind.CLEAR, Topic.SOURCE), 100.0)
    assert board.current(100.0) is BUSY
    board.tell(Message(Kind.CLEAR, Topic.PAINTER), 100.0)
    assert board.current(100.0) is None


def test_the_newest_message_on_a_topic_replaces_the_one_before() -> None:
    board = StatusBoard()
    board.tell(LOST, 0.0)
    back = Message(Kind.BUSY, Topic.SOURCE, "Opening the camera.")
    board.tell(back, 1.0)
    assert board.current(1.0) is back


def test_elapsed_time_reads_like_a_clock() -> None:
    assert [clock_text(s) for s in (0, 59.9, 75.2, 3600, 36_075)] == ["00:00", "00:59", "01:15", "1:00:00", "10:01:15"]


def test_what_two_outputs_say_stands_beside_each_other() -> None:
    board = StatusBoard()
    board.tell(Message(Kind.NOTE, Topic.OUTPUT, "The camera is gone.", output="camera"), 0.0)
    board.tell(Message(Kind.NOTE, Topic.OUTPUT, "The disk is full.", output="disk"), 1.0)
    board.tell(Message(Kind.NOTE, Topic.OUTPUT, "The camera is back.", output="camera"), 2.0)
    assert board.current(2.0).text == "The camera is back."
    assert board.current(7.0).text == "The disk is full."
