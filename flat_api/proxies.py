"""Which proxy leads to an address, from the configuration and the environment."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from flat_api.configuration import Configuration


def proxy_for(origin: str, configuration: Configuration) -> str:
    """URL of the proxy for an address, or "" for a direct connection."""
    parts = urlsplit(origin)
    proxy = configuration.proxy
    if proxy is None:
        names = (f"{parts.scheme}_proxy", "all_proxy")
        proxy = next((os.environ[n] for name in names for n in (name, name.upper()) if os.environ.get(n)), "")
    excluded = configuration.no_proxy
    if excluded is None:
        excluded = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if not proxy or _excluded(parts.hostname or "", parts.netloc, excluded):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _excluded(host: str, netloc: str, no_proxy: str) -> bool:
    for entry in no_proxy.replace(" ", ",").split(","):
        name = entry.strip().lower().lstrip(".").removeprefix("*.")
        if name == "*" or (name and (host == name or netloc == name or host.endswith(f".{name}"))):
            return True
    return False
