"""Noticing that an address in use has gone: Wi-Fi left, a cable pulled, a VPN switched off."""

import asyncio
from collections.abc import Callable, Iterable

from vidphone.media.rtc.gathering import LOOPBACK, host_addresses

POLL_S = 0.5
"""A look takes 0.8 ms; what is not seen within 2.5 s is noticed by its silence."""


class NetworkWatch:
    """Looks every `POLL_S`, while it runs, whether the addresses that calls use are still there.

    An interface that comes, or one that no call uses, is no news; but one that comes while a used one is missing is
    what a call waits for.
    """

    def __init__(
        self,
        in_use: Callable[[], Iterable[str]],
        changed: Callable[[], None],
        addresses: Callable[[], list[str]] = host_addresses,
    ) -> None:
        self._in_use = in_use
        self._changed = changed
        self._addresses = addresses
        self._gone: frozenset[str] = frozenset()
        self._there: frozenset[str] = frozenset()
        self._task: asyncio.Task[None] | None = None

    def want(self, on: bool) -> None:
        """Begin, or stop, to look."""
        if on and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        elif not on and self._task is not None:
            self._task.cancel()
            self._task = None

    async def look(self) -> None:
        """Look once."""
        there = frozenset(await asyncio.to_thread(self._addresses))
        gone = frozenset(self._in_use()) - there - {LOOPBACK}
        came = there - self._there
        if gone - self._gone or (came and (gone or self._gone)):
            self._changed()
        self._gone, self._there = gone, there

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            await self.look()
