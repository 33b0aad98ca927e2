"""What holds for any input at all. `FUZZ=500 pytest test/core/test_properties.py` tries as many, in about a minute."""

from __future__ import annotations

import json
import os
import pickle
import unicodedata
from datetime import date, datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from flat_api.decoding import WrongShapeError, decode
from flat_api.download import suggested_name
from flat_api.encoding import LARGE, ChunkedBody, encode, encode_body
from flat_api.exceptions import ApiException, ApiTypeError, ApiValueError, RedirectException, from_response
from flat_api.model import UNSET, Base64, Model, OpenIntEnum, OpenStrEnum, UnsetType, wire_names
from flat_api.one_of import OneOf
from flat_api.operation import Operation, Parameter
from flat_api.pagination import cursor_in, links, page_of
from flat_api.request import Host, Request, build, header_value, parse_host, redirected

HOST = Host("https://api.example", "/v2")
SECRET = "s3cr3t-t0k3n"

some = settings(
    max_examples=int(os.environ.get("FUZZ", "60")),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

# Any text, with a liking for what means something in a URL, a header, a path or JSON.
marks = st.sampled_from(
    [*"/\\.?#%&=+;,:@<>\"'{}[]* \t\r\n\0\x7f\ud83c_", "..", "%2e", "%00", "é", "\U0001f3bc", "\u2028", "//"]
)
texts = st.one_of(st.text(), st.lists(st.one_of(marks, st.text(max_size=3)), max_size=12).map("".join))
numbers = st.one_of(st.integers(), st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
dates = st.one_of(
    st.datetimes().map(datetime.isoformat), st.dates().map(date.isoformat), st.just("2026-03-14 09:26:53")
)
leaves = st.one_of(st.none(), st.booleans(), numbers, texts, dates, st.just({}), st.just([]))


# -- requests

TWO: Operation[Any] = Operation(
    "two", "GET", "/a/{x}/b/{y}", parameters=(Parameter("path", "x", True), Parameter("path", "y", True))
)
QUERY: Operation[Any] = Operation(
    "query", "GET", "/q", parameters=(Parameter("query", "a&b"), Parameter("query", "c", explode=False))
)


def is_clean(target: str) -> bool:
    return target.isascii() and target.isprintable() and " " not in target and "#" not in target


@some
@given(texts, texts)
def test_path_values_stay_in_their_segments(x: str, y: str) -> None:
    try:
        target = build(TWO, (x, y), None, host=HOST, headers={}).target
    except ApiValueError:
        values = (x, y)
        assert any(
            v in ("", ".", "..") or set(v) & set("\r\n\0") or any("\ud800" <= c <= "\udfff" for c in v) for v in values
        )
        return
    assert is_clean(target)
    assert "?" not in target
    assert "\\" not in target
    head, first, middle, second = target.split("/")[2:]
    assert (head, unquote(first), middle, unquote(second)) == ("a", x, "b", y)
    assert target.startswith("/v2/a/")


@some
@given(st.one_of(st.none(), texts, st.lists(texts, min_size=1)), st.one_of(st.none(), st.lists(texts, min_size=1)))
def test_query_values_arrive_as_they_are(a: Any, c: Any) -> None:
    try:
        target = build(QUERY, (a, c), None, host=HOST, headers={}).target
    except ApiValueError:
        return
    assert is_clean(target)
    pairs = parse_qsl(target.partition("?")[2], keep_blank_values=True)
    expected = [] if a is None else [("a&b", text) for text in ([a] if isinstance(a, str) else a)]
    assert pairs == expected + ([] if c is None else [("c", ",".join(c))])


@some
@given(texts)
def test_a_header_value_is_one_line_or_refused(value: str) -> None:
    try:
        sent = header_value("X", value)
    except ApiValueError:
        return
    assert not set(sent) & set("\r\n\0")
    assert sent == value.strip()
    sent.encode("latin-1")


hosts = st.sampled_from(
    [
        "api.example",
        "API.EXAMPLE:443",
        "api.example.",
        "api.example:80",
        "evil.example",
        "api.example@evil.example",
        "[::1]",
    ]
)
locations = st.one_of(
    texts, st.tuples(st.sampled_from(["https://", "http://", "//", "/", "", "HTTPS:"]), hosts, texts).map("".join)
)


@some
@given(locations)
def test_a_redirect_is_refused_or_leaks_nothing(location: str) -> None:
    request = Request("GET", "https://api.example", "/v2/x", {"Authorization": SECRET, "Accept": "*/*"})
    try:
        followed = redirected(request, 302, location, [request.origin + request.target])
    except RedirectException:
        return
    assert followed.origin.startswith("https://")
    assert ("Authorization" in followed.headers) == (followed.origin == request.origin)
    assert followed.target.startswith("/")
    assert not set(followed.origin + followed.target) & set(" \t\r\n\0#")
    assert parse_host(followed.origin) == Host(followed.origin, "")


@some
@given(st.one_of(texts, st.tuples(st.sampled_from(["https://", "http://", ""]), hosts, texts).map("".join)))
def test_a_host_is_read_or_refused(url: str) -> None:
    try:
        host = parse_host(url)
    except ApiValueError:
        return
    assert parse_host(host.origin + host.base_path) == host
    assert urlsplit(host.origin).username is None


# -- pages

tokens = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1)
targets = st.text(st.characters(exclude_characters="<>", exclude_categories=("Cs", "Cc", "Z")))


@some
@given(texts)
def test_any_link_header_is_read(header: str) -> None:
    for relation, target in links(header).items():
        assert relation == relation.lower()
        assert target in header
    page_of([], {"Link": header})


@some
@given(st.dictionaries(tokens.map(str.lower), st.tuples(targets, st.booleans(), texts), max_size=5))
def test_well_formed_links_are_found(wanted: dict[str, tuple[str, bool, str]]) -> None:
    def written(relation: str, target: str, quoted: bool, title: str) -> str:
        escaped = title.replace("\\", "\\\\").replace('"', '\\"')
        return f'<{target}>; title="{escaped}"; rel=' + (f'"{relation}"' if quoted else relation)

    header = ", ".join(written(relation, *rest) for relation, rest in wanted.items())
    assert links(header) == {relation: target for relation, (target, _, _) in wanted.items()}


@some
@given(
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.sampled_from(["/x", "https://h/x", "?a=1", ""])
)
def test_any_cursor_comes_back(cursor: str, base: str) -> None:
    url = f"{base}{'&' if '?' in base else '?'}next={quote(cursor, safe='')}&limit=5"
    assert cursor_in(url, "next") == cursor
    assert page_of([], {"Link": f'<{url}>; rel="next"'}).next_cursor == cursor


# -- decoding


class Kind(OpenStrEnum):
    A = "a"


class Level(OpenIntEnum):
    ONE = 1


class Part(Model, kw_only=True):
    part_id: str
    parts: list[Part] | None = None


class Cat(Model, kw_only=True):
    kind: Literal["cat"] | str
    lives: int


class Dog(Model, kw_only=True):
    kind: Literal["dog"] | str
    owner: Part


class Pet(OneOf):
    discriminator = "kind"

    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"cat": Cat, "dog": Dog}


class Free(OneOf):
    @classmethod
    def variants(cls) -> dict[str, Any]:
        return {"Part": Part, "Pet": Pet}


class Thing(Model, kw_only=True):
    id: str
    when: datetime
    kind: Kind
    part: Part
    pet: Pet
    tags: list[str]
    parent: Thing | None
    day: date | None = None
    count: int | None = None
    size: int | float | None = None
    flag: bool | None = None
    level: Level | None = None
    mark: Literal["x", "y"] | str | None = None
    data: Base64 | None = None
    free: Free | None = None
    pets: list[Pet] | None = None
    by_name: dict[str, Part] | None = None
    mixed: str | list[int] | None = None
    anything: Any = None


class Edit(Model, kw_only=True):
    title: str | UnsetType = UNSET
    part: Part | UnsetType = UNSET
    by_name: dict[str, Part] | UnsetType | None = UNSET


TYPES: list[Any] = [Thing, list[Thing], Pet, Free, Part, Edit, dict[str, Part], list[Pet], int, str, Any, list[Any]]

# JSON of any form whose objects like to have the keys of these models.
keys = st.one_of(
    st.sampled_from(sorted({wire for model in (Thing, Part, Cat, Dog, Edit) for wire in wire_names(model).values()})),
    texts,
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6)),
    max_leaves=25,
)
things = st.fixed_dictionaries({}, optional=dict.fromkeys(wire_names(Thing).values(), values))
answers = st.one_of(values, things, st.lists(things, max_size=3))


def read(body: bytes, expected: Any) -> Any:
    try:
        return decode(body, lambda: expected)
    except WrongShapeError:
        return None


@some
@given(answers, st.sampled_from(TYPES))
def test_any_json_is_an_object_or_a_wrong_shape(answer: Any, expected: Any) -> None:
    result = read(json.dumps(answer).encode(), expected)
    if expected is Thing and isinstance(answer, dict):
        assert isinstance(result, Thing)
        for python, wire in wire_names(Thing).items():
            assert hasattr(result, python)
            if wire not in answer or answer[wire] is None:
                assert getattr(result, python) is None
    if isinstance(result, Model):
        assert decode(result.to_json().encode(), lambda: type(result)) == result
        assert pickle.loads(pickle.dumps(result)) == result
        assert repr(result)


@some
@given(st.one_of(st.binary(), texts.map(lambda text: text.encode("utf-8", "surrogatepass"))), st.sampled_from(TYPES))
def test_any_bytes_are_an_object_or_a_wrong_shape(body: bytes, expected: Any) -> None:
    read(body, expected)


@some
@given(answers, st.data())
def test_a_cut_or_damaged_answer_is_an_object_or_a_wrong_shape(answer: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    place = data.draw(st.integers(0, len(body) - 1))
    if data.draw(st.booleans()):
        del body[place:]
    else:
        body[place] = data.draw(st.integers(0, 255))
    for expected in (Thing, list[Thing]):
        read(bytes(body), expected)


@some
@given(things)
def test_strict_and_tolerant_reading_agree_on_what_fits(answer: dict[str, Any]) -> None:
    body = json.dumps(answer).encode()
    try:
        exact = decode(body, lambda: Thing, strict=True)
    except WrongShapeError:
        return
    assert decode(body, lambda: Thing) == exact


@some
@given(things)
def test_plain_data_reads_like_json(answer: dict[str, Any]) -> None:
    assert Thing.from_dict(answer) == decode(json.dumps(answer).encode(), lambda: Thing)


# -- bodies

EDIT: Operation[Any] = Operation("edit", "PUT", "/x", body=lambda: Edit, content_types=("application/json",))


@some
@given(st.dictionaries(st.one_of(st.sampled_from(["title", "part", "byName"]), texts), values, max_size=6))
def test_a_dict_arrives_complete(body: dict[str, Any]) -> None:
    try:
        sent = encode_body(EDIT, body, "application/json")
    except ApiValueError:
        assert "part" in body or "byName" in body
        return
    assert isinstance(sent, bytes)
    arrived = json.loads(sent)
    assert {key: value for key, value in arrived.items() if key not in ("part", "byName")} == {
        key: value for key, value in body.items() if key not in ("part", "byName", "by_name")
    }


@settings(some, max_examples=25)
@given(st.one_of(texts, st.binary()).filter(len), texts)
def test_pieces_join_to_the_plain_encoding(piece: Any, title: str) -> None:
    large = piece * (LARGE // len(piece) + 1)
    sent = encode_body(EDIT, {"title": title, "data": large}, "application/json")
    assert isinstance(sent, ChunkedBody)
    joined = b"".join(sent)
    assert len(joined) == len(sent)
    assert json.loads(joined) == json.loads(encode({"title": title, "data": large}))


# -- errors

statuses = st.one_of(st.integers(300, 599), st.sampled_from([400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503]))
error_bodies = st.one_of(
    st.binary(),
    answers.map(lambda answer: json.dumps(answer).encode()),
    st.dictionaries(st.sampled_from(["code", "message", "id", "param"]), st.one_of(texts, leaves)).map(
        lambda body: json.dumps(body).encode()
    ),
)
header_texts = st.one_of(texts, st.integers().map(str), st.just("Fri, 15 Jan 2027 08:00:00 GMT"))


@some
@given(statuses, texts, error_bodies, st.lists(header_texts, min_size=5, max_size=5))
def test_any_error_answer_is_one_clear_exception(status: int, reason: str, body: bytes, given: list[str]) -> None:
    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After", "Date")
    headers = HTTPHeaderDict(zip(names, given, strict=True))
    error = from_response(status, reason, headers, body, method="GET", path="/x", now=1e9, scopes=("a",))
    assert type(error) is type(from_response(status, "", {}, body, method="GET", path="/x", now=1e9))
    assert error.status == status
    line = str(error)
    assert line.isprintable()
    line.encode()
    assert str(status) in line
    assert len(line) < 4000
    assert str(pickle.loads(pickle.dumps(error))) == line
    assert isinstance(error, ApiException)


@pytest.mark.parametrize("kind", [ApiValueError, ApiTypeError])
@some
@given(text=texts)
def test_any_message_is_shown_in_one_line(kind: type[ApiException], text: str) -> None:
    assert str(kind(text)).isprintable()


# -- file names

names = st.one_of(texts, st.tuples(texts, st.integers(1, 200)).map(lambda pair: pair[0] * pair[1]))
RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}
dispositions = st.one_of(
    texts,
    names.map(lambda name: f'attachment; filename="{name}"'),
    names.map(lambda name: f"attachment; filename={name}"),
    names.map(lambda name: f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}"),
    names.map(lambda name: f"attachment; filename*=utf-8'en'{name}; filename=\"{name}\""),
)


@some
@given(dispositions, names)
def test_a_suggested_name_stays_in_its_folder(header: str, path: str) -> None:
    name = suggested_name(HTTPHeaderDict({"Content-Disposition": header}), f"/{path}")
    assert name
    assert name.isprintable()
    assert not name.startswith(".")
    assert name == name.strip(" .")
    assert len(name.encode()) <= 150
    for pure in (PurePosixPath, PureWindowsPath):
        assert pure("folder", name).parent == pure("folder")
        assert pure("folder", name).name == name
    assert name.partition(".")[0].rstrip().upper() not in RESERVED


@some
@given(
    st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=20),
    st.sampled_from([".mid", ".mxl", ""]),
)
def test_an_ordinary_name_is_kept(stem: str, suffix: str) -> None:
    name = unicodedata.normalize("NFC", f"score {stem}{suffix}")
    header = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    assert suggested_name({"Content-Disposition": header}, "/x") == name
