from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import BackendError
from livestyle.frame import Image
from livestyle.networks import families
from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import Family, NetworkSpec
from livestyle.networks.transform import TransformNetwork
from livestyle.styles.file import StyleFile
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.stylizer import Stylizer
from livestyle.stylizer.tiled import TiledStylizer, spans, spread_patches
from livestyle.stylizer.torch_backend import TorchStylizer

BACKENDS: dict[str, Callable[[StyleFile], Stylizer]] = {
    "torch": TorchStylizer,
    "openvino": lambda file: OpenVinoStylizer(file, "f32"),
}


def photo(height: int, width: int) -> Image:
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (6, 9, 3)).astype(np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(smooth + rng.normal(0, 8, smooth.shape), 0, 255), np.uint8)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("size_hw", [(330, 421), (60, 402)])
def test_tiles_with_the_statistics_of_the_whole_picture_are_the_whole_painting(
    tiny_file: StyleFile, backend: str, size_hw: tuple[int, int]
) -> None:
    code = tiny_file.styles["wild"].codes[0]
    images = photo(*size_hw)[None]
    with TorchStylizer(tiny_file) as whole, TiledStylizer(tiny_file, BACKENDS[backend], tile_px=200) as tiled:
        assert tiled.code_size == whole.code_size
        painted = tiled.stylize(images, code)
        assert painted.shape == images.shape
        assert np.abs(painted.astype(int) - whole.stylize(images, code)).max() <= 1


def test_johnsons_network_paints_in_tiles_too(tiny_file: StyleFile) -> None:
    network = build_network(spec := NetworkSpec("johnson", 4))
    file = replace(
        tiny_file,
        spec=spec,
        weights={name: value.numpy() for name, value in network.state_dict().items()},
        identity=network.neutral_code().numpy(),
        styles={},
    )
    images = photo(200, 300)[None]
    with TorchStylizer(file) as whole, TiledStylizer(file, TorchStylizer, tile_px=180) as tiled:
        painted, expected = (each.stylize(images, file.identity) for each in (tiled, whole))
    assert np.abs(painted.astype(int) - expected).max() <= 1


def test_statistics_of_patches_come_nearer_than_those_of_a_thumbnail(tiny_file: StyleFile) -> None:
    code = tiny_file.styles["calm"].codes[0]
    image = photo(256, 320)
    with (
        TorchStylizer(tiny_file) as whole,
        TiledStylizer(tiny_file, TorchStylizer, patch_px=32, sample_px=256 * 320 // 2) as tiled,
    ):
        exact = whole.stylize(image[None], code)
        of_patches = tiled.stylize(image[None], code)
        thumbnail = np.asarray(cv2.resize(image, (80, 64), interpolation=cv2.INTER_AREA), np.uint8)
        of_thumbnail = TorchStylizer(replace(tiny_file, spec=replace(tiny_file.spec, frozen=True))).stylize(
            image[None], tiled.code_for(thumbnail, code)
        )
    near, far = (np.abs(each.astype(int) - exact).mean() for each in (of_patches, of_thumbnail))
    assert near < far / 3


def test_a_network_that_sees_the_whole_picture_is_refused(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unbounded(width: int) -> StyledNetwork:
        network = TransformNetwork(width)
        network.reach_px = None
        return network

    monkeypatch.setitem(families.FAMILIES, "s2d", Family(unbounded))
    with pytest.raises(BackendError, match="can't paint in tiles"):
        TiledStylizer(tiny_file, TorchStylizer)


@given(length=st.integers(1, 700), about=st.integers(10, 60), reach=st.integers(0, 3))
def test_tiles_cover_a_side_and_see_beyond_what_they_keep(length: int, about: int, reach: int) -> None:
    length, about, reach = 4 * length, 4 * about, 4 * reach
    cut = spans(length, about, reach, 4)
    assert [place for span in cut for place in range(length)[span.kept]] == list(range(length))
    assert len({span.seen.stop - span.seen.start for span in cut}) == 1
    for span in cut:
        assert 0 <= span.seen.start <= span.kept.start < span.kept.stop <= span.seen.stop <= length
        assert span.seen.start % 4 == span.seen.stop % 4 == 0
        assert span.seen.stop - span.seen.start <= about
        assert span.seen.start == 0 or span.kept.start - span.seen.start >= reach
        assert span.seen.stop == length or span.seen.stop - span.kept.stop >= reach


@given(height=st.integers(1, 400), width=st.integers(1, 400))
def test_patches_are_within_the_picture_and_not_too_many(height: int, width: int) -> None:
    rows, columns = np.mgrid[0:height, 0:width] // 2
    image = np.stack([rows, columns, rows], -1).astype(np.uint8)
    patches = spread_patches(image, 16, 4000)
    if height * width <= 4000:
        assert np.array_equal(patches, image[None])
        return
    assert patches.shape[1:] == (min(16, height), min(16, width), 3)
    assert 0.3 * 4000 <= patches[..., 0].size <= 2.5 * 4000
    middle = patches.mean((0, 1, 2))[:2]
    np.testing.assert_allclose(middle, (rows.mean(), columns.mean()), atol=1)


def test_frozen_networks_have_another_digest(tiny_file: StyleFile) -> None:
    frozen = replace(tiny_file, spec=replace(tiny_file.spec, frozen=True))
    assert frozen.digest != tiny_file.digest
    assert torch.equal(build_network(frozen.spec).neutral_code(), build_network(tiny_file.spec).neutral_code())
