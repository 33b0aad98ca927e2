"""Compressed MusicXML (MXL), one score in a zip archive: read with bounds, written the same way every time."""

from __future__ import annotations

import io
import zipfile
import zlib

from flat_api.sandbox.music.document import MAX_BYTES, MusicError, foreign, tree

CONTAINER = "META-INF/container.xml"
ROOT_FILE = "score.musicxml"
MEDIA_TYPE = "application/vnd.recordare.musicxml"
MAX_MEMBERS = 1000
# What zipfile raises for damaged, encrypted or exotic archives.
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

_CONTAINER_XML = f"""<?xml version="1.0" encoding="UTF-8"?>
<container>
  <rootfiles>
    <rootfile full-path="{ROOT_FILE}" media-type="{MEDIA_TYPE}+xml"/>
  </rootfiles>
</container>
"""


def is_zip(data: bytes) -> bool:
    """Whether the bytes start like a zip archive with content."""
    return data.startswith(b"PK\x03\x04")


def mxl(xml: bytes) -> bytes:
    """Pack a MusicXML document, with the media type as the first, uncompressed member.

    The same document always gives the same bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content, method in (
            ("mimetype", MEDIA_TYPE.encode(), zipfile.ZIP_STORED),
            (CONTAINER, _CONTAINER_XML.encode(), zipfile.ZIP_DEFLATED),
            (ROOT_FILE, xml, zipfile.ZIP_DEFLATED),
        ):
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = method
            member.create_system = 3  # the same on every platform
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def unpack(data: bytes, filename: str | None = None) -> bytes:
    """Return the score document of an MXL archive; `filename` is for messages.

    Raises:
        MusicError: the archive is damaged, encrypted, too big when unpacked, or holds no MusicXML.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise MusicError(f"The archive has more than {MAX_MEMBERS} members: this is not a compressed score.")
            if CONTAINER not in archive.namelist():
                raise foreign(f"a zip archive without {CONTAINER}", filename)
            return _member(archive, _root_path(_member(archive, CONTAINER)))
    except _DAMAGED as error:
        raise MusicError(f"The compressed MusicXML (.mxl) cannot be unpacked ({error}): export it again.") from None


def _root_path(container: bytes) -> str:
    """The member that the container names as the score: the first of the MusicXML type, or of no type."""
    for rootfile in tree(container).iterfind("rootfiles/rootfile"):
        path = rootfile.get("full-path")
        if path and rootfile.get("media-type", MEDIA_TYPE).startswith(MEDIA_TYPE):
            return path
    raise MusicError(f"The {CONTAINER} of the archive names no MusicXML file: export the score again.")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one member in memory, counting real bytes because the sizes in the directory may lie."""
    try:
        with archive.open(name) as member:
            content = member.read(MAX_BYTES + 1)
    except KeyError:
        raise MusicError(f"The archive names {name[:100]!r} as its score but does not contain it.") from None
    if len(content) > MAX_BYTES:
        raise MusicError(f"The compressed score unpacks to more than {MAX_BYTES:,} bytes: split it.")
    return content
