"""Which of several messages is shown: what happened lately, one after the other, then a problem, then what is busy."""

from __future__ import annotations

from livestyle.live.message import Kind, Message, Topic

NOTE_S = 8.0
"""How long a note is shown: time to read a sentence twice."""
NEXT_AFTER_S = 4.0
"""How long where another one waits: time to read it once."""


class StatusBoard:
    """Keeps the messages that hold. Problems and busy states hold until their matter is cleared, notes for a while.

    One message is shown at a time. A note that comes while another one is shown waits for its turn, unless it is on the
    same matter, so that what the user does is answered at once.
    """

    def __init__(self) -> None:
        self._standing: dict[tuple[Topic, str], Message] = {}
        self._notes: list[Message] = []
        """The newest note on each matter, the one that is shown first."""
        self._since_s = 0.0
        """Since when that one is shown."""

    def tell(self, message: Message, now_s: float) -> None:
        """Takes a message in."""
        match message.kind:
            case Kind.NOTE:
                self._note(message, now_s)
            case Kind.CLEAR:
                self._standing.pop(message.matter, None)
            case _:
                self._standing.pop(message.matter, None)
                self._standing[message.matter] = message

    def standing(self, topic: Topic) -> Message | None:
        """The problem or the busy state that holds on source or painter."""
        return self._standing.get((topic, ""))

    def current(self, now_s: float) -> Message | None:
        """The message to show."""
        self._turn(now_s)
        if self._notes:
            return self._notes[0]
        standing = list(reversed(self._standing.values()))
        problem = next((message for message in standing if message.kind is Kind.PROBLEM), None)
        return problem or (standing[0] if standing else None)

    def _note(self, note: Message, now_s: float) -> None:
        self._turn(now_s)
        waiting = [other for other in self._notes[1:] if other.matter != note.matter]
        if not self._notes or self._notes[0].matter == note.matter:
            self._notes, self._since_s = [note, *waiting], now_s
        else:
            self._notes = [self._notes[0], *waiting, note]

    def _turn(self, now_s: float) -> None:
        """Goes on to the next note when it is time."""
        while self._notes and now_s >= self._since_s + (shown_s := NEXT_AFTER_S if self._notes[1:] else NOTE_S):
            self._notes.pop(0)
            self._since_s += shown_s
