"""Cursors from Link headers (RFC 8288), and paginate(): all items of a list, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl

from flat_api.api_response import ApiResponse, Page
from flat_api.exceptions import ApiException, ApiTypeError

T = TypeVar("T")

if TYPE_CHECKING:
    from flat_api.compat.client import next_cursor as next_cursor
    from flat_api.compat.client import parse_link_header as parse_link_header
else:

    def __getattr__(name: str) -> Any:
        if name not in ("next_cursor", "parse_link_header"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from flat_api.compat import client

        return getattr(client, name)


def paginate(
    method: Callable[..., Page[T]] | Callable[..., ApiResponse[Page[T]]], /, *args: Any, **kwargs: Any
) -> Iterator[T]:
    """Walk through all pages of a list, one request at a time and only as far as you go.

        for score in flat_api.paginate(flat.collections.list_collection_scores, "allScores", limit=50):
            ...

    Args:
        method: A method that returns a `Page`, or its `_with_http_info` form.
        *args: Arguments of the method, repeated for every page.
        **kwargs: Keyword arguments of the method, repeated for every page; `next` says where to begin.

    Raises:
        ApiException: a page could not be had, or the API gave a cursor it had given before.
        ApiTypeError: the method does not return pages.
    """
    seen = {kwargs.get("next")}
    while True:
        answer = method(*args, **kwargs)
        page = answer.data if isinstance(answer, ApiResponse) else answer
        if not isinstance(page, Page):
            raise ApiTypeError(f"paginate() needs a method that returns a Page, not {type(page).__name__}.")
        yield from page
        cursor = page.next_cursor
        if cursor is None:
            return
        if cursor in seen:
            raise ApiException(message="The API gave the same cursor twice: the list would never end.")
        seen.add(cursor)
        kwargs["next"] = cursor
        kwargs.pop("previous", None)


def links(header: str) -> dict[str, str]:
    """Relation -> target of a Link header, or of several joined with commas (RFC 8288, section 3)."""
    found: dict[str, str] = {}
    position = 0
    while (start := header.find("<", position)) >= 0:
        end = header.find(">", start)
        if end < 0:
            break
        target = header[start + 1 : end].strip()
        position, parameters = _parameters(header, end + 1)
        for relation in parameters.get("rel", "").lower().split():
            found.setdefault(relation, target)
    return found


def _parameters(text: str, position: int) -> tuple[int, dict[str, str]]:
    """Parameters of one link, and where the next link begins."""
    parameters: dict[str, str] = {}
    while position < len(text):
        mark = text[position]
        if mark in ",<":
            break
        if mark != ";":
            position += 1
            continue
        stop = position + 1
        while stop < len(text) and text[stop] not in "=;,":
            stop += 1
        name = text[position + 1 : stop].strip().lower()
        value, position = _value(text, stop + 1) if stop < len(text) and text[stop] == "=" else ("", stop)
        # Of a repeated rel only the first counts (RFC 8288, section 3.3).
        parameters.setdefault(name, value)
    return position, parameters


def _value(text: str, position: int) -> tuple[str, int]:
    while position < len(text) and text[position] in " \t":
        position += 1
    if position < len(text) and text[position] == '"':
        position += 1
        letters = []
        while position < len(text) and text[position] != '"':
            position += text[position] == "\\" and position + 1 < len(text)
            letters.append(text[position])
            position += 1
        return "".join(letters), position + 1
    stop = position
    while stop < len(text) and text[stop] not in ";,":
        stop += 1
    return text[position:stop].strip(), stop


def cursor_in(url: str, name: str) -> str | None:
    """The value of a query parameter of a URL, percent-decoded once; a plus sign stays one."""
    query = url.partition("#")[0].partition("?")[2]
    for key, value in parse_qsl(query.replace("+", "%2B")):
        if key == name:
            return value
    return None


def page_of(items: list[T], headers: Mapping[str, str]) -> Page[T]:
    """A page with the cursors of its Link header."""
    header = headers.get("Link")
    if not header:
        return Page(items)
    found = links(header)
    following, before = found.get("next"), found.get("previous") or found.get("prev")
    return Page(
        items,
        cursor_in(following, "next") if following else None,
        cursor_in(before, "previous") if before else None,
        following,
    )
