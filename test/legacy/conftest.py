"""What programs of earlier generations were able to do, as data, and a clean slate for each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import flat_api
from flat_api.sandbox import Sandbox
from generator import document

FOLDER = Path(__file__).parent
NAMES: dict[str, Any] = json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))


class Contract:
    """The contract's own examples: what to call an operation with."""

    def __init__(self) -> None:
        self.document = document.load(FOLDER.parents[1] / "openapi.yaml")
        self.operations = {
            operation["operationId"]: (verb.upper(), path, operation)
            for path, item in self.document["paths"].items()
            for verb, operation in item.items()
            if verb in document.METHODS
        }

    def values(self, operation: str) -> dict[str, Any]:
        """Wire name -> example of the required parameters."""
        return {node["name"]: _example(node) for node in self._parameters(operation) if node.get("required")}

    def example(self, operation: str, argument: str) -> Any:
        """An example for a parameter, named as in Python."""
        wanted = argument.replace("_", "").lower()
        nodes = self._parameters(operation)
        return next(_example(node) for node in nodes if node["name"].replace("-", "").lower() == wanted)

    def _parameters(self, operation: str) -> list[dict[str, Any]]:
        _, path, found = self.operations[operation]
        shared = self.document["paths"][path].get("parameters", [])
        return [document.follow(self.document, node) for node in [*shared, *found.get("parameters", [])]]

    def body(self, operation: str) -> Any:
        """An example of the body, or None."""
        body = document.follow(self.document, self.operations[operation][2].get("requestBody", {}))
        return document.first_example(next(iter(body["content"].values()))) if body else None


def _example(parameter: dict[str, Any]) -> Any:
    example = document.first_example(parameter)
    return parameter["schema"].get("example", "1") if example is None else example


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def legacy_sandbox(example_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """The sandbox behind FLAT_API_HOST, and no default client or configuration before and after."""
    monkeypatch.setenv("FLAT_API_HOST", example_sandbox.url)
    _forget()
    yield example_sandbox
    _forget()


def _forget() -> None:
    client = flat_api.ApiClient._default
    if client is not None:
        client.close()
    flat_api.ApiClient.set_default(None)
    flat_api.Configuration.set_default(None)
