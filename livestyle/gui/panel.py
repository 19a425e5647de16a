"""The panel beside the picture: source, style, and how the network works."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from livestyle.gui.actions import tip, with_keys
from livestyle.gui.mixer import Mixer
from livestyle.gui.play_section import PlaySection
from livestyle.gui.source_menu import SourceButton
from livestyle.gui.transport_bar import TransportBar
from livestyle.gui.widgets import FACTOR, MAY_BREAK, OFF_OR_SHARE, Choice, Switch, ValueSlider
from livestyle.live.decisions import LINES
from livestyle.look import DEPTH, STEADY, Colors
from livestyle.settings import Settings
from livestyle.styles.file import Style

WIDTH_PX = 272
LONG_WORD = 20
"""Letters of a title that fit into a line."""

COLORS: tuple[tuple[Colors, str, str], ...] = (
    ("painting", "The painting's", "Brush strokes and colours of the painting"),
    ("camera", "The camera's", "Brush strokes of the painting, colours of the camera"),
    ("only", "Colours only", "Colours of the painting, and nothing else of it"),
)
"""Whose colours: for a look, for the eye, and in a sentence."""


class ControlPanel(QScrollArea):
    """All controls that have a value. It shows settings, and tells which one the user changed.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        kept: The style in use is to be in the gallery the next time too.
        saved: The style in use is to be saved as a file.
        source_button: The menu of sources.
        transport: What steers a film.
        mixer: The mix.
        play: Fades, scenes, what goes on by itself, and the way back.
    """

    changed = pyqtSignal(str, object)
    kept = pyqtSignal()
    saved = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(WIDTH_PX)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

        self.source_button: SourceButton = SourceButton()
        self.transport: TransportBar = TransportBar()
        self.mirror = Switch("Mirror")
        self.mirror.setToolTip(tip("mirror"))
        self.title, self.facts = QLabel(), QLabel()
        self.title.setObjectName("title")
        self.facts.setObjectName("quiet")
        self.title.setWordWrap(True)
        self.facts.setWordWrap(True)
        self.own = _OwnStyle()
        self.strength = ValueSlider(
            "Strength", with_keys("From the camera's own picture to the full style", "stronger", "weaker"), 1.0
        )
        self.stroke = ValueSlider(
            "Stroke",
            with_keys("From fine strokes to bold ones; 100 % is as in the painting", "bolder", "finer"),
            1.0,
            FACTOR,
        )
        self.colors = Choice(tip("colors"))
        self.colors.setAccessibleName("Colours")
        for value, text, sentence in COLORS:
            self.colors.addItem(text, value)
            self.colors.setItemData(self.colors.count() - 1, sentence, Qt.ItemDataRole.ToolTipRole)
        self.steady = ValueSlider(
            "Steady",
            with_keys(
                "Holds still what flickers: what stands, and beyond the middle what moves too", "livelier", "steadier"
            ),
            STEADY,
            OFF_OR_SHARE,
        )
        self.depth_slider = ValueSlider(
            "Depth",
            "Light and dark as the camera sees them, as strong as in the painting",
            DEPTH,
            OFF_OR_SHARE,
        )
        self._sliders = {
            "strength": self.strength,
            "stroke": self.stroke,
            "depth": self.depth_slider,
            "steady": self.steady,
        }
        self.mixer = Mixer()
        self.play: PlaySection = PlaySection()
        self.lines = Choice("Fewer lines are faster, more lines are finer")
        self.lines.addItem("Automatic", None)
        for lines in LINES:
            self.lines.addItem(f"{lines} lines", lines)
        self.inbetweens = Switch("In-betweens")
        self.inbetweens.setToolTip(
            "Where not every frame can be painted, move the last painting along with the picture"
        )
        self.painted_at = QLabel()
        self.painted_at.setObjectName("quiet")
        self.painted_at.setWordWrap(True)

        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        for item in (
            *("SOURCE", self.source_button, self.transport, self.mirror),
            *("STYLE", self.title, self.facts, self.own),
            *(self.strength, self.stroke, self.depth_slider, _row("Colours", self.colors), self.steady),
            *("MIX", self.mixer),
            *("PLAY", self.play),
            *("PAINTED AT", self.lines, self.inbetweens, self.painted_at),
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

        self.play.changed.connect(self.changed)
        self.mirror.clicked.connect(lambda on: self.changed.emit("mirror", on))
        self.inbetweens.clicked.connect(lambda on: self.changed.emit("inbetweens", on))
        for name, slider in self._sliders.items():
            slider.moved.connect(lambda value, name=name: self.changed.emit(name, value))
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.colors.activated.connect(lambda row: self.changed.emit("colors", self.colors.itemData(row)))
        self.own.keep.clicked.connect(self.kept)
        self.own.save.clicked.connect(self.saved)
        self.lines.activated.connect(lambda row: self.changed.emit("lines", self.lines.itemData(row)))

    def sizeHint(self) -> QSize:
        """As wide as it always is."""
        return QSize(WIDTH_PX, 600)

    def show_settings(
        self, settings: Settings, mix: Sequence[tuple[Style, float]], partners: Sequence[Style], *, mirror: bool
    ) -> None:
        """Shows settings, without a signal.

        Args:
            settings: What to show.
            mix: The styles in use and their shares, the one that leads first.
            partners: The styles that can be mixed in.
            mirror: Whether the source of the moment is mirrored.
        """
        style, _ = mix[0]
        self.title.setText(_breakable(style.title))
        self.facts.setText(", ".join(fact for fact in (style.artist, style.year) if fact))
        self.facts.setVisible(bool(self.facts.text()))
        self.mirror.setChecked(mirror)
        self.inbetweens.setChecked(settings.inbetweens)
        for name, slider in self._sliders.items():
            slider.show_value(getattr(settings, name))
        self.colors.setCurrentIndex(self.colors.findData(settings.colors))
        self.mixer.show_mix(mix, partners)
        self.play.show_settings(settings)
        row = self.lines.findData(settings.lines)
        if row < 0:
            self.lines.addItem(f"{settings.lines} lines", settings.lines)
            row = self.lines.count() - 1
        self.lines.setCurrentIndex(row)

    def show_size(self, text: str) -> None:
        """Says what is painted at the moment, and by what."""
        self.painted_at.setText(text)

    def show_own_style(self, *, is_own: bool, is_kept: bool) -> None:
        """Shows what can be done with a style that the user made of a picture.

        Args:
            is_own: Whether the style in use is one.
            is_kept: Whether it will be in the gallery the next time.
        """
        self.own.setVisible(is_own)
        self.own.keep.setEnabled(not is_kept)
        self.own.keep.setText("Kept" if is_kept else "Keep")


class _OwnStyle(QWidget):
    """What can be done with a style that the user made of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.keep, self.save = QPushButton("Keep"), QPushButton("Save as file…")
        self.keep.setToolTip("Have this style in the gallery the next time too")
        self.save.setToolTip("Save this style as a style file, to give it away")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in (self.keep, self.save):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button, 1)


def _row(name: str, choice: Choice) -> QWidget:
    """A choice with its name to its left."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(QLabel(name), 1)
    layout.addWidget(choice, 2)
    return row


def _breakable(title: str) -> str:
    """A title whose long words, as names of files are, can be broken."""
    words = (word if len(word) <= LONG_WORD else MAY_BREAK.join(word) for word in title.split(" "))
    return " ".join(words)
