from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.usefixtures("predictor")
def test_a_picture_is_a_style_wherever_one_is_named(run: Run, photo: Path, clip: Path) -> None:
    Path("carpet.jpg").write_bytes(photo.read_bytes())
    small = ("--seconds", "0.2", "--size", "64x48")
    for argv in (
        ["stylize", str(photo), "-o", "1.png", "--style", "carpet.jpg"],
        ["stylize", str(photo), "-o", "2.png", "--style", "carpet.jpg:0.5,calm:0.2,dark:0.2,wild:0.1"],
        ["convert", str(clip), "-o", "3.mp4", "--style", str(Path("carpet.jpg").absolute())],
        ["demo", "-o", "4.mp4", "--style", "carpet.jpg:0.5,calm", *small],
    ):
        code, _, err = run(*argv)
        assert code == 0, err
    assert Path("1.png").read_bytes() != Path("2.png").read_bytes()


def test_the_style_may_stand_before_or_after_the_command(run: Run, photo: Path) -> None:
    for name, argv in (("a", ["--style", "wild", "stylize"]), ("b", ["stylize", "--style", "wild"])):
        code, _, err = run(*argv, str(photo), "-o", f"{name}.png")
        assert code == 0, err
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
