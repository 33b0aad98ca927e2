"""The data that is served: realistic, generated, and the same in every run."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

SCORES = 1000
UPLOAD_BYTES = 20_000_000
DOWNLOAD_BYTES = 100_000_000

_WORDS = ["nocturne", "waltz", "étude", "sonata", "minuet", "rondo", "fugue", "aria", "suite", "garden"]
_INSTRUMENTS = (
    ("keyboards.piano", "Piano"),
    ("strings.violin", "Violin"),
    ("strings.viola", "Viola"),
    ("strings.cello", "Violoncello"),
    ("woodwinds.flute", "Flute"),
    ("woodwinds.clarinet", "Clarinet in B♭"),
    ("brass.trumpet", "Trumpet"),
    ("vocals.soprano", "Soprano"),
)
_EPOCH = datetime(2019, 1, 1, tzinfo=UTC)


def scores(count: int = SCORES) -> list[dict[str, Any]]:
    """Scores as a list call answers them, about 33 fields each."""
    chance = random.Random(2026)
    return [_score(chance) for _ in range(count)]


def with_odd_items(good: list[dict[str, Any]], every: int) -> list[dict[str, Any]]:
    """A copy in which every n-th item, from the middle of each stretch, has one value of a wrong type."""
    copy: list[dict[str, Any]] = json.loads(json.dumps(good))
    for number, item in enumerate(copy[every // 2 :: every]):
        _ODDITIES[number % len(_ODDITIES)](item)
    return copy


def me() -> dict[str, Any]:
    """The user that GET /me answers."""
    chance = random.Random(7)
    return _user(chance) | {
        "isEmailVerified": True,
        "privateProfile": False,
        "locale": "en",
        "groups": [_id(chance), _id(chance)],
        "bio": _sentence(chance, 20),
        "registrationDate": _date(chance),
        "followersCount": 120,
        "followingCount": 64,
        "likedScoresCount": 230,
        "ownedPublicScoresCount": 18,
    }


def _score(chance: random.Random) -> dict[str, Any]:
    key = _id(chance)
    title = _sentence(chance, 3).title()
    owner = _user(chance)
    played = chance.sample(_INSTRUMENTS, chance.randint(1, 3))
    owner_rights = {"aclRead": True, "aclWrite": True, "aclAdmin": True, "isCollaborator": True}
    score: dict[str, Any] = {
        "id": key,
        "title": title,
        "htmlUrl": f"https://flat.io/score/{key}",
        "editHtmlUrl": f"https://flat.io/score/{key}/edit",
        "privacy": chance.choice(["public", "private", "organizationPublic"]),
        "user": owner,
        "subtitle": _sentence(chance, 4),
        "composer": _sentence(chance, 2).title(),
        "arranger": _sentence(chance, 2).title(),
        "description": _sentence(chance, chance.randint(4, 14)),
        "tags": chance.sample(["piano", "easy", "jazz", "duet", "exam"], 2),
        "license": chance.choice(["copyright", "cc-by", "cc0"]),
        "creationType": chance.choice(["original", "arrangement"]),
        "creationDate": _date(chance),
        "modificationDate": _date(chance),
        "publicationDate": _date(chance),
        "durationTime": round(chance.uniform(20, 400), 3),
        "numberMeasures": chance.randint(8, 240),
        "mainTempoQpm": chance.randint(60, 180),
        "mainKeySignature": chance.randint(-6, 6),
        "instruments": [instrument for instrument, _ in played],
        "instrumentsNames": [name for _, name in played],
        "samples": [instrument for instrument, _ in played],
        "rights": owner_rights | {"collaboratorType": "owner"},
        "collaborators": [
            owner_rights | {"id": _id(chance), "score": key, "date": _date(chance), "collaboratorType": "owner"}
        ],
        "collections": [_id(chance)],
        "comments": _counts(chance) | {"unique": chance.randint(0, 9)},
        "likes": _counts(chance),
        "plays": _counts(chance),
        "views": _counts(chance),
        "me": {"isInLibrary": chance.random() < 0.5, "isLiked": chance.random() < 0.5},
    }
    if chance.random() < 0.2:
        score["privacy"] = "privateLink"
        score["sharingKey"] = f"{chance.getrandbits(128):032x}"
    if chance.random() < 0.3:
        score["lyricist"] = _sentence(chance, 2).title()
        score["parentScore"] = _id(chance)
    return score


def _user(chance: random.Random) -> dict[str, Any]:
    first, last = _sentence(chance, 2).title().split()
    name = f"{first.lower()}.{last.lower()}{chance.randint(1, 999)}"
    return {
        "id": _id(chance),
        "type": "user",
        "product": "flat",
        "username": name,
        "name": f"{first} {last}",
        "printableName": f"{first} {last}",
        "picture": f"https://prod.flat-cdn.com/img/{_id(chance)}.png" if chance.random() < 0.8 else None,
        "htmlUrl": f"https://flat.io/{name}",
        "badges": ["pro"] if chance.random() < 0.2 else [],
    }


def _counts(chance: random.Random) -> dict[str, Any]:
    total = chance.randint(0, 5000)
    return {"total": total, "yearly": total // 2, "monthly": total // 12, "weekly": total // 52}


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(96):024x}"


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


def _date(chance: random.Random) -> str:
    moment = _EPOCH + timedelta(milliseconds=chance.randrange(6 * 365 * 86_400_000))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _odd_count(item: dict[str, Any]) -> None:
    item["views"]["total"] = "many"


def _odd_owner(item: dict[str, Any]) -> None:
    item["user"]["username"] = None


_ODDITIES: tuple[Callable[[dict[str, Any]], None], ...] = (
    lambda item: item.update(title=12),
    lambda item: item.update(creationDate=None),
    lambda item: item.update(durationTime="3 min"),
    _odd_count,
    lambda item: item.update(instruments=[1, 2]),
    _odd_owner,
    lambda item: item.update(modificationDate="yesterday"),
)
