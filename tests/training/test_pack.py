from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.errors import TrainingError
from livestyle.training.material import find_pictures, load_picture
from livestyle.training.pack import PICTURE_PX, STYLE_PX, thinned, unpack, write_pack
from livestyle.training.paintings import Painting, find_paintings


def pictures(folder: Path, count: int, height: int = 40, width: int = 60) -> list[Path]:
    """Noise, whose JPEGs are all of about the same size."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        cv2.imwrite(str(folder / f"{number:02}.png"), rng.integers(0, 256, (height, width, 3)).astype(np.uint8))
    return find_pictures([folder])


def paintings(folder: Path, count: int = 1) -> list[Painting]:
    return [Painting(path, f"n{path.stem}", f'"{path.stem}" — Ü\\', "A", "1889") for path in pictures(folder, count)]


def test_a_pack_is_read_back_as_places_of_pictures(tmp_path: Path) -> None:
    known = paintings(tmp_path / "styles", 2)
    photos, others = pictures(tmp_path / "photos", 3), pictures(tmp_path / "others", 4)
    counts = write_pack(tmp_path / "x.pack", known, photos, others)
    assert counts == {"styles": 2, "content": 3, "others": 4}
    material = unpack(tmp_path / "x.pack", tmp_path / "out")
    back = find_paintings([material.styles], material.about)
    assert [(p.name, p.title, p.artist, p.year, p.licence) for p in back] == [
        (p.name, p.title, p.artist, p.year, p.licence) for p in known
    ]
    assert len(find_pictures([material.content])) == 3
    assert len(find_pictures(material.others)) == 4
    assert load_picture(find_pictures([material.content])[0]).shape == (3, 40, 60)


def test_what_every_training_holds_out_is_not_in_it(tmp_path: Path) -> None:
    photos = pictures(tmp_path / "photos", 17)
    for number in (0, 16):
        photos[number].write_text("is not even read")
    assert write_pack(tmp_path / "x.pack", paintings(tmp_path / "styles"), photos)["content"] == 15


def test_pictures_are_reduced_to_what_is_looked_at(tmp_path: Path) -> None:
    large = pictures(tmp_path / "large", 1, 900, 1000)
    write_pack(tmp_path / "x.pack", [Painting(large[0], "a", "A")], large, large)
    material = unpack(tmp_path / "x.pack", tmp_path / "out")
    for place, short_px in (
        (material.styles, STYLE_PX),
        (material.content, PICTURE_PX),
        (material.others[0], PICTURE_PX),
    ):
        assert min(load_picture(*find_pictures([place])).shape[1:]) == short_px


def test_it_is_thinned_out_until_it_fits(tmp_path: Path) -> None:
    known = paintings(tmp_path / "styles")
    photos, others = pictures(tmp_path / "photos", 15), pictures(tmp_path / "others", 30)
    write_pack(tmp_path / "whole.pack", known, photos, others)
    most = (tmp_path / "whole.pack").stat().st_size // 2
    counts = write_pack(tmp_path / "x.pack", known, photos, others, most)
    assert 0.8 * most < (tmp_path / "x.pack").stat().st_size <= most
    assert counts["styles"] == 1
    assert 2 * counts["content"] - 1 <= counts["others"] <= 2 * counts["content"] + 1
    with pytest.raises(TrainingError, match="The paintings alone"):
        write_pack(tmp_path / "x.pack", known, photos, others, 1000)


def test_thinned_is_evenly_spread() -> None:
    letters = [letter.encode() for letter in "abcdefghij"]
    assert b"".join(thinned(letters, 0.5)) == b"acegi"
    assert b"".join(thinned(letters, 0.99)) == b"abcdefghi"
    assert thinned(letters, 0.05) == []
    assert thinned([], 0.5) == []


def test_the_same_pictures_make_the_same_file_and_are_unpacked_once(tmp_path: Path) -> None:
    known, photos = paintings(tmp_path / "styles"), pictures(tmp_path / "photos", 2)
    for name in ("a.pack", "b.pack"):
        write_pack(tmp_path / name, known, photos)
    assert (tmp_path / "a.pack").read_bytes() == (tmp_path / "b.pack").read_bytes()
    material = unpack(tmp_path / "a.pack", tmp_path / "out")
    (material.content / "00000.jpg").unlink()
    assert unpack(tmp_path / "b.pack", tmp_path / "out") == material
    assert len(find_pictures([material.content])) == 1
    write_pack(tmp_path / "b.pack", known, photos[:1])
    assert unpack(tmp_path / "b.pack", tmp_path / "out").content != material.content


def test_what_is_no_pack_gives_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.pack"
    with pytest.raises(TrainingError, match="There is no pack"):
        unpack(path, tmp_path / "out")
    path.write_bytes(b"no ZIP")
    with pytest.raises(TrainingError, match="is no pack, or damaged"):
        unpack(path, tmp_path / "out")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../content/evil.jpg", "out of its folder")
        file.writestr("styles/a.jpg", "")
    with pytest.raises(TrainingError, match="is no pack with paintings and photos"):
        unpack(path, tmp_path / "out")
    assert not (tmp_path / "content").exists()
