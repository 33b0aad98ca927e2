"""The coverage page is fresh and complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from flat_api.sandbox import coverage
from flat_api.sandbox.call import NOTHING, Answer, Call
from flat_api.sandbox.contract import load
from flat_api.sandbox.outgoing import AMBIGUOUS, EXCEPTIONS, JSON_ERRORS, UNDECLARED

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "sandbox-coverage.md"


def test_the_page_is_fresh() -> None:
    fresh = PAGE.read_text(encoding="utf-8") == coverage.page()
    assert fresh, "Run python -m flat_api.sandbox.coverage > docs/guides/sandbox-coverage.md"


def test_every_operation_has_a_behavior_that_says_what_it_does() -> None:
    covered = coverage.coverage()
    assert [one.operation.id for one in covered] == list(load().operations)
    for one in covered:
        said = one.documented + one.assumed
        assert said.endswith("."), one.operation.id
        assert "Documented:" not in said, one.operation.id
        assert "Assumed:" not in said, one.operation.id


def test_the_exceptions_are_operations_of_the_contract() -> None:
    excepted = {operation for operation, _ in EXCEPTIONS} | UNDECLARED.keys() | JSON_ERRORS.keys() | AMBIGUOUS
    assert excepted <= load().operations.keys()


def test_a_behavior_without_sentences_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(call: Call) -> Answer:
        """GET /me."""
        return NOTHING

    monkeypatch.setitem(coverage.BEHAVIORS, "getAuthenticatedUser", silent)
    with pytest.raises(ValueError, match="getAuthenticatedUser"):
        coverage.coverage()
