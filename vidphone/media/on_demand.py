"""A device that is open only while somebody needs it, opened and closed off the loop."""

import asyncio
import logging
from collections.abc import Callable

from vidphone.media.plumbing import Source
from vidphone.wire.errors import ErrorCode, VidphoneError

log = logging.getLogger(__name__)


class OnDemand:
    """Starts and stops a source in a thread, in order, so that the last wish is what comes true. Used on the loop."""

    def __init__(
        self, spec: str, make: Callable[[str], Source], failed: Callable[[VidphoneError], None],
        stopped: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """`make` makes the source of a spec; `failed` hears why one could not start; `stopped`, that it has ended."""
        self._make = make
        self._failed = failed
        self._stopped = stopped
        self._wish: tuple[bool, str] = (False, spec)
        self._state: tuple[bool, str] = (False, spec)
        self._source: Source | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def spec(self) -> str:
        """What is, or would be, open."""
        return self._wish[1]

    @property
    def wanted(self) -> bool:
        """Whether somebody needs it."""
        return self._wish[0]

    def want(self, on: bool) -> None:
        """Have it open, or closed."""
        self._change((on, self._wish[1]))

    def select(self, spec: str) -> None:
        """Another one from now on."""
        self._change((self._wish[0], spec))

    async def close(self) -> None:
        """Close it and wait until it is free."""
        self.want(False)
        if self._task is not None:
            await self._task

    def _change(self, wish: tuple[bool, str]) -> None:
        self._wish = wish
        if self._wish != self._state and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._follow())

    async def _follow(self) -> None:
        try:
            while self._state != self._wish:
                wish = self._wish
                if self._source is not None:
                    source, self._source = self._source, None
                    await asyncio.to_thread(source.stop)
                    self._stopped()
                self._state = wish
                if wish[0]:
                    await self._open(wish[1])
        finally:
            self._task = None

    async def _open(self, spec: str) -> None:
        source = self._make(spec)
        try:
            await asyncio.to_thread(source.start)
        except VidphoneError as error:
            self._failed(error)
        except Exception:  # a driver's fault must not end the call, nor the trying
            log.exception("a device could not be opened")
            self._failed(VidphoneError(ErrorCode.DEVICE_FAILED))
        else:
            self._source = source
