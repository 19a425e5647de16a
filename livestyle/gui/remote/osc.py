"""OSC (Open Sound Control 1.0) over UDP: what music and lighting programs send.

Messages and bundles are read here, as it takes but a few lines (https://opensoundcontrol.stanford.edu/spec-1_0.html):
`/livestyle/action/NAME` does an action, `/livestyle/set/NAME VALUE` gives a control a value. Names have _ for spaces.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from threading import Thread

from livestyle.errors import LivestyleError
from livestyle.gui.remote.inbox import Take

LOOPBACK = "127.0.0.1"
LARGEST = 65_536
DEEPEST = 8
"""Bundles in bundles; more are nobody's."""
ACTION, SET = "/livestyle/action/", "/livestyle/set/"

Message = tuple[str, list[float]]
"""An address and its numbers; what is none, such as a text, is left out."""


def parse_address(text: str) -> tuple[str, int]:
    """Reads where to listen: `9000`, which only this computer reaches, or `0.0.0.0:9000` for all that are connected.

    Raises:
        LivestyleError: It is neither.
    """
    host, _, port = text.strip().rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise LivestyleError(f"{text} is no port for OSC: write a number up to 65535, such as 9000.")
    return host or LOOPBACK, int(port)


def messages(packet: bytes, depth: int = 0) -> Iterator[Message]:
    """The messages in a packet, those of bundles too, whenever they are meant for.

    Raises:
        ValueError: It is not OSC, or cut short.
    """
    if not packet.startswith(b"#bundle\0"):
        yield _message(packet)
        return
    if depth == DEEPEST:
        raise ValueError("bundles in bundles in bundles")
    at = 16
    while at < len(packet):
        size = int(_number(packet, at, ">i"))
        if size <= 0 or at + 4 + size > len(packet):
            raise ValueError("a bundle that is cut short")
        yield from messages(packet[at + 4 : at + 4 + size], depth + 1)
        at += 4 + size


def _message(packet: bytes) -> Message:
    address, at = _text(packet, 0)
    kinds, at = _text(packet, at) if at < len(packet) else (",", at)
    if not address.startswith("/") or not kinds.startswith(","):
        raise ValueError("no OSC message")
    numbers: list[float] = []
    for kind in kinds[1:]:
        if kind in "ifdh":
            form = {"i": ">i", "f": ">f", "d": ">d", "h": ">q"}[kind]
            numbers.append(_number(packet, at, form))
            at += struct.calcsize(form)
        elif kind in "TF":
            numbers.append(float(kind == "T"))
        elif kind in "sS":
            _, at = _text(packet, at)
        elif kind not in "NI":
            break  # how long others are is not known
    return address, numbers


def _number(packet: bytes, at: int, form: str) -> float:
    try:
        (number,) = struct.unpack_from(form, packet, at)
    except struct.error as error:
        raise ValueError("a number that is cut short") from error
    return float(number)


def _text(packet: bytes, at: int) -> tuple[str, int]:
    """The text that begins at a place, and where what follows begins: at the next multiple of 4."""
    end = packet.find(b"\0", at)
    if end < 0:
        raise ValueError("a text that does not end")
    return packet[at:end].decode("ascii"), (end // 4 + 1) * 4


def meant(message: Message) -> tuple[str, float] | None:
    """The name and the value that a message is about; None if it is not for livestyle, or says no number to set."""
    address, numbers = message
    if address.startswith(ACTION):
        return address.removeprefix(ACTION).replace("_", " "), numbers[0] if numbers else 1.0
    if address.startswith(SET) and numbers:
        return address.removeprefix(SET).replace("_", " "), numbers[0]
    return None


class Osc:
    """Listens, in a thread of its own, from the start.

    Args:
        take: Takes names and values, in that thread.
        host: Where to listen: `LOOPBACK` hears this computer alone.
        port: 0 for any that is free.

    Attributes:
        port: The one it has.

    Raises:
        LivestyleError: The port is taken, or the address is not this computer's.
    """

    def __init__(self, take: Take, host: str = LOOPBACK, port: int = 0) -> None:
        self._take = take
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise LivestyleError(
                f"OSC can't listen on {host}:{port} ({error.strerror or error}): choose another port."
            ) from error
        self.port: int = self._socket.getsockname()[1]
        self._is_closed = False
        self._thread = Thread(target=self._listen, name="livestyle OSC", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends it. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        # A thread that waits for a datagram does not see its socket closed: it is sent one.
        host = self._socket.getsockname()[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (LOOPBACK if host == "0.0.0.0" else host, self.port))
        self._thread.join()
        self._socket.close()

    def _listen(self) -> None:
        while not self._is_closed:
            try:
                packet = self._socket.recv(LARGEST)
                for message in messages(packet):
                    said = meant(message)
                    if said is not None:
                        self._take(*said)
            except (ValueError, OSError):
                continue  # whatever else is sent to a port is no concern of the show's
