from __future__ import annotations

import contextlib
import socket
import struct
import threading
from queue import Queue

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestyle.errors import LivestyleError
from livestyle.gui.remote.osc import LOOPBACK, Osc, meant, messages, parse_address

WAIT_S = 10.0


def text(words: str) -> bytes:
    return words.encode() + b"\0" * (4 - len(words) % 4)


def packet(address: str, kinds: str = "", numbers: bytes = b"") -> bytes:
    return text(address) + text("," + kinds) + numbers


def bundle(*packets: bytes) -> bytes:
    return b"#bundle\0" + b"\0" * 8 + b"".join(struct.pack(">i", len(each)) + each for each in packets)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (packet("/a"), [("/a", [])]),
        (packet("/a/b", "f", struct.pack(">f", 0.5)), [("/a/b", [0.5])]),
        (packet("/abc", "ifdh", struct.pack(">ifdq", -3, 0.25, 1.5, 7)), [("/abc", [-3.0, 0.25, 1.5, 7.0])]),
        (packet("/a", "TFNsi", text("word") + struct.pack(">i", 4)), [("/a", [1.0, 0.0, 4.0])]),
        # What follows something whose length is unknown is left.
        (packet("/a", "ibi", struct.pack(">iii", 4, 0, 5)), [("/a", [4.0])]),
        # Old programs send no kinds.
        (text("/a"), [("/a", [])]),
        (bundle(packet("/a"), bundle(packet("/b", "T"))), [("/a", []), ("/b", [1.0])]),
        (bundle(), []),
    ],
)
def test_messages_are_read(sent: bytes, read: list) -> None:
    assert list(messages(sent)) == read


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"abc",
        b"/abc",
        text("a"),
        text("/a") + text("f"),
        packet("/a", "f", b"\0\0"),
        packet("/a", "s", b"long"),
        bundle(packet("/a"))[:-4],
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", -4),
        b"#bundle\0" + b"\0" * 8 + struct.pack(">i", 0) * 3,
        text("/ä"),
    ],
)
def test_what_is_not_osc_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        list(messages(sent))


@given(st.binary(max_size=80))
def test_nothing_that_is_sent_does_harm(sent: bytes) -> None:
    for each in (sent, b"#bundle\0" + sent, b"/a\0\0," + sent):
        with contextlib.suppress(ValueError):
            list(messages(each))


def test_bundles_in_bundles_have_an_end() -> None:
    deep = packet("/a")
    for _ in range(50):
        deep = bundle(deep)
    with pytest.raises(ValueError, match="bundles in bundles"):
        list(messages(deep))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (("/livestyle/action/style_before", []), ("style before", 1.0)),
        (("/livestyle/action/record", [0.0]), ("record", 0.0)),
        (("/livestyle/set/strength", [0.7, 3.0]), ("strength", 0.7)),
        (("/livestyle/set/strength", []), None),
        (("/other/set/strength", [1.0]), None),
    ],
)
def test_addresses_say_names(message, said) -> None:
    assert meant(message) == said


@pytest.mark.parametrize(
    ("written", "read"),
    [("9000", (LOOPBACK, 9000)), (" 0.0.0.0:57120 ", ("0.0.0.0", 57120)), ("0", (LOOPBACK, 0))],
)
def test_only_this_computer_is_heard_unless_another_address_is_given(written, read) -> None:
    assert parse_address(written) == read


@pytest.mark.parametrize("written", ["", "nine", "70000", "-1", "localhost:", "\uff19\uff10"])
def test_what_is_no_port_is_refused(written: str) -> None:
    with pytest.raises(LivestyleError, match="is no port for OSC"):
        parse_address(written)


def test_what_is_sent_is_heard_and_nonsense_is_borne() -> None:
    heard: Queue[tuple[str, float]] = Queue()
    osc = Osc(lambda name, value: heard.put((name, value)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for sent in (
            b"nonsense",
            b"",
            packet("/livestyle/set/strength", "f", struct.pack(">f", 0.5)),
            bundle(packet("/elsewhere"), packet("/livestyle/action/scene_2")),
        ):
            sender.sendto(sent, (LOOPBACK, osc.port))
    assert [heard.get(timeout=WAIT_S) for _ in range(2)] == [("strength", 0.5), ("scene 2", 1.0)]
    osc.close()
    osc.close()
    assert not [t for t in threading.enumerate() if t.name == "livestyle OSC"]


def test_a_port_that_is_taken_is_told() -> None:
    first = Osc(lambda *_: None)
    try:
        with pytest.raises(LivestyleError, match=rf"can't listen on 127.0.0.1:{first.port} .*choose another port"):
            Osc(lambda *_: None, port=first.port)
    finally:
        first.close()
