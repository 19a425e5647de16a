from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from livestyle.errors import SourceError
from livestyle.jobs import opened as module
from livestyle.jobs.job import How
from livestyle.jobs.opened import Opened
from livestyle.jobs.stop import Stop, Stopped
from livestyle.look import Look, Region
from livestyle.masks import ADDRESS, as_address
from livestyle.painter import Painter
from livestyle.styles.file import StyleFile
from livestyle.stylizer.resident import Resident
from livestyle.stylizer.stylizer import Finish, Stylizer
from livestyle.stylizer.torch_backend import TorchStylizer, reside
from livestyle.timeline import Cue, Timeline


class Gpu(TorchStylizer):
    """Does everything where the network is, as if that were a GPU."""

    def __init__(self, file: StyleFile) -> None:
        super().__init__(file)
        self.where = reside(file)
        self.where.ferry.in_flight = 2

    def resident(self) -> Resident:
        return self.where


WILD = How(Look((("wild", 1.0),)), device="cpu")
CALM = replace(WILD, look=Look((("calm", 1.0),)))
TIMES_S = [0.0]
PHOTOS = np.random.default_rng(0).integers(0, 256, (1, 32, 48, 3)).astype(np.uint8)


def test_one_stylizer_paints_in_all_looks_of_a_network(stylizers: list[Stylizer]) -> None:
    with Opened() as opened:
        first = opened.ready(WILD)
        assert opened.ready(WILD) is first
        assert opened.ready(CALM).painter.stylizer is first.painter.stylizer
        assert len(stylizers) == 1
        assert not stylizers[0].closed
    assert stylizers[0].closed


@pytest.mark.parametrize("other", ["device", "network"])
def test_another_network_or_device_is_opened_in_its_place(
    stylizers: list[Stylizer], tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    weights = {name: array + np.float16(0.1) for name, array in tiny_file.weights.items()}
    files = {None: tiny_file, "mine": replace(tiny_file, weights=weights)}
    monkeypatch.setattr(module, "choose_file", lambda network, device, *looks: files[network])
    with Opened() as opened:
        opened.ready(WILD)
        opened.ready(replace(WILD, device="mps") if other == "device" else replace(WILD, network="mine"))
        assert [each.closed for each in stylizers] == [True, False]
    assert [each.closed for each in stylizers] == [True, True]


def test_what_can_not_be_used_is_told_once(stylizers: list[Stylizer]) -> None:
    told: list[str] = []
    with Opened(told.append) as opened:
        for how in (WILD, CALM):
            opened.ready(replace(how, device="auto"))
    assert told == ["CUDA can't be used: there is none."]


def test_after_a_failure_the_next_can_be_opened(stylizers: list[Stylizer]) -> None:
    with Opened() as opened:
        with pytest.raises(SourceError, match=r"gone\.png"):
            opened.ready(replace(WILD, mask=Path("gone.png")))
        assert np.array_equal(opened.ready(WILD).paint_stills()(PHOTOS), 255 - PHOTOS)


def test_a_mask_parts_two_looks(stylizers: list[Stylizer], tmp_path: Path) -> None:
    mask = np.zeros((32, 48), np.uint8)
    mask[:, :24] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    how = replace(WILD, mask=tmp_path / "mask.png")
    unpainted = replace(how, outside=replace(how.look, strength=0.0))
    with Opened() as opened:
        for each in (how, unpainted):
            ready = opened.ready(each)
            for painted in (ready.paint_stills()(PHOTOS), ready.paint_frames().begin(PHOTOS, TIMES_S)()):
                assert np.array_equal(painted[:, :, :24], 255 - PHOTOS[:, :, :24])
                assert np.array_equal(painted[:, :, 24:], PHOTOS[:, :, 24:])


@pytest.mark.parametrize("region", ["me", "background"])
@pytest.mark.parametrize("outside", [None, replace(WILD.look, strength=0.0)])
def test_people_are_found_in_every_picture(
    stylizers: list[Stylizer], monkeypatch: pytest.MonkeyPatch, region: Region, outside: Look | None
) -> None:
    monkeypatch.setattr(module, "open_finder", lambda: lambda small: (small[..., 0] < 128).astype(np.float32))
    photos = np.full((2, 72, 128, 3), 200, np.uint8)
    photos[0, :, :64] = photos[1, :, 64:] = 40
    with Opened() as opened:
        ready = opened.ready(replace(WILD, region=region, outside=outside))
        frames = ready.paint_frames()
        for paint in (ready.paint_stills(), lambda photos: frames.begin(photos, TIMES_S)()):
            for photo in photos:
                painted = paint(photo[None])[0]
                is_painted = painted[36, ::127, 0] == 255 - photo[36, ::127, 0]
                assert (is_painted == ((photo[36, ::127, 0] == 40) == (region == "me"))).all()


def test_a_timeline_says_which_part_is_painted_when(
    stylizers: list[Stylizer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "open_finder", lambda: lambda small: (small[..., 0] < 128).astype(np.float32))
    right, left = np.zeros((32, 48), np.uint8), np.zeros((32, 48), np.uint8)
    right[:, 24:], left[:, :24] = 255, 255
    cv2.imwrite(str(tmp_path / "right.png"), right)
    photos = np.full((7, 32, 48, 3), 200, np.uint8)
    photos[:, :, :24] = 40
    cues = (
        Cue(1.0, {"region": "me"}),
        Cue(2.0, {"region": "background"}),
        Cue(3.0, {"region": "brushed", "mask": str(tmp_path / "right.png")}),
        Cue(4.0, {"mask": as_address(left)}),
        Cue(5.0, {"mask": ""}),
        Cue(6.0, {"region": "me", "outside": (("calm", 1.0),)}),
    )
    with Opened() as opened:
        paint = opened.ready(replace(WILD, timeline=Timeline(cues))).paint_frames()
        painted = paint.begin(photos, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])()
    is_painted = painted[:, 16, ::47, 0] == 255 - photos[:, 16, ::47, 0]
    assert is_painted.tolist() == [
        [True, True],
        [True, False],
        [False, True],
        [False, True],
        [True, False],
        [True, True],
        [True, True],
    ]


def test_a_mask_of_a_timeline_that_is_none_is_told_at_once(stylizers: list[Stylizer]) -> None:
    timelines = (Timeline((Cue(1.0, {"region": "brushed", "mask": mask}),)) for mask in ("gone.png", f"{ADDRESS}x"))
    with Opened() as opened:
        for timeline, sentence in zip(timelines, (r"gone\.png", "damaged"), strict=True):
            with pytest.raises(SourceError, match=sentence):
                opened.ready(replace(WILD, timeline=timeline))


def test_nothing_is_held_still_from_one_clip_to_the_next(
    stylizers: list[Stylizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    painters: list[Painter] = []
    begin = Painter.begin

    def noted(self: Painter, photos: np.ndarray, look: Look) -> Finish:
        painters.append(self)
        return begin(self, photos, look)

    monkeypatch.setattr(Painter, "begin", noted)
    with Opened() as opened:
        for _ in range(2):
            paint_frames = opened.ready(WILD).paint_frames()
            paint_frames.begin(PHOTOS, TIMES_S)
            paint_frames.begin(PHOTOS, TIMES_S)
    assert painters[0] is painters[1]
    assert painters[1] is not painters[2]


@pytest.mark.parametrize("outside", [None, CALM.look])
@pytest.mark.parametrize("parted", [False, True])
def test_where_a_gpu_does_all_frames_are_painted_ahead_and_as_on_a_processor(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, parted: bool, outside: Look | None
) -> None:
    mask = np.zeros((50, 20), np.uint8)
    mask[:, 6:] = 255
    cv2.imwrite(str(tmp_path / "mask.png"), mask)
    how = replace(WILD, mask=tmp_path / "mask.png" if parted else None, outside=outside)
    photos = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3)).astype(np.uint8)
    monkeypatch.setattr(module, "choose_file", lambda *_: tiny_file)
    painted = []
    for stylizer in (Gpu, TorchStylizer):
        monkeypatch.setattr(module, "open_stylizer", lambda file, device, kind=stylizer: (kind(file), []))
        with Opened() as opened:
            paint = opened.ready(how).paint_frames()
            assert paint.is_ahead == (stylizer is Gpu)
            painted.append(paint.begin(photos, [0.0, 0.1])())
    assert np.abs(painted[0].astype(int) - painted[1]).max() <= 1
    assert np.array_equal(painted[0][:, :, :20], photos[:, :, :20]) == (parted and outside is None)


def test_what_is_told_to_stop_stops_before_a_gpus_next_batch(
    tiny_file: StyleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "choose_file", lambda *_: tiny_file)
    monkeypatch.setattr(module, "open_stylizer", lambda file, device: (Gpu(file), []))
    stop = Stop()
    with Opened() as opened:
        paint = opened.ready(WILD, stop).paint_frames()
        photos = np.zeros((1, 64, 96, 3), np.uint8)
        paint.begin(photos, [0.0])
        stop.stop()
        with pytest.raises(Stopped):
            paint.begin(photos, [0.1])
