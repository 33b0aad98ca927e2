"""Operation + arguments -> method, target, headers, body. Pure: nothing here touches the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from flat_api.on_demand import encoding, exceptions
from flat_api.operation import Operation, Parameter

if TYPE_CHECKING:
    from flat_api.encoding import Body
    from flat_api.exceptions import RedirectException


class Host(Struct, frozen=True):
    """Where the API lives: `https://api.flat.io` and the path `/v2` below it."""

    origin: str
    base_path: str


class Request(Struct, frozen=True):
    """One HTTP request, ready to be sent. `target` is the path with its query."""

    method: str
    origin: str
    target: str
    headers: dict[str, str]
    body: Body | None = None

    @property
    def path(self) -> str:
        """The path without its query, fit for a message."""
        return self.target.partition("?")[0]

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.origin}{self.path}>"


def parse_host(url: str) -> Host:
    """Split the host of a configuration.

    Raises:
        ApiValueError: it is no absolute http(s) URL, or has a query or credentials.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or _has_space(url):
        raise exceptions.ApiValueError("The host must be a URL such as 'https://api.flat.io/v2'.")
    if parts.username or parts.password:
        raise exceptions.ApiValueError("The host must not contain a user name or password; pass access_token instead.")
    if parts.query or parts.fragment:
        raise exceptions.ApiValueError("The host must end with its path, without '?' or '#'.")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = port is None or port == _PORTS[parts.scheme]
    return Host(f"{parts.scheme}://{name}{'' if usual else f':{port}'}", parts.path.rstrip("/"))


_PORTS = {"http": 80, "https": 443}


def build(
    operation: Operation[Any],
    values: Sequence[Any],
    body: Any,
    *,
    host: Host,
    headers: Mapping[str, str],
    content_type: str | None = None,
) -> Request:
    """Build the request of a call.

    Args:
        operation: What the contract says.
        values: One value per parameter of the operation; None leaves an optional one out.
        body: The body as a model, a dict, or bytes; None for none.
        host: Where to send it.
        headers: What the caller wants sent; an Accept or Content-Type among them replaces that of the operation.
        content_type: Media type of the body, instead of the operation's first one.

    Raises:
        ApiValueError: a value is missing, empty, or cannot be sent.
        ApiTypeError: a value is of a type that cannot be sent.
    """
    sent = dict(headers)
    if accept := _taken(sent, "accept") or ", ".join(operation.accept):
        sent["Accept"] = accept
    path = operation.path
    query: list[str] = []
    for parameter, value in zip(operation.parameters, values, strict=True):
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", path_segment(operation, parameter.name, value), 1)
        elif value is None:
            if parameter.required:
                raise exceptions.ApiValueError(f"{operation.id} needs a value for {parameter.name!r}.")
        elif parameter.place == "query":
            query += query_pairs(parameter, value)
        else:
            _taken(sent, parameter.name.lower())
            sent[parameter.name] = header_value(parameter.name, ",".join(_texts(parameter, value)))
    payload: Body | None = None
    if body is not None:
        given = _taken(sent, "content-type")
        media_type = content_type or given or next(iter(operation.content_types), "")
        if not media_type:
            raise exceptions.ApiTypeError(f"{operation.id} takes no body.")
        payload = encoding.encode_body(operation, body, media_type)
        sent["Content-Type"] = header_value("Content-Type", media_type)
    elif operation.body_required:
        raise exceptions.ApiValueError(f"{operation.id} needs a body: pass a model or a dict.")
    target = host.base_path + path
    return Request(operation.method, host.origin, f"{target}?{'&'.join(query)}" if query else target, sent, payload)


def _taken(headers: dict[str, str], name: str) -> str | None:
    """Take a header out, however it is spelled: sent twice, it would mean whatever the server likes."""
    for held in headers:
        if held.lower() == name:
            return headers.pop(held)
    return None


def path_segment(operation: Operation[Any], name: str, value: Any) -> str:
    """Write a value as exactly one path segment, or refuse it."""
    text = value if type(value) is str else _text(name, value) if value is not None else ""
    if not text:
        raise exceptions.ApiValueError(
            f"{operation.id} needs a value for {name!r}: it is part of the path and cannot be empty."
        )
    if text in (".", ".."):
        raise exceptions.ApiValueError(f"{name!r} cannot be {text!r}: it would address another resource.")
    return _quote(name, text)


def query_pairs(parameter: Parameter, value: Any) -> list[str]:
    """Write a value as `name=value` pairs."""
    texts = _texts(parameter, value)
    name = quote(parameter.name, safe="")
    if parameter.explode:
        return [f"{name}={_quote(parameter.name, text)}" for text in texts]
    return [f"{name}={','.join(_quote(parameter.name, text) for text in texts)}"] if texts else []


def _texts(parameter: Parameter, value: Any) -> list[str]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_text(parameter.name, item) for item in value]
    return [_text(parameter.name, value)]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(getattr(value, "value", value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).replace("+00:00", "Z")
    raise exceptions.ApiTypeError(
        f"{name!r} must be text, a number, a date or a list of them, not {type(value).__name__}."
    )


def _quote(name: str, text: str) -> str:
    if text.isalnum() and text.isascii():
        return text
    if any(mark in text for mark in "\r\n\0"):
        raise exceptions.ApiValueError(f"{name!r} contains a line break or NUL, which no address can carry.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise exceptions.ApiValueError(f"{name!r} contains a character that has no UTF-8 form.") from None


def header_value(name: str, value: Any) -> str:
    """A header value without surrounding white space, or a refusal that does not print the value."""
    text = str(value).strip()
    if any((letter < " " and letter != "\t") or letter == "\x7f" for letter in text):
        raise exceptions.ApiValueError(
            f"The value of the header {name} contains a line break or another control character."
        )
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        raise exceptions.ApiValueError(
            f"The value of the header {name} contains a character that no header can carry."
        ) from None
    return text


_TOKEN = frozenset("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
"""Characters of a header name (RFC 9110, section 5.6.2)."""


def header_name(name: str) -> str:
    """A header name, or a refusal."""
    if not name or not _TOKEN.issuperset(name):
        raise exceptions.ApiValueError(f"{name!r} is no header name.")
    return name


def bearer(token: str) -> str:
    """The Authorization header for an access token (RFC 6750)."""
    text = token.strip()
    if not text or _has_space(text) or not text.isascii():
        raise exceptions.ApiValueError(
            "The access token contains white space, a line break or another character no token has."
        )
    return f"Bearer {text}"


def _has_space(text: str) -> bool:
    """Whether there is a blank or a control character of ASCII in a text."""
    return any(letter <= " " or letter == "\x7f" for letter in text)


REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HARMLESS = frozenset({"accept", "accept-encoding", "user-agent"})
"""Headers that another origin may see; any other may be a credential."""


def redirected(request: Request, status: int, location: str | None, seen: Iterable[str]) -> Request:
    """The request that follows a redirect; credentials stay with the origin they were meant for.

    Args:
        request: What was sent.
        status: 301, 302, 303, 307 or 308.
        location: The Location header.
        seen: URLs visited so far.

    Raises:
        RedirectException: no or a wrong Location, a circle, too long a chain, another scheme than http(s), from https
            to http, or a request that would be turned into another one or carry its body elsewhere.
    """
    visited = list(seen)

    def refuse(why: str) -> RedirectException:
        return exceptions.RedirectException(status, message=why, method=request.method, path=request.path)

    location = (location or "").strip()
    if not location:
        raise refuse("The answer is a redirect without a Location.")
    if _has_space(location):
        raise refuse("The Location contains white space.")
    if request.method not in ("GET", "HEAD"):
        raise refuse(f"A {request.method} is never redirected: nothing was sent on. Check `Configuration.host`.")
    if len(visited) > 10:
        raise refuse("More than 10 redirects in a row.")
    try:
        url = urljoin(request.origin + request.target, location)
        parts = urlsplit(url)
        origin = parse_host(f"{parts.scheme}://{parts.netloc}").origin
    except ValueError:
        raise refuse("The Location is no http(s) URL without credentials.") from None
    if request.origin.startswith("https:") and not origin.startswith("https:"):
        raise refuse("The redirect leads from https to http.")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if origin + target in visited:
        raise refuse("The redirects lead in a circle.")
    headers = request.headers
    if origin != request.origin:
        headers = {name: value for name, value in headers.items() if name.lower() in _HARMLESS}
    return replace(request, origin=origin, target=target, headers=headers)
