"""The works that are measured, and the bound of each figure."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from bench import package, payloads
from bench.measure import Bench, Figure, Pair, WorkError, absolute, ratio
from bench.sandbox import sandbox

THREADS = 16


def first_call(bench: Bench) -> list[Figure]:
    """From the start of the process to the first answer."""
    pair = bench.pair("first_call", rounds=25)
    return [
        ratio("import to the first answer, CPU", "s", pair, "process_cpu", 1.10),
        ratio("import to the first answer, wall", "s", pair, "process_wall", None),
        ratio("memory after the first call", "B", pair, "memory", 1.15),
    ]


def me_loop(bench: Bench) -> list[Figure]:
    """Small calls, one after the other."""
    pair = bench.pair("me_loop", bench.calls(3000), rounds=9)
    return [
        ratio("GET /me, CPU per call", "s", pair, "cpu", 1.10),
        ratio("GET /me, wall per call", "s", pair, "wall", None),
    ]


def list_scores(bench: Bench) -> list[Figure]:
    """A list of 1000 scores, all of them as the contract says."""
    pair = _list(bench, "allScores", bench.calls(30), rounds=7)
    return [
        ratio("list of 1000 scores, CPU", "s", pair, "cpu", 0.60),
        ratio("list of 1000 scores, wall", "s", pair, "wall", None),
    ]


def list_odd(bench: Bench) -> list[Figure]:
    """The same with values of a wrong type in it."""
    calls = bench.calls(10)
    one = _list(bench, "oneOdd", calls, rounds=7)
    every = _list(bench, "allOdd", calls, rounds=3)
    return [
        ratio("list with one odd item, CPU", "s", one, "cpu", 1.0),
        ratio("list of odd items only, CPU", "s", every, "cpu", 4.0),
    ]


def held(bench: Bench) -> list[Figure]:
    """20,000 scores kept in memory."""
    pair = bench.pair("held", bench.calls(20), rounds=3)
    return [ratio("memory per score kept", "B/item", pair, "memory", 0.85)]


def upload(bench: Bench) -> list[Figure]:
    """20 MB of base64 text in a POST."""
    calls = bench.calls(4)
    pair = bench.pair("upload", payloads.UPLOAD_BYTES, calls, rounds=7)
    for sample in pair.ours + pair.raw:
        whole = [request for request in sample.requests if request.received > payloads.UPLOAD_BYTES]
        if len(whole) != calls + 1:
            raise WorkError(f"upload: {calls + 1} bodies were sent, the server received {len(whole)} whole ones.")
    return [
        ratio("POST of 20 MB base64, CPU", "s", pair, "cpu", 0.50),
        ratio("POST of 20 MB base64, memory growth", "B", pair, "growth", 0.55),
    ]


def download(bench: Bench) -> list[Figure]:
    """100 MB streamed to a file."""
    target = bench.directory / "download.wav"
    pair = bench.pair("download", str(target), bench.calls(5), rounds=9)
    for sample in pair.ours + pair.raw:
        if sample.report["size"] != payloads.DOWNLOAD_BYTES:
            raise WorkError(f"download: the file has {sample.report['size']:.0f} bytes.")
    return [
        ratio("100 MB to a file, CPU", "s", pair, "cpu", 0.90),
        ratio("100 MB to a file, wall", "s", pair, "wall", None),
        absolute(
            "100 MB to a file, memory growth",
            "B",
            _median(pair, "growth"),
            4_000_000,
            _median_raw(pair, "growth"),
        ),
    ]


def threads(bench: Bench) -> list[Figure]:
    """16 threads on one client."""
    calls = bench.calls(160)
    pair = bench.pair("threads", THREADS, calls, rounds=9)
    most = max(len({request.connection for request in sample.requests}) for sample in pair.ours)
    most_raw = max(len({request.connection for request in sample.requests}) for sample in pair.raw)
    return [
        ratio(
            "16 threads, requests per second",
            "/s",
            pair,
            "wall",
            0.92,
            scale=lambda seconds: THREADS * calls / seconds,
            at_least=True,
        ),
        ratio("16 threads, CPU per request", "s", pair, "cpu", None, scale=lambda cpu: cpu / (THREADS * calls)),
        absolute("16 threads, connections opened", "connections", most, THREADS, most_raw),
    ]


def to_plain(bench: Bench) -> list[Figure]:
    """1000 models to dicts and to JSON."""
    dicts = bench.pair("to_dict", bench.calls(20), rounds=7)
    text = bench.pair("to_json", bench.calls(20), rounds=7)
    return [
        ratio("to_dict of 1000 scores, CPU", "s", dicts, "cpu", 0.60),
        ratio("to_json of 1000 scores, CPU", "s", text, "cpu", 0.25),
    ]


def sizes(bench: Bench) -> list[Figure]:
    """What is built and installed."""
    wheel = package.build_wheel(bench.directory)
    return [
        absolute("wheel", "B", wheel.stat().st_size, 500_000),
        absolute("generated lines", "lines", package.generated_lines(), 12_000),
        absolute("installed, with all it requires", "B", package.installed_size(wheel, bench.directory), 5_000_000),
    ]


WORKS: dict[str, Callable[[Bench], list[Figure]]] = {
    work.__name__: work
    for work in (
        first_call,
        me_loop,
        list_scores,
        list_odd,
        held,
        upload,
        download,
        threads,
        to_plain,
        sizes,
        sandbox,
    )
}


def _list(bench: Bench, collection: str, calls: int, rounds: int) -> Pair:
    pair = bench.pair("list_scores", collection, calls, rounds=rounds)
    for sample in pair.ours + pair.raw:
        if sample.report["items"] != payloads.SCORES:
            raise WorkError(f"{collection}: {sample.report['items']:.0f} scores arrived.")
    return pair


def _median(pair: Pair, key: str) -> float:
    return median(sample.report[key] for sample in pair.ours)


def _median_raw(pair: Pair, key: str) -> float:
    return median(sample.report[key] for sample in pair.raw)
