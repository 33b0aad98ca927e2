"""The calls on optical music recognition. The sandbox reads no notation: a stand-in, named so, is the result."""

from __future__ import annotations

import time
from typing import Any

from flat_api.sandbox import billing, exports, omr_jobs
from flat_api.sandbox.call import Answer, Call
from flat_api.sandbox.errors import ApiError, invalid, not_found
from flat_api.sandbox.pages import page
from flat_api.sandbox.score_state import find_collection_for, owned_by
from flat_api.sandbox.store import Document, having, new_id, now
from flat_api.sandbox.transitions import begin, transition_of

_LOCALES = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "la": "Latin",
    "pt": "Portuguese",
}
_UNDER_WAY = {"processing", "awaitingInput"}
_SECONDS_BETWEEN_LOOKS = 0.02


def get_omr_capabilities(call: Call) -> Answer:
    """GET /omr/capabilities: file types, limits, languages, price and credits.

    Assumed: the limits and the languages; the price of a page is 1 credit.
    """
    with call.store.transaction():
        credits_left = billing.remaining(call.store, call.user["id"])
    return Answer(
        content={
            "acceptedExtensions": list(omr_jobs.MIME_TYPES),
            "acceptedMimeTypes": sorted(set(omr_jobs.MIME_TYPES.values())),
            "costPerPage": omr_jobs.COST_PER_PAGE,
            "formats": omr_jobs.FORMATS,
            "locales": list(_LOCALES),
            "localesDetails": [{"code": code, "name": name} for code, name in _LOCALES.items()],
            "maxFileSize": omr_jobs.MAX_FILE_SIZE,
            "maxFiles": omr_jobs.MAX_FILES,
            "maxPages": omr_jobs.MAX_PAGES,
            "maxParallelJobs": 2,
            "outputs": ["library", "musicxml"],
            "remainingCredits": credits_left,
            "retentionDays": omr_jobs.RETENTION_DAYS,
            "steps": ["details"],
        }
    )


def list_omr_jobs(call: Call) -> Answer:
    """GET /omr/jobs: the jobs of the caller, with the same fields as the single job.

    Documented: `status` and `expired` filter them.
    Assumed: the newest first; time carries the jobs on, but looking at the list is no poll.
    """
    mine = owned_by(call.user)
    with call.store.transaction():
        running = mine & having(status="processing")
        for _, job in call.store.sorted("omrJob", running, sort="id", descending=False):
            omr_jobs.carry_on(call, job, poll=False)
    where = mine
    if "status" in call.query:
        where &= having(status=call.query["status"])
    if "expired" in call.query:
        where &= omr_jobs.expired(call.query["expired"])
    return page(call, "omrJob", where, lambda job: omr_jobs.view(call.store, job))


def create_omr_job(call: Call) -> Answer:
    """POST /omr/jobs: a draft (201), or with `autoStart` a job that is processed already (202).

    Documented: a start without enough credits is 402; a repeated `idempotencyKey` creates no second job.
    Assumed: the repeated call is answered with the first job as it stands, whatever else it asks; a job that
    cannot be paid is not created; `autoStart` needs files (422); languages are those of the capabilities.
    """
    body = call.body
    for number, locale in enumerate(body.get("locales", [])):
        if locale not in _LOCALES:
            raise invalid(f"locales.{number}", f"{locale!r} is none of {', '.join(_LOCALES)}.")
    files = [_read(one, f"files.{number}.file") for number, one in enumerate(body.get("files", []))]
    if body.get("autoStart") and not files:
        raise invalid("files", "must not be empty with autoStart.")
    with call.store.transaction():
        job = _repeated(call) or _add(call, files)
        return Answer(status=201 if job["status"] == "draft" else 202, content=omr_jobs.view(call.store, job))


def _read(body: dict[str, Any], param: str) -> omr_jobs.PageFile:
    return omr_jobs.read_file(body["file"], body.get("filename"), param)


def _repeated(call: Call) -> Document | None:
    same = owned_by(call.user) & having(idempotencyKey=call.body.get("idempotencyKey"))
    rows = call.store.sorted("omrJob", same, sort="id", descending=False, limit=1)
    return rows[0][1] if rows else None


def _add(call: Call, files: list[omr_jobs.PageFile]) -> Document:
    body = call.body
    date = now()
    job: Document = {
        "id": new_id(),
        "status": "draft",
        "output": body.get("output", "library"),
        "interactiveSteps": body.get("interactiveSteps", []),
        "autoRotate": body.get("autoRotate", False),
        **{name: body[name] for name in ("idempotencyKey", "locales") if name in body},
        "creationDate": date,
        "modificationDate": date,
        "collection": find_collection_for(call),
        "user": call.user["id"],
    }
    if job["output"] == "musicxml":
        job["retention"] = {"expiryDate": now(days=omr_jobs.RETENTION_DAYS)}
    call.store.insert("omrJob", job, parent=call.user["id"])
    for number, file in enumerate(files):
        omr_jobs.add_file(call.store, job, file, f"files.{number}.file")
    if body.get("autoStart"):
        omr_jobs.start(call.store, job)
    return job


def _find(call: Call) -> Document:
    return call.find("omrJob", "job", user=call.user["id"])


def _conflict(code: str, message: str) -> ApiError:
    return ApiError(409, code, message, "job")


def get_omr_job(call: Call) -> Answer:
    """GET /omr/jobs/{job}: where the job stands; the look at it also carries it on.

    Documented: with `wait` the answer is held while the job goes on.
    Assumed: a job is visible to its creator alone. Without other settings, the first look after a start or
    a step finds the work done; where looks are counted, no answer is held. Texts are English.
    """
    end = time.monotonic() + call.query.get("wait", 0)
    job = _look(call, poll=True)
    while job["status"] == "processing" and time.monotonic() < end and not transition_of(call.store).polls:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        job = _look(call, poll=False)
    return Answer(content=omr_jobs.view(call.store, job))


def _look(call: Call, *, poll: bool) -> Document:
    with call.store.transaction():
        job = _find(call)
        omr_jobs.carry_on(call, job, poll=poll)
    return job


def delete_omr_job(call: Call) -> Answer:
    """DELETE /omr/jobs/{job}: answers with the job as it was left.

    Documented: a job whose state does not allow it is 409.
    Assumed: such a job is one under way; a deleted job is gone (404), with its files and exports, while its
    score and its entries in the history of credits stay.
    """
    with call.store.transaction():
        job = _find(call)
        if job["status"] in _UNDER_WAY:
            raise _conflict("OMR_JOB_UNDER_WAY", "The job is under way; cancel it first.")
        if "retention" in job:
            job["retention"]["expiryDate"] = min(job["retention"]["expiryDate"], now())
        content = omr_jobs.view(call.store, job)
        content.pop("result", None)
        omr_jobs.erase(call.store, job["id"])
    return Answer(content=content)


def cancel_omr_job(call: Call) -> Answer:
    """POST /omr/jobs/{job}/cancel: stops a job that is not finished.

    Documented: it stays readable, with the status `canceled`.
    Assumed: its credits come back; a finished job is 409.
    """
    with call.store.transaction():
        job = _find(call)
        if job["status"] not in {*_UNDER_WAY, "draft"}:
            raise _conflict("OMR_JOB_FINISHED", f"The job is finished already: its status is {job['status']}.")
        job["status"] = "canceled"
        billing.refund(call.store, call.user["id"], job["id"])
        omr_jobs.save(call.store, job)
        return Answer(content=omr_jobs.view(call.store, job))


def add_omr_job_file(call: Call) -> Answer:
    """POST /omr/jobs/{job}/files: one more file, after those before.

    Documented: the order of the calls is the order of the pages; only a draft takes files (409).
    Assumed: a file of another type, too big, or beyond the number of files or pages is 422.
    """
    file = _read(call.body, "file")
    with call.store.transaction():
        job = _find(call)
        if job["status"] != "draft":
            raise _conflict("OMR_JOB_NOT_DRAFT", f"Only a draft takes files; the status is {job['status']}.")
        index = omr_jobs.add_file(call.store, job, file, "file")
        omr_jobs.save(call.store, job)
    return Answer(content={"fileIndex": index, "fileCount": index + 1})


def get_omr_job_file(call: Call) -> Answer:
    """GET /omr/jobs/{job}/files/{index}: a JPEG of a file.

    Documented: an unknown index is 404; a state that has no picture is 409.
    Assumed: this state is `draft`. A JPEG comes back as it was sent; in place of a PDF or a PNG stands a
    page of empty staves.
    """
    job = _find(call)
    if job["status"] == "draft":
        raise _conflict("OMR_JOB_NOT_STARTED", "The pictures are made when the job starts.")
    files = call.store.children("omrFile", job["id"])
    index: int = call.path["index"]
    if omr_jobs.is_expired(job) or not 0 <= index < len(files):
        raise not_found("file", str(index), "index")
    picture = omr_jobs.picture(call.store.data("omrFile", files[index]["id"]))
    return Answer(content=picture, media_type="image/jpeg")


def start_omr_job(call: Call) -> Answer:
    """POST /omr/jobs/{job}/start: begins the recognition and charges for the pages.

    Documented: without enough credits it is 402, for a job that cannot start 400.
    Assumed: a job without files, or one that was started, cannot start; a job that cannot be paid stays a
    draft. More jobs than `maxParallelJobs` do not wait for each other.
    """
    with call.store.transaction():
        job = _find(call)
        if job["status"] != "draft":
            message = f"Only a draft can be started; the status is {job['status']}."
            raise ApiError(400, "OMR_JOB_NOT_STARTABLE", message, "job")
        if not call.store.children("omrFile", job["id"]):
            raise ApiError(400, "OMR_JOB_NOT_STARTABLE", "The job has no files; send one first.", "job")
        omr_jobs.start(call.store, job)
        return Answer(status=202, content=omr_jobs.view(call.store, job))


def submit_omr_job_step(call: Call) -> Answer:
    """POST /omr/jobs/{job}/steps/{step}: lets a job that waits go on.

    Documented: what is left out stays as detected; `instrumentId` decides over `midiProgram`; a job that does
    not wait for this step is 409.
    Assumed: a part that was not found is 422. The stand-in takes title, names and instruments of the
    parts over; `mainLanguage` and `transposeKey` change nothing in it.
    """
    with call.store.transaction():
        job = _find(call)
        if job["status"] != "awaitingInput":
            message = f"The job waits for no answer; its status is {job['status']}."
            raise _conflict("OMR_JOB_NOT_WAITING", message)
        omr_jobs.check_answer(call.body)
        job.update(status="processing", answer=call.body, work=begin())
        omr_jobs.save(call.store, job)
        return Answer(status=202, content=omr_jobs.view(call.store, job))


def get_omr_job_export(call: Call) -> Answer:
    """GET /omr/jobs/{job}/exports/{format}: the bytes of the result.

    Documented: before the job is done it is 409; with the output `musicxml` it ends with the retention.
    Assumed: after that it is 404; jobs with the output `library` give it, too, for good.
    """
    job = _find(call)
    form: str = call.path["format"]
    if job["status"] != "done":
        raise _conflict("OMR_JOB_NOT_DONE", f"The job has no result; its status is {job['status']}.")
    if omr_jobs.is_expired(job):
        raise not_found("export", form, "format")
    kind = "xml" if form == "musicxml" else form
    content = exports.convert(call.engraver, job["id"], call.store.data("omrResult", job["id"]), kind)
    headers = {"Content-Disposition": f'attachment; filename="omr-{job["id"]}.{exports.EXTENSIONS[kind]}"'}
    return Answer(content=content, media_type="application/octet-stream", headers=headers)
