"""The shelf under the picture: the gallery, what narrows it down, and the card for a picture of one's own."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

from PyQt6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from livestyle.gui import icons
from livestyle.gui.actions import set_tip
from livestyle.gui.gallery import Gallery
from livestyle.gui.language import tr
from livestyle.gui.picture_card import PictureCard
from livestyle.gui.sections import TITLES, Section, Styles, shown
from livestyle.gui.widgets import Choice, NameLabel

LEAST_SEARCH_PX, SEARCH_PX = 64, 170
LEAST_SECTION_LETTERS, SECTION_PX = 7, 150
UNDO_FOR_MS = 20_000
GRID_SHARE = 2
"""How much of the window a grid takes, to the picture's 1."""


class Shelf(QWidget):
    """Shows the styles, narrowed down by words and sections, as a strip or as a grid.

    Attributes:
        favoured: A style is to be a favourite, or no longer; its name.
        renamed: A style is to be called otherwise; its name and its new title.
        deleted: A style is to be deleted; its name.
        exported: A style is to be saved as a file; its name.
        undone: The last deletion is to be undone.
        gallery: The cards.
        picture_card: The card for a picture of one's own.
    """

    favoured = pyqtSignal(str)
    renamed = pyqtSignal(str, str)
    deleted = pyqtSignal(str)
    exported = pyqtSignal(str)
    undone = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._styles = Styles()
        self._favourites: Collection[str] = ()
        self.gallery: Gallery = Gallery()
        self.picture_card: PictureCard = PictureCard()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a style"))
        self.search.setAccessibleName(tr("Find a style"))
        self.search.setClearButtonEnabled(True)
        for clear in self.search.findChildren(QToolButton):
            clear.setAccessibleName(tr("Clear the search"))
        self.search.setMinimumWidth(LEAST_SEARCH_PX)
        self.search.setMaximumWidth(SEARCH_PX)
        self.search.setFocusPolicy(Qt.FocusPolicy.ClickFocus | Qt.FocusPolicy.TabFocus)
        self.search.installEventFilter(self)
        self.section = Choice(tr("Which styles are shown"))
        self.section.setAccessibleName(tr("Which styles are shown"))
        self.section.setMinimumContentsLength(LEAST_SECTION_LETTERS)
        self.section.setMaximumWidth(SECTION_PX)
        self.section.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for section, title in TITLES.items():
            self.section.addItem(tr(title), section)
        self.undo_label, self.undo = NameLabel(), QPushButton(tr("Undo"))
        self.undo_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grid = QToolButton()
        self.grid.setObjectName("flat")
        self.grid.setAccessibleName(tr("Grid"))
        self.grid.setIcon(icons.grid_icon())
        self.grid.setIconSize(QSize(icons.SIDE_PX, icons.SIDE_PX))
        set_tip(self.grid, "all styles")
        self.grid.setCheckable(True)
        self.grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._undo_timer = QTimer(self)
        self._undo_timer.setSingleShot(True)
        self._lay_out()
        self._connect()
        self.show_as_grid(False)
        self.offer_undo("")

    def show_styles(self, styles: Styles, favourites: Collection[str]) -> None:
        """Shows the styles that there are."""
        self._styles, self._favourites = styles, favourites
        self.gallery.styles.use(styles.ordered, styles.slow, favourites)
        self._narrow()

    def show_favourites(self, favourites: Collection[str]) -> None:
        """Marks the favourites."""
        if list(favourites) != list(self._favourites):
            self.show_styles(self._styles, favourites)

    def show_as_grid(self, is_grid: bool) -> None:
        """Shows the cards in rows, or in one strip."""
        self.grid.setChecked(is_grid)
        vertical = QSizePolicy.Policy.Expanding if is_grid else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        policy.setVerticalStretch(GRID_SHARE if is_grid else 0)
        self.setSizePolicy(policy)
        self.gallery.show_as_grid(is_grid)

    def toggle_grid(self) -> None:
        """Shows the cards otherwise."""
        self.show_as_grid(not self.gallery.is_grid)

    def look_for(self) -> None:
        """Has the next words looked for."""
        self.search.setFocus()
        self.search.selectAll()

    def offer_undo(self, title: str) -> None:
        """Says that a style is deleted, and offers to undo it for a while; empty to offer it no longer."""
        self.undo_label.setText(tr("{style} is deleted.", style=title) if title else "")
        self.undo.setVisible(bool(title))
        if title:
            self._undo_timer.start(UNDO_FOR_MS)

    def ask_for_title(self, name: str) -> None:
        """Lets the user call one of their own styles otherwise."""
        style = next((style for style in self._styles.ordered if style.name == name), None)
        if style is None or name not in self._styles.mine:
            return
        dialog = QInputDialog(self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Rename the style"))
        dialog.setLabelText(tr("What to call it"))
        dialog.setTextValue(style.title)
        dialog.textValueSelected.connect(lambda text: self.renamed.emit(name, text.strip()) if text.strip() else None)
        dialog.open()

    def changeEvent(self, event: QEvent | None) -> None:
        """Draws the icon anew in another theme."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.grid.setIcon(icons.grid_icon())

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """In the search: Enter chooses the first style that was found, Down goes to the cards, Esc gives it up."""
        if watched is not self.search or not isinstance(event, QKeyEvent):
            return False
        wanted = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Down)
        if wanted and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if not wanted or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Down:
            self.gallery.setFocus()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.search.clear()
        else:
            for name in self.gallery.styles.names[:1]:
                self.gallery.chosen.emit(name)
        self.search.clearFocus()
        return True

    def menu_of(self, name: str) -> QMenu:
        """What can be done with a style."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_favourite, is_mine = name in self._favourites, name in self._styles.mine
        favourite = menu.addAction(tr("No longer a favourite") if is_favourite else tr("Favourite"))
        rename, export, delete = (menu.addAction(tr(words)) for words in ("Rename…", "Export…", "Delete"))
        for action, do in (
            (favourite, self.favoured.emit),
            (rename, self.ask_for_title),
            (export, self.exported.emit),
            (delete, self.deleted.emit),
        ):
            if action is not None:
                action.triggered.connect(lambda _, do=do: do(name))
        for action in (rename, delete):
            if action is not None:
                action.setEnabled(is_mine)
        return menu

    def _show_menu(self, name: str, place: QPoint) -> None:
        self.menu_of(name).popup(place)

    def _delete(self, name: str) -> None:
        if name in self._styles.mine:
            self.deleted.emit(name)

    def _undo(self) -> None:
        self.offer_undo("")
        self.undone.emit()

    def _narrow(self) -> None:
        section = Section(self.section.currentData())
        names = shown(self._styles, section, self.search.text(), self._favourites)
        self.gallery.styles.show(names)
        self.gallery.set_empty(tr("No style here has these words.") if self.search.text() else tr(EMPTY[section]))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 6, 14, 0)
        head.setSpacing(8)
        head.addWidget(self.search, 4)
        head.addWidget(self.section, 4)
        head.addWidget(self.undo_label, 1)
        head.addWidget(self.undo)
        head.addWidget(self.grid)
        cards = QHBoxLayout()
        cards.setSpacing(0)
        cards.addWidget(self.gallery, 1)
        cards.addWidget(self.picture_card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addLayout(cards, 1)
        for before, after in pairwise(
            (self.search, self.section, self.undo, self.grid, self.gallery, self.picture_card)
        ):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._narrow)
        self.section.currentIndexChanged.connect(self._narrow)
        self.grid.clicked.connect(self.toggle_grid)
        self.undo.clicked.connect(self._undo)
        self._undo_timer.timeout.connect(lambda: self.offer_undo(""))
        self.gallery.menu_wanted.connect(self._show_menu)
        self.gallery.rename_wanted.connect(self.ask_for_title)
        self.gallery.delete_wanted.connect(self._delete)


EMPTY = {
    **dict.fromkeys(Section, "There are none."),
    Section.FAVOURITES: "Right-click a card to make it a favourite.",
    Section.MINE: "Drop any picture onto the window to make a style of it.",
}
"""What is said of a section without styles."""
