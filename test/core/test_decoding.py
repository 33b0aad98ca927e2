"""A good answer is decoded on the fast path; what JSON may hold beyond it is read all the same."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from flat_api import decoding
from flat_api.decoding import decode
from flat_api.model import Model, OpenStrEnum
from flat_api.tolerance import read_json


class Kind(OpenStrEnum):
    SCORE = "score"


class User(Model, kw_only=True):
    id: str
    user_name: str | None = None


class Score(Model, kw_only=True):
    id: str
    user: User
    created: datetime
    kind: Kind | None = None
    day: date | None = None
    measures: int | None = None
    tempo: int | float | None = None
    any_data: Any = None


class Reply(Model, kw_only=True):
    """A tree: replies to replies."""

    text: str
    replies: list[Reply]


def answer() -> Any:
    return Score


GOOD: dict[str, Any] = {"id": "s", "user": {"id": "u"}, "created": "2026-03-14T09:26:53Z"}
SCORE = Score(id="s", user=User(id="u"), created=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC))


def test_unknown_fields_are_skipped(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "flat_api"):
        assert decode(json.dumps({**GOOD, "new": {"a": [1]}, "user_name": 1}).encode(), answer) == SCORE
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-14T09:26:53.123Z", datetime(2026, 3, 14, 9, 26, 53, 123000, UTC)),
        ("2026-03-14T09:26:53.123456789Z", datetime(2026, 3, 14, 9, 26, 53, 123457, UTC)),
        ("2026-03-14T09:26:53+02:00", datetime(2026, 3, 14, 9, 26, 53, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-03-14T09:26:53+0200", datetime(2026, 3, 14, 9, 26, 53, tzinfo=timezone(timedelta(hours=2)))),
        ("2026-03-14T09:26:53", datetime(2026, 3, 14, 9, 26, 53)),
        ("2026-03-14 09:26:53", datetime(2026, 3, 14, 9, 26, 53)),
        ("2026-03-14 09:26:53Z", datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)),
    ],
)
def test_dates_in_many_forms_are_dates(text: str, moment: datetime) -> None:
    created = decode(json.dumps({**GOOD, "created": text}).encode(), answer).created
    assert (created, created.tzinfo is None) == (moment, moment.tzinfo is None)


@pytest.mark.parametrize("number", [0, -1, 2**53, 2**63, 2**64, -(2**64), 10**300])
def test_integers_of_any_size_come_back_whole(number: int) -> None:
    score = decode(json.dumps({**GOOD, "measures": number, "anyData": [number]}).encode(), answer)
    assert (score.measures, score.any_data) == (number, [number])
    assert json.loads(score.to_json())["measures"] == number


@pytest.mark.parametrize("field", ["measures", "tempo", "anyData", "id"])
@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5000])
def test_a_number_no_python_type_holds_is_kept_as_text(field: str, number: str) -> None:
    body = json.dumps({**GOOD, field: "@"}).replace('"@"', number).encode()
    score = decode(body, answer)
    assert score.to_dict()[field] == number
    assert score.user == SCORE.user
    assert [item.to_dict()[field] for item in decode(b"[%s]" % body, lambda: list[Score])] == [number]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("expected", [Score, list[Score]])
def test_a_byte_order_mark_or_another_unicode_encoding_is_read(mark: str, expected: Any) -> None:
    plain: Any = GOOD if expected is Score else [GOOD]
    read = decode(json.dumps(plain).encode(mark), lambda: expected)
    assert read == (SCORE if expected is Score else [SCORE])


def test_half_a_surrogate_pair_spoils_nothing() -> None:
    body = json.dumps([{**GOOD, "id": "cut \ud83c"}, GOOD]).encode()
    cut, good = decode(body, lambda: list[Score])
    assert (cut.id, cut.user, good) == ("cut \ud83c", SCORE.user, SCORE)
    assert json.loads(cut.to_json())["id"] == cut.id


def test_of_duplicate_keys_the_last_counts() -> None:
    body = json.dumps(GOOD).encode()[:-1]
    assert decode(body + b',"id":"t"}', answer).id == "t"
    assert decode(body + b',"measures":"x","measures":3}', answer).measures == 3


def test_white_space_and_escapes() -> None:
    assert decode(b'\r\n\t {"id":"\\u0000\\ud83c\\udfbc\\/"}\n', lambda: User).id == "\0\U0001f3bc/"


def test_deep_nesting_where_anything_goes_is_kept() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [{"a": deep}]
    assert decode(json.dumps({**GOOD, "anyData": deep}).encode(), answer).any_data == deep


def test_an_odd_leaf_deep_in_a_tree() -> None:
    tree: dict[str, Any] = {"text": 5, "replies": None}
    for _ in range(50):
        tree = {"text": "t", "replies": [tree]}
    reply = decode(json.dumps(tree).encode(), lambda: Reply)
    for _ in range(50):
        assert reply.text == "t"
        reply = reply.replies[0]
    assert reply == Reply(text=5, replies=None)  # type: ignore[arg-type]


def test_one_decoder_is_kept_per_operation() -> None:
    """The cache grows with the operations of the contract, not with the answers."""
    before = len(decoding._decoders)
    kept: list[Any] = []
    answers: list[Callable[[], Any]] = [lambda: User, lambda: list[User]]
    for _ in range(50):
        decode(b'{"id":"u"}', answers[0])
        decode(b'[{"id":"u"},{"id":5}]', answers[1])
        kept.append(decoding._decoders[answers[0]])
    assert len(decoding._decoders) == before + 2
    assert all(found is kept[0] for found in kept)


@pytest.mark.parametrize("text", ['{"a": [2.5, null]}', b'{"a": [2.5, null]}', b'\xef\xbb\xbf{"a": [2.5, null]}'])
def test_plain_json_is_read_from_text_or_bytes(text: str | bytes) -> None:
    assert read_json(text) == {"a": [2.5, None]}
