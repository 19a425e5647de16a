"""Which of several messages is shown: a problem, else what happened lately, else what is busy."""

from __future__ import annotations

from dataclasses import replace

from livestyle.live.message import Kind, Message, Topic

NOTE_S = 8.0
"""How long a note is shown: time to read a sentence twice."""


class StatusBoard:
    """Keeps the messages that hold. Problems and busy states hold until their topic is cleared, notes for a while."""

    def __init__(self) -> None:
        self._standing: dict[Topic, Message] = {}
        self._notes: dict[Topic, tuple[Message, float]] = {}
        """The newest note on each topic, and until when it is shown."""

    def tell(self, message: Message, now_s: float) -> None:
        """Takes a message in."""
        match message.kind:
            case Kind.NOTE:
                self._notes.pop(message.topic, None)
                self._notes[message.topic] = message, now_s + NOTE_S
            case Kind.CLEAR:
                self._standing.pop(message.topic, None)
            case _:
                self._standing.pop(message.topic, None)
                self._standing[message.topic] = message

    def current(self, now_s: float) -> Message | None:
        """The message to show: a problem first, then the notes in their order, then what is busy."""
        standing = list(reversed(self._standing.values()))
        problem = next((message for message in standing if message.kind is Kind.PROBLEM), None)
        if problem is not None:
            return problem
        notes = [note for note, until_s in self._notes.values() if now_s < until_s]
        if notes:
            return replace(notes[-1], text=" ".join(note.text for note in notes))
        return standing[0] if standing else None
