"""The LTI links of the organization, in their present and their older form."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.sandbox import Sandbox, people

CONFIGURATIONS = "/organizations/lti/configurations"
CREDENTIALS = "/organizations/lti/credentials"
MANUAL = {
    "mode": "1p3-manual",
    "platformName": "Moodle",
    "platformIss": "https://lms.example.org",
    "clientId": "client-1",
    "deploymentId": "1",
    "authorizationUrl": "https://lms.example.org/auth",
    "accessTokenUrl": "https://lms.example.org/token",
    "jwksUrl": "https://lms.example.org/jwks",
}


@pytest.fixture
def admin(sandbox: Sandbox, connect: Any) -> Any:
    return connect(sandbox.url, sandbox.issue_token(user=people.ADMIN))


def create(admin: Any, **body: Any) -> dict[str, Any]:
    answer = admin("POST", CONFIGURATIONS, json=body)
    assert answer.status == 200, answer.data
    configuration: dict[str, Any] = answer.json()
    return configuration


def test_a_configuration_of_lti_1_1_has_key_and_secret(admin: Any) -> None:
    made = create(admin, mode="1p1-manual", name="Moodle", lms="moodle")
    assert (made["ltiVersion"], made["status"]) == ("1p1", "ready-to-use")
    assert made["consumerKey"]
    assert made["consumerSecret"]
    assert (made["organizationName"], made["creatorId"]) == ("Example School", people.ADMIN)


def test_a_manual_configuration_becomes_complete(admin: Any) -> None:
    made = create(admin, mode="1p3-manual", platformName="Moodle")
    assert made["status"] == "incomplete-setup"
    assert made["initiateLoginUrl"]
    changes = {name: value for name, value in MANUAL.items() if name != "mode"}
    changed = admin("PUT", f"{CONFIGURATIONS}/{made['id']}", json=changes).json()
    assert changed["status"] == "ready-to-use"
    assert changed.items() >= changes.items()
    assert admin("GET", CONFIGURATIONS).json() == [changed]


def test_a_dynamic_configuration_has_an_address_for_the_lms(admin: Any) -> None:
    made = create(admin, mode="1p3-dynamic", platformInfo={"name": "Moodle"})
    assert (made["status"], made["platformName"]) == ("incomplete-setup", "Moodle")
    assert made["registrationToken"] in made["registrationUrl"]
    assert made["registrationTokenUsed"] is False


def test_a_deployment_belongs_to_the_configuration_of_its_client(admin: Any) -> None:
    parent = create(admin, **MANUAL)
    body = {"mode": "1p3-deployment", "deploymentId": "2", "deploymentType": "course", "clientId": "client-1"}
    made = create(admin, **body)
    assert (made["parentId"], made["platformName"], made["deploymentBreakdownBy"]) == (
        parent["id"],
        "Moodle",
        "course",
    )
    assert "parentId" not in create(admin, **{**body, "clientId": "another"})


@pytest.mark.parametrize(
    ("mode", "field"),
    [
        ("1p1-manual", "clientId"),
        ("1p3-deployment", "platformName"),
        ("1p3-dynamic", "deploymentBreakdownId"),
        ("1p3-manual", "mode"),
    ],
)
def test_a_field_that_the_mode_does_not_take_is_named(admin: Any, mode: str, field: str) -> None:
    made = create(admin, mode=mode, **({"deploymentId": "1", "deploymentType": "course"} if "dep" in mode else {}))
    answer = admin("PUT", f"{CONFIGURATIONS}/{made['id']}", json={field: "x"})
    assert (answer.status, answer.json()["param"]) == (422, field)
    assert admin("PUT", f"{CONFIGURATIONS}/{made['id']}", json={"enableEmailMatching": False}).status == 200


def test_a_configuration_is_deleted_for_good(admin: Any) -> None:
    path = f"{CONFIGURATIONS}/{create(admin, mode='1p3-manual')['id']}"
    assert admin("DELETE", path).status == 204
    again = admin("DELETE", path)
    assert (again.status, again.json()["param"]) == (404, "configuration")
    assert admin("GET", CONFIGURATIONS).json() == []


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"mode": "1p3-deployment", "deploymentType": "course"}, "deploymentId"),
        ({"mode": "1p3-manual", "jwksUrl": "nowhere"}, "jwksUrl"),
        ({"mode": "2p0"}, "mode"),
    ],
)
def test_a_wrong_configuration_names_its_field(admin: Any, body: Any, param: str) -> None:
    answer = admin("POST", CONFIGURATIONS, json=body)
    assert (answer.status, answer.json()["param"]) == (422, param)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"clientId": None}, "clientId"),
        ({"clientId": 5}, "clientId"),
        ({"authorizationUrl": "nowhere"}, "authorizationUrl"),
    ],
)
def test_a_wrong_change_is_refused_although_it_would_do_for_another_mode(admin: Any, fields: Any, param: str) -> None:
    made = create(admin, mode="1p3-manual")
    answer = admin("PUT", f"{CONFIGURATIONS}/{made['id']}", json=fields)
    assert (answer.status, answer.json()["param"]) == (422, param)
    assert admin("GET", CONFIGURATIONS).json() == [made]


def test_credentials_are_configurations_of_lti_1_1(admin: Any) -> None:
    made = admin("POST", CREDENTIALS, json={"name": "Music", "lms": "moodle"}).json()
    other = create(admin, mode="1p1-manual", name="Other", lms="home-made")
    standalone = create(admin, mode="1p3-manual")
    assert [one["id"] for one in admin("GET", CONFIGURATIONS).json()] == [made["id"], other["id"], standalone["id"]]
    listed = admin("GET", CREDENTIALS).json()
    assert [(one["name"], one["lms"]) for one in listed] == [("Music", "moodle"), ("Other", "other")]
    assert listed[0] == made
    assert admin("DELETE", f"{CREDENTIALS}/{standalone['id']}").status == 404
    assert admin("DELETE", f"{CREDENTIALS}/{made['id']}").status == 204
    assert [one["id"] for one in admin("GET", CREDENTIALS).json()] == [other["id"]]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", CONFIGURATIONS, None),
        ("POST", CONFIGURATIONS, {"mode": "1p3-manual"}),
        ("PUT", f"{CONFIGURATIONS}/any", {}),
        ("DELETE", f"{CONFIGURATIONS}/any", None),
        ("GET", CREDENTIALS, None),
        ("POST", CREDENTIALS, {"name": "Music", "lms": "moodle"}),
        ("DELETE", f"{CREDENTIALS}/any", None),
    ],
)
def test_neither_teachers_nor_account_administrators_see_them(
    admin: Any, client: Any, method: str, path: str, body: Any
) -> None:
    for role in ("teacher", "accountAdmin"):
        admin("PUT", f"/organizations/users/{people.TEACHER}", json={"organizationRole": role})
        answer = client(method, path, **({"json": body} if body is not None else {}))
        assert (answer.status, answer.json()["code"]) == (403, "INSUFFICIENT_RIGHTS")
