"""The page of keys: all that can be done, and by which key, everywhere key or MIDI control; each can be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import QEvent, QKeyCombination, QObject, QSize, Qt
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from livestyle.errors import LivestyleError
from livestyle.gui.actions import ACTIONS, Keys, described, keys_of, owner_of, spoken, with_key
from livestyle.gui.language import told, tr
from livestyle.gui.model import ShowModel
from livestyle.gui.remote import midi
from livestyle.gui.remote.controls import CONTROLS, takes
from livestyle.gui.remote.hotkeys import as_pynput
from livestyle.gui.remote.osc import parse_address
from livestyle.gui.remote.remote import Remote
from livestyle.settings import Settings

DOES, KEY, EVERYWHERE, MIDI = range(4)
"""The columns."""
TITLES = ("Action", "Key", "Everywhere", "MIDI")
FIELDS = {KEY: "keys", EVERYWHERE: "global_keys", MIDI: "midi"}
"""Column -> the field of the settings that it shows."""
SIZE, ROOM = QSize(740, 560), 0.9
"""How large it opens, and how much of the screen it takes at most."""
LEAST_COLUMN_PX, OSC_PX = 84, 112
HELD = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_unknown)
"""Keys that are held while another one is pressed."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is being changed."""

    name: str
    column: int


class KeyPage(QDialog):
    """Shows keys, and takes others: one clicks a cell and presses the new key, or turns the knob.

    Args:
        model: What is set.
        remote: Knows when a knob is turned.
        parent: The window in front of which it opens.
    """

    def __init__(self, model: ShowModel, remote: Remote, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keys"))
        self._model = model
        self._remote = remote
        self._waits_for: _Cell | None = None
        self._do: Callable[[], None] | None = None
        numbered = {name for name, action in ACTIONS.items() if action.number}
        numbered |= {name for name, control in CONTROLS.items() if control.number}
        self.names = sorted([*ACTIONS, *CONTROLS], key=numbered.__contains__)
        """What the rows are about; where many do the same, they come last."""
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find an action"))
        self.search.setAccessibleName(tr("Find an action"))
        self.search.setClearButtonEnabled(True)
        self.table = QTableWidget(len(self.names), len(TITLES))
        self.words = QLabel(tr("Click a key to change it."))
        self.words.setWordWrap(True)
        self.offer, self.usual = QPushButton(), QPushButton(tr("As usual"))
        self.all_usual = QPushButton(tr("All as usual"))
        self.osc = QLineEdit()
        self.offer.hide()
        self._fill()
        self._lay_out()
        self.search.textChanged.connect(self._narrow)
        self.table.cellClicked.connect(self.begin)
        self.table.cellActivated.connect(self.begin)
        self.offer.clicked.connect(self._accept_offer)
        self.usual.clicked.connect(self._use_usual)
        self.all_usual.clicked.connect(self._use_all_usual)
        self.osc.editingFinished.connect(self._use_osc)
        self.table.installEventFilter(self)
        model.changed.connect(self._show_settings)
        remote.learned.connect(self._take_control)
        remote.told.connect(lambda sentence: self._say(told(sentence)))
        self._show_settings()
        self.table.setCurrentCell(0, KEY)
        self.table.setFocus()

    @property
    def _settings(self) -> Settings:
        return self._model.settings

    def _show_settings(self) -> None:
        shown: dict[int, Callable[[str], str]] = {KEY: spoken, EVERYWHERE: spoken, MIDI: midi.said}
        there = {column: self._in(column) for column in shown}
        for row, name in enumerate(self.names):
            for column, words in shown.items():
                value = there[column].get(name, "")
                waits = self._waits_for == _Cell(name, column)
                self._write(row, column, "…" if waits else words(value) if value and self._can(name, column) else "")
        if not self.osc.hasFocus():
            self.osc.setText(self._settings.osc)

    def begin(self, row: int, column: int) -> None:
        """Waits for the new key, or the knob, of a cell."""
        self._end()
        name = self.names[row]
        if column == DOES or not self._can(name, column):
            return
        self._waits_for = _Cell(name, column)
        self._write(row, column, "…")
        if column == MIDI:
            self._say(tr("Turn the knob or press the key of the MIDI device; Esc leaves it, Delete takes it away."))
            self._remote.learns = True
            self._remote.look_for_midi()
        else:
            self._say(tr("Press the new key; Esc leaves it as it was."))

    def _take_control(self, control: str) -> None:
        """Takes the knob that was turned."""
        cell = self._waits_for
        if cell is not None and cell.column == MIDI:
            self._end()
            others = {name: it for name, it in self._settings.midi.items() if it != control}
            self._set(cell, {**others, cell.name: control})

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Takes the key that was pressed; without one to wait for, Delete takes the key of a cell away."""
        if watched is not self.table or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and self._waits_for is not None:
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            cell = self._waits_for if self._waits_for and self._waits_for.column == MIDI else None
            if cell is None and self._waits_for is None:
                cell = _Cell(self.names[self.table.currentRow()], self.table.currentColumn())
            if cell is not None and cell.column != DOES:
                self._end()
                self._clear(cell)
                return True
        if self._waits_for is None:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self._end()
        elif event.key() not in HELD and self._waits_for.column != MIDI:
            self._take_key(self._waits_for, key_of(event))
        return True

    def done(self, result: int) -> None:
        """Waits for nothing any longer."""
        self._end()
        super().done(result)

    def _take_key(self, cell: _Cell, key: str) -> None:
        self._end()
        if not key:
            return
        if cell.column == EVERYWHERE and as_pynput(key) is None:
            self._say(tr("{key} can't be heard everywhere: choose another key.", key=spoken(key)))
            return
        owner = owner_of(key, self._in(cell.column))
        if owner in (None, cell.name):
            self._give(cell, key)
            return
        does = described(owner or "")
        words = tr("{key} is the key for “{action}”.", key=spoken(key), action=does)
        self._say(words, tr("Use it here"), partial(self._give, cell, key))

    def _give(self, cell: _Cell, key: str) -> None:
        if cell.column == KEY:
            self._set(cell, with_key(self._settings.keys, cell.name, key))
        else:
            others = {name: it for name, it in self._settings.global_keys.items() if it != key}
            self._set(cell, {**others, cell.name: key})

    def _clear(self, cell: _Cell) -> None:
        if cell.column == KEY:
            self._set(cell, with_key(self._settings.keys, cell.name, ""))
        else:
            there: Keys = getattr(self._settings, FIELDS[cell.column])
            self._set(cell, {name: it for name, it in there.items() if name != cell.name})

    def _use_usual(self) -> None:
        """What the row of the moment had at first."""
        self._end()
        name = self.names[self.table.currentRow()]
        for column in (EVERYWHERE, MIDI):
            self._clear(_Cell(name, column))
        if name in ACTIONS:
            self._take_key(_Cell(name, KEY), ACTIONS[name].key)

    def _use_all_usual(self) -> None:
        self._end()
        before = {field: getattr(self._settings, field) for field in FIELDS.values()}
        self._set_all({field: {} for field in before})
        self._say(tr("All keys are as usual."), tr("Undo"), partial(self._set_all, before))

    def _set_all(self, values: Mapping[str, Keys]) -> None:
        for field, value in values.items():
            self._model.set(field, value)

    def _use_osc(self) -> None:
        text = self.osc.text().strip()
        if text == self._settings.osc:
            return
        try:
            if text:
                parse_address(text)
        except LivestyleError as error:
            self._say(told(str(error)))
            self.osc.setText(self._settings.osc)
            return
        self._model.set("osc", text)

    def _set(self, cell: _Cell, value: Keys) -> None:
        self._say(tr("Click a key to change it."))
        self._model.set(FIELDS[cell.column], value)

    def _end(self) -> None:
        """Waits no longer."""
        if self._waits_for is not None:
            self._waits_for = None
            self._remote.learns = False
            self._show_settings()
        self._say(tr("Click a key to change it."))

    def _in(self, column: int) -> Keys:
        """Names and what a column has for them."""
        if column == KEY:
            return keys_of(self._settings.keys)
        there: Keys = getattr(self._settings, FIELDS[column])
        return {name: it for name, it in there.items() if column != MIDI or midi.is_control(it)}

    def _can(self, name: str, column: int) -> bool:
        """Whether a row has something in a column."""
        return name in ACTIONS if column == KEY else takes(name) and (column == MIDI or name in ACTIONS)

    def _say(self, words: str, offered: str = "", do: Callable[[], None] | None = None) -> None:
        """Says something, and offers to do something about it."""
        self.words.setText(words)
        self.offer.setText(offered)
        self.offer.setVisible(do is not None)
        self._do = do

    def _accept_offer(self) -> None:
        do = self._do
        self._end()
        if do is not None:
            do()

    def _write(self, row: int, column: int, words: str) -> None:
        item = self.table.item(row, column)
        if item is not None and item.text() != words:
            item.setText(words)

    def _narrow(self, words: str) -> None:
        wanted = words.casefold().split()
        for row in range(len(self.names)):
            text = " ".join(self._text(row, column) for column in range(len(TITLES))).casefold()
            self.table.setRowHidden(row, not all(word in text for word in wanted))

    def _text(self, row: int, column: int) -> str:
        item = self.table.item(row, column)
        return "" if item is None else item.text()

    def _fill(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Keys"))
        table.setHorizontalHeaderLabels([tr(title) for title in TITLES])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        # Tab goes on to the buttons, arrows from cell to cell.
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        for row, name in enumerate(self.names):
            control = CONTROLS.get(name)
            does = described(name) if control is None else tr(control.does)
            if control is not None and control.number:
                does = tr("{sentence} ({keys})", sentence=does, keys=control.number)
            for column in range(len(TITLES)):
                item = QTableWidgetItem(does if column == DOES else "")
                # The name by which other programs know it.
                item.setToolTip(name.replace(" ", "_") if column == DOES else "")
                if column != DOES and not self._can(name, column):
                    item.setFlags(Qt.ItemFlag.NoItemFlags)
                table.setItem(row, column, item)
        rows, columns = table.verticalHeader(), table.horizontalHeader()
        if rows is not None and columns is not None:
            rows.hide()
            columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            columns.setHighlightSections(False)
            columns.setSectionResizeMode(DOES, QHeaderView.ResizeMode.Stretch)
            columns.setMinimumSectionSize(LEAST_COLUMN_PX)
            for column in FIELDS:
                columns.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    def _lay_out(self) -> None:
        self.osc.setPlaceholderText(tr("Off"))
        self.osc.setAccessibleName(tr("Port for OSC"))
        self.osc.setToolTip(tr("A port such as 9000; 0.0.0.0:9000 hears other devices too"))
        self.osc.setMaximumWidth(OSC_PX)
        for button in (self.offer, self.usual, self.all_usual):
            button.setAutoDefault(False)
        said = QHBoxLayout()
        said.addWidget(self.words, 1)
        said.addWidget(self.offer)
        foot = QHBoxLayout()
        foot.addWidget(QLabel(tr("Port for OSC")))
        foot.addWidget(self.osc)
        foot.addStretch()
        foot.addWidget(self.usual)
        foot.addWidget(self.all_usual)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(self.table, 1)
        layout.addLayout(said)
        layout.addLayout(foot)
        screen = self.screen()
        # Else its foot would lie below the edge of a small screen.
        self.resize(SIZE.boundedTo(screen.availableSize() * ROOM) if screen is not None else SIZE)


def key_of(event: QKeyEvent) -> str:
    """The key that was pressed, with those that are held, as `QKeySequence` writes it."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    if len(text) == 1 and text.isprintable() and not text.isalpha() and not text.isspace():
        # "?" is Shift and another key here, and a key of its own elsewhere.
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(held, Qt.Key(event.key()))).toString()
