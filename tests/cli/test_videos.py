from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from livestyle.convert import job
from livestyle.jobs import opened

Run = Callable[..., tuple[int, str, str]]


def frames_of(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_convert_paints_every_frame(run: Run, clip: Path) -> None:
    code, out, err = run("convert", str(clip), "-o", "painted.mp4", "--style", "dark", "--keep-colors")
    assert code == 0, err
    assert "6 frames" in out
    assert frames_of(Path("painted.mp4")) == 6


def test_convert_several_into_a_folder(run: Run, clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    code, _, err = run("convert", str(clip), str(other), "-o", "painted", "--style", "calm")
    assert code == 0, err
    assert sorted(p.name for p in Path("painted").iterdir()) == ["clip.mp4", "other.mp4"]


def test_convert_goes_on_after_a_bad_clip_and_says_at_the_end_which_it_was(
    run: Run, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens: list[object] = []
    real = opened.open_stylizer
    monkeypatch.setattr(opened, "open_stylizer", lambda *given: opens.append(given) or real(*given))
    bad, last = tmp_path / "bad.mp4", tmp_path / "last.mp4"
    bad.write_bytes(clip.read_bytes()[:700])
    last.write_bytes(clip.read_bytes())
    code, out, err = run("convert", str(clip), str(bad), str(last), "-o", "painted", "--style", "calm")
    assert code == 2
    assert [line.split(":")[0] for line in out.splitlines()] == [
        f"Wrote {Path('painted', name)}" for name in ("clip.mp4", "last.mp4")
    ]
    assert sorted(p.name for p in Path("painted").iterdir()) == ["clip.mp4", "last.mp4"]
    *_, told, end = [line for line in err.splitlines() if line.startswith("livestyle: ")]
    assert str(bad) in told
    assert end == f"livestyle: 1 of 3 could not be painted: {bad}."
    assert len(opens) == 1


@pytest.mark.parametrize("clips", [1, 2])
def test_a_style_that_is_unknown_is_told_once(run: Run, clip: Path, tmp_path: Path, clips: int) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    code, _, err = run("convert", *[str(clip), str(other)][:clips], "-o", "painted/", "--style", "wlid")
    assert code == 2
    assert err.splitlines() == ["livestyle: There is no style 'wlid'. Did you mean wild?"]


def test_ctrl_c_ends_the_batch_and_leaves_no_half_file(
    run: Run, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = job.ClipReader, 0

    def second_is_interrupted(*given: object, **more: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return real(*given, **more)

    monkeypatch.setattr(job, "ClipReader", second_is_interrupted)
    for name in ("b.mp4", "c.mp4"):
        (tmp_path / name).write_bytes(clip.read_bytes())
    sources = [str(clip), str(tmp_path / "b.mp4"), str(tmp_path / "c.mp4")]
    code, _, err = run("convert", *sources, "-o", "painted", "--style", "calm")
    assert code == 130
    assert "stopped" in err
    assert [p.name for p in Path("painted").iterdir()] == ["clip.mp4"]


def test_convert_takes_a_mask_as_well(run: Run, clip: Path, mask: Path) -> None:
    code, out, err = run(
        "convert", str(clip), "-o", "x.mp4", "--style", "calm", "--mask", str(mask), "--outside", "wild:1,dark:2"
    )
    assert code == 0, err
    assert "6 frames" in out


def test_demo_shows_all_styles_in_the_time_given(run: Run) -> None:
    code, out, err = run("demo", "-o", "demo.mp4", "--seconds", "0.5", "--size", "64x48")
    assert code == 0, err
    assert out == "Wrote demo.mp4.\n"
    assert frames_of(Path("demo.mp4")) == 12
