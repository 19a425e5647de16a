"""The catalog: which networks are installed, and with which styles."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from livestyle.depth import QUANTILES, Tones
from livestyle.errors import StyleError
from livestyle.hardware import expects_cuda
from livestyle.look import Look
from livestyle.networks.families import family_of
from livestyle.styles.bundled import bundled_folder as bundled_folder
from livestyle.styles.file import IDENTITY, Style, StyleFile
from livestyle.styles.kept import KeptStyle, read_styles, slimmed, write_styles

log = logging.getLogger(__name__)


def user_folder() -> Path:
    """The folder of the style files that the user has added. It may not exist yet."""
    import platformdirs  # here, for painting does without

    return platformdirs.user_data_path("livestyle", appauthor=False) / "styles"


def add_style_file(path: Path) -> Path:
    """Installs a style file, or a style by itself, for this user: checks it, then copies it into `user_folder()`.

    A style that was made of a picture is kept without its network if that is there.

    Returns:
        The copy.

    Raises:
        StyleError: It can't be read or is damaged, or one of that file name is installed already.
        SinkError: The folder can't be written.
    """
    opened = read_styles(path)
    if isinstance(opened, StyleFile):
        from livestyle.styles.load import load_network  # imports torch, which listing styles does without

        load_network(opened)
    target = user_folder() / path.with_suffix(".safetensors").name  # others are not searched
    if target.exists():
        raise StyleError(f"{target} is installed already. Remove it first, or rename {path}.")
    there = [each for folder in (bundled_folder(), user_folder()) for _, each in _read_all(folder)]
    write_styles(target, slimmed(opened, [each for each in there if isinstance(each, StyleFile)]))
    return target


@dataclass(frozen=True)
class Catalog:
    """The networks at hand with their styles, in the order in which they are searched.

    Attributes:
        files: One for each network. A style file that was added for a network which is there already, such as a picture
            that was kept as a style, is no network more but gives that one its styles: so they mix.
        own: Names of the user's own styles, each in a file by itself, and those files.
        outdated: Names of the user's own styles whose networks are gone, their files and what is in them: they are to
            be made anew of their pictures, by `livestyle.styles.renew`.
    """

    files: tuple[StyleFile, ...]
    own: Mapping[str, Path] = field(default_factory=dict)
    outdated: Mapping[str, tuple[Path, KeptStyle]] = field(default_factory=dict)

    @classmethod
    def installed(cls, network: str | None = None, device: str = "auto") -> Catalog:
        """What ships with livestyle, the live network that suits the device first, and then what the user has added.

        So a bundled style comes before one of the same name in a network of the user's, which is found by the name of
        that network. A file that can't be read is left out and logged.

        Args:
            network: The name of the only network wanted, which is that of its file; None for all.
            device: What will paint, as for `open_stylizer`: the wide networks are for GPUs.

        Raises:
            StyleError: Not a single style file can be read, or there is no network of that name.
        """
        sign = -1 if expects_cuda(device) else 1
        # Only livestyle's own networks suit a device by their width; the others, slower, are there to be asked for.
        bundled = sorted(
            (file for _, file in _read_all(bundled_folder()) if isinstance(file, StyleFile)),
            key=lambda file: (not family_of(file.spec.family).real_time, sign * file.spec.width),
        )
        users = _read_all(user_folder())
        whole = [(path, file) for path, file in users if isinstance(file, StyleFile)]
        files = _one_for_each_network([*bundled, *(file for _, file in whole)])
        if not files:
            raise StyleError(
                f"No styles are installed: {bundled_folder()} holds no style file. Install livestyle anew."
            )
        alone = ((path, style) for path, file in whole if len(file.styles) == 1 for style in file.styles.values())
        catalog = cls(tuple(files))
        catalog = replace(catalog, own={style.name: path for path, style in alone if catalog.find(style.name) is style})
        catalog = catalog.with_kept([(path, kept) for path, kept in users if isinstance(kept, KeptStyle)])
        return catalog if network is None else catalog._only(network)

    @property
    def names(self) -> list[str]:
        """Names of all styles, each once, in order."""
        return list(dict.fromkeys(name for file in self.files for name in file.styles))

    def find(self, name: str) -> Style:
        """The style of that name, from the first network that has it.

        Raises:
            StyleError: Unknown; says the nearest names.
        """
        for file in self.files:
            if name in file.styles:
                return file.styles[name]
        raise StyleError(unknown_style(name, self.names))

    def file_for(self, look: Look) -> StyleFile:
        """The first network that has every style of the look: only codes of one network can be mixed.

        Raises:
            StyleError: A style is unknown, or no single network has them all.
        """
        return self.files_with([name for name, _ in look.mix])[0]

    def files_with(self, names: Sequence[str]) -> list[StyleFile]:
        """The networks that have all these styles, at least one.

        Raises:
            StyleError: A style is unknown, or no single network has them all.
        """
        for name in names:
            self.find(name)
        files = [file for file in self.files if all(name in file.styles for name in names)]
        if not files:
            raise StyleError(
                f"No installed network knows all of {', '.join(names)}: only styles of one network can be mixed."
            )
        return files

    def network_of(self, file: StyleFile) -> StyleFile:
        """The network of a style file that is installed, with all its styles."""
        return next(each for each in self.files if _network(each) == _network(file))

    def with_styles(self, file: StyleFile, styles: Iterable[Style]) -> Catalog:
        """The catalog with more styles of one of its networks.

        Args:
            file: One of `files`.
            styles: Those to add; they take the place of styles of their names.
        """
        grown = replace(file, styles={**file.styles, **{style.name: style for style in styles}})
        return replace(self, files=tuple(grown if each is file else each for each in self.files))

    def with_kept(self, more: Iterable[tuple[Path, KeptStyle]]) -> Catalog:
        """The catalog with more of the user's own styles, and where they lie. One whose name is taken gets a number."""
        taken, own, outdated = {*self.names, *self.outdated}, dict(self.own), dict(self.outdated)
        by_network: dict[int, list[Style]] = {}
        for path, kept in more:
            name = free_name(kept.style.name, taken)
            taken.add(name)
            row = next((row for row, file in enumerate(self.files) if kept.fits(file)), None)
            if row is None:
                outdated[name] = path, kept
            else:
                own[name] = path
                by_network.setdefault(row, []).append(replace(kept.style, name=name))
        files = (
            replace(file, styles={**file.styles, **{style.name: style for style in by_network[row]}})
            if row in by_network
            else file
            for row, file in enumerate(self.files)
        )
        return Catalog(tuple(files), own, outdated)

    def with_opened(self, path: Path | None, opened: StyleFile | KeptStyle) -> Catalog:
        """The catalog with what was read by `read_styles`, as it will be the next time.

        Args:
            path: Where it is installed; None if it is not.
            opened: The styles. Those of a network that is there get numbers where their names are taken.
        """
        if isinstance(opened, KeptStyle):
            grown = self.with_kept([(path or Path(), opened)])
            return grown if path else replace(grown, own=self.own)
        network = next((each for each in self.files if _network(each) == _network(opened)), None)
        if network is None:
            grown, names = replace(self, files=(*self.files, opened)), list(opened.styles)
        else:
            styles, names = [], []
            for style in opened.styles.values():
                names.append(free_name(style.name, {*self.names, *self.outdated, *names}))
                styles.append(replace(style, name=names[-1]))
            grown = self.with_styles(network, styles)
        return replace(grown, own={**grown.own, names[0]: path}) if path and len(names) == 1 else grown

    def without(self, name: str) -> Catalog:
        """The catalog without a style, in whatever networks have it."""
        files = (
            replace(file, styles={other: style for other, style in file.styles.items() if other != name})
            if name in file.styles
            else file
            for file in self.files
        )
        own = {other: path for other, path in self.own.items() if other != name}
        # A network that was installed for this style alone goes with it.
        return Catalog(tuple(file for file in files if file.styles), own, self.outdated)

    def _only(self, network: str) -> Catalog:
        names = [file.name for file in self.files]
        if network not in names:
            raise StyleError(f"There is no network {network!r}. There are {', '.join(names)}.")
        file = self.files[names.index(network)]
        return replace(self, files=(file,), own={name: path for name, path in self.own.items() if name in file.styles})


def free_name(name: str, taken: Collection[str]) -> str:
    """A name for a style, with a number if it is taken."""
    free, number = name, 1
    while free in taken or free == IDENTITY:
        number += 1
        free = f"{name}_{number}"
    return free


def _read_all(folder: Path) -> list[tuple[Path, StyleFile | KeptStyle]]:
    """The files of styles in a folder that can be read, by name."""
    files = []
    for path in sorted(folder.glob("*.safetensors")):
        try:
            files.append((path, read_styles(path)))
        except StyleError as error:
            log.warning("%s", error)
    return files


def _one_for_each_network(files: Iterable[StyleFile]) -> list[StyleFile]:
    """Style files put together where they are of one network: the first names it, later ones add their styles.

    A file that has a predictor with another encoder stays by itself, to be asked for by its name.
    """
    networks: dict[tuple[object, ...], StyleFile] = {}
    for file in files:
        key = _network(file)
        first = networks.get(key)
        if first and first.predictor and file.predictor and first.encoder != file.encoder:
            key = (*key, file.encoder)
            first = networks.get(key)
        networks[key] = replace(first, styles={**first.styles, **file.styles}) if first else file
    return list(networks.values())


def _network(file: StyleFile) -> tuple[object, ...]:
    """What two style files have in common if the codes of one are good for the network of the other."""
    return file.digest, file.stroke_px, file.identity.tobytes()


def unknown_style(name: str, names: Iterable[str]) -> str:
    """The sentence for an unknown style, with the nearest names."""
    names = list(names)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(names)}."
    return f"There is no style {name!r}. {hint}"


def mixed_code(file: StyleFile, look: Look, lines: int) -> npt.NDArray[np.float32]:
    """The code of a look: the weighted mean of its styles' codes, moved towards the identity by the strength.

    Between two stroke sizes that a style was learnt at, its code is between theirs, by the logarithm of the size.
    Beyond the finest and the boldest their codes serve.

    Args:
        file: Has the styles.
        look: How to paint.
        lines: The short side, in pixels, of the picture to paint.

    Returns:
        float32 (K,).

    Raises:
        StyleError: The file does not have one of the styles.
    """
    codes = np.zeros((len(file.stroke_px), *file.identity.shape), np.float32)
    for style, share in _mixed(file, look):
        codes += np.float32(share) * style.codes
    wanted, learnt = np.log(look.stroke * lines), np.log(file.stroke_px)
    shares = [np.interp(wanted, learnt, row) for row in np.eye(len(learnt))]
    code = np.asarray(shares, np.float32) @ codes
    return (file.identity + np.float32(look.strength) * (code - file.identity)).astype(np.float32)


def mixed_tones(file: StyleFile, look: Look) -> Tones | None:
    """The light and dark of a look: the weighted mean of its styles' quantiles; None if those of one are not known.

    Raises:
        StyleError: The file does not have one of the styles.
    """
    tones = np.zeros(QUANTILES, np.float32)
    for style, share in _mixed(file, look):
        if style.tones is None:
            return None
        tones += np.float32(share) * style.tones
    return tones


def _mixed(file: StyleFile, look: Look) -> list[tuple[Style, float]]:
    """The styles of a look and their shares, which add up to 1."""
    total = sum(weight for _, weight in look.mix)
    for name, _ in look.mix:
        if name not in file.styles:
            raise StyleError(unknown_style(name, file.styles))
    return [(file.styles[name], weight / total) for name, weight in look.mix]
