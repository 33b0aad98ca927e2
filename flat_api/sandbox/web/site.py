"""Answers the requests of browsers: finds the page, fills its template, says what a browser may do with it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, unquote

from flat_api.sandbox.call import Answer
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.incoming import Received
from flat_api.sandbox.music import Engraver
from flat_api.sandbox.store import Store
from flat_api.sandbox.web import access, activity, classes, files, scores
from flat_api.sandbox.web.rendering import rendered
from flat_api.sandbox.web.visit import Context, Missing, NoPage, Visit

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest

_View: TypeAlias = Callable[[Visit], Answer]

_log = logging.getLogger("flat_api.sandbox")
_SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Its styles and its fonts are inside of an engraved page.
_SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox"


def _page(template: str, context: Callable[[Visit], Context]) -> _View:
    return lambda visit: rendered(template, context(visit))


_ASSIGNMENT = "/classes/{class}/assignments/{assignment}"
# The addresses outside of /web are those that the API gives in htmlUrl, and short ones for people.
_ROUTES: list[tuple[str, _View]] = [
    ("/", _page("library.html", scores.everything)),
    ("/my-library/{collection}", _page("library.html", scores.collection)),
    ("/score/{score}", _page("score.html", scores.score)),
    ("/score/{score}/edit", _page("score.html", scores.score)),
    ("/classes", _page("classes.html", classes.all_classes)),
    ("/classes/{class}", _page("class.html", classes.classroom)),
    (_ASSIGNMENT, _page("assignment.html", classes.assignment)),
    (_ASSIGNMENT + "/submissions/{submission}", _page("submission.html", classes.submission)),
    ("/jobs", _page("jobs.html", activity.jobs)),
    ("/requests", _page("requests.html", activity.log)),
    ("/requests/{id}", _page("request.html", activity.request)),
    ("/access", _page("access.html", access.access)),
    ("/web/style.css", files.fixed("style.css", "text/css")),
    ("/web/icon.svg", files.fixed("icon.svg", "image/svg+xml")),
    ("/web/thumbnails/{revision}.png", files.thumbnail),
    ("/web/sheets/{revision}/{number}.svg", files.sheet),
    ("/web/sounds/{revision}.{format}", files.sound),
    ("/web/downloads/{revision}/{format}", files.download),
    ("/{username}", _page("library.html", scores.of_user)),
]
_PATTERNS = [(re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+?)", re.escape(path))), view) for path, view in _ROUTES]


def _match(raw_path: str) -> tuple[_View, dict[str, str]]:
    """What shows an address, and the unescaped values in it. Raises NoPage.

    `raw_path` is still percent-escaped, so that an escaped slash stays inside of its value.
    """
    for pattern, view in _PATTERNS:
        found = pattern.fullmatch(raw_path)
        if found:
            return view, {name: unquote(value) for name, value in found.groupdict().items()}
    raise NoPage(f"There is no page “{unquote(raw_path)[:80]}” here.")


class WebSite:
    """The pages of one sandbox. They ask for no token: whoever reaches the server sees everything, but no token.

    Parameters: the state; the engraver; `requests` gives the recorded requests; `base_path` of the API.
    """

    def __init__(
        self, store: Store, engraver: Engraver, requests: Callable[[], Sequence[RecordedRequest]], base_path: str
    ) -> None:
        self._store = store
        self._engravings = files.Engravings(store, engraver)
        self._requests = requests
        self._base_path = base_path

    def answer(self, received: Received) -> Answer | None:
        """The answer to a browser; None for a path of the API, or a call that is rather meant for it."""
        if f"{received.raw_path}/".startswith(f"{self._base_path}/") or received.method not in ("GET", "HEAD"):
            return None
        try:
            view, path = _match(received.raw_path)
            answer = view(self._visit(received, path))
        except Missing as problem:
            # A program that left out the base path is helped more by the error of the API.
            if isinstance(problem, NoPage) and "text/html" not in received.headers.get("accept", ""):
                return None
            answer = _notice(404, "Nothing here", str(problem))
        except ApiError as problem:
            answer = _notice(problem.status, "This cannot be shown", problem.message)
        except Exception:
            _log.exception("%s %s failed", received.method, received.raw_path)
            answer = _notice(500, "The sandbox failed", "Its log has the reason.")
        policy = {"Content-Security-Policy": _SVG_POLICY} if answer.media_type == "image/svg+xml" else {}
        return replace(answer, headers={**_SECURITY, **policy, **answer.headers})

    def _visit(self, received: Received, path: dict[str, str]) -> Visit:
        return Visit(
            store=self._store,
            engravings=self._engravings,
            requests=self._requests,
            api_url=received.site_url + self._base_path,
            trusted=received.comes_from_this_machine(),
            path=path,
            query=dict(parse_qsl(received.query)),
            headers=received.headers,
        )


def _notice(status: int, title: str, text: str) -> Answer:
    """A page with one sentence."""
    return rendered("base.html", {"title": title, "text": text}, status)
