"""A lane: work done one after another on the engine's loop, in the order it was asked for."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from vidphone.phone.engine import Emit
from vidphone.phone.events import Failure, failure
from vidphone.wire.errors import ErrorCode, VidphoneError

log = logging.getLogger(__name__)

MAX_WAITING = 64

Work = Callable[[], Awaitable[None]]


class Lane:
    """One piece of work at a time; a failing one is told to the shell and the next goes on."""

    def __init__(self, name: str, emit: Emit) -> None:
        self._emit = emit
        self._waiting: asyncio.Queue[Work] = asyncio.Queue(MAX_WAITING)
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"lane {name}")

    def add(self, work: Work) -> None:
        """Do this after what waits already; refused with `TOO_MANY_MESSAGES` where too much waits."""
        try:
            self._waiting.put_nowait(work)
        except asyncio.QueueFull:
            self._emit(Failure(ErrorCode.TOO_MANY_MESSAGES))

    async def finish(self, within_s: float) -> None:
        """Do what waits, as far as that goes in this time, and close."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._waiting.join()
        await self.close()

    async def close(self) -> None:
        """Give up what waits and what is being done."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            work = await self._waiting.get()
            try:
                await work()
            except VidphoneError as error:
                self._emit(failure(error))
            except Exception:  # one command must not end the engine
                log.exception("a command failed")
                self._emit(Failure(ErrorCode.INTERNAL))
            finally:
                self._waiting.task_done()
