"""Which address shows which page or file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from flat_api.sandbox.call import Answer
from flat_api.sandbox.web import access, classes, files, jobs, library, requests_page, score_page
from flat_api.sandbox.web.visit import Context, NoPage, Visit


@dataclass(frozen=True)
class Page:
    """A page before it is rendered."""

    template: str
    context: Context


def _page(template: str, view: Callable[[Visit], Context]) -> Callable[[Visit], Page]:
    return lambda visit: Page(template, view(visit))


# The addresses outside of /web are those that the API gives in htmlUrl, and short ones for people.
_ROUTES: list[tuple[str, Callable[[Visit], Page | Answer]]] = [
    ("/", _page("library.html", library.everything)),
    ("/my-library/{collection}", _page("library.html", library.collection)),
    ("/score/{score}", _page("score.html", score_page.score)),
    ("/score/{score}/edit", _page("score.html", score_page.score)),
    ("/classes", _page("classes.html", classes.all_classes)),
    ("/classes/{class}", _page("class.html", classes.classroom)),
    ("/classes/{class}/assignments/{assignment}", _page("assignment.html", classes.assignment)),
    (
        "/classes/{class}/assignments/{assignment}/submissions/{submission}",
        _page("submission.html", classes.submission),
    ),
    ("/jobs", _page("jobs.html", jobs.jobs)),
    ("/requests", _page("requests.html", requests_page.log)),
    ("/requests/{id}", _page("request.html", requests_page.request)),
    ("/access", _page("access.html", access.access)),
    ("/web/style.css", files.style),
    ("/web/icon.svg", files.icon),
    ("/web/thumbnails/{revision}.png", files.thumbnail),
    ("/web/sheets/{revision}/{number}.svg", files.sheet),
    ("/web/sounds/{revision}.{format}", files.sound),
    ("/web/downloads/{revision}/{format}", files.download),
    ("/{username}", _page("library.html", library.of_user)),
]
_PATTERNS = [(re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path))), view) for path, view in _ROUTES]


def match(raw_path: str) -> tuple[Callable[[Visit], Page | Answer], dict[str, str]]:
    """What shows an address, and the unescaped values in it. Raises NoPage.

    `raw_path` is still percent-escaped, so that an escaped slash stays inside of its value.
    """
    for pattern, view in _PATTERNS:
        found = pattern.fullmatch(raw_path)
        if found:
            return view, {name: unquote(value) for name, value in found.groupdict().items()}
    raise NoPage(f"There is no page “{unquote(raw_path)[:80]}” here.")
