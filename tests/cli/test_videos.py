from __future__ import annotations

import http.server
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image as Pillow

from livestyle import settings
from livestyle.cli import videos
from livestyle.clips import job
from livestyle.jobs import opened
from livestyle.settings import Scene, Settings, save_settings
from livestyle.sinks.part import PartFile
from livestyle.sources.decode import decoded, open_video, video_stream_of

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


def test_a_folder_and_a_pattern_go_into_a_folder(run: Run, clip: Path) -> None:
    Path("clips").mkdir()
    for name in ("a.mp4", "b.mp4"):
        Path("clips", name).write_bytes(clip.read_bytes())
    for number, given in enumerate(("clips", "clips/*.mp4")):
        code, _, err = run("convert", given, "-o", f"out{number}", "--style", "calm", "--strength", "0")
        assert code == 0, err
        assert sorted(p.name for p in Path(f"out{number}").iterdir()) == ["a.mp4", "b.mp4"]


def test_a_second_run_paints_only_what_is_missing(run: Run, clip: Path) -> None:
    Path("clips").mkdir()
    for name in ("a.mp4", "b.mp4"):
        Path("clips", name).write_bytes(clip.read_bytes())
    Path("clips", "bad.mp4").write_bytes(clip.read_bytes()[:700])
    again = ("convert", "clips", "-o", "out", "--style", "calm", "--strength", "0", "--skip-existing")
    assert run(*again)[0] == 2
    first = Path("out", "a.mp4").stat().st_mtime_ns
    Path("out", "b.mp4").rename(Path("out", "b.mp4.part"))  # as a night that was cut off leaves it
    Path("clips", "bad.mp4").unlink()
    code, out, err = run(*again)
    assert code == 0, err
    assert "there already are left out: 1 of 2" in err
    assert out.startswith(f"Wrote {Path('out', 'b.mp4')}")
    assert Path("out", "a.mp4").stat().st_mtime_ns == first
    assert sorted(p.name for p in Path("out").iterdir()) == ["a.mp4", "b.mp4"]
    code, out, err = run(*again)
    assert (code, out) == (0, "")


def test_a_clip_that_another_run_writes_is_refused_before_the_first_starts(run: Run, clip: Path) -> None:
    Path("b.mp4").write_bytes(clip.read_bytes())
    Path("out").mkdir()
    with PartFile(Path("out", "b.mp4")):
        code, _, err = run("convert", str(clip), "b.mp4", "-o", "out", "--style", "calm", "--overwrite")
        assert code == 2
        assert "b.mp4 is being written by another run" in err
        assert [p.name for p in Path("out").iterdir()] == ["b.mp4.part"]


def test_transparency_shows_the_colour_asked_for(run: Run) -> None:
    glass = [Pillow.new("RGBA", (64, 48), (0, 0, 200 + n, 0)) for n in range(2)]
    glass[0].save("glass.webp", save_all=True, append_images=glass[1:], lossless=True, exact=True)
    code, _, err = run(
        *("convert", "glass.webp", "-o", "x.mp4", "--style", "calm", "--strength", "0", "--background", "#00b140")
    )
    assert code == 0, err
    with av.open("x.mp4") as container:
        image = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert abs(image.mean((0, 1)) - (0, 177, 64)).max() < 6


@pytest.mark.parametrize("name", ["x.webm", "x.mkv", "x.mov"])
def test_transparency_is_kept_where_the_file_can_hold_it(run: Run, name: str) -> None:
    image = np.zeros((47, 64, 4), np.uint8)
    image[:, 32:] = (200, 40, 40, 255)
    glass = [Pillow.fromarray(image // (n + 1) * (n + 1)) for n in range(3)]
    glass[0].save("glass.webp", save_all=True, append_images=glass[1:], lossless=True, exact=True)
    code, _, err = run("convert", "glass.webp", "-o", name, "--style", "calm", "--strength", "0", "--keep-alpha")
    assert code == 0, err
    with open_video(Path(name)) as container:
        stream = video_stream_of(container, name)
        found = list(decoded(container.demux(stream), stream))
    assert len(found) == 3
    for frame in found:
        shown = frame.to_ndarray(format="rgba").astype(int)
        assert np.abs(shown[:, :24, 3]).max() <= 8
        assert np.abs(shown[:, 40:] - (200, 40, 40, 255)).max() <= 16


def test_transparency_that_the_file_can_not_hold_is_told_before_painting(run: Run, clip: Path) -> None:
    code, _, err = run("convert", str(clip), "-o", "x.mp4", "--style", "calm", "--keep-alpha")
    assert code == 2
    assert "end x.mp4 in .mov, .mkv, .webm" in err
    assert run("convert", str(clip), "-o", "x.webm", "--style", "calm", "--strength", "0", "--keep-alpha")[0] == 0


def test_an_address_is_converted_as_a_file_is(run: Run, clip: Path) -> None:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(clip.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        painted = run("convert", f"{address}/clip.mp4", "-o", "out/", "--style", "calm", "--strength", "0")
        missing = run("convert", f"{address}/gone.mp4?key=secret", "-o", "x.mp4", "--style", "calm")
        server.shutdown()
    assert painted[0] == 0, painted[2]
    assert frames_of(Path("out", "clip.mp4")) == 6
    assert missing[0] == 2
    assert f"There is nothing at {address}/gone.mp4 (404)" in missing[2]
    assert "secret" not in missing[2]


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


def test_convert_paints_by_a_timeline(run: Run, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[tuple[str, float]] = []
    begin = opened.Painter.begin

    def noted(self, photos, look):
        looks.append((look.mix[-1][0], look.strength))
        return begin(self, photos, look)

    monkeypatch.setattr(opened.Painter, "begin", noted)
    Path("show.toml").write_text(
        '[[cue]]\nat = 0\nstrength = 0\n[[cue]]\nat = 0.2\nstrength = 0.5\n[[cue]]\nat = "0:0.4"\nstyle = "wild"\n'
    )
    code, _, err = run("convert", str(clip), "-o", "painted.mp4", "--style", "dark", "--timeline", "show.toml")
    assert code == 0, err
    assert looks == [("dark", 0.0)] * 2 + [("dark", 0.5)] * 2 + [("wild", 0.5)] * 2


def test_a_timeline_calls_up_scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "settings_path", lambda: tmp_path / "settings.json")
    scene = Scene(mix={"wild": 0.75, "calm": 0.25, "dark": 0.0}, strength=0.4, source="camera")
    save_settings(Settings(scenes={"2": scene, "3": replace(scene, steady=0.1)}))
    scenes = videos.kept_scenes()
    assert scenes["2"] == {
        "mix": (("wild", 0.75), ("calm", 0.25)),
        "strength": 0.4,
        "stroke": 1.0,
        "colors": "painting",
        "depth": scene.depth,
        "region": "everything",
        "mask": "",
        "outside": (),
    }
    assert scenes["3"]["steady"] == 0.1
    me = Scene(region="me", outside="calm", brushed="kept for later").changes()
    assert (me["region"], me["mask"], me["outside"]) == ("me", "", (("calm", 1.0),))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[cue]]\nat = 0\nstrength = 2\n", "show.toml: Cue 1: Strength goes from 0 to 1"),
        ('[[cue]]\nat = 0\nstyle = "wilt"\n', "no style 'wilt'"),
    ],
)
def test_a_timeline_that_makes_no_sense_is_told_before_anything_is_painted(
    run: Run, clip: Path, text: str, sentence: str
) -> None:
    Path("show.toml").write_text(text)
    code, _, err = run("convert", str(clip), "-o", "painted.mp4", "--style", "dark", "--timeline", "show.toml")
    assert code == 2
    assert sentence in err
    assert not Path("painted.mp4").exists()
