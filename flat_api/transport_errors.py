"""translate(): the exception of this package for what urllib3 or the system raised."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import urllib3.exceptions as failures

from flat_api.exceptions import (
    ApiException,
    ConnectionException,
    MalformedResponseException,
    ProxyException,
    TimeoutException,
    TlsException,
)

if TYPE_CHECKING:
    from flat_api.request import Request


def translate(error: Exception, request: Request) -> ApiException:
    """The exception of this package for a failure of urllib3 or the system; secrets of the request stay out of it."""
    where: dict[str, Any] = {"method": request.method, "path": request.path}
    cause = error.args[-1] if isinstance(error, (failures.ProtocolError, failures.SSLError)) and error.args else error
    if isinstance(error, failures.ProxyError):
        return ProxyException(f"The proxy failed: {_reason(error.original_error)}.", sent=False, **where)
    if isinstance(error, failures.ConnectTimeoutError) and not isinstance(error, failures.NewConnectionError):
        return TimeoutException("No connection within the timeout.", sent=False, **where)
    if isinstance(error, failures.NameResolutionError):
        return ConnectionException(f"{_host(request)} has no address: is the name right?", sent=False, **where)
    if isinstance(error, failures.NewConnectionError):
        return ConnectionException(f"No connection to {_host(request)}: {_reason(error)}.", sent=False, **where)
    if isinstance(error, failures.TimeoutError) or isinstance(cause, TimeoutError):
        return TimeoutException("No complete answer within the timeout.", **where)
    if isinstance(cause, (ConnectionError, ssl.SSLEOFError)):
        return ConnectionException(f"The connection to {_host(request)} broke: {_reason(cause)}.", **where)
    if isinstance(error, failures.SSLError) or isinstance(cause, ssl.SSLError):
        return TlsException(f"TLS with {_host(request)} failed: {_reason(error)}.", sent=False, **where)
    if isinstance(cause, OSError):
        return ConnectionException(f"The connection to {_host(request)} broke: {_reason(cause)}.", **where)
    return MalformedResponseException(f"The answer is cut off or no HTTP: {_reason(cause)}.", **where)


def _host(request: Request) -> str:
    return request.origin.partition("://")[2]


def _reason(error: BaseException) -> str:
    """An error of the system or of a library in a few words, without addresses of objects."""
    root: BaseException = error
    while root.__cause__ is not None:
        root = root.__cause__
    text = root.strerror if isinstance(root, OSError) and root.strerror else str(root) or type(root).__name__
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:200]).split()).rstrip(".")
