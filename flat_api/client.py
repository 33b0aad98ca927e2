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


_EARLIER = frozenset({"base_url", "oauth", "retry", "tokens"})


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
            access_token = os.environ.get("FLAT_ACCESS_TOKEN") if settings.get("tokens") is None else None
        if not _EARLIER.isdisjoint(settings):
            from flat_api.compat.client import settings_of

            settings = settings_of(access_token, host, settings)
            access_token, host = settings.pop("access_token"), settings.pop("host")
        self.api_client = ApiClient(Configuration(host, access_token, **settings))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_") or "api_client" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            from flat_api.compat import client

            return client.attribute(self, name)

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
