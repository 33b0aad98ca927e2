"""The files of recognition jobs: what they are, how many pages they have, and a picture of them."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from importlib.resources import files
from typing import TypeAlias

from flat_api.sandbox.errors import invalid
from flat_api.sandbox.store import Document

MIME_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
MAX_SIZE = 20 * 1024 * 1024
_JPEG = b"\xff\xd8\xff"
_SIGNATURES = {b"%PDF": "pdf", b"\x89PNG\r\n\x1a\n": "png", _JPEG: "jpg"}
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
# Streams that list pages are small; others need not be unpacked to their end.
_UNPACKED = 1024 * 1024

# An accepted file: what is known of it, and its bytes.
PageFile: TypeAlias = tuple[Document, bytes]


def read(file: str, filename: str | None, param: str) -> PageFile:
    """An uploaded file, in Base64. Raises ApiError 422, with `param`, for one that a job does not take."""
    data = b64decode(file)
    if len(data) > MAX_SIZE:
        raise invalid(param, f"has {len(data):,} bytes, but at most {MAX_SIZE:,} are taken.")
    extension = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), None)
    if extension is None:
        raise invalid(param, "is neither a PDF nor a JPEG or PNG picture.")
    is_pdf = extension == "pdf"
    facts = {
        "filename": filename,
        # That of its real kind.
        "extension": extension,
        "size": len(data),
        "pages": _count_pages(data) if is_pdf else 1,
        "protected": is_pdf and b"/Encrypt" in data,
    }
    return facts, data


def _count_pages(pdf: bytes) -> int:
    """The pages of a PDF, as far as its objects can be read; 1 at least."""
    found = len(_PAGE.findall(pdf))
    for stream in _STREAM.finditer(pdf):
        try:
            found += len(_PAGE.findall(zlib.decompressobj().decompress(stream.group(1), _UNPACKED)))
        except zlib.error:
            continue
    return max(found, 1)


def picture(data: bytes) -> bytes:
    """A JPEG of a file: the file itself if it is one, else a page of empty staves in its place."""
    return data if data.startswith(_JPEG) else files("flat_api.sandbox").joinpath("page.jpg").read_bytes()
