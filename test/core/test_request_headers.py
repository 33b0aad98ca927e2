"""Header names, header values and the token: nothing that breaks a line, and no secret in a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from flat_api.exceptions import ApiValueError
from flat_api.request import bearer, header_name, header_value


@pytest.mark.parametrize(
    ("value", "sent"), [("a", "a"), (" a\t", "a"), ("a\r\n", "a"), ("é", "é"), (5, "5"), ("a\tb", "a\tb")]
)
def test_white_space_around_a_value_is_taken_off(value: Any, sent: str) -> None:
    assert header_value("X", value) == sent


@pytest.mark.parametrize(
    "value", ["secret\r\nX: y", "secret\nx", "secret\rx", "secret\0x", "secret\x7fx", "secret€", "secret\ud800"]
)
def test_a_value_that_cannot_travel_is_refused_unseen(value: str) -> None:
    with pytest.raises(ApiValueError, match="header X-Key") as caught:
        header_value("X-Key", value)
    assert "secret" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("name", ["", "a b", "a:b", "a\r\n", "X-Ü", "a\n"])
def test_a_wrong_name_is_refused(name: str) -> None:
    with pytest.raises(ApiValueError, match="no header name"):
        header_name(name)


def test_a_token_becomes_a_bearer() -> None:
    assert bearer(" abc.DEF-1~+/= \n") == "Bearer abc.DEF-1~+/="


@pytest.mark.parametrize("token", ["", " \n", "secret x", "secret\r\nx", "secret\0", "secrét", "secret\tx"])
def test_a_token_that_cannot_be_one_is_refused_unseen(token: str) -> None:
    with pytest.raises(ApiValueError) as caught:
        bearer(token)
    assert "secr" not in str(caught.value) + repr(caught.value)
