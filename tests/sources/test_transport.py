from __future__ import annotations

from itertools import islice, pairwise

import pytest

from livestyle.sources.transport import Transport
from livestyle.sources.video import VideoSource


@pytest.fixture
def transport() -> Transport:
    return Transport(10.0, loops=False)


def test_a_pause_holds_what_is_on_show_and_a_seek_gets_one_more_frame(transport) -> None:
    assert not transport.holds
    transport.toggle()
    assert transport.holds
    assert transport.is_paused
    transport.seek(4.0)
    assert not transport.holds
    assert transport.take_wanted_s() == 4.0
    assert transport.holds
    transport.toggle()
    assert not transport.holds


def test_only_the_last_of_many_seeks_counts_and_none_leaves_the_film(transport) -> None:
    for time_s in (1.0, 20.0, -3.0):
        transport.seek(time_s)
    assert transport.take_wanted_s() == 0.0
    assert transport.take_wanted_s() is None
    transport.seek(20.0)
    assert transport.take_wanted_s() == 10.0


def test_at_the_end_it_begins_again(transport) -> None:
    transport.is_over = True
    assert transport.is_paused
    transport.toggle()
    assert transport.is_wanted_elsewhere
    assert transport.take_wanted_s() == 0.0
    assert not transport.is_paused


def test_whoever_holds_a_frame_is_woken(transport) -> None:
    woken: list[str] = []
    transport.wake = lambda: woken.append("woken")
    transport.toggle()
    transport.seek(1.0)
    assert len(woken) == 2


def test_no_frame_is_late_after_a_jump(transport) -> None:
    for jump in (transport.toggle, lambda: (transport.seek(1.0), transport.take_wanted_s())):
        jump()
        assert transport.take_jumped()
        assert not transport.take_jumped()


def test_the_next_of_a_list_gets_one_more_frame_while_it_is_paused() -> None:
    transport = Transport(10.0, loops=True, films=3)
    transport.toggle()
    transport.seek(4.0)
    transport.skip(1)
    transport.skip(1)
    assert not transport.holds
    assert transport.take_wanted_film() == 2
    assert transport.take_wanted_film() is None
    assert transport.take_wanted_s() is None
    assert transport.holds


def test_a_list_is_gone_through_from_one_end_to_the_other() -> None:
    transport = Transport(10.0, loops=False, films=3)
    transport.skip(-1)
    assert transport.take_wanted_film() == 2
    transport.begin(2, 7.0)
    assert (transport.film, transport.duration_s, transport.position_s) == (2, 7.0, 0.0)
    transport.skip(1)
    assert transport.take_wanted_film() == 0


def test_at_its_end_a_list_begins_again() -> None:
    transport = Transport(10.0, loops=False, films=3)
    transport.begin(2, 7.0)
    transport.is_over = True
    transport.toggle()
    assert transport.take_wanted_film() == 0
    assert not transport.is_paused


def test_where_there_is_one_film_there_is_no_next(transport) -> None:
    transport.skip(1)
    assert not transport.is_wanted_elsewhere
    assert not transport.loops_film
    transport.loops = True
    assert transport.loops_film
    transport.films = 2
    assert not transport.loops_film


class TestFilm:
    """Twelve frames at 20 fps, with a key frame in front of every fourth."""

    @pytest.fixture
    def clip(self, make_clip):
        return make_clip(frames=12, rate=20)

    def test_only_what_plays_in_real_time_is_steered(self, clip) -> None:
        for live in (False, True):
            with VideoSource(clip, live=live) as source:
                assert (source.transport is not None) == live
        with VideoSource(clip, live=True, loop=True) as source:
            assert source.transport.loops
            assert source.transport.duration_s == pytest.approx(0.6, abs=0.06)

    @pytest.mark.parametrize("target", [0, 3, 7, 11])
    def test_a_seek_shows_the_frame_of_that_time_and_times_go_on(self, clip, number_of, target) -> None:
        with VideoSource(clip, live=True) as source:
            frames = iter(source)
            seen = list(islice(frames, 2))
            source.transport.seek(target / 20)
            seen += islice(frames, 1)
            assert number_of(seen[-1].image) == target
            assert source.transport.position_s == pytest.approx(target / 20)
            seen += islice(frames, 1)
            assert all(a.time_s < b.time_s for a, b in pairwise(seen))
            assert number_of(seen[-1].image) == min(target + 1, 11)

    def test_a_seek_back_from_the_end_is_played_on(self, clip, number_of) -> None:
        with VideoSource(clip, live=True) as source:
            source.transport.seek(0.5)
            assert number_of(list(source)[-1].image) == 11
            assert source.transport.is_over
        source.transport.seek(0.25)
        with source:
            assert number_of(next(iter(source)).image) == 5
        assert not source.transport.is_over

    def test_the_loop_is_switched_while_it_plays(self, clip, number_of) -> None:
        with VideoSource(clip, live=True) as source:
            frames = iter(source)
            source.transport.seek(0.5)
            source.transport.loops = True
            assert [number_of(frame.image) for frame in islice(frames, 4)] == [10, 11, 0, 1]
            source.transport.seek(0.55)
            source.transport.loops = False
            assert [number_of(frame.image) for frame in frames] == [11]

    def test_what_can_not_be_sought_is_read_from_its_start(self, clip, number_of, monkeypatch) -> None:
        import av.error

        with VideoSource(clip, live=True) as source:
            frames = iter(source)
            next(frames)

            class Stubborn:
                def __init__(self, container) -> None:
                    self.container = container

                def __getattr__(self, name: str):
                    return getattr(self.container, name)

                def seek(self, *_: object) -> None:
                    raise av.error.PermissionError(1, "no seeking")

            reader = source._guarded._resource
            monkeypatch.setattr(reader, "_container", Stubborn(reader._container))
            source.transport.seek(0.25)
            assert number_of(next(frames).image) == 5
