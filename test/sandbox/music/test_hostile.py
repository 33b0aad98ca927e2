"""Input made to do harm is refused quickly and with a sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flat_api.sandbox.music import MusicError, mxl, read
from flat_api.sandbox.music.document import MAX_BYTES

CONTAINER = b'<container><rootfiles><rootfile full-path="%s"/></rootfiles></container>'


def archive(path: bytes, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("META-INF/container.xml", CONTAINER % path)
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def test_billion_laughs() -> None:
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f"<!DOCTYPE score-partwise [{entities}]><score-partwise>&a9;</score-partwise>"
    with pytest.raises(MusicError, match="entities"):
        read(bomb.encode())


@pytest.mark.parametrize("declaration", ['SYSTEM "file:///etc/passwd"', 'PUBLIC "x" "http://127.0.0.1:9/x"'])
def test_external_entities(declaration: str) -> None:
    document = f"<!DOCTYPE score-partwise [<!ENTITY x {declaration}>]><score-partwise>&x;</score-partwise>"
    with pytest.raises(MusicError, match="entities"):
        read(document.encode())


def test_external_parameter_entities() -> None:
    document = '<!DOCTYPE score-partwise [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><score-partwise/>'
    with pytest.raises(MusicError, match="entities"):
        read(document.encode())


def test_entities_of_an_external_dtd_are_not_dropped_silently(canon: bytes) -> None:
    with pytest.raises(MusicError, match="entities"):
        read(canon.replace(b"Thomas", b"&thomas;"))


def test_zip_bomb() -> None:
    bomb = archive(b"s.xml", **{"s.xml": b"<a>" + bytes(MAX_BYTES)})
    assert len(bomb) < MAX_BYTES / 500
    with pytest.raises(MusicError, match="unpacks to more than"):
        read(bomb)


def test_zip_with_a_lying_size(canon: bytes) -> None:
    """The sizes in the directory say one byte: what is unpacked is counted, not believed."""
    packed = bytearray(archive(b"s.xml", **{"s.xml": canon}))
    entry = packed.rindex(b"PK\x01\x02")
    packed[entry + 24 : entry + 28] = (1).to_bytes(4, "little")
    with pytest.raises(MusicError):
        read(bytes(packed))


def test_oversized_document() -> None:
    with pytest.raises(MusicError, match="at most"):
        read(b"<score-partwise>" + b" " * MAX_BYTES)


@pytest.mark.parametrize("path", [b"../../etc/passwd", b"/etc/passwd", b"missing.xml"])
def test_paths_are_only_names_of_members(path: bytes) -> None:
    with pytest.raises(MusicError, match="does not contain it"):
        read(archive(path))


def test_unpacking_writes_no_files(canon: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(archive(b"../s.xml", **{"../s.xml": canon})).number_measures == 17
    assert not list(tmp_path.iterdir())
    assert not (tmp_path.parent / "s.xml").exists()


@pytest.mark.parametrize("kept", [10, 100, 400, -30, -1])
def test_truncated_archive(canon: bytes, kept: int) -> None:
    with pytest.raises(MusicError, match="cannot be unpacked"):
        read(mxl(canon)[:kept])


def test_damaged_archive(canon: bytes) -> None:
    packed = bytearray(mxl(canon))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(MusicError):
        read(bytes(packed))


def test_encrypted_archive(canon: bytes) -> None:
    packed = bytearray(archive(b"s.xml", **{"s.xml": canon}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.rindex(signature) + flags] |= 1
    with pytest.raises(MusicError, match="cannot be unpacked"):
        read(bytes(packed))


def test_other_archives_are_named() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("word/document.xml", "<w/>")
    with pytest.raises(MusicError, match="a zip archive without META-INF"):
        read(buffer.getvalue(), "letter.docx")


def test_deep_nesting() -> None:
    with pytest.raises(MusicError, match="nests"):
        read(b"<score-partwise>" + b"<a>" * 100_000)


def test_endless_repeats(score: Callable[..., bytes], notes: Callable[..., str]) -> None:
    repeat = '<barline location="right"><repeat direction="backward" times="999999"/></barline>'
    with pytest.raises(MusicError, match="repeats"):
        read(score(notes() + repeat))
