"""Revisions and their data in every format."""

from __future__ import annotations

import io
import zipfile
from base64 import b64encode
from typing import Any

import pytest


def test_a_new_revision_becomes_the_last(client: Any, xml: Any) -> None:
    score = client.score(xml("Round", measures=2))
    path = f"/scores/{score['id']}"
    body = {"data": xml("Other", measures=5), "description": "longer", "autosave": True}
    revision = client("POST", f"{path}/revisions", json=body).json()
    assert (revision["description"], revision["autosave"]) == ("longer", True)
    listed = client("GET", f"{path}/revisions").json()
    assert listed[0] == revision
    assert len(listed) == 2
    assert client("GET", f"{path}/revisions/last").json() == revision
    assert client("GET", f"{path}/revisions/{revision['id']}").json() == revision
    changed = client("GET", path).json()
    assert (changed["title"], changed["numberMeasures"]) == ("Round", 5)
    assert client("GET", f"{path}/revisions/{listed[1]['id']}/xml").data == xml("Round", measures=2).encode()


def test_a_revision_belongs_to_its_score(client: Any, xml: Any) -> None:
    first, second = client.score(xml()), client.score(xml())
    revision = client("GET", f"/scores/{first['id']}/revisions/last").json()["id"]
    assert client("GET", f"/scores/{second['id']}/revisions/{revision}").status == 404


@pytest.mark.parametrize(
    ("format_", "media_type", "start"),
    [
        ("xml", "application/vnd.recordare.musicxml+xml", b"<?xml"),
        ("mxl", "application/vnd.recordare.musicxml", b"PK"),
        ("midi", "audio/midi", b"MThd"),
        ("thumbnail.png", "image/png", b"\x89PNG"),
        ("wav", "audio/wav", b"RIFF"),
    ],
)
def test_a_revision_is_exported(client: Any, xml: Any, format_: str, media_type: str, start: bytes) -> None:
    score = client.score(xml())
    answer = client("GET", f"/scores/{score['id']}/revisions/last/{format_}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.data.startswith(start)
    assert answer.headers["x-flat-score-revision"]


def test_mp3_is_exported(client: Any, xml: Any) -> None:
    score = client.score(xml())
    answer = client("GET", f"/scores/{score['id']}/revisions/last/mp3")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/mp3")
    assert answer.data.startswith(b"ID3") or answer.data[0] == 0xFF


def test_the_music_of_an_mxl_file_comes_back_as_its_document(client: Any, xml: Any) -> None:
    document = xml("Packed").encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        container = '<container><rootfiles><rootfile full-path="a.xml"/></rootfiles></container>'
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("a.xml", document)
    score = client.score(b64encode(packed.getvalue()).decode(), dataEncoding="base64")
    assert score["title"] == "Packed"
    assert client("GET", f"/scores/{score['id']}/revisions/last/xml").data == document


@pytest.mark.parametrize("format_", ["abc", "flat"])
def test_a_format_that_cannot_be_made_is_422(client: Any, xml: Any, format_: str) -> None:
    score = client.score(xml())
    answer = client("GET", f"/scores/{score['id']}/revisions/last/{format_}")
    assert (answer.status, answer.json()["param"]) == (422, "format")
    assert "xml" in answer.json()["message"]
