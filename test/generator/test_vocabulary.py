"""Names of the contract in its prose become Python names; values and wire words stay."""

from __future__ import annotations

from typing import Any

import pytest

from generator.vocabulary import translate


def document(text: str) -> dict[str, Any]:
    return {
        "paths": {
            "/scores": {
                "get": {
                    "operationId": "listScores",
                    "description": text,
                    "parameters": [{"name": "onlyId", "in": "query"}, {"name": "class", "in": "path"}],
                }
            }
        },
        "components": {"schemas": {"Kind": {"enum": ["allScores"]}, "Score": {"properties": {"allScores": {}}}}},
    }


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("ids from `listScores`", "ids from `list_scores`"),
        ("ask with `onlyId=true`", "ask with `only_id=True`"),
        ("`true` to receive", "`True` to receive"),
        ("the `class` it is in", "the `class_` it is in"),
        ("the virtual `allScores`", "the virtual `allScores`"),
        ("the header `Link`, or `null`", "the header `Link`, or `null`"),
        ("a listScores without ticks", "a listScores without ticks"),
    ],
)
def test_prose_is_translated(wire: str, python: str) -> None:
    contract = document(wire)
    translate(contract)
    assert contract["paths"]["/scores"]["get"]["description"] == python
