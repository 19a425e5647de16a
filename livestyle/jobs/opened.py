"""What paints, kept open from one job to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from livestyle.errors import SourceError
from livestyle.frame import Mask
from livestyle.jobs.job import How
from livestyle.jobs.stop import Stop
from livestyle.large import LargePainter
from livestyle.look import Look
from livestyle.masks import ADDRESS, from_text
from livestyle.painter import Painter
from livestyle.people.finder import Find, open_finder
from livestyle.people.mask import PeopleMask
from livestyle.regions import MaskOf, Parted, by_mask, fixed, inverted, read_mask
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style, StyleFile
from livestyle.styles.from_picture import with_pictures
from livestyle.stylizer.fastest import open_stylizer
from livestyle.stylizer.stylizer import Code, Finish, Images, Paint, PaintFilm, Stylizer
from livestyle.timeline import Course, Part

if TYPE_CHECKING:
    from livestyle.stylizer.resident import Resident


@dataclass(frozen=True, slots=True)
class Ready:
    """All that one way to paint takes.

    Attributes:
        how: The way.
        painter: Paints frames.
        large: Paints stills of any size.
        masks: Those that part pictures.
    """

    how: How
    painter: Painter
    large: LargePainter
    masks: _Masks

    def paint_frames(self) -> PaintFilm:
        """What paints the frames of one clip: it has painted nothing before, so nothing is held still from another."""
        # One for each region: what one holds still is nothing to the other.
        inside, outside = (Painter(self.painter.file, self.painter.stylizer) for _ in range(2))
        people = self.masks.people()
        begin = partial(_begin_part, inside, outside, self.masks.of_a_clip(people))

        def renew() -> None:
            inside.renew()
            outside.renew()
            if people is not None:
                people.renew()

        return PaintFilm(partial(_begin, begin, _course(self.how)), inside.works_ahead, inside.ends_apart, renew)

    def paint_stills(self) -> Paint:
        """What paints stills."""
        inside = partial(self.large.paint, look=self.how.look)
        mask_of = self.masks.of_a_clip(self.masks.people())(_part(self.how))
        if mask_of is None:
            return inside
        outside = None if self.how.outside is None else partial(self.large.paint, look=self.how.outside)
        return by_mask(mask_of, inside, outside)


@dataclass(frozen=True, slots=True)
class _Masks:
    """The masks that part pictures.

    Attributes:
        fixed: Those that are the same for all pictures, by what `Part` calls them.
        find: Finds people; None where nobody is looked for.
    """

    fixed: Mapping[str, MaskOf]
    find: Find | None

    def people(self) -> PeopleMask | None:
        """What follows people through a clip; None where nobody is looked for."""
        return None if self.find is None else PeopleMask(self.find)

    def of_a_clip(self, people: PeopleMask | None) -> Callable[[Part], MaskOf | None]:
        """What finds the masks in the pictures of a clip, where people are followed; None where all is painted."""

        def mask_of(part: Part) -> MaskOf | None:
            if part.region == "brushed":
                return self.fixed.get(str(part.mask))
            if part.region == "everything" or people is None:
                return None
            return people.of if part.region == "me" else inverted(people.of)

        return mask_of


def _begin(
    begin: Callable[[Images, Look, Part], Finish], course: Course, photos: Images, times_s: Sequence[float]
) -> Finish:
    """Starts to paint frames as a timeline says, each as it is at its time."""
    if any(mirrored := [course.mirror_at(time_s) for time_s in times_s]):
        photos = np.stack([photo[:, ::-1] if swap else photo for photo, swap in zip(photos, mirrored, strict=True)])
    first, *others = [(course.look_at(time_s), course.part_at(time_s)) for time_s in times_s]
    if all(each == first for each in others):
        return begin(photos, *first)
    # One by one, and not in runs of one look: every length would be a shape that has to be made ready.
    begun = [begin(photos[i : i + 1], *each) for i, each in enumerate((first, *others))]
    return lambda: np.concatenate([finish() for finish in begun])


def _begin_part(
    inside: Painter,
    outside: Painter,
    masks: Callable[[Part], MaskOf | None],
    photos: Images,
    look: Look,
    part: Part,
) -> Finish:
    """Starts to paint frames of one look, of which a part is painted."""
    mask_of = masks(part)
    if mask_of is None or part.outside is None:
        outside.forget()
    if mask_of is None:
        return inside.begin(photos, look)
    return Parted(mask_of, (inside, look), None if part.outside is None else (outside, part.outside)).begin(photos)


def _part(how: How) -> Part:
    """Which part is painted before a timeline says anything."""
    if how.mask is not None:
        return Part("brushed", str(how.mask), how.outside)
    return Part(how.region, outside=how.outside)


def _course(how: How) -> Course:
    return Course(how.look, how.timeline, _part(how))


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
        self.close()

    def close(self) -> None:
        """Closes what is open; what is needed again is opened again."""
        self._ready = self._stylizer = None
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
            masks = _masks(_course(how).parts)
            painter = self.painter(how.network, how.device, *looks_of(how))
            large = LargePainter(painter, lambda tile: self._stoppable(open_stylizer(tile, how.device)[0]))
            self._ready = Ready(how, painter, self._tiles.enter_context(large), masks)
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


def _masks(parts: Sequence[Part]) -> _Masks:
    """All that is needed for parts of pictures; what is wrong with a mask is told before anything is painted."""
    names = dict.fromkeys(str(part.mask) for part in parts if part.region == "brushed" and part.mask)
    looks_for_people = any(part.region in ("me", "background") for part in parts)
    return _Masks({name: fixed(_mask(name)) for name in names}, open_finder() if looks_for_people else None)


def _mask(name: str) -> Mask:
    if not name.startswith(ADDRESS):
        return read_mask(Path(name))
    mask = from_text(name)
    if mask is None:
        raise SourceError("A mask of the timeline is damaged: take the line out, or name a picture in its place.")
    return mask


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
    course = _course(how)
    return [*course.looks, *(part.outside for part in course.parts if part.outside is not None)]


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
