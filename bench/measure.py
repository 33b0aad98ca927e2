"""Child processes run in turn, ours and raw, and the medians and ratios of what they report."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Timer
from time import perf_counter
from typing import NamedTuple

from bench.plain import ROOT
from bench.server import Request, Server

_CHILD = "from bench.sides.{side} import {work} as work\nfor pair in work(*{args!r}).items(): print(*pair)"
_LONGEST = 120.0


class WorkError(RuntimeError):
    """A work could not be measured, or did something else than it should."""


class Sample(NamedTuple):
    """One run of one side: what the child reported, and what the server saw of it.

    `process_cpu` and `process_wall` (seconds) belong to the whole process, interpreter start included.
    """

    report: dict[str, float]
    requests: list[Request]


@dataclass(frozen=True)
class Pair:
    """Samples of both sides, taken in turn: the n-th of one ran right before the n-th of the other."""

    ours: list[Sample]
    raw: list[Sample]


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        name: What was measured.
        unit: Unit of `ours` and `raw`: s, B, B/item, /s, lines or connections.
        ours: Median of the SDK.
        raw: Median of urllib3 and json; None where there is nothing to compare with.
        value: What is held against the bound: the ratio ours/raw, or `ours` where the bound is absolute.
        bound: The bound; None when the figure is printed for information.
        at_least: Whether the bound is a floor.
    """

    name: str
    unit: str
    ours: float
    raw: float | None
    value: float
    bound: float | None
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the bound holds; True without a bound."""
        if self.bound is None:
            return True
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True)
class Bench:
    """What a work needs: a server, an interpreter, a directory to write to, and whether time is short."""

    server: Server
    interpreter: Path
    directory: Path
    quick: bool = False

    def calls(self, full: int) -> int:
        """How often a child repeats its call."""
        return max(1, full // 4) if self.quick else full

    def pair(self, work: str, *args: str | int, rounds: int) -> Pair:
        """Run both sides in turn; a first round only fills caches and is not counted.

        Raises:
            WorkError: a child failed.
        """
        ours: list[Sample] = []
        raw: list[Sample] = []
        for _ in range(1 + (max(2, rounds // 3) if self.quick else rounds)):
            ours.append(self._run("ours", work, args))
            raw.append(self._run("raw", work, args))
        return Pair(ours[1:], raw[1:])

    def _run(self, side: str, work: str, args: tuple[str | int, ...]) -> Sample:
        code = _CHILD.format(side=side, work=work, args=(self.server.url, *args))
        # Same conditions for both: own sources first, compiled files kept, no proxy on the way to loopback.
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "PYTHONDONTWRITEBYTECODE" and not name.lower().endswith("_proxy")
        } | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
        start = perf_counter()
        child = subprocess.Popen(
            [self.interpreter, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        alarm = Timer(_LONGEST, child.kill)
        alarm.start()
        assert child.stdout is not None
        with child.stdout:
            lines = child.stdout.read().splitlines()
        _, status, usage = os.wait4(child.pid, 0)
        alarm.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise WorkError(f"{work}: the {side} side failed (exit status {child.returncode}).")
        report = {name: float(value) for name, value in map(str.split, lines)}
        report["process_cpu"] = usage.ru_utime + usage.ru_stime
        report["process_wall"] = perf_counter() - start
        return Sample(report, self.server.requests())


def ratio(
    name: str,
    unit: str,
    pair: Pair,
    key: str,
    bound: float | None,
    *,
    scale: Callable[[float], float] = float,
    at_least: bool = False,
) -> Figure:
    """Ours over raw: the median of the ratios of neighbouring runs, which a noisy machine disturbs least.

    Args:
        name: What was measured.
        unit: Unit of the two medians.
        pair: The samples.
        key: Which reported number counts.
        bound: The bound of the ratio.
        scale: Turns a reported number into the unit.
        at_least: Whether the bound is a floor.
    """
    ours = [scale(sample.report[key]) for sample in pair.ours]
    raw = [scale(sample.report[key]) for sample in pair.raw]
    value = median(mine / other for mine, other in zip(ours, raw, strict=True))
    return Figure(name, unit, median(ours), median(raw), value, bound, at_least)


def absolute(name: str, unit: str, value: float, bound: float, raw: float | None = None) -> Figure:
    """A figure whose bound is no ratio."""
    return Figure(name, unit, value, raw, value, bound)
