"""The only room that touches the network: pools, TLS, proxies, deadlines and streaming, over urllib3."""

from __future__ import annotations

import functools
import http.client
import io
import os
import socket
import ssl
import sys
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

import urllib3
import urllib3.connection
import urllib3.exceptions as failures
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from flat_api.answer import Answer
from flat_api.configuration import Configuration
from flat_api.on_demand import exceptions, gunzip, transport_errors

if TYPE_CHECKING:
    from flat_api.exceptions import ApiException
    from flat_api.operation import Timeout
    from flat_api.request import Request
else:

    def __getattr__(name: str) -> Any:
        # In 0.x the exception was defined here.
        if name != "ApiException":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return exceptions.ApiException


__all__ = ["ApiException", "StreamingResponse", "Transport"]

T = TypeVar("T")

PIECE = 256 * 1024
"""Bytes that are read or sent at a time."""

_AT_ONCE = 16 << 20
"""Bytes of a body whose length is known that are read in one go."""

_HOSTS = 16
"""Hosts to which connections are kept."""

_GZIP = frozenset({"gzip", "x-gzip", "deflate"})

_TROUBLE = (failures.HTTPError, http.client.HTTPException, OSError, EOFError, zlib.error)
"""What networks and servers do wrong; anything else is a mistake in a program, and stays what it is."""

_NO_RETRY = urllib3.Retry(total=False, redirect=False)


class _ToConnect(float):
    """Seconds to connect, with the seconds for each step that follows."""

    then: float


class _HTTPConnection(urllib3.connection.HTTPConnection):
    """Bounds each piece that is sent and the answer as a whole."""

    answer: Answer

    def _new_conn(self) -> socket.socket:
        """Connect as urllib3 does, to a name given as bytes: for a text Python first loads its tables of Unicode."""
        try:
            address: Any = self._dns_host.strip("[]").encode("ascii"), self.port
        except UnicodeEncodeError:
            return super()._new_conn()
        try:
            sock = socket.create_connection(address, self.timeout, self.source_address)
            for option in self.socket_options or ():
                sock.setsockopt(*option)
        except socket.gaierror as error:
            raise failures.NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise failures.ConnectTimeoutError(self, "timed out") from error
        except OSError as error:
            raise failures.NewConnectionError(self, str(error)) from error
        sys.audit("http.client.connect", self, self.host, self.port)
        return sock

    def send(self, data: Any) -> None:
        """Send in pieces, each with a timeout of its own: a slow line is fine as long as it moves."""
        to_connect, sock = self.timeout, self.sock
        # On a connection that is used again the timeout is right already: one system call less.
        if sock is not None and isinstance(to_connect, _ToConnect) and sock.gettimeout() != to_connect.then:
            sock.settimeout(to_connect.then)
        view = memoryview(data)
        for start in range(0, len(view), PIECE):
            super().send(view[start : start + PIECE])

    def response_class(self, *args: Any, **kwargs: Any) -> Answer:  # type: ignore[override]
        assert self.timeout is not None
        self.answer = Answer(*args, timeout=self.timeout, **kwargs)
        return self.answer


class _HTTPSConnection(_HTTPConnection, urllib3.connection.HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _HTTPConnection  # pyright: ignore[reportAssignmentType]


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection  # pyright: ignore[reportAssignmentType]


class StreamingResponse:
    """An answer whose body is still to be read from the open connection. Close it, or use it in a `with`.

    Attributes:
        status: HTTP status.
        reason: HTTP reason phrase.
        headers: Response headers; names are case-insensitive.
        size: Bytes of the body; None when it is not known beforehand.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, request: Request) -> None:
        self._response = response
        self._request = request
        self._answer = answer = cast(_HTTPConnection, response.connection).answer
        self.status = response.status
        self.reason = response.reason
        self.headers: Mapping[str, str] = response.headers
        self.size: int | None
        self._body: io.BufferedIOBase
        # No other coding is asked for; a body with another one is given as it came.
        if self.headers.get("Content-Encoding", "").strip().lower() in _GZIP:
            self.size = None
            self._body = io.BufferedReader(gunzip.Gunzip(answer), 16384)
        else:
            self.size = answer.length
            self._body = answer
        self._given_up = False

    @property
    def data(self) -> bytes:
        """The whole body."""
        return self.read()

    @property
    def path(self) -> str:
        """Path of the request, without its query."""
        return self._request.path

    def allow_to_last(self) -> None:
        """Let the answer last as long as it makes progress: the timeout holds for each KiB from now on."""
        self._answer.reads.allow_to_last()

    def read(self, amount: int | None = None) -> bytes:
        """Read `amount` bytes (fewer only at the end), or everything.

        Raises:
            TransportException: the body was cut off, came too slowly, or was given up before.
        """
        return self._guarded(self._body.read, amount)

    def iter_bytes(self, size: int = PIECE) -> Iterator[bytes]:
        """The body in pieces of at most `size` bytes."""
        while piece := self.read(size):
            yield piece
        self.close()

    def pieces(self, size: int) -> Iterator[memoryview]:
        """The body in pieces that share one buffer: a piece is good until the next is asked for."""
        buffer = memoryview(bytearray(size))
        while count := self._guarded(self._body.readinto, buffer):
            yield buffer[:count]
        self.close()

    def read_beginning(self, limit: int) -> bytes:
        """At most `limit` bytes of the body, or what could be read of it; then the answer is done with."""
        pieces: list[bytes] = []
        try:
            while limit > 0 and (piece := self.read(limit)):
                pieces.append(piece)
                limit -= len(piece)
        except exceptions.ApiException:
            pass
        self.close()
        return b"".join(pieces)

    def read_bounded(self, limit: int) -> bytes:
        """The whole body, in little more than `limit` bytes of memory.

        Raises:
            ResponseTooLargeException: the body is larger.
        """
        if self.size is not None and self.size <= min(limit, _AT_ONCE):
            return self.read()
        body = io.BytesIO()
        while piece := self.read(min(PIECE, limit - body.tell() + 1)):
            body.write(piece)
            if body.tell() > limit:
                self.discard()
                raise exceptions.ResponseTooLargeException(
                    self.status,
                    self.reason,
                    message=f"The answer is larger than {limit} bytes (Configuration.max_response_size).",
                    headers=self.headers,
                    method=self._request.method,
                    path=self._request.path,
                )
        return body.getvalue()

    def close(self) -> None:
        """Give the connection back if the body was read to its end, close it otherwise."""
        if self._answer.isclosed():
            self._response.release_conn()
        else:
            self.discard()

    def discard(self) -> None:
        """Close the connection: what is left of the body never reaches the next call."""
        self._given_up = True
        self._response.close()
        self._response.release_conn()

    def _guarded(self, read: Callable[[Any], T], argument: Any) -> T:
        if self._given_up:
            raise exceptions.MalformedResponseException(
                "The answer was closed before its end.", method=self._request.method, path=self.path
            )
        try:
            result = read(argument)
        except BaseException as error:
            self.discard()
            if isinstance(error, _TROUBLE):
                raise transport_errors.translate(error, self._request) from error
            raise
        if self._answer.isclosed():
            self._response.release_conn()
        return result

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
        self._start()

    def _start(self) -> None:
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._tls = functools.cache(functools.partial(_tls_context, self._configuration))
        self._managers: dict[str, urllib3.PoolManager] = {}
        self._pools: dict[str, tuple[HTTPConnectionPool, bool]] = {}
        self._limits: tuple[Timeout, urllib3.Timeout] = 60.0, _limits(60.0)

    def send(self, request: Request, timeout: Timeout) -> StreamingResponse:
        """Send one request, once, without following redirects.

        Args:
            request: What to send.
            timeout: Seconds for the whole answer, or (to connect, to answer). Each piece of a body that is sent has the
                time of an answer too.

        Raises:
            TransportException: no answer arrived.
        """
        if self._process != os.getpid():
            self._start()
        pool, absolute = self._pools.get(request.origin) or self._open_pool(request.origin)
        limits = self._limits
        if limits[0] != timeout:
            limits = self._limits = timeout, _limits(timeout)
        try:
            response = pool.urlopen(
                request.method,
                request.origin + request.target if absolute else request.target,
                body=cast(Any, request.body),
                headers=_with_length(request),
                retries=_NO_RETRY,
                redirect=False,
                assert_same_host=False,
                timeout=limits[1],
                preload_content=False,
            )
        except failures.ClosedPoolError:
            # Another thread closed the client in between; nothing was sent.
            return self.send(request, timeout)
        except ValueError:
            # Without its cause, which would show the value.
            raise exceptions.ApiValueError("The address or a header has a character that cannot be sent.") from None
        except _TROUBLE as error:
            raise transport_errors.translate(error, request) from error
        return StreamingResponse(response, request)

    def close(self) -> None:
        """Close all idle connections, and forget the settings they were made with."""
        with self._lock:
            pools = self._pools
            self._managers, self._pools = {}, {}
            self._tls.cache_clear()
        for pool, _ in pools.values():
            pool.close()

    def _open_pool(self, origin: str) -> tuple[HTTPConnectionPool, bool]:
        with self._lock:
            proxy = self._configuration.proxy_for(origin)
            if proxy not in self._managers:
                self._managers[proxy] = _manager(proxy, self._configuration, self._tls)
            pool = self._managers[proxy].connection_from_url(origin)
            if len(self._pools) >= _HOSTS:
                del self._pools[next(iter(self._pools))]
            # Plain HTTP through a proxy names the whole URL (RFC 9112, section 3.2.2); HTTPS goes through a tunnel.
            self._pools[origin] = pool, bool(proxy) and origin.startswith("http:")
            return self._pools[origin]


def _manager(proxy: str, configuration: Configuration, tls: Callable[[], ssl.SSLContext]) -> urllib3.PoolManager:
    settings: dict[str, Any] = {"num_pools": _HOSTS, "maxsize": configuration.connection_pool_maxsize}
    manager = _proxy_manager(proxy, configuration, tls, settings) if proxy else urllib3.PoolManager(**settings)
    manager.pool_classes_by_scheme = {
        "http": _HTTPPool,
        "https": lambda host, port, **rest: _HTTPSPool(host, port, **rest, ssl_context=tls()),  # type: ignore[dict-item]
    }
    return manager


def _proxy_manager(
    proxy: str, configuration: Configuration, tls: Callable[[], ssl.SSLContext], settings: dict[str, Any]
) -> urllib3.PoolManager:
    headers = dict(configuration.proxy_headers or {})
    try:
        parts = urlsplit(proxy)
        if parts.username:
            user, password = unquote(parts.username), unquote(parts.password or "")
            headers |= urllib3.make_headers(proxy_basic_auth=f"{user}:{password}")
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        context = tls() if parts.scheme == "https" else None
        return urllib3.ProxyManager(bare, proxy_headers=headers, proxy_ssl_context=context, **settings)
    except exceptions.ApiException:
        raise
    except ValueError:
        raise exceptions.ApiValueError(
            "The proxy must be the URL of an HTTP proxy, such as 'http://proxy:3128'."
        ) from None


def _tls_context(settings: Configuration) -> ssl.SSLContext:
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
            raise exceptions.ApiValueError(f"ssl_ca_cert: {authorities} cannot be read: {error}") from None
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if settings.cert_file:
        try:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        except OSError as error:
            raise exceptions.ApiValueError(f"cert_file, key_file: they cannot be read: {error}") from None
    return context


def _with_length(request: Request) -> dict[str, str]:
    body = request.body
    return (
        request.headers
        if body is None or isinstance(body, bytes)
        else {**request.headers, "Content-Length": str(len(body))}
    )


def _limits(timeout: Timeout) -> urllib3.Timeout:
    connect, answer = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    # A day is for ever here; the system call takes no larger number.
    to_connect = _ToConnect(min(connect, 86400.0))
    to_connect.then = min(answer, 86400.0)
    return urllib3.Timeout(connect=to_connect, read=to_connect.then)
