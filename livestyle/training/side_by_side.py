"""Trainings in processes of their own: lanes side by side, the stages of a lane one after another.

A process that fails takes no other with it, and what it says goes into its run's folder. It ends like one that is
stopped with Ctrl-C, with a checkpoint, when what started it closes their pipe: by intent, or because it was killed.
"""

from __future__ import annotations

import _thread
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TypeAlias

from livestyle.errors import LivestyleError
from livestyle.training.train import Training, train

Work: TypeAlias = Callable[[Training], None]
"""What a process does; it is found by its name there."""

_SAID = "said.txt"
_DONE = "done"
_FAILED, _STOPPED = 2, 130


@dataclass(frozen=True)
class _Child:
    process: multiprocessing.process.BaseProcess
    pipe: Connection
    training: Training
    lane: int


def train_all(
    lanes: Sequence[Mapping[str, Training]], say: Callable[[str], None], work: Work = train
) -> tuple[str, ...]:
    """Trains all; what was done before for as long or longer is passed over.

    Args:
        lanes: For each the trainings by their names, in their order.
        say: Is told what begins, ends and fails, in a sentence.
        work: Carries out one of them.

    Returns:
        The names of those that failed. The others have gone on.

    Raises:
        KeyboardInterrupt: Once all have written their checkpoints.
    """
    waiting: list[list[tuple[str, Training]]] = []
    for lane in lanes:
        done = [name for name, training in lane.items() if _is_done(training)]
        for name in done:
            say(f"{name}: done before.")
        waiting.append([(name, training) for name, training in lane.items() if name not in done])
    running: dict[int, tuple[str, _Child]] = {}
    failed: list[str] = []
    try:
        while any(waiting) or running:
            busy = {child.lane for _, child in running.values()}
            for number, stages in enumerate(waiting):
                if stages and number not in busy:
                    name, training = stages.pop(0)
                    child = _started(training, number, len(lanes), work)
                    running[child.process.sentinel] = name, child
                    say(f"{name}: {training.config.minutes:.1f} minutes; see {training.folder}.")
            for sentinel in wait(list(running)):
                assert isinstance(sentinel, int)
                name, child = running.pop(sentinel)
                if said := _outcome(child):
                    failed.append(name)
                say(f"{name}: {said or f'wrote {child.training.output}.'}")
    finally:
        for _, child in running.values():
            child.pipe.close()
        for _, child in running.values():
            child.process.join()
    return tuple(failed)


def _is_done(training: Training) -> bool:
    marker = training.folder / _DONE
    return marker.exists() and training.output.exists() and float(marker.read_text()) >= training.config.minutes


def _started(training: Training, lane: int, lanes: int, work: Work) -> _Child:
    training.folder.mkdir(parents=True, exist_ok=True)
    spawned = multiprocessing.get_context("spawn")  # a CUDA device can't be used after a fork
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_carry_out, args=(training, theirs, lanes, work))
    process.start()
    theirs.close()
    return _Child(process, ours, training, lane)


def _outcome(child: _Child) -> str:
    """What went wrong, in a sentence; nothing if the training is done."""
    child.process.join()
    child.pipe.close()
    if child.process.exitcode == 0:
        (child.training.folder / _DONE).write_text(str(child.training.config.minutes))
        return ""
    said = child.training.folder / _SAID
    lines = said.read_text("utf-8", errors="replace").split("\n") if said.exists() else []
    last = next((line for line in reversed(lines) if line.strip()), f"exit code {child.process.exitcode}")
    return f"failed: {last.strip()} See {said}."


def _carry_out(training: Training, pipe: Connection, lanes: int, work: Work) -> None:
    """The process: trains, and says nothing but into its file."""
    if hasattr(os, "setsid"):
        os.setsid()  # Ctrl-C in the terminal is for what started it, which then closes the pipe
    with (training.folder / _SAID).open("a", encoding="utf-8") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    try:
        threading.Thread(target=_end_with, args=(pipe,), daemon=True).start()
        _share_processor(lanes)
        work(training)
    except KeyboardInterrupt:
        sys.exit(_STOPPED)
    except LivestyleError as error:
        sys.stderr.write(f"\n{error}\n")
        sys.exit(_FAILED)


def _share_processor(lanes: int) -> None:
    import torch

    torch.set_num_threads(max(1, torch.get_num_threads() // lanes))


def _end_with(pipe: Connection) -> None:
    try:
        pipe.recv()
    except EOFError:
        _thread.interrupt_main()
