from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from livestyle.errors import BackendError
from livestyle.styles.file import StyleFile
from livestyle.stylizer import meanwhile, openvino_backend
from livestyle.stylizer.fastest import BACKENDS, BACKENDS_OF
from livestyle.stylizer.meanwhile import Meanwhile, open_meanwhile
from livestyle.stylizer.openvino_backend import OpenVinoStylizer
from livestyle.stylizer.stylizer import BackendInfo, Code, Images, Stylizer
from livestyle.timing import StageTimes

CODE = np.zeros(3, np.float32)
FASTEST_PRECISION = OpenVinoStylizer._fastest_precision
LATE = ("igpu", "npu", "directml", "coreml")


class Fills(Stylizer):
    """Fills pictures with a number."""

    def __init__(self, name: str, number: int) -> None:
        self.info = BackendInfo(name, name, "float32")
        self.code_size = 3
        self.number = number
        self.shapes: list[tuple[int, ...]] = []
        self.error: Exception | None = None
        self.closed = 0

    def stylize(self, images: Images, code: Code) -> Images:
        if self.error is not None:
            raise self.error
        self.shapes.append(images.shape[:3])
        return np.full_like(images, self.number)

    def close(self) -> None:
        self.closed += 1


class Show:
    """A processor that paints 1 and a unit that paints 2, which opens and warms up when it is told to."""

    def __init__(self) -> None:
        self.processor, self.unit = Fills("processor", 1), Fills("unit", 2)
        self.may_open = Event()
        self.told: list[str] = []
        self.stylizer = Meanwhile(self.processor, self.open, self.told.append)

    def open(self) -> Stylizer:
        self.may_open.wait()
        return self.unit

    def settle(self) -> None:
        """Waits for what is under way."""
        self.may_open.set()
        self.stylizer._worker.submit(lambda: None).result()

    def paints(self, height: int = 4) -> int:
        return int(self.stylizer.stylize(np.zeros((1, height, 5, 3), np.uint8), CODE)[0, 0, 0, 0])


@pytest.fixture
def show() -> Any:
    show = Show()
    yield show
    show.may_open.set()
    show.stylizer.close()


def test_the_processor_paints_until_the_unit_is_ready(show: Show) -> None:
    assert show.paints() == show.paints() == 1
    assert show.stylizer.info.device == "processor"
    show.settle()
    assert show.paints() == 1  # the unit is open; now it gets ready for the size
    show.settle()
    assert show.paints() == 2
    assert show.stylizer.info.device == "unit"
    assert show.told == []


def ready(show: Show, height: int = 4) -> None:
    show.settle()
    show.paints(height)
    show.settle()
    assert show.paints(height) == 2


def test_another_size_is_the_processors_while_the_unit_gets_ready_for_it(show: Show) -> None:
    ready(show)
    assert show.paints(height=8) == 1
    show.settle()
    assert show.paints(height=8) == 2
    assert show.paints(height=4) == 2


def test_one_that_does_not_open_is_told_of_once(show: Show) -> None:
    show.stylizer.close()
    stylizer = Meanwhile(show.processor, lambda: failing(BackendError("It is of cardboard.")), show.told.append)
    with stylizer:
        stylizer._worker.submit(lambda: None).result()
        for _ in range(3):
            assert stylizer.stylize(np.zeros((1, 4, 5, 3), np.uint8), CODE)[0, 0, 0, 0] == 1
    assert show.told == ["It is of cardboard."]


def failing(error: Exception) -> Stylizer:
    raise error


def test_a_bug_in_opening_is_logged_and_the_show_goes_on(show: Show, caplog: pytest.LogCaptureFixture) -> None:
    show.stylizer.close()
    with Meanwhile(show.processor, lambda: failing(ZeroDivisionError("by zero")), show.told.append) as stylizer:
        stylizer._worker.submit(lambda: None).result()
        stylizer.stylize(np.zeros((1, 4, 5, 3), np.uint8), CODE)
    assert show.told == ["by zero."]
    assert "ZeroDivisionError" in caplog.text


def test_one_that_fails_in_getting_ready_is_closed(show: Show) -> None:
    show.settle()
    show.unit.error = BackendError("No kernel.")
    show.paints()
    show.settle()
    assert show.paints() == show.paints() == 1
    show.settle()
    assert (show.told, show.unit.closed) == (["No kernel."], 1)


def test_one_that_fails_in_the_middle_of_the_show_loses_no_picture(show: Show) -> None:
    ready(show)
    show.unit.error = BackendError("It was unplugged.")
    assert show.paints() == show.paints() == 1
    assert show.told == ["It was unplugged."]
    assert show.stylizer.info.device == "processor"


def test_a_processor_that_fails_is_no_secret(show: Show) -> None:
    show.processor.error = BackendError("Too hot.")
    with pytest.raises(BackendError, match="Too hot"):
        show.paints()
    assert show.told == []


def test_times_are_those_of_what_paints(show: Show) -> None:
    times = show.stylizer.times = StageTimes()
    show.paints()
    assert show.processor.times is times
    ready(show)
    assert show.unit.times is times


def test_closing_closes_both_and_waits_for_neither(show: Show) -> None:
    show.stylizer.close()  # the unit is still being opened
    assert (show.processor.closed, show.unit.closed) == (1, 0)
    show.may_open.set()
    show.stylizer._worker.shutdown(wait=True)
    show.stylizer.close()
    assert show.unit.closed == 1


class TestOpening:
    @staticmethod
    def backends(device: Callable[[StyleFile], Stylizer]) -> dict[str, Callable[[StyleFile], Stylizer]]:
        """The processor, and one for all other devices."""
        return {name: lambda _, name=name: Fills(name, 1) for name in BACKENDS} | {
            BACKENDS_OF[name][0]: device for name in LATE
        }

    @pytest.mark.parametrize(("device", "first"), [("cuda", "CUDA"), ("cpu", "OpenVINO"), ("mps", "Metal")])
    def test_other_devices_are_opened_as_ever(self, device: str, first: str, tiny_file: StyleFile) -> None:
        stylizer, refusals = open_meanwhile(tiny_file, device, pytest.fail, backends=self.backends(pytest.fail))
        assert (stylizer.info.device, refusals) == (first, [])

    def test_an_unknown_one_is_refused(self, tiny_file: StyleFile) -> None:
        with pytest.raises(BackendError, match="no device 'tpu'"):
            open_meanwhile(tiny_file, "tpu", pytest.fail)

    @pytest.mark.parametrize("device", LATE)
    def test_what_takes_long_is_opened_in_the_background(self, device: str, tiny_file: StyleFile) -> None:
        asked: list[StyleFile] = []
        unit = Fills("unit", 2)

        def opened(file: StyleFile) -> Stylizer:
            asked.append(file)
            return unit

        stylizer, refusals = open_meanwhile(tiny_file, device, pytest.fail, backends=self.backends(opened))
        assert isinstance(stylizer, Meanwhile)
        assert stylizer.info.device == "OpenVINO"
        stylizer.close()
        stylizer._worker.shutdown(wait=True)
        assert (asked, refusals, unit.closed) == ([tiny_file], [], 1)

    def test_who_can_not_serve_is_named(self, tiny_file: StyleFile) -> None:
        told: list[str] = []
        refuse = self.backends(lambda _: failing(BackendError("There is none.")))
        with open_meanwhile(tiny_file, "npu", told.append, backends=refuse)[0] as stylizer:
            assert isinstance(stylizer, Meanwhile)
            stylizer._worker.submit(lambda: None).result()
            stylizer.stylize(np.zeros((1, 4, 5, 3), np.uint8), CODE)
        assert told == ["NPU can't be used: There is none."]


def test_one_that_computes_as_the_first_does_is_let_go(show: Show) -> None:
    show.unit.info = show.processor.info
    show.settle()
    assert show.paints() == show.paints() == 1
    show.settle()
    assert show.paints() == 1
    assert show.unit.closed == 1
    assert show.told == []


@pytest.fixture
def precisions(tiny_file: StyleFile, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rivals whose speed was measured; the last one wins."""
    measured: list[str] = []

    def win(painters: dict[str, object]) -> str:
        measured.extend(painters)
        return measured[-1]

    monkeypatch.setattr(meanwhile, "PAINTINGS_FIRST", 3)
    monkeypatch.setattr(openvino_backend, "quickest_of", win)
    monkeypatch.setattr(openvino_backend, "TRIED_HW", (32, 32))
    monkeypatch.setattr(openvino_backend, "_rivals", lambda core, file: ["f32", "int8"])
    monkeypatch.setattr(openvino_backend, "likeness_db", lambda *_: 99.0)
    monkeypatch.setattr(OpenVinoStylizer, "_fastest_precision", FASTEST_PRECISION)
    return measured


def test_float32_paints_at_once_until_the_fastest_precision_is_known(
    tiny_file: StyleFile, precisions: list[str]
) -> None:
    photos = np.zeros((1, 32, 32, 3), np.uint8)
    stylizer, refusals = open_meanwhile(tiny_file, "cpu", pytest.fail)
    with stylizer:
        assert isinstance(stylizer, Meanwhile)
        assert (stylizer.info.dtype, refusals) == ("float32", [])
        for _ in range(2):  # after the trial of the opening
            assert precisions == []
            stylizer.stylize(photos, tiny_file.identity)
        for _ in range(2):  # it is opened, and then gets ready for the size
            stylizer._worker.submit(lambda: None).result()
            stylizer.stylize(photos, tiny_file.identity)
        stylizer._worker.submit(lambda: None).result()
        stylizer.stylize(photos, tiny_file.identity)
        assert stylizer.info.dtype == "int8"
    assert precisions == ["f32", "int8"]
    again, _ = open_meanwhile(tiny_file, "cpu", pytest.fail)
    with again:
        assert isinstance(again, OpenVinoStylizer)
        assert again.info.dtype == "int8"
    assert precisions == ["f32", "int8"]
