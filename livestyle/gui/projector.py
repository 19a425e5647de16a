"""The clean output: the picture and nothing else on all of a screen, for a projector or a kiosk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from PyQt6.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QGuiApplication,
    QImage,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QScreen,
    QShortcut,
)
from PyQt6.QtWidgets import QWidget

from livestyle.errors import LivestyleError
from livestyle.frame import Frame, Image
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.comparison import Comparison
from livestyle.gui.language import tr
from livestyle.gui.model import ShowModel
from livestyle.gui.outlet import Choice, Outlet, Output
from livestyle.live.message import Picture
from livestyle.sinks.sink import FrameSink, Wants

LEAVE_KEY = Qt.Key.Key_Escape


class ProjectorSink(FrameSink):
    """Brings pictures to the form in which a screen takes them, so that the window has next to nothing to do.

    Args:
        name: What to call it.
        size_hw: The screen's size in its own pixels.
        show: Takes what is to be shown, BGRX uint8 (H, W, 4), in the thread of the sink.
    """

    def __init__(self, name: str, size_hw: tuple[int, int], show: Callable[[Image], None]) -> None:
        self.name = name
        self.wants = Wants(size_hw)
        self._show = show

    def open(self) -> None:
        """Does nothing: the window is there already."""

    def write(self, frame: Frame) -> None:
        """Shows the picture."""
        import cv2
        import numpy as np

        self._show(np.asarray(cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGRA), np.uint8))

    def close(self, *, completed: bool = True) -> None:
        """Does nothing: the window goes with its switch."""


class Projector(QWidget):
    """A window that shows what it was last given.

    While its own key for it is held it shows the camera's picture, for those who see this screen alone.

    Args:
        newest: What the show has newest.
        actions: What its keys do.

    Attributes:
        left: The user closed it.
    """

    left = pyqtSignal()
    _given = pyqtSignal()

    def __init__(self, newest: Callable[[], Picture | None], actions: Sequence[QAction]) -> None:
        super().__init__()
        self._newest = newest
        self._image: Image | None = None
        self._is_announced = False
        self.setWindowTitle("livestyle")
        self.setAccessibleName(tr("Picture"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.addActions([action for action in actions if action.shortcut() != QKeySequence(LEAVE_KEY)])
        QShortcut(QKeySequence(LEAVE_KEY), self, self.close)
        self.comparison = Comparison(self)
        self.comparison.changed.connect(self.update)
        self._given.connect(self._take)

    def show_on(self, screen: QScreen, *, takes_keys: bool) -> None:
        """Shows itself on all of a screen, black until it is given a picture of that size.

        Args:
            screen: Which one.
            takes_keys: Whether the keyboard is its own at once; else a click gives it.
        """
        self._image = None
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keys)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        if takes_keys:
            self.activateWindow()

    def give(self, image: Image) -> None:
        """Shows a picture, BGRX uint8 (H, W, 4), from the next paint on. From any thread; never waits."""
        self._image = image
        if not self._is_announced:
            self._is_announced = True
            self._given.emit()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draws the picture, pixel by pixel where it has the size of the screen."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        # What is drawn stays referenced here until the painter is done with its memory.
        picture = self._newest() if self.comparison.is_held else None
        image = self._image if picture is None else picture.photo
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(fitted(image.shape[1] / image.shape[0], self.size()), _as_qimage(image))
        painter.end()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Tells."""
        super().closeEvent(event)
        self.left.emit()

    def _take(self) -> None:
        self._is_announced = False
        self.update()


class SecondScreen(Outlet):
    """The output that fills a screen. One whose screen is taken away goes off.

    Where there is no other window it moves to a screen that is there instead, and back when its own is.
    """

    def __init__(
        self, output: Output, live: LiveAdapter, background: Background, model: ShowModel, window: QWidget
    ) -> None:
        super().__init__(output, live, background, model, window)
        self._window = window
        self._projector: Projector | None = None
        self._screen: QScreen | None = None
        self._alone_on: str | None = None
        self.changed.connect(self._close_if_off)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenRemoved.connect(self._on_removed)
        app.screenAdded.connect(self._on_added)

    def start_alone(self, screen: str) -> None:
        """Switches it on in place of the window, which ends with it.

        Args:
            screen: The name of the screen; empty for the first.
        """
        self._alone_on = screen or next(iter(screens()))
        self.changed.connect(self._end_if_off)
        self.start()

    def check(self) -> None:
        """There is always a screen."""

    @property
    def chosen(self) -> object:
        """The name of the screen."""
        return chosen_screen([*screens()], self._model.settings.screen, self._own_screen())

    def make(self) -> FrameSink:
        """A sink for the screen that is chosen; its window is shown."""
        if self._projector is None:
            self._projector = Projector(lambda: self._live.newest, self._window.actions())
            self._projector.left.connect(self._on_left)
            # It has no parent, as it would be hidden with that; and the sink's thread may be the last to let it go.
            self.destroyed.connect(self._projector.deleteLater)
        wanted = self._model.settings.screen if self._alone_on is None else self._alone_on
        there, own = screens(), self._own_screen()
        name = chosen_screen([*there], wanted, own)
        self._screen = screen = there[name]
        # Beside the window it must not take the keyboard from it; over it nothing else can have it.
        self._projector.show_on(screen, takes_keys=own in ("", name))
        size = _pixels_of(screen)
        return ProjectorSink(self.output.name, (size.height(), size.width()), self._projector.give)

    def _own_screen(self) -> str:
        if self._alone_on is not None:
            return ""
        return next((name for name, screen in screens().items() if screen is self._window.screen()), "")

    def _close_if_off(self) -> None:
        if self._projector is not None and not self.is_on:
            self._projector.close()

    def _end_if_off(self) -> None:
        if not self.is_on:
            self._window.close()

    def _on_left(self) -> None:
        if self.is_on:
            self.stop()

    def _on_removed(self, screen: QScreen) -> None:
        if not self.is_on or screen is not self._screen:
            return
        if self._alone_on is None:
            sentence = f"The screen {screen.name()} is gone: plug it in and switch it on again."
            self.stop(sentence)
            self.told.emit(sentence)
        else:
            self.restart()

    def _on_added(self, screen: QScreen) -> None:
        if self.is_on and screens().get(self._alone_on or "") is screen:
            self.restart()


def screens_to_choose() -> list[Choice]:
    """The screens there are."""
    sizes = {name: _pixels_of(screen) for name, screen in screens().items()}
    return [
        (tr("{name}, {width}x{height}", name=name, width=size.width(), height=size.height()), name)
        for name, size in sizes.items()
    ]


def screens() -> dict[str, QScreen]:
    """The screens there are by their names, the system's first one first; two of the same name get a number."""
    named: dict[str, QScreen] = {}
    for screen in QGuiApplication.screens():
        name, number = screen.name(), 1
        while name in named:
            number += 1
            name = f"{screen.name()} {number}"
        named[name] = screen
    return named


def check_screen(name: str) -> None:
    """Raises `LivestyleError` if there is no screen of this name; empty is any."""
    if name and name not in screens():
        raise LivestyleError(f"There is no screen {name}: choose {' or '.join(screens())}.")


def chosen_screen(names: Sequence[str], wanted: str, own: str) -> str:
    """The screen to fill: the one that is wanted; else one that the window is not on; else the only one."""
    if wanted in names:
        return wanted
    return next((name for name in names if name != own), names[0])


def fitted(aspect: float, into: QSize) -> QRect:
    """Where a picture of this width to height goes, as large as fits, in the middle."""
    width = min(into.width(), round(into.height() * aspect))
    height = min(into.height(), round(width / aspect))
    return QRect((into.width() - width) // 2, (into.height() - height) // 2, width, height)


def _pixels_of(screen: QScreen) -> QSize:
    return screen.size() * screen.devicePixelRatio()


def _as_qimage(image: Image) -> QImage:
    """A QImage on the memory of an array (H, W, 3) or (H, W, 4), which must live as long as it."""
    height, width, channels = image.shape
    kind = QImage.Format.Format_RGB888 if channels == 3 else QImage.Format.Format_RGB32
    return QImage(cast("bytes", image.data), width, height, image.strides[0], kind)
