"""The card that says what was made, and what can be done with it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, QTimer
from PyQt6.QtGui import QEnterEvent, QImage, QMouseEvent, QPixmap
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from livestyle.gui import made, outputs
from livestyle.gui.background import Background
from livestyle.gui.language import tr
from livestyle.gui.made import THUMBNAIL, is_video
from livestyle.gui.over_picture import SHEET
from livestyle.gui.widgets import NameLabel

WIDTH_PX = 460
MARGIN_PX = 14
SHOWN_MS = 12_000

MORE_SHEET = """
QFrame#card QLabel#toast_path { color: #a9a59c; }
QFrame#card QLabel#toast_picture { background: #0d0e10; border-radius: 4px; }
QFrame#card QToolButton { color: #a9a59c; background: transparent; border: none; padding: 2px 4px; }
QFrame#card QToolButton:hover, QFrame#card QToolButton:focus { color: #e8e6e1; }
"""


class Toast(QFrame):
    """Lies in the corner of the picture for a while, longer while the mouse or the keyboard is on it.

    Args:
        background: Where files are read.
        parent: What it lies on, at the foot.
    """

    def __init__(self, background: Background, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setStyleSheet(SHEET + MORE_SHEET)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(tr("What was made"))
        self._background = background
        self.path: Path | None = None
        """What it is about."""
        self.picture = QLabel()
        self.picture.setObjectName("toast_picture")
        self.picture.setFixedSize(THUMBNAIL)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence, self.place = QLabel(), NameLabel()
        self.sentence.setWordWrap(True)
        self.place.setObjectName("toast_path")
        self.folder, self.copy, self.close_button = (
            QPushButton(tr("Show in folder")),
            QPushButton(tr("Copy")),
            QToolButton(),
        )
        self.close_button.setText("✕")
        self.close_button.setAccessibleName(tr("Close"))
        self.close_button.setToolTip(tr("Close"))
        for button in (self.folder, self.copy, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.folder)
        buttons.addWidget(self.copy)
        buttons.addStretch()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.sentence)
        words.addWidget(self.place)
        words.addStretch()
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 8, 12)
        row.setSpacing(12)
        row.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self._fade)
        self.folder.clicked.connect(self._show_in_folder)
        self.copy.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def tell(self, path: Path, sentence: str) -> None:
        """Says that a file was made, in the place of what it said before; in a window that is closed, nothing."""
        parent = self.parentWidget()
        if parent is None or not parent.isVisible():
            return
        is_same, self.path = path == self.path, path
        self.sentence.setText(sentence)
        self.place.setText(outputs.spoken(path))
        self.place.setToolTip(str(path))
        self.copy.setText(tr("Copy"))
        self.copy.setToolTip(tr("Copy the file") if is_video(path) else tr("Copy the picture"))
        if not is_same:
            self.picture.clear()
        self._background.run("Reading the picture", partial(made.thumbnail_of, path), partial(self._show_picture, path))
        # Shown first: what is hidden has no height yet.
        self.show()
        self._lie_down()
        self.raise_()
        self._timer.start()

    def tell_more(self, path: Path, sentence: str) -> None:
        """Says more about a file, if it still is about that."""
        if self.path == path and self.isVisible():
            self.tell(path, sentence)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stays in its corner."""
        if event is not None and event.type() == QEvent.Type.Resize:
            self._lie_down()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent | None) -> None:
        """Stays while the mouse is on it."""
        self._timer.stop()

    def leaveEvent(self, event: QEvent | None) -> None:
        """Goes a while after."""
        self._timer.start()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Is nothing to what it lies on."""

    def _fade(self) -> None:
        window = self.window()
        focus = None if window is None else window.focusWidget()
        if focus is not None and self.isAncestorOf(focus):
            self._timer.start()
        else:
            self.hide()

    def _lie_down(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        room_px = parent.width() - 2 * MARGIN_PX
        self.picture.setVisible(room_px >= WIDTH_PX)
        width_px = min(WIDTH_PX, room_px)
        # Qt's own `adjustSize` takes words for as wide as they would like to be.
        layout = self.layout()
        self.resize(width_px, self.sizeHint().height() if layout is None else layout.totalHeightForWidth(width_px))
        self.move(MARGIN_PX, parent.height() - self.height() - MARGIN_PX)

    def _show_picture(self, path: Path, image: QImage) -> None:
        if path != self.path or image.isNull():
            return
        pixmap = QPixmap.fromImage(image)
        pixmap.setDevicePixelRatio(2.0)
        self.picture.setPixmap(pixmap)

    def _show_in_folder(self) -> None:
        if self.path is not None:
            made.show_in_folder(self.path)

    def _copy(self) -> None:
        path = self.path
        if path is None:
            return
        if is_video(path):
            made.copy_video(path)
            self._say_copied()
        else:
            self._background.run("Copying the picture", lambda: QImage(str(path)), self._copy_picture)

    def _copy_picture(self, image: QImage) -> None:
        made.copy_picture(image)
        self._say_copied()

    def _say_copied(self) -> None:
        self.copy.setText(tr("Copied"))
