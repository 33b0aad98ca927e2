"""The one exception of the music package."""

from __future__ import annotations


class MusicError(Exception):
    """A score cannot be read, engraved or played; the message is one sentence for the person who sent it."""
