from __future__ import annotations

import dataclasses
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import StyleError
from livestyle.look import Look
from livestyle.networks.families import NetworkSpec
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
    assert add_style_file(tmp_path / "mine.safetensors") == folders[1] / "mine.safetensors"
    assert Catalog.installed().names == ["calm", "wild", "dark", "mine"]


def other_network(file: StyleFile) -> StyleFile:
    return dataclasses.replace(file, weights={k: v + np.float16(0.01) for k, v in file.weights.items()})


def wider(file: StyleFile) -> StyleFile:
    return dataclasses.replace(file, spec=dataclasses.replace(file.spec, width=16))


@pytest.mark.parametrize(("device", "first"), [("cpu", "tiny-8"), ("cuda", "tiny-16")])
def test_the_wide_network_comes_first_on_a_gpu(
    folders: tuple[Path, Path], tiny_file: StyleFile, device: str, first: str
) -> None:
    write_style_file(folders[0] / "tiny-16.safetensors", wider(tiny_file))
    write_style_file(folders[0] / "tiny-8.safetensors", tiny_file)
    installed = Catalog.installed(device=device)
    assert len(installed.files) == 2
    assert installed.file_for(Look((("calm", 1.0),))).name == first
    assert installed.names == ["calm", "wild", "dark"]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
@pytest.mark.parametrize("width", [4, 512])
def test_another_family_paints_only_where_it_is_asked_for(
    folders: tuple[Path, Path], tiny_file: StyleFile, device: str, width: int
) -> None:
    adain = dataclasses.replace(tiny_file, spec=NetworkSpec("adain-2", width))
    write_style_file(folders[0] / "adain.safetensors", adain)
    write_style_file(folders[0] / "tiny-8.safetensors", tiny_file)
    write_style_file(folders[0] / "tiny-16.safetensors", wider(tiny_file))
    assert [file.name for file in Catalog.installed(device=device).files][-1] == "adain"
    assert [file.name for file in Catalog.installed("adain", device).files] == ["adain"]


def test_a_network_is_chosen_by_the_name_of_its_file(folders: tuple[Path, Path], tiny_file: StyleFile) -> None:
    write_style_file(folders[0] / "tiny-8.safetensors", tiny_file)
    write_style_file(folders[0] / "tiny-16.safetensors", wider(tiny_file))
    assert [file.name for file in Catalog.installed("tiny-16", "cpu").files] == ["tiny-16"]
    with pytest.raises(StyleError, match=r"no network 'tiny-9'\. There are tiny-8, tiny-16"):
        Catalog.installed("tiny-9", "cpu")


def test_a_style_of_the_users_network_with_a_bundled_name_is_found_by_the_network(
    folders: tuple[Path, Path], tiny_file: StyleFile
) -> None:
    write_style_file(folders[0] / "tiny.safetensors", tiny_file)
    write_style_file(folders[1] / "mine.safetensors", renamed(other_network(tiny_file), "dark", "calm"))
    calm = Look((("calm", 1.0),))
    assert Catalog.installed().file_for(calm).name == "tiny"
    assert Catalog.installed("mine").file_for(calm).name == "mine"


def test_added_styles_of_a_bundled_network_mix_with_its_own(folders: tuple[Path, Path], tiny_file: StyleFile) -> None:
    write_style_file(
        folders[0] / "tiny.safetensors", dataclasses.replace(tiny_file, predictor={"a": np.zeros(1, np.float16)})
    )
    carpet = renamed(tiny_file, "dark", "carpet")
    write_style_file(folders[1] / "carpet.safetensors", carpet)
    installed = Catalog.installed()
    assert installed.names == ["calm", "wild", "dark", "carpet"]
    file = installed.file_for(Look((("calm", 1.0), ("carpet", 1.0))))
    assert (file.name, list(file.predictor)) == ("tiny", ["a"])
    assert installed.network_of(carpet) is file


def test_a_predictor_with_another_encoder_is_asked_for_by_its_name(
    folders: tuple[Path, Path], tiny_file: StyleFile
) -> None:
    able = dataclasses.replace(tiny_file, predictor={"a": np.zeros(1, np.float16)})
    write_style_file(folders[0] / "tiny.safetensors", able)
    write_style_file(folders[1] / "mobile.safetensors", dataclasses.replace(able, encoder="mobilenet_v3"))
    write_style_file(folders[1] / "same.safetensors", renamed(able, "dark", "carpet"))
    installed = Catalog.installed()
    assert [(file.name, file.encoder) for file in installed.files] == [("tiny", "vgg16"), ("mobile", "mobilenet_v3")]
    assert Catalog.installed("mobile").files[0].encoder == "mobilenet_v3"
    assert installed.file_for(Look((("carpet", 1.0),))).name == "tiny"


def test_other_stroke_sizes_are_another_network(folders: tuple[Path, Path], tiny_file: StyleFile) -> None:
    write_style_file(folders[0] / "tiny.safetensors", tiny_file)
    finer = dataclasses.replace(renamed(tiny_file, "dark", "carpet"), stroke_px=(100, 200, 300))
    write_style_file(folders[1] / "carpet.safetensors", finer)
    assert [file.name for file in Catalog.installed().files] == ["tiny", "carpet"]


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
    calm, wild = tiny_file.styles["calm"].codes[1], tiny_file.styles["wild"].codes[1]
    code = mixed_code(tiny_file, Look((("calm", 3.0), ("wild", 1.0))), 360)
    assert code.dtype == np.float32
    np.testing.assert_allclose(code, 0.75 * calm + 0.25 * wild, atol=1e-6)


def test_strength_moves_between_the_identity_and_the_style(tiny_file: StyleFile) -> None:
    wild = tiny_file.styles["wild"].codes[1]
    np.testing.assert_allclose(mixed_code(tiny_file, Look((("wild", 1.0),), strength=0.0), 360), tiny_file.identity)
    half = mixed_code(tiny_file, Look((("wild", 1.0),), strength=0.5), 360)
    np.testing.assert_allclose(half, (tiny_file.identity + wild) / 2, atol=1e-6)


@pytest.mark.parametrize(("lines", "size"), [(110, 0), (220, 0), (360, 1), (600, 2), (1080, 2)])
def test_a_stroke_size_that_was_learnt_is_its_code_and_beyond_the_ends_the_last_ones_serve(
    tiny_file: StyleFile, lines: int, size: int
) -> None:
    code = mixed_code(tiny_file, Look((("wild", 1.0),)), lines)
    np.testing.assert_allclose(code, tiny_file.styles["wild"].codes[size], atol=1e-6)


def test_the_stroke_counts_as_the_lines_do(tiny_file: StyleFile) -> None:
    bold, tall = (mixed_code(tiny_file, Look((("wild", 1.0),), stroke=s), n) for s, n in ((1.5, 240), (1.0, 360)))
    np.testing.assert_allclose(bold, tall, atol=1e-6)


@given(sizes=st.sets(st.integers(1, 4000), min_size=1, max_size=5), wanted=st.lists(st.integers(1, 4000), min_size=2))
def test_codes_between_stroke_sizes_are_in_order_and_within_their_neighbours(
    tiny_file: StyleFile, sizes: set[int], wanted: list[int]
) -> None:
    stroke_px = tuple(sorted(sizes))
    codes = np.log(np.asarray(stroke_px, np.float32))[:, None]
    style = dataclasses.replace(tiny_file.styles["wild"], codes=codes)
    file = dataclasses.replace(tiny_file, stroke_px=stroke_px, identity=np.zeros(1, np.float32), styles={"wild": style})
    found = [mixed_code(file, Look((("wild", 1.0),)), lines)[0] for lines in sorted(wanted)]
    # A code that is the logarithm of its size comes out as the logarithm of the size that was wanted.
    np.testing.assert_allclose(found, np.clip(np.log(sorted(wanted)), codes[0], codes[-1]), atol=1e-4)
    assert all(after >= before - 1e-5 for before, after in pairwise(found))
