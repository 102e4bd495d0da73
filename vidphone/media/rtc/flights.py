"""DTLS flights that are sent again before OpenSSL would.

OpenSSL repeats a lost flight after a second, and that time cannot be set from Python; on a line that loses 10 % in
bursts two calls in three began with that second, in which the other side's first picture and its probing of the line
were lost (measured with Chromium 156). So the last flight's datagram is sent again as it stands: a receiver that has it
drops the copy as played back (RFC 6347 section 4.1.2.6), one that has not takes it.
"""

import asyncio
from collections.abc import Awaitable, Callable

REPEATS_S = (0.1, 0.2, 0.4)
"""After each try; then OpenSSL's own timer has begun."""
_HANDSHAKE = (20, 22)
"""First bytes of change_cipher_spec and handshake records (RFC 6347 section 4.1)."""
_CIPHERTEXT = range(32, 64)
"""First bytes of encrypted records of DTLS 1.3 (RFC 9147 section 4)."""


class Flights:
    """Wraps the way on which DTLS datagrams go out. Used on the loop.

    The last datagram is a whole flight, as aiortc writes them. `arrived` says that the other side has answered what
    cannot be answered without it: with media.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]], arrived: Callable[[], bool]) -> None:
        self._send, self._arrived = send, arrived
        self._repeating: asyncio.Task[None] | None = None

    async def send(self, data: bytes) -> None:
        """Send a datagram; a flight of a handshake is repeated until the next one goes out, or media has come.

        Raises:
            ConnectionError: the way is closed.
        """
        self.end()
        await self._send(data)
        if data[0] in _HANDSHAKE or data[0] in _CIPHERTEXT:
            self._repeating = asyncio.get_running_loop().create_task(self._repeat(data))

    def end(self) -> None:
        """Repeat nothing more."""
        if self._repeating is not None:
            self._repeating.cancel()
            self._repeating = None

    async def _repeat(self, data: bytes) -> None:
        for wait_s in REPEATS_S:
            await asyncio.sleep(wait_s)
            if self._arrived():
                return
            try:
                await self._send(data)
            except ConnectionError:
                return
