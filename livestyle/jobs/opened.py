"""What paints, kept open from one job to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np

from livestyle.jobs.job import How
from livestyle.jobs.stop import Stop
from livestyle.large import LargePainter
from livestyle.look import Look
from livestyle.painter import Painter
from livestyle.people.finder import open_finder
from livestyle.people.mask import PeopleMask
from livestyle.regions import MaskOf, Parted, by_mask, fixed, inverted, read_mask
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.from_picture import with_pictures
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.stylizer import Code, Finish, Images, Paint, PaintFilm, Stylizer
from livestyle.timeline import Course

if TYPE_CHECKING:
    from livestyle.stylizer.resident import Resident


@dataclass(frozen=True, slots=True)
class Ready:
    """All that one way to paint takes.

    Attributes:
        how: The way.
        painter: Paints frames.
        large: Paints stills of any size.
        new_mask: Makes what finds the masks that part the pictures of one clip; None where nothing parts them.
    """

    how: How
    painter: Painter
    large: LargePainter
    new_mask: Callable[[], MaskOf] | None

    def paint_frames(self) -> PaintFilm:
        """What paints the frames of one clip: it has painted nothing before, so nothing is held still from another."""
        course = Course(self.how.look, self.how.timeline)
        # One for each region: what one holds still is nothing to the other.
        inside, *outside = (
            (Painter(self.painter.file, self.painter.stylizer), look)
            for look in (self.how.look, self.how.outside)
            if look is not None
        )
        painter, _ = inside
        begin = painter.begin if self.new_mask is None else Parted(self.new_mask(), inside, *outside).begin
        return PaintFilm(partial(_begin, begin, course), painter.works_ahead)

    def paint_stills(self) -> Paint:
        """What paints stills."""
        inside = partial(self.large.paint, look=self.how.look)
        if self.new_mask is None:
            return inside
        outside = None if self.how.outside is None else partial(self.large.paint, look=self.how.outside)
        return by_mask(self.new_mask(), inside, outside)


def _begin(begin: Callable[[Images, Look], Finish], course: Course, photos: Images, times_s: Sequence[float]) -> Finish:
    """Starts to paint frames as a timeline says, each with the look of its time."""
    if any(mirrored := [course.mirror_at(time_s) for time_s in times_s]):
        photos = np.stack([photo[:, ::-1] if swap else photo for photo, swap in zip(photos, mirrored, strict=True)])
    first, *others = [course.look_at(time_s) for time_s in times_s]
    if all(look == first for look in others):
        return begin(photos, first)
    # One by one, and not in runs of one look: every length would be a shape that has to be made ready.
    begun = [begin(photos[i : i + 1], look) for i, look in enumerate((first, *others))]
    return lambda: np.concatenate([finish() for finish in begun])


class Opened:
    """Opens what jobs need to paint, and keeps it for the next: a stylizer as long as network and device are the same.

    Masks and pictures as styles are read once for each way to paint. Used from one thread. As a context manager it
    closes what is open.

    Args:
        tell: Is told what could not be used, and why, a sentence each.
        learnt: Styles that have been learnt for what is to be painted, by the paths of their pictures.
    """

    def __init__(
        self, tell: Callable[[str], object] = lambda sentence: None, learnt: Mapping[str, Style] | None = None
    ) -> None:
        self._tell = tell
        self._learnt = learnt or {}
        self._stop = Stop()
        self._ready: Ready | None = None
        self._stylizer: tuple[Stylizer, str, str] | None = None
        self._whole, self._tiles = ExitStack(), ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tiles.close()
        self._whole.close()

    def ready(self, how: How, stop: Stop | None = None) -> Ready:
        """What paints in a way. From now on it looks at `stop` before each frame and each tile.

        Raises:
            SourceError: The mask, or a picture that is to be a style, can't be read.
            StyleError: What finds people is missing, a style is unknown, or no network has them all.
            BackendError: The device can't serve.
        """
        self._stop = stop or Stop()
        if self._ready is None or self._ready.how != how:
            new_mask = _new_mask(how)
            painter = self.painter(how.network, how.device, *looks_of(how))
            large = LargePainter(painter, lambda tile: self._stoppable(open_stylizer(tile, how.device)[0]))
            self._ready = Ready(how, painter, self._tiles.enter_context(large), new_mask)
        return self._ready

    def painter(self, network: str | None, device: str, *looks: Look) -> Painter:
        """What paints frames in looks, as `choose_file` takes them; what was ready before is no longer.

        Raises:
            SourceError: As of `ready`.
            StyleError: As of `ready`.
            BackendError: As of `ready`.
        """
        file = choose_file(network, device, *looks)
        learnt = {name: style for name, style in self._learnt.items() if name in file.styles}
        file = replace(file, styles={**file.styles, **learnt})
        self._ready = None
        self._tiles.close()
        if self._stylizer is None or self._stylizer[1:] != (file.digest, device):
            self._stylizer = None
            self._whole.close()
            stylizer, refusals = open_stylizer(file, device)
            for refusal in refusals:
                self._tell(refusal)
            self._stylizer = self._whole.enter_context(self._stoppable(stylizer)), file.digest, device
        return Painter(file, self._stylizer[0])

    def _stoppable(self, stylizer: Stylizer) -> Stylizer:
        return _Stoppable(stylizer, lambda: self._stop.check())


def _new_mask(how: How) -> Callable[[], MaskOf] | None:
    """What makes the finder of masks for each clip: people are followed from frame to frame."""
    if how.mask is not None:
        mask_of = fixed(read_mask(how.mask))
        return lambda: mask_of
    if how.region == "everything":
        return None
    find = open_finder()
    return lambda: PeopleMask(find).of if how.region == "me" else inverted(PeopleMask(find).of)


class _Stoppable(Stylizer):
    """A stylizer that does something before it paints."""

    def __init__(self, stylizer: Stylizer, before: Callable[[], None]) -> None:
        self.info, self.code_size = stylizer.info, stylizer.code_size
        self._stylizer = stylizer
        self._before = before

    def stylize(self, images: Images, code: Code) -> Images:
        self._before()
        return self._stylizer.stylize(images, code)

    def resident(self) -> Resident | None:
        resident = self._stylizer.resident()
        if resident is not None:
            self._before()
        return resident

    def close(self) -> None:
        self._stylizer.close()


def looks_of(how: How) -> list[Look]:
    """All looks that a way to paint has."""
    return [*Course(how.look, how.timeline).looks, *([] if how.outside is None else [how.outside])]


def choose_file(network: str | None, device: str, *looks: Look) -> StyleFile:
    """The first network that can paint in all the looks; pictures that they name as styles are among its styles.

    Args:
        network: The name of the only one wanted; None for any.
        device: What will paint, as for `open_stylizer`.
        looks: None for the first network there is.

    Raises:
        SourceError: A picture can't be read.
        StyleError: A style or the network is unknown, or no network has all the styles.
    """
    names = list(dict.fromkeys(name for look in looks for name, _ in look.mix))
    return with_pictures(Catalog.installed(network, device), names).files_with(names)[0]
