"""ApiClient: joins the rooms below into one call, the same way for every operation."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from msgspec.structs import replace

import flat_api.request as requests
from flat_api.api_response import ApiResponse
from flat_api.configuration import Configuration, checked_timeout
from flat_api.decoding import WrongShapeError, decode
from flat_api.on_demand import exceptions, load_errors, pagination, rate_limits
from flat_api.operation import Operation, RequestOptions
from flat_api.rest import StreamingResponse, Transport
from flat_api.retry import decide
from flat_api.token_keeper import TokenKeeper
from flat_api.version import USER_AGENT

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path
    from typing import Self, Unpack

    from flat_api.compat.api_client import EarlierArguments
    from flat_api.download import Progress
    from flat_api.operation import Timeout
    from flat_api.rate_limits import RateLimit
    from flat_api.request import Request

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger("flat_api")

_ERROR_BODY = 1 << 20
"""Bytes of an error body that are read at most."""

_OPTIONS = frozenset(RequestOptions.__annotations__)


class ApiClient:
    """Sends the calls of all Api classes. One client may be shared by any number of threads.

    Args:
        configuration: Host, token, timeouts and the rest; the default configuration without one.
    """

    _default: ClassVar[ApiClient | None] = None

    def __init__(self, configuration: Configuration | None = None, **earlier: Unpack[EarlierArguments]) -> None:
        if configuration is None:
            configuration = Configuration._default or Configuration()
        self.configuration = configuration
        self.default_headers: dict[str, str] = {
            "User-Agent": requests.header_value("User-Agent", self.configuration.user_agent or USER_AGENT),
            "Accept-Encoding": "gzip",
        }
        self._transport = Transport(self.configuration)
        self._tokens = TokenKeeper(self.configuration, self._transport)
        self._hosts: dict[str, requests.Host] = {}
        self._bearers: tuple[str, str] = ("", "")
        self._last_headers: Mapping[str, str] = {}
        self._was_used = False
        if earlier:
            from flat_api.compat import api_client as compat

            compat.accept(self, earlier)

    # -- what a person uses

    @property
    def user_agent(self) -> str:
        """The User-Agent header of every call."""
        return self.default_headers["User-Agent"]

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.set_default_header("User-Agent", value)

    def set_default_header(self, name: str, value: str) -> None:
        """Send a header with every call.

        Raises:
            ApiValueError: the name or the value cannot be sent.
        """
        self.default_headers[requests.header_name(name)] = requests.header_value(name, value)

    @property
    def rate_limit(self) -> RateLimit | None:
        """What the last answer said of the rate limit; None before the first answer that says anything."""
        return rate_limits.RateLimit.of(self._last_headers) if self._last_headers else None

    def close(self) -> None:
        """Close all idle connections; the client stays usable and opens new ones."""
        self._transport.close()

    @classmethod
    def get_default(cls) -> ApiClient:
        """The client of Api objects that are made without one."""
        if cls._default is None:
            cls._default = cls()
        return cls._default

    @classmethod
    def set_default(cls, default: ApiClient | None) -> None:
        """Replace the client of Api objects that are made without one."""
        cls._default = default

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"ApiClient(host={self.configuration.host!r})"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from flat_api.compat import api_client as compat

            return compat.attribute(self, name)

    def __reduce__(self) -> Any:
        raise TypeError("An ApiClient cannot be pickled: it holds a token and connections. Make one in each process.")

    # -- one call

    def call(
        self, operation: Operation[T], values: Sequence[Any], options: RequestOptions, body: Any = None
    ) -> ApiResponse[T]:
        """Send a call and decode its answer.

        Args:
            operation: What the contract says.
            values: One value per parameter of the operation; None leaves one out.
            options: Options of this call.
            body: The body, or None.

        Raises:
            ApiException: see `flat_api.exceptions`.
        """
        response, raw = self._exchange(operation, values, options, body, self._read_whole)
        return ApiResponse(self._decode(operation, response, raw), response.status, response.headers, raw)

    def open(
        self, operation: Operation[Any], values: Sequence[Any], options: RequestOptions, body: Any = None
    ) -> StreamingResponse:
        """Send a call and give back the open answer; close it after use. Raises ApiException."""
        return self._exchange(operation, values, options, body, StreamingResponse.allow_to_last)[0]

    def download(
        self,
        operation: Operation[Any],
        values: Sequence[Any],
        options: RequestOptions,
        path: str | PathLike[str],
        progress: Progress | None = None,
        body: Any = None,
    ) -> Path:
        """Send a call and save its answer to a file, see `flat_api.download.save`; a cut-off answer is tried again.

        Raises:
            ApiException: see `flat_api.exceptions`; no file is left.
            OSError: the file cannot be written.
        """
        from flat_api.download import save

        def save_it(response: StreamingResponse) -> Path:
            response.allow_to_last()
            return save(response, path, progress)

        return self._exchange(operation, values, options, body, save_it)[1]

    def _read_whole(self, response: StreamingResponse) -> bytes:
        return response.read_bounded(self.configuration.max_response_size)

    def _decode(self, operation: Operation[Any], response: StreamingResponse, raw: bytes) -> Any:
        answers = operation.answers
        if operation.binary:
            return raw
        answer = answers.get(response.status)
        if answer is None:
            if not answers or not raw:
                return None
            answer = next(iter(answers.values()))
        try:
            data = decode(raw, answer, strict=self.configuration.strict)
        except WrongShapeError as error:
            raise exceptions.UnexpectedBodyException(
                response.status,
                response.reason,
                message=str(error),
                body=raw[:_ERROR_BODY].decode("utf-8", "replace"),
                headers=response.headers,
                method=operation.method,
                path=response.path,
            ) from None
        return pagination.page_of(data, response.headers) if operation.paginated else data

    def _exchange(
        self,
        operation: Operation[Any],
        values: Sequence[Any],
        options: RequestOptions,
        body: Any,
        read: Callable[[StreamingResponse], R],
    ) -> tuple[StreamingResponse, R]:
        """Attempt after attempt, until an answer and what `read` makes of it, or the policy's end."""
        if options and not options.keys() <= _OPTIONS:
            unknown = ", ".join(sorted(options.keys() - _OPTIONS))
            raise exceptions.ApiTypeError(
                f"{operation.id} has no argument {unknown}; options are {', '.join(sorted(_OPTIONS))}."
            )
        # A first call loads what it needs and no more; a program that goes on has its errors at hand.
        if self._was_used:
            load_errors()
        self._was_used = True
        configuration = self.configuration
        timeout = options.get("_request_timeout")
        timeout = configuration.timeout if timeout is None else checked_timeout(timeout)
        policy = configuration.retries
        fixed_token = options.get("_request_auth")
        if fixed_token is not None and not isinstance(fixed_token, str):
            from flat_api.compat.options import token_of

            fixed_token = token_of(fixed_token)
        token = self._tokens.current() if fixed_token is None else fixed_token
        request = requests.build(
            operation,
            values,
            body,
            host=self._host(options.get("_host_index")),
            headers=self._headers(token, options.get("_headers")),
            content_type=options.get("_content_type"),
        )
        began = time.monotonic()
        attempt, waited, refreshed = 1, 0.0, False
        while True:
            try:
                response = self._attempt(operation, request, timeout)
                return response, read(response)
            except exceptions.ApiException as error:
                ours = fixed_token is None and not refreshed and _carries(request, token)
                if ours and isinstance(error, exceptions.UnauthorizedException):
                    token = self._tokens.renewed(token, error)
                    if token:
                        refreshed = True
                        headers = {**request.headers, "Authorization": requests.bearer(token)}
                        request = replace(request, headers=headers)
                        continue
                delay = decide(
                    policy,
                    error,
                    method=operation.method,
                    attempt=attempt,
                    elapsed=time.monotonic() - began - waited,
                    now=time.time(),
                    chance=random.random(),
                )
                if delay is None:
                    raise
                kind = type(error)
            log.info("%s %s: %s; trying again in %.1f s.", operation.method, request.path, kind.__name__, delay)
            time.sleep(delay)
            attempt += 1
            if issubclass(kind, exceptions.RateLimitException):
                waited += delay

    def _attempt(self, operation: Operation[Any], request: Request, timeout: Timeout) -> StreamingResponse:
        """One request, with the redirects it leads to."""
        visited: list[str] = []
        while True:
            response = self._transport.send(request, timeout)
            status = response.status
            if status not in requests.REDIRECTS:
                break
            response.read_beginning(_ERROR_BODY)
            visited.append(request.origin + request.target)
            request = requests.redirected(request, status, response.headers.get("Location"), visited)
        if "X-RateLimit-Limit" in response.headers:
            self._last_headers = response.headers
        if 200 <= status < 300:
            return response
        raise exceptions.from_response(
            status,
            response.reason,
            response.headers,
            response.read_beginning(_ERROR_BODY),
            method=operation.method,
            path=request.path,
            now=time.time(),
            scopes=operation.scopes,
        )

    def _host(self, index: int | None) -> requests.Host:
        url = self.configuration.host_at(index)
        host = self._hosts.get(url)
        if host is None:
            host = self._hosts[url] = requests.parse_host(url)
        return host

    def _headers(self, token: str | None, more: Mapping[str, str] | None) -> dict[str, str]:
        headers = dict(self.default_headers)
        if token:
            if self._bearers[0] != token:
                self._bearers = token, requests.bearer(token)
            headers["Authorization"] = self._bearers[1]
        for name, value in (more or {}).items():
            known = {held.lower(): held for held in headers}
            headers.pop(known.get(name.lower(), ""), None)
            headers[requests.header_name(name)] = requests.header_value(name, value)
        return headers


def _carries(request: Request, token: str | None) -> bool:
    """Whether this token was sent, and no other Authorization took its place."""
    return bool(token) and request.headers.get("Authorization") == requests.bearer(token or "")
