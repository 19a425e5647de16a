from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from livestyle.look import Look
from livestyle.networks import patches
from livestyle.networks.autoencoder import Autoencoder
from livestyle.networks.families import NetworkSpec
from livestyle.networks.patches import PICTURE_PX, PatchNetwork, match, matched, rebuild, standardised
from livestyle.painter import Painter
from livestyle.styles.catalog import mixed_code
from livestyle.styles.file import StyleFile, read_style_file, write_style_file
from livestyle.styles.load import load_network
from livestyle.styles.predict import predict_style
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.torch_backend import TorchStylizer

WIDTH = 4


@pytest.fixture(scope="module")
def network() -> PatchNetwork:
    torch.manual_seed(0)
    return PatchNetwork(WIDTH).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def file(network: PatchNetwork) -> StyleFile:
    """A style file of that network, with a style "noise"."""
    bare = StyleFile(
        NetworkSpec("patches", WIDTH),
        {name: value.numpy().astype(np.float16) for name, value in network.state_dict().items()},
        (360,),
        network.identity_code().numpy(),
        {},
        name="patches",
    )
    picture = np.random.default_rng(0).integers(0, 256, (40, 60, 3)).astype(np.uint8)
    style = predict_style(bare, picture, "noise", "Noise")
    return StyleFile(bare.spec, bare.weights, bare.stroke_px, bare.identity, {"noise": style}, name="patches")


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def pictures(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


class TestMatching:
    @pytest.mark.parametrize("hw", [(3, 3), (8, 11), (9, 4)])
    def test_a_picture_is_put_together_from_itself(self, hw: tuple[int, int]) -> None:
        own = random(5, *hw)
        corners = match(own, own)
        assert corners[0, 0] == 0
        assert corners[-1, -1] == (hw[0] - 3) * hw[1] + hw[1] - 3
        assert torch.allclose(rebuild(corners, own), own, atol=1e-6)

    def test_what_is_found_is_the_best_by_cross_correlation(self) -> None:
        photo, painting = random(4, 6, 7), random(4, 5, 9, seed=1)
        found = match(photo, painting)
        for y in range(4):
            for x in range(5):
                patch = photo[:, y : y + 3, x : x + 3].flatten()
                scores = {}
                for v in range(3):
                    for u in range(7):
                        other = painting[:, v : v + 3, u : u + 3].flatten()
                        scores[v * 9 + u] = float(torch.cosine_similarity(patch, other, dim=0))
                assert int(found[y, x]) == max(scores, key=scores.__getitem__)

    def test_slices_change_nothing(self) -> None:
        photo, painting = random(4, 12, 9), random(4, 8, 8, seed=1)
        whole = match(photo, painting)
        assert torch.equal(match(photo, painting, scores=1), whole)
        assert torch.equal(match(photo, painting, scores=3 * whole.shape[1] * 36), whole)

    def test_overlapping_patches_are_averaged(self) -> None:
        bank = torch.arange(12.0).view(1, 3, 4)
        built = rebuild(torch.tensor([[1, 0]]), bank)
        side, middle = patches.OVERLAP[0], patches.OVERLAP[1]
        second, third = ((middle * a + side * b) / (middle + side) for a, b in ((2, 0), (1, 3)))
        assert built[0, 0].tolist() == pytest.approx([1, second, third, 2])

    def test_brightness_and_contrast_of_the_photo_do_not_matter(self) -> None:
        photo, painting = random(1, 4, 8, 9), random(1, 4, 7, 7, seed=1)
        plain, faded = (matched(standardised(p), painting) for p in (photo, 0.5 * photo + 2))
        assert torch.allclose(plain, faded)

    def test_each_picture_of_a_batch_has_its_own_painting(self) -> None:
        photos, paintings = random(2, 4, 8, 9), random(2, 4, 7, 7, seed=1)
        both = matched(photos, paintings)
        for i in range(2):
            assert torch.equal(both[i : i + 1], matched(photos[i : i + 1], paintings[i : i + 1]))


class TestAutoencoder:
    def test_every_stage_leads_to_the_level_before_it(self) -> None:
        autoencoder = Autoencoder(WIDTH)
        picture = pictures(2, 3, 32, 48)
        seen = autoencoder.encode(picture)
        assert [tuple(f.shape[2:]) for f in seen] == [(16, 24), (8, 12), (4, 6)]
        for level in range(2, 0, -1):
            assert autoencoder.decode(seen[level], level).shape == seen[level - 1].shape
        assert autoencoder.decode(seen[0], 0).shape == picture.shape
        assert torch.equal(autoencoder.encode(picture, 2)[1], seen[1])

    def test_a_flat_picture_stays_flat(self) -> None:
        autoencoder = Autoencoder(WIDTH).requires_grad_(False)
        seen = autoencoder.encode(torch.full((1, 3, 32, 32), 0.3))
        decoded = autoencoder.decode(autoencoder.decode(seen[1], 1), 0)
        assert float(decoded.std(dim=(2, 3)).max()) < 1e-5


class TestNetwork:
    def test_the_identity_decodes_what_is_encoded(self, network: PatchNetwork) -> None:
        photo = pictures(2, 3, 48, 64)
        autoencoder = network.autoencoder
        shallowest = patches.LEVELS[-1]
        expected = autoencoder.encode(photo)[shallowest]
        for level in range(shallowest, -1, -1):
            expected = autoencoder.decode(expected, level)
        assert torch.allclose(network(photo, network.identity_code()[None]), expected.clamp(0, 1), atol=1e-6)

    def test_a_photo_in_its_own_style_is_what_the_autoencoder_makes_of_it(
        self, network: PatchNetwork, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Below the deepest level a random decoder, unlike a trained one, leads away from the photo.
        monkeypatch.setattr(patches, "LEVELS", (2,))
        photo = pictures(1, 3, PICTURE_PX, PICTURE_PX)
        own = network.codes_of(photo, [PICTURE_PX])[:, 0]
        assert torch.allclose(network(photo, own), network(photo, network.identity_code()[None]), atol=1e-5)

    def test_codes_are_squares_of_the_picture(self, network: PatchNetwork) -> None:
        picture = pictures(1, 3, 300, 400)
        codes = network.codes_of(picture, [100, 300])
        assert codes.shape == (1, 2, network.code_size)
        assert torch.all(codes[..., -1] == 0)
        middle = picture[0, :, 22 : 22 + PICTURE_PX, 72 : 72 + PICTURE_PX]
        assert torch.allclose(codes[0, 1, :-1].view(3, PICTURE_PX, PICTURE_PX), middle, atol=1e-5)
        assert network.codes_of(pictures(1, 3, 16, 900), [360]).shape == (1, 1, network.code_size)

    def test_a_weak_style_is_the_same_picture_beside_more_of_the_photo(
        self, network: PatchNetwork, file: StyleFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        half = torch.from_numpy(mixed_code(file, Look((("noise", 1.0),), strength=0.5), 360))[None]
        full = torch.from_numpy(mixed_code(file, Look((("noise", 1.0),)), 360))[None]
        assert (float(full[0, -1]), float(half[0, -1])) == (0, 0.5)
        assert torch.allclose(half[:, :-1] / (1 - half[:, -1]), full[:, :-1])
        # Matched once, the features are half the photo's and half what they would be in full.
        monkeypatch.setattr(patches, "LEVELS", (0,))
        photo = pictures(1, 3, 48, 48)
        seen: list[Tensor] = []

        def decode(features: Tensor, level: int) -> Tensor:
            seen.append(features)
            return Autoencoder.decode(network.autoencoder, features, level)

        monkeypatch.setattr(network.autoencoder, "decode", decode)
        network(photo, half)
        network(photo, full)
        own = network.autoencoder.encode(photo)[0]
        assert torch.allclose(seen[0], (own + seen[1]) / 2, atol=1e-5)

    def test_a_code_serves_a_whole_batch(self, network: PatchNetwork, file: StyleFile) -> None:
        photos, code = pictures(2, 3, 48, 64), torch.from_numpy(file.styles["noise"].codes)
        both = network(photos, code)
        assert torch.allclose(both, torch.cat([network(photos[i : i + 1], code) for i in range(2)]), atol=1e-5)


class TestStylizer:
    @pytest.mark.parametrize("hw", [(1, 1), (16, 16), (33, 61), (48, 64)])
    def test_paints_any_size(self, file: StyleFile, hw: tuple[int, int]) -> None:
        photos = np.random.default_rng(0).integers(0, 256, (1, *hw, 3)).astype(np.uint8)
        with TorchStylizer(file) as stylizer:
            painted = stylizer.stylize(photos, file.styles["noise"].codes[0])
            again = stylizer.stylize(photos, file.styles["noise"].codes[0])
        assert painted.shape == photos.shape
        assert np.array_equal(painted, again)

    def test_torch_alone_is_asked_on_a_cpu(self, file: StyleFile) -> None:
        stylizer, refusals = open_stylizer(file, "cpu")
        with stylizer:
            assert (stylizer.info.backend, refusals) == ("torch", [])
            painted = Painter(file, stylizer).paint(np.zeros((1, 40, 60, 3), np.uint8), Look((("noise", 1.0),)))
        assert painted.shape == (1, 40, 60, 3)

    def test_a_file_of_it_reads_pictures(self, file: StyleFile, tmp_path: Path) -> None:
        write_style_file(tmp_path / "patches.safetensors", file)
        back = read_style_file(tmp_path / "patches.safetensors")
        assert back.reads_pictures
        assert isinstance(load_network(back), PatchNetwork)
        style = predict_style(back, np.zeros((500, 400, 3), np.uint8), "black", "Black")
        assert style.codes.shape == file.styles["noise"].codes.shape
