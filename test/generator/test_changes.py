"""What changes of the contract mean for callers, each made in a copy of the real contract."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable
from typing import Any

import pytest

import generator
from generator import document, overrides
from generator.changes import comparison, release, surface
from generator.changes.change import Change, Weight

B, A, D = Weight.BREAKING, Weight.ADDITIVE, Weight.DOCUMENTATION
Contract = dict[str, Any]
Told = set[tuple[Weight, str, str]]


@functools.cache
def _original() -> Contract:
    return document.load(generator.ROOT / "openapi.yaml")


@functools.cache
def _rules() -> list[dict[str, Any]]:
    return overrides.load(generator.ROOT / "generator/overrides.yaml")


def _surface(contract: Contract) -> surface.Surface:
    return surface.read(surface.overridden(contract, _rules()), frozenset())


@functools.cache
def _before() -> surface.Surface:
    return _surface(_original())


def changes(change: Callable[[Contract], object]) -> list[Change]:
    """What is told after a change of the contract."""
    contract = copy.deepcopy(_original())
    change(contract)
    return comparison.compare(_before(), _surface(contract))


def told(change: Callable[[Contract], object]) -> Told:
    """Weight, subject and text of the same."""
    return {(one.weight, one.owner + one.member, one.text) for one in changes(change)}


def _schema(contract: Contract, name: str) -> dict[str, Any]:
    found: dict[str, Any] = contract["components"]["schemas"][name]
    return found


def _own(contract: Contract, name: str) -> dict[str, Any]:
    """The part of an allOf schema that holds its own properties."""
    found: dict[str, Any] = _schema(contract, name)["allOf"][-1]
    return found


def _rename_schema(contract: Contract, old: str, new: str) -> None:
    text = json.dumps(contract).replace(f'schemas/{old}"', f'schemas/{new}"')
    contract.update(json.loads(text))
    contract["components"]["schemas"][new] = contract["components"]["schemas"].pop(old)


_BANDS: dict[str, Any] = {
    "operationId": "listBands",
    "tags": ["Group"],
    "summary": "List bands",
    "responses": {
        "200": {
            "description": "The bands.",
            "content": {
                "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Band"}}}
            },
        }
    },
}


def test_the_same_contract_has_no_changes() -> None:
    assert told(lambda contract: None) == set()


def test_an_added_operation_with_a_model_of_its_own() -> None:
    def change(contract: Contract) -> None:
        contract["paths"]["/bands"] = {"get": _BANDS}
        contract["components"]["schemas"]["Band"] = {"type": "object", "properties": {"id": {"type": "string"}}}

    assert told(change) == {
        (A, "list_bands", "operation added: `GET /bands`, returns `list[Band]`"),
        (A, "Band", "model added (1 field)"),
    }


def test_a_removed_operation() -> None:
    found = told(lambda contract: contract["paths"]["/classes"].pop("get"))
    assert found == {(B, "list_classes", "operation removed (`GET /classes`)")}


def test_a_renamed_operation_keeps_being_compared() -> None:
    def change(contract: Contract) -> None:
        operation = contract["paths"]["/classes"]["get"]
        operation["operationId"] = "listAllClasses"
        operation["deprecated"] = True

    assert told(change) == {
        (B, "list_classes", "operation probably renamed to `list_all_classes`"),
        (A, "list_all_classes", "deprecated"),
    }


def test_a_deprecated_operation() -> None:
    found = told(lambda contract: contract["paths"]["/classes"]["get"].update(deprecated=True))
    assert found == {(A, "list_classes", "deprecated")}


def test_another_route_is_the_sdks_business() -> None:
    found = told(lambda contract: contract["paths"].update({"/courses": contract["paths"].pop("/classes")}))
    assert (D, "list_classes", "is `GET /courses` now, it was `GET /classes`") in found
    assert {weight for weight, _, _ in found} == {D}


def test_another_tag_moves_a_method() -> None:
    found = told(lambda contract: contract["paths"]["/classes"]["get"].update(tags=["Group"]))
    assert found == {
        (B, "list_classes", "is not in ClassApi any more, but in GroupApi"),
        (A, "list_classes", "is in GroupApi now"),
    }


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        (True, (B, "list_classes(school_year)", "required argument added: `int`")),
        (False, (A, "list_classes(school_year)", "optional argument added: `int`")),
    ],
)
def test_an_added_parameter(required: bool, expected: tuple[Weight, str, str]) -> None:
    parameter = {"name": "schoolYear", "in": "query", "required": required, "schema": {"type": "integer"}}
    assert told(lambda contract: contract["paths"]["/classes"]["get"]["parameters"].append(parameter)) == {expected}


def test_a_removed_a_required_and_a_deprecated_parameter() -> None:
    state = _original()["paths"]["/classes"]["get"]["parameters"][0]
    assert state["name"] == "state"

    def with_state(**changed: Any) -> Told:
        def change(contract: Contract) -> None:
            contract["paths"]["/classes"]["get"]["parameters"][0].update(changed)

        return told(change)

    removed = told(lambda contract: contract["paths"]["/classes"]["get"].pop("parameters"))
    assert (B, "list_classes(state)", "argument removed") in removed
    assert with_state(required=True) == {(B, "list_classes(state)", "is required now")}
    assert with_state(deprecated=True) == {(A, "list_classes(state)", "deprecated")}
    assert with_state(schema={**state["schema"], "enum": ["active", "all"]}) == {
        (B, "list_classes(state)", 'value `"inactive"` removed'),
        (B, "list_classes(state)", 'value `"archived"` removed'),
        (A, "list_classes(state)", 'value `"all"` added'),
    }
    assert with_state(schema={"type": "string", "default": "active"}) == {
        (A, "list_classes(state)", 'any value is allowed now, it was one of `"active"`, `"inactive"`, `"archived"`')
    }
    assert with_state(schema={**state["schema"], "default": "archived"}) == {
        (D, "list_classes", "documentation changed: `state`")
    }


@pytest.mark.parametrize(
    ("limit", "weight", "text"),
    [
        ({"maximum": 20}, B, "limit maximum `100` -> `20`"),
        ({"maximum": 500}, A, "limit maximum `100` -> `500`"),
        ({"minimum": 0}, A, "limit minimum `1` -> `0`"),
        ({"multipleOf": 5}, B, "limit added: multipleOf `5`"),
    ],
)
def test_limits_of_a_shared_parameter_are_told_once(limit: dict[str, int], weight: Weight, text: str) -> None:
    found = changes(lambda contract: contract["components"]["parameters"]["PageLimit"]["schema"].update(limit))
    assert [(one.weight, one.member, one.text) for one in found] == [(weight, "(limit)", text)]
    assert {found[0].owner, *found[0].also} >= {"list_collections", "get_user_likes"}


def test_a_parameter_that_becomes_optional_loses_its_position() -> None:
    def change(contract: Contract) -> None:
        contract["paths"]["/classes"]["get"]["parameters"][0]["required"] = True

    contract = copy.deepcopy(_original())
    change(contract)
    found = comparison.compare(_surface(contract), _before())
    assert {(one.weight, one.text) for one in found} == {(A, "is optional now"), (B, "is passed by keyword only now")}


def test_the_order_of_positional_arguments() -> None:
    def change(contract: Contract) -> None:
        contract["paths"]["/classes/{class}/users/{user}"]["parameters"].reverse()

    assert told(change) >= {(B, "add_class_user", "positional arguments come in the order user, class_")}


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([["edu.classes"]], {(B, "the scope `edu.classes.readonly` is not enough any more")}),
        ([["edu.classes"], ["edu.classes.readonly"], ["edu.admin"]], {(A, "the scope `edu.admin` is enough, too")}),
        ([[]], {(A, "needs no scope any more")}),
    ],
)
def test_scopes(security: list[list[str]], expected: set[tuple[Weight, str]]) -> None:
    wanted = [{"OAuth2": scopes} for scopes in security]
    found = told(lambda contract: contract["paths"]["/classes"]["get"].update(security=wanted))
    assert found == {(weight, "list_classes", text) for weight, text in expected}


def test_a_scope_where_there_was_none() -> None:
    def change(contract: Contract) -> None:
        contract["paths"]["/classes"]["get"]["security"] = [{"OAuth2": []}]

    contract = copy.deepcopy(_original())
    change(contract)
    assert [(one.weight, one.text) for one in comparison.compare(_surface(contract), _before())] == [
        (B, "needs a scope now: `edu.classes` or `edu.classes.readonly`")
    ]


def test_the_scopes_of_the_api() -> None:
    def change(contract: Contract) -> None:
        scopes = contract["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]["scopes"]
        del scopes["omr"]
        scopes["bands"] = "Bands."

    assert told(change) == {(B, "OAuth2", "scope `omr` removed"), (A, "OAuth2", "scope `bands` added")}


def test_the_request_body() -> None:
    def body(contract: Contract) -> dict[str, Any]:
        found: dict[str, Any] = contract["paths"]["/classes"]["post"]["requestBody"]
        return found

    found = told(lambda contract: contract["paths"]["/classes"]["post"].pop("requestBody"))
    assert (B, "create_class(body)", "request body removed") in found
    found = told(
        lambda contract: body(contract)["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/ClassUpdate"}
        )
    )
    text = "type `ClassCreation | dict[str, Any]` -> `ClassUpdate | dict[str, Any]`"
    assert (B, "create_class(body)", text) in found
    assert told(lambda contract: body(contract).update(required=not body(contract).get("required", False))) == {
        (A, "create_class(body)", "is optional now")
    }


def _answer(contract: Contract, schema: dict[str, Any]) -> None:
    contract["paths"]["/classes"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = schema


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "object"}, (B, "returns `dict[str, Any]` now, it was `list[ClassDetails]`")),
        (
            {"type": "array", "nullable": True, "items": {"$ref": "#/components/schemas/ClassDetails"}},
            (B, "returns `list[ClassDetails] | None` now, it was `list[ClassDetails]`"),
        ),
    ],
)
def test_the_answer(schema: dict[str, Any], expected: tuple[Weight, str]) -> None:
    found = told(lambda contract: _answer(contract, schema))
    assert (expected[0], "list_classes", expected[1]) in found


def test_an_answer_in_pages_is_still_a_list() -> None:
    def change(contract: Contract) -> None:
        references = [{"$ref": f"#/components/parameters/{name}Cursor"} for name in ("Next", "Previous")]
        contract["paths"]["/classes"]["get"]["parameters"] += references

    text = "returns `Page[ClassDetails]` now, it was `list[ClassDetails]`"
    assert (A, "list_classes", text) in told(change)


# Models.


def test_a_removed_field_is_told_once_for_all_classes_that_inherit_it() -> None:
    def change(contract: Contract) -> None:
        del _own(contract, "ScoreDetails")["properties"]["durationTime"]
        summary = _schema(contract, "ScoreSummary")
        del summary["properties"]["htmlUrl"]
        summary["required"].remove("htmlUrl")

    found = changes(change)
    assert {(one.weight, one.member, one.text) for one in found} == {
        (B, ".duration_time", "field removed (`int | float`)"),
        (B, ".html_url", "field removed (`str`)"),
    }
    shared = next(one for one in found if one.member == ".html_url")
    assert {shared.owner, *shared.also} == {"ScoreSummary", "ScoreDetails"}


@pytest.mark.parametrize(
    ("schema", "required", "weight", "text"),
    [
        ("ClassDetails", True, A, "required field added: `str`"),
        ("ClassDetails", False, A, "optional field added: `str`"),
        ("ClassUpdate", True, B, "required field added: `str`"),
        ("ClassUpdate", False, A, "optional field added: `str`"),
    ],
)
def test_an_added_field(schema: str, required: bool, weight: Weight, text: str) -> None:
    def change(contract: Contract) -> None:
        _schema(contract, schema)["properties"]["schoolYear"] = {"type": "string"}
        if required:
            _schema(contract, schema).setdefault("required", []).append("schoolYear")

    assert told(change) == {(weight, f"{schema}.school_year", text)}


def test_a_changed_type() -> None:
    def change(contract: Contract) -> None:
        _schema(contract, "ClassDetails")["properties"]["assignmentsCount"]["type"] = "string"

    assert told(change) == {(B, "ClassDetails.assignments_count", "type `int | float` -> `str`")}


@pytest.mark.parametrize(
    ("schema", "kind", "weight"),
    [("ClassDetails", "integer", A), ("ClassUpdate", "integer", B)],
)
def test_a_narrower_type_breaks_those_who_send_it(schema: str, kind: str, weight: Weight) -> None:
    name = {"ClassDetails": "assignmentsCount", "ClassUpdate": "size"}[schema]
    found = told(lambda contract: _schema(contract, schema)["properties"][name].update(type=kind))
    assert {weight for weight, _, _ in found} == {weight}


@pytest.mark.parametrize(
    ("schema", "name", "weight", "text"),
    [
        ("ClassDetails", "name", B, "may be null now"),
        # Optional in an answer: None is what typed programs expect already.
        ("ClassDetails", "section", D, "may be null now"),
        ("ClassUpdate", "name", A, "may be null now"),
    ],
)
def test_a_field_becomes_nullable(schema: str, name: str, weight: Weight, text: str) -> None:
    found = told(lambda contract: _schema(contract, schema)["properties"][name].update(nullable=True))
    assert found == {(weight, f"{schema}.{name}", text)}


def test_a_field_is_never_null_any_more() -> None:
    found = told(lambda contract: _schema(contract, "ClassUpdate")["properties"]["size"].pop("nullable"))
    assert found == {(B, "ClassUpdate.size", "is never null now")}


@pytest.mark.parametrize(
    ("schema", "required", "weight", "text"),
    [
        ("ClassDetails", ["creationDate", "id", "name"], B, "ClassDetails.state: is optional now"),
        (
            "ClassDetails",
            ["creationDate", "id", "name", "state", "section"],
            A,
            "ClassDetails.section: is required now",
        ),
        ("ClassUpdate", ["section"], B, "ClassUpdate.section: is required now"),
    ],
)
def test_a_field_becomes_required_or_optional(schema: str, required: list[str], weight: Weight, text: str) -> None:
    found = told(lambda contract: _schema(contract, schema).update(required=required))
    assert {(weight, f"{subject}: {words}") for weight, subject, words in found} == {(weight, text)}


@pytest.mark.parametrize(("length", "weight"), [(100, B), (500, A)])
def test_limits_of_a_request(length: int, weight: Weight) -> None:
    found = told(lambda contract: _schema(contract, "ClassUpdate")["properties"]["name"].update(maxLength=length))
    assert found == {(weight, "ClassUpdate.name", f"limit maxLength `255` -> `{length}`")}


def test_a_deprecated_field() -> None:
    found = told(lambda contract: _schema(contract, "ClassDetails")["properties"]["section"].update(deprecated=True))
    assert found == {(A, "ClassDetails.section", "deprecated")}


def test_enum_values() -> None:
    found = told(lambda contract: _schema(contract, "ClassState").update(enum=["active", "archived", "deleted", "new"]))
    assert found == {
        (B, "ClassState.INACTIVE", 'value `"inactive"` removed'),
        (A, "ClassState.NEW", 'value `"new"` added'),
    }


def test_variants() -> None:
    def change(contract: Contract) -> None:
        del _schema(contract, "ScoreCreation")["oneOf"][0]
        _schema(contract, "ScoreCreation")["oneOf"].append({"$ref": "#/components/schemas/ScoreFork"})

    assert told(change) >= {
        (B, "ScoreCreation", "is never ScoreCreationBuilderData now"),
        (A, "ScoreCreation", "may be ScoreFork, too"),
    }


def test_another_kind_of_class() -> None:
    def change(contract: Contract) -> None:
        contract["components"]["schemas"]["ClassState"] = {"type": "object", "properties": {"name": {"type": "string"}}}

    assert told(change) == {(B, "ClassState", "is a class with fields now, it was an enum")}


def test_an_answer_that_requests_carry_as_well() -> None:
    def change(contract: Contract) -> None:
        content = contract["paths"]["/classes/{class}"]["put"]["requestBody"]["content"]["application/json"]
        content["schema"] = {"$ref": "#/components/schemas/ClassDetails"}

    text = "an absent optional field is `UNSET`, it was `None`: requests carry this class now"
    assert (B, "ClassDetails", text) in told(change)


def test_a_renamed_schema_brings_its_inner_classes_and_hides_nothing() -> None:
    def change(contract: Contract) -> None:
        _rename_schema(contract, "ClassDetails", "Classroom")
        del _schema(contract, "Classroom")["properties"]["section"]
        _schema(contract, "Classroom")["properties"]["mfc"]["properties"]["id"]["type"] = "integer"

    found = told(change)
    (renamed,) = [one for one in found if one[1] == "ClassDetails"]
    assert renamed[0] == B
    assert renamed[2].startswith("model probably renamed to `Classroom`, and so what is inside: ClassDetailsCanvas, ")
    assert found - {renamed} == {
        (B, "Classroom.section", "field removed (`str`)"),
        (B, "ClassroomMfc.id", "type `str` -> `int`"),
    }


def test_a_renamed_enum_and_a_renamed_family() -> None:
    def change(contract: Contract) -> None:
        _rename_schema(contract, "ScorePrivacy", "ScoreVisibility")
        _rename_schema(contract, "ScoreCreation", "NewScore")

    assert told(change) == {
        (B, "ScorePrivacy", "model probably renamed to `ScoreVisibility`"),
        (B, "ScoreCreation", "model probably renamed to `NewScore`"),
    }


def test_small_things_alike_by_chance_are_no_renames() -> None:
    def change(contract: Contract) -> None:
        del contract["paths"]["/bands"]
        contract["paths"]["/rooms"] = {"get": json.loads(json.dumps(_BANDS).replace("Band", "Room"))}
        contract["components"]["schemas"]["Room"] = contract["components"]["schemas"].pop("Band")

    contract = copy.deepcopy(_original())
    contract["paths"]["/bands"] = {"get": _BANDS}
    contract["components"]["schemas"]["Band"] = {"type": "object", "properties": {"id": {"type": "string"}}}
    before = _surface(contract)
    change(contract)
    assert {(one.weight, one.owner, one.text) for one in comparison.compare(before, _surface(contract))} == {
        (B, "list_bands", "operation removed (`GET /bands`)"),
        (A, "list_rooms", "operation added: `GET /rooms`, returns `list[Room]`"),
        (B, "Band", "model removed"),
        (A, "Room", "model added (1 field)"),
    }


def test_prose_and_examples_are_documentation() -> None:
    def change(contract: Contract) -> None:
        contract["info"]["version"] = "2.27.0"
        contract["paths"]["/classes"]["get"]["summary"] = "Classes"
        contract["paths"]["/classes"]["get"]["parameters"][0]["example"] = "archived"
        _schema(contract, "ClassState")["description"] = "The state."
        _schema(contract, "ClassDetails")["properties"]["section"]["description"] = "The section."

    assert told(change) == {
        (D, "API", f"version {_original()['info']['version']} -> 2.27.0"),
        (D, "list_classes", "documentation changed: summary, examples"),
        (D, "ClassState", "documentation changed: description"),
        (D, "ClassDetails", "documentation changed: `section`"),
    }


def test_several_changes_at_once_are_all_told() -> None:
    def change(contract: Contract) -> None:
        operation = contract["paths"]["/classes"]["get"]
        operation["deprecated"] = True
        operation["parameters"].append({"name": "year", "in": "query", "required": True, "schema": {"type": "integer"}})
        _schema(contract, "ScorePrivacy")["enum"].append("embargoed")
        del _own(contract, "ScoreDetails")["properties"]["mainTempoQpm"]
        _rename_schema(contract, "GroupDetails", "GroupInFull")

    assert told(change) == {
        (A, "list_classes", "deprecated"),
        (B, "list_classes(year)", "required argument added: `int`"),
        (A, "ScorePrivacy.EMBARGOED", 'value `"embargoed"` added'),
        (B, "ScoreDetails.main_tempo_qpm", "field removed (`int | float`)"),
        (B, "GroupDetails", "model probably renamed to `GroupInFull`"),
    }


# The next version.


@pytest.mark.parametrize(
    ("version", "weight", "expected"),
    [
        ("3.1.4", B, ("4.0.0", "major")),
        ("3.1.4", A, ("3.2.0", "minor")),
        ("3.1.4", D, ("3.1.5", "patch")),
        ("0.7.2", B, ("0.8.0", "minor")),
        ("0.7.2", A, ("0.7.3", "patch")),
    ],
)
def test_the_next_version(version: str, weight: Weight, expected: tuple[str, str]) -> None:
    assert release.following(version, [Change(D, "API", "prose"), Change(weight, "API", "more")]) == expected


def test_a_version_that_is_none() -> None:
    with pytest.raises(document.ContractError, match=r"The version 3\.0 must be X\.Y\.Z"):
        release.following("3.0", [Change(D, "API", "prose")])
    with pytest.raises(document.ContractError, match="has no line `__version__"):
        release.read("version = 3\n")
