"""FlatClient: the whole API behind one object."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any

from flat_api.api.tags import TagApis
from flat_api.api_client import ApiClient
from flat_api.configuration import Configuration

if TYPE_CHECKING:
    from typing import Self


class FlatClient(TagApis):
    """Every Api class as a property, over one shared `ApiClient`.

        with flat_api.FlatClient() as flat:
            print(flat.account.get_authenticated_user().username)

    Args:
        access_token: Access token. Default: the variable FLAT_ACCESS_TOKEN.
        host: Address of the API. Default: the variable FLAT_API_HOST, else https://api.flat.io/v2.
        **settings: Everything else a `Configuration` takes.

    Attributes:
        api_client: The shared `ApiClient`.
    """

    def __init__(self, access_token: str | None = None, host: str | None = None, **settings: Any) -> None:
        if access_token is None:
            access_token = os.environ.get("FLAT_ACCESS_TOKEN")
        self.api_client = ApiClient(Configuration(host, access_token, **settings))

    def close(self) -> None:
        """Close all idle connections."""
        self.api_client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"FlatClient(host={self.api_client.configuration.host!r})"
