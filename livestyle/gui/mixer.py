"""The mix: a slider for the share of each style, and a list of those that can be added."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from livestyle.gui.language import tr
from livestyle.gui.widgets import Choice, ValueSlider
from livestyle.look import MOST_STYLES
from livestyle.styles.file import Style


class Mixer(QWidget):
    """Shows the mix, and tells what the user does to it. A style alone has no slider: there is nothing to share.

    Attributes:
        shared: A style is to have another share: its name, and the share.
        removed: A style is to leave the mix; its name.
        added: A style is to come into the mix; its name.
    """

    shared = pyqtSignal(str, float)
    removed = pyqtSignal(str)
    added = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = [_Row(number) for number in range(MOST_STYLES)]
        self.partners = Choice(tr("Mix in another style, up to four, or Shift+click on its card"))
        self.partners.setAccessibleName(tr("Mix in another style"))
        self.partners.setPlaceholderText(tr("Add a style"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        for row in self.rows:
            layout.addWidget(row)
            row.moved.connect(lambda share, row=row: self.shared.emit(row.style_name, share))
            row.remove.clicked.connect(lambda _, row=row: self.removed.emit(row.style_name))
        layout.addWidget(self.partners)
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.partners.activated.connect(lambda row: self.added.emit(self.partners.itemData(row)))

    def show_mix(self, mix: Sequence[tuple[Style, float]], partners: Sequence[Style]) -> None:
        """Shows a mix, the styles and their shares, and the styles that can be added; without a signal."""
        for row, (style, share) in zip(self.rows, mix, strict=False):
            row.show_style(style, share, len(mix))
        for number, row in enumerate(self.rows):
            row.setVisible(1 < len(mix) > number)
        if [style.name for style in partners] != [self.partners.itemData(i) for i in range(self.partners.count())]:
            self.partners.clear()
            for style in partners:
                self.partners.addItem(style.title, style.name)
        self.partners.setCurrentIndex(-1)
        self.partners.setVisible(len(mix) < MOST_STYLES)
        self.partners.setEnabled(bool(partners))


class _Row(ValueSlider):
    """The share of one style, and the button that takes it out."""

    def __init__(self, number: int) -> None:
        super().__init__("", tr("Its share of the mix"), 0.0)
        self.slider.setObjectName(f"mix{number}")
        self.style_name = ""
        self.remove = QToolButton()
        self.remove.setObjectName("remove")
        self.remove.setText("✕")
        self.remove.setFixedSize(20, 20)
        self.remove.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.addWidget(self.remove)

    def show_style(self, style: Style, share: float, count: int) -> None:
        """Shows a style and its share among so many."""
        self.style_name = style.name
        self.rename(style.title)
        self.remove.setToolTip(tr("Take {style} out of the mix", style=style.title))
        self.remove.setAccessibleName(tr("Take {style} out of the mix", style=style.title))
        self.slider.default = round(100 / count)
        self.show_value(share)
