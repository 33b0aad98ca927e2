"""The organization: its accounts, invitations, and what administrators do in the name of users."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from flat_api.sandbox import Sandbox, people

USERS = "/organizations/users"
INVITATIONS = "/organizations/invitations"


@pytest.fixture
def admin(sandbox: Sandbox, connect: Any) -> Any:
    return connect(sandbox.url, sandbox.issue_token(user=people.ADMIN))


def create(admin: Any, username: str, **fields: Any) -> dict[str, Any]:
    answer = admin("POST", USERS, json={"username": username, "password": "a secret", **fields})
    assert answer.status == 200, answer.data
    user: dict[str, Any] = answer.json()
    return user


def names(answer: Any) -> list[str]:
    assert answer.status == 200, answer.data
    return [user["username"] for user in answer.json()]


def test_an_account_from_creation_to_removal(admin: Any) -> None:
    user = create(admin, "ann", email="ann@example.org", firstname="Ann")
    assert user["organizationRole"] == "user"
    assert user["license"] == {"active": False}
    changed = admin("PUT", f"{USERS}/{user['id']}", json={"lastname": "Lee", "organizationRole": "teacher"}).json()
    assert (changed["name"], changed["organizationRole"], changed["classRole"]) == ("Ann Lee", "teacher", "teacher")
    assert changed["email"] == "ann@example.org"
    assert admin("DELETE", f"{USERS}/{user['id']}").status == 204
    assert admin("PUT", f"{USERS}/{user['id']}", json={}).json()["code"] == "USER_NOT_FOUND"
    assert "ann" not in names(admin("GET", USERS))


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"username": "Music.Teacher", "password": "a secret"}, "username"),
        ({"username": "ben", "password": "a secret", "email": "MUSIC.TEACHER@example.org"}, "email"),
        ({"username": "ben", "password": "short"}, "password"),
        ({"username": "ben", "password": "a secret", "role": "king"}, "role"),
    ],
)
def test_a_wrong_account_names_its_field(admin: Any, body: Any, param: str) -> None:
    answer = admin("POST", USERS, json=body)
    assert (answer.status, answer.json()["param"]) == (422, param)


def test_a_user_keeps_the_own_name_but_takes_no_other(admin: Any) -> None:
    path = f"{USERS}/{create(admin, 'ann')['id']}"
    assert admin("PUT", path, json={"username": "Ann"}).json()["username"] == "Ann"
    assert admin("PUT", path, json={"username": "music.admin"}).json()["param"] == "username"
    assert admin("PUT", path, json={"email": "music.admin@example.org"}).json()["param"] == "email"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort=username&direction=asc", ["ann", "ben", "music.admin", "music.teacher"]),
        ("sort=lastname&direction=desc&role=user", ["ann", "ben"]),
        ("sort=username&direction=asc&role=user&role=admin", ["ann", "ben", "music.admin"]),
        ("q=ZHANG", ["ann"]),
        ("q=example.org&sort=username&direction=asc", ["ben", "music.admin", "music.teacher"]),
        ("noActiveLicense=true&sort=username&direction=asc", ["ann", "ben"]),
        ("role=user&testAccounts=only", []),
        ("group=nobody", []),
        ("licenseExpirationDate=2001-01-01", []),
    ],
)
def test_the_list_is_sorted_and_filtered(admin: Any, query: str, found: list[str]) -> None:
    create(admin, "ben", lastname="Adams", email="ben@example.org")
    create(admin, "ann", lastname="Zhang")
    assert names(admin("GET", f"{USERS}?{query}")) == found
    if "sort" not in query and "licenseExpirationDate" not in query:
        assert admin("GET", f"{USERS}/count?{query}").json() == len(found)


def test_licenses_are_found_by_the_day_they_end(admin: Any) -> None:
    licensed = admin("GET", f"{USERS}?role=teacher").json()[0]["license"]
    assert licensed["active"]
    day = licensed["expirationDate"][:10]
    assert len(names(admin("GET", f"{USERS}?licenseExpirationDate={day}"))) == 2
    assert admin("GET", f"{USERS}?licenseExpirationDate=soon").json()["param"] == "licenseExpirationDate"


def test_the_list_comes_in_pages(admin: Any) -> None:
    for number in range(3):
        create(admin, f"student{number}")
    seen, url = [], f"{USERS}?sort=username&direction=asc&limit=2"
    while url:
        answer = admin("GET", url)
        seen += names(answer)
        following = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        url = following[1] if following else ""
    assert seen == ["music.admin", "music.teacher", "student0", "student1", "student2"]


def test_only_ids_leaves_the_details_out(admin: Any) -> None:
    assert admin("GET", f"{USERS}?role=admin&onlyIds=true").json() == [{"id": people.ADMIN}]


def test_the_list_tells_the_last_activity(admin: Any, client: Any) -> None:
    assert "lastActivityDate" not in admin("GET", f"{USERS}?role=teacher").json()[0]
    client("GET", "/me")
    assert admin("GET", f"{USERS}?role=teacher").json()[0]["lastActivityDate"]


def test_members_of_a_group_and_test_accounts_are_found(admin: Any, client: Any) -> None:
    classroom = client("POST", "/classes", json={"name": "Choir"}).json()
    student = create(admin, "ann")
    client("PUT", f"/classes/{classroom['id']}/users/{student['id']}")
    group = classroom["studentsGroup"]["id"]
    assert names(admin("GET", f"{USERS}?group={group}")) == ["ann"]
    assert admin("GET", f"{USERS}?group={group}").json()[0]["groups"] == [group]
    client("POST", f"/classes/{classroom['id']}/testStudent")
    only = admin("GET", f"{USERS}?testAccounts=only").json()
    assert [user["isEduTestingStudent"] for user in only] == [True]
    assert admin("GET", f"{USERS}/count?group={group}&testAccounts=exclude").json() == 1


def test_a_delegated_token_acts_as_the_user_within_its_scopes(sandbox: Sandbox, admin: Any, connect: Any) -> None:
    student = create(admin, "ann")
    made = admin(
        "POST", f"{USERS}/{student['id']}/accessToken", json={"scopes": ["scores", "account.public_profile"]}
    ).json()
    assert made["scopes"] == ["scores", "account.public_profile"]
    assert made["issuedDate"] < made["expirationDate"]
    assert made["id"] != made["token"]
    delegated = connect(sandbox.url, made["token"])
    assert delegated("GET", "/me").json()["username"] == "ann"
    assert delegated("GET", "/collections").json()["code"] == "INSUFFICIENT_SCOPE"
    wrong = admin("POST", f"{USERS}/{student['id']}/accessToken", json={"scopes": ["everything"]})
    assert (wrong.status, wrong.json()["param"]) == (422, "scopes.0")


def test_a_sign_in_link_leads_to_its_destination(admin: Any) -> None:
    path = f"{USERS}/{create(admin, 'ann')['id']}/signinLink"
    link = admin("POST", path, json={"destinationPath": "/my-library"}).json()
    assert parse_qs(urlsplit(link["url"]).query)["token"] == [link["token"]]
    wrong = admin("POST", path, json={"destinationPath": "//elsewhere.example"})
    assert (wrong.status, wrong.json()["param"]) == (422, "destinationPath")


def test_a_removed_user_takes_everything_along(
    sandbox: Sandbox, admin: Any, client: Any, connect: Any, xml: Any
) -> None:
    student = create(admin, "ann")
    other = connect(sandbox.url, sandbox.issue_token(user=student["id"]))
    score = other.score(xml(), privacy="public")
    classroom = client("POST", "/classes", json={"name": "Choir"}).json()
    client("PUT", f"/classes/{classroom['id']}/users/{student['id']}")
    assignments = f"/classes/{classroom['id']}/assignments"
    assignment = client("POST", assignments, json={"title": "Sing", "state": "active"}).json()
    submissions = f"{assignments}/{assignment['id']}/submissions"
    assert other("PUT", submissions, json={"attachments": []}).status == 200
    assert len(client("GET", submissions).json()) == 1
    assert client("GET", f"/scores/{score['id']}").status == 200
    assert admin("DELETE", f"{USERS}/{student['id']}").status == 204
    assert client("GET", f"/scores/{score['id']}").status == 404
    assert client("GET", f"/groups/{classroom['studentsGroup']['id']}/users").json() == []
    assert client("GET", submissions).json() == []
    assert other("GET", "/me").status == 401


def test_an_individual_account_keeps_its_scores(
    sandbox: Sandbox, admin: Any, client: Any, connect: Any, xml: Any
) -> None:
    student = create(admin, "ann")
    other = connect(sandbox.url, sandbox.issue_token(user=student["id"]))
    public = other.score(xml(), privacy="public")
    internal = other.score(xml(), privacy="organizationPublic")
    assert client("GET", f"/scores/{internal['id']}").status == 200
    assert admin("DELETE", f"{USERS}/{student['id']}?convertToIndividual=true").status == 204
    account = other("GET", "/me").json()
    assert account["product"] == "flat"
    assert account.keys() & {"organization", "organizationRole", "classRole"} == set()
    assert client("GET", f"/scores/{public['id']}").status == 200
    assert client("GET", f"/scores/{internal['id']}").status == 404
    assert admin("GET", f"{USERS}/count").json() == 2


def test_an_invitation_from_creation_to_withdrawal(admin: Any) -> None:
    made = admin("POST", INVITATIONS, json={"email": "new@example.org"}).json()
    assert (made["organizationRole"], made["usedBy"], made["invitedBy"]) == ("teacher", [], people.ADMIN)
    other = admin("POST", INVITATIONS, json={"organizationRole": "admin"}).json()
    assert admin("GET", INVITATIONS).json() == [other, made]
    assert admin("GET", f"{INVITATIONS}?role=teacher").json() == [made]
    assert admin("DELETE", f"{INVITATIONS}/{made['id']}").status == 204
    gone = admin("DELETE", f"{INVITATIONS}/{made['id']}")
    assert (gone.status, gone.json()["param"]) == (404, "invitation")


def test_an_invitation_gives_a_member_the_role(admin: Any, client: Any) -> None:
    body = {"email": "Music.Teacher@example.org", "organizationRole": "accountAdmin"}
    assert admin("POST", INVITATIONS, json=body).json()["usedBy"] == [people.TEACHER]
    assert client("GET", "/me").json()["organizationRole"] == "accountAdmin"
    assert client("GET", USERS).status == 200


def test_an_invitation_needs_an_address_when_it_has_one(admin: Any) -> None:
    answer = admin("POST", INVITATIONS, json={"email": "somebody"})
    assert (answer.status, answer.json()["param"]) == (422, "email")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", USERS, None),
        ("GET", f"{USERS}/count", None),
        ("POST", USERS, {"username": "ann", "password": "a secret"}),
        ("PUT", f"{USERS}/{people.ADMIN}", {"organizationRole": "user"}),
        ("DELETE", f"{USERS}/{people.ADMIN}", None),
        ("POST", f"{USERS}/{people.ADMIN}/accessToken", {"scopes": ["edu.admin"]}),
        ("POST", f"{USERS}/{people.ADMIN}/signinLink", {}),
        ("GET", INVITATIONS, None),
        ("POST", INVITATIONS, {"email": "new@example.org"}),
        ("DELETE", f"{INVITATIONS}/any", None),
    ],
)
def test_a_teacher_does_not_administer(client: Any, method: str, path: str, body: Any) -> None:
    answer = client(method, path, **({"json": body} if body is not None else {}))
    assert (answer.status, answer.json()["code"]) == (403, "INSUFFICIENT_RIGHTS")


def test_a_user_of_no_organization_is_not_found(admin: Any) -> None:
    student = create(admin, "ann")
    admin("DELETE", f"{USERS}/{student['id']}?convertToIndividual=true")
    answer = admin("PUT", f"{USERS}/{student['id']}", json={"firstname": "Ann"})
    assert (answer.status, answer.json()["param"]) == (404, "user")


def test_fields_that_are_no_part_of_an_account_change_nothing(admin: Any) -> None:
    body = {"id": "other", "organization": "other", "license": {"active": True}}
    assert admin("PUT", f"{USERS}/{people.TEACHER}", json=body).json()["organization"] == people.ORGANIZATION
    assert names(admin("GET", f"{USERS}?role=teacher")) == ["music.teacher"]
