"""Lets the window play by itself for a while, and looks whether it stays alive, small and out of its own way (Linux).

    QT_QPA_PLATFORM=offscreen python scripts/soak.py --minutes 30
    QT_QPA_PLATFORM=offscreen python scripts/soak.py --minutes 5 --only demo
    QT_QPA_PLATFORM=offscreen python scripts/soak.py --minutes 12 --deaths 100

The real window goes through random mixes with fades, and once a minute through the same round: sources that work, that
are missing, and that die while they play; scenes; a recording, a snapshot, sinks that come, go and fail. The round is
the unit: memory is the median of each, and its slope that of Theil and Sen over the rounds after the warm-up, with
Sen's interval of 95 %. A slope is above its limit when all of the interval is; where the limit lies within it, more
minutes are needed to tell, which is said and fails nothing.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from livestyle.cli.progress import attempt
from livestyle.errors import SinkError, SourceError
from livestyle.frame import Frame
from livestyle.sinks.sink import FrameSink, NullSink
from livestyle.sources.source import FrameSource

if TYPE_CHECKING:
    from livestyle.gui.adapter import LiveAdapter
    from livestyle.gui.window import MainWindow

ROUND_S = 60.0
STEP_S = 3.0
WARM_UP_SHARE = 1 / 3
"""How much of the time is warm-up: every size, style and font is met for the first time in it."""
CLIP_HW, CLIP_S = (240, 320), 3
FRAMES_TO_DEATH = 15


def main() -> None:
    """Plays and prints; exits with 1 where something was above its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--only", metavar="SOURCE", help="show this alone and change nothing, with auto off")
    parser.add_argument("--deaths", type=int, default=0, help="show a source that dies so many times, and nothing else")
    parser.add_argument("--most-mb-h", type=float, default=1.0, help="limit of the slope of the memory")
    parser.add_argument("--most-share", type=float, default=0.05, help="limit of the GUI thread's share of a core")
    args = parser.parse_args()
    from PyQt6.QtCore import QTimer
    from PyQt6.QtWidgets import QApplication

    with tempfile.TemporaryDirectory() as folder:
        # Settings, log and recordings of the user's are none of this.
        os.environ.update(
            {f"XDG_{name}": folder for name in ("CONFIG_HOME", "STATE_HOME", "VIDEOS_DIR", "PICTURES_DIR")}
        )
        errors = Errors()
        logging.getLogger().addHandler(errors)
        app = QApplication(sys.argv[:1])
        soak = Soak(Path(folder), args.minutes, args.only, args.deaths)
        timer = QTimer()
        timer.timeout.connect(soak.tick)
        timer.start(1000)
        from livestyle.gui.app import Start, run

        run(Start(source="demo" if args.only is None else args.only))
        timer.stop()
        del app
        ok = report(soak, errors, args.most_mb_h, args.most_share)
        if args.deaths and soak.deaths.count < args.deaths:
            print(f"only {soak.deaths.count} of {args.deaths} deaths")
            ok = False
    if not ok:
        sys.exit(1)


# ---- what is seen ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sample:
    """The process at a moment: seconds since the start, MB that are resident, threads, seconds of the GUI thread."""

    time_s: float
    mb: float
    threads: int
    gui_s: float


class Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Takes note."""
        self.texts.append(f"{record.getMessage()}: {record.exc_info[1]!r}" if record.exc_info else record.getMessage())


def sample(start_s: float) -> Sample:
    """What the process takes now. Called in the GUI thread."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    threads = len(os.listdir("/proc/self/task"))
    return Sample(time.monotonic() - start_s, pages * os.sysconf("SC_PAGE_SIZE") / 1e6, threads, time.thread_time())


def slope(points: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """The slope of Theil and Sen, and its interval of 95 % (Sen 1968).

    Args:
        points: x and y of three points or more.
    """
    slopes = sorted((y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in combinations(points, 2))
    n = len(points)
    half = 1.96 * (n * (n - 1) * (2 * n + 5) / 18) ** 0.5
    low = max(0, round((len(slopes) - half) / 2))
    return statistics.median(slopes), slopes[low], slopes[len(slopes) - 1 - low]


def rounds_of(samples: Sequence[Sample]) -> list[tuple[float, float]]:
    """Hours and median MB of each whole round."""
    rounds: dict[int, list[Sample]] = {}
    for each in samples:
        rounds.setdefault(int(each.time_s // ROUND_S), []).append(each)
    whole = list(rounds.items())[:-1]
    return [((n + 0.5) * ROUND_S / 3600, statistics.median(each.mb for each in taken)) for n, taken in whole]


def report(soak: Soak, errors: Errors, most_mb_h: float, most_share: float) -> bool:
    """Prints what came of it; whether it is within the limits."""
    samples = soak.samples
    print(f"{len(samples)} s; steps: {soak.steps}; deaths: {soak.deaths.count}; sinks ended: {soak.sinks_ended}")
    print(f"recordings kept: {len(soak.recordings())}; pictures a second: {soak.shown / samples[-1].time_s:.1f}")
    for text in dict.fromkeys(errors.texts):
        print(f"error, {errors.texts.count(text)} times: {text}")
    ok = not errors.texts and not soak.is_stuck
    if soak.is_stuck:
        print("the show stood still")
    warm = [each for each in samples if each.time_s >= WARM_UP_SHARE * samples[-1].time_s]
    share = (warm[-1].gui_s - warm[0].gui_s) / (warm[-1].time_s - warm[0].time_s)
    print(f"GUI thread: {share:.1%} of a core (limit {most_share:.0%})")
    ok &= share <= most_share
    rounds = rounds_of(samples)
    print("MB of each round:", " ".join(f"{mb:.0f}" for _, mb in rounds))
    print(f"threads: {warm[0].threads} after the warm-up, {warm[-1].threads} at the end")
    points = rounds[round(WARM_UP_SHARE * len(rounds)) :]
    if len(points) < 4:
        print("too short to tell a slope")
        return ok
    middle, low, high = slope(points)
    print(f"memory: {middle:+.1f} MB/h, {low:+.1f} to {high:+.1f} (limit {most_mb_h:g})")
    if low > most_mb_h:
        return False
    if high > most_mb_h:
        print("whether the slope is below its limit can't be told in so short a time")
    return ok


# ---- what is done ----------------------------------------------------------------------------------------------------


class DyingSource(FrameSource):
    """Plays another one, and dies after some frames each time."""

    is_live = True

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.count = 0

    @property
    def name(self) -> str:
        """What to call it."""
        return "The one that dies"

    def open(self) -> None:
        """Opens the other one."""
        self._source.open()

    def close(self) -> None:
        """Closes it."""
        self._source.close()

    def __iter__(self) -> Iterator[Frame]:
        for number, frame in enumerate(self._source):
            if number == FRAMES_TO_DEATH:
                self.count += 1
                raise SourceError("It died.")
            yield frame


class FailingSink(NullSink):
    """Fails after some frames."""

    def write(self, frame: Frame) -> None:
        """Takes a few."""
        super().write(frame)
        if self.frames > FRAMES_TO_DEATH:
            raise SinkError("The sink failed, as it should.")


@dataclass
class Soak:
    """Plays with the window, in the GUI thread.

    Attributes:
        folder: Where all files go.
        minutes: How long.
        only: The only source; None for the whole round.
        wanted_deaths: How often the source that dies is to; 0 for the whole round.
    """

    folder: Path
    minutes: float
    only: str | None
    wanted_deaths: int
    samples: list[Sample] = field(default_factory=list)
    steps: int = 0
    shown: int = 0
    sinks_ended: int = 0
    is_stuck: bool = False

    def __post_init__(self) -> None:
        from livestyle.sources.video import VideoSource

        self._clip, self._photo = _make_clip(self.folder), _make_photo(self.folder)
        self.deaths = DyingSource(VideoSource(self._clip, live=True, loop=True))
        self._window: MainWindow | None = None
        self._live: LiveAdapter | None = None
        self._start_s = 0.0
        self._sinks: list[FrameSink] = []
        self._last_index, self._last_new_s = -1, 0.0

    def tick(self) -> None:
        """Called once a second."""
        if self._window is None:
            self._begin()
        window, live = self._window, self._live
        if window is None or live is None or live.newest is None:
            return
        now_s = time.monotonic()
        self._start_s = self._start_s or now_s
        self.samples.append(sample(self._start_s))
        index = live.newest.frame.index
        if index != self._last_index:
            self.shown += max(0, index - self._last_index)
            self._last_index, self._last_new_s = index, now_s
        self.is_stuck |= self.only is None and now_s - self._last_new_s > ROUND_S
        elapsed_s = now_s - self._start_s
        if elapsed_s > self.minutes * 60:
            window.close()
            return
        is_over = elapsed_s // STEP_S < self.steps
        if self.wanted_deaths:
            if self.steps == 0:
                self.steps = 1
                live.use_source(lambda: self.deaths)
            if self.deaths.count >= self.wanted_deaths and elapsed_s > ROUND_S:
                window.close()
        elif self.only is None and not is_over:
            round_ = self._round(window, live)
            round_[self.steps % len(round_)]()
            self.steps += 1
            if self.steps % 100 == 0:
                print(f"{elapsed_s:.0f} s: {self.samples[-1]}", flush=True)

    def recordings(self) -> list[Path]:
        """Those that are finished and still there, the oldest first."""
        return sorted(self.folder.glob("livestyle-*.mp4"))

    def _begin(self) -> None:
        from PyQt6.QtWidgets import QApplication

        from livestyle.gui.adapter import LiveAdapter
        from livestyle.gui.window import MainWindow

        for window in QApplication.topLevelWidgets():
            if isinstance(window, MainWindow) and window.isVisible():
                self._window, self._live = window, window.findChild(LiveAdapter)
                assert self._live is not None
                self._live.sink_ended.connect(self._on_sink_ended)
                if self.only is None and not self.wanted_deaths:
                    window.model.set("auto", "mixes")
                    window.model.set("auto_every_s", 5.0)
                    window.model.set("fade_s", 2.0)

    def _round(self, window: MainWindow, live: LiveAdapter) -> list[Callable[[], None]]:
        """What is done every `STEP_S`, as many things as a round has steps."""
        show = window.use_source
        dying = partial(live.use_source, lambda: self.deaths)
        return [
            partial(show, "demo"),
            partial(window.keep_scene, "1"),
            window.toggle_recording,
            partial(show, str(self._clip)),
            partial(window.keep_scene, "2"),
            partial(self._add, live, NullSink()),
            window.take_snapshot,
            partial(show, str(self.folder / "missing.mp4")),
            window.toggle_recording,
            partial(show, "rtsp://127.0.0.1:9/nothing"),
            partial(self._add, live, FailingSink()),
            dying,
            partial(window.call_up_scene, "1"),
            partial(self._remove, live),
            partial(window.model.set, "auto", "scenes"),
            partial(show, str(self._photo)),
            partial(window.toggle_favourite, window.model.names[0]),
            partial(show, str(self.folder / "no picture.mp4")),
            partial(window.model.set, "auto", "mixes"),
            self._tidy,
        ]

    def _add(self, live: LiveAdapter, sink: FrameSink) -> None:
        self._sinks.append(sink)
        live.add_sink(sink)

    def _remove(self, live: LiveAdapter) -> None:
        while self._sinks:
            live.remove_sink(self._sinks.pop())

    def _on_sink_ended(self) -> None:
        self.sinks_ended += 1

    def _tidy(self) -> None:
        """Keeps the disk from filling up."""
        for path in (*self.recordings()[:-5], *sorted(self.folder.glob("livestyle-*.png"))[:-5]):
            path.unlink()


def _make_clip(folder: Path) -> Path:
    """A small clip of the demo scene; beside it one that is no picture at all."""
    from livestyle.sinks.video import VideoSink
    from livestyle.sources.demo import DemoSource

    (folder / "no picture.mp4").write_bytes(b"This is no video. " * 1000)
    path = folder / "clip.mp4"
    with DemoSource(CLIP_HW, duration_s=CLIP_S) as source, VideoSink(path, CLIP_HW) as sink:
        for frame in source:
            sink.write(frame)
    return path


def _make_photo(folder: Path) -> Path:
    from livestyle.sinks.picture_file import write_picture
    from livestyle.sources.demo import DemoSource

    path = folder / "photo.png"
    with DemoSource((480, 640)) as source:
        write_picture(path, next(iter(source)).image)
    return path


if __name__ == "__main__":
    sys.exit(attempt(main))
