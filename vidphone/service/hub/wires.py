"""One WebSocket of the hub: a reader, a writer with a bounded queue, and their common end."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from vidphone.service.hub import limits

OUTBOX_SIZE = 1024
"""Frames that wait to be sent: twice what a resumed session sends at once (`MAX_UNACKNOWLEDGED`)."""


class Wire:
    """A connection as the shell sees it. Nothing here waits for a slow reader but its own writer."""

    def __init__(self, wire_id: int, websocket: WebSocket) -> None:
        self.id = wire_id
        self._websocket = websocket
        self._outbox: asyncio.Queue[str | int] = asyncio.Queue(OUTBOX_SIZE)
        self._given_up = asyncio.Event()
        self._paused = False

    def send(self, text: str) -> bool:
        """Queue a frame. A reader so slow that there is no room loses the connection (False), not the message."""
        return self._put(text)

    def close(self, code: int) -> None:
        """Close after what is queued."""
        self._put(code)

    def pause(self) -> None:
        """Read nothing for `limits.PAUSE_S`."""
        self._paused = True

    def _put(self, item: str | int) -> bool:
        try:
            self._outbox.put_nowait(item)
        except asyncio.QueueFull:
            self._given_up.set()
            return False
        return True

    async def run(self, received: Callable[[str | bytes], Awaitable[None]]) -> None:
        """Read and write until either side ends it, or the reader is too slow."""
        tasks = [
            asyncio.create_task(self._read(received)),
            asyncio.create_task(self._write()),
            asyncio.create_task(self._given_up.wait()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault

    async def _read(self, received: Callable[[str | bytes], Awaitable[None]]) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            await received(message["bytes"] if text is None else text)
            if self._paused:
                await asyncio.sleep(limits.PAUSE_S)
                self._paused = False

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect, OSError):
            while True:
                item = await self._outbox.get()
                if isinstance(item, int):
                    await self._websocket.close(item)
                    return
                await self._websocket.send_text(item)
