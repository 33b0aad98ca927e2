"""The command line: python -m flat_api.sandbox."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import warnings
from threading import Event

try:
    from flat_api.sandbox import Sandbox
    from flat_api.sandbox.incoming import is_loopback
    from flat_api.sandbox.oauth_apps import DEMO_APP
except ImportError as error:
    sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flat_api.sandbox",
        description="A local Flat API with state, for development and tests.",
    )
    parser.add_argument("--port", type=int, default=8070, help="TCP port, 0 for a free one (default: 8070)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--data", metavar="FILE", help="keep the state in this file (default: in memory)")
    parser.add_argument(
        "--seed",
        choices=["demo"],
        help="fill a new state with a small school: scores, students, classes, assignments, submissions",
    )
    parser.add_argument(
        "--examples",
        action="store_true",
        help="answer everything from the contract's examples, without state",
    )
    parser.add_argument(
        "--remote-control",
        action="store_true",
        help="let other machines use the controls under /_sandbox/, too",
    )
    return parser.parse_args()


def _banner(sandbox: Sandbox, host: str, data: str | None) -> str:
    lines = [
        f"Sandbox of the Flat API {sandbox.api_version}: {sandbox.url}",
        f"State: {data or 'in memory, gone when it stops'}",
        "",
        "Point the SDK to it:",
        f"  export FLAT_API_HOST={sandbox.url}",
        f"  export FLAT_ACCESS_TOKEN={sandbox.token}",
        "",
        f"OAuth2: {sandbox.origin}/auth/oauth",
        f"  client_id={DEMO_APP.client_id}",
        f"  client_secret={DEMO_APP.client_secret}",
        f"  redirect_uri={DEMO_APP.redirect_uris[0]}",
        "",
        f"Controls (clock, faults, limits, seeds): {sandbox.origin}/_sandbox/",
        "",
        "Stop it with Ctrl-C.",
    ]
    if not is_loopback(host):
        lines.insert(0, f"Warning: {host} is not a loopback address; others on the network can reach the sandbox.")
    return "\n".join(lines)


def _start(arguments: argparse.Namespace) -> Sandbox:
    sandbox = Sandbox(
        arguments.data,
        arguments.port,
        arguments.host,
        examples=arguments.examples,
        remote_control=arguments.remote_control,
    )
    with warnings.catch_warnings():
        # The banner warns of other addresses.
        warnings.simplefilter("ignore", RuntimeWarning)
        sandbox.start()
    if arguments.seed:
        sandbox.seed_demo()
    return sandbox


def main() -> int:
    """Runs the sandbox until it is interrupted or terminated; the result is the exit status."""
    arguments = _arguments()
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        sandbox = _start(arguments)
    except (OSError, ValueError, sqlite3.Error) as problem:
        print(f"The sandbox cannot start: {problem}", file=sys.stderr)
        return 1
    try:
        print(_banner(sandbox, arguments.host, arguments.data), flush=True)
        stopped.wait()
    finally:
        sandbox.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
