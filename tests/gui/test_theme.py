from __future__ import annotations

import re
from dataclasses import fields

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QPalette

from livestyle.gui import theme
from livestyle.gui.theme import DARK, LIGHT, Theme, sheet

LEGIBLE = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of words and their ground."""
SEEN = 3.0
"""1.4.11: the least contrast of what shows what is on, or has the keyboard."""

THEMES = pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])


def luminance(color: str) -> float:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, ground: str) -> float:
    dark, light = sorted((luminance(color), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def grounds(colors: Theme) -> list[str]:
    return [colors.panel, colors.raised, colors.hover, colors.field]


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_all_words_can_be_read_on_all_grounds(colors: Theme) -> None:
    inks = [colors.text, colors.quiet, colors.accent, *colors.mix]
    low = [(ink, ground) for ink in inks for ground in grounds(colors) if contrast(ink, ground) < LEGIBLE]
    assert low == []
    assert contrast(colors.text, colors.alert_ground) >= LEGIBLE
    assert min(contrast(colors.on_accent, color) for color in (colors.accent, *colors.mix)) >= LEGIBLE


@THEMES
def test_what_is_on_and_what_has_the_keyboard_is_seen(colors: Theme) -> None:
    marks = [colors.accent, colors.alert]
    assert min(contrast(mark, ground) for mark in marks for ground in grounds(colors)) >= SEEN


@THEMES
def test_words_in_the_sheet_have_only_the_colours_that_can_be_read(colors: Theme) -> None:
    legible = {colors.text, colors.quiet, colors.accent}
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet(colors)):
        for ink in re.findall(r"(?<![-\w])color:\s*(#\w+)", body):
            # What can't be used at the moment is exempt by the standard too.
            assert ink in legible or "disabled" in selector, selector


def test_words_on_the_picture_can_be_read() -> None:
    assert min(contrast(ink, DARK.stage) for ink in (DARK.text, DARK.accent, DARK.alert)) >= LEGIBLE
    assert LIGHT.stage == DARK.stage


def test_both_themes_have_colours_of_the_same_kind() -> None:
    for each in fields(Theme):
        for colors in (DARK, LIGHT):
            value = getattr(colors, each.name)
            for color in value if isinstance(value, tuple) else (value,):
                assert re.fullmatch(r"#[0-9a-f]{6}", color)


def test_the_window_goes_light_and_dark_with_the_system(window, qapp, monkeypatch) -> None:
    hints = qapp.styleHints()
    button = window.bar.buttons["snapshot"]

    def seen(colors: Theme, scheme: Qt.ColorScheme) -> tuple[str, str, bytes]:
        monkeypatch.setattr(theme, "now", lambda: colors)
        hints.colorSchemeChanged.emit(scheme)
        pixels = button.icon().pixmap(18, 18).toImage()
        bits = pixels.constBits()
        return (
            theme.TEXT,
            qapp.palette().color(QPalette.ColorRole.Window).name(),
            bytes(bits.asarray(pixels.sizeInBytes())),
        )

    dark, light = seen(DARK, Qt.ColorScheme.Dark), seen(LIGHT, Qt.ColorScheme.Light)
    assert dark[:2] == (DARK.text, DARK.panel)
    assert light[:2] == (LIGHT.text, LIGHT.panel)
    assert dark[2] != light[2]
    assert window.panel.grab().toImage().pixelColor(4, 4) == QColor(LIGHT.panel)
    assert seen(DARK, Qt.ColorScheme.Dark) == dark


def test_the_look_is_given_once(window, qapp, monkeypatch) -> None:
    style = window.style()
    renewed: list[object] = []
    monkeypatch.setattr(theme, "_apply_colors", renewed.append)
    theme.apply_theme(qapp)
    assert window.style() is style
    assert renewed == []
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert renewed == [qapp]


@pytest.mark.parametrize(
    ("scheme", "colors"),
    [(Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Unknown, DARK)],
)
def test_the_theme_is_the_systems(qapp, monkeypatch, scheme, colors) -> None:
    class Hints:
        def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802
            return scheme

    monkeypatch.setattr("livestyle.gui.theme.QGuiApplication.styleHints", lambda: Hints())
    assert theme.now() is colors


def test_what_is_no_colour_is_no_attribute() -> None:
    with pytest.raises(AttributeError):
        theme.SKY  # noqa: B018
