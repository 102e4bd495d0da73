"""Heavy work outside the loop, a few at a time: what is too much is told to come back, not queued without end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from vidphone.wire.errors import ErrorCode, VidphoneError

P = ParamSpec("P")
T = TypeVar("T")

THREADS = "documents"
"""What their names begin with."""
AT_A_TIME = 2
MAX_WAITING = 16
BUSY_RETRY_S = 5


class Few:
    """Threads for documents and copies, each of which takes up to a second of a core, or more."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix=THREADS)
        self._waiting = 0

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work on a thread.

        Raises:
            VidphoneError: `SERVICE_BUSY`, when too much waits already.
        """
        if self._waiting >= MAX_WAITING:
            raise VidphoneError(ErrorCode.SERVICE_BUSY, {"seconds": BUSY_RETRY_S})
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, lambda: work(*args, **kwargs))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Stop the threads."""
        self._executor.shutdown()
