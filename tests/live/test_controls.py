from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from livestyle.errors import StyleError
from livestyle.fade import Fade
from livestyle.look import Look
from livestyle.timeline import PART, Cue


def test_an_unknown_style_is_refused_at_once(controls) -> None:
    with pytest.raises(StyleError, match="no style 'wilt'"):
        replace(controls, look=Look((("wilt", 1.0),)))


CALM, WILD = Look((("calm", 1.0),)), Look((("wild", 1.0),))


class TestFade:
    """From calm to wild in two seconds, from second 10 on."""

    @pytest.fixture
    def fading(self, controls):
        return replace(controls, look=WILD, fade_s=2.0).after(replace(controls, look=CALM), 10.0)

    def test_the_look_is_on_its_way(self, fading) -> None:
        assert fading.at(10.0).look == CALM
        assert dict(fading.at(11.0).look.mix) == {"calm": 0.5, "wild": 0.5}
        assert fading.at(12.0).look == WILD
        assert [fading.is_still_at(time_s) for time_s in (10.0, 11.9, 12.0)] == [False, False, True]

    def test_without_one_it_is_there_at_once(self, controls) -> None:
        jump = replace(controls, look=WILD).after(controls, 10.0)
        assert jump.at(10.0).look == WILD
        assert jump.is_still_at(10.0)

    def test_another_style_on_the_way_fades_from_where_it_is(self, controls, fading) -> None:
        back = replace(controls, look=CALM, fade_s=1.0).after(fading, 11.0)
        assert back.at(11.0).look == fading.at(11.0).look
        assert dict(back.at(11.5).look.mix) == {"calm": 0.75, "wild": 0.25}
        assert back.at(12.0).look == CALM

    def test_what_is_set_by_hand_on_the_way_counts_at_once(self, controls, fading) -> None:
        weaker = replace(controls, look=replace(WILD, strength=0.4)).after(fading, 11.0)
        assert weaker.at(11.0).look.strength == pytest.approx(0.4)
        assert dict(weaker.at(11.0).look.mix) == {"calm": 0.5, "wild": 0.5}
        assert weaker.at(12.0).look == replace(WILD, strength=0.4)

    def test_other_controls_leave_it_alone(self, fading) -> None:
        mirrored = replace(fading, mirror=True, fade=None).after(fading, 11.0)
        assert mirrored.fade == fading.fade
        assert mirrored.mirror

    def test_codes_of_two_networks_do_not_mix(self, controls) -> None:
        other = replace(controls.file, weights=dict(controls.file.weights))
        assert replace(controls, file=other, look=WILD, fade_s=2.0).after(controls, 10.0).fade is None

    def test_nor_is_a_style_faded_from_that_is_gone(self, controls) -> None:
        left = {name: style for name, style in controls.file.styles.items() if name != "calm"}
        shrunk = replace(controls.file, styles=left)
        assert replace(controls, file=shrunk, look=WILD, fade_s=2.0).after(controls, 10.0).fade is None

    def test_a_fade_that_is_over_is_forgotten(self, fading) -> None:
        assert isinstance(fading.fade, Fade)
        assert replace(fading, fade=None, fade_s=0.0).after(fading, 12.0).fade is None


class TestSince:
    """What one state of the controls makes of another, as a cue."""

    def test_it_says_what_differs_and_how_long_it_takes(self, controls) -> None:
        before = replace(controls, look=CALM)
        after = replace(controls, look=replace(WILD, strength=0.5), fade_s=2.0, mirror=True).after(before, 10.0)
        assert after.since(before, 10.0) == Cue(10.0, {"mix": WILD.mix, "strength": 0.5}, 2.0, mirror=True)

    def test_all_of_it_where_nothing_was_before(self, controls) -> None:
        cue = replace(controls, look=WILD, fade_s=2.0).since(None, 10.0)
        part = {name: cue.changes[name] for name in PART}
        assert replace(CALM, **{name: it for name, it in cue.changes.items() if name not in part}) == WILD
        assert part == {"region": "everything", "mask": "", "outside": ()}
        assert (cue.fade_s, cue.mirror) == (0.0, False)

    def test_which_part_is_painted(self, controls) -> None:
        mask = np.full((4, 4), 255, np.uint8)
        me = replace(controls, region="me", outside=WILD, brushed=mask)
        brushed = replace(me, region="brushed", outside=None)
        assert me.since(controls, 1.0).changes == {"region": "me", "outside": WILD.mix}
        assert replace(me, lines=99).since(me, 1.0) == Cue(1.0)
        cue = brushed.since(me, 1.0)
        assert cue.changes == {"region": "brushed", "mask": mask, "outside": ()}
        assert replace(brushed, lines=99).since(brushed, 1.0) == Cue(1.0)
        again = replace(brushed, brushed=mask.copy())
        assert [*again.since(brushed, 1.0).changes] == ["mask"]

    def test_what_does_not_change_the_painting_is_nothing(self, controls) -> None:
        after = replace(controls, lines=99, rate_fps=10.0, fade_s=2.0).after(controls, 10.0)
        assert after.since(controls, 10.0) == Cue(10.0)

    def test_from_network_to_network_it_jumps(self, controls) -> None:
        other = replace(controls.file, weights=dict(controls.file.weights))
        after = replace(controls, file=other, look=WILD, fade_s=2.0).after(controls, 10.0)
        assert after.since(controls, 10.0).fade_s == 0
