from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from livestyle.clips.channel import Channel, ChannelCancelled


def test_everything_arrives_in_order_and_then_it_ends() -> None:
    channel: Channel[int] = Channel(2)

    def produce() -> None:
        with channel:
            for item in range(100):
                channel.put(item)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(produce)
        assert list(channel) == list(range(100))


def test_a_full_channel_makes_the_producer_wait() -> None:
    channel: Channel[int] = Channel(2)
    handed_over: list[int] = []

    def produce() -> None:
        for item in range(5):
            channel.put(item)
            handed_over.append(item)
        channel.end()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(produce)
        for taken in channel:
            # What was handed over is with us, or one of the two that wait, or on its way into the place just made.
            assert len(handed_over) <= taken + 1 + 2
        done.result()
    assert handed_over == [0, 1, 2, 3, 4]


def test_what_waits_at_the_end_is_still_delivered() -> None:
    channel: Channel[int] = Channel(2)
    channel.put(1)
    channel.end()
    assert list(channel) == [1]


def test_a_consumer_that_dies_frees_the_producer() -> None:
    channel: Channel[int] = Channel(1)

    def produce() -> None:
        while True:
            channel.put(0)

    with ThreadPoolExecutor(1) as pool:
        producing = pool.submit(produce)
        with pytest.raises(ZeroDivisionError), channel:
            raise ZeroDivisionError(next(iter(channel)))
        with pytest.raises(ChannelCancelled):
            producing.result()


def test_a_producer_that_dies_frees_the_consumer() -> None:
    channel: Channel[int] = Channel(1)
    with pytest.raises(ZeroDivisionError), channel:
        raise ZeroDivisionError
    with pytest.raises(ChannelCancelled):
        next(iter(channel))
    with pytest.raises(ChannelCancelled):
        channel.put(1)
