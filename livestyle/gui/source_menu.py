"""The menu of sources: cameras by name, the demo scene, a file, an address."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import (
    QInputDialog,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from livestyle.gui.language import tr
from livestyle.gui.widgets import ask_for_file, draw_arrow

OURS = ("Demo scene", "Camera")
"""What livestyle calls sources that have no names of their own."""
KINDS = "*.mp4 *.mov *.mkv *.webm *.avi *.m4v *.mpg *.mpeg *.ts *.gif *.png *.jpg *.jpeg *.webp *.bmp"


class SourceButton(QPushButton):
    """Shows the source in use, and opens the menu of all others.

    Attributes:
        chosen: The user chose a source, as the command line writes it.
        cameras_wanted: The menu opens: time to look which cameras there are, and to `show_cameras`.
    """

    chosen = pyqtSignal(str)
    cameras_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("menu")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tr("Where the picture comes from; a video can also be dropped onto the window"))
        self.setAccessibleName(tr("Source"))
        self._cameras: Sequence[str] | None = None
        self._name = ""
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._open_menu)
        self.setMenu(self._menu)
        self.show_name("")

    def show_name(self, name: str) -> None:
        """Shows the name of the source in use; empty while there is none."""
        self._name = name
        name = tr(name) if name in OURS else name
        room_px = max(60, self.width() - 44)
        text = self.fontMetrics().elidedText(name or tr("No source yet"), Qt.TextElideMode.ElideMiddle, room_px)
        if text != self.text():
            self.setText(text)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the name and the arrow where a list has them."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect().adjusted(11, 0, -26, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()
        draw_arrow(self)

    def show_cameras(self, names: Sequence[str]) -> None:
        """Fills in the cameras there are."""
        if names != self._cameras:
            self._cameras = names
            self._fill()

    def ask_for_file(self) -> None:
        """Lets the user choose a file."""
        kinds = tr("Videos and pictures ({kinds});;All files (*)", kinds=KINDS)
        ask_for_file(self, tr("Open a video or a picture"), kinds, self.chosen)

    def ask_for_address(self) -> None:
        """Lets the user type an address."""
        dialog = QInputDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Open an address"))
        dialog.setLabelText(tr("Address of a video or a stream (http, https, rtsp, rtmp, udp, srt):"))
        dialog.resize(480, dialog.sizeHint().height())
        dialog.textValueSelected.connect(lambda text: self.chosen.emit(text.strip()) if text.strip() else None)
        dialog.open()

    def _open_menu(self) -> None:
        self._fill()
        self.cameras_wanted.emit()

    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        menu.setMinimumWidth(self.width())
        if not self._cameras:
            waiting = menu.addAction(tr("Looking for cameras…") if self._cameras is None else tr("No camera found"))
            assert waiting is not None
            waiting.setEnabled(False)
        for name in self._cameras or ():
            self._add(name, f"camera:{name}", is_current=name == self._name)
        menu.addSeparator()
        self._add(tr("Demo scene"), "demo", is_current=False)
        menu.addSeparator()
        for text, ask in ((tr("Open file…"), self.ask_for_file), (tr("Open address…"), self.ask_for_address)):
            menu.addAction(text, ask)

    def _add(self, text: str, source: str, *, is_current: bool) -> None:
        action = self._menu.addAction(text.replace("&", "&&"), lambda: self.chosen.emit(source))
        assert action is not None
        action.setCheckable(is_current)
        action.setChecked(is_current)
