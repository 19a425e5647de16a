from __future__ import annotations

import cv2
import numpy as np
import pytest

from livestyle.frame import Image
from livestyle.people.finder import LOOKED_AT_HW, Shares
from livestyle.people.mask import PeopleMask, refined

HEIGHT, WIDTH = 360, 640
RNG = np.random.default_rng(0)


def scene(left: int, noise: float = 0.0) -> Image:
    """Somebody dark before a bright wall: an upright rectangle whose left edge is given."""
    photo = np.full((HEIGHT, WIDTH, 3), 200, np.float32)
    photo[100:, left : left + 200] = 60
    return np.clip(photo + RNG.normal(0, noise, photo.shape), 0, 255).astype(np.uint8)


def dark(picture: Image) -> Shares:
    """Finds what is dark."""
    return (picture[..., 0] < 130).astype(np.float32)


def test_a_mask_has_the_size_of_its_photo_and_says_where_somebody_is() -> None:
    mask = PeopleMask(dark).of(scene(200))
    assert mask.shape == (HEIGHT, WIDTH)
    assert mask.dtype == np.uint8
    assert mask[150:, 220:380].min() == 255
    assert mask[:80].max() == mask[:, :180].max() == mask[:, 420:].max() == 0


def test_a_portrait_has_its_mask_too() -> None:
    mask = PeopleMask(dark).of(np.rot90(scene(200)).copy())
    assert mask.shape == (WIDTH, HEIGHT)
    assert mask.mean() == pytest.approx(255 * 200 * 260 / (HEIGHT * WIDTH), rel=0.03)


def test_the_edge_lies_where_the_photos_is_and_is_soft() -> None:
    photo = scene(203)
    small = cv2.resize(photo, LOOKED_AT_HW[::-1], interpolation=cv2.INTER_AREA)
    # Found a px of the small picture, 2.5 of the photo, too far to the left.
    shares = np.roll(dark(small), -1, axis=1)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    row = refined(shares, grey, photo)[250].astype(int)
    assert (row[:195] == 0).all()
    assert np.argmax(row > 127) in (202, 203, 204)
    blurred = refined(cv2.GaussianBlur(dark(small), (0, 0), 1.5), grey, cv2.GaussianBlur(photo, (0, 0), 3))[250]
    assert ((blurred > 0) & (blurred < 255)).sum() >= 6


def test_what_stands_still_is_held_while_the_network_doubts() -> None:
    def doubting(picture: Image) -> Shares:
        return np.clip(dark(picture) + RNG.choice([-0.6, 0.6]), 0, 1).astype(np.float32)

    held, alone = PeopleMask(doubting), PeopleMask(doubting)
    changes: dict[str, list[float]] = {"held": [], "alone": []}
    before: dict[str, Image] = {}
    for _ in range(40):
        photo = scene(200, noise=3)
        alone.forget()
        for name, mask in (("held", held.of(photo)), ("alone", alone.of(photo))):
            if name in before:
                changes[name].append(float(np.abs(mask.astype(int) - before[name]).mean()))
            before[name] = mask
    assert np.mean(changes["held"][5:]) < 0.5 * np.mean(changes["alone"][5:])


def test_what_moves_is_followed_at_once() -> None:
    people = PeopleMask(dark)
    for left in (100, 140, 180):
        moved = people.of(scene(left))
    assert np.abs(moved.astype(int) - PeopleMask(dark).of(scene(180))).max() <= 1


def test_after_a_cut_nothing_of_before_is_left() -> None:
    people = PeopleMask(dark)
    for _ in range(5):
        people.of(np.full((HEIGHT, WIDTH, 3), 60, np.uint8))
    assert np.abs(people.of(scene(200)).astype(int) - PeopleMask(dark).of(scene(200))).max() <= 1


def test_what_is_renewed_counts_from_the_renewal_before() -> None:
    photos = [scene(200) + np.uint8(number) for number in range(9)]

    def doubting(picture: Image) -> Shares:
        return np.clip(dark(picture) - 0.1 * (picture[0, 0, 0] % 8), 0, 1).astype(np.float32)

    def film(begins: int) -> list[Image]:
        masks, found = PeopleMask(doubting), []
        for number in range(begins, len(photos)):
            if number % 3 == 0:
                masks.renew()
            found.append(masks.of(photos[number]))
        return found[6 - begins :]

    assert np.array_equal(film(0), film(3))
    assert not np.array_equal(film(0)[0], PeopleMask(doubting).of(photos[6]))


def test_what_is_forgotten_counts_no_more() -> None:
    people = PeopleMask(lambda picture: dark(picture) * 0 + np.float32(picture.max() / 255))
    people.of(np.full((HEIGHT, WIDTH, 3), 10, np.uint8))
    people.forget()
    assert people.of(np.full((HEIGHT, WIDTH, 3), 12, np.uint8)).max() == 0
    photo = np.full((HEIGHT, WIDTH, 3), 12, np.uint8)
    photo.flags.writeable = False
    people.of(photo)
