"""Every operation through the SDK over HTTP, in a school with work in it: a success, and typed failures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import flat_api
from flat_api.sandbox import Sandbox
from flat_api.sandbox.server import Snapshot

from .furnished import EXAMPLES, OPERATIONS, School, furnish

NOBODY = "0" * 24

# Parameters in the path that are ids; the others name a format, a step or a place in a list.
_NO_IDS = {"format", "index", "step"}

# Bodies for operations that succeed without one.
_OPTIONAL_BODIES = {"createExportTask": {"parts": ["P1"]}}


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[School, Snapshot]]:
    with Sandbox() as sandbox:
        school = furnish(sandbox)
        yield school, sandbox.snapshot()
        school.people["unknown"].close()


@pytest.fixture
def school(furnished: tuple[School, Snapshot]) -> School:
    school, snapshot = furnished
    school.sandbox.restore(snapshot)
    return school


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_succeeds(school: School, name: str) -> None:
    school.call(name)
    last = school.sandbox.requests[-1]
    assert last.operation == name
    assert 200 <= last.status < 300


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_wrong_token_is_unauthorized(school: School, name: str) -> None:
    with pytest.raises(flat_api.UnauthorizedException) as caught:
        school.call(name, user="unknown")
    assert (caught.value.status, caught.value.code) == (401, "ACCESS_TOKEN_INVALID")
    assert school.sandbox.requests[-1].operation == name


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_token_without_the_scope_is_forbidden(school: School, name: str) -> None:
    with pytest.raises(flat_api.ForbiddenException) as caught:
        school.call(name, user="powerless")
    assert (caught.value.status, caught.value.code) == (403, "INSUFFICIENT_SCOPE")
    assert school.sandbox.requests[-1].operation == name


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (operation.id, one.name)
        for operation in OPERATIONS.values()
        for one in operation.parameters
        if one.location == "path" and one.name not in _NO_IDS
    ],
)
def test_an_unknown_id_is_not_found(school: School, name: str, parameter: str) -> None:
    with pytest.raises(flat_api.NotFoundException):
        school.call(name, path={parameter: NOBODY})
    assert school.sandbox.requests[-1].operation == name


@pytest.mark.parametrize("name", [name for name, one in OPERATIONS.items() if "application/json" in one.body])
def test_a_wrong_value_in_the_body_is_refused(school: School, name: str) -> None:
    body = school.body(name) or _OPTIONAL_BODIES[name]
    for key in body:
        with pytest.raises(flat_api.InvalidRequestException) as caught:
            school.call(name, body={**body, key: {"wrong": ["value"]}})
        assert caught.value.status == 422
        assert school.sandbox.requests[-1].operation == name


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (operation.id, one.name)
        for operation in OPERATIONS.values()
        for one in operation.parameters
        if one.location == "query" and one.schema.violation(["wrong"] if one.type == "array" else "wrong")
    ],
)
def test_a_wrong_value_in_the_query_is_refused(school: School, name: str, parameter: str) -> None:
    with pytest.raises(flat_api.InvalidRequestException) as caught:
        school.call(name, query={parameter: "wrong"})
    assert (caught.value.status, caught.value.param) == (422, parameter)
    assert school.sandbox.requests[-1].operation == name


def test_the_examples_are_operations_of_the_contract() -> None:
    assert EXAMPLES.keys() <= OPERATIONS.keys()
    assert len(OPERATIONS) == 123
