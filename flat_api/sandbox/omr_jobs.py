"""Recognition jobs and their files as they are read, stored, carried on and described."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from collections.abc import Sequence
from importlib.resources import files as resources
from typing import Any, TypeAlias

from flat_api.sandbox import billing, imports, transitions
from flat_api.sandbox.call import Call
from flat_api.sandbox.errors import invalid
from flat_api.sandbox.music import ScoreFile
from flat_api.sandbox.music.instruments import TABLE
from flat_api.sandbox.score_state import import_score
from flat_api.sandbox.store import Document, Store, Where, new_id, now, without

FORMATS = ["musicxml", "mxl", "midi", "thumbnail.png"]
MAX_FILES, MAX_PAGES = 20, 40
COST_PER_PAGE = 1
RETENTION_DAYS = 30
MIME_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
MAX_FILE_SIZE = 20 * 1024 * 1024
_JPEG = b"\xff\xd8\xff"
_SIGNATURES = {b"%PDF": "pdf", b"\x89PNG\r\n\x1a\n": "png", _JPEG: "jpg"}
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
# Streams that list pages are small; others need not be unpacked to their end.
_UNPACKED = 1024 * 1024

# An accepted file: what is known of it, and its bytes.
PageFile: TypeAlias = tuple[Document, bytes]

# What a job keeps for itself.
_HIDDEN = {"answer", "collection", "idempotencyKey", "score", "user", "work"}
# What the stand-in finds on every page: instrument, name of the part, MIDI program, and how sure it is.
_FOUND = (("vocals.soprano", "Soprano", 52, "high"), ("keyboards.piano", "Piano", 0, "medium"))
_PHASES = {
    "OMR_QUEUED": "Waiting for a free place",
    "OMR_READING_PAGES": "Reading the pages",
    "OMR_CREATING_SCORE": "Building the score",
}
_AFTER_STEP = 80


def read_file(file: str, filename: str | None, param: str) -> PageFile:
    """An uploaded file, in Base64. Raises ApiError 422, with `param`, for one that a job does not take."""
    data = b64decode(file)
    if len(data) > MAX_FILE_SIZE:
        raise invalid(param, f"has {len(data):,} bytes, but at most {MAX_FILE_SIZE:,} are taken.")
    extension = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), None)
    if extension is None:
        raise invalid(param, "is neither a PDF nor a JPEG or PNG picture.")
    is_pdf = extension == "pdf"
    facts = {
        "filename": filename,
        # That of its real kind.
        "extension": extension,
        "size": len(data),
        "pages": _pages_of(data) if is_pdf else 1,
        "protected": is_pdf and b"/Encrypt" in data,
    }
    return facts, data


def _pages_of(pdf: bytes) -> int:
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
    return data if data.startswith(_JPEG) else resources("flat_api.sandbox").joinpath("page.jpg").read_bytes()


def add_file(store: Store, job: Document, file: PageFile, param: str) -> int:
    """Stores a file of a draft and returns its index. Raises ApiError 422 beyond the limits. Needs a transaction."""
    files = store.children("omrFile", job["id"])
    if len(files) >= MAX_FILES:
        raise invalid(param, f"is one too many: a job takes {MAX_FILES} files.")
    facts, data = file
    pages = _count_pages([*files, facts])
    if pages > MAX_PAGES:
        raise invalid(param, f"makes {pages} pages, but a job takes {MAX_PAGES}.")
    store.insert("omrFile", {"id": new_id(), **facts}, parent=job["id"], data=data)
    return len(files)


def _count_pages(files: Sequence[Document]) -> int:
    return sum(file["pages"] for file in files)


def start(store: Store, job: Document) -> None:
    """Charges for the pages of a draft and begins to process it. Raises ApiError 402. Needs a transaction."""
    pages = _count_pages(store.children("omrFile", job["id"]))
    billing.charge(store, job["user"], pages * COST_PER_PAGE, job["id"])
    job.update(status="processing", work=transitions.begin())
    save(store, job)


def save(store: Store, job: Document) -> None:
    """Stores a changed job. Needs a transaction."""
    job["modificationDate"] = now()
    store.update("omrJob", job)


def carry_on(call: Call, job: Document, *, poll: bool) -> None:
    """Lets a job that is processed go on, as far as looks and time allow. Needs a transaction."""
    if job["status"] != "processing":
        return
    if not transitions.look(call.store, job["work"], poll=poll):
        call.store.update("omrJob", job)
        return
    files = call.store.children("omrFile", job["id"])
    if any(file["protected"] for file in files):
        job.update(
            status="error",
            errorCode="OMR_FILE_PROTECTED",
            errorMessage="A PDF is protected by a password: remove the protection and send it again.",
        )
        billing.refund(call.store, job["user"], job["id"])
    elif "details" in job["interactiveSteps"] and "answer" not in job:
        job["status"] = "awaitingInput"
    else:
        _finish(call, job, files)
    save(call.store, job)


def _finish(call: Call, job: Document, files: Sequence[Document]) -> None:
    answer = job.get("answer", {})
    title = answer.get("title") or imports.recognized_title(files[0]["filename"])
    file = imports.recognize(title, _parts(answer))
    call.store.insert("omrResult", {"id": job["id"], "title": title}, parent=job["id"], data=file.xml)
    job.update(status="done", importedMetadata=_summary(file))
    if job["output"] == "library":
        score, _ = import_score(call, file, title, job["collection"])
        job["score"] = score["id"]


def _summary(file: ScoreFile) -> dict[str, Any]:
    return {
        "instruments": list(file.instrument_names),
        "mainKeySignature": file.key_fifths,
        "mainTempoQpm": file.tempo_qpm,
        "numberMeasures": file.number_measures,
    }


def _parts(answer: Document) -> list[tuple[str, str]]:
    parts = [(instrument, name) for instrument, name, *_ in _FOUND]
    for override in answer.get("instruments", []):
        instrument, name = parts[override["index"]]
        if "instrumentId" in override:
            instrument = override["instrumentId"]
        elif "midiProgram" in override:
            instrument = _of_program(override["midiProgram"], instrument)
        parts[override["index"]] = (instrument, override.get("partName") or name)
    return parts


def _of_program(program: int, default: str) -> str:
    # The table counts the programs from 1.
    return next((row.id for row in TABLE if row.program == program + 1), default)


def check_answer(answer: Document) -> None:
    """Raises ApiError 422 when the answer to the step `details` names a part that was not found."""
    for number, override in enumerate(answer.get("instruments", [])):
        if override["index"] >= len(_FOUND):
            raise invalid(f"instruments.{number}.index", f"must be 0 to {len(_FOUND) - 1}, the parts that were found.")


def is_expired(job: Document) -> bool:
    """Whether the files of a job are erased."""
    return "retention" in job and job["retention"]["expiryDate"] <= now()


def expired(wanted: bool) -> Where:
    """The jobs whose files are erased, or those that have them."""
    over = "coalesce(json_extract(body, '$.retention.expiryDate') <= ?, 0)"
    return Where(over if wanted else f"NOT {over}", (now(),))


def erase(store: Store, job: str) -> None:
    """Removes a job with its files. Needs a transaction."""
    for kind in ("omrFile", "omrResult"):
        for one in store.children(kind, job):
            store.delete(kind, one["id"])
    store.delete("omrJob", job)


def view(store: Store, job: Document) -> Document:
    """A stored job as OmrJob."""
    shown = without(job, _HIDDEN)
    files = store.children("omrFile", job["id"])
    if files:
        shown["estimatedCredits"] = _count_pages(files) * COST_PER_PAGE
        shown["originalFileMetadata"] = _file_metadata(files)
    if is_expired(job):
        shown["retention"] = {**job["retention"], "expiredDate": job["retention"]["expiryDate"]}
    elif job["status"] == "done":
        shown["result"] = {"exports": FORMATS, **({"score": job["score"]} if "score" in job else {})}
    if job["status"] == "processing":
        shown["progress"] = _progress(store, job)
    if job["status"] == "awaitingInput":
        shown["currentStep"] = "details"
        shown["pendingStep"] = {"step": "details", "data": _question(files)}
    return shown


def _file_metadata(files: Sequence[Document]) -> Document:
    first = files[0]
    return {
        **({"filename": first["filename"]} if first["filename"] else {}),
        "fileExtension": first["extension"],
        "mimeType": MIME_TYPES[first["extension"]],
        "fileCount": len(files),
        "fileSize": sum(file["size"] for file in files),
        "numberOfPages": _count_pages(files),
    }


def _progress(store: Store, job: Document) -> Document:
    share = transitions.percent(store, job["work"])
    if "answer" in job:
        key, percent = "OMR_CREATING_SCORE", _AFTER_STEP + share * (100 - _AFTER_STEP) // 100
    else:
        key, percent = ("OMR_READING_PAGES" if share else "OMR_QUEUED"), share * _AFTER_STEP // 100
    return {"key": key, "percent": percent, "text": _PHASES[key]}


def _question(files: Sequence[Document]) -> Document:
    return {
        "step": "details",
        "title": imports.recognized_title(files[0]["filename"]),
        "instruments": [
            {
                "index": index,
                "instrumentId": instrument,
                "instrumentName": name,
                "midiProgram": program,
                "partName": name,
                "resolvedConfidence": confidence,
            }
            for index, (instrument, name, program, confidence) in enumerate(_FOUND)
        ],
    }
