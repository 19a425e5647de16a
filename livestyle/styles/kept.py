"""A style by itself: its codes, and the name of the network that they are for. So 1,000 of them take 40 MB, not 919.

A style that was made of a picture carries that picture, small. When the network is gone, or a better trained one has
taken its place, the codes are made anew of it. A style that was trained has none, and keeps its network with it.

Tensors: `code.NAME`, `preview.NAME`, `picture.NAME`, `tones.NAME` as in a style file, of one style. Metadata:
`livestyle`, as in a style file, but its network has a digest in place of weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from livestyle.networks.families import NetworkSpec, family_of
from livestyle.styles.document import Tensors, read_tensors, said
from livestyle.styles.file import (
    CODE_VERSION,
    Style,
    StyleFile,
    document_of,
    stroke_sizes_said,
    style_file_from,
    style_said,
    tensors_of,
    write_document,
    write_style_file,
)


@dataclass(frozen=True, slots=True)
class KeptStyle:
    """A style without its network.

    Attributes:
        style: The style.
        spec: Which kind of network it is for.
        digest: The name of that network, as `StyleFile.digest`.
        stroke_px: The stroke sizes there are codes for.
    """

    style: Style
    spec: NetworkSpec
    digest: str
    stroke_px: tuple[int, ...]

    def fits(self, file: StyleFile) -> bool:
        """Whether the codes are good for the network of a style file."""
        size = len(file.identity)
        return (self.digest, self.stroke_px, self.style.codes.shape[1]) == (file.digest, file.stroke_px, size)


def by_itself(file: StyleFile, style: Style) -> StyleFile | KeptStyle:
    """A style of a network, to be kept: without the network if it can be made anew of its picture."""
    if style.picture:
        return KeptStyle(style, file.spec, file.digest, file.stroke_px)
    return with_network(file, style)


def with_network(file: StyleFile, style: Style) -> StyleFile:
    """A style file that has this one style of a network."""
    return replace(file, styles={style.name: style}, predictor={}, name=style.name)


def slimmed(opened: StyleFile | KeptStyle, files: Iterable[StyleFile]) -> StyleFile | KeptStyle:
    """A style file of one style without its network, if that is among other files and it can do without."""
    if isinstance(opened, KeptStyle) or len(opened.styles) != 1:
        return opened
    kept = by_itself(opened, *opened.styles.values())
    return kept if isinstance(kept, KeptStyle) and any(kept.fits(file) for file in files) else opened


def write_styles(path: Path, opened: StyleFile | KeptStyle) -> None:
    """Writes a style file, or a style by itself, in place of one that is there.

    Raises:
        StyleError: As of `write_style_file`.
        SinkError: It can't be written.
    """
    if isinstance(opened, StyleFile):
        write_style_file(path, opened)
        return
    document = document_of(opened.spec, opened.stroke_px, [opened.style], CODE_VERSION, digest=opened.digest)
    write_document(path, tensors_of([opened.style]), document)


def read_styles(path: Path) -> StyleFile | KeptStyle:
    """Reads a style file, or a style by itself.

    Raises:
        StyleError: As of `read_style_file`.
    """
    opened = read_tensors(path, "livestyle", "style", _from_tensors)
    return replace(opened, name=path.stem) if isinstance(opened, StyleFile) else opened


def retitled(opened: StyleFile | KeptStyle, title: str) -> StyleFile | KeptStyle:
    """The one style of a file under another title."""
    if isinstance(opened, KeptStyle):
        return replace(opened, style=replace(opened.style, title=title))
    return replace(opened, styles={style.name: replace(style, title=title) for style in opened.styles.values()})


def _from_tensors(tensors: Tensors, document: object) -> StyleFile | KeptStyle:
    if said(document, "version", int) != CODE_VERSION:
        return style_file_from(tensors, document)
    stroke_px = stroke_sizes_said(document)
    network, entries = said(document, "network", dict), said(document, "styles", list)
    spec = NetworkSpec(said(network, "family", str), said(network, "width", int))
    family_of(spec.family)
    if len(entries) != 1:
        raise ValueError("it does not hold one style")
    style = style_said(entries[0], tensors, len(stroke_px))
    if not style.picture:
        raise ValueError(f"it has neither a network nor the picture of {style.name}")
    return KeptStyle(style, spec, said(network, "digest", str), stroke_px)
