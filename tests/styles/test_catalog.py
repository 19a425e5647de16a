from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from livestyle.errors import StyleError
from livestyle.look import Look
from livestyle.styles import catalog
from livestyle.styles.catalog import Catalog, add_style_file, mixed_code
from livestyle.styles.file import StyleFile, write_style_file


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    bundled, user = tmp_path / "bundled", tmp_path / "user"
    monkeypatch.setattr(catalog, "bundled_folder", lambda: bundled)
    monkeypatch.setattr(catalog, "user_folder", lambda: user)
    return bundled, user


def renamed(file: StyleFile, old: str, new: str) -> StyleFile:
    style = dataclasses.replace(file.styles[old], name=new)
    return dataclasses.replace(file, styles={new: style})


def test_bundled_come_before_added_ones(folders: tuple[Path, Path], tiny_file: StyleFile, tmp_path: Path) -> None:
    write_style_file(folders[0] / "tiny.safetensors", tiny_file)
    write_style_file(tmp_path / "mine.safetensors", renamed(tiny_file, "calm", "mine"))
    added = add_style_file(tmp_path / "mine.safetensors")
    assert list(added.styles) == ["mine"]
    assert Catalog.installed().names == ["calm", "wild", "dark", "mine"]


def test_a_file_of_another_suffix_is_found_once_added(
    folders: tuple[Path, Path], tiny_file: StyleFile, tmp_path: Path
) -> None:
    write_style_file(tmp_path / "mine.bin", tiny_file)
    add_style_file(tmp_path / "mine.bin")
    assert Catalog.installed().names == ["calm", "wild", "dark"]


def test_a_file_whose_weights_do_not_fit_is_not_added(
    folders: tuple[Path, Path], tiny_file: StyleFile, tmp_path: Path
) -> None:
    wider = dataclasses.replace(tiny_file, spec=dataclasses.replace(tiny_file.spec, width=16))
    write_style_file(tmp_path / "mine.safetensors", wider)
    with pytest.raises(StyleError, match="don't fit"):
        add_style_file(tmp_path / "mine.safetensors")
    assert not folders[1].exists()


def test_the_same_file_name_is_not_added_twice(
    folders: tuple[Path, Path], tiny_file: StyleFile, tmp_path: Path
) -> None:
    write_style_file(tmp_path / "mine.safetensors", tiny_file)
    add_style_file(tmp_path / "mine.safetensors")
    with pytest.raises(StyleError, match="installed already"):
        add_style_file(tmp_path / "mine.safetensors")


def test_a_damaged_user_file_does_not_stop_the_others(
    folders: tuple[Path, Path], tiny_file: StyleFile, caplog: pytest.LogCaptureFixture
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", tiny_file)
    folders[1].mkdir()
    (folders[1] / "bad.safetensors").write_bytes(b"junk")
    assert len(Catalog.installed().files) == 1
    assert "bad.safetensors" in caplog.text


def test_no_styles_at_all_says_so(folders: tuple[Path, Path]) -> None:
    with pytest.raises(StyleError, match="No styles are installed"):
        Catalog.installed()


def test_unknown_style_names_the_nearest(tiny_file: StyleFile) -> None:
    with pytest.raises(StyleError, match=r"'wlid'.*Did you mean wild"):
        Catalog((tiny_file,)).find("wlid")
    with pytest.raises(StyleError, match="There are calm, wild, dark"):
        Catalog((tiny_file,)).find("xyzzy")


def test_only_styles_of_one_network_mix(tiny_file: StyleFile) -> None:
    other = renamed(tiny_file, "calm", "mine")
    both = Catalog((tiny_file, other))
    assert both.file_for(Look((("mine", 1.0),))) is other
    with pytest.raises(StyleError, match="one network can be mixed"):
        both.file_for(Look((("calm", 1.0), ("mine", 1.0))))


def test_mix_is_the_weighted_mean_whatever_the_sum(tiny_file: StyleFile) -> None:
    calm, wild = tiny_file.styles["calm"].code, tiny_file.styles["wild"].code
    code = mixed_code(tiny_file, Look((("calm", 3.0), ("wild", 1.0))))
    assert code.dtype == np.float32
    np.testing.assert_allclose(code, 0.75 * calm + 0.25 * wild, atol=1e-6)


def test_strength_moves_between_the_identity_and_the_style(tiny_file: StyleFile) -> None:
    wild = tiny_file.styles["wild"].code
    np.testing.assert_allclose(mixed_code(tiny_file, Look((("wild", 1.0),), strength=0.0)), tiny_file.identity)
    half = mixed_code(tiny_file, Look((("wild", 1.0),), strength=0.5))
    np.testing.assert_allclose(half, (tiny_file.identity + wild) / 2, atol=1e-6)
