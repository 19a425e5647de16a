"""The part of the panel that says what of the picture is painted, and what becomes of all else."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from livestyle.gui.language import tr
from livestyle.gui.widgets import Choice, named_row
from livestyle.look import Region
from livestyle.settings import Settings
from livestyle.styles.file import Style

REGIONS: tuple[tuple[Region, str, str], ...] = (
    ("everything", "Everything", "Paint the whole picture"),
    ("me", "Only me", "Paint only the people in the picture"),
    ("background", "Background", "Paint only what is around the people"),
    ("brushed", "Brush", "Paint only what you brush over"),
)
"""What is painted: for the settings, for the eye, and in a sentence."""
COLUMNS = 2


class RegionSection(QWidget):
    """Shows what is painted, and tells what the user changes.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        brush_wanted: The user wants to brush.
        buttons: What is painted -> its button.
        outside: The look of all else.
    """

    changed = pyqtSignal(str, object)
    brush_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[Region, _RegionButton] = {}
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, (region, text, sentence) in enumerate(REGIONS):
            button = _RegionButton(tr(text), tr(sentence))
            button.clicked.connect(lambda _, region=region: self._choose(region))
            grid.addWidget(button, *divmod(at, COLUMNS))
            self.buttons[region] = button
        self.outside = Choice(tr("How all else is painted"))
        self.outside.setAccessibleName(tr("All else"))
        self._all_else = named_row(tr("All else"), self.outside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(grid)
        layout.addWidget(self._all_else)
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.outside.activated.connect(lambda row: self.changed.emit("outside", self.outside.itemData(row)))

    def show_settings(self, settings: Settings, styles: Sequence[Style]) -> None:
        """Shows settings, without a signal.

        Args:
            settings: What to show.
            styles: The styles that all else can be painted in.
        """
        for region, button in self.buttons.items():
            button.setChecked(region == settings.region)
        self._all_else.setVisible(settings.region != "everything")
        items = [("", tr("Unpainted")), *((style.name, style.title) for style in styles)]
        if items != [(self.outside.itemData(row), self.outside.itemText(row)) for row in range(self.outside.count())]:
            self.outside.clear()
            for name, title in items:
                self.outside.addItem(title, name)
        self.outside.setCurrentIndex(max(0, self.outside.findData(settings.outside)))

    def _choose(self, region: Region) -> None:
        self.changed.emit("region", region)
        if region == "brushed":
            self.brush_wanted.emit()


class _RegionButton(QPushButton):
    """Marked while it is what is painted, whatever is clicked. Tab goes to each, as it would not in a group of Qt's."""

    def __init__(self, text: str, tip: str) -> None:
        super().__init__(text)
        self.setToolTip(tip)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(0)

    def nextCheckState(self) -> None:
        """Stays as it is."""
