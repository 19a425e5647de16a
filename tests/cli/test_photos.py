from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle import large
from livestyle.jobs import run as jobs
from livestyle.sources.demo_scene.scene import draw_demo_scene

Run = Callable[..., tuple[int, str, str]]


def test_stylize_writes_a_picture_of_the_same_size(run: Run, photo: Path) -> None:
    code, out, err = run("stylize", str(photo), "-o", "painted.png", "--style", "wild:1,calm:1")
    assert code == 0, err
    assert "painted.png" in out
    painted = cv2.imread("painted.png")
    assert painted.shape == (48, 64, 3)
    assert not np.array_equal(painted, cv2.imread(str(photo)))


def test_strength_0_gives_the_photo_back(run: Run, photo: Path) -> None:
    run("stylize", str(photo), "-o", "same.png", "--style", "wild", "--strength", "0")
    assert np.array_equal(cv2.imread("same.png"), cv2.imread(str(photo)))


def test_stylize_paints_large_photos_in_tiles(run: Run, photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run("stylize", str(photo), "-o", "whole.png", "--style", "wild", "--device", "cpu")
    monkeypatch.setattr(large, "LARGE_PX", 500)
    tiled = run("stylize", str(photo), "-o", "tiled.png", "--style", "wild", "--device", "cpu")
    assert whole[0] == tiled[0] == 0
    one, other = (cv2.imread(name).astype(int) for name in ("whole.png", "tiled.png"))
    assert one.shape == other.shape
    assert np.abs(one - other).mean() < 2


@pytest.mark.usefixtures("predictor")
def test_every_part_of_the_look_reaches_the_painting(run: Run, photo: Path) -> None:
    ways = ([], ["--stroke", "2"], ["--keep-colors"], ["--colors-only"], ["--strength", "0.5"], ["--depth", "0"])
    large = cv2.resize(cv2.imread(str(photo)), (400, 300))
    cv2.imwrite("large.png", large)
    for i, argv in enumerate(ways):
        code, _, err = run("stylize", "large.png", "-o", f"{i}.png", "--style", str(photo), *argv)
        assert code == 0, err
    assert len({Path(f"{i}.png").read_bytes() for i in range(len(ways))}) == len(ways)


def test_a_mask_parts_two_styles(run: Run, photo: Path, mask: Path) -> None:
    # The stylizer's own size, so that the mask is not smoothed where it is looked at.
    for name, argv in {
        "calm.png": ["--style", "calm"],
        "wild.png": ["--style", "wild"],
        "both.png": ["--style", "calm", "--mask", str(mask), "--outside", "wild"],
        "photo.png": ["--style", "calm", "--mask", str(mask), "--outside", "none"],
        "same.png": ["--style", "calm", "--mask", str(mask)],
    }.items():
        code, _, err = run("stylize", str(photo), "-o", name, *argv)
        assert code == 0, err
    calm, wild, both, left = (cv2.imread(f"{name}.png") for name in ("calm", "wild", "both", "photo"))
    assert np.array_equal(both[:, :28], calm[:, :28])
    assert np.array_equal(both[:, 36:], wild[:, 36:])
    assert np.array_equal(left[:, :28], calm[:, :28])
    assert np.array_equal(left[:, 36:], cv2.imread(str(photo))[:, 36:])
    assert Path("same.png").read_bytes() == Path("photo.png").read_bytes()


def test_people_are_found_and_painted_alone_or_left_out(run: Run) -> None:
    scene = draw_demo_scene(4.0, 144, 256)
    cv2.imwrite("scene.png", scene[..., ::-1])
    for name, argv in {
        "all.png": [],
        "me.png": ["--paint", "me"],
        "background.png": ["--paint", "background", "--outside", "none"],
    }.items():
        code, _, err = run("stylize", "scene.png", "-o", name, "--style", "calm", *argv)
        assert code == 0, err
    painted, me, background = (cv2.imread(f"{name}.png")[..., ::-1] for name in ("all", "me", "background"))
    face, sky = np.s_[75:95, 160:175], np.s_[:40, :80]
    for part, of_people, of_the_rest in ((face, painted, scene), (sky, scene, painted)):
        assert np.array_equal(me[part], of_people[part])
        assert np.array_equal(background[part], of_the_rest[part])


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_transparency_is_kept_or_painted_over(run: Run, suffix: str) -> None:
    glass = np.zeros((48, 64, 4), np.uint8)
    glass[:, 32:] = (40, 40, 200, 255)
    cv2.imwrite("glass.png", glass)
    rest = ("glass.png", "--style", "calm", "--strength", "0")
    code, _, err = run("stylize", *rest, "-o", f"kept.{suffix}", "--keep-alpha")
    assert code == 0, err
    kept = cv2.imread(f"kept.{suffix}", cv2.IMREAD_UNCHANGED)
    assert np.array_equal(kept[..., 3], glass[..., 3])
    assert np.abs(kept[:, 36:, :3].astype(int) - (40, 40, 200)).max() <= 6
    assert run("stylize", *rest, "-o", "green.png", "--background", "lime")[0] == 0
    assert (cv2.imread("green.png")[:, :32] == (0, 255, 0)).all()


def test_a_kind_without_transparency_is_told_before_painting(run: Run, photo: Path) -> None:
    code, _, err = run("stylize", str(photo), "-o", "x.jpg", "--style", "calm", "--keep-alpha")
    assert code == 2
    assert "x.jpg can't hold transparency" in err
    code, _, err = run("stylize", str(photo), "-o", "x.png", "--style", "calm", "--keep-alpha")
    assert code == 0, err


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with three photos, a text, a text that claims to be a photo, a hidden file and a folder."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    for name, shade in (("a.png", 10), ("b.JPG", 100), ("c.bmp", 200)):
        cv2.imwrite(str(folder / name), np.full((20, 30, 3), shade, np.uint8))
    (folder / "notes.txt").write_text("nothing to see")
    (folder / "fake.jpg").write_text("no picture")
    (folder / ".hidden").touch()
    cv2.imwrite(str(folder / "more" / "d.png"), np.zeros((4, 4, 3), np.uint8))
    return folder


def stylize(run: Run, *inputs: Path, out: str = "out") -> tuple[int, str, str]:
    return run("stylize", *map(str, inputs), "-o", out, "--style", "wild")


def told(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("livestyle: ")]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_in_a_folder_what_is_no_picture_is_left_out_with_a_word(run: Run, photos: Path) -> None:
    code, out, err = stylize(run, photos)
    assert code == 0, err
    assert names(Path("out")) == ["a.png", "b.JPG", "c.bmp"]
    assert out.splitlines() == [f"Wrote {Path('out', name)}." for name in names(Path("out"))]
    first, second = told(err)
    assert "notes.txt is no picture" in first
    assert "fake.jpg" in second


def test_what_was_named_must_be_a_picture_but_does_not_keep_others_from_being_painted(run: Run, photos: Path) -> None:
    code, _, err = stylize(run, photos / "a.png", photos / "fake.jpg", photos / "c.bmp")
    assert code == 2
    assert names(Path("out")) == ["a.png", "c.bmp"]
    first, last = told(err)
    assert "fake.jpg" in first
    assert last == f"livestyle: 1 of 3 could not be painted: {photos / 'fake.jpg'}."


def test_one_bad_picture_is_told_once(run: Run, photos: Path) -> None:
    code, _, err = stylize(run, photos / "fake.jpg", out="x.png")
    assert (code, len(told(err))) == (2, 1)


def test_a_folder_without_a_picture_is_refused(run: Run, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    code, _, err = stylize(run, tmp_path / "empty")
    assert code == 2
    assert "There is no picture in" in err
    for name in ("a.png", "b.JPG", "c.bmp"):
        (photos / name).unlink()
    code, _, err = stylize(run, photos)
    assert code == 2
    assert told(err)[-1] == f"livestyle: There is no picture that can be read in {photos}."
    assert not Path("out").exists()


def test_one_picture_of_a_folder_goes_into_a_folder(run: Run, photos: Path) -> None:
    assert stylize(run, photos / "a.png")[0] == 0
    assert names(Path("out")) == ["a.png"]


def test_a_name_that_is_taken_is_found_out_before_painting(run: Run, photos: Path) -> None:
    Path("out").mkdir()
    Path("out", "c.bmp").write_text("precious")
    code, _, err = stylize(run, photos)
    assert code == 2
    assert "c.bmp exists already" in err
    assert names(Path("out")) == ["c.bmp"]


def test_a_folder_is_never_painted_over(run: Run, photos: Path) -> None:
    before = (photos / "a.png").read_bytes()
    code, _, err = run("stylize", str(photos), "-o", str(photos), "--style", "wild", "--overwrite")
    assert code == 2
    assert "the source itself" in err
    assert (photos / "a.png").read_bytes() == before


def test_ctrl_c_keeps_finished_paintings_and_no_half_ones(
    run: Run, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = jobs.stylize_picture, 0

    def second_is_interrupted(*given: object, **more: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        real(*given, **more)

    monkeypatch.setattr(jobs, "stylize_picture", second_is_interrupted)
    assert stylize(run, photos)[0] == 130
    assert names(Path("out")) == ["a.png"]
