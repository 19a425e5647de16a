"""How the window looks: few, dark, quiet colours, so that the picture is the only thing that glows."""

from __future__ import annotations

from PyQt6.QtGui import QColor, QPalette
from PyQt6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

STAGE = "#0d0e10"
PANEL = "#17191c"
RAISED = "#22252a"
HOVER = "#2c3037"
LINE = "#2a2d33"
TEXT = "#e8e6e1"
QUIET = "#9a9ea6"
FAINT = "#646972"
ACCENT = "#e6a84f"
MIX = (ACCENT, "#62b6b7", "#b48ad8", "#dd8299")
"""A colour for each style of a mix."""
ALERT = "#e5534b"

SHEET = f"""
* {{ font-size: 13px; }}
QMainWindow, QDialog {{ background: {PANEL}; }}
QWidget {{ color: {TEXT}; }}
QWidget#panel, QWidget#bar, QWidget#gallery {{ background: {PANEL}; }}
QWidget#panel {{ border-left: 1px solid {LINE}; }}
QWidget#bar {{ border-top: 1px solid {LINE}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QLabel {{ background: transparent; }}
QLabel#heading {{ color: {FAINT}; font-size: 11px; font-weight: 600; letter-spacing: 1px; }}
QLabel#title {{ font-size: 18px; font-weight: 600; }}
QLabel#quiet {{ color: {QUIET}; }}
QLabel#figures {{ color: {QUIET}; }}
QLabel#status[kind="problem"] {{ color: {ACCENT}; }}
QLabel#status[kind="busy"] {{ color: {QUIET}; }}

QPushButton, QToolButton, QComboBox {{
    background: {RAISED}; border: 1px solid {LINE}; border-radius: 6px; padding: 6px 10px; min-height: 18px;
}}
QPushButton:hover, QToolButton:hover, QComboBox:hover {{ background: {HOVER}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {LINE}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus {{ border-color: {ACCENT}; }}
QPushButton:checked, QToolButton:checked {{ border-color: {ACCENT}; color: {ACCENT}; }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{ color: {FAINT}; }}
QPushButton#record:checked {{ background: #3a1d1f; border-color: {ALERT}; color: {TEXT}; }}
QToolButton#flat {{ background: transparent; border-color: transparent; padding: 6px; }}
QToolButton#flat:hover {{ background: {HOVER}; }}
QToolButton#flat:checked {{ color: {ACCENT}; }}
QToolButton#flat:focus {{ border-color: {ACCENT}; }}
QToolButton#remove {{ background: transparent; border-color: transparent; padding: 0; min-height: 0; color: {QUIET}; }}
QToolButton#remove:hover {{ color: {TEXT}; background: {HOVER}; }}
QToolButton#remove:focus {{ border-color: {ACCENT}; }}
QPushButton#menu::menu-indicator {{ image: none; }}

QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox QAbstractItemView, QMenu {{
    background: {RAISED}; border: 1px solid {LINE}; padding: 4px; selection-background-color: {HOVER};
    selection-color: {TEXT}; outline: none;
}}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {HOVER}; }}
QMenu::item:disabled {{ color: {FAINT}; }}
QMenu::separator {{ height: 1px; background: {LINE}; margin: 4px 8px; }}
QMenu::indicator {{ width: 8px; height: 8px; border-radius: 4px; left: 6px; }}
QMenu::indicator:checked {{ background: {ACCENT}; }}

QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {HOVER}; }}
QSlider::sub-page:horizontal {{ border-radius: 2px; background: {ACCENT}; }}
{"".join(f"QSlider#mix{row}::sub-page:horizontal {{ background: {color}; }}" for row, color in enumerate(MIX))}
QSlider::sub-page:horizontal:disabled {{ background: {RAISED}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: {TEXT}; }}
QSlider::handle:horizontal:hover {{ background: white; }}
QSlider::handle:horizontal:focus {{ background: {ACCENT}; }}
QSlider::handle:horizontal:disabled {{ background: {FAINT}; }}

QLineEdit {{ background: {STAGE}; border: 1px solid {LINE}; border-radius: 6px; padding: 6px 8px; }}
QLineEdit:focus {{ border-color: {ACCENT}; }}
QScrollBar:horizontal, QScrollBar:vertical {{ background: transparent; height: 8px; width: 8px; margin: 0; }}
QScrollBar::handle {{ background: {HOVER}; border-radius: 4px; min-width: 32px; min-height: 32px; }}
QScrollBar::handle:hover {{ background: {FAINT}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QToolTip {{ background: {RAISED}; color: {TEXT}; border: 1px solid {LINE}; padding: 4px 6px; }}
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


def apply_theme(app: QApplication) -> None:
    """Gives an application the livestyle look, the same on every system."""
    app.setStyle(QuietStyle())
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: PANEL,
        QPalette.ColorRole.Base: STAGE,
        QPalette.ColorRole.AlternateBase: RAISED,
        QPalette.ColorRole.Button: RAISED,
        QPalette.ColorRole.Text: TEXT,
        QPalette.ColorRole.WindowText: TEXT,
        QPalette.ColorRole.ButtonText: TEXT,
        QPalette.ColorRole.ToolTipBase: RAISED,
        QPalette.ColorRole.ToolTipText: TEXT,
        QPalette.ColorRole.PlaceholderText: FAINT,
        QPalette.ColorRole.Highlight: ACCENT,
        QPalette.ColorRole.HighlightedText: STAGE,
        QPalette.ColorRole.Link: ACCENT,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(FAINT))
    app.setPalette(palette)
    app.setStyleSheet(SHEET)
