"""The list of keys."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget

from livestyle.gui.language import tr


def show_help(parent: QWidget, keys: Sequence[tuple[str, str]]) -> None:
    """Opens a window with all keys and what they do, in two columns, so that it fits on a small screen.

    Args:
        parent: The window in front of which it opens.
        keys: Keys, and what they do.
    """
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(tr("Keys"))
    layout = QGridLayout(dialog)
    layout.setContentsMargins(24, 20, 24, 20)
    layout.setHorizontalSpacing(28)
    layout.setVerticalSpacing(8)
    layout.setColumnMinimumWidth(2, 16)
    rows = math.ceil(len(keys) / 2)
    for number, (key, does) in enumerate(keys):
        half, row = divmod(number, rows)
        name = QLabel(key)
        name.setObjectName("quiet")
        layout.addWidget(name, row, 3 * half)
        layout.addWidget(QLabel(does), row, 3 * half + 1)
    dialog.open()
