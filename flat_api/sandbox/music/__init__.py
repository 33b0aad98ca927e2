"""Reading, engraving and playing scores for the sandbox."""

from __future__ import annotations

from flat_api.sandbox.music.blank import blank
from flat_api.sandbox.music.conversion import kind_of
from flat_api.sandbox.music.document import MusicError
from flat_api.sandbox.music.engraver import Engraver
from flat_api.sandbox.music.mxl import mxl
from flat_api.sandbox.music.score_file import ScoreFile, read

__all__ = ["Engraver", "MusicError", "ScoreFile", "blank", "kind_of", "mxl", "read"]
