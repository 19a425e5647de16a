"""The menu of sources: cameras by name, screens and windows, the demo scene, files, an address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QIcon, QImage, QPaintEvent, QPixmap
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

from livestyle.frame import Image
from livestyle.gui.language import told, tr
from livestyle.gui.widgets import ask_for_files, ask_for_folder, draw_arrow
from livestyle.sources.several import as_list

if TYPE_CHECKING:
    from livestyle.sources.screen import Offer

OURS = ("Demo scene", "Camera", "Part of the screen")
"""What livestyle calls sources that have no names of their own."""
PICTURED = "* { icon-size: 60px; } QMenu::icon { margin-left: 10px; }"
"""As wide as the small pictures of screens and windows."""
LONGEST_PX = 360
"""No name in the menu takes more."""
KINDS = "*.mp4 *.mov *.mkv *.webm *.avi *.m4v *.mpg *.mpeg *.ts *.gif *.png *.jpg *.jpeg *.webp *.bmp"


class SourceButton(QPushButton):
    """Shows the source in use, and opens the menu of all others.

    Attributes:
        chosen: The user chose a source, as the command line writes it.
        found_wanted: The menu opens: time to look which cameras and screens there are, to `show_cameras` and
            `show_screens`.
    """

    chosen = pyqtSignal(str)
    found_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("menu")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tr("Where the picture comes from; a video can also be dropped onto the window"))
        self.setAccessibleName(tr("Source"))
        self._cameras: Sequence[str] | None = None
        self._screens: Sequence[Offer] = ()
        self._name = ""
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._open_menu)
        self.setMenu(self._menu)
        self.show_name("")

    def show_name(self, name: str) -> None:
        """Shows the name of the source in use; empty while there is none."""
        self._name = name
        name = spoken(name)
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

    def show_screens(self, offers: Sequence[Offer]) -> None:
        """Fills in the screens and windows there are."""
        self._screens = offers
        self._fill()

    def ask_for_file(self) -> None:
        """Lets the user choose a file, or several to be shown one after the other."""
        kinds = tr("Videos and pictures ({kinds});;All files (*)", kinds=KINDS)
        ask_for_files(self, tr("Open a video or a picture"), kinds, lambda paths: self.chosen.emit(as_list(paths)))

    def ask_for_folder(self) -> None:
        """Lets the user choose a folder whose videos and pictures are shown one after the other."""
        ask_for_folder(self, tr("Open a folder of videos and pictures"), self.chosen)

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
        self.found_wanted.emit()

    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        menu.setMinimumWidth(self.width())
        if not self._cameras:
            waiting = menu.addAction(tr("Looking for cameras…") if self._cameras is None else tr("No camera found"))
            assert waiting is not None
            waiting.setEnabled(False)
        for name in self._cameras or ():
            self._add(menu, name, f"camera:{name}")
        menu.addSeparator()
        self._fill_in_screens()
        self._add(menu, "Demo scene", "demo")
        menu.addSeparator()
        for text, ask in (
            (tr("Open files…"), self.ask_for_file),
            (tr("Open folder…"), self.ask_for_folder),
            (tr("Open address…"), self.ask_for_address),
        ):
            menu.addAction(text, ask)

    def _fill_in_screens(self) -> None:
        title = tr("Screen or window")
        if not self._screens:
            # Where they can't be seen, the source says why.
            self._menu.addAction(title, lambda: self.chosen.emit("screen"))
            return
        menu = self._menu.addMenu(title)
        assert menu is not None
        menu.setStyleSheet(PICTURED)
        for offer in self._screens:
            action = self._add(menu, offer.name, offer.text)
            action.setIcon(_icon(offer.image))

    def _add(self, menu: QMenu, name: str, source: str) -> QAction:
        text = menu.fontMetrics().elidedText(spoken(name), Qt.TextElideMode.ElideMiddle, LONGEST_PX)
        action = menu.addAction(text.replace("&", "&&"), lambda: self.chosen.emit(source))
        assert action is not None
        is_current = name == self._name
        action.setCheckable(is_current)
        action.setChecked(is_current)
        return action


def _icon(image: Image) -> QIcon:
    height, width = image.shape[:2]
    return QIcon(QPixmap.fromImage(QImage(image.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)))


def spoken(name: str) -> str:
    """The name of a source, in the language of the window where livestyle has given it; screens have numbers."""
    if name in OURS:
        return tr(name)
    return told(name) if name.rpartition(" ")[2].isdecimal() else name
