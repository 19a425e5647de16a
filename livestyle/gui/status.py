"""Which of several messages is shown: the newest one that still holds."""

from __future__ import annotations

from livestyle.live.message import Kind, Message, Topic

NOTE_S = 8.0
"""How long a note is shown: time to read a sentence twice."""


class StatusBoard:
    """Keeps the messages that hold. Problems and busy states hold until their topic is cleared, notes for a while."""

    def __init__(self) -> None:
        self._standing: dict[Topic, Message] = {}
        self._note: Message | None = None
        self._note_until_s = 0.0

    def tell(self, message: Message, now_s: float) -> None:
        """Takes a message in."""
        match message.kind:
            case Kind.NOTE:
                self._note, self._note_until_s = message, now_s + NOTE_S
            case Kind.CLEAR:
                self._standing.pop(message.topic, None)
            case _:
                self._standing.pop(message.topic, None)
                self._standing[message.topic] = message

    def current(self, now_s: float) -> Message | None:
        """The message to show: a problem first, then a note, then what is busy; the newest of its kind."""
        standing = list(reversed(self._standing.values()))
        problem = next((message for message in standing if message.kind is Kind.PROBLEM), None)
        if problem is not None:
            return problem
        if self._note is not None and now_s < self._note_until_s:
            return self._note
        return standing[0] if standing else None
