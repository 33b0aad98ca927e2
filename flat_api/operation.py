"""What the contract says of one call (Operation), and what a caller may say about one call (RequestOptions)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeAlias, TypedDict, TypeVar

from msgspec import Struct

T = TypeVar("T")

Timeout: TypeAlias = "float | tuple[float, float]"
"""Seconds for the whole answer, or (seconds to connect, seconds to answer)."""


class RequestOptions(TypedDict, total=False):
    """Options of a single call; they win over what the `Configuration` says.

    Attributes:
        _request_timeout: Seconds for the whole answer, or (seconds to connect, seconds to answer).
        _headers: Additional HTTP headers, sent with this call only.
        _request_auth: Another access token for this call, or "" to send none.
        _host_index: Index into `Configuration.hosts` (0 is `Configuration.host`).
        _content_type: Media type of the request body, where the operation accepts several.
    """

    _request_timeout: Timeout | None
    _headers: Mapping[str, str] | None
    _request_auth: str | None
    _host_index: int | None
    _content_type: str | None


class Parameter(Struct, frozen=True):
    """A parameter as it travels: where it stands in the request, its wire name, and how a list is written.

    A list is repeated (`role=a&role=b`) when `explode` is true, joined with commas otherwise.
    """

    place: Literal["path", "query", "header"]
    name: str
    required: bool = False
    explode: bool = True


class Operation(Generic[T]):
    """One operation of the API; `T` is what a successful call returns.

    Attributes:
        id: The operationId of the contract.
        method: HTTP method.
        path: Path template below the host, such as `/scores/{score}`.
        parameters: Path, query and header parameters, in the order in which their values are passed.
        body: Gives the type of the request body, for turning a plain dict into wire names; None without a body.
        body_required: Whether a call without a body is wrong.
        content_types: Media types the request body may have; the first is the one that is sent.
        accept: Media types the answer may have.
        answers: Status code -> gives the type of the decoded body; a status without an entry has no body.
        binary: The answer is a file, not JSON.
        paginated: The answer is one page of a list; cursors stand in the Link header.
        scopes: OAuth2 scopes, any one of which is enough.
    """

    __slots__ = (
        "accept",
        "answers",
        "binary",
        "body",
        "body_required",
        "content_types",
        "id",
        "method",
        "paginated",
        "parameters",
        "path",
        "scopes",
    )

    def __init__(
        self,
        id: str,
        method: str,
        path: str,
        *,
        parameters: tuple[Parameter, ...] = (),
        body: Callable[[], Any] | None = None,
        body_required: bool = False,
        content_types: tuple[str, ...] = (),
        accept: tuple[str, ...] = (),
        answers: Mapping[int, Callable[[], Any]] | None = None,
        binary: bool = False,
        paginated: bool = False,
        scopes: tuple[str, ...] = (),
    ) -> None:
        self.id = id
        self.method = method
        self.path = path
        self.parameters = parameters
        self.body = body
        self.body_required = body_required
        self.content_types = content_types
        self.accept = accept
        self.answers = answers or {}
        self.binary = binary
        self.paginated = paginated
        self.scopes = scopes

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"
