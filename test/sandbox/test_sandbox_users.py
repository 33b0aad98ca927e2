"""Profiles, and the scores a user likes."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.sandbox import Sandbox, people
from flat_api.sandbox.score_state import like


@pytest.fixture
def admin(sandbox: Sandbox, connect: Any) -> Any:
    return connect(sandbox.url, sandbox.issue_token(user=people.ADMIN))


def liked(sandbox: Sandbox, user: str, *scores: dict[str, Any]) -> None:
    for score in scores:
        like(sandbox._store, user, score["id"])


def test_a_profile_counts_scores_and_likes(sandbox: Sandbox, client: Any, admin: Any, xml: Any) -> None:
    public, private = client.score(xml(), privacy="public"), client.score(xml())
    liked(sandbox, people.ADMIN, public, private)
    profile = admin("GET", f"/users/{people.TEACHER}").json()
    assert (profile["ownedPublicScoresCount"], profile["likesCount"]) == (1, 2)
    assert "email" not in profile
    assert admin("GET", "/users/me").json()["likedScoresCount"] == 1


def test_a_private_profile_is_for_the_organization(sandbox: Sandbox, admin: Any, connect: Any) -> None:
    student = admin("POST", "/organizations/users", json={"username": "ann", "password": "a secret"}).json()
    other = connect(sandbox.url, sandbox.issue_token(user=student["id"]))
    assert other("GET", f"/users/{people.TEACHER}").status == 200
    admin("DELETE", f"/organizations/users/{student['id']}?convertToIndividual=true")
    answer = other("GET", f"/users/{people.TEACHER}")
    assert (answer.status, answer.json()["param"]) == (404, "user")
    assert admin("GET", f"/users/{student['id']}").status == 200


def test_liked_scores_come_in_pages_as_far_as_they_can_be_read(
    sandbox: Sandbox, client: Any, admin: Any, xml: Any
) -> None:
    scores = [client.score(xml(f"Round {number}"), privacy="public") for number in range(3)]
    liked(sandbox, people.ADMIN, *scores, client.score(xml("Private")))
    path = f"/users/{people.ADMIN}/likes"
    first = admin("GET", f"{path}?limit=2")
    assert [score["title"] for score in first.json()] == ["Round 2", "Round 1"]
    assert all(score["me"]["isLiked"] and score["user"]["id"] == people.TEACHER for score in first.json())
    following = first.headers["Link"].split(">")[0].lstrip("<")
    assert [score["title"] for score in admin("GET", following).json()] == ["Round 0"]
    assert len(client("GET", path).json()) == 4


def test_ids_leaves_the_details_out(sandbox: Sandbox, client: Any, xml: Any) -> None:
    score = client.score(xml())
    liked(sandbox, people.TEACHER, score)
    assert client("GET", "/users/me/likes?ids=true").json() == [{"id": score["id"]}]
    client("DELETE", f"/scores/{score['id']}")
    assert client("GET", "/users/me/likes?ids=true").json() == []


@pytest.mark.parametrize("path", ["/users/nobody", "/users/nobody/likes"])
def test_an_unknown_user_is_named(client: Any, path: str) -> None:
    answer = client("GET", path)
    assert (answer.status, answer.json()["code"], answer.json()["param"]) == (404, "USER_NOT_FOUND", "user")
