"""What the service does again and again as long as it runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

BETWEEN_STEPS_S = 0.02


async def repeat(step: Callable[[], Awaitable[bool]], pause_s: float, failed: str) -> None:
    """Take a step, pause, for ever; where a step says that there is more to do, the next one comes soon.

    Args:
        step: What to do.
        pause_s: Until the next one.
        failed: What to log where it raises: no failure ends the loop.
    """
    while True:
        more = False
        try:
            more = await step()
        except Exception:  # a full disk, a busy database, a fault of ours: the next time will do
            log.exception(failed)
        await asyncio.sleep(BETWEEN_STEPS_S if more else pause_s)
