"""A large field is encoded piece by piece, to the very bytes of the plain encoding, as often as it is sent."""

from __future__ import annotations

import base64
import json
import tracemalloc
from typing import Any

import msgspec
import pytest

from flat_api.encoding import LARGE, ChunkedBody, encode, encode_body
from flat_api.model import UNSET, Base64, Model, UnsetType
from flat_api.operation import Operation


class Import(Model, kw_only=True):
    file_name: str | UnsetType = UNSET
    data: Base64 | UnsetType = UNSET
    zoom_level: int | UnsetType | None = UNSET


OPERATION: Operation[Any] = Operation("create", "POST", "/x", body=lambda: Import, content_types=("application/json",))

TEXTS = {
    "plain": "abc\n" * 100_000,
    "escapes": '"\\\b\f\n\r\t\x00\x1f\x7f</script>' * 20_000,
    "two bytes": "é" * 300_000,
    "three bytes": "\u2028€" * 150_000,
    "four bytes": "\U0001f3bc\U00010000" * 150_000,
    "mixed": 'a"é\\€\n\U0001f3bc' * 60_000,
    "exactly large": "x" * LARGE,
}


def body_of(body: Any) -> ChunkedBody:
    encoded = encode_body(OPERATION, body, "application/json")
    assert isinstance(encoded, ChunkedBody)
    return encoded


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_in_pieces_equals_the_plain_encoding(text: str) -> None:
    model = Import(file_name='a"é', data=text, zoom_level=None)
    body = body_of(model)
    assert b"".join(body) == msgspec.json.encode(model)
    assert len(body) == len(msgspec.json.encode(model))


@pytest.mark.parametrize("size", [LARGE, LARGE + 1, LARGE + 2, 96 * 1024 * 3, 96 * 1024 * 3 + 1, 1_000_000])
def test_bytes_in_pieces_are_the_base64_of_the_whole(size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    body = body_of(Import(data=data, zoom_level=2))
    sent = b"".join(body)
    assert len(sent) == len(body)
    assert json.loads(sent) == {"data": base64.b64encode(data).decode(), "zoomLevel": 2}
    assert sent == encode(Import(data=data, zoom_level=2))


def test_a_dict_is_sent_in_pieces_too() -> None:
    body = body_of({"file_name": "a", "data": TEXTS["mixed"], "zoom_level": None, "other": [1]})
    assert json.loads(b"".join(body)) == {"fileName": "a", "data": TEXTS["mixed"], "zoomLevel": None, "other": [1]}


def test_two_large_fields_arrive() -> None:
    body = body_of(Import(file_name=TEXTS["plain"], data=TEXTS["mixed"]))
    assert json.loads(b"".join(body)) == {"fileName": TEXTS["plain"], "data": TEXTS["mixed"]}


def test_half_a_surrogate_pair_arrives_as_an_escape() -> None:
    text = "é" * LARGE + "\ud83c"
    body = body_of(Import(data=text))
    sent = b"".join(body)
    assert len(sent) == len(body)
    assert json.loads(sent) == {"data": text}


def test_a_body_can_be_sent_again() -> None:
    body = body_of(Import(data=TEXTS["mixed"]))
    assert b"".join(body) == b"".join(body)


def test_a_smaller_field_is_encoded_beforehand() -> None:
    assert isinstance(encode_body(OPERATION, Import(data="x" * (LARGE - 1)), "application/json"), bytes)


def test_sending_needs_constant_memory() -> None:
    data = bytes(8_000_000)
    body = body_of(Import(data=data))
    tracemalloc.start()
    try:
        for _ in body:
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
