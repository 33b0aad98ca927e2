"""What a Configuration of 0.x, 1.x and 2.x had beside the settings of today, and the default configuration."""

from __future__ import annotations

import base64
import copy
import difflib
import functools
import logging
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from flat_api.exceptions import ApiAttributeError, ApiTypeError, ApiValueError

if TYPE_CHECKING:
    from flat_api.configuration import Configuration


class EarlierSettings(TypedDict, total=False):
    """Keywords that `Configuration` takes because earlier generations did."""

    api_key: Mapping[str, str] | None
    api_key_prefix: Mapping[str, str] | None
    username: str | None
    password: str | None
    discard_unknown_keys: bool
    disabled_client_side_validations: str
    client_side_validation: bool
    server_index: int | None
    server_variables: Mapping[str, str] | None
    server_operation_index: Mapping[str, int] | None
    server_operation_variables: Mapping[str, Any] | None
    ignore_operation_servers: bool
    ca_cert_data: str | bytes | None
    assert_hostname: bool | str | None
    tls_server_name: str | None
    safe_chars_for_path_param: str
    socket_options: Any
    datetime_format: str
    date_format: str
    temp_folder_path: str | None
    refresh_api_key_hook: Callable[[Any], object] | None
    debug: bool | None
    logger_file: str | None
    logger_format: str


_DEFAULTS: dict[str, Any] = {
    **dict.fromkeys((*EarlierSettings.__annotations__, "logger_stream_handler", "logger_file_handler")),
    "api_key": {},
    "api_key_prefix": {},
    "discard_unknown_keys": False,
    "disabled_client_side_validations": "",
    "client_side_validation": True,
    "server_index": 0,
    "server_variables": {},
    "server_operation_index": {},
    "server_operation_variables": {},
    "ignore_operation_servers": False,
    "safe_chars_for_path_param": "",
    "datetime_format": "%Y-%m-%dT%H:%M:%S.%f%z",
    "date_format": "%Y-%m-%d",
    "debug": False,
    "logger_format": "%(asctime)s %(levelname)s %(message)s",
}

_REFUSED = {
    "ca_cert_data": "write the certificates to a file and set ssl_ca_cert",
    "assert_hostname": "the name in the certificate is always checked, unless verify_ssl is False",
    "tls_server_name": "the name in the certificate is always that of the host",
    "safe_chars_for_path_param": "a value is always exactly one segment of the path",
    "socket_options": "sockets keep the settings of the system",
    "datetime_format": "dates are sent as ISO 8601",
    "date_format": "dates are sent as ISO 8601",
    "server_index": "set host to the address of the API",
    "server_variables": "set host to the address of the API",
    "server_operation_index": "set host to the address of the API, or pass _host_index to a call",
    "server_operation_variables": "set host to the address of the API",
}
_LOGGERS = {"package_logger": "flat_api", "urllib3_logger": "urllib3"}


class _Kept(dict[str, Any]):
    """Earlier settings of one configuration; they may hold secrets, so only their names are shown."""

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"


def accept(configuration: Configuration, given: Mapping[str, Any]) -> None:
    """Take the earlier keywords of a new configuration.

    Raises:
        ApiTypeError: no generation had the keyword.
        ApiValueError: the setting has no effect any more.
    """
    for name, value in given.items():
        if name not in _DEFAULTS:
            raise ApiTypeError(_unknown(name))
        put(configuration, name, value)


def put(configuration: Configuration, name: str, value: Any) -> None:
    """Set an attribute that is no setting of today.

    Raises:
        ApiAttributeError: no generation had it.
        ApiValueError: the setting has no effect any more.
    """
    if name not in _DEFAULTS:
        if not hasattr(type(configuration), name):
            raise ApiAttributeError(_unknown(name))
        object.__setattr__(configuration, name, value)
        return
    default = _DEFAULTS[name]
    value = copy.copy(default) if value is None else value
    if name in _REFUSED and value != default:
        raise ApiValueError(
            f"{name} is a setting of an earlier flat_api that has no effect any more: {_REFUSED[name]}."
        )
    _keep(configuration, name, value)
    if name == "debug":
        for logger in _LOGGERS.values():
            logging.getLogger(logger).setLevel(logging.DEBUG if value else logging.WARNING)
    elif name == "logger_file":
        _log_to(configuration, value)
    elif name == "logger_format":
        handler = attribute(configuration, "logger_file_handler")
        if handler is not None:
            handler.setFormatter(logging.Formatter(value))


def _keep(configuration: Configuration, name: str, value: Any) -> None:
    # Copies of a configuration share its values, so that they must not change.
    configuration.__dict__["_earlier"] = _Kept({**configuration.__dict__.get("_earlier", {}), name: value})


def _unknown(name: str) -> str:
    from flat_api.configuration import _SETTINGS

    close = difflib.get_close_matches(name, sorted({*_SETTINGS, *_DEFAULTS}), 1)
    return f"Configuration has no setting {name!r}" + (f"; did you mean {close[0]!r}?" if close else ".")


def _log_to(configuration: Configuration, path: str | None) -> None:
    before = attribute(configuration, "logger_file_handler")
    handler = None
    if path:
        handler = logging.FileHandler(path)
        handler.setFormatter(logging.Formatter(attribute(configuration, "logger_format")))
    for name in _LOGGERS.values():
        logger = logging.getLogger(name)
        if before is not None:
            logger.removeHandler(before)
        if handler is not None:
            logger.addHandler(handler)
    if before is not None:
        before.close()
    _keep(configuration, "logger_file_handler", handler)


def attribute(configuration: Configuration, name: str) -> Any:
    """The value of an attribute of an earlier generation.

    Raises:
        AttributeError: no generation had it.
    """
    if name in _DEFAULTS:
        kept = configuration.__dict__.setdefault("_earlier", _Kept())
        return kept.setdefault(name, copy.copy(_DEFAULTS[name]))
    if name == "logger":
        return {key: logging.getLogger(logger) for key, logger in _LOGGERS.items()}
    if name == "api_client":
        from flat_api.api_client import ApiClient

        return ApiClient.get_default()
    method = _METHODS.get(name)
    if method is None:
        raise AttributeError(f"{type(configuration).__name__!r} object has no attribute {name!r}")
    return functools.partial(method, configuration)


def _auth_settings(configuration: Configuration) -> dict[str, Any]:
    if not configuration.access_token:
        return {}
    value = f"Bearer {configuration.access_token}"
    return {"OAuth2": {"type": "oauth2", "in": "header", "key": "Authorization", "value": value}}


def _get_api_key_with_prefix(configuration: Configuration, identifier: str, alias: str | None = None) -> str | None:
    hook = attribute(configuration, "refresh_api_key_hook")
    if hook is not None:
        hook(configuration)
    keys = attribute(configuration, "api_key")
    key = keys.get(identifier, keys.get(alias) if alias is not None else None)
    prefix = attribute(configuration, "api_key_prefix").get(identifier)
    return f"{prefix} {key}" if key and prefix else key


def _get_basic_auth_token(configuration: Configuration) -> str:
    user, password = attribute(configuration, "username") or "", attribute(configuration, "password") or ""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _get_host_settings(configuration: Configuration) -> list[dict[str, str]]:
    return [{"url": url, "description": ""} for url in (configuration.host, *configuration.hosts)]


def _get_host_from_settings(
    configuration: Configuration,
    index: int | None,
    variables: Mapping[str, str] | None = None,
    servers: list[dict[str, Any]] | None = None,
) -> str:
    if servers is None:
        return configuration.host_at(index)
    url: str = servers[index or 0]["url"]
    for name, value in (variables or {}).items():
        url = url.replace(f"{{{name}}}", value)
    return url


def _to_debug_report(configuration: Configuration) -> str:
    from flat_api.version import __version__

    return (
        f"Python SDK Debug Report:\nOS: {sys.platform}\nPython Version: {sys.version}\n"
        f"SDK Package Version: {__version__}\nHost: {configuration.host}"
    )


_METHODS: dict[str, Callable[..., Any]] = {
    "auth_settings": _auth_settings,
    "get_api_key_with_prefix": _get_api_key_with_prefix,
    "get_basic_auth_token": _get_basic_auth_token,
    "get_host_from_settings": _get_host_from_settings,
    "get_host_settings": _get_host_settings,
    "to_debug_report": _to_debug_report,
}


def default() -> Configuration:
    """The default configuration, made now if there is none: the one of the default client where that exists."""
    from flat_api.api_client import ApiClient
    from flat_api.configuration import Configuration

    if Configuration._default is None:
        client = ApiClient._default
        Configuration._default = client.configuration if client is not None else Configuration()
    return Configuration._default


def of_default(name: str) -> Any:
    """The value of `flat_api.configuration.<name>`, which means the default configuration.

    Raises:
        AttributeError: a configuration has no such setting.
    """
    from flat_api.configuration import _SETTINGS

    if name in _SETTINGS or name in _DEFAULTS or name in _METHODS or name in ("logger", "api_client"):
        return getattr(default(), name)
    raise AttributeError(f"module 'flat_api.configuration' has no attribute {name!r}")
