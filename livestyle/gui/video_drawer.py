"""The drawer of videos: what is dropped into it is painted, one after the other, beside the live picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from PyQt6.QtCore import QEvent, QObject, Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QPixmap
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from livestyle.gui.actions import set_tip
from livestyle.gui.clip_pictures import ClipPictures, Shot
from livestyle.gui.drops import dropped_inputs
from livestyle.gui.language import tr
from livestyle.gui.model import ShowModel
from livestyle.gui.outputs import spoken
from livestyle.gui.own_styles import OwnStyles
from livestyle.gui.transport_bar import film_time
from livestyle.gui.video_details import FIXED, VideoDetails
from livestyle.gui.video_list import THUMBNAIL, VideoList, state_of
from livestyle.gui.video_looks import how_of, offers, title_of
from livestyle.gui.video_queue import VideoQueue
from livestyle.gui.widgets import Choice, ask_for_files, ask_for_folder
from livestyle.jobs.inputs import Source
from livestyle.jobs.job import ClipJob, How
from livestyle.jobs.queue import AFTERWARDS, Entry, State

WIDTH_PX = 400
LEAST_BESIDE_PX = 440
"""Where less is left of the picture it lies over it."""

WORDS = {
    "nothing": "Then do nothing",
    "notify": "Then tell me",
    "folder": "Then open the folder",
    "sleep": "Then let the computer sleep",
}
CAN_GO_ON: tuple[State, ...] = ("paused", "failed")
CAN_PAUSE: tuple[State, ...] = ("waiting", "painting")


class VideoDrawer(QWidget):
    """Lies at the right of the window, beside the picture or over it.

    Args:
        videos: The queue.
        pictures: Where frames come from.
        model: What is set.
        own_styles: Those of the user's that a video is painted in are kept.
        device: What paints, as for `open_stylizer`.
        parent: What it lies on.

    Attributes:
        toggled: It is open, or no longer.
        room_wanted: How much room it takes from the picture, in pixels.
    """

    toggled = pyqtSignal(bool)
    room_wanted = pyqtSignal(int)
    _folder_chosen = pyqtSignal(str)
    _folder_to_add = pyqtSignal(str)

    def __init__(
        self,
        videos: VideoQueue,
        pictures: ClipPictures,
        model: ShowModel,
        own_styles: OwnStyles,
        device: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("videos")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._videos = videos
        self._pictures = pictures
        self._model = model
        self._own_styles = own_styles
        self._device = device
        self._is_open = self._is_alone = False
        self._beside: QWidget | None = None
        self.title = QLabel(tr("Videos"))
        self.title.setObjectName("title")
        self.add = _button(tr("Add"))
        self.all = _button(tr("Paint all"))
        self.close_it = QToolButton()
        self.close_it.setObjectName("flat")
        self.close_it.setText("✕")
        self.close_it.setAccessibleName(tr("Close"))
        self.close_it.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_tip(self.close_it, "videos")
        self.empty = QLabel(tr("Drop clips and folders here: they are painted one after the other."))
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.rows = VideoList(self._picture_of)
        self.go_on, self.pause = _button(tr("Paint")), _button(tr("Pause"))
        self.again, self.remove = _button(tr("Try again")), _button(tr("Remove"))
        self.show_it = _button(tr("Show in folder"))
        self.details = VideoDetails(pictures, lambda: offers(model, device), lambda how: title_of(how, model.catalog))
        self.folder = Choice(tr("Where results go"))
        self.afterwards = Choice(tr("What happens when all is painted"))
        for choice in (self.folder, self.afterwards):
            choice.setAccessibleName(choice.toolTip())
            choice.setMinimumContentsLength(8)
        for each in AFTERWARDS:
            self.afterwards.addItem(tr(WORDS[each]), each)
        self._lay_out()
        self._connect()
        self.hide()
        self._show()

    # ---- being open --------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Opens it, or closes it."""
        self.set_open(not self._is_open)

    def set_open(self, is_open: bool) -> None:
        """Opens or closes it; the keyboard goes along."""
        if is_open == self._is_open:
            return
        had_keys = self.isAncestorOf(self._focus()) if self._focus() is not None else False
        self._is_open = is_open
        self._show()
        self.place()
        if is_open:
            self.rows.setFocus() if self.rows.count() else self.add.setFocus()
        else:
            self._pictures.rest()
            if had_keys and (window := self.window()) is not None:
                window.setFocus()
        self.toggled.emit(is_open)

    def stop(self) -> None:
        """Ends what goes on in it."""
        self._is_open = False
        self._pictures.stop()

    def set_alone(self, is_alone: bool) -> None:
        """Says whether the picture is to be alone."""
        self._is_alone = is_alone
        self.place()

    def stand_beside(self, other: QWidget) -> None:
        """Keeps to the left of something, where there is room."""
        self._beside = other
        other.installEventFilter(self)
        if (parent := self.parentWidget()) is not None:
            parent.installEventFilter(self)

    def place(self) -> None:
        """Lies where there is room."""
        parent = self.parentWidget()
        if parent is None:
            return
        is_shown = self._is_open and not self._is_alone
        other = self._beside
        other_px = 0 if other is None or not other.isVisibleTo(parent) else other.width()
        has_room = parent.width() - other_px - WIDTH_PX >= LEAST_BESIDE_PX
        right = parent.width() - (other_px if has_room else 0)
        width = min(WIDTH_PX, right)
        self.setGeometry(right - width, 0, width, parent.height())
        self.setVisible(is_shown)
        self.raise_()
        self.room_wanted.emit(width if is_shown and has_room else 0)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follows what it lies on and beside."""
        if event is not None and event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self.place()
        return False

    # ---- what the user does ------------------------------------------------------------------------------------------

    def take(self, sources: Sequence[Source]) -> None:
        """Takes videos and folders in, in the present look."""
        how = how_of(self._model.settings, self._model.catalog, self._device)
        self._keep_styles(how)
        self._videos.add(sources, how)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Takes files, folders and addresses."""
        if event is not None and dropped_inputs(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Takes them in."""
        if event is not None and (inputs := dropped_inputs(event.mimeData())):
            event.acceptProposedAction()
            self.take(inputs)

    def _keep_styles(self, how: How) -> None:
        own = self._own_styles
        looks = [how.look] if how.outside is None else [how.look, how.outside]
        for name in own.names & {name for look in looks for name, _ in look.mix}:
            if not own.is_kept(name):
                own.keep(name)

    def _toggle_all(self) -> None:
        entries = self._videos.queue.entries
        if self._videos.queue.is_busy:
            self._videos.pause([entry.number for entry in entries])
        else:
            self._videos.go_on([entry.number for entry in entries if entry.state == "paused"])

    def _ask_for_files(self) -> None:
        ask_for_files(self, tr("Add videos"), "", lambda paths: self.take([Path(path) for path in paths]))

    def _change(self, change: Callable[[ClipJob], ClipJob]) -> None:
        self._videos.change(self.rows.chosen, change)

    def _trim(self, change: Callable[[ClipJob], ClipJob]) -> None:
        if self.rows.current is not None:
            self._videos.change([self.rows.current], change)

    def _use_folder(self, row: int) -> None:
        if row == self.folder.count() - 1:
            ask_for_folder(self, tr("Where results go"), self._folder_chosen)
            self._show()
        else:
            self._videos.use_folder(self.folder.itemData(row))

    def _show_in_folder(self) -> None:
        for entry in self._chosen("done")[:1]:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.job.target.absolute().parent)))

    # ---- what is shown -----------------------------------------------------------------------------------------------

    def _chosen(self, *states: State) -> list[Entry]:
        entries = self._videos.queue.entries
        chosen = self.rows.chosen
        return [entry for entry in entries if entry.number in chosen and (not states or entry.state in states)]

    def _show(self) -> None:
        if not self._is_open:
            return
        queue = self._videos.queue
        self._show_rows()
        self.empty.setVisible(not queue.entries)
        self.rows.setVisible(bool(queue.entries))
        self.all.setText(tr("Pause all") if queue.is_busy else tr("Paint all"))
        self.all.setEnabled(queue.is_busy or any(entry.state == "paused" for entry in queue.entries))
        _offer(
            self.folder,
            [
                (tr("Beside each video"), None),
                *([] if queue.folder is None else [(spoken(queue.folder), queue.folder)]),
                (tr("Another folder…"), False),
            ],
        )
        self.folder.setCurrentIndex(0 if queue.folder is None else 1)
        self.afterwards.setCurrentIndex(self.afterwards.findData(queue.afterwards))
        self._show_chosen()

    def _show_rows(self) -> None:
        speed = self._videos.speed
        self.rows.show_entries(
            [(entry, self._what(entry), state_of(entry, speed)) for entry in self._videos.queue.entries]
        )

    def _show_chosen(self) -> None:
        if not self._is_open:
            return
        states = {entry.state for entry in self._chosen()}
        self.go_on.setVisible("failed" not in states and (not states or bool(states & {*CAN_GO_ON})))
        self.again.setVisible("failed" in states)
        self.pause.setVisible(bool(states & {*CAN_PAUSE}))
        self.show_it.setVisible("done" in states)
        self.go_on.setEnabled(bool(states))
        self.remove.setEnabled(bool(states))
        entry = self._videos.queue.find(self.rows.current) if self.rows.current is not None and states else None
        self.details.show_entry(entry, is_fixed=bool(states & {*FIXED}))

    def _show_progress(self) -> None:
        if self._is_open and not self._is_alone:
            self._show_rows()

    def _what(self, entry: Entry) -> str:
        options, facts = entry.job.options, self._pictures.facts(entry.job.source)
        look = title_of(entry.job.how, self._model.catalog)
        if facts is None:
            return look
        height, width = (round(side * options.scale) for side in facts.size_hw)
        size = tr("{width}x{height}", width=width, height=height)
        ends_s = [end_s for end_s in (options.end_s, facts.duration_s) if end_s is not None]
        if not ends_s:
            return tr("{look}, {size}", look=look, size=size)
        return tr(
            "{look}, {size}, {time}", look=look, size=size, time=film_time(max(0.0, min(ends_s) - options.start_s))
        )

    def _picture_of(self, entry: Entry) -> QPixmap | None:
        return self._pictures.picture(Shot(entry.job.source, entry.job.options.start_s, THUMBNAIL.height()))

    def _on_ready(self, what: object) -> None:
        if not isinstance(what, Shot):
            self._show_progress()
        elif what.lines == THUMBNAIL.height() and (viewport := self.rows.viewport()) is not None:
            viewport.update()

    def _focus(self) -> QWidget | None:
        window = self.window()
        return None if window is None else window.focusWidget()

    def _lay_out(self) -> None:
        menu = QMenu(self)
        for words, do in (
            (tr("Files…"), self._ask_for_files),
            (tr("A folder…"), lambda: ask_for_folder(self, tr("Add videos"), self._folder_to_add)),
        ):
            action = menu.addAction(words)
            if action is not None:
                action.triggered.connect(lambda _, do=do: do())
        self.add.setMenu(menu)
        self.add.setObjectName("menu")
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addStretch()
        head.addWidget(self.add)
        head.addWidget(self.all)
        head.addWidget(self.close_it)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 12, 0)
        buttons.setSpacing(6)
        for button in (self.go_on, self.pause, self.again, self.show_it):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.remove)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 8)
        foot.setSpacing(6)
        foot.addWidget(self.folder, 1)
        foot.addWidget(self.afterwards, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.empty, 1)
        column.addWidget(self.rows, 3)
        column.addLayout(buttons)
        column.addWidget(self.details, 2)
        column.addLayout(foot)

    def _connect(self) -> None:
        videos = self._videos
        videos.changed.connect(self._show)
        videos.progressed.connect(self._show_progress)
        self._pictures.ready.connect(self._on_ready)
        self._folder_chosen.connect(lambda folder: videos.use_folder(Path(folder)))
        self._folder_to_add.connect(lambda folder: self.take([Path(folder)]))
        self.close_it.clicked.connect(lambda: self.set_open(False))
        self.all.clicked.connect(self._toggle_all)
        self.rows.itemSelectionChanged.connect(self._show_chosen)
        self.rows.currentItemChanged.connect(self._show_chosen)
        self.rows.ordered.connect(videos.order)
        self.rows.dropped.connect(self.take)
        self.rows.left.connect(lambda: self.set_open(False))
        self.rows.removed.connect(lambda: videos.remove(self.rows.chosen))
        self.rows.itemDoubleClicked.connect(lambda: self._show_in_folder())
        self.go_on.clicked.connect(lambda: videos.go_on(self.rows.chosen))
        self.again.clicked.connect(lambda: videos.go_on(self.rows.chosen))
        self.pause.clicked.connect(lambda: videos.pause(self.rows.chosen))
        self.remove.clicked.connect(lambda: videos.remove(self.rows.chosen))
        self.show_it.clicked.connect(self._show_in_folder)
        self.details.changed.connect(self._change)
        self.details.trimmed.connect(self._trim)
        self.details.chosen.connect(self._keep_styles)
        self.folder.activated.connect(self._use_folder)
        self.afterwards.activated.connect(lambda row: videos.use_afterwards(self.afterwards.itemData(row)))


def _button(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def _offer(choice: Choice, items: Collection[tuple[str, object]]) -> None:
    if [choice.itemText(row) for row in range(choice.count())] != [text for text, _ in items]:
        choice.clear()
        for text, value in items:
            choice.addItem(text, value)
