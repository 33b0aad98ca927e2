"""A request as it came in, and the paths of the sandbox that are no part of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from flat_api.sandbox.call import Answer


@dataclass(frozen=True)
class Received:
    """A request as it came in; `address` is that of the sender, `site_url` the one the sender used for this server."""

    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    address: str
    site_url: str

    @property
    def media_type(self) -> str:
        """The media type of the body, empty without one."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def comes_from_another_site(self) -> bool:
        """Whether a browser sends this for a page of another site."""
        origin = self.headers.get("origin")
        return origin is not None and origin != self.site_url

    def comes_from_this_machine(self) -> bool:
        """Whether the sender is on this machine and calls it by a name of its own."""
        return is_loopback(self.address) and is_loopback(urlsplit(self.site_url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a name or an address always means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Site:
    """Paths beside the API: they need no token, count for no limit and are not in the contract.

    `prefix` is the path, or how the paths begin when it ends in a slash. With an `operation`, requests are in the
    request log under this name, and faults can be armed for it.
    """

    prefix: str
    respond: Callable[[Received], Answer]
    operation: str | None = None

    def has(self, raw_path: str) -> bool:
        """Whether a path is one of these."""
        return raw_path == self.prefix or (self.prefix.endswith("/") and raw_path.startswith(self.prefix))
