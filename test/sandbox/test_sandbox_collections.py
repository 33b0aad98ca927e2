"""Collections, the virtual ones among them, and the pages of their scores."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from flat_api.sandbox.score_state import like


def _links(answer: urllib3.BaseHTTPResponse) -> dict[str, str]:
    found = {}
    for part in answer.headers.get("Link", "").split(", "):
        if part:
            url, _, rel = part.partition(">; rel=")
            found[rel.strip('"')] = url.removeprefix("<")
    return found


def _titles(answer: urllib3.BaseHTTPResponse) -> list[str]:
    assert answer.status == 200, answer.data
    return [one["title"] for one in answer.json()]


@pytest.fixture
def collection(client: Any) -> dict[str, Any]:
    answer = client("POST", "/collections", json={"title": "Choir"})
    assert answer.status == 200
    found: dict[str, Any] = answer.json()
    return found


def test_a_collection_is_made_changed_and_deleted(client: Any, collection: dict[str, Any], xml: Any) -> None:
    path = f"/collections/{collection['id']}"
    assert (collection["title"], collection["type"]) == ("Choir", "regular")
    assert client("GET", path).json() == collection
    assert client("PUT", path, json={"title": "Band"}).json()["title"] == "Band"
    score = client.score(xml(), collection=collection["id"])
    assert client("DELETE", path).status == 204
    assert client("GET", path).status == 404
    assert client("GET", f"/scores/{score['id']}").json()["collections"] == []


def test_a_deleted_collection_comes_back_with_its_scores(client: Any, collection: dict[str, Any], xml: Any) -> None:
    path = f"/collections/{collection['id']}"
    assert client("POST", f"{path}/untrash").status == 400
    score = client.score(xml("Inside"), collection=collection["id"])
    assert client("DELETE", path).status == 204
    assert _titles(client("GET", "/collections")) == []
    assert _titles(client("GET", "/collections?parent=trash")) == ["Choir"]
    assert _titles(client("GET", "/collections/root/scores")) == ["Inside"]
    assert client("POST", "/scores", json={"data": xml(), "collection": collection["id"]}).status == 404
    assert client("POST", f"{path}/untrash").status == 204
    assert client("GET", path).json()["contents"] == {"scoresCount": 1}
    assert client("GET", f"/scores/{score['id']}").json()["collections"] == [collection["id"]]
    assert client("POST", "/collections/unknown/untrash").status == 404


def test_the_collection_of_another_opens_with_its_key(
    client: Any, collection: dict[str, Any], xml: Any, person: Any
) -> None:
    _, other = person("other.teacher", "teacher")
    client.score(xml("Private"), collection=collection["id"])
    client.score(xml("Public"), collection=collection["id"], privacy="public")
    path = f"/collections/{collection['id']}"
    assert [other("GET", path).status, other("GET", f"{path}/scores").status] == [404, 404]
    assert _titles(other("GET", "/collections")) == []
    key = f"?sharingKey={collection['sharingKey']}"
    opened = other("GET", path + key).json()
    assert (opened["contents"], opened["capabilities"]["canEdit"]) == ({"scoresCount": 1}, False)
    assert opened["user"]["username"] == "music.teacher"
    assert _titles(other("GET", f"{path}/scores{key}")) == ["Public"]
    mine = other.score(xml("Mine"))
    assert other("PUT", f"{path}/scores/{mine['id']}{key}").status == 403
    assert other("PUT", path, json={"title": "x"}).status == 404


def test_likes_and_collaborations_are_collections(sandbox: Any, client: Any, xml: Any, person: Any) -> None:
    student, other = person("student")
    shared, public = client.score(xml("Shared")), client.score(xml("Public"), privacy="public")
    client("POST", f"/scores/{shared['id']}/collaborators", json={"user": student})
    with sandbox._store.transaction():
        like(sandbox._store, student, public["id"])
    assert _titles(other("GET", "/collections/collaborations/scores")) == ["Shared"]
    assert _titles(other("GET", "/collections/likes/scores")) == ["Public"]
    assert other("GET", "/collections/likes").json()["contents"] == {"scoresCount": 1}
    seen = other("GET", f"/scores/{public['id']}").json()
    assert (seen["me"], seen["likes"]["total"]) == ({"isInLibrary": False, "isLiked": True}, 1)
    client("PUT", f"/scores/{public['id']}", json={"privacy": "private"})
    assert _titles(other("GET", "/collections/likes/scores")) == []
    assert _titles(client("GET", "/collections/likes/scores")) == []


def test_scores_go_into_collections_and_out_again(client: Any, collection: dict[str, Any], xml: Any) -> None:
    made_inside = client.score(xml("Inside"), collection=collection["id"])
    added = client.score(xml("Added"))
    path = f"/collections/{collection['id']}/scores"
    assert made_inside["collections"] == [collection["id"]]
    answer = client("PUT", f"{path}/{added['id']}")
    assert answer.json()["collections"] == [collection["id"]]
    assert _titles(client("GET", f"{path}?sort=title")) == ["Added", "Inside"]
    assert client("GET", f"/collections/{collection['id']}").json()["contents"] == {"scoresCount": 2}
    assert _titles(client("GET", "/collections/root/scores")) == []
    assert client("DELETE", f"{path}/{added['id']}").status == 204
    assert client("DELETE", f"{path}/{added['id']}").status == 404
    assert _titles(client("GET", path)) == ["Inside"]
    assert _titles(client("GET", "/collections/root/scores")) == ["Added"]


def test_the_virtual_collections(client: Any, xml: Any) -> None:
    kept, trashed = client.score(xml("Kept")), client.score(xml("Trashed"))
    client("DELETE", f"/scores/{trashed['id']}")
    assert _titles(client("GET", "/collections/allScores/scores")) == ["Kept"]
    assert _titles(client("GET", "/collections/trash/scores")) == ["Trashed"]
    assert client("GET", "/collections/likes").json()["contents"] == {"scoresCount": 0}
    for name in ("root", "allScores", "trash"):
        found = client("GET", f"/collections/{name}").json()
        assert (found["id"], found["type"], found["contents"]["scoresCount"]) == (name, name, 1)
        assert client("PUT", f"/collections/{name}", json={"title": "x"}).status == 403
        assert client("DELETE", f"/collections/{name}").status == 403
        assert client("PUT", f"/collections/{name}/scores/{kept['id']}").status == 403


@pytest.mark.parametrize("path", ["/collections/x", "/collections/x/scores"])
def test_an_unknown_collection_is_404(client: Any, path: str) -> None:
    assert (client("GET", path).status, client("GET", path).json()["param"]) == (404, "collection")


def test_a_score_cannot_be_made_in_an_unknown_collection(client: Any, xml: Any) -> None:
    answer = client("POST", "/scores", json={"data": xml(), "collection": "x"})
    assert (answer.status, answer.json()["param"]) == (404, "collection")


def test_collections_are_listed_in_pages(client: Any) -> None:
    for title in ("b", "a", "c"):
        client("POST", "/collections", json={"title": title})
    first = client("GET", "/collections?sort=title&limit=2")
    assert _titles(first) == ["a", "b"]
    assert _titles(client("GET", _links(first)["next"])) == ["c"]
    for empty in ("allScores", client("GET", "/collections").json()[0]["id"]):
        assert client("GET", f"/collections?parent={empty}").json() == []
    answer = client("GET", "/collections?parent=elsewhere")
    assert (answer.status, answer.json()["param"]) == (404, "parent")


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("sort=title&direction=asc", "abcdefg"),
        ("sort=title&direction=desc", "gfedcba"),
        ("sort=creationDate&direction=asc", "gabfced"),
        ("", "decfbag"),
    ],
)
def test_three_pages_forward_and_back(client: Any, xml: Any, order: str, titles: str) -> None:
    for title in "gabfced":
        client.score(xml(title))
    pages = [client("GET", f"/collections/allScores/scores?limit=3&{order}")]
    while "next" in _links(pages[-1]):
        pages.append(client("GET", _links(pages[-1])["next"]))
    forward = [_titles(page) for page in pages]
    assert forward == [list(titles[:3]), list(titles[3:6]), list(titles[6:])]
    assert [sorted(_links(page)) for page in pages] == [["next"], ["next", "previous"], ["previous"]]
    backward = [pages[-1]]
    while "previous" in _links(backward[-1]):
        backward.append(client("GET", _links(backward[-1])["previous"]))
    assert [_titles(page) for page in backward] == forward[::-1]


def test_a_list_that_ends_with_its_page_has_no_next(client: Any, xml: Any) -> None:
    for title in "ab":
        client.score(xml(title))
    assert _links(client("GET", "/collections/allScores/scores?limit=2")) == {}


def test_cursors_need_percent_escapes_once(client: Any, xml: Any) -> None:
    for title in "ab":
        client.score(xml(title))
    path = "/collections/allScores/scores?limit=1"
    escaped = _links(client("GET", path))["next"].partition("next=")[2]
    assert {"%2B", "%2F", "%3D"} <= {escaped[at : at + 3] for at in range(len(escaped))}
    assert client("GET", f"{path}&next={escaped}").status == 200
    twice = escaped.replace("%", "%25")
    assert (client("GET", f"{path}&next={twice}").status) == 422


def test_a_cursor_belongs_to_its_list_and_order(client: Any, xml: Any) -> None:
    for title in "ab":
        client.score(xml(title))
    following = _links(client("GET", "/collections/allScores/scores?limit=1"))["next"]
    other_list = following.replace("allScores", "root")
    for url in (f"{following}&sort=title", other_list, f"{following}&previous=x"):
        assert client("GET", url).status == 422


def test_scores_that_come_meanwhile_do_not_shift_the_pages(client: Any, xml: Any) -> None:
    for title in "bdf":
        client.score(xml(title))
    first = client("GET", "/collections/allScores/scores?limit=2&sort=title")
    client.score(xml("a"))
    client("DELETE", f"/scores/{first.json()[1]['id']}?now=true")
    assert _titles(client("GET", _links(first)["next"])) == ["f"]
