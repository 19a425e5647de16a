"""The window: puts view, gallery, panel and bar together with the show, and shows what comes of it."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QByteArray, QEvent, Qt, QTimer
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PyQt6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from livestyle.frame import Image
from livestyle.gui import language, live_source, outputs
from livestyle.gui.actions import keys_of
from livestyle.gui.adapter import LiveAdapter, stylizer_opener
from livestyle.gui.afterwards import AllPainted
from livestyle.gui.auto import Auto
from livestyle.gui.background import Background
from livestyle.gui.bar import Bar
from livestyle.gui.choices import file_to_predict_with, own_styles, partners_of
from livestyle.gui.clip_pictures import ClipPictures
from livestyle.gui.comparison import Comparison
from livestyle.gui.countdown import Countdown
from livestyle.gui.drop_targets import DropTargets
from livestyle.gui.drops import PictureToRead, is_style_file, picture_file
from livestyle.gui.full_screen import FullScreen
from livestyle.gui.key_page import KeyPage
from livestyle.gui.language import tr
from livestyle.gui.learning import Learning
from livestyle.gui.learning_row import LearningRow
from livestyle.gui.live_source import LiveSource
from livestyle.gui.model import ShowModel
from livestyle.gui.outlet_table import OUTLETS
from livestyle.gui.outputs_menu import OutputsMenu
from livestyle.gui.own_styles import OwnStyles
from livestyle.gui.pace import PaceWatch
from livestyle.gui.panel import ControlPanel
from livestyle.gui.preparer import Preparer
from livestyle.gui.recorder import Recorder
from livestyle.gui.remote.remote import Remote
from livestyle.gui.repainter import Repainter, idle_stylizer
from livestyle.gui.scenes import called_up, can_show, scene_of, with_scene
from livestyle.gui.sections import in_order, styles_of
from livestyle.gui.shelf import Shelf
from livestyle.gui.shortcuts import Shortcuts
from livestyle.gui.snapshots import Snapshots
from livestyle.gui.sound_in import SoundIn, microphones
from livestyle.gui.status import StatusBoard
from livestyle.gui.take_row import TakeRow
from livestyle.gui.takes import Takes
from livestyle.gui.toast import Toast
from livestyle.gui.undo import Undo
from livestyle.gui.video_drawer import VideoDrawer
from livestyle.gui.video_queue import VideoQueue
from livestyle.gui.view import LiveView
from livestyle.hardware import apple_silicon
from livestyle.jobs.job import ClipJob
from livestyle.live.message import Kind, Message, Topic
from livestyle.settings import Settings
from livestyle.styles.catalog import Catalog
from livestyle.stylizer import prepare
from livestyle.training.giving_way import painting_device

TICK_MS = 250
SAVE_AFTER_MS = 2000

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
        device: "auto", or one of `hardware.DEVICES`.
        own: The names of the styles that were made of pictures just now.
    """

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
        self.model: ShowModel = ShowModel(catalog, settings, settings_path, self, device)
        self._first_source = source or settings.source
        self._board = StatusBoard()
        self._pace = PaceWatch()
        self._background = Background(self)
        open_stylizer = stylizer_opener(device, lambda message: self._live.told.emit(message))
        self._live = LiveAdapter(self.model.controls(), open_stylizer, self)
        self._source = LiveSource(self._live, lambda: self.model.settings, self)
        self._sound = SoundIn(self._live, lambda: self.model.settings, lambda: self._source.text, self)
        self._recorder = Recorder(self._live, self._background, lambda: self.model.settings, self._sound.source, self)
        self._snapshots = Snapshots(self._background, lambda file: idle_stylizer(file), self)
        self.own_styles: OwnStyles = OwnStyles(self._background, self.model, own, self)
        self.takes: Takes = Takes(
            self._live, self._background, self.model, self.own_styles, self._sound.source, device, self
        )
        beside_settings = None if settings_path is None else settings_path.with_name("videos.json")
        self.queue: VideoQueue = VideoQueue(self._background, beside_settings, parent=self)
        self._all_painted = AllPainted(self.queue, self._background, self)
        self.learning: Learning = Learning(
            self._background, self.model, self._newest_photo, self, self._painting_device
        )
        self.comparison: Comparison = Comparison(self)
        self.full_screen: FullScreen = FullScreen(self)
        self.undo: Undo = Undo(self.model, self.use_settings, self)
        self.auto: Auto = Auto(self.model, self)

        self.setWindowTitle("livestyle")
        self.setAcceptDrops(True)
        self.view = LiveView()
        self.drop_targets: DropTargets = DropTargets(self.view)
        self.toast: Toast = Toast(self._background, self.view)
        self.countdown: Countdown = Countdown(self.view, self.take_snapshot)
        self.model.names = in_order(catalog, self.own_styles.names, self.model.slow)
        self.shelf: Shelf = Shelf()
        self.gallery, self.picture_card = self.shelf.gallery, self.shelf.picture_card
        self._repainter = Repainter(
            self._background, self.model, self.gallery.in_sight, lambda: self._live.newest, idle_stylizer, self
        )
        self._preparer = Preparer(
            self._background,
            lambda: self._live.newest is not None and self._live.newest.is_painted,
            lambda: prepare.start(self.model.catalog, device),
            self,
        )
        self.view.setAccessibleName(tr("Picture"))
        self.panel: ControlPanel = ControlPanel()
        self.panel.details.measurement.of = lambda: (self.model.file.name, device)
        self.bar: Bar = Bar()
        self.outlets = {
            each.name: outlet(each, self._live, self._background, self.model, self) for each, outlet in OUTLETS.items()
        }
        self.outputs_menu: OutputsMenu = OutputsMenu(list(self.outlets.values()), self.bar.buttons["outputs"], self)
        self.take_row: TakeRow = TakeRow(self.takes)
        self._content = QWidget()
        self.videos: VideoDrawer = VideoDrawer(
            self.queue,
            ClipPictures(self._background, self),
            self.model,
            self.own_styles,
            device,
            self._content,
        )
        self.learning_row: LearningRow = LearningRow(self.learning)
        self._tick_timer = QTimer(self)
        self._save_timer = QTimer(self)
        self._save_timer.setSingleShot(True)
        self._lay_out()
        self._connect()
        buttons = {**self.bar.buttons, **self.panel.play.buttons, **self.panel.transport.buttons}
        self.shortcuts: Shortcuts = Shortcuts(self, buttons)
        self.remote: Remote = Remote(self.model, self.shortcuts.run, self._background, self)
        self.remote.told.connect(self.note)

        self.resize(1280, 800)
        if settings.window:
            self.restoreGeometry(QByteArray.fromHex(settings.window.encode()))
        self._show_styles()
        self._show_settings()
        self._tick()

    def start(self) -> None:
        """Begins the show; returns at once."""
        self._live.start()
        self._source.start(self._first_source)
        self._tick_timer.start(TICK_MS)
        self.own_styles.renew()
        self._repainter.start()
        self._preparer.start()
        self.auto.start()
        self.remote.start()
        mend = partial(outputs.mend_recordings, self.settings.folder)
        self._background.run("Mending recordings", mend, self._show_mended)
        self.queue.start()

    @property
    def settings(self) -> Settings:
        """What is set at the moment."""
        return self.model.settings

    # ---- what the user does ------------------------------------------------------------------------------------------

    def add_picture(self, picture: PictureToRead) -> None:
        """Makes a style of a picture, and paints in it as soon as it is ready."""
        self.own_styles.make(picture, file_to_predict_with(self.model.file, self.model.catalog))

    def toggle_favourite(self, name: str) -> None:
        """Makes a style a favourite, or no longer."""
        others = tuple(each for each in self.settings.favorites if each != name)
        self.model.set("favorites", others if name in self.settings.favorites else (*others, name))

    def use_source(self, text: str) -> None:
        """Shows a source, named as the command line does; a style file is a style."""
        if is_style_file(text):
            self.own_styles.open(Path(text))
            return
        self._source.use(text)

    def use_settings(self, settings: Settings) -> None:
        """Goes over to other settings, and to their source if it is not on."""
        if settings.source not in (None, self.settings.source, self._source.text):
            self._source.use(settings.source)
        self.model.use(settings)

    def call_up_scene(self, name: str) -> None:
        """Shows a scene."""
        settings = called_up(self.settings, name)
        if settings is None:
            self.note(f"Scene {name} is empty: right-click its button to keep what is set.")
        elif not can_show(self.settings.scenes[name], self.model.catalog):
            self.note(f"Scene {name} can't be shown: its styles are no longer there.")
        else:
            self.use_settings(settings)

    def keep_scene(self, name: str) -> None:
        """Keeps what is set as a scene."""
        scene = scene_of(self.settings, self._source.text)
        self.model.use(with_scene(self.settings, name, scene))
        self.note(f"Kept as scene {name}.")

    def forget_scene(self, name: str) -> None:
        """Keeps a scene no longer."""
        self.model.use(with_scene(self.settings, name, None))

    def open_keys(self) -> None:
        """Opens the page of keys, unless it is open."""
        if self.findChild(KeyPage) is None:
            KeyPage(self.model, self.remote, self).open()

    def toggle_recording(self) -> None:
        """Begins or ends a recording."""
        self._recorder.toggle(self.model.style.name)

    def take_snapshot(self) -> None:
        """Saves the picture on show."""
        picture = self._live.newest
        if picture is None:
            self.note("There is no picture to save yet.")
            return
        model = self.model
        self._snapshots.take(picture, model.style.name, model.controls().look, model.catalog, self.settings.folder)

    # ---- what comes of it --------------------------------------------------------------------------------------------

    def note(self, text: str, output: str = "") -> None:
        """Shows a sentence for a while; `output` names the one that it is about."""
        self._on_message(Message(Kind.NOTE, Topic.OUTPUT, text, output=output))

    def _on_message(self, message: Message) -> None:
        text = language.told(outputs.in_short(message.text, self.settings.folder))
        self._board.tell(replace(message, text=text), time.monotonic())
        self._show_message()

    def _on_change(self) -> None:
        self._save_timer.start(SAVE_AFTER_MS)
        self._show_settings()
        self._live.change(self.model.controls())

    def _turn_back(self, failed: str, source: str) -> None:
        # Settings that were called up name their source before it has worked.
        if self.settings.source == failed:
            self.undo.use_unseen(replace(self.settings, source=source))

    def _newest_photo(self) -> Image | None:
        picture = self._live.newest
        return None if picture is None else picture.photo

    def _painting_device(self) -> str:
        stats = self._live.stats()
        return painting_device(None if stats is None else stats.backend, apple_silicon())

    def _show_styles(self) -> None:
        model = self.model
        styles = styles_of(model.catalog, model.names, self.own_styles.names, model.slow)
        self.shelf.show_styles(styles, self.settings.favorites)
        self._show_own_style()

    def _on_file_chosen(self, path: str) -> None:
        if is_style_file(path):
            self.own_styles.open(Path(path))
        else:
            self.add_picture(picture_file(Path(path)))

    def _look_for_sources(self) -> None:
        button = self.panel.source_button
        show = button.show_cameras
        self._background.run("Looking for cameras", live_source.camera_names, show, lambda: show([]))
        self._background.run("Looking at the screens", live_source.screen_offers, button.show_screens)

    def _show_mended(self, paths: list[Path]) -> None:
        if paths:
            self.toast.tell(paths[-1], tr("{n} recordings that were cut off are whole again.", n=len(paths)))
            self.takes.offer(paths)

    def _list_microphones(self) -> None:
        look = partial(microphones, again=not self._sound.is_listening)
        self._background.run("Looking for microphones", look, self.panel.recording.show_microphones)

    def _listen(self) -> None:
        is_recording = self._recorder.elapsed_s is not None
        meter = self.panel.recording.meter
        self._sound.see(is_wanted=is_recording or self._live.wants_sound or meter.is_seen())

    def _save(self) -> None:
        self._save_timer.stop()
        self.model.save(self.saveGeometry().toHex().data().decode())

    def _show_settings(self) -> None:
        model = self.model
        self.shortcuts.use(keys_of(model.settings.keys))
        styles = [(model.catalog.find(name), share) for name, share in model.mix.items()]
        partners = partners_of(model.mix, model.catalog)
        self.panel.show_settings(model.settings, styles, partners, mirror=model.mirror)
        self.panel.region.show_settings(model.settings, own_styles(model.file, model.catalog))
        self.view.brush.show_brushed(model.settings.brushed)
        if model.settings.region != "brushed":
            self.view.brush.end()
        self.gallery.mark(model.mix)
        self.shelf.show_favourites(self.settings.favorites)
        self._show_own_style()
        self._show_parts()

    def _show_own_style(self) -> None:
        name = self.model.style.name
        self.panel.show_own_style(is_own=name in self.own_styles.names, is_kept=self.own_styles.is_kept(name))

    def _paint_take(self, job: ClipJob) -> None:
        self.queue.add_job(job)
        self.videos.set_open(True)

    def _show_parts(self) -> None:
        alone = self.isFullScreen()
        for part in (self.panel, self.shelf):
            part.setVisible(self.settings.panels and not alone)
        self.bar.setVisible(not alone)
        self.take_row.set_alone(alone)
        self.videos.set_alone(alone)
        self.learning_row.set_alone(alone)
        self.bar.buttons["panels"].setChecked(self.settings.panels)
        self.view.setCursor(Qt.CursorShape.BlankCursor if alone else Qt.CursorShape.ArrowCursor)

    def _show_message(self) -> None:
        message = self._board.current(time.monotonic())
        has_card = self.view.show_cards(self._board, self._live.newest)
        status = self.bar.status
        is_legible = status.width() >= LEGIBLE_PX
        self.bar.show_message(message if is_legible else None)
        # Where the line has no room the picture has. A card says it itself, and lies where the words would.
        is_whole = is_legible and (message is None or status.fits(message.text) or self.toast.isVisible())
        on_picture = not has_card and (self.isFullScreen() or self._live.newest is None or not is_whole)
        self.view.set_words(message.text if message is not None and on_picture else "")

    def _show_recording(self) -> None:
        elapsed_s = self._recorder.elapsed_s
        self.bar.show_recording(elapsed_s)
        self.view.set_recording(elapsed_s is not None or self.takes.elapsed_s is not None)

    def _show_comparison(self) -> None:
        self.bar.buttons["compare"].setChecked(self.comparison.is_on)
        self.view.set_compares(self.comparison.is_held)
        self.view.set_wipe(self.comparison.is_on)

    def _tick(self) -> None:
        stats = self._live.stats()
        pace = self._pace.see(stats, self.settings, self._live.newest)
        self.bar.show_pace(pace)
        self.panel.show_pace(pace)
        self.panel.details.show_figures(stats, self._live.flicker(), self._live.newest)
        self.panel.source_button.show_name(self._live.source_name)
        self.panel.camera.show_given(stats)
        self.panel.transport.show_transport(self._live.transport)
        self._show_message()
        self._show_recording()
        self._listen()

    # ---- events ------------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent | None) -> None:
        """Full screen shows the picture alone."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.WindowStateChange:
            self._show_parts()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Takes pictures, files and addresses."""
        self.drop_targets.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        """Shows what a drop would do here."""
        self.drop_targets.move_to(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent | None) -> None:
        """Forgets the drag."""
        self.drop_targets.leave(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Shows what was dropped, or paints in its style."""
        self.drop_targets.drop(event)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Ends the show, finishes a recording, and remembers the settings."""
        self._tick_timer.stop()
        self._save()
        # Gone from the screen at once: what follows waits for a device, perhaps for seconds.
        self.hide()
        self.remote.close()
        self._repainter.stop()
        self.learning.close()
        for outlet in self.outlets.values():
            outlet.stop()
        self._preparer.stop()
        self._snapshots.stop()
        self.videos.stop()
        self.panel.details.measurement.stop()
        self.queue.close()
        self._live.stop()
        self._sound.stop()
        self._background.join(BACKGROUND_JOIN_S)
        super().closeEvent(event)

    # ---- putting it together -----------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.view, 1)
        left.addWidget(self.take_row)
        left.addWidget(self.learning_row)
        left.addWidget(self.bar)
        left.addWidget(self.shelf)
        layout = QHBoxLayout(self._content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left, 1)
        layout.addWidget(self.panel)
        self.setCentralWidget(self._content)
        self.videos.stand_beside(self.panel)
        self.videos.room_wanted.connect(lambda room_px: left.setContentsMargins(0, 0, room_px, 0))
        # Else Qt gives the keyboard to the first button, and Space would press it.
        self.view.setFocus()

    def _connect(self) -> None:
        self._tick_timer.timeout.connect(self._tick)
        self._save_timer.timeout.connect(self._save)
        self.model.changed.connect(self._on_change)
        self._source.made.connect(self.model.see_source)
        self._source.made.connect(self.panel.camera.setVisible)
        self._source.worked.connect(partial(self.model.set, "source"))
        self._source.turned_back.connect(self._turn_back)
        self.view.no_source.file_wanted.connect(self.panel.source_button.ask_for_file)
        self.view.no_source.again_wanted.connect(self._source.again)
        self.view.no_source.demo_wanted.connect(partial(self.use_source, "demo"))
        self._live.picture_ready.connect(lambda: self.view.show_picture(self._live.take()))
        self._live.told.connect(self._on_message)
        for part in (
            *(self.model, self._recorder, self.takes, self.own_styles, self.undo, self.auto),
            *(self.queue, self._all_painted, self._sound, self._snapshots),
        ):
            part.told.connect(self.note)
        for name, outlet in self.outlets.items():
            outlet.told.connect(partial(self.note, output=name))
        self.auto.wanted.connect(self.undo.use_unseen)
        self._background.failed.connect(self.note)
        self._repainter.painted.connect(self.gallery.styles.show_painted)
        self._recorder.changed.connect(self._show_recording)
        self.videos.toggled.connect(self.bar.buttons["videos"].setChecked)
        self.takes.painting_wanted.connect(self._paint_take)
        self.queue.painted.connect(lambda path: self.toast.tell(path, tr("Painted")))
        self.takes.changed.connect(lambda: self.bar.buttons["take"].setChecked(self.takes.elapsed_s is not None))
        self._recorder.changed.connect(self._listen)
        self._recorder.made.connect(lambda path: self.toast.tell(path, tr("Recorded")))
        self._snapshots.saved.connect(
            lambda path, more: self.toast.tell(path, tr("Painting the snapshot at full size…") if more else tr("Saved"))
        )
        self._snapshots.painted.connect(lambda path: self.toast.tell_more(path, tr("Painted at full size")))
        self._snapshots.given_up.connect(lambda path: self.toast.tell_more(path, tr("Saved")))
        self.own_styles.changed.connect(self._show_styles)
        self.own_styles.made.connect(self.learning.begin)
        self.own_styles.keeping.connect(self.learning.settle)
        self.learning.moved.connect(lambda: self._live.change(self.model.controls()))
        self.learning.settled.connect(self.own_styles.repaint)
        self.learning_row.kept.connect(self.own_styles.keep)
        self.own_styles.deleted.connect(self.shelf.offer_undo)
        self.own_styles.deleted.connect(lambda: self.undo.see_other(self.own_styles.undo))
        self.own_styles.restored.connect(partial(self.shelf.offer_undo, ""))
        self.comparison.changed.connect(self._show_comparison)
        self.view.double_clicked.connect(self.full_screen.toggle)
        self.gallery.chosen.connect(self.model.use_style)
        self.gallery.toggled.connect(self.model.toggle_in_mix)
        self.picture_card.chosen.connect(self._on_file_chosen)
        self.shelf.favoured.connect(self.toggle_favourite)
        self.shelf.renamed.connect(self.own_styles.rename)
        self.shelf.deleted.connect(self.own_styles.delete)
        self.shelf.exported.connect(lambda name: self.own_styles.ask_where_to_save(name, self))
        self.shelf.undone.connect(self.own_styles.undo)
        model, panel = self.model, self.panel
        panel.changed.connect(model.set)
        panel.camera.changed.connect(self._source.reopen)
        panel.mixer.shared.connect(model.share_style)
        panel.mixer.added.connect(model.toggle_in_mix)
        panel.mixer.removed.connect(model.toggle_in_mix)
        panel.region.brush_wanted.connect(self.view.brush.begin)
        self.view.brush.brushed.connect(partial(model.set, "brushed"))
        panel.play.kept.connect(self.keep_scene)
        panel.play.forgotten.connect(self.forget_scene)
        panel.kept.connect(lambda: self.own_styles.keep(model.style.name))
        panel.saved.connect(lambda: self.own_styles.ask_where_to_save(model.style.name, self))
        panel.recording.microphones_wanted.connect(self._list_microphones)
        panel.recording.muted.connect(self._sound.mute)
        panel.recording.meter.take_level = self._sound.take_level
        panel.source_button.chosen.connect(self.use_source)
        panel.source_button.found_wanted.connect(self._look_for_sources)
        self.drop_targets.source_dropped.connect(self.use_source)
        self.drop_targets.picture_dropped.connect(self.add_picture)
        self.drop_targets.style_dropped.connect(self.own_styles.open)
