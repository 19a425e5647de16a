"""The commands that train. Heavy modules are imported when they run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from livestyle.cli.options import DEVICE, MACHINE, Commands, Shared, command
from livestyle.cli.progress import STOPPED
from livestyle.errors import LivestyleError
from livestyle.training.config import (
    SCRATCH,
    AdainConfig,
    DistilConfig,
    PatchesConfig,
    RunConfig,
    StylesConfig,
    TextureConfig,
)
from livestyle.training.presets import PRESETS
from livestyle.training.settings import Setting, read_config, settings_of

METHODS: Mapping[str, tuple[str, RunConfig]] = {
    "styles": ("one network for one painting or many", StylesConfig()),
    "predictor": ("to take any picture as a style, with an encoder of your choice", StylesConfig()),
    "distil": ("a narrower network that paints as another one does, to train it on from there", DistilConfig()),
    "adain": ("AdaIN's decoder, after which any picture is a style", AdainConfig()),
    "patches": ("the autoencoder of a patch network", PatchesConfig()),
    "texture": ("the texture of a painting, to paint as much of it as you like", TextureConfig()),
}
"""Name -> what is trained, and its default settings."""

NETWORK = {"predictor": "none: a new one is trained along with it", "distil": "the one that suits the device"}
"""What `--network` is without being said, for what is trained beside a network that is there."""


def add_train(commands: Commands) -> None:
    """Adds `livestyle train` and a command for each method."""
    parser = command(commands, "train", "a network of your own, from pictures", _ask, DEVICE)
    own = parser.add_subparsers(metavar="WHAT")
    for name, (what, _) in METHODS.items():
        takes = {**DEVICE, "network": NETWORK[name]} if name in NETWORK else DEVICE
        _add_options(command(own, name, what, partial(_train, name), takes), name)
    _add_pack(command(own, "pack", "photos and paintings in one file, for a machine that is lent", _pack, {}))
    what = "all networks that ship, from a pack, in so many minutes on one big GPU"
    _add_all(command(own, "all", what, _train_all, DEVICE))


def _add_options(parser: argparse.ArgumentParser, name: str) -> None:
    parser.allow_abbrev = False  # else the --style of other commands would be taken for --styles
    parser.description = (
        "Stop it whenever you like, or let it be killed: the same command goes on from the last checkpoint."
    )
    is_texture, predicts, sees_paintings = name == "texture", name in {"styles", "predictor"}, name != "distil"
    if sees_paintings:
        _places(parser, "--styles", "paintings to learn: pictures, or folders of them", required=True)
    what = "photos, to learn to paint photos" if is_texture else "photos to learn on; 1000 or more is good"
    _places(parser, "--content", what, required=not is_texture)
    if predicts or name == "adain":
        what = "other pictures, to learn to take any picture as a style"
        _places(parser, "--other-styles", what, required=name == "predictor")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="the file to write")
    _add_run(parser)
    if sees_paintings:
        _file(parser, "--about", "a TOML file with title, artist, year and licence of the paintings")
        _add_vgg(parser)
    if name == "styles":
        _file(parser, "--start", "a style file to start from; half the width will do")
        parser.add_argument("--preset", choices=list(PRESETS), help="settings of a paper, in place of ours")
    if name == "adain":
        _file(parser, "--start", "a style file to start from; --undo-until 0 then, as its decoder can undo already")
    if predicts:
        _file(parser, "--encoder-weights", "the encoder's, as safetensors with torchvision's names (downloaded once)")
    _file(parser, "--config", "a TOML file with any of the settings below, with _ in place of -")
    settings = parser.add_argument_group("settings")
    for setting in settings_of(METHODS[name][1]):
        _add_setting(settings, setting)


def _add_pack(parser: argparse.ArgumentParser) -> None:
    parser.allow_abbrev = False
    parser.description = (
        "Photos that every training holds out are left out, and pictures are reduced, and thinned out to 60 MiB."
    )
    _places(parser, "--styles", "paintings to learn: pictures, or folders of them", required=True)
    _places(parser, "--content", "photos to learn on", required=True)
    _places(parser, "--other-styles", "other pictures, to learn to take any picture as a style", required=False)
    _file(parser, "--about", "a TOML file with title, artist, year and licence of the paintings")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="the pack to write")


def _add_all(parser: argparse.ArgumentParser) -> None:
    parser.description = "Stop it whenever you like, or let it be killed: the same command goes on from where it was."
    parser.add_argument("--pack", type=Path, metavar="FILE", required=True, help="as livestyle train pack makes it")
    parser.add_argument("--minutes", type=float, default=30.0, help="how long it all may take (30)")
    what = "the folder for the files, laid out like weights/, and for checkpoints and logs"
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", required=True, help=what)


def _add_setting(group: argparse._ArgumentGroup, setting: Setting) -> None:
    default = setting.default if isinstance(setting.default, tuple) else (setting.default,)
    shown = " ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in default)
    group.add_argument(
        f"--{setting.name.replace('_', '-')}",
        dest=_dest(setting),
        type=setting.kind,
        choices=setting.choices or None,
        nargs="+" if setting.count is ... else setting.count,
        metavar=None if setting.choices else "TEXT" if setting.kind is str else "N",
        help=f"{setting.what} ({shown})".replace("%", "%%"),
    )


def _dest(setting: Setting) -> str:
    return f"setting_{setting.name}"


def _add_run(parser: argparse.ArgumentParser) -> None:
    """The options of all that trains in a folder."""
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="for checkpoints, log and preview.png (runs/NAME)")
    what = "watch losses, test pictures and speed in the browser (TensorBoard)"
    parser.add_argument("--monitor", action="store_true", help=what)


def _add_vgg(parser: argparse.ArgumentParser) -> None:
    _file(parser, "--vgg", "VGG weights, as safetensors with torchvision's names (those that ship)")


def _places(parser: argparse.ArgumentParser, name: str, what: str, *, required: bool) -> None:
    parser.add_argument(name, type=Path, nargs="+", metavar="PLACE", default=[], required=required, help=what)


def _file(parser: argparse.ArgumentParser, name: str, what: str) -> None:
    parser.add_argument(name, type=Path, metavar="FILE", help=what)


def _folder(args: argparse.Namespace) -> Path:
    given: Path | None = args.run
    return given or Path("runs") / args.output.stem


def _ask(args: argparse.Namespace, shared: Shared) -> int:
    raise LivestyleError(
        f"Say what to train: {', '.join(METHODS)}, pack or all. livestyle train {next(iter(METHODS))} --help says how."
    )


def _train(name: str, args: argparse.Namespace, shared: Shared) -> int:
    config = _config(name, args)

    from livestyle.training.train import Training, train

    own = ("styles", "content", "other_styles", "output", "about", "start", "vgg", "encoder_weights", "monitor")
    given = {key: getattr(args, key) for key in own if key in args}
    folder = _folder(args)
    print(f"The pictures so far are in {folder / 'preview.png'}.", file=sys.stderr)
    try:
        train(Training(config, folder=folder, network=shared.network, device=shared.device, **given))
    except KeyboardInterrupt:
        print(f"\nStopped. The same command goes on from {folder}.", file=sys.stderr)
        return STOPPED
    print(f"Wrote {args.output}.")
    return 0


def _pack(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.training.material import find_pictures
    from livestyle.training.pack import write_pack
    from livestyle.training.paintings import find_paintings

    paintings = find_paintings(args.styles, args.about)
    counts = write_pack(args.output, paintings, find_pictures(args.content), find_pictures(args.other_styles))
    print(f"Wrote {args.output}: {counts['styles']} paintings, {counts['content']} photos, {counts['others']} others.")
    return 0


def _train_all(args: argparse.Namespace, shared: Shared) -> int:
    if args.minutes <= 0:
        raise LivestyleError("Training takes more than 0 minutes.")

    from livestyle.styles.bundled import bundled_folder
    from livestyle.training.pack import unpack
    from livestyle.training.plan import PLAN, minutes_of, training_of
    from livestyle.training.side_by_side import train_all

    folder, starts = args.output, bundled_folder()
    material = unpack(args.pack, folder / "material")
    lanes = [
        {
            stage.name: training_of(
                stage, material, folder, starts, minutes_of(stage, lane, args.minutes), shared.device or "auto"
            )
            for stage in lane
        }
        for lane in PLAN
    ]
    try:
        failed = train_all(lanes, partial(print, file=sys.stderr, flush=True))
    except KeyboardInterrupt:
        print(f"\nStopped. The same command goes on from {folder}.", file=sys.stderr)
        return STOPPED
    if failed:
        raise LivestyleError(f"Failed: {', '.join(failed)}. The same command tries these again.")
    print(f"Wrote all of {folder}.")
    return 0


def _config(name: str, args: argparse.Namespace) -> RunConfig:
    """The command line wins over the TOML file, that over the preset, and that over the defaults."""
    base = METHODS[name][1]
    chosen = {setting.name: getattr(args, _dest(setting)) for setting in settings_of(base)}
    if name == "styles" and args.preset:
        base = PRESETS[args.preset]
    elif chosen.get("encoder") == "scratch":
        base = SCRATCH
    return read_config(base, args.config, chosen)


def add_fit(commands: Commands) -> None:
    """Adds `fit` to the commands of `livestyle styles`."""
    does = "learn a picture as a style for a network that is there, in minutes"
    parser = command(commands, "fit", does, _fit, MACHINE)
    parser.add_argument("picture", type=Path, metavar="PICTURE")
    what = "photos to learn on, pictures or folders (the demo scene; photos do better)"
    parser.add_argument("--photos", type=Path, nargs="+", default=[], help=what)
    parser.add_argument("-o", "--output", type=Path, required=True, help="the style file to write")
    parser.add_argument("--minutes", type=float, help="how long (5); stop sooner with Ctrl-C")
    _add_run(parser)
    _add_vgg(parser)


def _fit(args: argparse.Namespace, shared: Shared) -> int:
    from livestyle.hardware import pick_device
    from livestyle.styles.catalog import Catalog
    from livestyle.training.board import board
    from livestyle.training.compute import Compute
    from livestyle.training.drawn import draw_photos
    from livestyle.training.material import find_pictures
    from livestyle.training.methods.fit import FIT, fit
    from livestyle.training.paintings import find_paintings
    from livestyle.training.run import Run
    from livestyle.training.train import make_places

    folder = _folder(args)
    paintings = find_paintings([args.picture])
    if len(paintings) != 1:
        raise LivestyleError(f"{args.picture} is a folder: one picture at a time is fitted.")
    file = Catalog.installed(shared.network, shared.device).files[0]
    config = read_config(FIT, None, {"minutes": args.minutes})
    make_places(folder, args.output)
    print(f"The picture so far is in {folder / 'preview.png'}. Stop with Ctrl-C when you like it.", file=sys.stderr)
    try:
        photos = find_pictures(args.photos) or draw_photos(folder / "photos")
        compute = Compute.seeded(pick_device(shared.device), config.seed)
        method = fit(file, config, compute, paintings[0], photos, vgg=args.vgg)
        with board(folder, args.monitor):
            Run(method, folder, args.output).go()
    except KeyboardInterrupt:
        kept = f"{args.output} holds it as it is now" if args.output.exists() else "There is nothing to keep yet"
        print(f"\nStopped. {kept}; the same command goes on.", file=sys.stderr)
        return STOPPED
    print(f"Wrote {args.output}. Install it with: livestyle styles add {args.output}")
    return 0
