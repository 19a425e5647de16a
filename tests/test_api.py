from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

import livestyle
from livestyle import api
from livestyle.clips.options import ConvertOptions
from livestyle.errors import LivestyleError, SinkError, StyleError
from livestyle.jobs import opened
from livestyle.jobs.job import ClipJob, How, Job, PhotoJob
from livestyle.jobs.run import Report
from livestyle.look import STEADY_OFFLINE, Look, Manner
from livestyle.styles import catalog, from_picture
from livestyle.styles.file import StyleFile, write_style_file
from livestyle.stylizer.stylizer import Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
PHOTO = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)


@pytest.fixture(autouse=True)
def opens(tiny_file: StyleFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Stylizer]:
    """Two networks are installed, the tiny one with names that the page has. What is opened is noted."""
    named = dict(zip(("starry_night", "great_wave", "dark"), tiny_file.styles.values(), strict=True))
    styles = {name: replace(style, name=name) for name, style in named.items()}
    write_style_file(tmp_path / "bundled" / "tiny.safetensors", replace(tiny_file, styles=styles))
    other = replace(tiny_file, weights={name: each + np.float16(0.01) for name, each in tiny_file.weights.items()})
    write_style_file(
        tmp_path / "bundled" / "tiny_two.safetensors",
        replace(other, styles={"calm": replace(named["dark"], name="calm")}),
    )
    monkeypatch.setattr(catalog, "bundled_folder", lambda: tmp_path / "bundled")
    for module in (catalog, from_picture):
        monkeypatch.setattr(module, "user_folder", lambda: tmp_path / "user")
    made: list[Stylizer] = []

    def open_stylizer(file: StyleFile, device: str = "auto") -> tuple[Stylizer, list[str]]:
        made.append(TorchStylizer(file, "cpu"))
        return made[-1], ["CUDA can't be used: there is none, not 100 %."]

    monkeypatch.setattr(opened, "open_stylizer", open_stylizer)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def photo() -> Path:
    cv2.imwrite("photo.png", PHOTO)
    return Path("photo.png")


@pytest.fixture
def clip() -> Path:
    with av.open("holiday.mp4", "w") as container:
        stream = container.add_stream("libx264", 10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(5):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full_like(PHOTO, 40 * n), "rgb24")))
        container.mux(stream.encode())
    return Path("holiday.mp4")


def examples() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_run(photo: Path, clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mask = np.zeros((48, 64), np.uint8)
    mask[:, 32:] = 255
    cv2.imwrite("mask.png", mask)
    names: dict[str, Any] = {}
    for example in examples():
        exec(compile(example, PAGE.name, "exec"), names)
    assert names["painting"].shape == (48, 64, 3)
    assert names["batch"].shape == (2, 360, 640, 3)
    assert not np.array_equal(names["night"], names["wave"])
    assert {path.name for path in Path().iterdir()} >= {"painted.png", "painted.mp4", "again.mp4", "starry.png"}
    told = capsys.readouterr().out
    assert told.startswith("5 frames, ")
    assert "5 of 5" in told
    assert "Did you mean starry_night?" in told
    assert "#" not in told


class TestPainter:
    def test_a_picture_is_painted_as_in_a_batch(self) -> None:
        with livestyle.open_painter("dark") as painter:
            alone, both = painter.paint(PHOTO), painter.paint(np.stack([PHOTO, PHOTO]))
        assert (alone.shape, alone.dtype) == (PHOTO.shape, np.uint8)
        assert np.array_equal(both[0], alone)
        assert not np.array_equal(alone, PHOTO)

    def test_a_style_of_the_network_is_changed_without_opening_anything(self, opens: list[Stylizer]) -> None:
        with livestyle.open_painter("dark", stroke=2.0) as painter:
            first = painter.paint(PHOTO)
            painter.change("great_wave:0.5,dark:0.5", strength=0.5)
            assert not np.array_equal(painter.paint(PHOTO), first)
            painter.change("dark", strength=1.0)
            assert np.array_equal(painter.paint(PHOTO), first)
            assert painter.look == Look((("dark", 1.0),), stroke=2.0)
        assert len(opens) == 1

    def test_one_of_another_network_opens_that(self, opens: list[Stylizer]) -> None:
        with livestyle.open_painter("dark") as painter:
            painter.change("calm")
            assert painter.paint(PHOTO).shape == PHOTO.shape
        assert len(opens) == 2
        with pytest.raises(LivestyleError, match="closed"):
            painter.paint(PHOTO)

    @pytest.mark.parametrize(("style", "options"), [("drak", {}), ("dark", {"strength": 2.0}), (None, {"stroke": 9})])
    def test_a_change_that_makes_no_sense_leaves_all_as_it_was(self, style: str | None, options: Any) -> None:
        with livestyle.open_painter("great_wave") as painter:
            before = painter.paint(PHOTO)
            with pytest.raises(StyleError):
                painter.change(style, **options)
            assert np.array_equal(painter.paint(PHOTO), before)

    def test_what_is_no_picture_is_refused(self) -> None:
        with livestyle.open_painter("dark") as painter:
            for wrong in (PHOTO.astype(np.float32), PHOTO[..., 0], PHOTO[..., :2], PHOTO[:0]):
                with pytest.raises(LivestyleError, match=re.escape(str(wrong.shape))):
                    painter.paint(wrong)

    def test_a_view_of_a_picture_is_painted_as_its_copy(self) -> None:
        with livestyle.open_painter("dark") as painter:
            turned = PHOTO[:, ::-1, ::-1]
            assert np.array_equal(painter.paint(turned), painter.paint(turned.copy()))

    def test_paintings_never_share_the_photos_memory(self) -> None:
        with livestyle.open_painter("dark", strength=0.0) as painter:
            painting = painter.paint(PHOTO)
        assert np.array_equal(painting, PHOTO)
        assert not np.shares_memory(painting, PHOTO)

    def test_what_auto_can_not_use_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        with livestyle.open_painter("dark"):
            assert caplog.messages == ["CUDA can't be used: there is none, not 100 %."]


class TestFiles:
    def test_options_are_those_of_jobs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        jobs: list[Job] = []

        def note(job: Job, *_: object) -> Report:
            jobs.append(job)
            return Report(job)

        monkeypatch.setattr(api, "run", note)
        livestyle.convert("a.mp4", "b.mp4", "dark", outside="calm", region="me", scale=2.0, start_s=3.0)
        livestyle.convert("https://a.b/c.mp4", "d.mp4", Path("carpet.jpg"), steady=0.25, mask="m.png", device="cpu")
        livestyle.stylize("a.png", "b.png", "dark", colors="only", keep_alpha=True, mask=None)
        look = Look((("dark", 1.0),), steady=STEADY_OFFLINE)
        how = How(look, "me", outside=replace(look, mix=(("calm", 1.0),)))
        carpet = How(Look((("carpet.jpg", 1.0),), steady=0.25), mask=Path("m.png"), device="cpu")
        assert jobs == [
            ClipJob(Path("a.mp4"), Path("b.mp4"), how, ConvertOptions(scale=2.0, start_s=3.0)),
            ClipJob("https://a.b/c.mp4", Path("d.mp4"), carpet),
            PhotoJob(Path("a.png"), Path("b.png"), How(replace(look, steady=0.0, colors="only")), keep_alpha=True),
        ]

    @pytest.mark.parametrize(
        ("options", "kinds"),
        [
            (api.MannerOptions, [Manner]),
            (api.ClipOptions, [Manner, How, ConvertOptions]),
            (api.PhotoOptions, [Manner, How, PhotoJob]),
        ],
    )
    def test_no_option_is_lost(self, options: type, kinds: list[type]) -> None:
        there = {each.name for kind in kinds for each in fields(kind)} - {"look", "how", "source", "target"}
        if options is api.PhotoOptions:
            there.remove("timeline")  # a photo lasts no time
        assert options.__annotations__.keys() == there

    def test_an_unknown_option_is_refused(self, photo: Path) -> None:
        paint: Callable[..., object] = livestyle.stylize
        with pytest.raises(TypeError, match="There is no option strenght: there are strength, "):
            paint(photo, "x.png", "dark", strenght=1.0)

    @pytest.mark.parametrize("options", [{"region": "you"}, {"background": "red"}, {"background": (0, 0, 256)}])
    def test_a_value_that_makes_no_sense_is_refused(self, photo: Path, clip: Path, options: Any) -> None:
        for paint, source, target in ((livestyle.convert, clip, "x.mp4"), (livestyle.stylize, photo, "x.png")):
            with pytest.raises(LivestyleError, match=r"is one of|A colour is"):
                paint(source, target, "dark", **options)
            assert not Path(target).exists()

    def test_what_can_not_be_done_is_raised_and_nothing_is_left(self, photo: Path, clip: Path) -> None:
        there = sorted(Path().iterdir())
        with pytest.raises(SinkError, match="kind of picture"):
            livestyle.stylize(photo, clip, "dark")
        with pytest.raises(SinkError, match=r"\.avi"):
            livestyle.convert(clip, "x.avi", "dark")
        with pytest.raises(LivestyleError, match=r"gone\.mp4"):
            livestyle.convert("gone.mp4", "x.mp4", "dark")

        def stop(done: int, total: int | None) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            livestyle.convert(clip, "x.mp4", "dark", on_progress=stop)
        assert sorted(Path().iterdir()) == there

    def test_what_happened_to_a_clip_is_reported(self, clip: Path) -> None:
        report = livestyle.convert(clip, "x.mkv", "dark", strength=0.0)
        assert (report.frames, report.error, report.warnings) == (5, None, ())
