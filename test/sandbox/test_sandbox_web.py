"""The pages for people: they show what the API has made, lead somewhere, escape everything and give no token away."""

from __future__ import annotations

import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import urllib3

from flat_api.sandbox import Sandbox
from flat_api.sandbox.call import Answer
from flat_api.sandbox.store import Where
from flat_api.sandbox.web.files import BoundedCache, partial

Browse = Callable[..., urllib3.BaseHTTPResponse]

_HOSTILE = "<script>alert(1)</script>\"'><img src=x>&amp;"


class _Links(HTMLParser):
    """Collects the addresses that a page refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found.update(value for name, value in attrs if name in ("href", "src", "action") and value)


@pytest.fixture
def site(sandbox: Sandbox) -> str:
    parts = urlsplit(sandbox.url)
    return f"{parts.scheme}://{parts.netloc}"


@pytest.fixture
def browse(site: str, connect: Callable[[str, str | None], Any]) -> Browse:
    """Fetches a page as a browser does, without a token."""
    client = connect(site, None)

    def get(path: str, method: str = "GET", **headers: str) -> urllib3.BaseHTTPResponse:
        answer: urllib3.BaseHTTPResponse = client(method, path, headers={"Accept": "text/html,*/*", **headers})
        return answer

    return get


@pytest.fixture
def text(browse: Browse) -> Callable[[str], str]:
    """The HTML of a page that is there."""

    def get(path: str) -> str:
        answer = browse(path)
        assert answer.status == 200, answer.data
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return answer.data.decode()

    return get


def _last_revision(client: Any, score: dict[str, Any]) -> str:
    identifier: str = client("GET", f"/scores/{score['id']}/revisions/last").json()["id"]
    return identifier


def test_an_empty_library_says_how_to_begin(text: Any) -> None:
    assert "No scores here yet" in text("/")
    assert 'href="/access"' in text("/")


def test_the_library_shows_and_finds_scores(client: Any, text: Any, browse: Browse, xml: Any) -> None:
    for title in ("Étude", "Round"):
        client.score(xml(), title=title)
    trashed = client.score(xml(), title="Old one")
    client("DELETE", f"/scores/{trashed['id']}")
    assert [title in text("/") for title in ("Étude", "Round", "Old one")] == [True, True, False]
    found = text("/?q=%C3%A9TUDE")
    assert "Étude" in found
    assert ">Round<" not in found
    assert "Old one" in text("/?trash=1")
    assert "No score has" in text("/?q=nothing")
    picture = browse(next(link for link in _Links(text("/")).found if link.endswith(".png")))
    assert picture.data.startswith(b"\x89PNG")
    again = browse(urlsplit(str(picture.url)).path, **{"If-None-Match": picture.headers["ETag"]})
    assert again.status == 304


def test_a_long_library_has_pages(client: Any, text: Any, xml: Any) -> None:
    for number in range(25):
        client.score(xml(measures=1), title=f"Piece {number}.")
    first = text("/?q=piece")
    assert first.count('class="card"') == 24
    assert "/?q=piece&amp;page=2" in first
    assert text("/?q=piece&page=2").count('class="card"') == 1
    assert text("/?page=zero").count('class="card"') == 24


def test_the_addresses_in_the_api_lead_to_pages(client: Any, text: Any, xml: Any) -> None:
    score = client.score(xml(), title="Round")
    collection = client("POST", "/collections", json={"title": "Spring"}).json()
    client("PUT", f"/collections/{collection['id']}/scores/{score['id']}")
    client.score(xml(), title="Elsewhere")
    score = client("GET", f"/scores/{score['id']}").json()
    assert "Round" in text(urlsplit(score["htmlUrl"]).path)
    assert "Round" in text(urlsplit(score["editHtmlUrl"]).path)
    in_collection = text(urlsplit(collection["htmlUrl"]).path)
    assert "Round" in in_collection
    assert "Elsewhere" not in in_collection
    assert "Elsewhere" in text(urlsplit(score["user"]["htmlUrl"]).path)
    assert "Elsewhere" in text("/my-library/allScores")


def test_a_score_page_has_music_facts_and_files(client: Any, text: Any, browse: Browse, xml: Any) -> None:
    score = client.score(xml(measures=3), title="Round", privacy="public")
    first = _last_revision(client, score)
    client("POST", f"/scores/{score['id']}/revisions", json={"data": xml(measures=4), "description": "One more"})
    page = text(f"/score/{score['id']}")
    for words in ("D major or B minor", "♩ = 120", "<dd>4</dd>", "Piano", "public", "One more", "Shared with nobody"):
        assert words in page, words
    links = _Links(page).found
    sheet = browse(next(link for link in links if link.endswith("/1.svg")))
    assert sheet.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in sheet.data[:100]
    assert "sandbox" in sheet.headers["Content-Security-Policy"]
    downloads = {link for link in links if link.startswith("/web/downloads/")}
    assert len(downloads) == 18
    music = browse(f"/web/downloads/{first}/xml")
    assert music.data == xml(measures=3).encode()
    assert music.headers["Content-Disposition"] == 'attachment; filename="round.musicxml"'
    assert "An earlier revision" in text(f"/score/{score['id']}?revision={first}")
    client("DELETE", f"/scores/{score['id']}")
    assert "In the trash" in text(f"/score/{score['id']}")


def test_a_player_can_ask_for_a_part_of_the_sound(client: Any, browse: Browse, xml: Any) -> None:
    path = f"/web/sounds/{_last_revision(client, client.score(xml(measures=1)))}.wav"
    whole = browse(path)
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = browse(path, Range="bytes=4-7")
    assert (part.status, part.data) == (206, whole.data[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(whole.data)}"
    assert browse(path, Range="bytes=99999999-").status == 416


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        (None, 200, b"abcdef"),
        ("bytes=2-", 206, b"cdef"),
        ("bytes=-2", 206, b"ef"),
        ("bytes=-99", 206, b"abcdef"),
        ("bytes=4-99", 206, b"ef"),
        ("bytes=0-1,3-4", 200, b"abcdef"),
        ("bytes=3-1", 200, b"abcdef"),
        ("bytes=-0", 416, b""),
        ("bytes=-", 200, b"abcdef"),
        ("bytes=6-", 416, b""),
        ("lines=1-2", 200, b"abcdef"),
    ],
)
def test_one_range_of_bytes_is_understood(wanted: str | None, status: int, content: bytes) -> None:
    answer = partial(Answer(content=b"abcdef", media_type="audio/wav"), wanted)
    assert (answer.status, answer.body()) == (status, content)


def test_comments_and_collaborators_are_on_the_score_page(client: Any, member: Any, text: Any, xml: Any) -> None:
    ann = member("ann", firstname="Ann", lastname="Alt")
    score = client.score(xml())
    client("POST", f"/scores/{score['id']}/collaborators", json={"user": ann.user, "aclWrite": True})
    client("POST", f"/scores/{score['id']}/collaborators", json={"userEmail": "guest@example.org"})
    comment = client("POST", f"/scores/{score['id']}/comments", json={"comment": "Slower?"}).json()
    ann("POST", f"/scores/{score['id']}/comments", json={"comment": "Yes.", "replyTo": comment["id"]})
    client("PUT", f"/scores/{score['id']}/comments/{comment['id']}/resolved")
    page = text(f"/score/{score['id']}")
    assert "Ann Alt <small>changes</small>" in page
    assert "guest@example.org (invited) <small>reads</small>" in page
    assert page.index("Slower?") < page.index('class="reply"') < page.index("Yes.")
    assert "resolved" in page


def test_music_that_cannot_be_engraved_is_said(sandbox: Sandbox, client: Any, browse: Browse, xml: Any) -> None:
    score = client.score(xml())
    revision = _last_revision(client, score)
    sandbox._store._run("UPDATE document SET data = ? WHERE id = ?", (b"<no-score/>", revision))
    page = browse(f"/score/{score['id']}")
    assert page.status == 200
    assert "MusicXML" in page.data.decode()
    picture = browse(f"/web/thumbnails/{revision}.png")
    assert (picture.status, picture.headers["Content-Type"]) == (422, "image/svg+xml")
    assert "This cannot be shown" in browse(f"/web/sheets/{revision}/1.svg").data.decode()


def test_classes_show_members_work_and_grades(school: Any, text: Any, xml: Any) -> None:
    score = school.teacher.score(xml(), title="Canon to finish")
    path = school.assignment(
        maxPoints=20,
        dueDate="2020-01-01T00:00:00Z",
        attachments=[{"type": "flat", "score": score["id"], "sharingMode": "copy"}],
    )
    submission = school.submission(path, school.ann, submit=True)
    school.teacher("PUT", submission, json={"grade": 18.5, "return": True})
    school.teacher("POST", f"{submission}/comments", json={"comment": "Well sung."})
    assert "Choir" in text("/classes")
    assert ">2<" in text("/classes")
    page = text(school.path)
    for words in ("Ann Alt", "Ben Bass", "returned", "<b>18.5</b>", "not begun", "1 of 2", "Music Teacher"):
        assert words in page, words
    page = text(path)
    for words in ("late", "<b>18.5</b><small>/20</small>", "Canon to finish", "1 of 2 students handed in, 1 returned"):
        assert words in page, words
    page = text(submission)
    for words in ("Well sung.", "handed in", "returned, grade 18.5", "Canon to finish"):
        assert words in page, words


def test_the_work_of_a_group_counts_for_each_of_its_members(school: Any, text: Any) -> None:
    members = [school.ann.user, school.ben.user]
    body = {"type": "classStudentsSubGroup", "classroom": school.classroom["id"], "name": "Duo", "members": members}
    group = school.teacher("POST", "/groups", json=body).json()
    path = school.assignment(submissionStudentsMode="group", classGroupIds=[group["id"]])
    school.submission(path, school.ann, submit=True)
    assert "2 of 2" in text(school.path)
    assert "in groups: Duo" in text(path)


def test_requests_are_listed_the_newest_first_without_secrets(sandbox: Sandbox, client: Any, text: Any) -> None:
    client("GET", "/me")
    client("GET", f"/scores/unknown?sharingKey={'k' * 64}")
    client("PUT", "/scores/x", json={"password": 'open "sesame"', "title": sandbox.token, "deep": [{"userToken": 5}]})
    body = f"grant_type=refresh_token&refresh_token=short&client_secret=hush&data={'0' * 64}"
    client("POST", "/scores", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    client("POST", "/scores", body=b"\xff\xfe", headers={"Content-Type": "audio/midi"})
    page = text("/requests")
    rows = [page.index(f"<td>{name}</td>") for name in ("createScore", "getScore", "getAuthenticatedUser")]
    assert rows == sorted(rows)
    only = text("/requests?operation=getScore")
    assert "<td>getScore</td>" in only
    assert "<td>getAuthenticatedUser</td>" not in only
    details = [link for link in _Links(page).found if link.startswith("/requests/")]
    assert len(details) == 5
    shown = "".join(text(link) for link in details)
    for secret in ("k" * 41, "sesame", sandbox.token, "=short", "hush", "0" * 41, "Bearer"):
        assert secret not in shown, secret
    assert "client_secret=…" in shown
    assert "2 bytes that are no text" in shown
    assert sandbox.requests[0].id in page


def test_the_default_token_is_for_browsers_on_this_machine(sandbox: Sandbox, text: Any, browse: Browse) -> None:
    other = sandbox.issue_token(["scores"])
    page = text("/access")
    assert f"export FLAT_API_HOST={sandbox.url}" in page
    assert f"export FLAT_ACCESS_TOKEN={sandbox.token}" in page
    assert other not in page
    assert other[:6] in page
    # A name that another site has pointed to this machine.
    assert sandbox.token not in browse("/access", Host="sandbox.example.org").data.decode()


def test_jobs_and_tasks_are_listed_and_left_alone(client: Any, text: Any, xml: Any) -> None:
    score = client.score(xml(), title="Round")
    task = client("POST", f"/scores/{score['id']}/revisions/last/mp3/task", json={}).json()
    page = text("/jobs")
    assert task["id"] in page
    assert "waiting" in page
    assert client("GET", f"/tasks/{task['id']}").json()["state"] == "done"
    assert "done" in text("/jobs")


def test_recognition_jobs_are_listed(client: Any, text: Any) -> None:
    draft = client("POST", "/omr/jobs", json={}).json()
    assert draft["id"] in text("/jobs")
    file = {"filename": "canon.pdf", "file": b64encode(b"%PDF-1.7\n<< /Type /Page >>").decode()}
    started = client("POST", "/omr/jobs", json={"files": [file], "autoStart": True}).json()
    page = text("/jobs")
    for words in ("canon.pdf", "under way", "Waiting for a free place", "Music Teacher"):
        assert words in page, words
    score = client("GET", f"/omr/jobs/{started['id']}").json()["result"]["score"]
    assert f'href="/score/{score}"' in text("/jobs")


def test_everything_that_users_write_is_escaped(client: Any, person: Any, text: Any, xml: Any) -> None:
    score = client.score(xml(), title=_HOSTILE, privacy="public")
    client("POST", f"/scores/{score['id']}/comments", json={"comment": _HOSTILE})
    client("POST", f"/scores/{score['id']}/revisions", json={"data": xml(), "description": _HOSTILE})
    collection = client("POST", "/collections", json={"title": _HOSTILE}).json()
    classroom = client("POST", "/classes", json={"name": _HOSTILE, "section": _HOSTILE}).json()
    student, _ = person("x" * 20, firstname=_HOSTILE)
    client("PUT", f"/classes/{classroom['id']}/users/{student}")
    path = f"/classes/{classroom['id']}/assignments"
    assignment = client("POST", path, json={"title": _HOSTILE, "description": _HOSTILE, "state": "active"}).json()
    client("GET", "/scores/%3Cscript%3E")
    pages = ["/", f"/score/{score['id']}", f"/my-library/{collection['id']}", "/classes", f"/classes/{classroom['id']}"]
    pages += [f"{path}/{assignment['id']}", "/requests", "/?q=%3Cscript%3E%22"]
    pages += [link for link in _Links(text("/requests")).found if link.startswith("/requests/")]
    for page in pages:
        html = text(page)
        assert "script" not in _Links(html).tags, page
        assert "<img src=x" not in html, page
    assert "&lt;script&gt;" in text("/")


@pytest.mark.parametrize(
    "path",
    [
        "/score/unknown",
        "/classes/unknown",
        "/requests/0",
        "/my-library/unknown",
        "/nobody",
        "/classes/x/assignments/y",
        "/web/sheets/unknown/1.svg",
        "/web/style.css/../visit.py",
        "/web/..%2Fvisit.py",
        "/web/%2e%2e/visit.py",
        "/web/downloads/..%2F..%2Fsite.py/xml",
        "/%00",
        "/score/%ff",
        "//",
    ],
)
def test_what_is_not_there_is_a_friendly_404(browse: Browse, path: str) -> None:
    answer = browse(path)
    assert answer.status == 404
    assert "To the library" in answer.data.decode()
    head = browse(path, "HEAD")
    assert (head.status, head.data) == (404, b"")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_programs_at_a_wrong_address_get_the_error_of_the_api(client: Any, site: str) -> None:
    for method, path in (("GET", "/me"), ("POST", "/"), ("DELETE", "/score/x")):
        answer = client(method, site + path)
        assert (answer.status, answer.json()["code"]) == (404, "NOT_FOUND"), path
    answer = client("GET", "/nothing", headers={"Accept": "text/html"})
    assert answer.json()["code"] == "NOT_FOUND"


def test_all_links_lead_somewhere_and_show_no_token(
    sandbox: Sandbox, school: Any, browse: Browse, site: str, xml: Any
) -> None:
    score = school.teacher.score(xml(measures=1), title="Round")
    school.teacher("POST", "/collections", json={"title": "Spring"})
    path = school.assignment(attachments=[{"type": "flat", "score": score["id"], "sharingMode": "read"}])
    school.submission(path, school.ann, submit=True)
    tokens = {row["id"] for _, row in sandbox._store.sorted("token", Where(), sort="id", descending=False)}
    assert len(tokens) > 3
    waiting, seen = ["/"], {"/"}
    while waiting:
        page = waiting.pop()
        answer = browse(page)
        assert answer.status == 200, page
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        html = answer.data.decode()
        allowed = {sandbox.token} if page == "/access" else set()
        assert {token for token in tokens if token in html} == allowed, page
        targets = {urldefrag(urljoin(site + page, link)).url for link in _Links(html).found}
        assert all(target.startswith(f"{site}/") for target in targets), page
        fresh = {target.removeprefix(site) for target in targets} - seen
        seen |= fresh
        waiting += sorted(fresh)
    for kind in ("/web/thumbnails/", "/web/sheets/", "/web/sounds/", "/web/downloads/", "/requests/", path, "/auth/"):
        assert any(one.startswith(kind) for one in seen), kind


def test_the_cache_is_bounded() -> None:
    cache = BoundedCache(10)
    made: list[str] = []

    def value(key: str, size: int = 4) -> object:
        return cache.get(key, lambda: made.append(key) or [bytes(size)])  # type: ignore[func-returns-value]

    for key in ("a", "b", "a", "c", "a", "b"):
        value(key)
    assert made == ["a", "b", "c", "b"]
    assert cache.size <= 10
    value("too big", 11)
    assert cache.size == 0


def test_a_start_does_not_wait_for_the_pages() -> None:
    program = """
import sys, urllib.request
from flat_api.sandbox import Sandbox
with Sandbox() as sandbox:
    assert not {"jinja2", "flat_api.sandbox.web"} & sys.modules.keys()
    urllib.request.urlopen(sandbox.url.removesuffix("/v2")).close()
    assert "jinja2" in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=30)
