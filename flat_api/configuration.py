"""What a person sets: host, token, timeouts, retries, TLS, proxy, limits."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from flat_api.on_demand import exceptions
from flat_api.retry import RetryPolicy

if TYPE_CHECKING:
    from typing import Unpack

    from flat_api.compat.configuration import EarlierSettings
    from flat_api.operation import Timeout
    from flat_api.tokens import Tokens

DEFAULT_HOST = "https://api.flat.io/v2"
DEFAULT_TIMEOUT = 60.0
_SECRETS = frozenset({"access_token", "refresh_token", "client_secret", "proxy", "proxy_headers"})


class Configuration:
    """Settings of an `ApiClient`. Change them on a live client and the next call follows; those of TLS, proxy and pool
    are followed after `ApiClient.close()`.

    Args:
        host: Address of the API with its base path. Default: the variable FLAT_API_HOST, else https://api.flat.io/v2.
        access_token: Personal access token or OAuth2 access token.
        timeout: Seconds for the whole answer, or (seconds to connect, seconds to answer). Connecting, and each piece
            of a body that is sent, have that long too; a download has it for each KiB instead. Default 60.
        retries: A `RetryPolicy`, or how often a safe call is tried again. 0 means exactly one request, whatever
            happens; only a redirect, or a 401 that a refresh token can mend, leads to another one.
        ssl_ca_cert: File with the certificates to trust. Default: the variable SSL_CERT_FILE, else certifi's.
        verify_ssl: False trusts any server, and warns. Only for tests.
        cert_file: Client certificate, in PEM.
        key_file: Key of the client certificate, in PEM.
        proxy: URL of an HTTP proxy. Default: the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY; "" for none at all.
        proxy_headers: Headers for the proxy.
        no_proxy: Hosts, comma-separated, that are reached directly. Default: the variable NO_PROXY.
        refresh_token: OAuth2 refresh token; with it the client renews its access token by itself.
        client_id: OAuth2 client id, needed for refreshing.
        client_secret: OAuth2 client secret, needed for refreshing.
        token_url: OAuth2 token endpoint. Default: /oauth/access_token on the host of the API.
        token_expires_at: When the access token ends, in seconds since the epoch; it is renewed shortly before.
        on_token_refresh: Called with the new `Tokens` after each refresh, to store them.
        hosts: Further addresses, chosen per call with `_host_index` (1 is the first of them).
        user_agent: The User-Agent header; later, set `ApiClient.user_agent`.
        connection_pool_maxsize: Idle connections kept per host.
        max_response_size: Bytes of a decompressed answer held in memory at most; downloads to files are not limited.
        strict: Raise `UnexpectedBodyException` when a field of an answer has the wrong type, instead of keeping it
            as it came. For tests.

    Raises:
        ApiValueError: a value cannot be right.
    """

    _default: ClassVar[Configuration | None] = None

    token_expires_at: float | None

    def __init__(
        self,
        host: str | None = None,
        access_token: str | None = None,
        *,
        timeout: Timeout = DEFAULT_TIMEOUT,
        retries: RetryPolicy | int | None = None,
        ssl_ca_cert: str | None = None,
        verify_ssl: bool = True,
        cert_file: str | None = None,
        key_file: str | None = None,
        proxy: str | None = None,
        proxy_headers: Mapping[str, str] | None = None,
        no_proxy: str | None = None,
        refresh_token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        token_url: str | None = None,
        token_expires_at: float | None = None,
        on_token_refresh: Callable[[Tokens], object] | None = None,
        hosts: Sequence[str] = (),
        user_agent: str | None = None,
        connection_pool_maxsize: int = 32,
        max_response_size: int = 1 << 30,
        strict: bool = False,
        **earlier: Unpack[EarlierSettings],
    ) -> None:
        self.host = host if host is not None else os.environ.get("FLAT_API_HOST") or DEFAULT_HOST
        self.access_token = access_token
        self.timeout = timeout
        self.retries = retries
        self.ssl_ca_cert = ssl_ca_cert
        self._verify(verify_ssl)
        self.cert_file = cert_file
        self.key_file = key_file
        self.proxy = proxy
        self.proxy_headers = proxy_headers
        self.no_proxy = no_proxy
        self.refresh_token = refresh_token
        self.client_id = client_id
        self.client_secret = client_secret
        self.token_url = token_url
        self.token_expires_at = token_expires_at
        self.on_token_refresh = on_token_refresh
        self.hosts = hosts
        self.user_agent = user_agent
        self.connection_pool_maxsize = connection_pool_maxsize
        self.max_response_size = max_response_size
        self.strict = strict
        if earlier:
            from flat_api.compat import configuration as compat

            compat.accept(self, earlier)

    @classmethod
    def get_default(cls) -> Configuration:
        """The configuration of clients that are made without one; made now when there is none yet."""
        from flat_api.compat import configuration as compat

        return compat.default()

    @classmethod
    def get_default_copy(cls) -> Configuration:
        """A copy of the default configuration."""
        from copy import deepcopy

        return deepcopy(cls.get_default())

    @classmethod
    def set_default(cls, default: Configuration | None) -> None:
        """Replace the configuration of clients that are made without one; None for a new one each."""
        Configuration._default = default

    @property
    def access_token(self) -> str | None:
        """The access token; with another one, `token_expires_at` is unknown until it is set."""
        return self._access_token

    @access_token.setter
    def access_token(self, value: str | None) -> None:
        self.token_expires_at = None
        self._access_token = value

    @property
    def verify_ssl(self) -> bool:
        """Whether a server must prove who it is."""
        return self._verify_ssl

    @verify_ssl.setter
    def verify_ssl(self, value: bool) -> None:
        self._verify(value, 4)

    def _verify(self, value: bool, depth: int = 3) -> None:
        if not value:
            warnings.warn("verify_ssl is off: anyone on the way can read the access token.", stacklevel=depth)
        self._verify_ssl = value

    @property
    def timeout(self) -> Timeout:
        """Seconds for the whole answer, or (seconds to connect, seconds to answer)."""
        return self._timeout

    @timeout.setter
    def timeout(self, value: Timeout) -> None:
        self._timeout = checked_timeout(value)

    @property
    def retries(self) -> RetryPolicy:
        """The retry policy; setting a number n means: try again up to n times."""
        return self._retries

    @retries.setter
    def retries(self, value: RetryPolicy | int | None) -> None:
        if value is None:
            value = RetryPolicy()
        elif isinstance(value, int) and not isinstance(value, bool):
            if value < 0:
                raise exceptions.ApiValueError("retries cannot be negative; 0 means one request and no more.")
            value = RetryPolicy(attempts=value + 1)
        elif not isinstance(value, RetryPolicy):
            raise exceptions.ApiTypeError(
                f"retries takes a number or a flat_api.RetryPolicy, not {type(value).__name__}."
            )
        self._retries = value

    def host_at(self, index: int | None) -> str:
        """The address for `_host_index`.

        Raises:
            ApiValueError: there is no such address.
        """
        if not index:
            return self.host
        if not 0 < index <= len(self.hosts):
            raise exceptions.ApiValueError(
                f"_host_index is {index}, but there are {len(self.hosts) + 1} hosts, counted from 0."
            )
        return self.hosts[index - 1]

    def proxy_for(self, origin: str) -> str:
        """URL of the proxy that leads to an address, or "" for a direct connection."""
        parts = urlsplit(origin)
        proxy = self.proxy
        if proxy is None:
            names = (f"{parts.scheme}_proxy", "all_proxy")
            proxy = next((os.environ[n] for name in names for n in (name, name.upper()) if os.environ.get(n)), "")
        excluded = self.no_proxy
        if excluded is None:
            excluded = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
        if not proxy or _is_excluded(parts.hostname or "", parts.netloc, excluded):
            return ""
        return proxy if "://" in proxy else f"http://{proxy}"

    if not TYPE_CHECKING:
        # Settings of earlier generations; any other name is refused.

        def __getattr__(self, name: str) -> Any:
            from flat_api.compat import configuration as compat

            return compat.attribute(self, name)

        def __setattr__(self, name: str, value: Any) -> None:
            if name in _SETTINGS or name.startswith("_"):
                return object.__setattr__(self, name, value)
            from flat_api.compat import configuration as compat

            return compat.put(self, name, value)

    def __copy__(self) -> Configuration:
        other = type(self).__new__(type(self))
        other.__dict__ = dict(self.__dict__)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> Configuration:
        from copy import copy

        other = copy(self)
        other.hosts, other.proxy_headers = copy(self.hosts), copy(self.proxy_headers)
        return other

    def __reduce__(self) -> Any:
        raise TypeError("A Configuration cannot be pickled: it holds secrets. Make one in each process.")

    def __repr__(self) -> str:
        shown = {name.lstrip("_"): value for name, value in self.__dict__.items() if value is not None}
        return f"Configuration({', '.join(f'{name}={self._show(name, value)}' for name, value in shown.items())})"

    @staticmethod
    def _show(name: str, value: Any) -> str:
        return "'***'" if name in _SECRETS and value else repr(value)


def checked_timeout(value: Timeout) -> Timeout:
    """A timeout that makes sense, or a refusal."""
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) not in (1, 2) or (isinstance(value, tuple) and len(parts) != 2):
        raise exceptions.ApiValueError(
            "A timeout is a number of seconds, or a pair (seconds to connect, seconds to answer)."
        )
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, (int, float)) or not part > 0:
            raise exceptions.ApiValueError("A timeout is a positive number of seconds, or a pair of them.")
    return value


def _is_excluded(host: str, netloc: str, no_proxy: str) -> bool:
    for entry in no_proxy.replace(" ", ",").split(","):
        name = entry.strip().lower().lstrip(".").removeprefix("*.")
        if name == "*" or (name and (host == name or netloc == name or host.endswith(f".{name}"))):
            return True
    return False


_SETTINGS = frozenset(Configuration.__init__.__annotations__) - {"earlier", "return"}


class _Module(ModuleType):
    """This module as 0.x used it: `flat_api.configuration.access_token = ...` sets the default configuration."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from flat_api.compat import configuration as compat

        return compat.of_default(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in globals() or name.startswith("_"):
            super().__setattr__(name, value)
        else:
            setattr(Configuration.get_default(), name, value)


sys.modules[__name__].__class__ = _Module
