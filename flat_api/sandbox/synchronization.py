"""The times at which the measures of a score are played."""

from __future__ import annotations

from typing import Any

from flat_api.sandbox.music import document
from flat_api.sandbox.music.timeline import Timeline, timeline
from flat_api.sandbox.score_json import measure_uuid


def points(score: str, xml: bytes) -> list[dict[str, Any]]:
    """One point for each played measure, repeats included, and one for the end, in seconds."""
    times = timeline(document.parse(xml))
    seconds = _seconds(times)
    found: list[dict[str, Any]] = [
        {"type": "measure", "measureUuid": measure_uuid(score, index), "time": time}
        for index, time in zip(times.order, seconds, strict=False)
    ]
    return [*found, {"type": "end", "time": seconds[-1]}]


def _seconds(times: Timeline) -> list[float]:
    """When each played measure starts, and the end of the last one."""
    tempi = times.played_tempi()
    found: list[float] = []
    passed, at = 0.0, 0
    for start in [*times.starts, times.total]:
        while at + 1 < len(tempi) and tempi[at + 1].onset <= start:
            passed += float(tempi[at + 1].onset - tempi[at].onset) * 60 / tempi[at].qpm
            at += 1
        found.append(round(passed + float(start - tempi[at].onset) * 60 / tempi[at].qpm, 3))
    return found
