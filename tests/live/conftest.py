"""Fakes whose every step a test decides: a source, a stylizer, and an audience that waits for what it wants to see."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.frame import Frame
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message
from livestyle.live.pipeline import Live
from livestyle.look import Look
from livestyle.sources.source import FrameSource
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Stylizer

LONG_S = 20.0


@dataclass(frozen=True)
class Closed:
    """Ends the reading that began with this opening, and no later one."""

    opening: int


class ScriptedSource(FrameSource):
    """Yields what the test pushes: grey pictures by their value; an error; the end."""

    def __init__(self, name: str = "scripted", size_hw: tuple[int, int] = (24, 32), is_live: bool = True) -> None:
        self._name, self._size_hw, self.is_live = name, size_hw, is_live
        self.steps: queue.Queue[int | SourceError | Closed | None] = queue.Queue()
        self.opened, self.closed = 0, 0
        self.open_errors: list[SourceError] = []
        self.thread: threading.Thread | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def size_hw(self) -> tuple[int, int]:
        return self._size_hw

    @property
    def rate_fps(self) -> float | None:
        return None

    def open(self) -> None:
        self.opened += 1
        self.thread = threading.current_thread()
        if self.open_errors:
            raise self.open_errors.pop(0)

    def close(self) -> None:
        self.closed += 1
        self.steps.put(Closed(self.opened))

    def push(self, *values: int) -> None:
        for value in values:
            self.steps.put(value)

    def fail(self, sentence: str = "The camera is gone.") -> None:
        self.steps.put(SourceError(sentence))

    def end(self) -> None:
        self.steps.put(None)

    def __iter__(self) -> Iterator[Frame]:
        index = 0
        while (step := self.steps.get(timeout=LONG_S)) is not None:
            if isinstance(step, SourceError):
                raise step
            if isinstance(step, Closed):
                if step.opening == self.opened:
                    return
                continue
            yield Frame(np.full((*self._size_hw, 3), step, np.uint8), 0.0, index)
            index += 1


class FakeStylizer(Stylizer):
    """Paints by adding 100. What it does next may be made to wait (`gate`) or to fail (`errors`)."""

    def __init__(self, code_size: int) -> None:
        self._code_size = code_size
        self.gate = threading.Event()
        self.gate.set()
        self.errors: list[Exception] = []
        self.warm: list[tuple[int, int, int]] = []
        self.codes: list[np.ndarray] = []
        self.threads: set[threading.Thread] = set()
        self.closed = False

    @property
    def info(self) -> BackendInfo:
        return BackendInfo("fake", "fake", "float32")

    @property
    def code_size(self) -> int:
        return self._code_size

    def warm_up(self, batch: int, height: int, width: int) -> None:
        self._step()
        self.warm.append((batch, height, width))

    def stylize(self, images: np.ndarray, code: np.ndarray) -> np.ndarray:
        self._step()
        self.codes.append(code.copy())
        return images + np.uint8(100)

    def _step(self) -> None:
        self.threads.add(threading.current_thread())
        assert not self.closed
        assert self.gate.wait(LONG_S)
        if self.errors:
            raise self.errors.pop(0)

    def close(self) -> None:
        self.threads.add(threading.current_thread())
        self.closed = True


class Workshop:
    """Opens fake stylizers, as `open_stylizer` does; `errors` are raised by the next openings."""

    def __init__(self) -> None:
        self.stylizers: list[FakeStylizer] = []
        self.files: list[StyleFile] = []
        self.errors: list[Exception] = []
        self.refusals: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, file: StyleFile) -> tuple[Stylizer, list[str]]:
        assert self.gate.wait(LONG_S)
        self.files.append(file)
        if self.errors:
            raise self.errors.pop(0)
        stylizer = FakeStylizer(len(file.identity))
        self.stylizers.append(stylizer)
        return stylizer, self.refusals


class Audience:
    """Sees every picture and every message of a show, and waits for one that fits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.live: Live | None = None
        self.shown: list[tuple[int, bool]] = []
        """Value of the top left pixel of each picture, and whether it was painted."""
        self.messages: list[Message] = []

    def tell(self, message: Message) -> None:
        with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    def on_picture(self) -> None:
        with self._changed:
            picture = self.live.newest
            self.shown.append((int(picture.frame.image[0, 0, 0]), picture.is_painted))
            self._changed.notify_all()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + LONG_S
        with self._changed:
            while not condition():
                assert time.monotonic() < deadline_s, (self.shown, self.messages)
                self._changed.wait(0.01)  # not all that is waited for is announced

    def wait_for_value(self, value: int, *, painted: bool = True) -> None:
        self.wait_until(lambda: (value, painted) in self.shown)

    def wait_for_text(self, text: str, kind: Kind | None = None) -> None:
        self.wait_until(lambda: any(text in m.text and kind in (None, m.kind) for m in self.messages))

    def wait_for_kind(self, kind: Kind) -> None:
        self.wait_until(lambda: any(m.kind is kind for m in self.messages))


@pytest.fixture
def scripted() -> type[ScriptedSource]:
    return ScriptedSource


@pytest.fixture
def source() -> ScriptedSource:
    return ScriptedSource()


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def audience() -> Audience:
    return Audience()


@pytest.fixture
def controls(tiny_file: StyleFile) -> Controls:
    return Controls(tiny_file, Look((("calm", 1.0),)), lines=240)


@pytest.fixture
def live(controls: Controls, workshop: Workshop, audience: Audience) -> Iterator[Live]:
    """A running show without a source; its threads are gone after the test."""
    with Live(controls, workshop, tell=audience.tell) as show:
        audience.live = show
        show.subscribe(audience.on_picture)
        yield show
        workshop.gate.set()
        for stylizer in workshop.stylizers:
            stylizer.gate.set()
        assert show.stop(LONG_S)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("livestyle")]


@pytest.fixture
def change(live: Live, controls: Controls) -> Callable[..., None]:
    """Changes some of the controls of the show."""
    now = controls

    def change(**changes: object) -> None:
        nonlocal now
        now = replace(now, **changes)
        live.use_controls(now)

    return change
