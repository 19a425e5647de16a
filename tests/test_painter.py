from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.depth import QUANTILES
from livestyle.errors import StyleError
from livestyle.fade import Fade
from livestyle.look import Look
from livestyle.painter import BEHIND, Painter, most_kept
from livestyle.styles.file import StyleFile
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer


class InvertingStylizer(Stylizer):
    """Inverts pictures, and remembers the codes and the sizes it was given."""

    def __init__(self) -> None:
        self.codes: list[Code] = []
        self.sizes_hw: list[tuple[int, int]] = []

    @property
    def info(self) -> BackendInfo:
        return BackendInfo("torch", "test", "float32")

    @property
    def code_size(self) -> int:
        return 0

    def stylize(self, images: Images, code: Code) -> Images:
        self.codes.append(code)
        self.sizes_hw.append((images.shape[1], images.shape[2]))
        return 255 - images

    def close(self) -> None:
        pass


@pytest.fixture
def photos() -> Images:
    return np.random.default_rng(0).integers(0, 256, (2, 12, 16, 3)).astype(np.uint8)


def test_paints_with_the_looks_code(tiny_file: StyleFile, photos: Images) -> None:
    stylizer = InvertingStylizer()
    painted = Painter(tiny_file, stylizer).paint(photos, Look((("wild", 1.0),)))
    assert np.array_equal(painted, 255 - photos)
    np.testing.assert_allclose(stylizer.codes[0], tiny_file.styles["wild"].codes[0], atol=1e-6)


def test_a_new_look_is_a_new_code(tiny_file: StyleFile, photos: Images) -> None:
    stylizer = InvertingStylizer()
    painter = Painter(tiny_file, stylizer)
    for name in ("wild", "wild", "calm"):
        painter.paint(photos, Look(((name, 1.0),)))
    assert stylizer.codes[0] is stylizer.codes[1]
    assert not np.array_equal(stylizer.codes[1], stylizer.codes[2])


def test_strength_0_is_the_photo(tiny_file: StyleFile, photos: Images) -> None:
    painted = Painter(tiny_file, InvertingStylizer()).paint(photos, Look((("wild", 1.0),), strength=0))
    assert np.array_equal(painted, photos)


def test_keep_colors_reaches_every_picture_of_the_batch(tiny_file: StyleFile) -> None:
    grey = np.full((2, 8, 8, 3), 100, np.uint8)
    painted = Painter(tiny_file, InvertingStylizer()).paint(grey, Look((("wild", 1.0),), colors="camera"))
    assert np.abs(painted.astype(int) - 155).max() <= 1


def test_where_there_is_nothing_else_to_do_the_stylizers_own_array_is_handed_on(
    tiny_file: StyleFile, photos: Images
) -> None:
    class Keeping(InvertingStylizer):
        def stylize(self, images: Images, code: Code) -> Images:
            self.last = super().stylize(images, code)
            return self.last

    stylizer = Keeping()
    assert Painter(tiny_file, stylizer).paint(photos, Look((("wild", 1.0),))) is stylizer.last


def test_photos_stay_as_they_are(tiny_file: StyleFile, photos: Images) -> None:
    before = photos.copy()
    painter = Painter(tiny_file, InvertingStylizer())
    for look in (Look((("wild", 1.0),), colors="camera"), Look((("wild", 1.0),), strength=0.1, steady=1.0)):
        painter.paint(photos, look)
    assert np.array_equal(photos, before)


class TestStrokesBolderThanTheBoldestLearnt:
    @pytest.mark.parametrize(
        ("size_hw", "stroke", "painted_hw"),
        [
            ((360, 640), 1.0, (360, 640)),
            ((600, 1066), 1.0, (600, 1066)),
            ((601, 1066), 1.0, (452, 800)),
            ((720, 1280), 1.0, (540, 960)),
            ((720, 1280), 0.75, (720, 1280)),
            ((1280, 720), 2.0, (640, 360)),
            ((2160, 3840), 2.0, (1080, 1920)),
        ],
    )
    def test_the_picture_is_painted_smaller_in_few_steps(
        self, tiny_file: StyleFile, size_hw: tuple[int, int], stroke: float, painted_hw: tuple[int, int]
    ) -> None:
        look = Look((("wild", 1.0),), stroke=stroke)
        assert Painter(tiny_file, InvertingStylizer()).painted_hw(size_hw, look) == painted_hw

    def test_and_enlarged_again(self, tiny_file: StyleFile) -> None:
        stylizer = InvertingStylizer()
        ramp = np.empty((2, 700, 900, 3), np.uint8)
        ramp[:] = np.linspace(0, 250, 900).astype(np.uint8)[:, None]
        painted = Painter(tiny_file, stylizer).paint(ramp, Look((("wild", 1.0),)))
        assert stylizer.sizes_hw == [(524, 676)]
        assert np.abs(painted.astype(int) - (255 - ramp.astype(int))).max() <= 2

    @given(lines=st.integers(100, 1200), stroke=st.floats(0.5, 2.0))
    def test_strokes_keep_their_size_relative_to_the_picture(
        self, tiny_file: StyleFile, lines: int, stroke: float
    ) -> None:
        # A code that is the logarithm of its stroke size shows the size that was painted.
        logs = np.log(np.asarray(tiny_file.stroke_px, np.float32))[:, None]
        styles = {"log": replace(tiny_file.styles["wild"], codes=logs)}
        file = replace(tiny_file, styles=styles, identity=np.zeros(1, np.float32))
        painter, look = Painter(file, InvertingStylizer()), Look((("log", 1.0),), stroke=stroke)
        painted_lines = min(painter.painted_hw((lines, 2 * lines), look))
        stroke_px = np.exp(painter.code(look, painted_lines)[0])
        wanted = np.clip(stroke, 220 / lines, 600 / (0.5 * lines))
        assert stroke_px / painted_lines == pytest.approx(wanted, rel=0.02)


class NoisyStylizer(InvertingStylizer):
    """Paints something else each time, and remembers the last."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(1)

    def stylize(self, images: Images, code: Code) -> Images:
        self.last = self.rng.integers(100, 140, images.shape).astype(np.uint8)
        return self.last.copy()


class TestSteadiness:
    still = np.full((1, 48, 64, 3), 90, np.uint8)
    steady = Look((("wild", 1.0),), steady=1.0)

    def flicker(self, painter: Painter, look: Look) -> float:
        """How far two paintings of one photo are apart, after some others."""
        for _ in range(20):
            before = painter.paint(self.still, look)
        return float(np.abs(painter.paint(self.still, look).astype(int) - before).mean())

    def test_what_stands_still_is_held_still_if_asked(self, tiny_file: StyleFile) -> None:
        plain, steady = (
            self.flicker(Painter(tiny_file, NoisyStylizer()), replace(self.steady, steady=amount)) for amount in (0, 1)
        )
        assert steady < plain / 2

    @pytest.mark.parametrize(
        "other",
        [Look((("calm", 1.0),), steady=1.0), Look((("wild", 1.0),)), Look((("wild", 1.0),), strength=0.0, steady=1.0)],
    )
    def test_nothing_is_left_after_another_look(self, tiny_file: StyleFile, other: Look) -> None:
        stylizer = NoisyStylizer()
        painter = Painter(tiny_file, stylizer)
        self.flicker(painter, self.steady)
        painter.paint(self.still, other)
        assert np.array_equal(painter.paint(self.still, self.steady), stylizer.last)

    def test_a_look_that_fades_is_held_still_on_its_way(self, tiny_file: StyleFile) -> None:
        steps = {}
        for seconds in (0.0, 2.0):
            painter, fade = (
                Painter(tiny_file, NoisyStylizer()),
                Fade(self.steady, Look((("calm", 1.0),), steady=1.0), 0.0, seconds),
            )
            self.flicker(painter, self.steady)
            paintings = [painter.paint(self.still, fade.at(time_s)).astype(int) for time_s in (0.0, 0.05, 0.1, 0.15)]
            steps[seconds] = np.abs(np.diff(paintings, axis=0)).mean()
        assert steps[2.0] < steps[0.0] / 2

    @pytest.mark.parametrize(("change", "is_held"), [(0.01, True), (2.0, False)])
    def test_a_style_that_paints_a_little_otherwise_is_held_still(
        self, tiny_file: StyleFile, change: float, is_held: bool
    ) -> None:
        painter = Painter(tiny_file, NoisyStylizer())
        self.flicker(painter, self.steady)
        before = painter.paint(self.still, self.steady).astype(int)
        wild, identity = tiny_file.styles["wild"], tiny_file.identity
        moved = replace(wild, codes=wild.codes + np.float32(change) * (wild.codes - identity))
        painter.use_styles(replace(tiny_file, styles={"wild": moved}))
        step = np.abs(painter.paint(self.still, self.steady).astype(int) - before).mean()
        assert (step < 4) == is_held

    def test_the_faster_it_fades_the_less_of_the_past_is_kept(self) -> None:
        kept = [most_kept(step) for step in (0.0, 0.01, 0.1, 0.3, 0.6)]
        assert kept[0] == 1
        assert kept == sorted(kept, reverse=True)
        # An average is k / (1 - k) paintings behind.
        assert all(step * k / (1 - k) <= BEHIND * 1.001 for step, k in zip((0.01, 0.1, 0.3), kept[1:4], strict=True))
        assert kept[4] == 0

    def test_nor_once_it_is_told_to_forget(self, tiny_file: StyleFile) -> None:
        stylizer = NoisyStylizer()
        painter = Painter(tiny_file, stylizer)
        self.flicker(painter, self.steady)
        assert not np.array_equal(painter.paint(self.still, self.steady), stylizer.last)
        painter.forget()
        assert np.array_equal(painter.paint(self.still, self.steady), stylizer.last)


def test_what_is_begun_before_the_last_is_waited_for_is_painted_alike(tiny_file: StyleFile) -> None:
    wild, calm = Look((("wild", 1.0),), steady=0.5), Look((("calm", 1.0),), steady=0.5)
    looks = [wild, wild, calm, calm, replace(calm, strength=0.0), calm, replace(calm, steady=0.0), calm]
    noise = np.random.default_rng(0).normal(90, 2, (len(looks), 1, 96, 128, 3)).astype(np.uint8)
    one, ahead = Painter(tiny_file, InvertingStylizer()), Painter(tiny_file, InvertingStylizer())
    assert ahead.ends_apart
    begun = [ahead.begin(photos, look) for photos, look in zip(noise, looks, strict=True)]
    expected = [one.paint(photos, look) for photos, look in zip(noise, looks, strict=True)]
    assert all(np.array_equal(finish(), painting) for finish, painting in zip(begun, expected, strict=True))
    assert not np.array_equal(expected[1], 255 - noise[1]), "nothing was held still"
    assert np.array_equal(expected[2], 255 - noise[2])


def test_what_is_renewed_paints_as_if_it_had_begun_with_the_renewal_before(tiny_file: StyleFile) -> None:
    look = Look((("wild", 1.0),), steady=0.75)
    noise = np.random.default_rng(0).normal(90, 2, (12, 1, 96, 128, 3)).astype(np.uint8)

    def film(begins: int, *, renews: bool = True) -> list[Images]:
        painter, found = Painter(tiny_file, InvertingStylizer()), []
        for number in range(begins, len(noise)):
            if renews and number % 4 == 0:
                painter.renew()
            found.append(painter.begin(noise[number], look))
        return [finish() for finish in found][8 - begins :]

    assert np.array_equal(film(0), film(4))
    assert not np.array_equal(film(0, renews=False), film(4, renews=False))
    assert not np.array_equal(film(0)[0], 255 - noise[8]), "nothing was held still"


def test_unknown_style_gives_a_sentence(tiny_file: StyleFile, photos: Images) -> None:
    with pytest.raises(StyleError, match="no style 'nope'"):
        Painter(tiny_file, InvertingStylizer()).paint(photos, Look((("nope", 1.0),)))


class Flattening(InvertingStylizer):
    """Paints with a quarter of the contrast."""

    def stylize(self, images: Images, code: Code) -> Images:
        return (96 + images // 4).astype(np.uint8)


def spread(pictures: Images) -> float:
    return float(pictures.astype(float).std())


@pytest.fixture
def toned(tiny_file: StyleFile) -> StyleFile:
    """The tiny file, "wild" and "calm" with known tones."""
    ramps = {"wild": np.linspace(5, 95, QUANTILES), "calm": np.linspace(40, 60, QUANTILES)}
    styles = {
        name: replace(style, tones=ramps[name].astype(np.float32)) if name in ramps else style
        for name, style in tiny_file.styles.items()
    }
    return replace(tiny_file, styles=styles)


@pytest.fixture
def ramp() -> Images:
    line = np.linspace(0, 255, 160).astype(np.uint8)
    return np.broadcast_to(line[None, None, :, None], (1, 90, 160, 3)).copy()


def paint_deep(file: StyleFile, photos: Images, *mix: str, **manner: object) -> Images:
    look = Look(tuple((name, 1.0) for name in mix), **manner)  # type: ignore[arg-type]
    return Painter(file, Flattening()).paint(photos, look)


def test_a_deep_look_has_the_light_and_dark_of_the_style(toned: StyleFile, ramp: Images) -> None:
    flat, wild, calm = (
        paint_deep(toned, ramp, "wild", depth=0.0),
        paint_deep(toned, ramp, "wild", depth=1.0),
        paint_deep(toned, ramp, "calm", depth=1.0),
    )
    assert spread(calm) < spread(flat) < spread(wild) / 3
    assert spread(calm) < spread(paint_deep(toned, ramp, "wild", "calm", depth=1.0)) < spread(wild)


def test_where_the_tones_of_one_style_are_not_known_nothing_is_deepened(toned: StyleFile, ramp: Images) -> None:
    for mix in (["dark"], ["wild", "dark"]):
        np.testing.assert_array_equal(paint_deep(toned, ramp, *mix), paint_deep(toned, ramp, *mix, depth=0.0))


def test_depth_goes_with_the_strength_and_not_where_the_brightness_is_the_photos(
    toned: StyleFile, ramp: Images
) -> None:
    weak, full = (paint_deep(toned, ramp, "wild", depth=1.0, strength=strength) for strength in (0.5, 1.0))
    assert spread(paint_deep(toned, ramp, "wild", depth=0.0)) < spread(weak) < spread(full)
    only = [paint_deep(toned, ramp, "wild", depth=depth, colors="only") for depth in (0.0, 1.0)]
    np.testing.assert_array_equal(*only)


def test_what_a_deep_look_has_seen_is_forgotten_with_its_source(toned: StyleFile, ramp: Images) -> None:
    look, other = Look((("wild", 1.0),), depth=1.0), (ramp * 0.9).astype(np.uint8)
    painter = Painter(toned, Flattening())
    painter.paint(ramp, look)
    remembering = painter.paint(other, look)
    painter.forget()
    fresh = painter.paint(other, look)
    assert not np.array_equal(remembering, fresh)
    np.testing.assert_array_equal(fresh, Painter(toned, Flattening()).paint(other, look))
