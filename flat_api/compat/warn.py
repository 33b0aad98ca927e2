"""The one warning of this folder: an earlier name is in use."""

from __future__ import annotations

import warnings


def deprecated(earlier: str, successor: str, *, depth: int) -> None:
    """Warn that a name is an earlier one.

    Args:
        earlier: The name in use.
        successor: The name of today, or a sentence when there is none.
        depth: Frames between the caller and the line of the program that is meant.
    """
    advice = successor if " " in successor else f"use {successor}"
    warnings.warn(f"{earlier} is a name of an earlier flat_api: {advice}.", DeprecationWarning, stacklevel=depth + 1)
