from __future__ import annotations

from collections.abc import Callable

from livestyle.live.automatic import MORE_AFTER_S, AutomaticLines
from livestyle.live.decisions import scaled_hw

SOURCE_HW = (720, 1280)


class Device:
    """Paints 360 lines so many times a second, which may change with the time; nothing here really waits."""

    def __init__(self, fps_at_360: Callable[[float], float]) -> None:
        self.now_s = 100.0
        self._fps_at_360 = fps_at_360

    def seconds_per_px(self) -> float:
        return 1 / self._fps_at_360(self.now_s - 100.0) / (360 * 640)

    def paint(self, automatic: AutomaticLines, for_s: float, source_hw: tuple[int, int] = SOURCE_HW) -> list[int]:
        """Paints for a while; returns the lines that were painted, one entry for each change."""
        seen = []
        end_s = self.now_s + for_s
        while self.now_s < end_s:
            lines = automatic.lines(source_hw)
            if seen[-1:] != [lines]:
                seen.append(lines)
            painted_hw = scaled_hw(source_hw, lines)
            took_s = painted_hw[0] * painted_hw[1] * self.seconds_per_px()
            self.now_s += max(took_s, 1 / 30)
            automatic.add(took_s, painted_hw, source_hw, self.now_s)
        return seen


def test_a_busy_start_is_made_up_for() -> None:
    device = Device(lambda s: 10.0 if s < 5 else 75.0)
    automatic = AutomaticLines(device.seconds_per_px())
    assert device.paint(automatic, 30) == [240, 480]


def test_where_paintings_are_moved_along_a_slow_device_paints_more_lines() -> None:
    device = Device(lambda _: 10.0)
    assert device.paint(AutomaticLines(device.seconds_per_px()), 30) == [240]
    assert device.paint(AutomaticLines(device.seconds_per_px(), frames=3), 30) == [360]


def test_a_lower_rate_leaves_time_for_more_lines() -> None:
    device = Device(lambda _: 40.0)
    lines = [device.paint(AutomaticLines(device.seconds_per_px(), rate_fps=fps), 30) for fps in (30.0, 20.0, 10.0)]
    assert lines == [[240], [360], [480]]


def test_a_machine_that_gets_busy_soon_gets_fewer_lines() -> None:
    device = Device(lambda s: 75.0 if s < 10 else 14.0)
    automatic = AutomaticLines(device.seconds_per_px())
    assert device.paint(automatic, 10) == [480]
    assert device.paint(automatic, 10)[-1] == 240


def test_a_steady_device_never_changes_its_size() -> None:
    for fps in (1.0, 8.0, 20.0, 28.5, 29.0, 50.0, 51.0, 115.0, 1000.0):
        device = Device(lambda _, fps=fps: fps)
        assert len(device.paint(AutomaticLines(device.seconds_per_px()), 60)) == 1, fps


def test_one_slow_painting_changes_nothing() -> None:
    device = Device(lambda s: 1.0 if 20.0 < s < 20.1 else 40.0)
    assert device.paint(AutomaticLines(device.seconds_per_px()), 60) == [360]


def test_on_a_restless_machine_the_size_steps_ever_more_rarely() -> None:
    device = Device(lambda s: 75.0 if s % 10 < 5 else 8.0)
    automatic = AutomaticLines(device.seconds_per_px())
    early, late = device.paint(automatic, 60), device.paint(automatic, 600)
    assert len(late) / 600 < len(early) / 60 / 2


def test_more_lines_are_not_tried_at_once() -> None:
    device = Device(lambda s: 10.0 if s == 0 else 75.0)
    automatic = AutomaticLines(device.seconds_per_px())
    assert device.paint(automatic, MORE_AFTER_S - 0.5) == [240]


def test_each_size_of_source_has_its_own_lines() -> None:
    device = Device(lambda _: 75.0)
    automatic = AutomaticLines(device.seconds_per_px())
    assert device.paint(automatic, 10, (240, 320)) == [240]
    assert device.paint(automatic, 10) == [480]
