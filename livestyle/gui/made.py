"""What can be done with a file that was made: looked at, shown in its folder, copied. Pictures are read in threads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PyQt6.QtCore import QMimeData, QSize, Qt, QUrl
from PyQt6.QtGui import QDesktopServices, QGuiApplication, QImage

THUMBNAIL = QSize(128, 72)
"""What a thumbnail fits into, in pixels of a screen of usual density."""


def is_video(path: Path) -> bool:
    """Whether a file is a video, and no picture."""
    return path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp")


def thumbnail_of(path: Path) -> QImage:
    """A file's picture, or the first one of a video, small; empty where there is none. To be called in a thread."""
    image = first_picture(path) if is_video(path) else QImage(str(path))
    if image.isNull():
        return image
    return image.scaled(2 * THUMBNAIL, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def first_picture(path: Path) -> QImage:
    """The first picture of a video; empty where there is none."""
    import av

    try:
        with av.open(str(path.absolute())) as video:
            frame = next(video.decode(video=0))
            rgb = frame.to_ndarray(format="rgb24")
    except (av.FFmpegError, OSError, StopIteration, IndexError):
        return QImage()
    height, width = rgb.shape[:2]
    return QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def show_in_folder(path: Path) -> None:
    """Opens the folder of a file, with the file selected where the system can do that."""
    if sys.platform == "win32":
        subprocess.Popen(f'explorer /select,"{path}"')
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", str(path)])
    elif not _asked_file_manager(path):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def copy_video(path: Path) -> None:
    """Copies a video as its file, which is then pasted where files go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    _to_clipboard(data)


def copy_picture(image: QImage) -> None:
    """Copies a picture."""
    data = QMimeData()
    data.setImageData(image)
    _to_clipboard(data)


def _to_clipboard(data: QMimeData) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setMimeData(data)


def _asked_file_manager(path: Path) -> bool:
    """Asks the file manager of a Linux desktop; returns whether there is one to ask."""
    try:
        from PyQt6.QtDBus import QDBusConnection, QDBusMessage
    except ImportError:
        return False
    bus = QDBusConnection.sessionBus()
    interface = bus.interface() if bus.isConnected() else None
    name = "org.freedesktop.FileManager1"
    if interface is None or not interface.isServiceRegistered(name).value():
        return False
    call = QDBusMessage.createMethodCall(name, "/org/freedesktop/FileManager1", name, "ShowItems")
    call.setArguments([[QUrl.fromLocalFile(str(path)).toString()], ""])
    return bool(bus.send(call))
