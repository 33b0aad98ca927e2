"""What a call gives back: ApiResponse (data with its status and headers) and Page (one page of a list)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ApiResponse(Generic[T]):
    """A successful answer.

    Attributes:
        data: What the plain method returns.
        status_code: HTTP status.
        headers: Response headers; names are case-insensitive.
        raw_data: The body as it came, decompressed.
    """

    __slots__ = ("data", "headers", "raw_data", "status_code")

    def __init__(self, data: T, status_code: int, headers: Mapping[str, str], raw_data: bytes) -> None:
        self.data = data
        self.status_code = status_code
        self.headers = headers
        self.raw_data = raw_data

    def __iter__(self) -> Iterator[Any]:
        """Unpacks as (data, status, headers), which it was in 0.x."""
        return iter((self.data, self.status_code, self.headers))

    def __getitem__(self, index: int) -> Any:
        return (self.data, self.status_code, self.headers)[index]

    def __repr__(self) -> str:
        return f"ApiResponse(status_code={self.status_code}, data={self.data!r})"


class Page(list[T]):
    """One page of a list: an ordinary list that knows its neighbors.

    Attributes:
        next_cursor: Pass it as `next` to get the following page; None on the last page.
        previous_cursor: Pass it as `previous` to get the page before; None on the first page.
        next_url: Address of the following page as the Link header gives it.
    """

    __slots__ = ("next_cursor", "next_url", "previous_cursor")

    def __init__(
        self,
        items: Iterable[T] = (),
        next_cursor: str | None = None,
        previous_cursor: str | None = None,
        next_url: str | None = None,
    ) -> None:
        super().__init__(items)
        self.next_cursor = next_cursor
        self.previous_cursor = previous_cursor
        self.next_url = next_url

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self), self.next_cursor, self.previous_cursor, self.next_url)
