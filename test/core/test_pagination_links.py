"""Link headers per RFC 8288, and the cursors in them, exactly as they were given."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from urllib3 import HTTPHeaderDict

from flat_api.pagination import cursor_in, links, page_of

U, V = "https://api.example/list?next=a", "https://api.example/list?previous=b"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", {}),
        (f'<{U}>; rel="next"', {"next": U}),
        (f'<{U}>; rel="next", <{V}>; rel="previous"', {"next": U, "previous": V}),
        (f'<{U}>;rel="next",<{V}>;rel="previous"', {"next": U, "previous": V}),
        (f"<{U}>; rel=next", {"next": U}),
        (f"<{U}>; rel=next, <{V}>; rel=previous", {"next": U, "previous": V}),
        (f'< {U} > ; rel = "next"', {"next": U}),
        (f'<{U}>; REL="NEXT"', {"next": U}),
        (f'<{U}>; title="a; rel=last, <b>"; rel="next"; type=x', {"next": U}),
        (f'<{U}>; title="a \\" b, <c>"; rel=next', {"next": U}),
        (f"<{U}>; title*=UTF-8'de'n%c3%a4chstes; rel=next", {"next": U}),
        (f"<{U}>; crossorigin; rel=next", {"next": U}),
        (f'<{U}>; rel="next last"', {"next": U, "last": U}),
        (f'<{U}>; rel="next"; rel="prev"', {"next": U}),
        (f'<{U}>; rel="next", <{V}>; rel="next"', {"next": U}),
        (f'<{U}>; rel="start https://example.org/rel/next"', {"start": U, "https://example.org/rel/next": U}),
        ('<https://x/?a=1,2;3&next=c>; rel="next"', {"next": "https://x/?a=1,2;3&next=c"}),
        ('</v2/list?next=a>; rel="next"', {"next": "/v2/list?next=a"}),
        ('<?next=a>; rel="next"', {"next": "?next=a"}),
        ('<>; rel="self"', {"self": ""}),
        (f", ,<{U}>; rel=next,,", {"next": U}),
        (f"<{U}>", {}),
        (f"<{U}>; rel", {}),
        (f'<{U}>; rel=""', {}),
        (f"<{U}>; rel=", {}),
        (f"<{U}>; rel= ", {}),
        (f"<{U}>; rel=first, <{V}>; rel=up;x=y", {"first": U, "up": V}),
        (f"{U}; rel=next", {}),
        ("<https://x; rel=next", {}),
        (f'<{U}>; rel="next', {"next": U}),
        (f'<{U}>; rel="next\\', {"next\\": U}),
        (f"<{V}> <{U}>; rel=next", {"next": U}),
        (f"<{U}>; ; ;rel=next;", {"next": U}),
    ],
)
def test_relations_and_their_targets(header: str, found: dict[str, str]) -> None:
    assert links(header) == found


@pytest.mark.parametrize(
    "cursor", ["abc", "a==", "a+b/c=", "a&b", "a%3D", "%", "a b", "é", "a;b,c", '"<>', "?#", "MTY1MDAwMDAwMDAwMC4w="]
)
@pytest.mark.parametrize(
    "url",
    [
        "https://api.example/list?next={}",
        "https://api.example/list?limit=5&next={}&sort=a",
        "/list?x=%2B&next={}#next=z",
        "?next={}",
        "list?next={}&next=other",
    ],
)
def test_a_cursor_comes_back_as_it_was_meant(url: str, cursor: str) -> None:
    assert cursor_in(url.format(quote(cursor, safe="")), "next") == cursor


@pytest.mark.parametrize(
    ("url", "cursor"),
    [
        ("/list?next=a+b/c==", "a+b/c=="),
        ("/list?next=", None),
        ("/list?next", None),
        ("/list?nextPage=a", None),
        ("/list?previous=a", None),
        ("/list", None),
        ("", None),
        ("http://[/list?next=a", "a"),
        ("/list?next=%zz%", "%zz%"),
        ("/next=a?Next=b", None),
    ],
)
def test_unescaped_missing_and_odd_cursors(url: str, cursor: str | None) -> None:
    assert cursor_in(url, "next") == cursor


def test_a_page_knows_its_neighbors() -> None:
    page = page_of([1], {"Link": f"<{U}>; rel=next, <{V}>; rel=previous"})
    assert (page, page.next_cursor, page.previous_cursor, page.next_url) == ([1], "a", "b", U)


def test_prev_is_another_name_of_previous() -> None:
    assert page_of([], {"Link": f"<{V}>; rel=prev"}).previous_cursor == "b"


def test_several_headers_are_one_list() -> None:
    headers = HTTPHeaderDict()
    headers.add("link", f"<{V}>; rel=previous")
    headers.add("LINK", f"<{U}>; rel=next")
    page = page_of([], headers)
    assert (page.next_cursor, page.previous_cursor) == ("a", "b")


@pytest.mark.parametrize("headers", [{}, {"Link": ""}, {"Link": "<x>; rel=first"}, {"Link": "<x>; rel=next"}])
def test_without_a_cursor_it_is_the_last_page(headers: dict[str, str]) -> None:
    assert page_of([], headers).next_cursor is None
