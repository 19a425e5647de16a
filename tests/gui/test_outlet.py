"""Outputs and their menu, on a show and in a background whose every step a test decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QPushButton, QWidget

from livestyle.errors import SinkError
from livestyle.gui import icons
from livestyle.gui.background import Background
from livestyle.gui.model import ShowModel
from livestyle.gui.outlet import Outlet, command_in
from livestyle.gui.outlet_table import OUTLETS, STREAM, VIRTUAL_CAMERA, WEB_PAGE
from livestyle.gui.outputs_menu import OutputsMenu, with_code
from livestyle.live.message import Written
from livestyle.settings import CAMERA_LINES, Settings
from livestyle.sinks.sink import FrameSink, NullSink, Wants
from livestyle.sinks.virtual_camera import VirtualCamera

LACK = "It needs a driver: run `sudo apt install it` and switch it on again."


class Show(QObject):
    """Notes which sinks are added and removed; the test says when one has ended."""

    sink_ended = pyqtSignal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, FrameSink]] = []

    def add_sink(self, sink: FrameSink) -> None:
        self.asked.append(("add", sink))

    def remove_sink(self, sink: FrameSink) -> None:
        self.asked.append(("remove", sink))


class LaterBackground(Background):
    """Does its work when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[Callable[[], None]] = []

    def _start(self, do: Callable[[], None]) -> None:
        self.waiting.append(do)

    def work(self) -> None:
        self.waiting.pop(0)()


class Sink(NullSink):
    name = "made up"

    def __init__(self, lines: int, lack: str | None) -> None:
        super().__init__()
        self.wants = Wants((lines, 2 * lines), 30.0)
        self.lack = lack

    def why_not(self) -> str | None:
        return self.lack


class Setup:
    def __init__(self, catalog) -> None:
        self.show, self.background = Show(), LaterBackground()
        self.window = QWidget()
        self.model = ShowModel(catalog, Settings())
        self.sinks: list[Sink] = []
        self.lack: str | None = None
        output = replace(VIRTUAL_CAMERA, make=self.make)
        self.outlet = Outlet(output, self.show, self.background, self.model, self.window)
        self.told: list[str] = []
        self.outlet.told.connect(self.told.append)

    def make(self, settings: Settings) -> Sink:
        self.sinks.append(Sink(settings.camera_lines, self.lack))
        return self.sinks[-1]

    def end(self, sink: Sink, error: SinkError | None = None) -> None:
        self.show.sink_ended.emit(sink, error, Written())


@pytest.fixture
def setup(qapp, catalog) -> Setup:
    return Setup(catalog)


def test_an_output_is_off_until_it_is_switched_on_and_goes_off_again(setup) -> None:
    outlet = setup.outlet
    assert not outlet.is_on
    outlet.toggle()
    assert outlet.is_on
    setup.background.work()
    (sink,) = setup.sinks
    assert setup.show.asked == [("add", sink)]
    assert outlet.line == "1440x720, 30 fps"
    sink.seen_as = "livestyle"
    assert outlet.line == "1440x720, 30 fps, seen as livestyle"
    outlet.toggle()
    assert not outlet.is_on
    assert setup.show.asked == [("add", sink), ("remove", sink)]
    setup.end(sink)
    assert (outlet.is_on, outlet.fault, setup.told) == (False, "", [])
    assert outlet.line == VIRTUAL_CAMERA.does


def test_one_that_can_not_be_used_is_told_and_goes_off(setup) -> None:
    setup.lack = LACK
    setup.outlet.start()
    setup.background.work()
    assert not setup.outlet.is_on
    assert setup.told == [setup.outlet.fault] == [LACK]
    assert setup.outlet.copyable == "sudo apt install it"
    assert setup.show.asked == []
    setup.lack = None
    setup.outlet.start()
    assert setup.outlet.fault == ""
    setup.background.work()
    assert setup.show.asked == [("add", setup.sinks[1])]


def test_one_that_fails_goes_off_and_says_why_until_it_is_switched_on_again(setup) -> None:
    setup.outlet.start()
    setup.background.work()
    setup.end(setup.sinks[0], SinkError("The disk is full."))
    assert (setup.outlet.is_on, setup.outlet.fault) == (False, "The disk is full.")
    assert setup.told == []  # the show has said so
    assert setup.outlet.copyable == "The disk is full."
    setup.outlet.check()
    setup.background.work()
    assert setup.outlet.fault == "The disk is full."
    setup.outlet.start()
    assert setup.outlet.fault == ""


def test_one_that_fails_while_it_is_looked_at_goes_off(setup, monkeypatch) -> None:
    monkeypatch.setattr(Sink, "why_not", lambda self: 1 / 0)
    failed: list[str] = []
    setup.background.failed.connect(failed.append)
    setup.outlet.start()
    setup.background.work()
    assert not setup.outlet.is_on
    assert failed[0].startswith("Looking for outputs failed: see ")


def test_one_that_is_switched_off_before_it_is_open_stays_off(setup) -> None:
    setup.outlet.start()
    setup.outlet.stop()
    setup.background.work()
    assert setup.show.asked == []
    assert not setup.outlet.is_on


def test_the_next_is_opened_once_the_one_before_is_closed(setup) -> None:
    outlet = setup.outlet
    outlet.start()
    setup.background.work()
    outlet.stop()
    outlet.start()
    assert outlet.is_on
    assert len(setup.sinks) == 1
    setup.end(setup.sinks[0])
    setup.background.work()
    assert outlet.is_on
    assert [what for what, _ in setup.show.asked] == ["add", "remove", "add"]


def test_while_it_is_on_it_goes_on_with_what_is_chosen(setup) -> None:
    setup.outlet.start()
    setup.background.work()
    setup.outlet.choose(1080)
    assert setup.model.settings.camera_lines == 1080
    setup.end(setup.sinks[0])
    setup.background.work()
    assert setup.outlet.is_on
    assert setup.sinks[1].wants.size_hw == (1080, 2160)
    assert [what for what, _ in setup.show.asked] == ["add", "remove", "add"]


def test_what_is_chosen_while_it_is_looked_at_counts(setup) -> None:
    setup.outlet.start()
    setup.outlet.choose(360)
    setup.background.work()
    setup.background.work()
    assert setup.show.asked == [("add", setup.sinks[1])]
    assert setup.sinks[1].wants.size_hw == (360, 720)


def test_while_it_is_off_what_is_chosen_is_kept(setup) -> None:
    setup.outlet.choose(360)
    assert setup.outlet.chosen == 360
    assert setup.background.waiting == []


def test_the_end_of_the_show_is_the_end_of_its_outputs(setup) -> None:
    setup.outlet.start()
    setup.background.work()
    setup.end(setup.sinks[0])
    assert not setup.outlet.is_on
    assert len(setup.sinks) == 1


def test_the_end_of_another_sink_changes_nothing(setup) -> None:
    setup.outlet.start()
    setup.background.work()
    setup.end(NullSink(), SinkError("The disk is full."))
    assert (setup.outlet.is_on, setup.outlet.fault) == (True, "")


def test_an_address_can_be_copied_while_it_is_on(setup) -> None:
    setup.outlet.start()
    setup.background.work()
    setup.sinks[0].seen_as = "livestyle"
    assert setup.outlet.copyable == ""
    setup.sinks[0].seen_as = "http://127.0.0.1:8090"
    assert setup.outlet.copyable == "http://127.0.0.1:8090"


def test_what_stands_in_backticks_is_a_command() -> None:
    assert command_in("Run `a && b` or `c`.") == "a && b"
    assert command_in("It is gone.") == ""
    assert with_code("Run `a && b` <now>.") == "Run <code>a &amp;&amp; b</code> &lt;now&gt;."


# ---- the table -------------------------------------------------------------------------------------------------------


def test_the_virtual_camera_has_the_sizes_that_programs_know() -> None:
    assert [text for text, _ in VIRTUAL_CAMERA.choices()] == ["640x360", "1280x720", "1920x1080"]
    sinks = [VIRTUAL_CAMERA.make(Settings(camera_lines=lines)) for lines in CAMERA_LINES]
    assert [sink.wants for sink in sinks] == [
        Wants((360, 640), 30.0),
        Wants((720, 1280), 30.0),
        Wants((1080, 1920), 30.0),
    ]
    assert isinstance(sinks[0], VirtualCamera)
    assert sinks[0].name == VIRTUAL_CAMERA.name  # what it says is on its own matter


def test_every_list_sets_a_setting_that_is_remembered() -> None:
    for output in OUTLETS:
        assert not output.setting or hasattr(Settings(), output.setting)


def test_the_stream_goes_where_the_settings_say() -> None:
    usual, other = (STREAM.make(Settings(stream_to=address)) for address in ("", "udp://127.0.0.1:7000"))
    assert (usual.seen_as, other.seen_as) == ("udp://127.0.0.1:5000", "udp://127.0.0.1:7000")
    assert usual.wants == Wants((720, 1280), 30.0, sound=True)
    assert usual.name == STREAM.name


def test_the_web_page_has_an_address_to_copy() -> None:
    sink = WEB_PAGE.make(Settings())
    assert (sink.name, sink.seen_as) == (WEB_PAGE.name, "http://127.0.0.1:8090/")


# ---- the menu --------------------------------------------------------------------------------------------------------


@pytest.fixture
def menu(setup, qtbot) -> OutputsMenu:
    button = QPushButton("Outputs", setup.window)
    button.setCheckable(True)
    setup.button = button
    qtbot.addWidget(setup.window)
    setup.window.show()
    return OutputsMenu([setup.outlet], button, setup.window)


def test_a_row_switches_its_output(setup, menu) -> None:
    row = menu.rows["virtual camera"]
    menu.toggle()
    setup.background.work()
    assert menu.isVisible()
    assert row.line.text() == VIRTUAL_CAMERA.does
    row.switch.click()
    assert setup.outlet.is_on
    setup.background.work()
    assert row.line.text() == "1440x720, 30 fps"
    assert row.switch.accessibleDescription() == "1440x720, 30 fps"
    assert setup.button.isChecked()
    setup.end(setup.sinks[-1], SinkError("The disk is full."))
    assert not row.switch.isChecked()
    assert not setup.button.isChecked()
    assert (row.line.text(), row.line.property("kind")) == ("The disk is full.", "problem")


def test_what_an_output_lacks_is_seen_when_the_menu_opens_and_its_command_can_be_copied(setup, menu) -> None:
    setup.lack = LACK
    row = menu.rows["virtual camera"]
    menu.toggle()
    assert not row.copy.isVisible()
    setup.background.work()
    assert row.line.text() == with_code(LACK)
    assert not row.switch.isChecked()
    assert setup.told == []  # nobody has asked for it yet
    assert row.copy.isVisible()
    row.copy.click()
    assert QGuiApplication.clipboard().text() == "sudo apt install it"
    assert row.copy.text() == "Copied"


def test_a_list_shows_what_is_chosen_and_sets_it(setup, menu, qtbot) -> None:
    row = menu.rows["virtual camera"]
    menu.toggle()
    assert row.choice.currentText() == "1280x720"
    row.choice.activated.emit(2)
    assert setup.model.settings.camera_lines == 1080
    menu.toggle()
    menu.toggle()
    assert row.choice.currentText() == "1920x1080"


def test_escape_closes_the_menu(setup, menu, qtbot) -> None:
    menu.toggle()
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()


def test_the_menu_says_what_opens_after_the_click(setup, menu, qtbot) -> None:
    menu.toggle()
    setup.background.work()
    setup.outlet.start()
    setup.background.work()
    setup.sinks[-1].seen_as = "livestyle"  # as its thread does, sooner or later
    qtbot.waitUntil(lambda: menu.rows["virtual camera"].line.text().endswith("seen as livestyle"))


def test_icons_of_outputs_can_be_told_apart(qapp) -> None:
    pictures = [each.icon().pixmap(icons.SIDE_PX).toImage() for each in OUTLETS]
    assert all(a != b for row, a in enumerate(pictures) for b in pictures[:row])
