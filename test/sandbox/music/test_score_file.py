"""What is read from a score: encodings, words, instruments, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flat_api.sandbox.music import MusicError, mxl, read


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1"])
def test_encodings(canon: bytes, encoding: str) -> None:
    name = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}.get(encoding, encoding)
    words = canon.decode().replace("’", "'").replace("–", "-").replace('encoding="UTF-8"', f'encoding="{name}"')
    sent = words.encode(encoding)
    file = read(sent)
    assert file.xml == sent
    assert file.title == "Tallis's Canon"
    assert file.composer == "Thomas Tallis (c. 1505-1585)"
    assert file.number_measures == 17


def test_compressed(canon: bytes) -> None:
    assert read(mxl(canon), "canon.mxl") == read(canon)


def test_timewise_is_read_like_partwise(score: Callable[..., bytes], notes: Callable[..., str]) -> None:
    partwise = score(notes(), notes(3))
    head, _, body = partwise.decode().partition('<part id="P1">')
    body = body.replace("</part></score-partwise>", "</score-timewise>")
    body = body.replace('<measure number="1">', '<measure number="1"><part id="P1">')
    body = body.replace('<measure number="2">', '<measure number="2"><part id="P1">')
    timewise = head.replace("partwise", "timewise") + body.replace("</measure>", "</part></measure>")
    file = read(timewise.encode())
    assert file.xml == timewise.encode()
    assert (file.number_measures, file.duration) == (2, 3.5)


def test_words_come_from_the_header_first(score: Callable[..., bytes], notes: Callable[..., str]) -> None:
    header = (
        "<work><work-title>Suite</work-title></work><movement-title> Air \n on a string</movement-title>"
        '<identification><creator type="composer">A</creator><creator type="composer">B</creator>'
        '<creator type="poet">C</creator></identification>'
        "<credit><credit-type>title</credit-type><credit-words>Not this</credit-words></credit>"
        "<credit><credit-type>arranger</credit-type><credit-words>D</credit-words></credit>"
    )
    file = read(score(notes(), header=header))
    assert (file.title, file.subtitle) == ("Suite", "Air on a string")
    assert (file.composer, file.lyricist, file.arranger) == ("A, B", "C", "D")


def test_a_score_without_words_has_none(score: Callable[..., bytes], notes: Callable[..., str]) -> None:
    file = read(score(notes()))
    assert (file.title, file.subtitle, file.composer, file.lyricist, file.arranger) == (None,) * 5
    assert (file.tempo_qpm, file.key_fifths) == (120, 0)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"MThd\x00\x00\x00\x06\x00\x01", "is a MIDI file"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image"),
        (b"X:1\nT:Tune\nK:G\n", "is ABC notation"),
        (b"Dear all", "is plain text"),
        (b"\x00\x01\x02\x03", "is binary data"),
        (b"<mei/>", "is an XML document of type <mei>"),
        (b"<html></html>", "is an XML document of type <html>"),
        (b"PK\x05\x06" + bytes(18), "is an empty zip archive"),
    ],
)
def test_other_formats_are_named(data: bytes, found: str) -> None:
    with pytest.raises(MusicError) as refused:
        read(data, "tune.bin")
    assert found in str(refused.value)
    assert "'tune.bin'" in str(refused.value)
    assert "export the score as MusicXML" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"</score-partwise>", b"", "not well-formed"),
        (b"<divisions>1<", b"<divisions>0<", "divisions"),
        (b"<duration>1<", b"<duration>one<", "'one' as duration in <note>"),
        (b"<duration>1<", b"<duration>-1<", "negative"),
        (b"<duration>1<", b"<duration>1e999999999<", "not a number"),
        (b"<measure", b"<bar", "not well-formed"),
    ],
)
def test_damage_is_explained(
    score: Callable[..., bytes], notes: Callable[..., str], old: bytes, new: bytes, problem: str
) -> None:
    with pytest.raises(MusicError, match=problem):
        read(score(notes()).replace(old, new, 1))


def test_a_score_without_measures_is_refused(score: Callable[..., bytes]) -> None:
    with pytest.raises(MusicError, match="no part with a measure"):
        read(score())
