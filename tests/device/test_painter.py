"""The painter on a device, which is the processor here, against the one on the processor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
import torch

from livestyle.depth import QUANTILES
from livestyle.device import lane as lane_module
from livestyle.device import painter as module
from livestyle.device.painter import KEPT_TASKS
from livestyle.errors import BackendError, DeviceMemoryError
from livestyle.fade import between
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.styles.file import StyleFile
from livestyle.stylizer.resident import Do, Resident
from livestyle.stylizer.stylizer import Images
from livestyle.stylizer.torch_backend import TorchStylizer, reside

WILD = Look((("wild", 1.0),))


class Residing(TorchStylizer):
    """Has everything done where the network is; counts what is captured and how often memory is freed."""

    def __init__(self, file: StyleFile) -> None:
        super().__init__(file)
        self.captured = self.freed = 0
        self._where: Resident | None = replace(reside(file), repeated=self._repeated, free=self._free)

    def resident(self) -> Resident | None:
        if self._where is None:
            raise BackendError("closed")
        return self._where

    def stylize(self, images: Images, code: np.ndarray) -> Images:
        raise AssertionError("The network was run from outside.")

    def close(self) -> None:
        super().close()
        self._where = None

    def _repeated(self, work: Do) -> Do:
        # As for a graph: the work is done on nothing first.
        self.captured += 1
        work()
        work()
        return work

    def _free(self) -> None:
        self.freed += 1


@pytest.fixture
def file(tiny_file: StyleFile) -> StyleFile:
    """The tiny file with tones, and strokes so fine that bold ones are painted smaller."""
    tones = np.linspace(5, 95, QUANTILES).astype(np.float32)
    styles = {name: replace(style, tones=tones) for name, style in tiny_file.styles.items()}
    return replace(tiny_file, styles=styles, stroke_px=(30, 60, 110))


@pytest.fixture
def processor(file: StyleFile) -> Painter:
    return Painter(file, TorchStylizer(file))


@pytest.fixture
def stylizer(file: StyleFile) -> Residing:
    return Residing(file)


@pytest.fixture
def device(file: StyleFile, stylizer: Residing) -> Painter:
    return Painter(file, stylizer)


def off(one: Images, other: Images) -> np.ndarray:
    return np.abs(one.astype(int) - other)


LOOKS = {
    "plain": replace(WILD, depth=0.0),
    "deep": WILD,
    "still": replace(WILD, steady=0.5, depth=0.0),
    "moving": replace(WILD, steady=0.75, depth=0.0),
    "all": replace(WILD, steady=1.0, colors="camera", strength=0.7),
    "only": replace(WILD, steady=0.5, colors="only"),
    "faded": replace(WILD, steady=0.3, strength=0.1),
    "bold": replace(WILD, steady=0.5, stroke=1.4),
    "boldest": replace(WILD, steady=0.75, stroke=2.0),
}


@pytest.mark.parametrize("clip", ["still", "noise", "pan", "cut"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_it_paints_what_the_processor_paints(
    processor: Painter, device: Painter, clips: Mapping[str, Images], clip: str, look: Look
) -> None:
    for photo in clips[clip]:
        expected, painted = processor.paint(photo[None], look), device.paint(photo[None], look)
        assert off(painted, expected).mean() < 0.7
        assert np.quantile(off(painted, expected), 0.999) <= 3


@pytest.mark.parametrize("steady", [0.5, 0.75])
def test_a_look_that_fades_is_held_still_as_by_the_processor(
    processor: Painter, device: Painter, clips: Mapping[str, Images], steady: float
) -> None:
    wild, calm = (Look(((name, 1.0),), steady=steady) for name in ("wild", "calm"))
    for number, photo in enumerate(clips["noise"]):
        look = between(wild, calm, max(0, number - 1) / 20)
        expected, painted = processor.paint(photo[None], look), device.paint(photo[None], look)
        assert off(painted, expected).max() <= 4


@pytest.mark.parametrize("size_hw", [(97, 173), (60, 110), (45, 46)])
def test_any_size_will_do(processor: Painter, device: Painter, size_hw: tuple[int, int]) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (2, *size_hw, 3)).astype(np.uint8)
    look = replace(WILD, steady=0.5)
    assert off(device.paint(photos, look), processor.paint(photos, look)).max() <= 4


def test_what_is_too_small_is_left_to_the_processor(file: StyleFile, tiny_file: StyleFile) -> None:
    photos = np.random.default_rng(0).integers(0, 256, (1, 20, 30, 3)).astype(np.uint8)
    stylizer = Residing(file)
    stylizer.stylize = TorchStylizer(file).stylize  # type: ignore[method-assign]
    expected = Painter(file, TorchStylizer(file)).paint(photos, WILD)
    assert np.array_equal(Painter(file, stylizer).paint(photos, WILD), expected)
    assert stylizer.captured == 0


@pytest.mark.parametrize("steady", [0.5, 0.75])
def test_batches_are_painted_as_one_after_the_other(
    processor: Painter, device: Painter, clips: Mapping[str, Images], steady: float
) -> None:
    look, photos = replace(WILD, steady=steady), clips["noise"]
    expected = np.concatenate([processor.paint(photo[None], look) for photo in photos])
    painted = np.concatenate([device.paint(photos[:3], look), device.paint(photos[3:], look)])
    assert off(painted, expected).max() <= 4


CHANGES: Mapping[str, tuple[Look, Look]] = {
    "style": (replace(WILD, steady=0.5), Look((("calm", 1.0),), steady=0.5)),
    "colours": (replace(WILD, steady=0.5), replace(WILD, steady=0.5, colors="camera")),
    "from still to moving": (replace(WILD, steady=0.5), replace(WILD, steady=1.0)),
    "to nothing held": (replace(WILD, steady=0.5), WILD),
    "depth": (replace(WILD, steady=0.5), replace(WILD, steady=0.5, depth=0.2)),
    "no depth": (replace(WILD, steady=0.5), replace(WILD, steady=0.5, depth=0.0)),
    "photo": (replace(WILD, steady=0.5), replace(WILD, strength=0.0)),
}


@pytest.mark.parametrize("looks", CHANGES.values(), ids=CHANGES)
def test_what_is_remembered_goes_on_or_is_forgotten_as_on_the_processor(
    processor: Painter, device: Painter, clips: Mapping[str, Images], looks: tuple[Look, Look]
) -> None:
    one, other = looks
    for photo, look in zip(clips["noise"], (one, one, other, other, one, one), strict=True):
        expected, painted = processor.paint(photo[None], look), device.paint(photo[None], look)
        assert np.quantile(off(painted, expected), 0.999) <= 3


def test_so_it_is_when_the_size_changes_and_changes_back(
    processor: Painter, device: Painter, clips: Mapping[str, Images]
) -> None:
    look = replace(WILD, steady=0.5)
    for i, photo in enumerate(clips["noise"]):
        part = photo if i in (0, 1, 4, 5) else photo[:88, :120]
        expected, painted = processor.paint(part[None], look), device.paint(part[None], look)
        assert np.quantile(off(painted, expected), 0.999) <= 3


def test_and_when_it_is_told_to_forget(processor: Painter, device: Painter, clips: Mapping[str, Images]) -> None:
    look, photos = replace(WILD, steady=1.0), clips["noise"]
    first = device.paint(photos[:1], look)
    assert not np.array_equal(device.paint(photos[1:2], look), device.paint(photos[:1], look))
    device.forget()
    assert np.array_equal(device.paint(photos[:1], look), first)


def test_amounts_need_no_new_work_and_what_is_asked_for_again_is_still_there(
    device: Painter, stylizer: Residing, clips: Mapping[str, Images]
) -> None:
    photo = clips["still"][:1]
    for strength, steady, depth in ((1.0, 0.5, 0.8), (0.5, 0.2, 0.3), (1.0, 0.1, 1.0)):
        device.paint(photo, replace(WILD, strength=strength, steady=steady, depth=depth))
    assert stylizer.captured == 1
    device.paint(photo, replace(WILD, steady=1.0))
    device.paint(photo, replace(WILD, steady=0.5))
    assert stylizer.captured == 2


def test_warming_up_leaves_nothing_to_do_and_nothing_behind(
    device: Painter, processor: Painter, stylizer: Residing, clips: Mapping[str, Images]
) -> None:
    look, photos = replace(WILD, steady=0.5, colors="camera"), clips["noise"]
    device.paint(photos[:1], replace(look, colors="painting"))
    processor.paint(photos[:1], replace(look, colors="painting"))
    assert not device.is_ready(1, photos.shape[1:3], look)
    device.warm_up(1, photos.shape[1:3], look)
    assert device.is_ready(1, photos.shape[1:3], look)
    captured = stylizer.captured
    painted, expected = device.paint(photos[1:2], look), processor.paint(photos[1:2], look)
    assert stylizer.captured == captured
    assert np.quantile(off(painted, expected), 0.999) <= 3


def test_only_so_many_kinds_of_work_are_kept(device: Painter, stylizer: Residing) -> None:
    photos = [np.zeros((1, 48 + 4 * i, 64, 3), np.uint8) for i in range(KEPT_TASKS + 1)]
    for photo in [*photos, photos[-1], photos[0]]:
        device.paint(photo, WILD)
    assert stylizer.captured == KEPT_TASKS + 2


def test_what_is_begun_is_finished_in_any_order(device: Painter, clips: Mapping[str, Images]) -> None:
    photos, look = clips["pan"], replace(WILD, steady=0.5)
    expected = [device.paint(photo[None], look) for photo in photos]
    device.forget()
    begun = [device.begin(photo[None], look) for photo in photos]
    for finish, painted in reversed(list(zip(begun, expected, strict=True))):
        assert np.array_equal(finish(), painted)


def test_the_photos_stay_as_they_are_and_may_be_read_only(device: Painter, clips: Mapping[str, Images]) -> None:
    photos = clips["pan"].copy()
    photos.setflags(write=False)
    device.paint(photos, replace(WILD, steady=1.0, colors="camera"))
    assert np.array_equal(photos, clips["pan"])


def raising(error: Exception) -> Callable[..., Iterator[None]]:
    def fail(*_: object, **__: object) -> Iterator[None]:
        raise error

    return fail


def test_too_little_memory_is_told_and_the_next_batch_begins_anew(
    device: Painter, stylizer: Residing, clips: Mapping[str, Images], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, look = clips["noise"], replace(WILD, steady=0.5)
    first = device.paint(photos[:1], look)
    device.paint(photos[1:2], look)
    with monkeypatch.context() as broken:
        broken.setattr(lane_module.Lane, "paint", raising(torch.OutOfMemoryError("CUDA out of memory.")))
        with pytest.raises(DeviceMemoryError, match="choose a smaller size"):
            device.paint(photos[:1], look)
    assert stylizer.freed == 1
    assert np.array_equal(device.paint(photos[:1], look), first)


def test_another_failure_is_the_devices(
    device: Painter, stylizer: Residing, clips: Mapping[str, Images], monkeypatch: pytest.MonkeyPatch
) -> None:
    stylizer._where = replace(stylizer.resident(), backend="CUDA")
    monkeypatch.setattr(lane_module.Lane, "paint", raising(RuntimeError("unspecified launch failure")))
    with pytest.raises(BackendError, match="unspecified launch failure"):
        device.paint(clips["still"][:1], WILD)


@pytest.mark.parametrize("error", [NotImplementedError, RuntimeError])
def test_what_a_device_lacks_the_processor_does_and_says_so_once(
    error: type[Exception],
    file: StyleFile,
    clips: Mapping[str, Images],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "Lane", raising(error("Metal has no such operator.")))
    stylizer = Residing(file)
    stylizer.stylize = TorchStylizer(file).stylize  # type: ignore[method-assign]
    photos = clips["pan"]
    painters = Painter(file, stylizer), Painter(file, TorchStylizer(file))
    with caplog.at_level(logging.WARNING):
        for photo in photos:
            painted, expected = (painter.paint(photo[None], replace(WILD, steady=0.5)) for painter in painters)
            assert np.array_equal(painted, expected)
    assert len(caplog.records) == 1
    assert "the processor does the rest" in caplog.text


def test_a_closed_stylizer_paints_no_more(device: Painter, stylizer: Residing, clips: Mapping[str, Images]) -> None:
    device.paint(clips["still"][:1], WILD)
    stylizer.close()
    with pytest.raises(BackendError, match="closed"):
        device.paint(clips["still"][:1], WILD)


def test_it_goes_on_with_other_styles_of_its_network(
    device: Painter, file: StyleFile, stylizer: Residing, clips: Mapping[str, Images]
) -> None:
    photo = clips["still"][:1]
    device.paint(photo, WILD)
    device.use_styles(replace(file, styles={"wild": file.styles["calm"]}))
    assert np.array_equal(device.paint(photo, WILD), Painter(file, Residing(file)).paint(photo, Look((("calm", 1.0),))))
    assert stylizer.captured == 1
