"""Packing a score."""

from __future__ import annotations

import io
import zipfile

from flat_api.sandbox.music import mxl, read


def test_round_trip_keeps_every_byte(canon: bytes) -> None:
    assert read(mxl(canon)).xml == canon


def test_the_same_score_gives_the_same_bytes(canon: bytes) -> None:
    assert mxl(canon) == mxl(canon)
    assert mxl(canon) != mxl(canon + b"\n")


def test_the_archive_is_what_other_programs_expect(canon: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(mxl(canon))) as archive:
        assert archive.testzip() is None
        first, container, score = archive.infolist()
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read(first) == b"application/vnd.recordare.musicxml"
        assert container.filename == "META-INF/container.xml"
        assert score.filename.encode() in archive.read(container)
    assert len(mxl(canon)) < len(canon) / 10
