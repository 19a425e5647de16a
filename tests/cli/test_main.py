from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livestyle import __main__, cli
from livestyle.cli import options
from livestyle.cli.progress import ProgressBar

Run = Callable[..., tuple[int, str, str]]


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\nfrom livestyle import cli\n"
        "try: cli.main(['convert', '--help'])\nexcept SystemExit: pass\n"
        "heavy = {'torch', 'cv2', 'numpy', 'av', 'PyQt6', 'openvino'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--strength" in done.stdout


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wlid"], "Did you mean wild?"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild:zero"], "Can't read the style"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--strength", "7"], "Strength goes from 0 to 1"),
        (["stylize", "gone.jpg", "-o", "x.png", "--style", "wild"], "gone.jpg"),
        (["stylize", "TEXT", "-o", "x.png", "--style", "wild"], "text.mp4"),
        (["convert", "gone.mp4", "-o", "x.mp4", "--style", "wild"], "gone.mp4"),
        (["convert", "TEXT", "-o", "x.mp4", "--style", "wild"], "text.mp4"),
        (["convert", "CLIP", "-o", "CLIP", "--style", "wild", "--overwrite"], "clip.mp4"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--start", "9", "--end", "2"], "start"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--batch", "0"], "batch"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--encoder", "nope"], "nope"),
        (["convert", "CLIP", "-o", f"{'x' * 300}.mp4", "--style", "wild"], "too long"),
        (["convert", f"{'x' * 300}.mp4", "-o", "x.mp4", "--style", "wild"], "There is no file"),
        (["stylize", "PHOTO", "-o", f"{'x' * 300}.png", "--style", "wild"], "too long"),
        (["stylize", f"{'x' * 300}.png", "-o", "x.png", "--style", "wild"], "There is no file"),
        (["stylize", "http://host/a.png", "-o", "x.png"], "http://host/a.png is an address"),
        (["convert", "CLIP", "gone.mp4", "lost.mp4", "-o", "x"], "There are no files gone.mp4, lost.mp4"),
        (["convert", "*.gone", "-o", "x"], "There is no file *.gone"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--stroke", "3"], "stroke size goes from 0.5 to 2"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild,wild,wild,wild,wild"], "at most 4 styles"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "gone.jpg:0.5,wild:0.5"], "no file gone.jpg"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "TEXT"], "no picture"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "PHOTO"], "can't take pictures as styles"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--network", "huge"], "There are tiny"),
        (["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--steady", "2"], "Steadiness goes from 0 to 1"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--mask", "gone.png"], "no file gone.png"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--mask", "TEXT"], "no picture"),
        (["stylize", "PHOTO", "-o", "x.png", "--style", "wild", "--outside", "calm"], "--mask"),
        (["stylize", "PHOTO", "-o", "x.png", "--paint", "me", "--mask", "PHOTO"], "not allowed with"),
        (
            ["convert", "CLIP", "-o", "x.mp4", "--style", "wild", "--mask", "PHOTO", "--outside", "clam"],
            "Did you mean calm?",
        ),
        (["demo", "-o", "x.mp4", "--style", "wlid"], "Did you mean wild?"),
        (["styles", "add", "TEXT"], "no livestyle style file"),
        (["styles", "add", "TEXT", "--name", "rug"], "--name is for"),
        (["styles", "add", "PHOTO"], "can't take pictures as styles"),
        (["styles", "add", "gone.jpg"], "no file gone.jpg"),
        (["styles", "sheet", "gone.png"], "gone.png"),
        (["demo", "-o", "x.mp4", "--size", "10000000x10000000"], "make it smaller"),
        (["demo", "-o", "no/such/file.xyz", "--size", "64x48"], "file.xyz"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    run: Run, photo: Path, clip: Path, tmp_path: Path, argv: list[str], sentence: str
) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("This is no video.")
    before = clip.read_bytes()
    places = {"PHOTO": str(photo), "CLIP": str(clip), "TEXT": str(text)}
    code, _, err = run(*[places.get(word, word) for word in argv])
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err
    assert clip.read_bytes() == before
    assert not [p for p in Path.cwd().rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    "argv",
    [
        ["demo", "--size", "huge"],
        ["demo", "--size", "4x4"],
        ["demo", "--seconds", "-1"],
        ["demo", "--seconds", "nan"],
        ["convert", "a.mp4"],
        ["bench", "--device", "toaster"],
        ["stylize", "a.jpg", "-o", "b.jpg", "--keep-colors", "--colors-only"],
        ["stylize", "a.jpg", "-o", "b.jpg", "--steady", "0.5"],
        ["paint"],
        ["convert", "a.mp4", "-o", "b", "--overwrite", "--skip-existing"],
        ["convert", "a.mp4", "-o", "b", "--background", "bluish"],
    ],
)
def test_wrong_usage_exits_with_2(run: Run, argv: list[str]) -> None:
    code, _, err = run(*argv)
    assert code == 2
    assert "usage" in err


def test_a_name_that_the_console_lacks_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    console = io.TextIOWrapper(io.BytesIO(), "cp1252")
    monkeypatch.setattr(sys, "stderr", console)
    assert cli.main(["stylize", "画.png", "-o", "x.png"]) == 2
    console.flush()
    assert console.buffer.getvalue().startswith(b"livestyle: There is no file ?.png")


@pytest.mark.parametrize(("argv", "code"), [(["styles"], 0), (["convert", "a.mp4", "-o", "b.mp4", "--json"], 130)])
def test_where_nobody_reads_on_a_list_is_over_and_what_makes_something_was_stopped(
    monkeypatch: pytest.MonkeyPatch, argv: list[str], code: int
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        monkeypatch.setattr(options, "run", lambda _: sys.stdout.write("a line") and sys.stdout.flush())
        assert cli.main(argv) == code


def test_without_a_console_it_works_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_: object) -> int:
        with ProgressBar("painting", "picture") as bar:
            bar(1, 1)
        sys.stdout.write("done")
        return 0

    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(options, "run", work)
    try:
        assert cli.main(["styles"]) == 0
    finally:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.close()


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals that hang up")
@pytest.mark.parametrize("nohup", [False, True])
def test_a_terminal_that_is_closed_stops_it_as_ctrl_c_does(
    run: Run, monkeypatch: pytest.MonkeyPatch, nohup: bool
) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN if nohup else signal.SIG_DFL)
    try:
        monkeypatch.setattr(options, "run", lambda _: signal.raise_signal(signal.SIGHUP) or 0)
        assert run("styles")[0] == (0 if nohup else 130)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_ctrl_c_exits_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "run", interrupt)
    code, _, err = run("styles")
    assert code == 130
    assert "stopped" in err


@pytest.fixture
def _own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Signals as Python sets them, and afterwards as they were; and no thread of another test."""
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread()])
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_own_process")
def test_ctrl_c_has_no_traceback_while_the_program_is_loaded(monkeypatch) -> None:
    handlers = []

    def command(*_: object) -> int:
        handlers.append(signal.getsignal(signal.SIGINT))
        return 0

    monkeypatch.setattr(options, "run", command)
    with monkeypatch.context() as patch:
        patch.setattr(cli, "main", command)
        assert __main__.main() == 0
    assert cli.main(["styles"]) == 0
    assert handlers == [signal.SIG_DFL, signal.default_int_handler]


@pytest.mark.usefixtures("_own_process")
def test_a_signal_that_is_ignored_stays_so(monkeypatch) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    monkeypatch.setattr(cli, "main", lambda: 0)
    assert __main__.main() == 0
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


class Ended(Exception):  # noqa: N818 - it is none
    pass


@pytest.mark.usefixtures("_own_process")
def test_a_thread_that_is_left_does_not_live_to_see_the_end_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    def end(code: int) -> None:
        raise Ended(code)

    left = threading.Thread(name="livestyle background")
    monkeypatch.setattr(cli, "main", lambda: 130)
    monkeypatch.setattr(os, "_exit", end)
    assert __main__.main() == 130
    monkeypatch.setattr(threading, "enumerate", lambda: [threading.main_thread(), left])
    with pytest.raises(Ended, match="130"):
        __main__.main()
