"""What a process can say of itself on Linux: CPU time, resident memory, its peak. Imports next to nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

Report = dict[str, float]


def memory() -> int:
    """Resident memory now, in bytes."""
    return _status("VmRSS:")


def peak() -> int:
    """Highest resident memory since the start, or since `forget_peak`, in bytes."""
    return _status("VmHWM:")


def forget_peak() -> None:
    """Let the peak start again from the memory held now."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")


def timed(call: Callable[[], object], times: int, *, warm_up: int = 2) -> Report:
    """CPU seconds (user and system, all threads) and wall seconds of one call, on average."""
    for _ in range(warm_up):
        call()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(times):
        call()
    return {
        "cpu": (time.process_time() - cpu) / times,
        "wall": (time.perf_counter() - wall) / times,
    }


def grown(call: Callable[[], object], times: int) -> Report:
    """As `timed`, and how far the first call raised memory above what the idle client holds."""
    idle = memory()
    forget_peak()
    call()
    growth = peak() - idle
    return timed(call, times, warm_up=0) | {"growth": growth}


def _status(name: str) -> int:
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {name}")
