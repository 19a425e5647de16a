from __future__ import annotations

import numpy as np
import pytest

from livestyle.frame import Frame
from livestyle.gui.language import LANGUAGES, Language, texts_in
from livestyle.gui.over_picture import GettingReady, NoSource
from livestyle.gui.status import StatusBoard
from livestyle.gui.view import LiveView
from livestyle.live.message import Kind, Message, Picture, Topic

LOST = Message(Kind.PROBLEM, Topic.SOURCE, "There is no camera.")
CONVERTING = Message(Kind.BUSY, Topic.PAINTER, "Making the network fast.", share=0.5)
ROOM_PX = 410
"""What the picture of a window of 700 pixels has beside the panel."""
PHOTO = np.zeros((24, 32, 3), np.uint8)


def picture(*, is_painted: bool) -> Picture:
    return Picture(Frame(PHOTO, 0.0, 0), PHOTO, is_painted)


@pytest.fixture
def board() -> StatusBoard:
    return StatusBoard()


@pytest.fixture
def view(qtbot) -> LiveView:
    view = LiveView()
    qtbot.addWidget(view)
    view.resize(640, 360)
    view.show()
    return view


@pytest.mark.parametrize("code", ["en", *LANGUAGES])
def test_cards_have_room_in_the_smallest_window_in_every_language(qapp, qtbot, code) -> None:
    language = Language(code, texts_in(code), qapp)
    qapp.installTranslator(language)
    try:
        for card in (NoSource(), GettingReady()):
            qtbot.addWidget(card)
            assert card.minimumSizeHint().width() <= card.width() <= ROOM_PX
    finally:
        qapp.removeTranslator(language)


def test_without_a_problem_there_is_no_card(view, board) -> None:
    board.tell(Message(Kind.BUSY, Topic.SOURCE, "Looking for the source."), 0.0)
    board.tell(Message(Kind.BUSY, Topic.PAINTER, "Getting ready to paint."), 0.0)
    assert not view.show_cards(board, None)
    assert not view.no_source.isVisible()
    assert not view.getting_ready.isVisible()


def test_a_source_that_was_lost_while_there_is_a_picture_needs_no_card(view, board) -> None:
    board.tell(LOST, 0.0)
    assert view.show_cards(board, None)
    assert view.no_source.isVisible()
    assert not view.show_cards(board, picture(is_painted=True))
    assert not view.no_source.isVisible()


def test_the_first_start_is_seen_going_on_until_the_first_painting(view, board) -> None:
    board.tell(CONVERTING, 0.0)
    assert view.show_cards(board, picture(is_painted=False))
    card = view.getting_ready
    assert card.isVisible()
    assert (card.step.text(), card.bar.value() / card.bar.maximum()) == ("Making the network fast.", 0.5)
    assert not view.show_cards(board, picture(is_painted=True))
    assert not card.isVisible()


def test_there_is_one_card_at_a_time(view, board) -> None:
    board.tell(CONVERTING, 0.0)
    board.tell(LOST, 0.0)
    view.show_cards(board, None)
    assert view.no_source.isVisible()
    assert not view.getting_ready.isVisible()


def test_the_bar_has_a_name_for_who_can_not_see_it(qtbot) -> None:
    card = GettingReady()
    qtbot.addWidget(card)
    assert card.bar.accessibleName()


def test_between_two_steps_the_bar_goes_on_and_never_back(qtbot) -> None:
    card = GettingReady()
    qtbot.addWidget(card)
    card.show_step("Loading.", 0.1)
    for _ in range(20):
        card._creep()
    crept = card.bar.value()
    assert 100 < crept < 500
    card.show_step("Loading.", 0.1)
    assert card.bar.value() == crept
    card.show_step("Painting.", 0.8)
    assert card.bar.value() == 800
