"""The tolerant reader: an odd value is kept as it came, all others are usable, and a DEBUG line says where it is."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest

from flat_api.decoding import WrongShapeError, decode
from flat_api.model import Base64, Model, OpenIntEnum, OpenStrEnum
from flat_api.one_of import OneOf


class Kind(OpenStrEnum):
    SCORE = "score"


class Level(OpenIntEnum):
    ONE = 1


class Right(Model, kw_only=True):
    can_edit: bool


class User(Model, kw_only=True):
    id: str
    rights: Right
    user_name: str | None = None


class Cat(Model, kw_only=True):
    id: str
    lives: int


class Pet(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Cat": Cat}


class Score(Model, kw_only=True):
    """A required and an optional field of every kind of type."""

    id: str
    created: datetime
    measures: int
    tempo: int | float
    public: bool
    kind: Kind
    license: Literal["cc0", "by"] | str
    user: User
    tags: list[str]
    counts: dict[str, int]
    parent: Score | None
    pet: Pet
    level: Level | None = None
    day: date | None = None
    cover: Base64 | None = None
    users: list[User] | None = None
    by_name: dict[str, User] | None = None
    matrix: list[list[int]] | None = None
    free: Any = None


RIGHT = {"canEdit": True}
USER: dict[str, Any] = {"id": "u", "rights": RIGHT}
GOOD: dict[str, Any] = {
    "id": "s",
    "created": "2026-03-14T09:26:53Z",
    "measures": 12,
    "tempo": 90.5,
    "public": True,
    "kind": "score",
    "license": "cc0",
    "user": USER,
    "tags": ["a"],
    "counts": {"likes": 1},
    "parent": None,
    "pet": {"id": "c", "lives": 9},
}
REQUIRED = list(GOOD)
ODD_PET = Cat(id="c", lives="many")  # type: ignore[arg-type]
ODD_USER = User(id=None, rights=Right(can_edit=True))  # type: ignore[arg-type]


def one() -> Any:
    return Score


def many() -> Any:
    return list[Score]


# Field on the wire, what came, what it is then (... for: as it came), the paths of the DEBUG lines.
ODD: list[tuple[str, Any, Any, list[str]]] = [
    ("id", 5, ..., ["id"]),
    ("id", None, ..., ["id"]),
    ("id", {"a": 1}, ..., ["id"]),
    ("id", ["a"], ..., ["id"]),
    ("created", "2026-03-14", ..., ["created"]),
    ("created", "2026-02-30T00:00:00Z", ..., ["created"]),
    ("created", "0000-00-00T00:00:00Z", ..., ["created"]),
    ("created", "yesterday", ..., ["created"]),
    ("created", "", ..., ["created"]),
    ("created", 1773480413, ..., ["created"]),
    ("created", None, ..., ["created"]),
    ("day", "2026-03-14T00:00:00Z", ..., ["day"]),
    ("day", "2026-03-14", date(2026, 3, 14), []),
    ("measures", "12", ..., ["measures"]),
    ("measures", "many", ..., ["measures"]),
    ("measures", 12.0, 12, ["measures"]),
    ("measures", 12.5, ..., ["measures"]),
    ("measures", True, ..., ["measures"]),
    ("measures", 10**40, ..., []),
    ("tempo", "90.5", ..., ["tempo"]),
    ("tempo", 90, ..., []),
    ("public", "true", ..., ["public"]),
    ("public", 1, ..., ["public"]),
    ("kind", "opera", Kind("opera"), []),
    ("kind", 4, ..., ["kind"]),
    ("kind", None, ..., ["kind"]),
    ("license", "new one", ..., []),
    ("license", 7, ..., ["license"]),
    ("level", 9, Level(9), []),
    ("level", "9", ..., ["level"]),
    ("user", None, ..., ["user"]),
    ("user", "u", ..., ["user"]),
    ("user", [], ..., ["user"]),
    ("user", {**USER, "id": None}, ODD_USER, ["user.id"]),
    ("user", {"rights": RIGHT}, ODD_USER, ["user.id"]),
    (
        "user",
        {"id": "u", "rights": {"canEdit": "yes"}},
        User(id="u", rights=Right(can_edit="yes")),  # type: ignore[arg-type]
        ["user.rights.canEdit"],
    ),
    (
        "user",
        {},
        User(id=None, rights=None),  # type: ignore[arg-type]
        ["user.id", "user.rights"],
    ),
    ("tags", None, ..., ["tags"]),
    ("tags", "a", ..., ["tags"]),
    ("tags", {"a": 1}, ..., ["tags"]),
    ("tags", ["a", None, 1, {}], ..., ["tags[1]", "tags[2]", "tags[3]"]),
    ("counts", {"likes": "1", "plays": 2}, ..., ["counts['likes']"]),
    ("counts", [], ..., ["counts"]),
    ("cover", "AP8=", b"\x00\xff", []),
    ("cover", "not base64", ..., ["cover"]),
    ("users", [USER, None, 7, {**USER, "id": None}], [..., None, 7, ODD_USER], ["users[1]", "users[2]", "users[3].id"]),
    (
        "byName",
        {"a b": {**USER, "id": None}, "c.d": 3},
        {"a b": ODD_USER, "c.d": 3},
        ["byName['a b'].id", "byName['c.d']"],
    ),
    ("matrix", [[1, "2"], None, [3]], ..., ["matrix[0][1]", "matrix[1]"]),
    ("pet", {"id": "c", "lives": "many"}, ODD_PET, ["pet.lives"]),
    ("pet", {"lives": 9}, Cat(id=None, lives=9), ["pet.id"]),  # type: ignore[arg-type]
    ("pet", {"strange": 1}, ..., ["pet"]),
    ("pet", "cat", ..., ["pet"]),
    ("parent", 5, ..., ["parent"]),
    ("free", [1, {"a": None}], ..., []),
]


def paths_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    assert all(record.levelno == logging.DEBUG and record.name == "flat_api" for record in caplog.records)
    return [message.partition(": ")[2] for message in caplog.messages]


def python_name(wire: str) -> str:
    return {"byName": "by_name"}.get(wire, wire)


@pytest.mark.parametrize(("wire", "came", "kept", "paths"), ODD)
def test_an_odd_value_is_kept_and_the_rest_is_usable(
    wire: str, came: Any, kept: Any, paths: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    kept = came if kept is ... else kept
    if isinstance(kept, list):
        kept = [User.from_dict(USER) if item is ... else item for item in kept]
    good = decode(json.dumps(GOOD).encode(), one)
    with caplog.at_level(logging.DEBUG, "flat_api"):
        score = decode(json.dumps({**GOOD, wire: came}).encode(), one)
    assert getattr(score, python_name(wire)) == kept
    assert type(getattr(score, python_name(wire))) in (type(kept), type(came))
    setattr(score, python_name(wire), getattr(good, python_name(wire)))
    assert score == good
    assert paths_in(caplog) == [f"$.{path}" for path in paths]


@pytest.mark.parametrize(("wire", "came", "kept", "paths"), ODD)
def test_an_odd_item_leaves_its_neighbors_alone(
    wire: str, came: Any, kept: Any, paths: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "flat_api"):
        first, odd, last = decode(json.dumps([GOOD, {**GOOD, wire: came}, GOOD]).encode(), many)
    assert first == last == decode(json.dumps(GOOD).encode(), one)
    assert odd == decode(json.dumps({**GOOD, wire: came}).encode(), one)
    assert paths_in(caplog)[: len(paths)] == [f"$[1].{path}" for path in paths]


@pytest.mark.parametrize(("wire", "came", "kept", "paths"), ODD)
def test_what_was_read_can_be_written_again(wire: str, came: Any, kept: Any, paths: list[str]) -> None:
    score = decode(json.dumps({**GOOD, wire: came}).encode(), one)
    assert decode(score.to_json().encode(), one) == score == Score.from_dict(score.to_dict())
    assert repr(score)
    assert score.to_str()


@pytest.mark.parametrize(("wire", "came", "kept", "paths"), [row for row in ODD if row[3]])
def test_strict_decoding_refuses_it(wire: str, came: Any, kept: Any, paths: list[str]) -> None:
    with pytest.raises(WrongShapeError, match=r"\$"):
        decode(json.dumps({**GOOD, wire: came}).encode(), one, strict=True)


@pytest.mark.parametrize(("wire", "came", "kept", "paths"), [row for row in ODD if not row[3]])
def test_strict_decoding_takes_what_fits(wire: str, came: Any, kept: Any, paths: list[str]) -> None:
    body = json.dumps({**GOOD, wire: came}).encode()
    assert decode(body, one, strict=True) == decode(body, one)


@pytest.mark.parametrize(
    ("came", "moment"),
    [
        ("2026-03-14T09:26Z", datetime(2026, 3, 14, 9, 26, tzinfo=UTC)),
        ("20260314T092653+02", datetime(2026, 3, 14, 7, 26, 53, tzinfo=UTC)),
        ("2026-03-14T24:00:00Z", datetime(2026, 3, 15, tzinfo=UTC)),
    ],
)
def test_a_moment_in_another_form_of_iso_8601_is_read(came: str, moment: datetime) -> None:
    body = json.dumps({**GOOD, "created": came}).encode()
    assert decode(body, one).created == moment
    with pytest.raises(WrongShapeError, match="created"):
        decode(body, one, strict=True)


@pytest.mark.parametrize("wire", REQUIRED)
def test_a_missing_required_field_reads_as_none(wire: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "flat_api"):
        score = decode(json.dumps({key: value for key, value in GOOD.items() if key != wire}).encode(), one)
    assert getattr(score, wire) is None
    assert caplog.messages == [f"Missing: $.{wire}"]


@pytest.mark.parametrize("wire", [key for key in REQUIRED if key != "parent"])
def test_null_in_a_required_field_stays_null(wire: str) -> None:
    score = decode(json.dumps({**GOOD, wire: None}).encode(), one)
    assert getattr(score, wire) is None
    assert score.created == (None if wire == "created" else datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC))


def test_everything_may_be_odd_at_once(caplog: pytest.LogCaptureFixture) -> None:
    odd = dict.fromkeys(REQUIRED, 0.5) | {"pet": {"strange": 1}, "tempo": "x"}
    with caplog.at_level(logging.DEBUG, "flat_api"):
        score = decode(json.dumps(odd).encode(), one)
    assert {wire: getattr(score, wire) for wire in REQUIRED} == odd
    assert sorted(paths_in(caplog)) == sorted(f"$.{wire}" for wire in REQUIRED)


def test_an_empty_object_is_a_model_of_nones() -> None:
    score = decode(b"{}", one)
    assert [getattr(score, wire) for wire in REQUIRED] == [None] * len(REQUIRED)


def test_odd_items_of_a_list_answer(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "flat_api"):
        items = decode(json.dumps([None, GOOD, 5, "x", [GOOD], {}]).encode(), many)
    assert (items[0], items[2], items[3], items[4]) == (None, 5, "x", [GOOD])
    assert items[1] == decode(json.dumps(GOOD).encode(), one)
    assert isinstance(items[5], Score)
    assert paths_in(caplog)[:4] == ["$[0]", "$[2]", "$[3]", "$[4]"]


class Chain(Model, kw_only=True):
    """The contract says there is always a next one, which no answer can keep."""

    id: str
    next: Chain


class Twin(Model, kw_only=True):
    id: str
    other: TwinFamily


class TwinFamily(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Twin": Twin}


def test_a_type_that_contains_itself_can_end() -> None:
    end = {"id": 5}
    assert decode(json.dumps({"id": "a", "next": {"id": "b", "next": end}}).encode(), lambda: Chain) == Chain(
        id="a",
        next=Chain(id="b", next=Chain(id=5, next=None)),  # type: ignore[arg-type]
    )
    twin = decode(json.dumps({"id": 1, "other": {"id": "b", "other": None}}).encode(), lambda: Twin)
    assert twin == Twin(id=1, other=Twin(id="b", other=None))  # type: ignore[arg-type]


def test_values_never_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "flat_api"):
        decode(json.dumps({**GOOD, "measures": "secret", "user": {"id": ["secret"]}}).encode(), one)
    assert caplog.messages
    assert "secret" not in caplog.text
