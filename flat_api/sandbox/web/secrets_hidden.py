"""Keeps secrets out of the pages: tokens are shortened, passwords are left out."""

from __future__ import annotations

import re

_SHOWN = 6
_NAMES = (
    "access_token|client_secret|code|code_verifier|currentPassword|id_token|password|refresh_token|refreshToken"
    "|secret|sharedSecret|token|userToken"
)
_IN_JSON = re.compile(rf'("(?:{_NAMES})"\s*:\s*")(?:[^"\\]|\\.)*', re.IGNORECASE)
_IN_FORM = re.compile(rf"((?:^|[?&])(?:{_NAMES})=)[^&\s]*", re.IGNORECASE | re.MULTILINE)
# Identifiers have 24 characters and UUIDs 36; tokens and keys are longer.
_LONG = re.compile(r"[\w+=-]{40,}")


def shortened(secret: str) -> str:
    """The beginning of a token, enough to tell it from others."""
    return f"{secret[:_SHOWN]}…"


def without_secrets(text: str) -> str:
    """A text of a request or of its body, with tokens shortened and the values of secret fields left out."""
    text = _IN_FORM.sub(r"\1…", _IN_JSON.sub(r"\1…", text))
    return _LONG.sub(lambda found: shortened(found[0]), text)


def is_secret(name: str) -> bool:
    """Whether the value of a field or a header is left out."""
    return re.fullmatch(rf"{_NAMES}|authorization|cookie", name, re.IGNORECASE) is not None
