from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from livestyle.errors import SinkError
from livestyle.evaluation.picture import NamedPicture, digest
from livestyle.evaluation.store import Store

Draw = Callable[..., NamedPicture]


def test_what_is_there_is_not_made_again(tmp_path: Path, draw: Draw) -> None:
    for made in (True, False):
        store = Store(tmp_path / "a" / "store")

        def make_row(made: bool = made) -> dict[str, float]:
            assert made
            return {"style": 0.25}

        def make_picture(made: bool = made) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
            assert made
            return draw(0).image

        assert store.figures("key", make_row) == {"style": 0.25}
        assert np.array_equal(store.picture("key", make_picture), draw(0).image)
        assert {path.name for path in store.folder.iterdir()} == {"key.json", "key.png"}


def test_nothing_half_made_is_kept(tmp_path: Path) -> None:
    def fail() -> dict[str, float]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path / "store").figures("key", fail)
    assert not any((tmp_path / "store").iterdir())


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match="choose another"):
        Store(tmp_path / "file")


def test_a_digest_names_content(draw: Draw) -> None:
    assert draw(0).digest == NamedPicture("another name", draw(0).image).digest != draw(1).digest
    assert digest(draw(0, 8, 16).image) != digest(draw(0, 8, 16).image.reshape(16, 8, 3))
    assert digest("ab", "c") != digest("a", "bc")
