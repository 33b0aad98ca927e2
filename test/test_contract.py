"""openapi.yaml is valid OpenAPI, every call has examples, and every example fits its own schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT4

METHODS = ("get", "post", "put", "delete")


class Loader(yaml.CSafeLoader):
    """Reads dates as the texts they are on the wire."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


CONTRACT: dict[str, Any] = yaml.load((Path(__file__).parent.parent / "openapi.yaml").read_text("utf-8"), Loader)
REGISTRY: Registry[Any] = Registry().with_resource("urn:contract", DRAFT4.create_resource(CONTRACT))


def pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def deref(node: dict[str, Any], where: tuple[str, ...]) -> tuple[dict[str, Any], tuple[str, ...]]:
    while "$ref" in node:
        where = tuple(step.replace("~1", "/").replace("~0", "~") for step in node["$ref"][2:].split("/"))
        node = CONTRACT
        for step in where:
            node = node[step]
    return node, where


def operations() -> Iterator[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]]:
    for path, item in CONTRACT["paths"].items():
        for method in METHODS:
            if method in item:
                yield item, item[method], ("paths", path, method)


def bodies() -> Iterator[Any]:
    """Every JSON body of a request or a successful answer, with the place of its schema."""
    for _, operation, where in operations():
        if "requestBody" in operation:
            body, place = deref(operation["requestBody"], (*where, "requestBody"))
            yield from contents(f"{operation['operationId']} body", body, place)
        for status, response in operation["responses"].items():
            answer, place = deref(response, (*where, "responses", status))
            if status.startswith("2"):
                yield from contents(f"{operation['operationId']} {status}", answer, place)


def contents(name: str, node: dict[str, Any], where: tuple[str, ...]) -> Iterator[Any]:
    for media_type, content in node.get("content", {}).items():
        if media_type == "application/json" and content["schema"].get("format") != "binary":
            yield pytest.param(content, (*where, "content", media_type), id=name)


def parameters() -> Iterator[Any]:
    for item, operation, where in operations():
        for holder, place in ((item, where[:2]), (operation, where)):
            for index, parameter in enumerate(holder.get("parameters", [])):
                found, at = deref(parameter, (*place, "parameters", str(index)))
                yield pytest.param(found, at, id=f"{operation['operationId']} {found['name']}")


def complaints(value: Any, where: tuple[str, ...]) -> list[str]:
    schema = {"$ref": f"urn:contract#{pointer(*where, 'schema')}"}
    validator = OAS30Validator(schema, registry=REGISTRY, format_checker=oas30_format_checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_the_document_is_valid_openapi() -> None:
    validate(CONTRACT)


def test_there_is_a_body_example_to_check() -> None:
    assert len(list(bodies())) > 100


@pytest.mark.parametrize(("content", "where"), list(bodies()))
def test_body_example_fits_its_schema(content: dict[str, Any], where: tuple[str, ...]) -> None:
    assert "example" in content
    assert complaints(content["example"], where) == []


@pytest.mark.parametrize(("parameter", "where"), list(parameters()))
def test_parameter_example_fits_its_schema(parameter: dict[str, Any], where: tuple[str, ...]) -> None:
    assert "example" in parameter
    assert complaints(parameter["example"], where) == []


def test_a_wrong_example_would_be_found() -> None:
    where = ("components", "parameters", "PageLimit")
    assert complaints(0, where)
    assert complaints(25, where) == []
