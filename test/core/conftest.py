"""Fixtures of the core's tests: a scripted server, and clients that talk to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server import Server

from flat_api.api_client import ApiClient
from flat_api.configuration import Configuration
from flat_api.retry import RetryPolicy

QUICK = RetryPolicy(backoff_base=0.001)
"""The usual attempts, without the usual waits."""


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("FLAT_") or name == "SSL_CERT_FILE":
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as started:
        yield started


@pytest.fixture
def client_of() -> Iterator[Callable[..., ApiClient]]:
    """Makes clients of a server that are closed after the test."""
    with ExitStack() as stack:

        def make(server: Server, access_token: str | None = "tok", **settings: Any) -> ApiClient:
            settings = {"timeout": 5, "retries": QUICK} | settings
            return stack.enter_context(ApiClient(Configuration(server.url, access_token, **settings)))

        yield make


@pytest.fixture
def client(server: Server, client_of: Callable[..., ApiClient]) -> ApiClient:
    return client_of(server)
