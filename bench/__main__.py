"""The command: `python -m bench` measures everything and prints a table."""

from __future__ import annotations

import argparse
import json
import platform
import signal
import sys
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bench.measure import Bench, Figure, WorkError
from bench.plain import MissingRequirementError, interpreter
from bench.server import Server, ServerError
from bench.works import WORKS


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark.

    Args:
        arguments: The command line; that of the process when None.

    Returns:
        0; 1 when --check is given and a bound is broken; 2 when something could not be measured.
    """
    options = _options(arguments)
    figures: list[Figure] = []
    try:
        with tempfile.TemporaryDirectory(prefix="flat-api-bench-") as root:
            (Path(root) / "server").mkdir()
            with Server(Path(root) / "server") as server:
                bench = Bench(server, interpreter(Path(root) / "venv"), Path(root), options.quick)
                print(_HEAD)
                for name in options.only or WORKS:
                    for figure in WORKS[name](bench):
                        figures.append(figure)
                        print(_line(figure), flush=True)
    except (ServerError, WorkError, MissingRequirementError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        Path(options.json).write_text(json.dumps(_document(figures, options.quick), indent=2) + "\n")
    broken = [figure.name for figure in figures if not figure.kept]
    if broken:
        print(f"\n{len(broken)} of {len(figures)} bounds broken: {', '.join(broken)}.")
    return 1 if options.check and broken else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: under a minute, rougher figures")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to FILE")
    parser.add_argument("--only", metavar="NAME", action="append", choices=WORKS, help=f"one of {', '.join(WORKS)}")
    parser.add_argument("--check", action="store_true", help="exit with status 1 when a bound is broken")
    return parser.parse_args(arguments)


_HEAD = f"{'':<38}{'ours':>12}{'raw':>12}{'ratio':>8}{'bound':>10}"


def _line(figure: Figure) -> str:
    ratio = "" if figure.raw is None or figure.value == figure.ours else f"{figure.value:.2f}"
    raw = "" if figure.raw is None else _amount(figure.raw, figure.unit)
    bound = ""
    if figure.bound is not None:
        limit = f"{figure.bound:.2f}" if ratio else _amount(figure.bound, figure.unit)
        bound = f"{'≥' if figure.at_least else '≤'} {limit}"
    verdict = "" if figure.kept else "  BROKEN"
    return f"{figure.name:<38}{_amount(figure.ours, figure.unit):>12}{raw:>12}{ratio:>8}{bound:>10}{verdict}"


def _amount(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1e3:.1f} ms" if value >= 0.01 else f"{value * 1e6:.0f} µs"
    if unit == "B":
        return f"{value / 1e6:.1f} MB" if value >= 1e6 else f"{value / 1e3:.0f} kB"
    return f"{value:,.0f}{' B' if unit == 'B/item' else unit if unit == '/s' else ''}"


def _document(figures: list[Figure], quick: bool) -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {name: version(name) for name in ("urllib3", "msgspec")},
        "quick": quick,
        "figures": [asdict(figure) | {"kept": figure.kept} for figure in figures],
    }


if __name__ == "__main__":
    # Ended from outside, it still ends its server and removes its directory.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
