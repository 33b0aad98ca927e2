"""A call that runs in a thread of its client (`async_req`, `async`, `callback`), and its result."""

from __future__ import annotations

import multiprocessing
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

_THREADS = 8

_pools: weakref.WeakKeyDictionary[Any, ThreadPoolExecutor] = weakref.WeakKeyDictionary()


class Later:
    """The result of a call that is still running; what `multiprocessing.pool.AsyncResult` and a thread can do."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def get(self, timeout: float | None = None) -> Any:
        """Wait for the result.

        Raises:
            multiprocessing.TimeoutError: it is not there after `timeout` seconds.
            ApiException: the call failed.
        """
        try:
            return self._future.result(timeout)
        except TimeoutError as error:
            # An API that is too slow raises a TimeoutError as well: then the call is over.
            if self._future.done():
                raise
            raise multiprocessing.TimeoutError from error

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the call is over, for `timeout` seconds at most."""
        try:
            self._future.exception(timeout)
        except TimeoutError:
            return

    join = wait

    def ready(self) -> bool:
        """Whether the call is over."""
        return self._future.done()

    def successful(self) -> bool:
        """Whether the call has succeeded.

        Raises:
            ValueError: it is not over yet.
        """
        if not self.ready():
            raise ValueError("The call is still running.")
        return self._future.exception() is None

    def is_alive(self) -> bool:
        """Whether the call is still running."""
        return not self.ready()


def start(client: Any, run: Callable[[], Any], callback: Callable[[Any], object] | None = None) -> Later:
    """Run a call in a thread of its client; `callback` gets the result."""
    pool = _pools.get(client)
    if pool is None:
        pool = _pools[client] = ThreadPoolExecutor(getattr(client, "pool_threads", _THREADS), "flat_api")

    def run_and_tell() -> Any:
        result = run()
        if callback is not None:
            callback(result)
        return result

    return Later(pool.submit(run_and_tell))
