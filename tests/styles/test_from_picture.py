from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import SourceError, StyleError
from livestyle.frame import Image
from livestyle.look import Look, parse_mix
from livestyle.styles import from_picture, predict
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.from_picture import add_picture, name_of, painted, style_of, title_of, with_pictures
from livestyle.styles.kept import KeptStyle, read_styles


@pytest.fixture(autouse=True)
def predictor(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the real one: a code that is the picture's mean."""

    def predict_style(file: StyleFile, picture: Image, name: str, title: str) -> Style:
        if not file.predictor:
            raise StyleError("This network can't take pictures as styles.")
        codes = np.full((len(file.stroke_px), len(file.identity)), picture.mean(), np.float32)
        return Style(name, title, "", "", "", codes)

    monkeypatch.setattr(predict, "predict_style", predict_style)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(from_picture, "user_folder", lambda: tmp_path / "user")
    return tmp_path / "user"


@pytest.fixture
def able(tiny_file: StyleFile) -> StyleFile:
    return replace(tiny_file, predictor={"a": np.zeros(1, np.float32)}, name="able")


@pytest.fixture
def carpet(tmp_path: Path) -> Path:
    path = tmp_path / "Carpet from-Shiraz.png"
    cv2.imwrite(str(path), np.full((500, 700, 3), 90, np.uint8))
    return path


def test_a_picture_is_a_style_among_others(able: StyleFile, carpet: Path) -> None:
    names = [str(carpet), "wild"]
    grown = with_pictures(Catalog((able,)), names)
    file = grown.file_for(Look(tuple((name, 0.5) for name in names)))
    assert file.weights is able.weights
    assert list(file.styles) == ["calm", "wild", "dark", str(carpet)]
    assert np.all(file.styles[str(carpet)].codes == 90)
    assert file.styles[str(carpet)].title == "Carpet from Shiraz"


def test_without_pictures_nothing_changes(able: StyleFile, carpet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = Catalog((able,))
    assert with_pictures(installed, ["wild"]) is installed
    monkeypatch.chdir(carpet.parent)
    carpet.rename("wild")  # a file, and the name of a style
    assert with_pictures(installed, ["wild"]) is installed


def test_it_is_for_the_first_network_that_can_and_knows_the_others(
    tiny_file: StyleFile, able: StyleFile, carpet: Path
) -> None:
    only_dark = replace(able, styles={"dark": able.styles["dark"]})
    grown = with_pictures(Catalog((tiny_file, only_dark, able)), [str(carpet), "wild"])
    assert [str(carpet) in file.styles for file in grown.files] == [False, False, True]


def test_a_file_without_a_suffix_is_a_picture_too(able: StyleFile, carpet: Path) -> None:
    bare = carpet.rename(carpet.with_suffix(""))
    assert str(bare) in with_pictures(Catalog((able,)), [str(bare)]).names


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("gone.jpg", SourceError, "no file gone.jpg"),
        ("text.jpg", SourceError, "no picture"),
        ("wlid", StyleError, "Did you mean wild"),
        ("x" * 5000, StyleError, "no style"),
    ],
)
def test_what_is_no_picture_gives_a_sentence(
    able: StyleFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: type[Exception], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.jpg").write_text("This is no picture.")
    with pytest.raises(error, match=sentence):
        with_pictures(Catalog((able,)), [name]).file_for(Look(((name, 1.0),)))


def test_a_network_that_can_not_gives_a_sentence(tiny_file: StyleFile, carpet: Path) -> None:
    with pytest.raises(StyleError, match="can't take pictures"):
        with_pictures(Catalog((tiny_file,)), [str(carpet)])


def test_it_carries_the_picture_small(able: StyleFile) -> None:
    style = style_of(able, np.full((500, 700, 3), (200, 20, 20), np.uint8), "red")
    picture = cv2.imdecode(np.frombuffer(style.picture, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (256, 358, 3)
    assert picture[..., 2].mean() > 180 > 40 > picture[..., 0].mean()


def test_its_preview_is_painted(able: StyleFile) -> None:
    photo = np.full((500, 700, 3), (200, 20, 20), np.uint8)
    pictures = []
    for name in ("calm", "wild"):
        style = painted(able, replace(style_of(able, photo, "red"), codes=able.styles[name].codes))
        pictures.append(cv2.imdecode(np.frombuffer(style.preview, np.uint8), cv2.IMREAD_COLOR))
    assert pictures[0].shape == (144, 256, 3)
    assert np.abs(pictures[0].astype(float) - pictures[1]).mean() > 5


@pytest.mark.parametrize(
    ("stem", "name", "title"),
    [
        ("carpet_from-Shiraz", "carpet_from-shiraz", "Carpet from Shiraz"),
        ("Größe: 3, schön!", "grösse_3_schön", "Größe: 3, schön!"),
        ("--", "picture", "Picture"),
        ("", "picture", "Picture"),
    ],
)
def test_names_and_titles(stem: str, name: str, title: str) -> None:
    assert (name_of(stem), title_of(stem)) == (name, title)


@given(st.text())
def test_every_name_can_be_used(stem: str) -> None:
    assert parse_mix(f"{name_of(stem)}:0.5") == ((name_of(stem), 0.5),)


def test_an_added_picture_is_kept_without_its_network(able: StyleFile, carpet: Path, user: Path) -> None:
    path = add_picture(carpet, Catalog((able,)))
    assert path == user / "carpet_from-shiraz.safetensors"
    back = read_styles(path)
    assert isinstance(back, KeptStyle)
    assert (back.digest, back.style.name) == (able.digest, "carpet_from-shiraz")
    assert back.fits(able)
    assert np.all(back.style.codes == 90)
    with pytest.raises(StyleError, match="already"):
        add_picture(carpet, Catalog((able,)))
    assert add_picture(carpet, Catalog((able,)), "rug").stem == "rug"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("calm", "--name"), ("a,b", "letters, digits"), ("../x", "letters, digits"), ("identity", "another name")],
)
def test_a_name_that_can_not_be_used_gives_a_sentence(
    able: StyleFile, carpet: Path, user: Path, name: str, sentence: str
) -> None:
    with pytest.raises(StyleError, match=sentence):
        add_picture(carpet, Catalog((able,)), name)
    assert not user.exists()
