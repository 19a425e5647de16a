"""Videos at an address: a file on a web server, or a stream."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

from livestyle.errors import SourceError

if TYPE_CHECKING:
    from av.container import InputContainer

SILENCE_LIMIT_S = 8.0
"""How long a host may keep silent, when it is opened and later."""

_ADDRESS = re.compile(r"(?!file:)[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PAGE = re.compile(rb"\s*<(!doctype html|html|head|body)\b", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a text is an address and no path; `file://` is a path."""
    return _ADDRESS.match(text) is not None


def open_address(address: str) -> InputContainer:
    """Opens a video at an address.

    Raises:
        SourceError: There is none; the sentence says what the host answered.
    """
    import av  # here, as what is an address is asked on the way to the window
    import av.error

    options = {"rtsp_transport": "tcp"} if address.startswith("rtsp") else {}
    name = public(address)
    try:
        return av.open(address, timeout=SILENCE_LIMIT_S, options=options)
    except av.error.ProtocolNotFoundError as error:
        scheme = address.partition(":")[0]
        raise SourceError(
            f"{scheme}:// is no kind of address that can be read: use http, https, rtsp or udp."
        ) from error
    except av.error.HTTPUnauthorizedError as error:
        raise SourceError(
            f"{name} asks for a user and a password (401): write them into the address, USER:PASSWORD@ before the host."
        ) from error
    except av.error.HTTPForbiddenError as error:
        raise SourceError(f"{name} may not be read by you (403): check the address, or ask its owner.") from error
    except av.error.HTTPNotFoundError as error:
        raise SourceError(f"There is nothing at {name} (404): check the address.") from error
    except av.error.HTTPTooManyRequestsError as error:
        raise SourceError(f"The host of {name} was asked too often (429): try again later.") from error
    except av.error.HTTPClientError as error:
        raise SourceError(f"The host of {name} refuses to send it: check the address.") from error
    except av.error.HTTPServerError as error:
        raise SourceError(f"The host of {name} has an error of its own: try again later.") from error
    except av.error.InvalidDataError as error:
        if _is_page(address):
            raise SourceError(f"{name} is a web page and no video: give the address of the video in it.") from error
        raise SourceError(f"{name} sends no video: check the address.") from error
    except (av.error.FFmpegError, OSError) as error:
        raise no_answer(name) from error


def no_answer(name: str) -> SourceError:
    """The error for a host that keeps silent."""
    return SourceError(f"{name} doesn't answer: check the address and the network.")


def public(address: str) -> str:
    """An address that may be shown: without user, password and query."""
    try:
        parts = urlsplit(address)
    except ValueError:  # "http://[": no telling where in it a password is
        return address.partition(":")[0] + "://…"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _is_page(address: str) -> bool:
    if not address.lower().startswith(("http://", "https://")):
        return False
    try:
        with closing(urlopen(address, timeout=SILENCE_LIMIT_S)) as answer:
            return answer.headers.get_content_type() == "text/html" or _PAGE.match(answer.read(512)) is not None
    except (OSError, ValueError):
        return False
