"""The bar under the source of films: pause, where they stand, seek, loop, the next one."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from livestyle.gui import icons
from livestyle.gui.actions import set_tip
from livestyle.gui.language import tr
from livestyle.gui.widgets import Slider, Switch
from livestyle.sources.transport import Transport

PLACES = 1000


class TransportBar(QWidget):
    """Shows where a film stands, and steers it. Hidden while the source is none.

    Attributes:
        buttons: Name of an action -> its button.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transport: Transport | None = None
        self._is_paused: bool | None = None
        self.buttons: dict[str, QToolButton] = {name: _button(name) for name in ("film before", "pause", "next film")}
        self.before, self.pause, self.next = self.buttons.values()
        self.before.setAccessibleName(tr("The video or photo before"))
        self.pause.setAccessibleName(tr("Pause"))
        self.next.setAccessibleName(tr("The next video or photo"))
        self.place = Slider((0, PLACES), 0)
        self.place.setAccessibleName(tr("Place in the film"))
        self.place.setToolTip(tr("Where the film stands"))
        self.time = QLabel()
        self.time.setObjectName("quiet")
        self.time.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.loop = Switch(tr("Loop"))
        self.loop.setToolTip(tr("Begin again at the end of the film"))
        where, steers = QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((where, (self.place, self.time)), (steers, (*self.buttons.values(), self.loop))):
            row.setSpacing(6)
            for widget in widgets:
                row.addWidget(widget)
        where.setStretch(0, 1)
        steers.insertStretch(len(self.buttons))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(where)
        layout.addLayout(steers)
        self.hide()
        self._show_icons(is_paused=False)
        self.place.valueChanged.connect(self._seek)
        self.loop.clicked.connect(self._set_loops)

    def show_transport(self, transport: Transport | None) -> None:
        """Shows what there is to steer, and where it stands."""
        self._transport = transport
        self.setVisible(transport is not None)
        if transport is None:
            return
        self._show_icons(transport.is_paused)
        self.pause.setAccessibleName(tr("Play") if transport.is_paused else tr("Pause"))
        for button in (self.before, self.next):
            button.setVisible(transport.films > 1)
        self.loop.setChecked(transport.loops)
        duration_s = transport.duration_s
        self.place.setVisible(bool(duration_s))
        self.time.setText(place_text(transport.position_s, duration_s))
        # As wide as it gets, so that nothing moves with the digits.
        widest = self.fontMetrics().horizontalAdvance(place_text(duration_s or 0.0, duration_s).translate(WIDEST))
        if widest != self.time.minimumWidth():
            self.time.setFixedWidth(widest)
        if duration_s and not self.place.isSliderDown():
            blocked = self.place.blockSignals(True)
            self.place.setValue(round(PLACES * transport.position_s / duration_s))
            self.place.blockSignals(blocked)

    def changeEvent(self, event: QEvent | None) -> None:
        """Draws the icons anew in another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and self._is_paused is not None:
            is_paused, self._is_paused = self._is_paused, None
            self._show_icons(is_paused)

    def toggle(self) -> None:
        """Pauses the film, or goes on."""
        if self._transport is not None:
            self._transport.toggle()
            self.show_transport(self._transport)

    def step(self, seconds: float) -> None:
        """Goes so many seconds on in the film."""
        if self._transport is not None:
            self._transport.seek(self._transport.position_s + seconds)

    def skip(self, films: int) -> None:
        """Goes so many films on in the list."""
        if self._transport is not None:
            self._transport.skip(films)

    def _show_icons(self, is_paused: bool) -> None:
        if is_paused is not self._is_paused:
            self._is_paused = is_paused
            self.pause.setIcon(icons.play_icon() if is_paused else icons.pause_icon())
            self.before.setIcon(icons.before_icon())
            self.next.setIcon(icons.next_icon())

    def _seek(self, place: int) -> None:
        if self._transport is not None and self._transport.duration_s:
            self._transport.seek(place / PLACES * self._transport.duration_s)

    def _set_loops(self, loops: bool) -> None:
        if self._transport is not None:
            self._transport.loops = loops


WIDEST = str.maketrans("123456789", "0" * 9)
"""No digit is wider than a zero."""


def place_text(position_s: float, duration_s: float | None) -> str:
    """Where a film stands, and how long it is where that is known: "0:12 / 1:03", "0:00:12 / 1:01:03", "0:12"."""
    if not duration_s:
        return film_time(position_s)
    return f"{film_time(min(position_s, duration_s), duration_s)} / {film_time(duration_s)}"


def film_time(seconds: float, duration_s: float = 0.0) -> str:
    """75.2 -> "1:15", 3675 -> "1:01:15"; with as many digits as the duration has."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    if max(seconds, duration_s) >= 3600:
        return f"{hours}:{minute:02}:{second:02}"
    return f"{minute:02}:{second:02}" if max(seconds, duration_s) >= 600 else f"{minute}:{second:02}"


def _button(name: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName("flat")
    set_tip(button, name)
    button.setIconSize(QSize(icons.SIDE_PX, icons.SIDE_PX))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
