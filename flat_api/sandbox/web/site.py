"""Answers the requests of browsers: finds the page, fills its template, says what a browser may do with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flat_api.sandbox.call import Answer
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.incoming import Received
from flat_api.sandbox.music import Engraver
from flat_api.sandbox.store import Store
from flat_api.sandbox.web import routes
from flat_api.sandbox.web.engravings import Engravings
from flat_api.sandbox.web.rendering import render
from flat_api.sandbox.web.visit import Context, Missing, NoPage, Visit

if TYPE_CHECKING:
    from flat_api.sandbox.request_log import RecordedRequest

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


class WebSite:
    """The pages of one sandbox. They ask for no token: whoever reaches the server sees everything, but no token.

    Parameters: the state; the engraver; `requests` gives the recorded requests; `base_path` of the API.
    """

    def __init__(
        self, store: Store, engraver: Engraver, requests: Callable[[], Sequence[RecordedRequest]], base_path: str
    ) -> None:
        self._store = store
        self._engravings = Engravings(store, engraver)
        self._requests = requests
        self._base_path = base_path

    def answer(self, received: Received) -> Answer | None:
        """The answer to a browser; None for a path of the API, or a call that is rather meant for it."""
        if f"{received.raw_path}/".startswith(f"{self._base_path}/") or received.method not in ("GET", "HEAD"):
            return None
        try:
            answer = self._find(received)
        except NoPage as problem:
            # A program that left out the base path is helped more by the error of the API.
            if "text/html" not in received.headers.get("accept", ""):
                return None
            answer = _notice(404, "Nothing here", str(problem))
        except Missing as problem:
            answer = _notice(404, "Nothing here", str(problem))
        except ApiError as problem:
            answer = _notice(problem.status, "This cannot be shown", problem.message)
        except Exception:
            _log.exception("%s %s failed", received.method, received.raw_path)
            answer = _notice(500, "The sandbox failed", "Its log has the reason.")
        policy = {"Content-Security-Policy": _SVG_POLICY} if answer.media_type == "image/svg+xml" else {}
        return replace(answer, headers={**_SECURITY, **policy, **answer.headers})

    def _find(self, received: Received) -> Answer:
        view, path = routes.match(received.raw_path)
        found = view(self._visit(received, path))
        return _rendered(found.template, found.context) if isinstance(found, routes.Page) else found

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
    return _rendered("notice.html", {"title": title, "text": text}, status)


def _rendered(template: str, context: Context, status: int = 200) -> Answer:
    return Answer(status, render(template, context), "text/html; charset=utf-8", {"Cache-Control": "no-store"})
