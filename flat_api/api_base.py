"""ApiBase: what every generated Api class stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flat_api.api_client import _OPTIONS, ApiClient

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from flat_api.api_response import ApiResponse
    from flat_api.download import Progress
    from flat_api.operation import Operation, RequestOptions
    from flat_api.rest import StreamingResponse

T = TypeVar("T")

_WITH_EARLIER_NAMES = frozenset({"ClassApi", "CollectionApi", "OrganizationApi", "ScoreApi", "UserApi"})


class ApiBase:
    """The operations of one tag, called through a shared `ApiClient`.

    Args:
        api_client: The client to use; without one, a client with the default configuration.
    """

    def __init__(self, api_client: ApiClient | None = None) -> None:
        self.api_client = api_client if api_client is not None else ApiClient.get_default()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__name__ in _WITH_EARLIER_NAMES:
            from flat_api.compat import adopt

            adopt.api(cls)

    def _send(
        self, operation: Operation[T], values: Sequence[Any], options: RequestOptions, body: Any = None
    ) -> ApiResponse[T]:
        if options and not options.keys() <= _OPTIONS:
            from flat_api.compat import options as earlier

            return cast("ApiResponse[T]", earlier.send(self.api_client, operation, values, options, body))
        return self.api_client.call(operation, values, options, body)

    def _open(
        self, operation: Operation[Any], values: Sequence[Any], options: RequestOptions, body: Any = None
    ) -> StreamingResponse:
        return self.api_client.open(operation, values, options, body)

    def _download(
        self,
        operation: Operation[Any],
        values: Sequence[Any],
        path: str | PathLike[str],
        progress: Progress | None,
        options: RequestOptions,
        body: Any = None,
    ) -> Path:
        return self.api_client.download(operation, values, options, path, progress, body)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.api_client!r})"
