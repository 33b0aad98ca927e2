"""paginate() over real HTTP: every item once, lazily, intact cursors, and never a silent end."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

import pytest

from flat_api.api_base import ApiBase
from flat_api.api_client import ApiClient
from flat_api.api_response import ApiResponse, Page
from flat_api.configuration import Configuration
from flat_api.exceptions import ApiException, ApiTypeError, ServiceException, UnexpectedBodyException
from flat_api.model import Model
from flat_api.operation import Operation, Parameter
from flat_api.pagination import paginate
from flat_api.retry import RetryPolicy

QUICK = RetryPolicy(attempts=2, backoff_base=0, backoff_max=0)


class Score(Model, kw_only=True):
    id: str


class Answer(NamedTuple):
    ids: list[str]
    links: list[str] = []  # noqa: RUF012
    status: int = 200
    body: bytes | None = None
    content_type: str | None = "application/json"


NAMES = ("sort", "limit", "next", "previous")

LIST: Operation[Page[Score]] = Operation(
    "listScores",
    "GET",
    "/collections/{collection}/scores",
    parameters=(Parameter("path", "collection", True), *(Parameter("query", name) for name in NAMES)),
    accept=("application/json",),
    answers={200: lambda: list[Score]},
    paginated=True,
)


class ScoresApi(ApiBase):
    """What the generator makes of a list."""

    def list_scores(self, collection: str, **given: Any) -> Page[Score]:
        return self.list_scores_with_http_info(collection, **given).data

    def list_scores_with_http_info(self, collection: str, **given: Any) -> ApiResponse[Page[Score]]:
        values = (collection, *(given.pop(name, None) for name in NAMES))
        return self._send(LIST, values, given)  # type: ignore[arg-type]


class Server:
    """Gives the answers of a script, one per request, and notes the requests."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.seen: list[tuple[dict[str, str], str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_GET(self) -> None:
                query = dict(parse_qsl(self.path.partition("?")[2].replace("+", "%2B"), strict_parsing=True))
                server.seen.append((query, self.headers["Authorization"]))
                answer = server.script.pop(0)
                body = answer.body if answer.body is not None else json.dumps([{"id": i} for i in answer.ids]).encode()
                self.send_response(answer.status)
                if answer.content_type is not None:
                    self.send_header("Content-Type", answer.content_type)
                for link in answer.links:
                    self.send_header("Link", link)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}/v2"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def cursors(self) -> list[str | None]:
        return [query.get("next") for query, _ in self.seen]


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(running: Server) -> Server:
    running.script.clear()
    running.seen.clear()
    return running


@pytest.fixture
def api(server: Server) -> Iterator[ScoresApi]:
    with ApiClient(Configuration(server.url, "token", timeout=5, retries=QUICK)) as client:
        yield ScoresApi(client)


def following(cursor: str, url: str = "/v2/collections/c/scores?limit=2&next={}") -> str:
    return f'<{url.format(quote(cursor, safe=""))}>; rel="next"'


def test_all_items_of_all_pages_once(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a", "b"], [following("1")]), Answer([], [following("2")]), Answer(["c"])]
    assert [score.id for score in paginate(api.list_scores, "c")] == ["a", "b", "c"]
    assert server.cursors() == [None, "1", "2"]


def test_the_with_http_info_form_works_too(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("1")]), Answer(["b"])]
    assert [score.id for score in paginate(api.list_scores_with_http_info, "c")] == ["a", "b"]


@pytest.mark.parametrize("cursor", ["a==", "a+b/c=", "a&b", "%3D%2B%2F%26", "a b", "é,;<>", "x" * 2000])
def test_a_cursor_travels_back_intact(cursor: str, server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following(cursor)]), Answer(["b"])]
    assert len(list(paginate(api.list_scores, "c"))) == 2
    assert server.cursors() == [None, cursor]


def test_an_unescaped_cursor_travels_back_intact(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], ["</x?next=a+b/c==>; rel=next"]), Answer(["b"])]
    assert len(list(paginate(api.list_scores, "c"))) == 2
    assert server.cursors() == [None, "a+b/c=="]


def test_several_link_headers_are_read(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], ["</x?previous=p>; rel=previous", following("1"), "</x>; rel=first"]), Answer(["b"])]
    first = api.list_scores("c")
    assert (first.next_cursor, first.previous_cursor) == ("1", "p")


def test_other_parameters_repeat_on_each_page(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("1", "https://elsewhere/?limit=9&next={}")]), Answer(["b"])]
    list(paginate(api.list_scores, "c", sort="date", limit=2))
    assert [query for query, _ in server.seen] == [
        {"sort": "date", "limit": "2"},
        {"sort": "date", "limit": "2", "next": "1"},
    ]


def test_the_walk_begins_where_the_caller_says(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("2")]), Answer(["b"])]
    list(paginate(api.list_scores, "c", next="1"))
    assert server.cursors() == ["1", "2"]


def test_previous_counts_for_the_first_page_only(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("2")]), Answer(["b"])]
    list(paginate(api.list_scores, "c", previous="0"))
    assert [query for query, _ in server.seen] == [{"previous": "0"}, {"next": "2"}]


def test_pages_are_fetched_only_as_far_as_one_goes(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a", "b"], [following("1")]), Answer(["c"], [following("2")])]
    scores = paginate(api.list_scores, "c")
    assert server.seen == []
    assert [next(scores).id, next(scores).id] == ["a", "b"]
    assert len(server.seen) == 1
    assert next(scores).id == "c"
    assert len(server.seen) == 2


def test_the_token_goes_to_the_own_host_only(server: Server, api: ScoresApi) -> None:
    """Of a next link only the cursor is used: where it points makes no difference."""
    foreign = "http://127.0.0.1:1/steal?next={}"
    server.script = [Answer(["a"], [following("1", foreign)]), Answer(["b"])]
    assert len(list(paginate(api.list_scores, "c"))) == 2
    assert [token for _, token in server.seen] == ["Bearer token"] * 2
    assert server.cursors() == [None, "1"]


@pytest.mark.parametrize(("start", "cursors"), [({}, ["1", "2", "1"]), ({}, ["1", "1"]), ({"next": "1"}, ["1"])])
def test_a_cursor_that_comes_again_raises(start: Any, cursors: list[str], server: Server, api: ScoresApi) -> None:
    server.script = [Answer([cursor], [following(cursor)]) for cursor in cursors]
    read: list[Score] = []
    with pytest.raises(ApiException, match="same cursor twice"):
        read.extend(paginate(api.list_scores, "c", **start))
    assert len(server.seen) == len(cursors)


def test_a_failing_page_is_tried_again(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("1")]), Answer([], status=503), Answer(["b"])]
    assert [score.id for score in paginate(api.list_scores, "c")] == ["a", "b"]
    assert server.cursors() == [None, "1", "1"]


def test_a_lasting_failure_raises_after_the_items_before_it(server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("1")]), Answer([], status=503), Answer([], status=503)]
    scores = paginate(api.list_scores, "c")
    assert next(scores).id == "a"
    with pytest.raises(ServiceException):
        next(scores)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'[{"id":"b"}', b"null"])
def test_a_page_that_is_no_list_raises(body: bytes, server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["a"], [following("1")]), Answer([], body=body)]
    scores = paginate(api.list_scores, "c")
    assert next(scores).id == "a"
    with pytest.raises(UnexpectedBodyException) as caught:
        next(scores)
    assert (caught.value.status, caught.value.body) == (200, body.decode())


def test_an_odd_item_does_not_end_the_walk(server: Server, api: ScoresApi) -> None:
    server.script = [Answer([], [following("1")], body=b'[{"id":5},null,{"id":"b"}]'), Answer(["c"])]
    first, second, *rest = paginate(api.list_scores, "c")
    assert (first, second) == (Score(id=5), None)  # type: ignore[arg-type]
    assert rest == [Score(id="b"), Score(id="c")]


@pytest.mark.parametrize(
    "content_type", [None, "", "text/html", "application/octet-stream", "application/json; charset=iso-8859-1", "?"]
)
def test_the_content_type_makes_no_difference(content_type: str | None, server: Server, api: ScoresApi) -> None:
    server.script = [Answer(["é"], content_type=content_type)]
    assert api.list_scores("c") == [Score(id="é")]


@pytest.mark.parametrize("method", [lambda: [1], lambda: None, lambda: ApiResponse({}, 200, {}, b"")])
def test_a_method_without_pages_is_refused(method: Callable[[], Any]) -> None:
    with pytest.raises(ApiTypeError, match=r"paginate\(\) needs a method that returns a Page"):
        list(paginate(method))
