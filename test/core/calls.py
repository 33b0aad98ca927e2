"""Operations, a model, and short ways to call them in the core's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flat_api.api_client import ApiClient
from flat_api.model import UNSET, Model, UnsetType
from flat_api.operation import Operation, Parameter


class Thing(Model, kw_only=True):
    id: str | UnsetType = UNSET
    data: str | UnsetType = UNSET


def operation(method: str = "GET", path: str = "/things/{thing}", **fields: Any) -> Operation[Any]:
    body = {"body": lambda: Thing, "content_types": ("application/json",)} if method in ("POST", "PUT") else {}
    return Operation(
        f"{method.lower()}Thing",
        method,
        path,
        parameters=(Parameter("path", "thing", True),) if "{thing}" in path else (),
        **{"accept": ("application/json",), "answers": {200: lambda: Thing}} | body | fields,
    )


GET = operation()
FILE = operation(path="/files/{thing}", binary=True, accept=("*/*",))


def call(client: ApiClient, method: str = "GET", thing: str = "a", body: Any = None, **options: Any) -> Any:
    """Send a call and give back what it decodes to."""
    return client.call(operation(method), (thing,), options, body).data


def download(client: ApiClient, path: Path | str, thing: str = "a.wav", progress: Any = None, **options: Any) -> Path:
    return client.download(FILE, (thing,), options, path, progress)
