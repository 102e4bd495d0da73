"""coturn's command line, a line protocol over TCP (`cli-ip`, `cli-port`, `cli-password`), as version 4.6 speaks it.

`ps` lists the sessions, `cs` cancels one. It shows no more sessions than `cli-max-output-sessions` says, so that is
raised first.
"""

import asyncio
import re
from collections.abc import Collection, Sequence

from vidphone.service.relay_guard import Allocation

ANSWER_S = 5.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
SHOWN_SESSIONS = 100_000
_PROMPT = b"> "
_ASKS_PASSWORD = b"Enter password: \r\n"
_SESSION = re.compile(r"id=(\d+), user <\d+:([^>\r\n]*)>:.*?started (\d+) secs ago", re.DOTALL)


class CoturnControl:
    """See `RelayControl`. Connects when it is first asked, and again after a failure."""

    def __init__(self, address: str, password: str) -> None:
        """`address` is `host:port`."""
        host, _, port = address.rpartition(":")
        self._host, self._port, self._password = host.strip("[]"), int(port), password
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def allocations(self) -> Sequence[Allocation]:
        """See `RelayControl`."""
        return parse_sessions(await self._ask("ps"))

    async def cancel(self, ids: Collection[str]) -> None:
        """See `RelayControl`."""
        for each in ids:
            await self._ask(f"cs {each}")

    async def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, command: str) -> str:
        try:
            async with asyncio.timeout(ANSWER_S):
                if self._streams is None:
                    await self._connect()
                return await self._say(command)
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            await self.close()
            raise ConnectionError(str(error)) from error

    async def _connect(self) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=MAX_ANSWER_BYTES)
        self._streams = reader, writer
        if self._password:
            await reader.readuntil(_ASKS_PASSWORD)
            await self._say(self._password)
        else:
            await reader.readuntil(_PROMPT)
        await self._say(f"cc cli-max-output-sessions {SHOWN_SESSIONS}")

    async def _say(self, command: str) -> str:
        if self._streams is None:
            raise ConnectionError(command.partition(" ")[0])
        reader, writer = self._streams
        writer.write(f"{command}\r\n".encode())
        await writer.drain()
        return (await reader.readuntil(_PROMPT)).decode(errors="replace")


def parse_sessions(shown: str) -> tuple[Allocation, ...]:
    """The sessions of an answer to `ps` whose users have the form of the service's credentials."""
    return tuple(Allocation(id_, holder, float(age)) for id_, holder, age in _SESSION.findall(shown))
