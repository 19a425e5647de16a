"""The list of keys."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget


def show_help(parent: QWidget, keys: Sequence[tuple[str, str]]) -> None:
    """Opens a window with all keys and what they do.

    Args:
        parent: The window in front of which it opens.
        keys: Keys, and what they do.
    """
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keys")
    layout = QGridLayout(dialog)
    layout.setContentsMargins(24, 20, 24, 20)
    layout.setHorizontalSpacing(28)
    layout.setVerticalSpacing(8)
    for row, (key, does) in enumerate(keys):
        name = QLabel(key)
        name.setObjectName("quiet")
        layout.addWidget(name, row, 0)
        layout.addWidget(QLabel(does), row, 1)
    dialog.open()
