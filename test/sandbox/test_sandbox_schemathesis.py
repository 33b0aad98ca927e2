"""Random requests by schemathesis: no server error, and no answer outside the contract but the listed ones.

It takes a minute, so it runs with SCHEMATHESIS=1 only: `make fuzz`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flat_api.sandbox import Sandbox
from flat_api.sandbox.outgoing import AMBIGUOUS, EXCEPTIONS, JSON_ERRORS, UNDECLARED
from flat_api.sandbox.server import Snapshot

from .furnished import EXAMPLES, OPERATIONS, Example, School, furnish

if os.environ.get("SCHEMATHESIS") != "1":
    pytest.skip("takes a minute: make fuzz, or SCHEMATHESIS=1", allow_module_level=True)

import hypothesis
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
SETTINGS = hypothesis.settings(
    max_examples=int(os.environ.get("SCHEMATHESIS_EXAMPLES", "20")),
    derandomize=True,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[School, Snapshot]]:
    with Sandbox() as sandbox:
        school = furnish(sandbox)
        yield school, sandbox.snapshot()
        school.people["unknown"].close()


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    schema = schemathesis.openapi.from_path(Path(__file__).parents[2] / "openapi.yaml")
    found = [result.ok() for result in schema.get_all_operations()]
    return {operation.definition.raw["operationId"]: operation for operation in found}


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_answer_is_outside_the_contract(
    furnished: tuple[School, Snapshot], operations: dict[str, Any], name: str
) -> None:
    school, snapshot = furnished
    token = school.people[EXAMPLES.get(name, Example()).user].api_client.configuration.access_token
    headers = {"Authorization": f"Bearer {token}"}
    operation = operations[name]
    # Anything, something wrong, what is there, and what is there with a body that is right.
    path = {key: str(value) for key, value in school.path(name).items()}
    requests = [
        operation.as_strategy(),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        operation.as_strategy(path_parameters=path),
    ]
    body = school.body(name)
    if body is not None:
        requests.append(operation.as_strategy(path_parameters=path, body=body, media_type="application/json"))

    @SETTINGS
    @hypothesis.given(case=st.one_of(requests))
    def check(case: Any) -> None:
        school.sandbox.restore(snapshot)
        answer = case.call(base_url=school.sandbox.url, headers=headers)
        case.validate_response(answer, checks=_checks(name, case.query or {}, answer))

    check()


def _checks(name: str, query: dict[str, Any], answer: Any) -> list[Any]:
    status = answer.status_code
    if name in UNDECLARED and status == UNDECLARED[name].status:
        return [checks.not_a_server_error]
    excepted = set()
    if name in JSON_ERRORS and status >= 400:
        excepted.add(checks.content_type_conformance)
    if name in AMBIGUOUS or any(query.get(parameter) for operation, parameter in EXCEPTIONS if operation == name):
        excepted.add(checks.response_schema_conformance)
    declared = OPERATIONS[name].success
    if status == 200 and declared is not None and any(content.binary for content in declared.content.values()):
        # Raw bytes, also where they are JSON; schemathesis takes them for a JSON text.
        excepted.add(checks.response_schema_conformance)
    return [one for one in CHECKS if one not in excepted]
