"""Education resources: libraries, folders, assignments, and their way into classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flat_api.sandbox import Sandbox, people

RESOURCES = "/eduResources"


@pytest.fixture
def admin(sandbox: Sandbox, connect: Any) -> Any:
    return connect(sandbox.url, sandbox.issue_token(user=people.ADMIN))


@pytest.fixture
def student(sandbox: Sandbox, admin: Any, connect: Any) -> Any:
    made = admin("POST", "/organizations/users", json={"username": "ann", "password": "a secret"}).json()
    return connect(sandbox.url, sandbox.issue_token(user=made["id"]))


def create(client: Any, title: str = "Canon", **body: Any) -> dict[str, Any]:
    answer = client("POST", RESOURCES, json={"type": "assignment", "title": title, **body})
    assert answer.status == 200, answer.data
    resource: dict[str, Any] = answer.json()
    return resource


def folder(client: Any, title: str, **body: Any) -> dict[str, Any]:
    return create(client, title, type="folder", **body)


def libraries(client: Any) -> dict[str, str]:
    return {one["type"]: one["id"] for one in client("GET", f"{RESOURCES}/libraries").json()}


@pytest.fixture
def titles(client: Any) -> Callable[..., list[str]]:
    def listed(query: str = "", by: Any = client) -> list[str]:
        answer = by("GET", f"{RESOURCES}?sort=title&{query}")
        assert answer.status == 200, answer.data
        return [resource["title"] for resource in answer.json()]

    return listed


def test_a_resource_from_creation_to_deletion(client: Any) -> None:
    made = create(client, resource={"type": "performance"}, sharingDescription="Four & more parts")
    assert (made["privacy"], made["creator"], made["parent"]) == (
        "private",
        people.TEACHER,
        libraries(client)["myResources"],
    )
    assert made["sharingDescriptionHtml"] == "<p>Four &amp; more parts</p>"
    assert made["resource"]["type"] == "performance"
    path = f"{RESOURCES}/{made['id']}"
    changed = client("PUT", path, json={"title": "Round", "subjects": ["choir"], "grades": ["8"]}).json()
    assert changed == client("GET", path).json()
    assert changed["title"] == changed["resource"]["title"] == "Round"
    assert changed["sharingDescription"] == "Four & more parts"
    assert client("DELETE", path).status == 204
    gone = client("GET", path)
    assert (gone.status, gone.json()["param"]) == (404, "resource")


def test_the_assignment_is_changed_by_itself(client: Any, xml: Any) -> None:
    path = f"{RESOURCES}/{create(client)['id']}"
    score = client.score(xml("Tallis"))
    body = {
        "type": "performance",
        "title": "Sing it",
        "maxPoints": 20,
        "attachments": [{"type": "flat", "score": score["id"], "sharingMode": "performance"}],
    }
    changed = client("PUT", f"{path}/assignment", json=body).json()
    assert (changed["title"], changed["maxPoints"]) == ("Sing it", 20)
    assert changed["attachments"][0]["title"] == "Tallis"
    assert "maxPoints" not in client("PUT", f"{path}/assignment", json={"maxPoints": None}).json()
    assert client("GET", path).json()["resource"]["attachments"] == changed["attachments"]
    wrong = client("PUT", f"{path}/assignment", json={"attachments": [{"type": "flat", "score": "none"}]})
    assert (wrong.status, wrong.json()["param"]) == (422, "attachments.0.score")


def test_a_folder_tells_what_is_in_it(client: Any, titles: Any) -> None:
    canons = folder(client, "Canons")
    create(client, "Tallis", parent=canons["id"], resource={"type": "performance"})
    below = folder(client, "Rounds", parent=canons["id"])
    create(client, "Row", parent=below["id"])
    held = client("GET", f"{RESOURCES}/{canons['id']}").json()["resource"]
    assert held == {"title": "Canons", "resourcesCount": 2, "assignmentsTypes": ["performance"]}
    assert titles() == ["Canons", "Rounds", "Row", "Tallis"]
    assert titles("withoutSubfoldersResources=true") == ["Canons"]
    assert titles(f"parent={canons['id']}") == ["Rounds", "Row", "Tallis"]
    assert client("DELETE", f"{RESOURCES}/{canons['id']}").status == 204
    assert titles() == []


def test_the_list_is_filtered_and_counted_over_all_pages(client: Any, titles: Any) -> None:
    folder(client, "Folder")
    for number, kind in enumerate(("none", "performance", "newScore")):
        made = create(client, f"Canon {number}", resource={"type": kind})
        client("PUT", f"{RESOURCES}/{made['id']}", json={"subjects": ["choir"], "grades": [str(number + 7), "12"]})
    assert titles("type=folder") == ["Folder"]
    assert titles("assignmentTypes=performance&assignmentTypes=none") == ["Canon 0", "Canon 1"]
    assert titles("subjects=choir&grades=8&grades=9") == ["Canon 1", "Canon 2"]
    assert titles("subjects=band") == []
    first = client("GET", f"{RESOURCES}?limit=3")
    assert [one["title"] for one in first.json()] == ["Canon 2", "Canon 1", "Canon 0"]
    assert (first.headers["X-Total-Assignments-Count"], first.headers["X-Total-Folders-Count"]) == ("3", "1")
    second = client("GET", first.headers["Link"].split(">")[0].lstrip("<"))
    assert [one["title"] for one in second.json()] == ["Folder"]


def test_a_copy_takes_the_content_along_and_leaves_the_original(client: Any, titles: Any) -> None:
    canons, target = folder(client, "Canons"), folder(client, "Target")
    create(client, "Tallis", parent=canons["id"])
    copy = client("POST", f"{RESOURCES}/{canons['id']}/copy", json={"destination": target["id"]}).json()
    assert copy["id"] != canons["id"]
    assert copy["parent"] == target["id"]
    assert titles(f"parent={copy['id']}") == titles(f"parent={canons['id']}") == ["Tallis"]


def test_a_move_changes_the_place(client: Any, titles: Any) -> None:
    outer, made = folder(client, "Outer"), create(client)
    inner = folder(client, "Inner", parent=outer["id"])
    moved = client("POST", f"{RESOURCES}/{made['id']}/move", json={"destination": inner["id"]}).json()
    assert moved["parent"] == inner["id"]
    assert titles("withoutSubfoldersResources=true") == ["Outer"]
    for destination in (outer["id"], inner["id"]):
        wrong = client("POST", f"{RESOURCES}/{outer['id']}/move", json={"destination": destination})
        assert (wrong.status, wrong.json()["param"]) == (422, "destination")


def test_privacy_and_place_open_a_resource_to_colleagues(client: Any, admin: Any, titles: Any) -> None:
    canons = folder(client, "Canons")
    made = create(client, "Tallis", parent=canons["id"])
    school = libraries(client)["organizationResources"]
    path = f"{RESOURCES}/{made['id']}"
    assert admin("GET", path).status == 404
    client("PUT", f"{RESOURCES}/{canons['id']}", json={"privacy": "organizationPublic"})
    assert admin("GET", path).json()["capabilities"] == {"canEdit": False, "canChangePrivacy": False}
    assert titles(f"parent={school}", admin) == ["Canons", "Tallis"]
    assert titles(f"parent={school}&withoutSubfoldersResources=true", admin) == ["Canons"]
    assert titles("", admin) == []
    assert admin("PUT", path, json={"title": "Mine"}).json()["code"] == "INSUFFICIENT_RIGHTS"
    assert admin("POST", RESOURCES, json={"type": "folder", "title": "x", "parent": canons["id"]}).status == 403
    copy = admin("POST", f"{path}/copy", json={"destination": "root"}).json()
    assert (copy["creator"], copy["privacy"]) == (people.ADMIN, "private")
    shared = admin("POST", f"{RESOURCES}/{copy['id']}/move", json={"destination": school}).json()
    assert (shared["parent"], shared["privacy"]) == (school, "organizationPublic")
    assert client("GET", f"{RESOURCES}/{copy['id']}").status == 200


def test_the_content_of_flat_is_read_only(client: Any, titles: Any) -> None:
    library = libraries(client)["flatEduContent"]
    assert titles(f"parent={library}") == []
    answer = client("POST", RESOURCES, json={"type": "folder", "title": "Mine", "parent": library})
    assert (answer.status, answer.json()["param"]) == (403, "parent")


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"type": "assignment"}, 422, "title"),
        ({"type": "folder", "title": "Canons", "resource": {"type": "none"}}, 422, "resource"),
        ({"type": "folder", "title": "Canons", "parent": "nowhere"}, 404, "parent"),
    ],
)
def test_a_wrong_resource_names_its_field(client: Any, body: Any, status: int, param: str) -> None:
    answer = client("POST", RESOURCES, json=body)
    assert (answer.status, answer.json()["param"]) == (status, param)


def test_a_resource_becomes_an_assignment_of_a_class(client: Any, student: Any, xml: Any) -> None:
    classroom = client("POST", "/classes", json={"name": "Choir"}).json()["id"]
    me = student("GET", "/me").json()["id"]
    client("PUT", f"/classes/{classroom}/users/{me}")
    score = client.score(xml())
    made = create(client, "Tallis")
    path = f"{RESOURCES}/{made['id']}"
    client("PUT", f"{path}/assignment", json={"attachments": [{"score": score["id"]}], "maxPoints": 5})
    used = client("POST", f"{path}/useInClass", json={"classroom": classroom}).json()
    assert (used["state"], used["title"], used["classroom"], used["maxPoints"]) == ("draft", "Tallis", classroom, 5)
    assert used["id"] != made["id"]
    assert student("GET", f"/classes/{classroom}/assignments").json() == []
    client("PUT", f"/classes/{classroom}/assignments/{used['id']}", json={"state": "active"})
    assert [one["id"] for one in student("GET", f"/classes/{classroom}/assignments").json()] == [used["id"]]
    assert student("GET", f"/scores/{score['id']}").status == 200

    student("PUT", f"/classes/{classroom}/assignments/{used['id']}/submissions", json={"attachments": []})
    client("PUT", path, json={"title": "Byrd"})
    body = {"classroom": classroom, "assignment": used["id"]}
    again = client("POST", f"{path}/useInClass", json=body).json()
    assert (again["id"], again["title"], again["state"]) == (used["id"], "Byrd", "active")
    assert [one["creator"] for one in again["submissions"]] == [me]
    wrong = client("POST", f"{path}/useInClass", json={**body, "assignment": "none"})
    assert (wrong.status, wrong.json()["param"]) == (404, "assignment")
    assert client("POST", f"{path}/useInClass", json={"classroom": "none"}).json()["param"] == "classroom"


def test_the_demo_class_is_made_once(client: Any) -> None:
    path = f"{RESOURCES}/{create(client)['id']}/copyToDemoClass"
    first, second = client("POST", path).json(), client("POST", path).json()
    assert first["id"] != second["id"]
    assert first["state"] == "active"
    assert first["classroom"] == second["classroom"]
    assert [one["id"] for one in client("GET", "/classes").json()] == [first["classroom"]]


def test_an_lti_link_names_the_resource(client: Any) -> None:
    made = create(client)
    assert made["id"] in client("POST", f"{RESOURCES}/{made['id']}/createLtiLink").json()["ltiUrl"]


@pytest.mark.parametrize(
    ("method", "call", "body"),
    [
        ("PUT", "assignment", {"title": "Tallis"}),
        ("POST", "useInClass", {"classroom": "any"}),
        ("POST", "copyToDemoClass", None),
        ("POST", "createLtiLink", None),
    ],
)
def test_a_folder_is_no_assignment(client: Any, method: str, call: str, body: Any) -> None:
    path = f"{RESOURCES}/{folder(client, 'Canons')['id']}/{call}"
    answer = client(method, path, **({"json": body} if body is not None else {}))
    assert (answer.status, answer.json()["param"]) == (400, "resource")


def test_students_have_no_resources(client: Any, student: Any) -> None:
    made = create(client)
    client("PUT", f"{RESOURCES}/{made['id']}", json={"privacy": "public"})
    assert student("GET", f"{RESOURCES}/libraries").json() == []
    for path in (RESOURCES, f"{RESOURCES}/{made['id']}"):
        assert student("GET", path).status == 403
