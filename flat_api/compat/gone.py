"""Models of earlier generations that have no successor."""

from __future__ import annotations

from typing import Any

from flat_api.model import Model, OpenStrEnum


class FlatLocales(OpenStrEnum):
    """A language of the interface."""

    EN = "en"
    EN_GB = EN_MINUS_GB = "en-GB"
    DE = "de"
    ES = "es"
    FR = "fr"
    IT = "it"
    JA = "ja"
    JA_HIRA = JA_MINUS_HIRA = "ja-HIRA"
    KO = "ko"
    NL = "nl"
    PL = "pl"
    PT = "pt"
    PT_BR = PT_MINUS_BR = "pt-BR"
    RO = "ro"
    RU = "ru"
    TR = "tr"
    ZH_HANS = ZH_MINUS_HANS = "zh-Hans"


class ScoreDataEncoding(OpenStrEnum):
    """How the file of a new score is written in JSON."""

    BASE64 = "base64"


class ClassStreamPostMode(OpenStrEnum):
    """Whether and how something was posted to the stream of a class; the API knows no values any more."""


class UserInstruments(Model):
    """The instruments of a user, of which the API never told anything."""


GONE: dict[str, Any] = {
    **dict.fromkeys(("CollectionTitle", "ResourceSharingKey", "ScoreData"), str),
    "EduSkillsFocused": list[Any],
    **{kind.__name__: kind for kind in (FlatLocales, ScoreDataEncoding, ClassStreamPostMode, UserInstruments)},
}
"""Name -> what its values are now."""
