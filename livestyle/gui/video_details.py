"""What can be set about the selected videos: the part that is painted, the look, size, encoder and sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PyQt6.QtCore import QEvent, QTimer, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from livestyle.gui.clip_pictures import ClipPictures, Facts, Shot
from livestyle.gui.frame_preview import FramePreview
from livestyle.gui.language import tr
from livestyle.gui.trim_strip import TrimStrip
from livestyle.gui.video_looks import Offer
from livestyle.gui.widgets import Choice, Switch, keeps_arrows
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import Entry
from livestyle.sinks.kinds import CONTAINERS, ENCODERS, suits

PREVIEW_LINES = 360
SEEK_AFTER_MS = 150
SCALES = (2.0, 1.5, 1.0, 0.75, 0.5, 0.25)
FIXED: tuple[str, ...] = ("painting", "done")

Change = Callable[[ClipJob], ClipJob]


class VideoDetails(QWidget):
    """The controls of the selected videos.

    Args:
        pictures: Where frames come from.
        offers: The looks there are.
        title_of: What a look is called.

    Attributes:
        changed: The selected videos are to be painted otherwise; what makes a job of theirs so.
        trimmed: The same for the one on show alone.
        chosen: A look was chosen; its `How`.
    """

    changed = pyqtSignal(object)
    trimmed = pyqtSignal(object)
    chosen = pyqtSignal(object)

    def __init__(
        self,
        pictures: ClipPictures,
        offers: Callable[[], Sequence[Offer]],
        title_of: Callable[[How], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._offers = offers
        self._title_of = title_of
        self._entry: Entry | None = None
        self._facts: Facts | None = None
        self._time_s = 0.0
        self._is_fixed = False
        self.preview, self.strip = FramePreview(), TrimStrip(pictures)
        self.first, self.last = _Seconds(tr("From, in seconds")), _Seconds(tr("To, in seconds"))
        self.look = _Looks(tr("In which look it is painted"), self._show_offers)
        self.scale = Choice(tr("How large the result is"))
        self.encoder = Choice(tr("What encodes it"))
        for choice in (self.look, self.scale, self.encoder):
            choice.setAccessibleName(choice.toolTip())
            choice.setMinimumContentsLength(8)
        self.sound = Switch(tr("Keep the sound"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SEEK_AFTER_MS)
        self._lay_out()
        self._connect()

    def show_entry(self, entry: Entry | None, is_fixed: bool = False) -> None:
        """Shows a video, and whether it can be changed."""
        before, self._entry = self._entry, entry
        self.setVisible(entry is not None)
        if entry is None:
            return
        self._facts = self._pictures.facts(entry.job.source)
        if before is None or before.number != entry.number:
            self._time_s = entry.job.options.start_s
        self._is_fixed = is_fixed
        for control in (self.first, self.last, self.look, self.scale, self.encoder, self.sound):
            control.setEnabled(not is_fixed)
        self._show_part()
        self._show_choices()
        self._show_frame()

    def _show_part(self) -> None:
        entry = self._entry
        assert entry is not None
        options = entry.job.options
        duration_s = (self._facts.duration_s if self._facts else None) or 0.0
        end_s = duration_s if options.end_s is None else min(options.end_s, duration_s or options.end_s)
        can_trim = not self._is_fixed
        self.strip.show_clip(entry.job.source, duration_s, options.start_s, end_s, can_trim=can_trim)
        self.strip.show_time(self._time_s)
        self.first.show_value(options.start_s, duration_s)
        self.last.show_value(end_s, duration_s)

    def _show_choices(self) -> None:
        entry = self._entry
        assert entry is not None
        options = entry.job.options
        self.look.show_chosen(self._title_of(entry.job.how))
        sizes = [(self._size_text(scale), scale) for scale in sorted({*SCALES, options.scale}, reverse=True)]
        container = CONTAINERS.get(entry.job.target.suffix.lower(), "matroska")
        encoders = [(tr("Automatic"), "auto")] + [(name, name) for name in ENCODERS if suits(name, container)]
        _fill(self.scale, sizes, options.scale)
        _fill(self.encoder, encoders, options.encoder)
        _quietly(self.sound, lambda: self.sound.setChecked(options.sound))

    def _size_text(self, scale: float) -> str:
        if self._facts is None:
            return tr("{percent} %", percent=round(100 * scale))
        height, width = self._facts.size_hw
        return tr("{width}x{height}", width=round(width * scale), height=round(height * scale))

    def _show_frame(self) -> None:
        entry = self._entry
        if entry is None or not self.isVisible():
            return
        time_s = round(self._time_s, 2)
        plain = Shot(entry.job.source, time_s, PREVIEW_LINES)
        painted = replace(plain, how=entry.job.how)
        # What is asked for last comes first: before it is painted it is seen.
        after = self._pictures.picture(painted)
        before = self._pictures.picture(plain)
        words = tr("Painting this frame") if before is not None and self._pictures.is_coming(painted) else ""
        if before is None and not self._pictures.is_coming(plain):
            words = tr("This frame can't be shown.")
        self.preview.show_frames(before, after, words)

    def _on_ready(self, what: object) -> None:
        entry = self._entry
        if entry is None:
            return
        if what == entry.job.source:
            self._facts = self._pictures.facts(entry.job.source)
            self._show_part()
            self._show_choices()
        if isinstance(what, Shot) and what.source == entry.job.source and what.lines == PREVIEW_LINES:
            self._show_frame()

    def _seek(self, time_s: float) -> None:
        duration_s = (self._facts.duration_s if self._facts else None) or 0.0
        # The last frame begins a little before the end.
        last_s = duration_s - (2 / self._facts.fps if self._facts else 0)
        self._time_s = max(0.0, min(time_s, last_s))
        self.strip.show_time(self._time_s)
        self._timer.start()

    def _trim(self, start_s: float, end_s: float) -> None:
        duration_s = (self._facts.duration_s if self._facts else None) or 0.0
        start_s, end_s = round(max(0.0, start_s), 2), round(end_s, 2)
        if start_s < end_s:
            whole = end_s >= round(duration_s, 2)
            part = {"start_s": start_s, "end_s": None if whole else end_s}
            self.trimmed.emit(lambda job: replace(job, options=replace(job.options, **part)))
        elif self._entry is not None:
            self._show_part()

    def _set(self, **options: object) -> None:
        self.changed.emit(lambda job: replace(job, options=replace(job.options, **options)))

    def _show_offers(self) -> Sequence[Offer]:
        return self._offers()

    def _use_look(self, how: How) -> None:
        self.chosen.emit(how)
        self.changed.emit(lambda job: replace(job, how=how))

    def _lay_out(self) -> None:
        part = QHBoxLayout()
        part.setSpacing(6)
        for text, field in ((tr("From"), self.first), (tr("to"), self.last)):
            part.addWidget(QLabel(text))
            part.addWidget(field)
        part.addStretch()
        part.addWidget(self.sound)
        result = QHBoxLayout()
        result.setSpacing(6)
        result.addWidget(self.scale, 1)
        result.addWidget(self.encoder, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 6)
        column.setSpacing(6)
        column.addWidget(self.preview, 1)
        column.addWidget(self.strip)
        column.addLayout(part)
        column.addWidget(self.look)
        column.addLayout(result)

    def _connect(self) -> None:
        self._pictures.ready.connect(self._on_ready)
        self._timer.timeout.connect(self._show_frame)
        self.strip.sought.connect(self._seek)
        self.strip.trimmed.connect(self._trim)
        self.first.valueChanged.connect(lambda: self._trim(self.first.value(), self.last.value()))
        self.last.valueChanged.connect(lambda: self._trim(self.first.value(), self.last.value()))
        self.look.picked.connect(self._use_look)
        self.scale.activated.connect(lambda row: self._set(scale=self.scale.itemData(row)))
        self.encoder.activated.connect(lambda row: self._set(encoder=self.encoder.itemData(row)))
        self.sound.clicked.connect(lambda is_on: self._set(sound=is_on))


class _Looks(Choice):
    """Shows the look of a video, and offers others once it is opened: what can be chosen changes with the show."""

    picked = pyqtSignal(object)

    def __init__(self, tip: str, offers: Callable[[], Sequence[Offer]], parent: QWidget | None = None) -> None:
        super().__init__(tip, parent)
        self._offers = offers
        self.activated.connect(self._pick)

    def show_chosen(self, title: str) -> None:
        """Shows what is chosen."""
        if self.count() != 1 or self.itemText(0) != title:
            self.clear()
            self.addItem(title)

    def showPopup(self) -> None:
        """Looks what there is."""
        title = self.itemText(0)
        self.clear()
        self.addItem(title)
        for offer in self._offers():
            self.addItem(offer.title, offer.how)
        super().showPopup()

    def _pick(self, row: int) -> None:
        how = self.itemData(row)
        if how is not None:
            self.picked.emit(how)


class _Seconds(QDoubleSpinBox):
    """A time in a clip."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for each in (self, self.lineEdit()):
            if each is not None:
                each.setAccessibleName(name)
        self.setToolTip(name)
        self.setDecimals(2)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setMaximumWidth(84)

    def show_value(self, value: float, most: float) -> None:
        """Shows a time of a clip that is so long."""

        def show() -> None:
            self.setRange(0.0, max(value, most))
            self.setValue(value)

        _quietly(self, show)

    def event(self, event: QEvent | None) -> bool:
        """Keeps the arrow keys."""
        if keeps_arrows(event):
            return True
        return super().event(event)


def _fill(choice: Choice, items: Sequence[tuple[str, object]], chosen: object) -> None:
    if [(choice.itemText(row), choice.itemData(row)) for row in range(choice.count())] != items:
        choice.clear()
        for text, value in items:
            choice.addItem(text, value)
    choice.setCurrentIndex(choice.findData(chosen))


def _quietly(widget: QWidget, show: Callable[[], object]) -> None:
    blocked = widget.blockSignals(True)
    show()
    widget.blockSignals(blocked)
