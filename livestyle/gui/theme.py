"""How the window looks: few, quiet colours, so that the picture is the only thing that glows.

It is dark or light as the system is. What is drawn by hand is drawn in `theme.TEXT` and the like, the colours of the
moment; what lies on the picture, in those of `theme.DARK`, whatever the system says.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The colours of a theme, as "#rrggbb".

    Attributes:
        stage: Around the picture.
        panel: What controls stand on.
        raised: Buttons, lists and tool tips.
        hover: The same under the mouse, and the grooves of sliders.
        field: What is typed into.
        line: Between parts.
        text: What is read.
        quiet: What is read when it is looked for.
        faint: What can't be used at the moment, and ornaments.
        accent: What is on, has the keyboard, or wants to be seen.
        mix: A colour for each style of a mix.
        on_accent: Words on the accent and on the colours of a mix.
        alert: Recording.
        alert_ground: Under the words of a button while it records.
    """

    stage: str = "#0d0e10"
    panel: str
    raised: str
    hover: str
    field: str
    line: str
    text: str
    quiet: str
    faint: str
    accent: str
    mix: tuple[str, str, str, str]
    on_accent: str
    alert: str
    alert_ground: str


DARK = Theme(
    panel="#17191c",
    raised="#22252a",
    hover="#2c3037",
    field="#0d0e10",
    line="#2a2d33",
    text="#e8e6e1",
    quiet="#a4a8b0",
    faint="#6d727b",
    accent="#e6a84f",
    mix=("#e6a84f", "#62b6b7", "#b899db", "#e08a9f"),
    on_accent="#0d0e10",
    alert="#f0706a",
    alert_ground="#3a1d1f",
)
LIGHT = Theme(
    panel="#f4f2ee",
    raised="#ffffff",
    hover="#e6e3dd",
    field="#ffffff",
    line="#d3cfc7",
    text="#1f2023",
    quiet="#55585f",
    faint="#8d9097",
    accent="#8a5200",
    mix=("#8a5200", "#17696b", "#7147a3", "#a83a56"),
    on_accent="#ffffff",
    alert="#b3261e",
    alert_ground="#f9dedc",
)


def now() -> Theme:
    """The theme of the moment: light where the system says so."""
    hints = QGuiApplication.styleHints()
    return LIGHT if hints is not None and hints.colorScheme() == Qt.ColorScheme.Light else DARK


if TYPE_CHECKING:
    STAGE: str
    PANEL: str
    RAISED: str
    HOVER: str
    FIELD: str
    LINE: str
    TEXT: str
    QUIET: str
    FAINT: str
    ACCENT: str
    MIX: tuple[str, str, str, str]
    ON_ACCENT: str
    ALERT: str
    ALERT_GROUND: str
else:

    def __getattr__(name: str) -> str | tuple[str, ...]:
        """`theme.TEXT` and the like are the colours of the moment, so that what is drawn is drawn in them."""
        if name.lower() not in {each.name for each in fields(Theme)}:
            raise AttributeError(name)
        return getattr(now(), name.lower())


def sheet(theme: Theme) -> str:
    """The style sheet in a theme."""
    t = theme
    mix = "".join(
        f"QSlider#mix{row}::sub-page:horizontal {{ background: {color}; }}\n" for row, color in enumerate(t.mix)
    )
    return f"""
* {{ font-size: 13px; }}
QMainWindow, QDialog {{ background: {t.panel}; }}
QWidget {{ color: {t.text}; }}
QWidget#panel, QWidget#bar, QWidget#gallery {{ background: {t.panel}; }}
QWidget#videos {{ background: {t.panel}; border-left: 1px solid {t.line}; }}
QListWidget {{ background: transparent; border: none; outline: none; }}
QWidget#panel {{ border-left: 1px solid {t.line}; }}
QWidget#bar {{ border-top: 1px solid {t.line}; }}
QFrame#outputs {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QLabel {{ background: transparent; }}
QLabel#heading {{ color: {t.quiet}; font-size: 11px; font-weight: 600; letter-spacing: 1px; }}
QLabel#title {{ font-size: 17px; font-weight: 600; }}
QLabel#quiet, QLabel#figures {{ color: {t.quiet}; }}
QLabel#status[kind="problem"], QLabel#quiet[kind="problem"], QLabel#figures[kind="problem"] {{ color: {t.accent}; }}
QLabel#status[kind="busy"] {{ color: {t.quiet}; }}

QPushButton, QToolButton, QComboBox {{
    background: {t.raised}; border: 1px solid {t.line}; border-radius: 6px; padding: 6px 10px; min-height: 18px;
}}
QPushButton[compact="true"] {{ padding: 6px 5px; }}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {t.hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {t.line}; }}
QPushButton:checked, QToolButton:checked {{ border-color: {t.accent}; color: {t.accent}; }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{ color: {t.faint}; }}
QPushButton#record:checked {{ background: {t.alert_ground}; border-color: {t.alert}; color: {t.text}; }}
QToolButton#flat {{ background: transparent; border-color: transparent; padding: 6px; }}
QToolButton#flat:hover {{ background: {t.hover}; }}
QToolButton#flat:checked {{ color: {t.accent}; }}
QToolButton#remove {{
    background: transparent; border-color: transparent; padding: 0; min-height: 0; color: {t.quiet};
}}
QToolButton#remove:hover {{ color: {t.text}; background: {t.hover}; }}
QToolButton#expander {{
    background: transparent; border-color: transparent; padding: 2px 4px 2px 0; color: {t.quiet};
    font-size: 11px; font-weight: 600;
}}
QToolButton#expander:hover {{ color: {t.text}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QToolButton#flat:focus, QToolButton#remove:focus,
QToolButton#expander:focus, QPushButton#record:checked:focus {{ border-color: {t.accent}; }}
QPushButton:checked:focus {{ border-color: {t.text}; }}
QPushButton#menu::menu-indicator {{ image: none; }}

QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox QAbstractItemView, QMenu {{
    background: {t.raised}; border: 1px solid {t.line}; padding: 4px; selection-background-color: {t.hover};
    selection-color: {t.text}; outline: none;
}}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.hover}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QMenu::indicator {{ width: 8px; height: 8px; border-radius: 4px; left: 6px; }}
QMenu::indicator:checked {{ background: {t.accent}; }}

QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {t.hover}; }}
QSlider::sub-page:horizontal {{ border-radius: 2px; background: {t.accent}; }}
{mix}
QSlider::sub-page:horizontal:disabled {{ background: {t.raised}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: {t.text}; }}
QSlider::handle:horizontal:focus {{ background: {t.accent}; }}
QSlider::handle:horizontal:disabled {{ background: {t.faint}; }}

QLineEdit, QDoubleSpinBox {{
    background: {t.field}; border: 1px solid {t.line}; border-radius: 6px; padding: 6px 8px;
}}
QLineEdit QToolButton {{ background: transparent; border: none; padding: 0; min-height: 0; }}
QLineEdit:focus, QDoubleSpinBox:focus {{ border-color: {t.accent}; }}
QScrollBar:horizontal, QScrollBar:vertical {{ background: transparent; height: 8px; width: 8px; margin: 0; }}
QScrollBar::handle {{ background: {t.faint}; border-radius: 4px; min-width: 32px; min-height: 32px; }}
QScrollBar::handle:hover {{ background: {t.quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px 6px; }}
"""


LEFT_BUTTON = 1
"""`Qt.MouseButton.LeftButton` as the number that a style hint has to be."""


class QuietStyle(QProxyStyle):
    """Fusion with two habits changed: sliders go where they are clicked, and the buttons of dialogs have no icons."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,  # noqa: N803 (Qt's name for it)
    ) -> int:
        """Answers for the two, and lets Fusion answer for the rest."""
        match hint:
            case QStyle.StyleHint.SH_Slider_AbsoluteSetButtons:
                return LEFT_BUTTON
            case QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
                return 0
        return super().styleHint(hint, option, widget, returnData)


class _Wardrobe(QObject):
    """Keeps one application in the theme of the moment.

    It keeps the style too: Qt paints with it until the last widget is gone, and asks Python for its hints.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._style = QuietStyle()
        app.setStyle(self._style)
        self.renew()
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self.renew)

    def renew(self) -> None:
        """Puts the colours of the moment on."""
        _apply_colors(self._app)


def apply_theme(app: QApplication) -> None:
    """Gives an application the livestyle look, the same on every system, and light or dark as the system is.

    Once is enough: what has the look already is left alone.
    """
    if app.findChild(_Wardrobe) is None:
        _Wardrobe(app)


def _apply_colors(app: QApplication) -> None:
    theme = now()
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.raised,
        QPalette.ColorRole.Button: theme.raised,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.quiet,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    app.setPalette(palette)
    app.setStyleSheet(sheet(theme))
