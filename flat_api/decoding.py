"""Bytes of an answer -> models, in one step; what does not fit the contract goes to `flat_api.tolerance`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from flat_api.on_demand import one_of, tolerance

_decoders: dict[Callable[[], Any], msgspec.json.Decoder[Any]] = {}


class WrongShapeError(ValueError):
    """A body that is no JSON, or has another shape altogether."""


def decode(body: bytes, answer: Callable[[], Any], *, strict: bool = False) -> Any:
    """Decode a JSON body.

    Args:
        body: The body, decompressed.
        answer: Gives the expected type; one decoder is kept per callable, which therefore should be a constant.
        strict: Refuse a value of the wrong type instead of keeping it.

    Raises:
        WrongShapeError: no JSON, or (for example) a list where an object belongs.
    """
    decoder = _decoders.get(answer)
    if decoder is None:
        decoder = _decoders[answer] = msgspec.json.Decoder(answer(), dec_hook=family_hook)
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError) as error:
        if strict:
            raise WrongShapeError(tolerance.why_unreadable(body, error)) from None
    return tolerance.decode(body, decoder.type)


def family_hook(expected: type, value: Any) -> Any:
    """How msgspec reads a OneOf family."""
    if not issubclass(expected, one_of.OneOf):
        raise NotImplementedError(f"No way to read {expected.__name__}.")
    if isinstance(value, expected):
        return value
    model = expected.closest(value) if isinstance(value, dict) else None
    if model is None:
        raise ValueError(f"Expected a form of {expected.__name__}")
    try:
        return msgspec.convert(value, model, dec_hook=family_hook)
    except msgspec.ValidationError as error:
        # A plain ValueError, so that the path to the family is added.
        raise ValueError(str(error)) from None
