"""A pytest plugin: the fixture `flat_sandbox`, one server for all tests, reset for each.

A test fails when a fault that it armed did not fire as often as it was armed for. With pytest-xdist, each worker
process has a server of its own. Nothing is imported before a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flat_api.sandbox import Sandbox

_SANDBOX: pytest.StashKey[Sandbox] = pytest.StashKey()


@pytest.fixture(scope="session")
def flat_sandbox_server() -> Iterator[Sandbox]:
    """The server behind `flat_sandbox`, which is not reset; override it to start it with other settings."""
    from flat_api.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def flat_sandbox(flat_sandbox_server: Sandbox, request: pytest.FixtureRequest) -> Sandbox:
    """A local Flat API (`flat_api.sandbox.Sandbox`), as new for each test."""
    flat_sandbox_server.reset()
    request.node.stash[_SANDBOX] = flat_sandbox_server
    return flat_sandbox_server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test that passed although an armed fault did not fire."""
    result = yield
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is not None:
        unfired = sandbox.faults.unfired()
        if unfired:
            pytest.fail("Armed faults did not fire: " + "; ".join(map(str, unfired)), pytrace=False)
    return result
