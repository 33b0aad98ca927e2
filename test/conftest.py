"""Fixtures of the generated tests: a sandbox that answers every operation with the contract's example."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import flat_api
from flat_api.sandbox import RecordedRequest, Sandbox


@pytest.fixture(scope="session")
def example_sandbox() -> Iterator[Sandbox]:
    with Sandbox(port=0, examples=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def api(example_sandbox: Sandbox) -> Iterator[flat_api.ApiClient]:
    """A client of the sandbox; an answer that does not fit the contract is an error."""
    configuration = flat_api.Configuration(example_sandbox.url, example_sandbox.token, retries=0, strict=True)
    with flat_api.ApiClient(configuration) as client:
        yield client


@pytest.fixture
def sent(example_sandbox: Sandbox) -> Callable[[], RecordedRequest]:
    """Gives the last request that reached the sandbox."""
    return lambda: example_sandbox.requests[-1]
