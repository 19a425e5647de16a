"""Own styles whose networks are gone, made anew of the pictures that they carry."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from livestyle.errors import LivestyleError, StyleError
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.kept import KeptStyle, write_styles

log = logging.getLogger(__name__)


def renewed(catalog: Catalog, names: Iterable[str]) -> Catalog:
    """The catalog with some of its outdated styles made anew, each in some tenths of a second.

    Their files are written anew, so that this happens once. One that can't be made anew is logged, and left as it is.

    Args:
        catalog: The styles at hand.
        names: Of styles; what is not outdated is passed over.
    """
    for name in names:
        if name not in catalog.outdated:
            continue
        path, kept = catalog.outdated[name]
        catalog = replace(catalog, outdated={each: it for each, it in catalog.outdated.items() if each != name})
        try:
            anew = made_anew(kept, catalog)
            catalog = catalog.with_kept([(path, anew)])
            write_styles(path, anew)
        except LivestyleError as error:
            log.warning("The style %s could not be made anew for the network that is installed now: %s", name, error)
        else:
            log.info("the style %s was made for another network, and is made anew", name)
    return catalog


def made_anew(kept: KeptStyle, catalog: Catalog) -> KeptStyle:
    """A style whose network is gone, for the one that has taken its place; else for the first that reads pictures.

    Raises:
        StyleError: Its picture is damaged, or no network can make styles of pictures.
    """
    able = [file for file in catalog.files if file.reads_pictures] or list(catalog.files)
    file = next((file for file in able if file.spec == kept.spec), able[0])
    return KeptStyle(_made_anew(kept.style, file), file.spec, file.digest, file.stroke_px)


def _made_anew(style: Style, file: StyleFile) -> Style:
    from livestyle.styles.predict import predict_style  # imports torch
    from livestyle.styles.preview import paint_preview

    decoded = cv2.imdecode(np.frombuffer(style.picture, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise StyleError("its picture is damaged.")
    picture = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
    anew = replace(style, codes=predict_style(file, picture, style.name, style.title).codes)
    return replace(anew, preview=paint_preview(file, anew))
