"""The only room that touches the network: pools, TLS, proxies, deadlines and streaming, over urllib3."""

from __future__ import annotations

import http.client
import io
import os
import socket
import ssl
import time
import warnings
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, cast
from urllib.parse import urlsplit

import urllib3
import urllib3.connection
import urllib3.exceptions as failures
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from flat_api.configuration import Configuration
from flat_api.exceptions import (
    ApiException,
    ApiValueError,
    ConnectionException,
    MalformedResponseException,
    ProxyException,
    ResponseTooLargeException,
    TimeoutException,
    TlsException,
)
from flat_api.operation import Timeout
from flat_api.request import Request

__all__ = ["ApiException", "StreamingResponse", "Transport"]

PIECE = 256 * 1024
"""Bytes that are read at a time."""

_NO_RETRY = urllib3.Retry(total=False, redirect=False)


class _EachRead(float):
    """Seconds that each single read may take, where a plain float bounds the whole answer."""


class _BoundedReads(io.RawIOBase):
    """A socket as a file whose reads end at a deadline, so that a dripping answer cannot last for ever."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, timeout: float | None) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = None if timeout is None or isinstance(timeout, _EachRead) else time.monotonic() + timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._deadline is not None:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(remaining)
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _DeadlineResponse(http.client.HTTPResponse):
    """An HTTP response that reads through `_BoundedReads`."""

    def __init__(self, sock: socket.socket, *args: Any, timeout: float | None = None, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_BoundedReads(raw, sock, timeout), 16384)


class _Deadlines:
    """Mixin: hands the timeout of the request to its response."""

    timeout: float | None

    def response_class(self, *args: Any, **kwargs: Any) -> _DeadlineResponse:
        return _DeadlineResponse(*args, timeout=self.timeout, **kwargs)


class _HTTPConnection(_Deadlines, urllib3.connection.HTTPConnection):  # type: ignore[misc]
    pass


class _HTTPSConnection(_Deadlines, urllib3.connection.HTTPSConnection):  # type: ignore[misc]
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class StreamingResponse:
    """An answer whose body is still to be read from the open connection. Close it, or use it in a `with`.

    Attributes:
        status: HTTP status.
        reason: HTTP reason phrase.
        headers: Response headers; names are case-insensitive.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, request: Request) -> None:
        self._response = response
        self._request = request
        self.status = response.status
        self.reason = response.reason
        self.headers: Mapping[str, str] = response.headers

    @property
    def data(self) -> bytes:
        """The whole body."""
        return self.read()

    @property
    def path(self) -> str:
        """Path of the request, without its query."""
        return self._request.path

    def read(self, amount: int | None = None) -> bytes:
        """Read `amount` bytes, or everything.

        Raises:
            TransportException: the body was cut off, or came too slowly.
        """
        try:
            return self._response.read(amount)
        except BaseException as error:
            self.discard()
            if isinstance(error, Exception):
                raise translate(error, self._request) from error
            raise

    def iter_bytes(self, size: int = PIECE) -> Iterator[bytes]:
        """The body in pieces of at most `size` bytes."""
        while piece := self.read(size):
            yield piece
        self.close()

    def pieces(self, size: int) -> Iterator[memoryview]:
        """The body in pieces that share one buffer: a piece is good until the next is asked for."""
        for piece in self.iter_bytes(size):
            yield memoryview(piece)

    def read_beginning(self, limit: int) -> bytes:
        """At most `limit` bytes of the body, or what could be read of it; then the answer is done with."""
        pieces: list[bytes] = []
        try:
            while limit > 0 and (piece := self.read(limit)):
                pieces.append(piece)
                limit -= len(piece)
        except ApiException:
            pass
        self.close()
        return b"".join(pieces)

    def read_bounded(self, limit: int) -> bytes:
        """The whole body, in at most `limit` bytes of memory.

        Raises:
            ResponseTooLargeException: the body is larger.
        """
        length = self.headers.get("Content-Length", "")
        if length.isdigit() and int(length) <= limit and "Content-Encoding" not in self.headers:
            return self.read()
        pieces: list[bytes] = []
        size = 0
        while piece := self.read(min(PIECE, limit - size + 1)):
            size += len(piece)
            if size > limit:
                self.discard()
                raise ResponseTooLargeException(
                    self.status,
                    self.reason,
                    message=f"The answer is larger than {limit} bytes (Configuration.max_response_size).",
                    headers=self.headers,
                    method=self._request.method,
                    path=self._request.path,
                )
            pieces.append(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Give the connection back if the body was read to its end, close it otherwise."""
        if self._response.closed:
            self._response.release_conn()
        else:
            self.discard()

    def discard(self) -> None:
        """Close the connection: what is left of the body never reaches the next call."""
        self._response.close()
        self._response.release_conn()

    def __enter__(self) -> StreamingResponse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Transport:
    """Sends requests and gives back open responses. Safe for threads; a forked child makes its own connections."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._pools: dict[str, tuple[HTTPConnectionPool, bool]] = {}
        self._process = os.getpid()

    def send(self, request: Request, timeout: Timeout, *, stream: bool = False) -> StreamingResponse:
        """Send one request, once, without following redirects.

        Args:
            request: What to send.
            timeout: Seconds for the whole answer, or (to connect, to answer).
            stream: The answer may last; the timeout holds for each read of its body.

        Raises:
            TransportException: no answer arrived.
        """
        if self._process != os.getpid():
            self._managers, self._pools, self._process = {}, {}, os.getpid()
        pool, absolute = self._pools.get(request.origin) or self._open_pool(request.origin)
        try:
            response = pool.urlopen(
                request.method,
                request.origin + request.target if absolute else request.target,
                body=cast(Any, request.body),
                headers=_with_length(request),
                retries=_NO_RETRY,
                redirect=False,
                assert_same_host=False,
                timeout=_limits(timeout, stream),
                preload_content=False,
            )
        except Exception as error:
            raise translate(error, request) from error
        return StreamingResponse(response, request)

    def close(self) -> None:
        """Close all idle connections."""
        managers, self._managers, self._pools = self._managers, {}, {}
        for manager in managers.values():
            manager.clear()

    def _open_pool(self, origin: str) -> tuple[HTTPConnectionPool, bool]:
        proxy = _proxy_for(origin, self._configuration)
        manager = self._managers.setdefault(proxy, None) or self._manager(proxy)  # type: ignore[arg-type]
        self._managers[proxy] = manager
        pool = manager.connection_from_url(origin)
        # Plain HTTP through a proxy names the whole URL (RFC 9112, section 3.2.2); HTTPS goes through a tunnel.
        return self._pools.setdefault(origin, (pool, bool(proxy) and origin.startswith("http:")))

    def _manager(self, proxy: str) -> urllib3.PoolManager:
        settings: dict[str, Any] = {"num_pools": 16, "maxsize": self._configuration.connection_pool_maxsize}
        context = _LazyContext(self._configuration)
        if proxy:
            parts = urlsplit(proxy)
            headers = dict(self._configuration.proxy_headers or {})
            if parts.username:
                headers |= urllib3.make_headers(proxy_basic_auth=f"{parts.username}:{parts.password or ''}")
            bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            manager: urllib3.PoolManager = urllib3.ProxyManager(bare, proxy_headers=headers, **settings)
        else:
            manager = urllib3.PoolManager(**settings)
        manager.pool_classes_by_scheme = {
            "http": _HTTPPool,
            "https": lambda host, port, **rest: _HTTPSPool(host, port, **rest, ssl_context=context.make()),  # type: ignore[dict-item]
        }
        return manager


class _LazyContext:
    """The TLS settings of a client: made when the first https address is used, then shared."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._context: ssl.SSLContext | None = None

    def make(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = self._new()
        return self._context

    def _new(self) -> ssl.SSLContext:
        settings = self._configuration
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.verify_ssl:
            authorities = settings.ssl_ca_cert or os.environ.get("SSL_CERT_FILE")
            if authorities is None:
                import certifi

                authorities = certifi.where()
            try:
                context.load_verify_locations(cafile=authorities)
            except OSError as error:
                raise ApiValueError(f"ssl_ca_cert: {authorities} cannot be read: {error}") from None
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            warnings.warn("verify_ssl is off: anyone on the way can read the access token.", stacklevel=2)
        if settings.cert_file:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        return context


def _with_length(request: Request) -> dict[str, str]:
    body = request.body
    return (
        request.headers
        if body is None or isinstance(body, bytes)
        else {**request.headers, "Content-Length": str(len(body))}
    )


def _limits(timeout: Timeout, stream: bool) -> urllib3.Timeout:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    # A day is for ever here; the system call takes no larger number.
    connect, read = min(connect, 86400.0), min(read, 86400.0)
    if stream:
        return urllib3.Timeout(connect=connect, read=_EachRead(read))
    if isinstance(timeout, tuple):
        return urllib3.Timeout(connect=connect, read=read)
    return urllib3.Timeout(total=read)


def _proxy_for(origin: str, configuration: Configuration) -> str:
    """URL of the proxy for an address, or "" for a direct connection."""
    parts = urlsplit(origin)
    proxy = configuration.proxy
    if proxy is None:
        names = (f"{parts.scheme}_proxy", "all_proxy")
        proxy = next((os.environ[n] for name in names for n in (name, name.upper()) if os.environ.get(n)), "")
    excluded = configuration.no_proxy
    if excluded is None:
        excluded = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if not proxy or _excluded(parts.hostname or "", parts.netloc, excluded):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _excluded(host: str, netloc: str, no_proxy: str) -> bool:
    for entry in no_proxy.replace(" ", ",").split(","):
        name = entry.strip().lower().lstrip(".").removeprefix("*.")
        if name == "*" or (name and (host == name or netloc == name or host.endswith(f".{name}"))):
            return True
    return False


def translate(error: Exception, request: Request) -> ApiException:
    """The exception of this package for a failure of urllib3 or the system; secrets of the request stay out of it."""
    if isinstance(error, ApiException):
        return error
    where: dict[str, Any] = {"method": request.method, "path": request.path}
    cause = error.args[-1] if isinstance(error, failures.ProtocolError) and error.args else error
    if isinstance(error, failures.ProxyError):
        return ProxyException(f"The proxy failed: {_reason(error.original_error)}.", sent=False, **where)
    if isinstance(error, failures.ConnectTimeoutError) and not isinstance(error, failures.NewConnectionError):
        return TimeoutException("No connection within the timeout.", sent=False, **where)
    if isinstance(error, failures.NameResolutionError):
        return ConnectionException(f"{_host(request)} has no address: is the name right?", sent=False, **where)
    if isinstance(error, failures.NewConnectionError):
        return ConnectionException(f"No connection to {_host(request)}: {_reason(error)}.", sent=False, **where)
    if isinstance(error, (failures.SSLError, ssl.SSLError)):
        return TlsException(f"TLS with {_host(request)} failed: {_reason(error)}.", sent=False, **where)
    if isinstance(error, (failures.TimeoutError, TimeoutError)) or isinstance(cause, TimeoutError):
        return TimeoutException("No complete answer within the timeout.", **where)
    if isinstance(cause, (ConnectionError, http.client.RemoteDisconnected)):
        return ConnectionException(f"The connection to {_host(request)} broke: {_reason(cause)}.", **where)
    if isinstance(error, (failures.ProtocolError, failures.DecodeError, http.client.HTTPException)):
        return MalformedResponseException(f"The answer is cut off or no HTTP: {_reason(cause)}.", **where)
    if isinstance(error, OSError):
        return ConnectionException(f"The connection to {_host(request)} broke: {_reason(error)}.", **where)
    return ApiException(message=f"The request could not be sent: {_reason(error)}.", **where)


def _host(request: Request) -> str:
    return request.origin.partition("://")[2]


def _reason(error: BaseException) -> str:
    """A system error in words, without addresses of objects."""
    root: BaseException = error
    while root.__cause__ is not None:
        root = root.__cause__
    text = root.strerror if isinstance(root, OSError) and root.strerror else str(root) or type(root).__name__
    return text.rstrip(".")
