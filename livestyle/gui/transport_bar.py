"""The bar under the source of a film: pause, where it stands, seek, loop."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from livestyle.gui import icons
from livestyle.gui.actions import set_tip
from livestyle.gui.bar import clock_text
from livestyle.gui.language import tr
from livestyle.gui.widgets import Slider, Switch
from livestyle.sources.transport import Transport

PLACES = 1000


class TransportBar(QWidget):
    """Shows where a film stands, and steers it. Hidden while the source is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._transport: Transport | None = None
        self.pause = QToolButton()
        self.pause.setObjectName("flat")
        set_tip(self.pause, "pause")
        self.pause.setAccessibleName(tr("Pause"))
        self.pause.setIconSize(QSize(icons.SIDE_PX, icons.SIDE_PX))
        self._is_paused: bool | None = None
        self.pause.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.place = Slider((0, PLACES), 0)
        self.place.setAccessibleName(tr("Place in the film"))
        self.place.setToolTip(tr("Where the film stands"))
        self.time = QLabel()
        self.time.setObjectName("quiet")
        self.loop = Switch(tr("Loop"))
        self.loop.setToolTip(tr("Begin again at the end of the film"))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.pause)
        row.addWidget(self.place, 1)
        row.addWidget(self.time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.loop)
        self.hide()
        self.place.valueChanged.connect(self._seek)
        self.loop.clicked.connect(self._set_loops)

    def show_transport(self, transport: Transport | None) -> None:
        """Shows what there is to steer, and where it stands."""
        self._transport = transport
        self.setVisible(transport is not None)
        if transport is None:
            return
        self._show_icon(transport.is_paused)
        self.pause.setAccessibleName(tr("Play") if transport.is_paused else tr("Pause"))
        self.loop.setChecked(transport.loops)
        duration_s = transport.duration_s
        self.place.setVisible(bool(duration_s))
        self.time.setText(clock_text(transport.position_s))
        if duration_s and not self.place.isSliderDown():
            blocked = self.place.blockSignals(True)
            self.place.setValue(round(PLACES * transport.position_s / duration_s))
            self.place.blockSignals(blocked)

    def changeEvent(self, event: QEvent | None) -> None:
        """Draws the icon anew in another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange and self._transport is not None:
            self._is_paused = None
            self._show_icon(self._transport.is_paused)

    def toggle(self) -> None:
        """Pauses the film, or goes on."""
        if self._transport is not None:
            self._transport.toggle()
            self.show_transport(self._transport)

    def step(self, seconds: float) -> None:
        """Goes so many seconds on in the film."""
        if self._transport is not None:
            self._transport.seek(self._transport.position_s + seconds)

    def _show_icon(self, is_paused: bool) -> None:
        if is_paused is not self._is_paused:
            self._is_paused = is_paused
            self.pause.setIcon(icons.play_icon() if is_paused else icons.pause_icon())

    def _seek(self, place: int) -> None:
        if self._transport is not None and self._transport.duration_s:
            self._transport.seek(place / PLACES * self._transport.duration_s)

    def _set_loops(self, loops: bool) -> None:
        if self._transport is not None:
            self._transport.loops = loops
