"""What a Configuration takes, what it refuses, and where its defaults come from."""

from __future__ import annotations

import warnings

import pytest

from flat_api.configuration import Configuration
from flat_api.exceptions import ApiTypeError, ApiValueError


def test_the_host_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Configuration().host == "https://api.flat.io/v2"
    monkeypatch.setenv("FLAT_API_HOST", "http://127.0.0.1:1/v2")
    assert Configuration().host == "http://127.0.0.1:1/v2"
    assert Configuration("http://given").host == "http://given"


def test_the_token_does_not_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAT_ACCESS_TOKEN", "x")
    assert Configuration().access_token is None


def test_switching_tls_off_warns_where_it_is_done() -> None:
    with pytest.warns(UserWarning, match="anyone on the way") as caught:
        Configuration(verify_ssl=False)
    assert caught[0].filename == __file__
    configuration = Configuration()
    with pytest.warns(UserWarning, match="anyone on the way"):
        configuration.verify_ssl = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        configuration.verify_ssl = True


def test_another_token_forgets_the_end_of_the_old_one() -> None:
    configuration = Configuration(access_token="a", token_expires_at=5.0)
    assert configuration.token_expires_at == 5.0
    configuration.access_token = "b"
    assert configuration.token_expires_at is None


@pytest.mark.parametrize(("index", "host"), [(None, "http://a"), (0, "http://a"), (1, "http://b"), (2, "http://c")])
def test_hosts_are_counted_from_zero(index: int | None, host: str) -> None:
    assert Configuration("http://a", hosts=["http://b", "http://c"]).host_at(index) == host


@pytest.mark.parametrize("index", [-1, 3])
def test_a_host_that_is_not_there(index: int) -> None:
    with pytest.raises(ApiValueError, match="3 hosts"):
        Configuration(hosts=["http://b", "http://c"]).host_at(index)


@pytest.mark.parametrize("retries", ["3", 1.5, True])
def test_retries_of_another_type(retries: object) -> None:
    with pytest.raises(ApiTypeError, match="RetryPolicy"):
        Configuration(retries=retries)


def test_the_repr_shows_what_is_set() -> None:
    text = repr(Configuration("http://a", timeout=(1, 2), retries=0, max_response_size=7))
    assert "host='http://a'" in text
    assert "timeout=(1, 2)" in text
    assert "attempts=1" in text
    assert "max_response_size=7" in text
    assert "access_token" not in text
