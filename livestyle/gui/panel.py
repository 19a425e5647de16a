"""The panel beside the picture: source, style, and how the network works."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from livestyle.gui.actions import set_tip
from livestyle.gui.camera_section import CameraSection
from livestyle.gui.details import Details
from livestyle.gui.language import tr
from livestyle.gui.mixer import Mixer
from livestyle.gui.pace import PaceReport
from livestyle.gui.play_section import PlaySection
from livestyle.gui.recording_section import RecordingSection
from livestyle.gui.region_section import RegionSection
from livestyle.gui.source_menu import SourceButton
from livestyle.gui.transport_bar import TransportBar
from livestyle.gui.widgets import (
    FACTOR,
    OFF_OR_SHARE,
    Choice,
    NameLabel,
    Switch,
    ValueSlider,
    named_row,
    set_kind,
)
from livestyle.live.decisions import Pace
from livestyle.look import DEPTH, STEADY, Colors
from livestyle.settings import Settings
from livestyle.styles.file import Style

WIDTH_PX = 272
COLORS: tuple[tuple[Colors, str, str], ...] = (
    ("painting", "The painting's", "Brush strokes and colours of the painting"),
    ("camera", "The camera's", "Brush strokes of the painting, colours of the camera"),
    ("only", "Colours only", "Colours of the painting, and nothing else of it"),
)
"""Whose colours: for a look, for the eye, and in a sentence."""

PACES: tuple[tuple[Pace, str, str], ...] = (
    ("smooth", "Smooth", "Small enough to move at 30 frames a second"),
    ("balanced", "Balanced", "As fine as it can be painted at 20 frames a second"),
    ("fine", "Fine", "As fine as it can be painted at 10 frames a second"),
)
"""What the size is to favour: for the settings, for the eye, and in a sentence."""


class ControlPanel(QScrollArea):
    """All controls that have a value. It shows settings, and tells which one the user changed.

    Attributes:
        changed: Name and new value of a field of `Settings`.
        kept: The style in use is to be in the gallery the next time too.
        saved: The style in use is to be saved as a file.
        source_button: The menu of sources.
        camera: What is asked of a camera.
        transport: What steers a film.
        mixer: The mix.
        region: What of the picture is painted.
        play: Fades, scenes, what goes on by itself, and the way back.
        recording: Size, sound and place of recordings.
        details: What only some want to know, or set.
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
        self.camera: CameraSection = CameraSection()
        self.transport: TransportBar = TransportBar()
        self.mirror = Switch(tr("Mirror"))
        set_tip(self.mirror, "mirror")
        self.title, self.facts = NameLabel(), NameLabel()
        self.title.setObjectName("title")
        self.facts.setObjectName("quiet")
        self.own = _OwnStyle()
        self.strength = ValueSlider(tr("Strength"), "", 1.0)
        set_tip(
            self.strength,
            *("stronger", "weaker"),
            sentence=tr("From the camera's own picture to the full style"),
        )
        self.stroke = ValueSlider(tr("Stroke"), "", 1.0, FACTOR)
        set_tip(
            self.stroke,
            *("bolder", "finer"),
            sentence=tr("From fine strokes to bold ones; 100 % is as in the painting"),
        )
        self.colors = _choice(tr("Colours"), "", COLORS)
        set_tip(self.colors, "colors")
        self.steady = ValueSlider(tr("Steady"), "", STEADY, OFF_OR_SHARE)
        set_tip(
            self.steady,
            *("livelier", "steadier"),
            sentence=tr("Holds still what flickers: what stands, and beyond the middle what moves too"),
        )
        self.depth_slider = ValueSlider(
            tr("Depth"),
            tr("Light and dark as the camera sees them, as strong as in the painting"),
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
        self.region: RegionSection = RegionSection()
        self.play: PlaySection = PlaySection()
        self.recording: RecordingSection = RecordingSection()
        self.pace = _choice(tr("Quality"), tr("What matters more: how it moves, or how finely it is painted"), PACES)
        self.pace_text = QLabel()
        self.pace_text.setObjectName("quiet")
        self.pace_text.setWordWrap(True)
        # Room for three lines, so that nothing moves when advice comes.
        self.pace_text.setMinimumHeight(3 * self.pace_text.fontMetrics().lineSpacing())
        self.pace_text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.details = Details()

        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        for item in (
            *(tr("SOURCE"), self.source_button, self.camera, self.transport, self.mirror),
            *(tr("STYLE"), self.title, self.facts),
            *(self.strength, self.stroke, self.depth_slider, named_row(tr("Colours"), self.colors), self.steady),
            self.own,
            *(tr("MIX"), self.mixer),
            *(tr("PAINT"), self.region),
            *(tr("PLAY"), self.play),
            *(tr("RECORDING"), self.recording),
            *(tr("QUALITY"), self.pace, self.pace_text, self.details),
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

        for section in (self.camera, self.region, self.play, self.recording):
            section.changed.connect(self.changed)
        self.mirror.clicked.connect(lambda on: self.changed.emit("mirror", on))
        for name, slider in self._sliders.items():
            slider.moved.connect(lambda value, name=name: self.changed.emit(name, value))
        # `activated`, unlike `currentIndexChanged`, is the user's doing only.
        self.colors.activated.connect(lambda row: self.changed.emit("colors", self.colors.itemData(row)))
        self.own.keep.clicked.connect(self.kept)
        self.own.save.clicked.connect(self.saved)
        self.pace.activated.connect(self._choose_pace)
        self.details.changed.connect(self.changed)

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
        self.title.setText(style.title)
        self.facts.setText(", ".join(fact for fact in (style.artist, style.year) if fact))
        for label in (self.title, self.facts):
            label.setToolTip(label.text())
        self.mirror.setChecked(mirror)
        self.camera.show_settings(settings)
        for name, slider in self._sliders.items():
            slider.show_value(getattr(settings, name))
        self.colors.setCurrentIndex(self.colors.findData(settings.colors))
        self.mixer.show_mix(mix, partners)
        self.play.show_settings(settings)
        self.recording.show_settings(settings)
        self.details.show_settings(settings)
        self.pace.setPlaceholderText(tr("{lines} lines", lines=settings.lines))
        self.pace.setCurrentIndex(self.pace.findData(settings.pace) if settings.lines is None else -1)

    def show_pace(self, pace: PaceReport) -> None:
        """Says how fast it goes, and what to do where that is too slow."""
        self.pace_text.setText(pace.text)
        set_kind(self.pace_text, "problem" if pace.is_short else "")

    def _choose_pace(self, row: int) -> None:
        # A number of lines that was set before would go on to hold.
        self.changed.emit("lines", None)
        self.changed.emit("pace", self.pace.itemData(row))

    def show_own_style(self, *, is_own: bool, is_kept: bool) -> None:
        """Shows what can be done with a style that the user made of a picture.

        Args:
            is_own: Whether the style in use is one.
            is_kept: Whether it will be in the gallery the next time.
        """
        self.own.setVisible(is_own)
        self.own.keep.setEnabled(not is_kept)
        self.own.keep.setText(tr("Kept") if is_kept else tr("Keep"))


class _OwnStyle(QWidget):
    """What can be done with a style that the user made of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.keep, self.save = QPushButton(tr("Keep")), QPushButton(tr("Save as file…"))
        self.keep.setToolTip(tr("Have this style in the gallery the next time too"))
        self.save.setToolTip(tr("Save this style as a style file, to give it away"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for button in (self.keep, self.save):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button, 1)


def _choice(name: str, tip: str, items: Sequence[tuple[object, str, str]]) -> Choice:
    """A choice among values, each with its name and a sentence."""
    choice = Choice(tip)
    choice.setAccessibleName(name)
    for value, text, sentence in items:
        choice.addItem(tr(text), value)
        choice.setItemData(choice.count() - 1, tr(sentence), Qt.ItemDataRole.ToolTipRole)
    return choice
