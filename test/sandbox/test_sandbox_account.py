"""The seeded user."""

from __future__ import annotations

from typing import Any


def test_me_is_a_teacher_of_an_organization(client: Any) -> None:
    user = client("GET", "/me").json()
    assert user["organizationRole"] == "teacher"
    assert user["organization"]


def test_only_id_leaves_the_rest_out(client: Any) -> None:
    user = client("GET", "/me").json()
    assert client("GET", "/me?onlyId=true").json() == {"id": user["id"]}


def test_others_do_not_see_the_private_fields(client: Any) -> None:
    user = client("GET", "/me").json()
    public = client("GET", f"/users/{user['id']}").json()
    assert public["username"] == user["username"]
    assert "isEmailVerified" in user
    assert "isEmailVerified" not in public
    assert client("GET", "/users/me").json() == public
