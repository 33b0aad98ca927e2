"""The file name of a download: what servers write (RFC 6266), and what nobody should be able to do with it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flat_api.download import suggested_name


def name_of(disposition: str, path: str = "/v2/scores/abc/revisions/last/wav") -> str:
    return suggested_name({"Content-Disposition": disposition}, path)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="My Song.wav"', "My Song.wav"),
        ("attachment; filename=song.wav", "song.wav"),
        ("ATTACHMENT; FILENAME = song.wav ; size=5", "song.wav"),
        ('inline; filename="a \\"b\\".wav"', "a _b_.wav"),
        ('attachment; filename="semi;colon.wav"', "semi;colon.wav"),
        ("attachment; filename*=UTF-8''%C3%89tude%20%E2%84%96%201.wav", "Étude № 1.wav"),
        ("attachment; filename*=iso-8859-1'en'%A3.wav", "£.wav"),
        ("attachment; filename=\"plain.wav\"; filename*=UTF-8''%C3%A9.wav", "é.wav"),
        ("attachment; filename*=UTF-8''%C3%A9.wav; filename=\"plain.wav\"", "é.wav"),
        ("attachment; filename*=UTF-8''%FF.wav; filename=plain.wav", "plain.wav"),
        ("attachment; filename*=no-such-charset''%41x.wav; filename=plain.wav", "plain.wav"),
        ("attachment", "wav"),
        ("", "wav"),
        ('attachment; filename=""', "wav"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\Users\\\\me\\\\song.wav"', "song.wav"),
        ('attachment; filename="CON.wav"', "_CON.wav"),
        ('attachment; filename="nul"', "_nul"),
        ('attachment; filename="com1.tar.gz"', "_com1.tar.gz"),
        ('attachment; filename=" .. "', "download"),
        ("attachment; filename*=UTF-8''a%0D%0Ab%00c%E2%80%AEd.wav", "a__b_c_d.wav"),
        ("attachment; filename*=UTF-8''e%CC%81.wav", "é.wav"),
        ('attachment; filename="what? <a|b>: *.wav"', "what_ _a_b__ _.wav"),
    ],
)
def test_names(disposition: str, name: str) -> None:
    assert name_of(disposition) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/scores/a/song.wav", "song.wav"),
        ("/a/%C3%A9.wav", "é.wav"),
        ("/a/..%2F..%2Fevil", "evil"),
        ("/a/", "download"),
        ("", "download"),
    ],
)
def test_without_a_name_the_path_gives_one(path: str, name: str) -> None:
    assert suggested_name({}, path) == name


def test_a_long_name_keeps_its_suffix() -> None:
    name = name_of(f'attachment; filename="{"x" * 9000}.musicxml"')
    assert name.endswith("x.musicxml")
    assert len(name) == 150


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, st.sampled_from(["{}", 'filename="{}"', "filename={}", "filename*=UTF-8''{}", "filename*={}''{}"]), TEXT)
@example("x" * 149 + " " + "y" * 99, 'filename="{}"', "")
@example("aux.", 'filename="{}"', "")
def test_every_name_is_one_harmless_component(text: str, form: str, path: str) -> None:
    name = name_of(form.format(text, text), path)
    assert 0 < len(name.encode()) <= 151
    assert not set(name) & set('/\\<>:"|?*')
    assert name.isprintable()
    assert name == name.strip(" .")
    assert name == unicodedata.normalize("NFC", name)
    assert name.partition(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
