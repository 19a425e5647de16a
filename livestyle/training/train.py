"""A training as a plain value, and how one is put together."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from livestyle.errors import TrainingError
from livestyle.hardware import pick_device
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import StyleFile, read_style_file
from livestyle.training.board import board
from livestyle.training.compute import Compute
from livestyle.training.config import AdainConfig, DistilConfig, PatchesConfig, RunConfig, StylesConfig, TextureConfig
from livestyle.training.material import find_pictures
from livestyle.training.methods.adain import Adain
from livestyle.training.methods.distil import Distil
from livestyle.training.methods.patches import Patches
from livestyle.training.methods.predictor import predictor
from livestyle.training.methods.styles import Styles
from livestyle.training.methods.texture import Texture
from livestyle.training.paintings import find_paintings
from livestyle.training.run import AnyMethod, Run


@dataclass(frozen=True)
class Training:
    """What to train, on what, and where it goes.

    Attributes:
        config: All settings; their type says which method.
        content: Photos to learn on: pictures, or folders of them.
        output: The file to write.
        folder: For checkpoints, log and preview; it need not exist.
        styles: Paintings to learn, the same way.
        other_styles: Other pictures, to learn to take any picture as a style.
        about: A TOML file with title, artist, year and licence of the paintings.
        start: A style file to start from, for `StylesConfig` and `AdainConfig`.
        network: A style file, or the name of a network that is installed: one that is kept and gets a predictor, for
            `StylesConfig`; one to paint like, for `DistilConfig`.
        device: "auto", "cuda", "cpu" or "mps".
        vgg: VGG weights as safetensors with torchvision's names; None: they are downloaded.
        encoder_weights: The same of the encoder's.
        monitor: Whether to open a page in the browser.
    """

    config: RunConfig
    content: Sequence[Path]
    output: Path
    folder: Path
    styles: Sequence[Path] = ()
    other_styles: Sequence[Path] = ()
    about: Path | None = None
    start: Path | None = None
    network: str | None = None
    device: str = "auto"
    vgg: Path | None = None
    encoder_weights: Path | None = None
    monitor: bool = False


def train(training: Training) -> None:
    """Trains, or goes on from the last checkpoint in the folder; Ctrl-C writes one before it ends the run.

    Raises:
        LivestyleError: The pictures, the settings or the checkpoint don't do; or the loss is no longer a number.
    """
    make_places(training.folder, training.output)
    compute = Compute.seeded(pick_device(training.device), training.config.seed)
    method = method_of(training, compute)
    with board(training.folder, training.monitor):
        Run(method, training.folder, training.output).go()


def make_places(folder: Path, output: Path) -> None:
    """Makes the folder of a run and that of the file to write.

    Raises:
        TrainingError: They can't be made or written to, or the file is called as no such file is.
    """
    if output.suffix != ".safetensors":
        raise TrainingError(f"{output} is what is trained: end its name in .safetensors.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"Can't make the folder {error.filename}: {error.strerror}.") from error
    for place in (folder, output.parent):
        try:
            # Now and not after hours of training.
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise TrainingError(f"Can't write into {place}: {error.strerror}.") from error


def method_of(training: Training, compute: Compute) -> AnyMethod:
    """What is trained."""
    photos, others = find_pictures(training.content), find_pictures(training.other_styles)
    config, vgg = training.config, training.vgg
    if isinstance(config, DistilConfig):
        return Distil(config, compute, _network(training), photos)
    paintings = find_paintings(training.styles, training.about)
    if isinstance(config, TextureConfig):
        return Texture(config, compute, paintings, photos, vgg=vgg)
    if isinstance(config, PatchesConfig):
        return Patches(config, compute, paintings, photos, vgg=vgg)
    start = read_style_file(training.start) if training.start else None
    if isinstance(config, AdainConfig):
        return Adain(config, compute, paintings, photos, others, start=start, vgg=vgg)
    assert isinstance(config, StylesConfig)
    more = paintings, photos, others
    if training.network:
        return predictor(_network(training), config, compute, *more, vgg=vgg, encoder_weights=training.encoder_weights)
    return Styles(config, compute, *more, start=start, vgg=vgg, encoder_weights=training.encoder_weights)


def _network(training: Training) -> StyleFile:
    path = Path(training.network or "")
    return read_style_file(path) if path.is_file() else Catalog.installed(training.network, training.device).files[0]
