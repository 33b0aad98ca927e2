"""Users: the default ones, those that are added, and tokens for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flat_api.sandbox import Sandbox, people
from flat_api.sandbox.auth import issue
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store()
    yield store
    store.close()


def add(store: Store, **fields: Any) -> dict[str, Any]:
    return people.add_user(store, **{"username": "ann", "role": "user", "organization": "o", **fields})


def test_a_token_acts_as_the_user_it_is_issued_for(sandbox: Sandbox, connect: Any) -> None:
    teacher = connect(sandbox.url, sandbox.issue_token())("GET", "/me").json()
    admin = connect(sandbox.url, sandbox.issue_token(user=people.ADMIN))("GET", "/me").json()
    assert (teacher["id"], teacher["organizationRole"]) == (people.TEACHER, "teacher")
    assert (admin["id"], admin["organizationRole"]) == (people.ADMIN, "admin")
    assert admin["organization"] == teacher["organization"] == people.ORGANIZATION


def test_no_token_is_issued_for_an_unknown_user(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no user 'nobody'"):
        sandbox.issue_token(user="nobody")


def test_a_token_is_refused_after_its_expiration(sandbox: Sandbox, connect: Any) -> None:
    scopes = ["account.public_profile"]
    for date, status in (("2001-01-01T00:00:00.000Z", 401), ("2999-01-01T00:00:00.000Z", 200)):
        token = issue(sandbox._store, people.TEACHER, scopes, expirationDate=date)
        assert connect(sandbox.url, token)("GET", "/me").status == status


@pytest.mark.parametrize(
    ("role", "staff", "admin"),
    [("admin", True, True), ("accountAdmin", True, True), ("teacher", True, False), ("user", False, False)],
)
def test_the_role_tells_staff_and_administrators(store: Store, role: str, staff: bool, admin: bool) -> None:
    user = add(store, role=role)
    assert (people.is_staff(user), people.is_admin(user)) == (staff, admin)
    assert people.summary(user)["classRole"] == ("teacher" if staff else "student")


def test_a_user_is_shown_without_password_email_and_license(store: Store) -> None:
    user = add(store, email="ann@example.org", password="a secret", license={}, firstname="Ann", lastname="Lee")
    public = people.public(user)
    assert public["name"] == public["printableName"] == "Ann Lee"
    assert public.keys() & {"password", "email", "license"} == set()
    assert public.keys() >= people.summary(user).keys()


def test_a_password_is_stored_as_a_salted_hash(store: Store) -> None:
    first, second = add(store, password="a secret"), add(store, username="ben", password="a secret")
    assert "a secret" not in first["password"]
    assert first["password"] != second["password"]


@pytest.mark.parametrize("taken", [{"username": "ANN"}, {"username": "ben", "email": "Ann@example.org"}])
def test_usernames_and_addresses_are_unique_in_any_letter_case(store: Store, taken: dict[str, str]) -> None:
    add(store, email="ann@example.org")
    with pytest.raises(ApiError) as caught:
        add(store, **taken)
    assert (caught.value.status, caught.value.param) == (422, list(taken)[-1])
