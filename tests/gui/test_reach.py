"""Every control can be reached, seen and named, at every size of the window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)

from livestyle.gui.language import LANGUAGES, Language, texts_in
from livestyle.gui.widgets import Switch
from livestyle.gui.window import LEGIBLE_PX

CONTROLS = (QAbstractButton, QSlider, QComboBox, QLineEdit)


def controls_of(window: QWidget) -> list[QWidget]:
    """All controls of ours: what a combo box or a scroll area has inside is Qt's."""
    return [w for w in window.findChildren(QWidget) if isinstance(w, CONTROLS) and w.parent().objectName()[:3] != "qt_"]


def name_of(widget: QWidget) -> str:
    """What a screen reader says."""
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


@pytest.fixture
def full_window(window, qtbot):
    """A window that shows all of its controls: a mix, and the details."""
    window.model.toggle_in_mix("wild")
    window.panel.details.expander.click()
    window.resize(1280, 720)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def test_every_control_has_a_name(window) -> None:
    rows = [row for row in window.panel.mixer.rows if not row.isVisible()]
    # A row of the mixer gets its name with its style.
    hidden = [control for row in rows for control in (row.slider, row.remove)]
    nameless = [c for c in controls_of(window) if c not in hidden and not any(map(str.isalpha, name_of(c)))]
    assert nameless == []
    assert all(view.accessibleName() for view in (window.view, window.gallery))


def test_the_mix_has_names(full_window) -> None:
    rows = [row for row in full_window.panel.mixer.rows if row.isVisible()]
    assert [name_of(row.slider) for row in rows] == ["Calm", "Wild"]


def test_tab_goes_to_every_control_in_the_order_in_which_they_stand(full_window, qtbot) -> None:
    wanted = [c for c in controls_of(full_window) if c.isVisible() and c.isEnabled()]
    full_window.view.setFocus()
    order: list[QWidget] = []
    for _ in range(len(wanted) + 10):
        QTest.keyClick(full_window.focusWidget(), Qt.Key.Key_Tab)
        if full_window.focusWidget() in order:
            break
        order.append(full_window.focusWidget())
    assert [name_of(c) for c in wanted if c not in order] == []
    in_panel = [c for c in order if full_window.panel.isAncestorOf(c)]
    assert len(in_panel) > 10

    def is_in_order() -> bool:
        tops = [c.mapTo(full_window.panel.widget(), c.rect().center()).y() for c in in_panel]
        # The button that takes a style out stands above the slider that it comes after.
        return all(after > before - 24 for before, after in pairwise(tops))

    # What has just been shown gets its place a moment later.
    qtbot.waitUntil(is_in_order)


def test_whatever_has_the_keyboard_shows_it(full_window, qtbot) -> None:
    unseen = []
    for control in controls_of(full_window):
        if not (control.isVisible() and control.isEnabled()):
            continue
        full_window.view.setFocus()
        full_window.panel.ensureWidgetVisible(control)
        before = control.grab().toImage()
        control.setFocus(Qt.FocusReason.TabFocusReason)
        qtbot.waitUntil(control.hasFocus)
        if control.grab().toImage() == before:
            unseen.append(name_of(control))
    assert unseen == []


@pytest.mark.parametrize("size", [(1280, 720), (700, 520), (1600, 1000)])
def test_nothing_overlaps_and_nothing_is_cut_off(window, qtbot, size) -> None:
    window.resize(*size)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == size)
    parts = [window.view, window.bar, window.gallery, window.picture_card, window.panel]
    places = [part.rect().translated(part.mapTo(window, part.rect().topLeft())) for part in parts]
    assert all(window.rect().contains(place) for place in places)
    assert not [(a, b) for a in places for b in places if a is not b and a.intersects(b)]
    assert window.view.height() >= window.height() / 2
    for room in (window.bar, window.panel.widget()):
        inside = [w for w in room.findChildren(QWidget) if w.isVisible() and w.parent() is room]
        assert all(room.rect().contains(w.geometry()) for w in inside)
        assert not [(a, b) for a in inside for b in inside if a is not b and a.geometry().intersects(b.geometry())]


@pytest.fixture(params=["en", *LANGUAGES])
def spoken(request, qapp) -> Iterator[str]:
    language = Language(request.param, texts_in(request.param), qapp)
    qapp.installTranslator(language)
    yield request.param
    qapp.removeTranslator(language)


def test_words_have_room_in_every_language(spoken, full_window, qtbot) -> None:
    full_window.panel.show_own_style(is_own=True, is_kept=False)
    full_window.resize(700, 520)
    qtbot.waitUntil(lambda: full_window.width() == 700)
    content, viewport = full_window.panel.widget(), full_window.panel.viewport()
    assert content.minimumSizeHint().width() <= viewport.width()
    words = [w for w in content.findChildren(QWidget) if w.isVisible() and type(w) in (QLabel, QPushButton, Switch)]
    words = [w for w in words if w.text() and not (isinstance(w, QLabel) and w.wordWrap())]
    assert len(words) > 10
    assert [w.text() for w in words if w.width() < w.sizeHint().width()] == []
    full_window.resize(1280, 720)
    qtbot.waitUntil(lambda: full_window.width() == 1280)
    bar = full_window.bar
    assert all(bar.buttons[name].text() for name in ("record", "snapshot", "compare"))
    assert bar.status.width() >= LEGIBLE_PX
