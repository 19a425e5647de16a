"""The window: puts view, gallery, panel and bar together, and passes on what the user does."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QByteArray, QEvent, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
)
from PyQt6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from livestyle.gui import backstage
from livestyle.gui.adapter import LiveAdapter
from livestyle.gui.background import Background
from livestyle.gui.bar import Bar
from livestyle.gui.choices import (
    can_mix,
    controls_from,
    file_of,
    file_to_predict_with,
    fitting,
    partners_of,
    with_style,
)
from livestyle.gui.drops import PictureToRead, dropped_picture, dropped_source, is_picture, is_source, picture_file
from livestyle.gui.gallery import NUMBERED, Gallery
from livestyle.gui.help import show_help
from livestyle.gui.outputs import snapshot_path, spoken
from livestyle.gui.own_styles import OwnStyles
from livestyle.gui.panel import COLORS, ControlPanel
from livestyle.gui.picture_card import PictureCard
from livestyle.gui.recorder import Recorder
from livestyle.gui.shares import added, with_share, without
from livestyle.gui.status import StatusBoard
from livestyle.gui.view import LiveView
from livestyle.gui.widgets import FACTOR, SHARE, Scale
from livestyle.live.controls import Controls
from livestyle.live.message import Kind, Message, Stats, Topic
from livestyle.look import MOST_STYLES
from livestyle.settings import Settings, save_settings
from livestyle.sources.source import FrameSource
from livestyle.styles.catalog import Catalog
from livestyle.styles.file import Style, StyleFile

TICK_MS = 250
SAVE_AFTER_MS = 2000
STEP = 5
"""How many places of a slider one press of a key moves it."""
STEP_KEYS = tuple(f"{held}{key}" for held in ("", "Ctrl+", "Shift+") for key in ("Left", "Right", "Up", "Down"))
"""Keys that go on while they are held; a held R would make a hundred recordings."""

LEGIBLE_PX = 160
"""A status line narrower than this shows no sentence."""

BACKGROUND_JOIN_S = 5.0


class MainWindow(QMainWindow):
    """The window of livestyle. `start` begins the show; closing it ends the show and waits for its end.

    Args:
        catalog: The styles.
        settings: What to begin with.
        settings_path: Where changes are remembered; None for the usual place.
        source: What to show instead of what was shown last, as the command line writes it.
        device: "auto", "cuda", "cpu" or "mps".
        own: The names of the styles that were made of pictures just now.
    """

    _source_made = pyqtSignal(bool)
    _noted = pyqtSignal(str)

    def __init__(
        self,
        catalog: Catalog,
        settings: Settings,
        *,
        settings_path: Path | None = None,
        source: str | None = None,
        device: str = "auto",
        own: Collection[str] = (),
    ) -> None:
        super().__init__()
        self._catalog = catalog
        self._names = catalog.names
        self._settings = fitting(settings, catalog)
        self._settings_path = settings_path
        self._first_source = source or settings.source
        self._source_is_camera = True
        self._mirrors_film = False
        self._space_is_held = False
        self._was_maximized = False
        self._board = StatusBoard()
        self._background = Background(self)
        self._live = LiveAdapter(self._controls(), backstage.stylizer_opener(device), self)
        self._recorder = Recorder(self._live, self._background, self)
        self._own_styles = OwnStyles(self._background, own, self)
        self._keys: list[tuple[str, str]] = []

        self.setWindowTitle("livestyle")
        self.setAcceptDrops(True)
        self.view = LiveView()
        self.gallery = Gallery([catalog.find(name) for name in self._names])
        self.picture_card = PictureCard()
        self.panel = ControlPanel()
        self.bar = Bar()
        self._lay_out()
        self._connect()
        self._bind_keys()

        self._tick_timer = QTimer(self)
        self._tick_timer.timeout.connect(self._tick)
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._save_timer.timeout.connect(self._save)

        self._restore_window()
        self._show_settings()
        self._tick()

    def start(self) -> None:
        """Begins the show; returns at once."""
        self._live.start()
        text = self._first_source
        if text is None:
            self._use(self._camera_or_demo)
        else:
            self._use(lambda: backstage.source_from(text), fallback=self._camera_or_demo)
        self._tick_timer.start(TICK_MS)

    @property
    def settings(self) -> Settings:
        """What is set at the moment."""
        return self._settings

    # ---- what the user does ------------------------------------------------------------------------------------------

    def use_style(self, name: str) -> None:
        """Paints in one style, alone."""
        self._set(mix={name: 1.0})

    def toggle_in_mix(self, name: str) -> None:
        """Mixes a style in, or takes it out again."""
        mix = self._settings.mix
        if name in mix:
            if len(mix) > 1:
                self._set(mix=without(mix, name))
        elif len(mix) == MOST_STYLES:
            self._note(f"More than {MOST_STYLES} styles turn to mud: take one out of the mix first.")
        elif not can_mix([*mix, name], self._catalog):
            self._note("These styles belong to different networks, and only styles of one network can be mixed.")
        else:
            self._set(mix=added(mix, name))

    def share_style(self, name: str, share: float) -> None:
        """Gives a style of the mix another share; the others divide the rest."""
        self._set(mix=with_share(self._settings.mix, name, share))

    def add_picture(self, picture: PictureToRead) -> None:
        """Makes a style of a picture, and paints in it as soon as it is ready."""
        self._own_styles.make(picture, file_to_predict_with(self._settings, self._catalog))

    def use_source(self, text: str) -> None:
        """Shows a source, named as the command line does."""
        self._set(source=text)
        self._use(lambda: backstage.source_from(text))

    def toggle_recording(self) -> None:
        """Begins or ends a recording."""
        self._recorder.toggle(self._style_name())

    def take_snapshot(self) -> None:
        """Saves the picture on show."""
        picture = self._live.newest
        if picture is None:
            self._note("There is no picture to save yet.")
            return
        path, image = snapshot_path(self._style_name(), datetime.now()), picture.frame.image
        self._background.run(
            lambda: backstage.save_snapshot(path, image), lambda saved: self._note(f"Saved to {spoken(saved)}")
        )

    def toggle_full_screen(self) -> None:
        """Gives the whole screen to the picture, or takes it back."""
        if not self.isFullScreen():
            self._was_maximized = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximized:
            self.showMaximized()
        else:
            self.showNormal()

    # ---- settings ----------------------------------------------------------------------------------------------------

    @property
    def _mirrors(self) -> bool:
        # What is remembered is for cameras; a film is mirrored for this time only.
        return self._settings.mirror if self._source_is_camera else self._mirrors_film

    def _set(self, **changes: Any) -> None:
        """Changes settings: shows them, obeys them, and remembers them soon."""
        if "mirror" in changes and not self._source_is_camera:
            self._mirrors_film = changes.pop("mirror")
        self._settings = fitting(replace(self._settings, **changes), self._catalog)
        self._save_timer.start(SAVE_AFTER_MS)
        self._show_settings()
        self._live.change(self._controls())

    def _set_one(self, name: str, value: object) -> None:
        self._set(**{name: value})

    def _controls(self) -> Controls:
        return controls_from(self._settings, self._catalog, mirror=self._mirrors)

    def _style_name(self) -> str:
        return next(iter(self._settings.mix))

    def _show_settings(self) -> None:
        mix = self._settings.mix
        styles = [(self._catalog.find(name), share) for name, share in mix.items()]
        self.panel.show_settings(self._settings, styles, partners_of(mix, self._catalog), mirror=self._mirrors)
        self._show_own_style()
        self.gallery.mark(mix)
        self._show_panels()

    def _show_own_style(self) -> None:
        name = self._style_name()
        self.panel.show_own_style(is_own=name in self._own_styles.names, is_kept=self._own_styles.is_kept(name))

    def _show_panels(self) -> None:
        alone = self.isFullScreen()
        self.panel.setVisible(self._settings.panels and not alone)
        self.gallery.setVisible(self._settings.panels and not alone)
        self.picture_card.setVisible(self._settings.panels and not alone)
        self.bar.setVisible(not alone)
        self.bar.panels.setChecked(self._settings.panels)

    def _save(self) -> None:
        self._save_timer.stop()
        geometry = self.saveGeometry().toHex().data().decode()
        self._settings = replace(self._settings, window=geometry)
        save_settings(self._settings, self._settings_path)

    def _restore_window(self) -> None:
        self.resize(1280, 800)
        if self._settings.window:
            self.restoreGeometry(QByteArray.fromHex(self._settings.window.encode()))

    # ---- the source --------------------------------------------------------------------------------------------------

    def _use(self, make: Callable[[], FrameSource], fallback: Callable[[], FrameSource] | None = None) -> None:
        self._live.use_source(self._announced(make), None if fallback is None else self._announced(fallback))

    def _announced(self, make: Callable[[], FrameSource]) -> Callable[[], FrameSource]:
        made: list[FrameSource] = []

        def make_and_announce() -> FrameSource:
            # Called again when another source didn't work, it goes back to the same source without a new search.
            if not made:
                made.append(make())
            self._source_made.emit(backstage.is_camera(made[0]))
            return made[0]

        return make_and_announce

    def _camera_or_demo(self) -> FrameSource:
        return backstage.camera_or_demo(self._noted.emit)

    def _on_source_made(self, is_camera: bool) -> None:
        self._source_is_camera = is_camera
        self._mirrors_film = False
        self._show_settings()
        self._live.change(self._controls())

    def _list_cameras(self) -> None:
        self._background.run(backstage.camera_names, self.panel.source_button.show_cameras)

    # ---- the user's own styles ---------------------------------------------------------------------------------------

    def _on_style_made(self, file: StyleFile, style: Style) -> None:
        self._catalog, name = with_style(self._catalog, file, style)
        self._names.append(name)
        self.gallery.add(self._catalog.find(name))
        self._own_styles.names.add(name)
        self.use_style(name)
        self._note(f"Painting in the style of {style.title}.")

    def _file_and_style(self) -> tuple[StyleFile, Style]:
        return file_of(self._settings, self._catalog), self._catalog.find(self._style_name())

    # ---- what is shown -----------------------------------------------------------------------------------------------

    def _on_picture(self) -> None:
        self.view.show_picture(self._live.take())

    def _on_message(self, message: Message) -> None:
        self._board.tell(message, time.monotonic())
        self._show_message()

    def _note(self, text: str) -> None:
        self._on_message(Message(Kind.NOTE, Topic.OUTPUT, text))

    def _show_message(self) -> None:
        message = self._board.current(time.monotonic())
        self.bar.show_message(message)
        on_picture = self.isFullScreen() or self._live.newest is None or self.bar.status.width() < LEGIBLE_PX
        self.view.set_words(message.text if message is not None and on_picture else "")

    def _show_recording(self) -> None:
        elapsed_s = self._recorder.elapsed_s
        self.bar.show_recording(elapsed_s)
        self.view.set_recording(elapsed_s is not None)

    def _show_compare(self) -> None:
        self.view.set_compares(self.bar.compare.isChecked() or self._space_is_held)

    def _tick(self) -> None:
        stats = self._live.stats()
        self.bar.show_stats(stats, self._live.flicker())
        self.panel.source_button.show_name(self._live.source_name)
        self.panel.show_size(self._size_text(stats))
        self._show_message()
        self._show_recording()

    def _size_text(self, stats: Stats | None) -> str:
        picture = self._live.newest
        if stats is None or stats.backend is None or picture is None or not picture.is_painted:
            return ""
        return f"{picture.frame.width}x{picture.frame.height} on {stats.backend.device}"

    # ---- events ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Space, held, compares."""
        self._on_space(event, is_held=True)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Space, let go, ends the comparison."""
        self._on_space(event, is_held=False)

    def _on_space(self, event: QKeyEvent | None, *, is_held: bool) -> None:
        if event is None or event.key() != Qt.Key.Key_Space:
            return
        if not event.isAutoRepeat():
            self._space_is_held = is_held
            self._show_compare()

    def changeEvent(self, event: QEvent | None) -> None:
        """Full screen shows the picture alone; a key that was held while the window lost the keyboard is let go."""
        super().changeEvent(event)
        if event is None:
            return
        if event.type() == QEvent.Type.WindowStateChange:
            self._show_panels()
            self.view.setCursor(Qt.CursorShape.BlankCursor if self.isFullScreen() else Qt.CursorShape.ArrowCursor)
        elif event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._space_is_held = False
            self._show_compare()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Takes pictures, files and addresses."""
        data = None if event is None else event.mimeData()
        if event is not None and (is_picture(data) or is_source(data)):
            event.acceptProposedAction()
            self.view.set_drop_hint("Drop to paint in its style" if is_picture(data) else "Drop to paint it")

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        """Forgets the drag."""
        self.view.set_drop_hint("")

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Paints in the style of a picture that was dropped; shows anything else."""
        self.view.set_drop_hint("")
        data = None if event is None else event.mimeData()
        if event is None or data is None:
            return
        if is_picture(data):
            event.acceptProposedAction()
            self.add_picture(dropped_picture(data))
        elif is_source(data):
            event.acceptProposedAction()
            self.use_source(dropped_source(data))

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Ends the show, finishes a recording, and remembers the settings."""
        self._tick_timer.stop()
        self._save()
        # Gone from the screen at once: what follows waits for a device, perhaps for seconds.
        self.hide()
        self._live.stop()
        self._background.join(BACKGROUND_JOIN_S)
        super().closeEvent(event)

    # ---- putting it together -----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.view, 1)
        left.addWidget(self.bar)
        styles = QHBoxLayout()
        styles.setSpacing(0)
        styles.addWidget(self.gallery, 1)
        styles.addWidget(self.picture_card)
        left.addLayout(styles)
        content = QWidget()
        layout = QHBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left, 1)
        layout.addWidget(self.panel)
        self.setCentralWidget(content)
        # Else Qt gives the keyboard to the first button, and Space would press it.
        self.view.setFocus()

    def _connect(self) -> None:
        self._source_made.connect(self._on_source_made)
        self._noted.connect(self._note)
        self._live.picture_ready.connect(self._on_picture)
        self._live.told.connect(self._on_message)
        self._recorder.told.connect(self._on_message)
        self._recorder.changed.connect(self._show_recording)
        self._background.failed.connect(self._note)
        self.gallery.chosen.connect(self.use_style)
        self.gallery.toggled.connect(self.toggle_in_mix)
        self.picture_card.chosen.connect(lambda path: self.add_picture(picture_file(Path(path))))
        self._own_styles.made.connect(self._on_style_made)
        self._own_styles.changed.connect(self._show_own_style)
        self._own_styles.told.connect(self._note)
        self.panel.changed.connect(self._set_one)
        self.panel.mixer.shared.connect(self.share_style)
        self.panel.mixer.added.connect(self.toggle_in_mix)
        self.panel.mixer.removed.connect(self.toggle_in_mix)
        self.panel.kept.connect(lambda: self._own_styles.keep(*self._file_and_style()))
        self.panel.saved.connect(lambda: self._own_styles.ask_where_to_save(*self._file_and_style(), self))
        self.panel.source_button.chosen.connect(self.use_source)
        self.panel.source_button.cameras_wanted.connect(self._list_cameras)
        self.view.double_clicked.connect(self.toggle_full_screen)
        self.bar.record.clicked.connect(self.toggle_recording)
        self.bar.snapshot.clicked.connect(self.take_snapshot)
        self.bar.compare.toggled.connect(self._show_compare)
        self.bar.panels.clicked.connect(self._toggle_panels)
        self.bar.full_screen.clicked.connect(self.toggle_full_screen)
        self.bar.help.clicked.connect(self._show_help)

    def _bind_keys(self) -> None:
        self._keys.append(("Space", "Show the camera's own picture while held"))
        for number, name in enumerate(self._names[:NUMBERED], start=1):
            self._bind(str(number), partial(self.use_style, name))
            self._bind(f"Ctrl+{number}", partial(self.toggle_in_mix, name))
        self._keys += [("1 to 9", "Paint in this style"), ("Ctrl+1 to 9", "Mix this style in, or take it out")]
        step = self._step
        for key, action, does in (
            ("Ctrl+0", lambda: self.use_style(self._style_name()), "The first style of the mix alone"),
            ("Left", lambda: self._step_style(-1), "The style before"),
            ("Right", lambda: self._step_style(1), "The style after"),
            ("Up", lambda: step("strength", SHARE, STEP), "Stronger"),
            ("Down", lambda: step("strength", SHARE, -STEP), "Weaker"),
            ("Shift+Up", lambda: step("stroke", FACTOR, STEP), "Bolder strokes"),
            ("Shift+Down", lambda: step("stroke", FACTOR, -STEP), "Finer strokes"),
            ("Shift+Right", lambda: step("steady", SHARE, STEP), "Steadier"),
            ("Shift+Left", lambda: step("steady", SHARE, -STEP), "Livelier"),
            ("Ctrl+Right", lambda: self._step_share(STEP), "More of the last style of the mix"),
            ("Ctrl+Left", lambda: self._step_share(-STEP), "Less of it"),
            ("K", self._next_colors, "Whose colours"),
            ("M", lambda: self._set(mirror=not self._mirrors), "Mirror"),
            ("C", self.bar.compare.toggle, "Show the camera's own picture"),
            ("R", self.toggle_recording, "Begin or end a recording"),
            ("S", self.take_snapshot, "Save the picture"),
            ("Ctrl+O", self.picture_card.ask_for_file, "Paint in the style of a picture"),
            ("O", self.panel.source_button.ask_for_file, "Open a file"),
            ("U", self.panel.source_button.ask_for_address, "Open an address"),
            ("P", self._toggle_panels, "Show or hide the panels"),
            ("F11", self.toggle_full_screen, "Full screen"),
            ("Esc", self._leave_full_screen, "Leave full screen"),
            ("F1", self._show_help, "This list"),
            ("Ctrl+Q", self.close, "Quit"),
        ):
            self._bind(key, action, repeats=key in STEP_KEYS)
            self._keys.append((key, does))

    def _bind(self, key: str, action: Callable[[], object], *, repeats: bool = False) -> None:
        bound = QAction(self)
        bound.setShortcut(QKeySequence(key))
        bound.setAutoRepeat(repeats)
        bound.triggered.connect(lambda: action())
        self.addAction(bound)

    def _step(self, name: str, scale: Scale, step: int) -> None:
        self._set_one(name, scale.moved(getattr(self._settings, name), step))

    def _step_share(self, step: int) -> None:
        name, share = list(self._settings.mix.items())[-1]
        self.share_style(name, SHARE.moved(share, step))

    def _step_style(self, step: int) -> None:
        self.use_style(self._names[(self._names.index(self._style_name()) + step) % len(self._names)])

    def _next_colors(self) -> None:
        values = [value for value, _, _ in COLORS]
        self._set(colors=values[(values.index(self._settings.colors) + 1) % len(values)])

    def _toggle_panels(self) -> None:
        self._set(panels=not self._settings.panels)

    def _leave_full_screen(self) -> None:
        if self.isFullScreen():
            self.toggle_full_screen()

    def _show_help(self) -> None:
        show_help(self, self._keys)
