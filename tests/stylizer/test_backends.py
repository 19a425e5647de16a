"""What every backend must do, and how well they agree with float32 torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from livestyle.errors import BackendError, DeviceMemoryError, StyleError
from livestyle.networks import families
from livestyle.networks.adain import AdainNetwork
from livestyle.networks.build import build_network
from livestyle.networks.code import StyledNetwork
from livestyle.networks.families import Family, NetworkSpec
from livestyle.styles.file import Style, StyleFile
from livestyle.stylizer.openvino_backend import KEPT_SHAPES, OpenVinoStylizer
from livestyle.stylizer.stylizer import Images, Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer
from livestyle.timing import StageTimes

Open = Callable[[StyleFile], Stylizer]

FULL: dict[str, Open] = {"torch": TorchStylizer, "openvino": lambda file: OpenVinoStylizer(file, "f32")}
HALF: dict[str, Open] = {
    "torch": lambda file: TorchStylizer(file, dtype=torch.bfloat16),
    "openvino": lambda file: OpenVinoStylizer(file, "bf16"),
}


def photos(batch: int, height: int, width: int) -> Images:
    """Smooth waves of colour with a little noise."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / 7 + n) + np.cos(y / 5 + c) for n in range(batch) for c in range(3)])
    smooth = waves.reshape(batch, 3, height, width).transpose(0, 2, 3, 1)
    return np.clip(128 + 50 * smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)


def psnr_db(one: Images, other: Images) -> float:
    error = np.mean((one.astype(np.float64) - other) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


@pytest.fixture(params=FULL)
def stylizer(request: pytest.FixtureRequest, tiny_file: StyleFile) -> Iterator[Stylizer]:
    with FULL[request.param](tiny_file) as opened:
        yield opened


class TestEveryBackend:
    @pytest.mark.parametrize("shape", [(1, 48, 64), (3, 32, 40), (2, 33, 47), (1, 1, 1), (1, 2, 90), (1, 15, 17)])
    def test_agrees_with_the_network_itself(
        self, stylizer: Stylizer, tiny_file: StyleFile, shape: tuple[int, int, int]
    ) -> None:
        code = tiny_file.styles["wild"].codes[0]
        painted = stylizer.stylize(photos(*shape), code)
        assert painted.shape == (*shape, 3)
        assert painted.dtype == np.uint8
        assert painted.flags.c_contiguous
        with TorchStylizer(tiny_file) as reference:
            expected = reference.stylize(photos(*shape), code)
        assert np.abs(painted.astype(int) - expected).max() <= 1

    def test_a_style_of_a_batch_is_that_of_each_picture(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        code = tiny_file.styles["dark"].codes[0]
        batch = photos(3, 32, 48)
        together = stylizer.stylize(batch, code)
        alone = np.concatenate([stylizer.stylize(batch[k : k + 1], code) for k in range(3)])
        assert np.abs(together.astype(int) - alone).max() <= 1

    def test_codes_matter(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        calm, wild = (stylizer.stylize(photos(1, 32, 48), tiny_file.styles[name].codes[0]) for name in ("calm", "wild"))
        assert psnr_db(calm, wild) < 30

    def test_a_painting_belongs_to_the_caller(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        first = stylizer.stylize(photos(1, 32, 48), tiny_file.styles["calm"].codes[0])
        kept = first.copy()
        stylizer.stylize(photos(1, 32, 48), tiny_file.styles["wild"].codes[0])
        assert np.array_equal(first, kept)
        first[:] = 0

    def test_reads_any_memory_and_writes_none(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        images = photos(1, 32, 48)
        images.flags.writeable = False
        expected = stylizer.stylize(images, tiny_file.identity)
        code = tiny_file.identity.copy()
        code.flags.writeable = False
        mirrored = np.ascontiguousarray(images[:, :, ::-1])[:, :, ::-1]
        assert np.array_equal(stylizer.stylize(mirrored, code), expected)
        assert np.array_equal(images, photos(1, 32, 48))

    def test_refuses_what_it_can_not_paint_and_lives_on(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        with pytest.raises(BackendError, match="uint8"):
            stylizer.stylize(np.zeros((1, 16, 16, 3), np.float32), tiny_file.identity)  # type: ignore[arg-type]
        with pytest.raises(BackendError, match="code"):
            stylizer.stylize(photos(1, 16, 16), tiny_file.identity[:-1])
        assert stylizer.stylize(photos(1, 16, 16), tiny_file.identity).shape == (1, 16, 16, 3)

    def test_once_closed_it_refuses(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        stylizer.close()
        stylizer.close()
        with pytest.raises(BackendError, match="closed"):
            stylizer.stylize(photos(1, 16, 16), tiny_file.identity)

    def test_says_what_runs_the_network(self, stylizer: Stylizer, tiny_file: StyleFile) -> None:
        assert stylizer.info.backend in ("torch", "openvino")
        assert stylizer.info.dtype == "float32"
        assert stylizer.info.device
        assert stylizer.code_size == len(tiny_file.identity)

    def test_notes_times_where_asked(self, stylizer: Stylizer) -> None:
        stylizer.warm_up(1, 16, 16)
        stylizer.times = StageTimes()
        stylizer.warm_up(1, 16, 16)
        alone = stylizer.info.backend == "openvino"
        assert stylizer.times.stages == (("network",) if alone else ("upload", "network", "download"))


@pytest.mark.parametrize("backend", HALF)
@pytest.mark.parametrize("name", ["calm", "dark", "wild"])
def test_half_precision_is_close(backend: str, name: str, tiny_file: StyleFile) -> None:
    code = tiny_file.styles[name].codes[0]
    with HALF[backend](tiny_file) as half, TorchStylizer(tiny_file) as reference:
        assert half.info.dtype == "bfloat16"
        batch = photos(2, 64, 96)
        assert psnr_db(half.stylize(batch, code), reference.stylize(batch, code)) >= 40


@pytest.mark.parametrize("shape", [(1, 20, 24), (2, 61, 50)])
def test_johnsons_network_agrees_too(shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    network = build_network(spec := NetworkSpec("johnson", 4))
    code = network.neutral_code().numpy()
    file = StyleFile(spec, {k: v.numpy() for k, v in network.state_dict().items()}, (360,), code, {})
    with FULL["openvino"](file) as stylizer, TorchStylizer(file) as reference:
        painted, expected = (s.stylize(photos(*shape), code) for s in (stylizer, reference))
    assert np.abs(painted.astype(int) - expected).max() <= 1


@pytest.fixture(scope="module")
def adain_file() -> StyleFile:
    """A style file of an AdaIN network with random weights and one style."""
    torch.manual_seed(0)
    network = AdainNetwork(16)
    codes = network.codes_of(torch.from_numpy(photos(1, 40, 60)[:, ::-1].copy()).permute(0, 3, 1, 2) / 255, [40])
    style = Style("waves", "", "", "", "", codes[0].detach().numpy())
    weights = {k: v.numpy() for k, v in network.state_dict().items()}
    identity = network.identity_code().numpy()
    return StyleFile(NetworkSpec("adain-2", 16), weights, (40,), identity, {"waves": style})


@pytest.mark.parametrize("backend", [FULL["openvino"], *HALF.values()])
@pytest.mark.parametrize("shape", [(1, 24, 40), (2, 61, 50), (1, 3, 5)])
def test_adain_agrees_too(backend: Open, shape: tuple[int, int, int], adain_file: StyleFile) -> None:
    codes = [adain_file.styles["waves"].codes[0], adain_file.identity]
    codes.append((0.4 * codes[0] + 0.6 * codes[1]).astype(np.float32))
    with backend(adain_file) as stylizer, TorchStylizer(adain_file) as reference:
        for code in codes:
            painted, expected = (s.stylize(photos(*shape), code) for s in (stylizer, reference))
            assert painted.shape == (*shape, 3)
            assert psnr_db(painted, expected) >= 40


class Flat(StyledNetwork):
    """Paints everything in the colour that is its code."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.zero = nn.Parameter(torch.zeros(1))

    @property
    def code_size(self) -> int:
        return 3

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        return images * self.zero + code[:, :, None, None]


class Unchanged(Flat):
    """Paints the photo."""

    def forward(self, images: Tensor, code: Tensor) -> Tensor:
        return images + self.zero * code[:, :, None, None]


def file_of(family: str) -> StyleFile:
    return StyleFile(NetworkSpec(family, 1), {"zero": np.zeros(1, np.float32)}, (360,), np.zeros(3, np.float32), {})


@pytest.mark.parametrize("backend", FULL)
def test_rounds_to_nearest_and_stays_in_range(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(families.FAMILIES, "flat", Family(Flat))
    with FULL[backend](file_of("flat")) as stylizer:
        for levels, expected in [((0.4, 0.6, 7.49), (0, 1, 7)), ((7.51, 254.6, 254.4), (8, 255, 254))]:
            painted = stylizer.stylize(photos(1, 16, 16), np.asarray(levels, np.float32) / 255)
            assert (painted == expected).all()
        assert (stylizer.stylize(photos(1, 16, 16), np.float32([-0.2, 1.2, 1])) == (0, 255, 255)).all()


@pytest.mark.parametrize("backend", FULL)
def test_bytes_pass_through_unchanged(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(families.FAMILIES, "unchanged", Family(Unchanged))
    every_byte = np.arange(256, dtype=np.uint8).repeat(3 * 9).reshape(1, 9, 256, 3)
    with FULL[backend](file_of("unchanged")) as stylizer:
        for images in (every_byte, photos(2, 19, 31)):
            assert np.array_equal(stylizer.stylize(images, np.zeros(3, np.float32)), images)


class TestOpenVinoCompiles:
    @pytest.fixture
    def compiled(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, int]]:
        """The shapes compiled so far."""
        shapes: list[tuple[int, int, int]] = []
        compile_model = OpenVinoStylizer._compile

        def spy(self: OpenVinoStylizer, batch: int, height: int, width: int, precision: str) -> object:
            shapes.append((batch, height, width))
            return compile_model(self, batch, height, width, precision)

        monkeypatch.setattr(OpenVinoStylizer, "_compile", spy)
        return shapes

    def test_once_for_all_codes(self, compiled: list[object], tiny_file: StyleFile) -> None:
        with OpenVinoStylizer(tiny_file) as stylizer:
            for style in tiny_file.styles.values():
                stylizer.stylize(photos(1, 32, 32), style.codes[0])
                stylizer.stylize(
                    photos(1, 31, 30), (0.3 * tiny_file.identity + 0.7 * style.codes[0]).astype(np.float32)
                )
        assert compiled == [(1, 32, 32)]

    def test_nothing_for_the_last_few_shapes(self, compiled: list[object], tiny_file: StyleFile) -> None:
        with OpenVinoStylizer(tiny_file) as stylizer:
            shapes = [(1, 32, 32 + 4 * k) for k in range(KEPT_SHAPES + 1)]
            for shape in [*shapes, *shapes[1:]]:
                stylizer.warm_up(*shape)
            assert compiled == shapes
            stylizer.warm_up(*shapes[0])
            assert compiled == [*shapes, shapes[0]]


class TestFailures:
    def test_too_little_memory_in_openvino(self, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
        with OpenVinoStylizer(tiny_file) as stylizer:
            monkeypatch.setattr(stylizer, "_request_for", Mock(side_effect=RuntimeError("std::bad_alloc")))
            with pytest.raises(DeviceMemoryError, match="32x20: choose a smaller size"):
                stylizer.stylize(photos(1, 20, 32), tiny_file.identity)
            monkeypatch.undo()
            assert stylizer.stylize(photos(1, 20, 32), tiny_file.identity).shape == (1, 20, 32, 3)

    def test_too_little_memory_in_torch(self, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch) -> None:
        message = "[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory"
        with TorchStylizer(tiny_file) as stylizer:
            monkeypatch.setattr("livestyle.stylizer.torch_backend.paint", Mock(side_effect=RuntimeError(message)))
            with pytest.raises(DeviceMemoryError, match="2 pictures of 32x20 at a time"):
                stylizer.stylize(photos(2, 20, 32), tiny_file.identity)

    def test_another_failure_says_what_openvino_says(
        self, tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        message = "Exception from src/core.cpp:105:\nCheck 'x' failed at y.cpp:1:\nThe wheel fell off\n\n"
        with OpenVinoStylizer(tiny_file) as stylizer:
            monkeypatch.setattr(stylizer, "_request_for", Mock(side_effect=RuntimeError(message)))
            with pytest.raises(BackendError, match=r"OpenVINO\): The wheel fell off\. Try"):
                stylizer.stylize(photos(1, 20, 32), tiny_file.identity)

    @pytest.mark.parametrize("backend", FULL)
    def test_damaged_weights_are_the_style_files_fault(self, backend: str, tiny_file: StyleFile) -> None:
        weights = dict(tiny_file.weights)
        weights.pop(next(iter(weights)))
        with pytest.raises(StyleError, match="damaged"):
            FULL[backend](replace(tiny_file, weights=weights))

    def test_torch_without_the_device(self, tiny_file: StyleFile) -> None:
        if torch.backends.mps.is_available():
            pytest.skip("this machine has it")
        with pytest.raises(BackendError):
            TorchStylizer(tiny_file, "mps")
