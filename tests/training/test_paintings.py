from __future__ import annotations

from pathlib import Path

import pytest

from livestyle.errors import TrainingError
from livestyle.training.paintings import find_paintings


def test_facts_come_from_the_table_else_from_the_file_name(tmp_path: Path) -> None:
    for name in ("Mona Lisa.jpg", "the-kiss.png"):
        (tmp_path / name).touch()
    about = tmp_path / "about.toml"
    about.write_text(
        '[mona_lisa]\ntitle = "La Gioconda"\nartist = "Leonardo"\nyear = "1506"\nlicence = "Public domain"\n'
    )
    mona, kiss = find_paintings([tmp_path], about)
    assert (mona.name, mona.title, mona.artist, mona.year) == ("mona_lisa", "La Gioconda", "Leonardo", "1506")
    assert (kiss.name, kiss.title, kiss.artist) == ("the_kiss", "The Kiss", "")


def test_the_table_gives_the_order_and_what_it_does_not_tell_of_comes_last(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg", "d.jpg"):
        (tmp_path / name).touch()
    about = tmp_path / "about.toml"
    about.write_text("[d]\n[elsewhere]\n[b]\n")
    assert [painting.name for painting in find_paintings([tmp_path], about)] == ["d", "b", "a", "c"]


def test_two_of_one_name_give_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "a.png").touch()
    with pytest.raises(TrainingError, match="Two paintings are called a"):
        find_paintings([tmp_path])


@pytest.mark.parametrize("text", ["[a]\ncolour = 'red'", "[a"])
def test_a_bad_table_gives_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "about.toml").write_text(text)
    with pytest.raises(TrainingError, match=r"about\.toml"):
        find_paintings([tmp_path / "a.jpg"], tmp_path / "about.toml")
