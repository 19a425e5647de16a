"""The section of the panel that says how is recorded: size, sound and its level, and where it goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log10

from PyQt6.QtCore import QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from livestyle.gui import theme
from livestyle.gui.language import tr
from livestyle.gui.outputs import spoken, videos_folder
from livestyle.gui.widgets import Choice, NameLabel, Switch, named_row
from livestyle.settings import Settings, SoundFrom

SIZES = (720, 1080)
"""The lines on offer beside the source's own."""
SOUNDS: tuple[tuple[SoundFrom, str, str], ...] = (
    ("none", "Off", "Recordings are silent"),
    ("video", "The video's", "What is heard in the video that is on show; a camera has none"),
    ("microphone", "Microphone", "The microphone that the system is set to"),
)
"""What is heard: for the settings, for the eye, and in a sentence."""

METER_MS = 50
QUIETEST_DB = -48.0
LOUD_DB = -6.0
FALLS = 0.08
"""How much of the meter a level falls by from one look to the next."""


class Meter(QWidget):
    """How loud it is, from left to right, in decibels; it falls slower than it rises.

    Args:
        take_level: Gives how loud it was since the last time, 0 to 1.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.take_level: Callable[[], float] = lambda: 0.0
        self.share = 0.0
        """How much of it is filled, 0 to 1."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("How loud it is: it should stay out of the red"))
        self.setAccessibleName(tr("Level"))
        self._timer = QTimer(self)
        self._timer.setInterval(METER_MS)
        self._timer.timeout.connect(self.look)

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(80, 8)

    def is_seen(self) -> bool:
        """Whether somebody can look at it."""
        return not self.visibleRegion().isEmpty()

    def look(self) -> None:
        """Shows how loud it is by now."""
        share = max(share_of(self.take_level()), self.share - FALLS, 0.0)
        if share != self.share:
            self.share = share
            self.update()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Begins to look."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Ends it."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the bar, red where it is too loud."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        round_px = self.height() / 2
        painter.setBrush(QColor(theme.HOVER))
        painter.drawRoundedRect(QRectF(self.rect()), round_px, round_px)
        if self.share > 0:
            is_loud = self.share > share_of(10 ** (LOUD_DB / 20))
            painter.setBrush(QColor(theme.ALERT if is_loud else theme.ACCENT))
            painter.drawRoundedRect(QRectF(0, 0, self.share * self.width(), self.height()), round_px, round_px)
        painter.end()


def share_of(level: float) -> float:
    """How much of a meter a level fills, 0 to 1 both: even steps for even factors."""
    return 0.0 if level <= 0 else min(1.0, max(0.0, 1 - 20 * log10(level) / QUIETEST_DB))


class RecordingSection(QWidget):
    """Shows how is recorded, and tells what the user changes.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        microphones_wanted: The names of the microphones are to be looked for, for `show_microphones`.
        muted: Whether silence is to take the place of what is heard.
        meter: How loud it is.
    """

    changed = pyqtSignal(str, object)
    microphones_wanted = pyqtSignal()
    muted = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = Choice(tr("The size of recordings, whatever size is painted"))
        self.lines.setAccessibleName(tr("Size"))
        self.lines.addItem(tr("As the source"), None)
        for lines in SIZES:
            self.lines.addItem(tr("{lines} lines", lines=lines), lines)
        self.sound = _SoundChoice(tr("What is heard in recordings"))
        self.sound.setAccessibleName(tr("Sound"))
        for value, text, sentence in SOUNDS:
            self.sound.addItem(tr(text), (value, None))
            self.sound.setItemData(self.sound.count() - 1, tr(sentence), Qt.ItemDataRole.ToolTipRole)
        self.mute = Switch(tr("Mute"))
        self.mute.setToolTip(tr("Record silence for as long as this is on"))
        self.meter: Meter = Meter()
        self.level = QWidget()
        level = QHBoxLayout(self.level)
        level.setContentsMargins(0, 0, 0, 0)
        level.setSpacing(12)
        level.addWidget(self.meter, 1)
        level.addWidget(self.mute)
        self.folder = QPushButton(tr("Change"))
        self.folder.setToolTip(tr("Choose where recordings and snapshots go"))
        self.folder.setAccessibleName(tr("Folder"))
        self.folder.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.place = NameLabel()
        self.place.setObjectName("quiet")
        where = QWidget()
        row = QHBoxLayout(where)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.place, 1)
        row.addWidget(self.folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(named_row(tr("Size"), self.lines))
        layout.addWidget(named_row(tr("Sound"), self.sound))
        layout.addWidget(self.level)
        layout.addWidget(QLabel(tr("Folder")))
        layout.addWidget(where)
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.lines.activated.connect(lambda row: self.changed.emit("record_lines", self.lines.itemData(row)))
        self.sound.activated.connect(self._choose_sound)
        self.sound.opened.connect(self.microphones_wanted)
        self.mute.clicked.connect(self.muted)
        self.folder.clicked.connect(self.menu)

    def show_settings(self, settings: Settings) -> None:
        """Shows settings, without a signal."""
        if self.lines.findData(settings.record_lines) < 0:
            self.lines.addItem(tr("{lines} lines", lines=settings.record_lines), settings.record_lines)
        self.lines.setCurrentIndex(self.lines.findData(settings.record_lines))
        microphone = settings.microphone if settings.sound == "microphone" else None
        if microphone is not None:
            self._add_microphone(microphone)
        self.sound.setCurrentIndex(self._row_of(settings.sound, microphone))
        self.level.setVisible(settings.sound != "none")
        is_usual = settings.folder is None
        self.place.setText(tr("Videos and Pictures") if is_usual else spoken(videos_folder(settings.folder)))
        self.place.setToolTip(self.place.text())

    def show_microphones(self, names: Sequence[str]) -> None:
        """Offers microphones; one that is set stays on offer though it is not there."""
        for name in names:
            self._add_microphone(name)

    def menu(self) -> QMenu:
        """Opens the menu of the folder."""
        menu = QMenu(self.folder)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Videos and Pictures"), lambda: self.changed.emit("folder", None))
        menu.addAction(tr("Another folder…"), self._ask_for_folder)
        menu.popup(self.folder.mapToGlobal(self.folder.rect().bottomLeft()))
        return menu

    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self.window(), tr("Where recordings and snapshots go"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.changed.emit("folder", folder))
        dialog.open()

    def _choose_sound(self, row: int) -> None:
        sound, microphone = self.sound.itemData(row)
        if sound == "microphone":
            self.changed.emit("microphone", microphone)
        self.changed.emit("sound", sound)

    def _add_microphone(self, name: str) -> None:
        if self._row_of("microphone", name) < 0:
            self.sound.addItem(name, ("microphone", name))

    def _row_of(self, sound: SoundFrom, microphone: str | None) -> int:
        # Qt's own search doesn't find tuples.
        rows = range(self.sound.count())
        return next((row for row in rows if self.sound.itemData(row) == (sound, microphone)), -1)


class _SoundChoice(Choice):
    """Tells when it is opened."""

    opened = pyqtSignal()

    def showPopup(self) -> None:
        """Tells."""
        self.opened.emit()
        super().showPopup()
