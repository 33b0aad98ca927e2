"""What `flat_api.pagination` had in 2.x beside `paginate`."""

from __future__ import annotations

from collections.abc import Mapping


def parse_link_header(value: str | None) -> dict[str, str]:
    """Relation -> target of a Link header."""
    from flat_api.pagination import links

    return links(value or "")


def next_cursor(headers: Mapping[str, str] | None) -> str | None:
    """The cursor of the following page, decoded once; None on the last page."""
    from flat_api.pagination import cursor_in

    found = {name.lower(): value for name, value in (headers or {}).items()}
    target = parse_link_header(found.get("link")).get("next")
    return cursor_in(target, "next") if target else None
