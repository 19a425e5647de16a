"""What is heard in recordings, and in whatever else goes out with sound: from when it is needed until it isn't."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from livestyle.gui.adapter import LiveAdapter
from livestyle.settings import Settings

if TYPE_CHECKING:
    from livestyle.listening.listener import Listener
    from livestyle.listening.source import SoundSource

JOIN_S = 5.0


class SoundIn(QObject):
    """Listens to what is set, while somebody needs it, and hands it to the show.

    A microphone is not open for longer, as people see that it is.

    Args:
        live: The show.
        settings: Gives what is set.
        shown: Gives what is on show, as the command line writes it.

    Attributes:
        told: A sentence for the user.
        is_muted: Whether silence takes the place of what is heard.
    """

    told = pyqtSignal(str)

    def __init__(
        self,
        live: LiveAdapter,
        settings: Callable[[], Settings],
        shown: Callable[[], str | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.is_muted = False
        self._live = live
        self._settings = settings
        self._shown = shown
        self._listener: Listener | None = None
        self._ending: Listener | None = None
        """The one before, until there is another."""
        self._listens_to: object = None

    @property
    def is_listening(self) -> bool:
        """Whether something is open."""
        return self._listener is not None

    def source(self) -> SoundSource | None:
        """What is set to be heard; None for nothing."""
        settings = self._settings()
        if settings.sound == "microphone":
            from livestyle.listening.microphone import Microphone

            return Microphone(settings.microphone, lambda: self._live.now_s)
        if settings.sound == "video":
            return self._of_the_video()
        return None

    def see(self, *, is_wanted: bool) -> None:
        """Begins or ends to listen, if what is wanted, set or shown is no longer the same."""
        settings = self._settings()
        wanted = (settings.sound, settings.microphone, settings.sound == "video" and self._shown())
        if (wanted if is_wanted else None) == self._listens_to:
            return
        self._listens_to = wanted if is_wanted else None
        if self._listener is not None:
            self._listener.stop()
            self._listener, self._ending = None, self._listener
        source = self.source() if is_wanted else None
        if source is not None:
            from livestyle.listening.listener import Listener

            ending, self._ending = self._ending, None
            self._listener = Listener(source, self._live.hear, self.told.emit, is_muted=self.is_muted, before=ending)
            self._listener.start()

    def mute(self, is_muted: bool) -> None:
        """Has silence take the place of what is heard, or no longer."""
        self.is_muted = is_muted
        if self._listener is not None:
            self._listener.is_muted = is_muted

    def take_level(self) -> float:
        """How loud it was since this was last asked, 0 to 1."""
        return 0.0 if self._listener is None else self._listener.take_level()

    def stop(self) -> None:
        """Ends to listen and waits for it."""
        self.see(is_wanted=False)
        if self._ending is not None:
            self._ending.join(JOIN_S)

    def _of_the_video(self) -> SoundSource | None:
        from livestyle.listening.film import FilmSound
        from livestyle.sources.named import open_source
        from livestyle.sources.video import VideoSource

        text = self._shown()
        source = None if text is None else open_source(text, live=True)
        if not isinstance(source, VideoSource):
            return None
        return FilmSound(source.video, lambda: self._live.transport, lambda: self._live.now_s)


def microphones(*, again: bool) -> list[str]:
    """The names of the microphones there are. To be called in a thread.

    Args:
        again: Look for those that were plugged in since too, which nobody may listen to meanwhile.

    Raises:
        SourceError: None can be found, as something is missing; the sentence says what.
    """
    from livestyle.listening.microphone import microphones

    return microphones(again=again)


def has_track(source: SoundSource | None) -> bool:
    """Whether a recording is to have sound. To be called in a thread.

    A microphone that is missing may be plugged in yet; a film without sound stays so.
    """
    from livestyle.listening.microphone import Microphone

    return source is not None and (isinstance(source, Microphone) or source.why_not() is None)
