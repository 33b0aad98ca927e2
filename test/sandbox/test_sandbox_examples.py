"""Every operation answers over HTTP when it is called with the examples of the contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import urllib3

from flat_api.sandbox import Sandbox
from flat_api.sandbox.app import BEHAVIORS
from flat_api.sandbox.contract import MISSING, Operation, load
from flat_api.sandbox.outgoing import UNDECLARED

_OPERATIONS = load().operations


@pytest.fixture(scope="module")
def answering() -> Iterator[Sandbox]:
    with Sandbox(examples=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False) as pool:
        yield pool


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _request(sandbox: Sandbox, operation: Operation) -> tuple[str, dict[str, str], bytes | None]:
    path, headers, query = operation.path, {"Authorization": f"Bearer {sandbox.token}"}, []
    for parameter in operation.parameters:
        example = parameter.example
        assert example is not MISSING, f"{operation.id} {parameter.name}"
        if parameter.location == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(_text(example), safe=""))
        elif parameter.location == "header":
            headers[parameter.name] = _text(example)
        else:
            values = example if isinstance(example, list) else [example]
            query += [(parameter.name, _text(value)) for value in values]
    content = operation.body.get("application/json")
    if content is not None:
        headers["Content-Type"] = content.media_type
    body = None if content is None else json.dumps(content.example).encode()
    return f"{sandbox.url}{path}?{urlencode(query)}", headers, body


@pytest.mark.parametrize("name", sorted(_OPERATIONS))
def test_an_operation_answers_its_example(answering: Sandbox, pool: urllib3.PoolManager, name: str) -> None:
    operation = _OPERATIONS[name]
    url, headers, body = _request(answering, operation)
    answer = pool.request(operation.method, url, headers=headers, body=body)
    declared = operation.success
    status = int(declared.status) if declared else UNDECLARED[name].status
    assert answer.status == status, answer.data
    assert answer.headers["X-Sandbox-Example"] == "true"
    assert "Link" not in answer.headers
    if not declared or not declared.content:
        assert answer.data == b""
        return
    content = declared.content[answer.headers["Content-Type"].partition(";")[0]]
    if content.binary or content.media_type != "application/json":
        assert answer.data
        return
    assert content.schema is not None
    assert content.schema.violation(answer.json()) is None
    assert answer.json() == content.example


def test_every_operation_behaves() -> None:
    assert BEHAVIORS.keys() == _OPERATIONS.keys()


def test_only_operations_without_a_declared_success_have_an_undeclared_one() -> None:
    assert UNDECLARED.keys() == {name for name, operation in _OPERATIONS.items() if operation.success is None}


@pytest.mark.parametrize(
    ("format_", "media_type", "start"),
    [
        ("xml", "application/vnd.recordare.musicxml+xml", b"<?xml"),
        ("mxl", "application/vnd.recordare.musicxml", b"PK"),
        ("midi", "audio/midi", b"MThd"),
        ("mp3", "audio/mp3", b"\xff\xfb"),
        ("wav", "audio/wav", b"RIFF"),
        ("thumbnail.png", "image/png", b"\x89PNG"),
    ],
)
def test_an_example_file_has_the_format_that_is_asked_for(
    answering: Sandbox, pool: urllib3.PoolManager, format_: str, media_type: str, start: bytes
) -> None:
    headers = {"Authorization": f"Bearer {answering.token}"}
    answer = pool.request("GET", f"{answering.url}/scores/s/revisions/last/{format_}", headers=headers)
    assert answer.headers["Content-Type"] == media_type
    assert answer.data.startswith(start)
