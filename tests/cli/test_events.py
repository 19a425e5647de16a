from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livestyle.sinks.part import PartFile

Run = Callable[..., tuple[int, str, str]]


def events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_batch_of_clips_tells_every_step(run: Run, clip: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(clip.read_bytes()[:700])
    code, out, _ = run("convert", str(clip), str(bad), "-o", "out", "--style", "calm", "--strength", "0", "--json")
    told = events(out)
    assert code == 2
    target = str(Path("out", "clip.mp4"))
    assert told[0] == {"event": "start", "source": str(clip), "target": target, "number": 1, "of": 2}
    progress = [each for each in told if each["event"] == "progress" and each["source"] == str(clip)]
    assert [each["done"] for each in progress[:6]] == [1, 2, 3, 4, 5, 6]
    (done,) = [each for each in told if each["event"] == "done"]
    assert (done["frames"], done["warnings"], done["target"]) == (6, [], target)
    (failed,) = [each for each in told if each["event"] == "failed"]
    assert failed["source"] == str(bad)
    assert "bad.mp4" in failed["error"]
    assert told[-1] == {"event": "end", "painted": 1, "failed": 1}


def test_what_is_refused_before_the_first_job_is_an_event_too(run: Run, clip: Path, photo: Path) -> None:
    Path("out").mkdir()
    with PartFile(Path("out", "clip.mp4")):
        code, out, err = run("convert", str(clip), "-o", "out", "--style", "calm", "--json")
    (told,) = events(out)
    assert (code, told["event"]) == (2, "refused")
    assert "is being written by another run" in told["error"]
    assert told["error"] in err
    code, out, err = run("stylize", str(photo), "-o", "x.png", "--style", "clam", "--json")
    assert [each["event"] for each in events(out)] == ["refused"]
    assert "Did you mean calm?" in err
    assert run("stylize", str(photo), "-o", "x.png", "--style", "clam")[1] == ""


def test_photos_do_too(run: Run, photo: Path) -> None:
    code, out, _ = run("stylize", str(photo), "-o", "x.png", "--style", "calm", "--json")
    assert code == 0
    assert [each["event"] for each in events(out)] == ["start", "progress", "done", "end"]


def test_with_nothing_left_to_do_the_end_is_told(run: Run, photo: Path) -> None:
    Path("x.png").touch()
    code, out, _ = run("stylize", str(photo), "-o", "x.png", "--style", "calm", "--skip-existing", "--json")
    assert (code, events(out)) == (0, [{"event": "end", "painted": 0, "failed": 0}])
