"""Style files and texture files that say what is not so: each is refused in a sentence, or is harmless."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch_file

from livestyle.errors import StyleError
from livestyle.look import Look
from livestyle.networks.predictor import PicturePredictor
from livestyle.networks.texture import TextureNetwork
from livestyle.painter import Painter
from livestyle.styles.file import StyleFile, read_style_file, write_style_file
from livestyle.styles.predict import predict_style
from livestyle.stylizer.torch_backend import TorchStylizer
from livestyle.textures.file import TextureFile, read_texture_file, write_texture_file
from livestyle.textures.paint import load_texture

PHOTO = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)

VALUES = (None, True, -1, 0, 2, 10**8, 10**30, 0.5, float("inf"), "", "gan", [], [3, 2], {}, [[["x"]]])


def paint(path: Path) -> None:
    """All that is made of a style file."""
    file = read_style_file(path)
    with TorchStylizer(file) as stylizer:
        Painter(file, stylizer).paint(PHOTO[None], Look(((next(iter(file.styles)), 1.0),), strength=0.5))


def predict(path: Path) -> None:
    predict_style(read_style_file(path), PHOTO, "new", "New")


def load(path: Path) -> None:
    load_texture(read_texture_file(path))


def style_file(path: Path, tiny_file: StyleFile) -> None:
    write_style_file(path, tiny_file)


def able_file(path: Path, tiny_file: StyleFile) -> None:
    """With a predictor."""
    torch.manual_seed(0)
    state = PicturePredictor(len(tiny_file.identity), "scratch").state_dict()
    predictor = {name: value.numpy().astype(np.float16) for name, value in state.items()}
    write_style_file(path, replace(tiny_file, predictor=predictor, encoder="scratch"))


def texture_file(path: Path, tiny_file: StyleFile) -> None:
    torch.manual_seed(0)
    weights = {name: value.numpy().astype(np.float16) for name, value in TextureNetwork(2).state_dict().items()}
    write_texture_file(path, TextureFile(2, False, weights, "Carpet"))


Use = Callable[[Path], None]
KINDS = pytest.mark.parametrize(("write", "use"), [(style_file, paint), (able_file, predict), (texture_file, load)])


def opened(path: Path) -> tuple[str, Any, dict[str, Any]]:
    """The document of a file under its key, and its tensors."""
    with safe_open(path, framework="numpy") as file:
        ((key, text),) = file.metadata().items()
        return key, json.loads(text), {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def refusal(path: Path, use: Use) -> str:
    """The sentence that a file is refused with; "" if it can be used."""
    try:
        use(path)
    except StyleError as error:
        return str(error)
    return ""


def changed(document: Any) -> Iterator[None]:
    """Changes a place of a document after the other, in place: to each of `VALUES`, and to nothing at all."""
    for place in list(document) if isinstance(document, dict) else range(len(document)):
        kept = document[place]
        for value in VALUES:
            document[place] = value
            yield
        document[place] = kept
        if isinstance(document, dict):
            del document[place]
            yield
            document[place] = kept
        if isinstance(kept, (dict, list)) and place != "training":
            yield from changed(kept)


@KINDS
def test_whatever_the_document_says(
    write: Callable[[Path, StyleFile], None], use: Use, tiny_file: StyleFile, tmp_path: Path
) -> None:
    path = tmp_path / "x.safetensors"
    write(path, replace(tiny_file, styles={"calm": tiny_file.styles["calm"]}))
    assert refusal(path, use) == ""
    key, document, tensors = opened(path)
    refused = []
    for _ in changed(document):
        save_file(tensors, path, {key: json.dumps(document)})
        refused.append(refusal(path, use))
    assert len(refused) > 100
    # Titles may be numbers, and training facts are anybody's; of the rest nothing passes.
    assert sum(map(bool, refused)) > 0.7 * len(refused)
    assert all(sentence.endswith(".") and "\n" not in sentence for sentence in refused if sentence)


@KINDS
def test_whatever_the_tensors_are(
    write: Callable[[Path, StyleFile], None], use: Use, tiny_file: StyleFile, tmp_path: Path
) -> None:
    path = tmp_path / "x.safetensors"
    write(path, replace(tiny_file, styles={"calm": tiny_file.styles["calm"]}))
    key, document, tensors = opened(path)
    about = {key: json.dumps(document)}
    changes: list[Callable[[Any], Any]] = [
        lambda array: array[..., :0],
        lambda array: array[:-1],
        lambda array: array[None],
        lambda array: array.astype(np.float64),
        lambda array: array.astype(np.int8),
        lambda array: np.zeros((10**8, 0), array.dtype),
        lambda array: np.zeros((), array.dtype),
    ]
    used = "predictor." if use is predict else ""
    names = [name for name in tensors if name.startswith(used) and not name.startswith("preview.")]
    for name in names[:: len(names) // 12 or 1]:
        for change in changes:
            save_file({**tensors, name: np.ascontiguousarray(change(tensors[name]))}, path, {key: json.dumps(document)})
            assert refusal(path, use)
        save_file(
            {other: array for other, array in tensors.items() if other != name}, path, {key: json.dumps(document)}
        )
        assert refusal(path, use)
    save_file({**tensors, f"{used or 'network.'}more": np.zeros(1, np.float16)}, path, about)
    assert refusal(path, use)


@pytest.mark.parametrize(
    ("place", "claim", "sentence"),
    [
        (("network", "width"), 10**8, "not those of a network 100000000 wide"),
        (("network", "width"), 10_000, "weights don't fit its network"),
        (("network", "family"), "gan", "no network family 'gan'"),
        (("network", "family"), "johnson", "weights don't fit its network"),
        (("stroke_px", 2), 10**8, "stroke sizes are not between 1 and 4096"),
        (("styles", 0, "name"), "identity", "codes of identity do not fit"),
        (("styles", 0, "name"), "waves", "no tensor 'code.waves'"),
        (("training",), 3, "does not say its training"),
    ],
)
def test_what_is_claimed_is_refused_by_its_name(
    place: tuple[Any, ...], claim: object, sentence: str, tiny_file: StyleFile, tmp_path: Path
) -> None:
    path = tmp_path / "x.safetensors"
    write_style_file(path, tiny_file)
    key, document, tensors = opened(path)
    inner = document
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = claim
    save_file(tensors, path, {key: json.dumps(document)})
    assert sentence in refusal(path, paint)


def test_numbers_that_numpy_does_not_know_and_endless_brackets(tiny_file: StyleFile, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    save_torch_file({"a": torch.zeros(3, dtype=torch.bfloat16)}, path, {"livestyle": "{}"})
    assert "damaged" in refusal(path, paint)
    save_file({"a": np.zeros(3)}, path, {"livestyle": "[" * 200_000})
    assert "damaged" in refusal(path, paint)
