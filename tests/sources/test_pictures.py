from __future__ import annotations

import contextlib
import io
import os
import struct
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from threading import Timer

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms, PngImagePlugin

from livestyle.errors import SourceError
from livestyle.frame import Image
from livestyle.sources import pictures
from livestyle.sources.pictures import PictureSource, name_of, picture_paths, read_picture


@pytest.fixture
def photo() -> Image:
    """A smooth picture, wider than high, in which no two corners are alike."""
    y, x = np.mgrid[0:24, 0:36]
    return np.stack([x * 6, y * 9, 200 - x * 3], -1).astype(np.uint8)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "webp", "jpg"])
def test_every_kind_is_read(tmp_path: Path, photo: Image, suffix: str) -> None:
    path = tmp_path / f"bild mit ümlaut 画.{suffix}"
    Pillow.fromarray(photo).save(path, quality=100)
    image = read_picture(path)
    assert (image.shape, image.dtype) == (photo.shape, np.uint8)
    assert image.flags.writeable
    assert np.abs(image.astype(int) - photo).mean() < (4 if suffix in ("jpg", "webp") else 0.01)


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (1, lambda a: a),
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (4, lambda a: a[::-1]),
        (5, lambda a: a.transpose(1, 0, 2)),
        (6, lambda a: np.rot90(a, -1)),
        (7, lambda a: np.rot90(a, -1)[:, ::-1]),
        (8, lambda a: np.rot90(a)),
    ],
)
def test_the_orientation_of_phone_photos_is_kept(
    tmp_path: Path, photo: Image, orientation: int, turn: Callable[[Image], Image]
) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    Pillow.fromarray(photo).save(tmp_path / "photo.png", exif=exif)
    expected = turn(photo) if orientation != 7 else photo.transpose(1, 0, 2)[::-1, ::-1]
    assert np.array_equal(read_picture(tmp_path / "photo.png"), expected)


def test_what_is_transparent_becomes_white(tmp_path: Path, photo: Image) -> None:
    alpha = np.full(photo.shape[:2], 255, np.uint8)
    alpha[:, :10], alpha[:, 10:20] = 0, 128
    Pillow.fromarray(np.dstack([photo, alpha])).save(tmp_path / "holes.png")
    image = read_picture(tmp_path / "holes.png")
    assert (image[:, :10] == 255).all()
    assert np.abs(image[:, 10:20].astype(int) - (photo[:, 10:20] / 2 + 127)).max() <= 2
    assert np.array_equal(image[:, 20:], photo[:, 20:])


def test_a_palette_with_a_transparent_colour(tmp_path: Path) -> None:
    image = Pillow.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.save(tmp_path / "old.gif", transparency=0)
    assert read_picture(tmp_path / "old.gif").tolist() == [
        [[255, 255, 255], [200, 100, 50]],
        [[200, 100, 50], [255, 255, 255]],
    ]


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("gray.png", np.full((5, 7), 100, np.uint8)),
        ("deep gray.png", np.full((5, 7), 100 * 257, np.uint16)),
        ("deep gray.tif", np.full((5, 7), 100 * 257, np.uint16)),
        ("deep colours.png", np.full((5, 7, 3), 100 * 257, np.uint16)),
        ("deep colours.tif", np.full((5, 7, 3), 100 * 257, np.uint16)),
    ],
)
def test_gray_and_deep_pictures_become_rgb_of_8_bits(tmp_path: Path, name: str, array: np.ndarray) -> None:
    assert cv2.imwrite(str(tmp_path / name), array)
    image = read_picture(tmp_path / name)
    assert (image.shape, image.dtype) == ((5, 7, 3), np.uint8)
    assert np.abs(image.astype(int) - 100).max() <= 1


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (np.float32([0, 0.5, 1]), [0, 128, 255]),
        (np.float32([0, 0.25, 0.5]), [0, 64, 128]),
        (np.float64([0, 0.5, 1]), [0, 128, 255]),
        (np.float32([0, 1, 2]), [0, 128, 255]),
        (np.float32([np.nan, 100, 200]), [0, 100, 200]),
        (np.float32([-1, 0, 0.001]), [0, 0, 255]),
        (np.int32([0, 2**30, 2**31 - 1]), [0, 128, 255]),
        (np.uint32([0, 2**31, 2**32 - 1]), [0, 128, 255]),
        (np.uint32([0, 2000, 4000]), [0, 128, 255]),
        (np.int32([0, 32768, 65535]), [0, 128, 255]),
        (np.int32([0, 0, 0]), [0, 0, 0]),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_numbers_of_32_bits_are_scaled(tmp_path: Path, values: np.ndarray, shown: list[int], channels: int) -> None:
    picture = np.repeat(np.tile(values, (4, 1))[..., None], channels, 2)
    assert cv2.imwrite(str(tmp_path / "deep.tif"), picture.squeeze())
    image = read_picture(tmp_path / "deep.tif")
    assert np.abs(image[2].astype(int) - np.array(shown)[:, None]).max() <= 1


@pytest.mark.parametrize("suffix", ["avif", "jfif", "gif", "jp2", "tga", "ppm"])
def test_what_opens_when_named_is_found_in_a_folder(tmp_path: Path, suffix: str) -> None:
    kind = {"jfif": "jpeg", "jp2": "jpeg2000"}.get(suffix, suffix)
    Pillow.new("RGB", (32, 32), (200, 90, 30)).save(tmp_path / f"a.{suffix}", kind)
    (path,) = picture_paths(tmp_path)
    assert np.abs(read_picture(path).astype(int) - (200, 90, 30)).max() <= 24


def test_heic_says_what_it_takes_or_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    try:
        import pillow_heif
    except ImportError:
        path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
        with pytest.raises(SourceError, match="install pillow-heif"):
            read_picture(path)
        return
    pillow_heif.from_pillow(Pillow.new("RGB", (32, 32), (200, 90, 30))).save(path)
    assert np.abs(read_picture(path).astype(int) - (200, 90, 30)).max() <= 24


def test_what_is_transparent_shows_the_colour_asked_for(tmp_path: Path) -> None:
    Pillow.new("RGBA", (4, 4), (0, 0, 200, 0)).save(tmp_path / "glass.png")
    assert (read_picture(tmp_path / "glass.png", (10, 20, 30)) == (10, 20, 30)).all()


def test_a_large_picture_comes_in_strips_that_fit(
    tmp_path: Path, photo: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_STRIP_PX", 100)
    red, green, blue = SRGB_COLOURANTS
    Pillow.fromarray(photo).save(tmp_path / "large.png", icc_profile=icc_profile(blue, green, red))
    strips = read_picture(tmp_path / "large.png")
    monkeypatch.undo()
    assert np.array_equal(strips, read_picture(tmp_path / "large.png"))


def test_black_and_white_and_print_colours(tmp_path: Path) -> None:
    Pillow.new("1", (7, 5), 1).save(tmp_path / "fax.tif")
    Pillow.new("CMYK", (7, 5), (0, 0, 0, 0)).save(tmp_path / "print.jpg")
    for name in ("fax.tif", "print.jpg"):
        assert (read_picture(tmp_path / name) > 250).all()


def icc_profile(red: tuple[float, ...], green: tuple[float, ...], blue: tuple[float, ...]) -> bytes:
    """A display's ICC profile of version 2, from its colourants as XYZ under D50; gamma 2.2."""

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in values))

    gamma = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(2.2 * 256))
    text = b"text\0\0\0\0test"
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(79)
    tags = {b"desc": name, b"cprt": text, b"wtpt": xyz((0.9642, 1.0, 0.8249))}
    tags |= {b"rXYZ": xyz(red), b"gXYZ": xyz(green), b"bXYZ": xyz(blue)}
    tags |= {b"rTRC": gamma, b"gTRC": gamma, b"bTRC": gamma}
    directory, data, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for key, value in tags.items():
        directory += key + struct.pack(">II", start + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">I4sI4s4s4s12x4s", start + len(data), b"test", 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return header.ljust(128, b"\0") + directory + data


SRGB_COLOURANTS = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_colour_profile_is_applied(tmp_path: Path, mode: str) -> None:
    red, green, blue = SRGB_COLOURANTS
    swapped = icc_profile(blue, green, red)  # a display whose red is blue
    Pillow.new("RGB", (4, 3), (200, 90, 20)).convert(mode).save(tmp_path / "swapped.png", icc_profile=swapped)
    assert (
        np.abs(read_picture(tmp_path / "swapped.png").astype(int) - (20, 90, 200)).max() <= 10
    )  # sRGB is no pure gamma


def test_pictures_in_srgb_are_left_alone(tmp_path: Path, photo: Image) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Pillow.fromarray(photo).save(tmp_path / "srgb.png", icc_profile=srgb)
    assert np.array_equal(read_picture(tmp_path / "srgb.png"), photo)


def test_a_broken_colour_profile_is_ignored(tmp_path: Path, photo: Image) -> None:
    Pillow.fromarray(photo).save(tmp_path / "broken.png", icc_profile=b"no profile")
    assert np.array_equal(read_picture(tmp_path / "broken.png"), photo)


def test_a_tiny_picture(tmp_path: Path) -> None:
    Pillow.new("RGB", (1, 1), (1, 2, 3)).save(tmp_path / "dot.png")
    assert read_picture(tmp_path / "dot.png").tolist() == [[[1, 2, 3]]]


def png(photo: Image) -> bytes:
    data = io.BytesIO()
    Pillow.fromarray(photo).save(data, "png")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (None, "no file"),
        (b"", "is no picture"),
        (b"dear diary\n" * 99, "is no picture"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged|is no picture"),
    ],
)
def test_what_is_no_picture_is_told_in_a_sentence(tmp_path: Path, data: bytes | None, says: str) -> None:
    path = tmp_path / "photo.png"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(SourceError, match=says) as caught:
        read_picture(path)
    assert "photo.png" in str(caught.value)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "webp", "bmp"])
def test_a_picture_cut_short_is_told_in_a_sentence(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Pillow.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match=rf"cut\.{suffix}"):
        read_picture(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(where=st.integers(8, 600), value=st.integers(0, 255))
def test_a_damaged_picture_is_read_or_refused_but_never_a_crash(
    tmp_path: Path, photo: Image, where: int, value: int
) -> None:
    data = bytearray(png(photo))
    data[where % len(data)] = value
    path = tmp_path / "damaged.png"
    path.write_bytes(bytes(data))
    with contextlib.suppress(SourceError):
        assert read_picture(path).dtype == np.uint8


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        read_picture(tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_locked_picture_is_told_in_a_sentence(tmp_path: Path, photo: Image) -> None:
    path = tmp_path / "locked.png"
    path.write_bytes(png(photo))
    path.chmod(0)
    with pytest.raises(SourceError, match="permissions"):
        read_picture(path)


def test_a_forged_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photo: Image) -> None:
    monkeypatch.setattr(pictures, "MOST_PX", 100)
    Pillow.fromarray(photo).save(tmp_path / "huge.png")
    with pytest.raises(SourceError, match="too many pixels"):
        read_picture(tmp_path / "huge.png")


def test_a_text_bomb_in_a_picture_is_refused(tmp_path: Path, photo: Image) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("bomb", "0" * 80_000_000, zip=True)
    Pillow.fromarray(photo).save(tmp_path / "bomb.png", pnginfo=info)
    with pytest.raises(SourceError, match=r"bomb\.png"):
        read_picture(tmp_path / "bomb.png")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """A folder with three pictures of different sizes, and other things."""
    folder = tmp_path / "album"
    (folder / "more.png").mkdir(parents=True)
    for name, (width, height), gray in (("10.png", (40, 30), 10), ("2.png", (20, 20), 2), ("1.JPG", (8, 6), 1)):
        Pillow.new("RGB", (width, height), (gray, gray, gray)).save(folder / name)
    (folder / "notes.txt").write_text("none")
    (folder / ".hidden.png").write_text("none")
    return folder


def test_a_folder_is_read_in_the_order_of_its_numbers(album: Path) -> None:
    assert [path.name for path in picture_paths(album)] == ["1.JPG", "2.png", "10.png"]


@pytest.mark.parametrize(("name", "says"), [("none", "can't be read"), ("empty", "no picture in")])
def test_a_folder_without_pictures_is_told_in_a_sentence(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=says):
        picture_paths(tmp_path / name)


def test_the_pictures_of_a_folder_are_frames_of_one_size(album: Path) -> None:
    with PictureSource(album) as source:
        assert (source.name, source.is_live) == ("album", False)
        frames = list(source)
    assert [f.image.shape for f in frames] == [(6, 8, 3)] * 3
    assert [int(f.image[3, 4, 0]) for f in frames] == [1, 2, 10]
    assert [f.index for f in frames] == [0, 1, 2]


def test_others_are_cut_at_the_sides(tmp_path: Path) -> None:
    Pillow.new("RGB", (10, 10)).save(tmp_path / "a.png")
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 200
    Pillow.fromarray(wide).save(tmp_path / "b.png")
    with PictureSource([tmp_path / "a.png", tmp_path / "b.png"]) as source:
        assert source.name == "2 pictures"
        assert (list(source)[1].image == 200).all()


def test_a_live_picture_stays_and_is_the_same_array(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_LIVE_FPS", 1000.0)
    with PictureSource(album / "2.png", live=True) as source:
        assert source.is_live
        frames = list(islice(source, 9))
    assert all(f.image is frames[0].image for f in frames)
    assert all(f.time_s == pytest.approx(f.index / 1000) for f in frames)


def test_a_folder_is_called_by_its_name_however_it_is_given(album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(album)
    assert [name_of(Path(text)) for text in ("..", ".", "2.png")] == [album.parent.name, "album", "2.png"]
    assert name_of(Path(Path.cwd().anchor)) == Path.cwd().anchor


def test_closing_from_another_thread_ends_a_live_picture(album: Path) -> None:
    with PictureSource(album / "2.png", live=True) as source:
        Timer(0.05, source.close).start()
        assert list(source)


def test_a_source_without_pictures_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no picture in"):
        PictureSource(tmp_path).open()
    with pytest.raises(SourceError, match="No picture"):
        PictureSource([]).open()
    with pytest.raises(SourceError, match="not open"):
        next(iter(PictureSource(tmp_path)))


def test_a_picture_of_floats_is_read_without_a_word_on_the_console(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cv2.imwrite(str(tmp_path / "float.tif"), np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8))
    read_picture(tmp_path / "float.tif")
    assert capfd.readouterr() == ("", "")
