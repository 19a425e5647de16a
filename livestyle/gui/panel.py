"""The panel beside the picture: source, style, and how the network works."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from livestyle.gui.source_menu import SourceButton
from livestyle.gui.widgets import Choice, ShareSlider, Switch
from livestyle.live.decisions import LINES
from livestyle.settings import Settings
from livestyle.styles.file import Style

WIDTH_PX = 272


class ControlPanel(QScrollArea):
    """All controls that have a value. It shows settings, and tells which one the user changed.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        source_button: The menu of sources.
    """

    changed = pyqtSignal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(WIDTH_PX)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self.source_button = SourceButton()
        self.mirror = Switch("Mirror")
        self.mirror.setToolTip("Swap left and right, as a mirror does (M)")
        self.title, self.facts = QLabel(), QLabel()
        self.title.setObjectName("title")
        self.facts.setObjectName("quiet")
        self.strength = ShareSlider("Strength", "From the camera's own picture to the full style (Up, Down)", 100)
        self.keep_colors = Switch("Keep colours")
        self.keep_colors.setToolTip("Brush strokes of the painting, colours of the camera (K)")
        self.second = Choice("The style to mix in (Shift+click on a style, or Ctrl+1 to 9; Ctrl+0 for none)")
        self.mix = ShareSlider("Mix", "How much of the second style (Ctrl+Left, Ctrl+Right)", 50)
        self.mix.slider.setObjectName("mix")
        self.lines = Choice("Fewer lines are faster and paint broader strokes; more are slower and finer")
        self.lines.addItem("Automatic", None)
        for lines in LINES:
            self.lines.addItem(f"{lines} lines", lines)
        self.painted_at = QLabel()
        self.painted_at.setObjectName("quiet")
        self.painted_at.setWordWrap(True)

        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        for item in (
            *("SOURCE", self.source_button, self.mirror),
            *("STYLE", self.title, self.facts, self.strength, self.keep_colors),
            *("MIX WITH", self.second, self.mix),
            *("PAINTED AT", self.lines, self.painted_at),
        ):
            if isinstance(item, str):
                layout.addSpacing(10 if layout.count() else 0)
                heading = QLabel(item)
                heading.setObjectName("heading")
                layout.addWidget(heading)
            else:
                layout.addWidget(item)
        layout.addStretch()
        self.setWidget(content)

        self.mirror.toggled.connect(lambda on: self.changed.emit("mirror", on))
        self.keep_colors.toggled.connect(lambda on: self.changed.emit("colors", "camera" if on else "painting"))
        self.strength.moved.connect(lambda share: self.changed.emit("strength", share))
        self.mix.moved.connect(lambda share: self.changed.emit("mix", share))
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.second.activated.connect(lambda row: self.changed.emit("second_style", self.second.itemData(row)))
        self.lines.activated.connect(lambda row: self.changed.emit("lines", self.lines.itemData(row)))

    def sizeHint(self) -> QSize:
        """As wide as it always is."""
        return QSize(WIDTH_PX, 600)

    def show_settings(self, settings: Settings, style: Style, partners: Sequence[Style], *, mirror: bool) -> None:
        """Shows settings, without a signal.

        Args:
            settings: What to show.
            style: The style in use.
            partners: The styles that can be mixed in.
            mirror: Whether the source of the moment is mirrored.
        """
        self.title.setText(style.title)
        self.title.setWordWrap(True)
        self.facts.setText(", ".join(fact for fact in (style.artist, style.year) if fact))
        self.facts.setWordWrap(True)
        for switch, on in ((self.mirror, mirror), (self.keep_colors, settings.colors == "camera")):
            blocked = switch.blockSignals(True)
            switch.setChecked(on)
            switch.blockSignals(blocked)
        self.strength.show_share(settings.strength)
        self._show_partners(settings, partners)
        self.mix.show_share(settings.mix)
        self.mix.setEnabled(settings.second_style is not None)
        row = self.lines.findData(settings.lines)
        if row < 0:
            self.lines.addItem(f"{settings.lines} lines", settings.lines)
            row = self.lines.count() - 1
        self.lines.setCurrentIndex(row)

    def show_size(self, text: str) -> None:
        """Says what is painted at the moment, and by what."""
        self.painted_at.setText(text)

    def _show_partners(self, settings: Settings, partners: Sequence[Style]) -> None:
        names = [None, *(partner.name for partner in partners)]
        if names != [self.second.itemData(row) for row in range(self.second.count())]:
            self.second.clear()
            self.second.addItem("No second style", None)
            for partner in partners:
                self.second.addItem(partner.title, partner.name)
        self.second.setCurrentIndex(names.index(settings.second_style))
