"""The contract is loaded whole, its schemas are understood, and every operation is found by its path."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from flat_api.sandbox.contract import load
from flat_api.sandbox.errors import ApiError
from flat_api.sandbox.schemas import Registry


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(files("flat_api.sandbox").joinpath("openapi.json").read_bytes())


def test_the_contract_has_every_operation(document: Any) -> None:
    contract = load()
    assert contract.version == "2.26.2"
    assert contract.base_path == "/v2"
    assert len(contract.operations) == 123
    assert len(document["components"]["schemas"]) == 160


def test_every_scope_of_an_operation_is_a_known_scope() -> None:
    contract = load()
    for operation in contract.operations.values():
        assert operation.scopes, operation.id
        assert contract.scopes.issuperset(operation.scopes), operation.id


def test_query_lists_are_repeated_parameters(document: Any) -> None:
    # The reader of parameters knows this one form alone; another one in the contract must not go unseen.
    assert '"style"' not in json.dumps(document["paths"])
    assert '"explode"' not in json.dumps(document["paths"])


def test_every_path_leads_to_its_operation() -> None:
    contract = load()
    for operation in contract.operations.values():
        found, values = contract.match(operation.method, "/v2" + operation.path.replace("{", "").replace("}", ""))
        assert found is operation
        assert values == {name: name for name in values}


def test_an_escaped_slash_stays_in_its_segment() -> None:
    contract = load()
    _, values = contract.match("GET", "/v2/scores/a%2Fb%20c")
    assert values == {"score": "a/b c"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/scores/", 404),
        ("GET", "/v2/nothing", 404),
        ("GET", "/v2", 404),
        ("GET", "/scores/x", 404),
        ("GET", "/v2/scores/%ff", 404),
        ("PATCH", "/v2/scores/x", 405),
        ("GET", "/v2/scores", 405),
    ],
)
def test_other_paths_and_methods_are_refused(method: str, path: str, status: int) -> None:
    contract = load()
    with pytest.raises(ApiError) as caught:
        contract.match(method, path)
    assert caught.value.status == status


_COMPONENTS: dict[str, Any] = {
    "Name": {"type": "string", "enum": ["a", "b"], "nullable": True},
    "Cat": {"type": "object", "required": ["kind", "lives"], "properties": {"kind": {"type": "string"}}},
    "Dog": {"type": "object", "required": ["kind"], "properties": {"default": {"type": "integer"}}},
    "Pet": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
        },
    },
    "Import": {
        "oneOf": [
            {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}},
            {"type": "object", "required": ["source"]},
        ]
    },
}


@pytest.mark.parametrize(
    ("schema", "value", "path", "message"),
    [
        ("Name", "a", None, None),
        ("Name", None, None, None),
        ("Name", "c", "$", '"c" is not one of "a", "b", null.'),
        ("Pet", {"kind": "dog"}, None, None),
        ("Pet", {"kind": "cat"}, "$.lives", "is required."),
        ("Pet", {"kind": "cow"}, "$.kind", '"cow" is not one of "cat", "dog".'),
        ("Pet", {}, "$.kind", "is required."),
        ("Pet", {"kind": "dog", "default": "x"}, "$.default", '"x" is not of type "integer".'),
        ("Import", {"data": 1}, "$.data", '1 is not of type "string".'),
        ("Import", {}, "$", "fits none of the allowed forms: data is required, or source is required."),
        (
            "Import",
            {"data": "d", "source": 1},
            "$",
            "fits more than one of the allowed forms; send only one of them.",
        ),
    ],
)
def test_a_violation_names_the_place_and_the_reason(
    schema: str, value: Any, path: str | None, message: str | None
) -> None:
    found = Registry(_COMPONENTS).schema({"$ref": f"#/components/schemas/{schema}"}).violation(value)
    assert (found.json_path if found else None, found.message if found else None) == (path, message)


@pytest.mark.parametrize(
    ("format_", "right", "wrong"),
    [
        ("date-time", "2026-03-14T09:26:53.000Z", "14 March"),
        ("url", "https://flat.io/score/1", "flat.io"),
        ("email", "teacher@example.com", "teacher"),
        ("uuid", "5f1c2a34-7b1e-4d0a-9c55-0a1b2c3d4e10", "5f1c"),
        ("byte", "Zm9v", "Zm9"),
    ],
)
def test_formats_are_checked(format_: str, right: str, wrong: str) -> None:
    schema = Registry({}).schema({"type": "string", "format": format_})
    assert schema.violation(right) is None
    assert schema.violation(wrong) is not None
