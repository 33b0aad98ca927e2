"""Exports: JSON, synchronization points, single parts, and addresses that need no token."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import urllib3

_DUET = """<score-partwise version="4.0"><part-list>
<part-group number="1" type="start"/>
<score-part id="P1"><part-name>Flute</part-name></score-part>
<score-part id="P2"><part-name>Cello</part-name></score-part>
<part-group number="1" type="stop"/></part-list>
<part id="P1"><measure number="1"><attributes><divisions>1</divisions></attributes>
<sound tempo="60"/><note><rest/><duration>4</duration></note>
<backup><duration>4</duration></backup><note><rest/><duration>4</duration></note></measure>
<measure number="2"><sound tempo="120"/><note><rest/><duration>2</duration></note>
<barline><repeat direction="backward"/></barline></measure></part>
<part id="P2"><measure number="1"><note><rest/><duration>4</duration></note></measure>
<measure number="2"><note><rest/><duration>2</duration></note></measure></part></score-partwise>"""


@pytest.fixture
def path(client: Any) -> str:
    return f"/scores/{client.score(_DUET, title='A Duet!')['id']}/revisions/last"


def test_json_has_the_uuids_of_parts_and_measures(client: Any, path: str) -> None:
    answer = client("GET", f"{path}/json")
    score = answer.json()["score-partwise"]
    assert answer.headers["Content-Type"] == "application/json"
    first, second = score["part"]
    assert (first["$id"], score["part-list"][0]["score-part"][1]["part-name"]) == ("P1", ["Cello"])
    assert UUID(first["$uuid"]) != UUID(second["$uuid"])
    assert [one["$uuid"] for one in first["measure"]] == [one["$uuid"] for one in second["measure"]]
    measure = first["measure"][0]
    places = [(one["$place"], name) for name in ("note", "backup") for one in measure[name]]
    assert sorted(places) == [("2", "note"), ("3", "backup"), ("4", "note")]
    assert client("GET", f"{path}/json").json()["score-partwise"] == score


def test_synchronization_points_follow_tempo_and_repeats(client: Any, path: str) -> None:
    measures = [one["$uuid"] for one in client("GET", f"{path}/json").json()["score-partwise"]["part"][0]["measure"]]
    points = client("GET", f"{path}/synchronizationPoints").json()
    assert [point["time"] for point in points] == [0, 4, 5, 9, 10]
    assert [point.get("measureUuid") for point in points] == [*measures, *measures, None]
    assert [point["type"] for point in points] == ["measure"] * 4 + ["end"]


def test_parts_are_chosen_by_uuid_or_id(client: Any, path: str) -> None:
    cello = client("GET", f"{path}/json").json()["score-partwise"]["part"][1]["$uuid"]
    for chosen in (cello, "P2"):
        xml = client("GET", f"{path}/xml?parts={chosen}").data.decode()
        assert ("Cello" in xml, "Flute" in xml, "part-group" in xml) == (True, False, False)
    both = client("GET", f"{path}/json?parts=P2,{cello},P1").json()["score-partwise"]
    assert len(both["part"]) == 2
    answer = client("GET", f"{path}/midi?parts=P2,P3")
    assert (answer.status, answer.json()["param"]) == (422, "parts")
    assert cello in answer.json()["message"]


def test_url_gives_an_address_that_needs_no_token(client: Any, sandbox: Any, path: str) -> None:
    url = client("GET", f"{path}/xml?url=true&parts=P1").json()["url"]
    assert client("GET", f"{path}/xml?url=true&parts=P1").json()["url"] == url
    assert url.endswith("/a-duet.musicxml")
    with urllib3.PoolManager() as stranger:
        answer = stranger.request("GET", url)
        assert (answer.status, b"Cello" in answer.data) == (200, False)
        assert answer.headers["Content-Type"] == "application/vnd.recordare.musicxml+xml"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a-duet.musicxml"'
        assert stranger.request("POST", url).status == 405
        client("DELETE", f"{path.partition('/revisions')[0]}?now=true")
        assert stranger.request("GET", url).status == 404
        assert stranger.request("GET", f"{url.partition('/files/')[0]}/files/unknown/x.mp3").status == 404


def test_url_is_not_given_for_what_cannot_be_made(client: Any, path: str) -> None:
    assert client("GET", f"{path}/flat?url=true").status == 422
    answer = client("GET", f"{path}/xml?url=true&parts=P3")
    assert (answer.status, answer.json()["param"]) == (422, "parts")


def test_a_revision_names_all_its_authors(client: Any, xml: Any, person: Any) -> None:
    student, other = person("student")
    score = client.score(xml())
    client("POST", f"/scores/{score['id']}/collaborators", json={"user": student, "aclWrite": True})
    revision = other("POST", f"/scores/{score['id']}/revisions", json={"data": xml()}).json()
    assert (revision["user"], revision["collaborators"]) == (student, [score["user"]["id"], student])
