"""The hub's shell: WebSockets and the journal around the pure core.

One task, the pump, owns the core. It takes all inputs that wait, as one batch: looks up the numbers they ask for,
lets the core decide, writes the journal in one transaction, and only then hands frames to connections. So whatever
anybody was told is on the disk, and a killed service comes back knowing it.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

from starlette.websockets import WebSocket

from vidphone.service.hub import limits
from vidphone.service.hub.core import Hub
from vidphone.service.hub.directory import Subscriber
from vidphone.service.hub.effects import Address, CallAccepted, CallEnded, CallProposed, Close, Effect, Pause, Send
from vidphone.service.hub.frames import Incoming, decode
from vidphone.service.hub.sessions import Identity
from vidphone.service.hub.wires import Wire
from vidphone.service.metrics import Metrics
from vidphone.service.ports import AccountEvent, AccountEventKind, Bus, Customers, Journal
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Error, Message, Propose

T = TypeVar("T")
log = logging.getLogger(__name__)

INBOX_SIZE = 1024
"""Inputs that wait for the pump; a connection whose next input finds no room is not read until there is."""
BATCH_SIZE = 256
SESSION_ID_BYTES = 24
WATCH_S = 1.0
"""How often to look for what other processes did to customers."""


class _Input(NamedTuple):
    apply: Callable[[float], None]
    proposed: tuple[str, str, str] | None = None
    """What the core will ask about: the caller's number, the callee's, and the id of the call."""


class _BatchDirectory:
    """The `Directory` of one batch."""

    def __init__(self) -> None:
        self.subscribers: dict[str, Subscriber] = {}
        self.used_calls: set[str] = set()

    def find(self, number: str) -> Subscriber | None:
        """See `Directory`."""
        return self.subscribers.get(number)

    def used(self, call: str) -> bool:
        """See `Directory`."""
        return call in self.used_calls


class HubShell:
    """The running hub. `start` before the first connection; `stop` at the end."""

    def __init__(
        self,
        customers: Customers,
        journal: Journal,
        bus: Bus,
        metrics: Metrics,
        on_failure: Callable[[], None],
        free_numbers: Collection[str] = (),
    ) -> None:
        """`on_failure` is called when the hub cannot go on: the process should end and be started again."""
        self._customers = customers
        self._journal = journal
        self._bus = bus
        self._metrics = metrics
        self._on_failure = on_failure
        self._directory = _BatchDirectory()
        self._hub = Hub(self._directory, lambda: secrets.token_urlsafe(SESSION_ID_BYTES), free_numbers)
        self._inbox: asyncio.Queue[_Input] = asyncio.Queue(INBOX_SIZE)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._wires: dict[int, Wire] = {}
        self._wires_made = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what the journal holds, and begin."""
        now = time.time()
        stored = await self._in_thread(partial(self._journal.recover, now, now - limits.ENDED_MEMORY_S))
        last_event = await self._in_thread(self._customers.last_event)
        self._hub.restore(stored, time.monotonic())
        self._metrics.watch_hub(self._hub.counts)
        self._bus.subscribe(self._account_changed)
        for work in (self._pump(), self._watch(last_event)):
            task = asyncio.create_task(work)
            task.add_done_callback(self._task_done)
            self._tasks.append(task)

    async def stop(self) -> None:
        """End the tasks. Calls stay as they are in the journal, for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._executor.shutdown()

    async def serve(
        self, websocket: WebSocket, identity: Identity, language: Language, confirm: Callable[[], Awaitable[object]]
    ) -> None:
        """Carry an accepted WebSocket until it ends.

        `confirm` raises where its token holds no longer. It is asked once the hub will know the connection: a token
        revoked just before that would find nobody to sign out.
        """
        self._wires_made += 1
        wire = Wire(self._wires_made, websocket)
        self._wires[wire.id] = wire
        await self._inbox.put(_Input(partial(self._hub.opened, wire.id, identity, language)))
        try:
            try:
                await confirm()
            except VidphoneError as refusal:
                disabled = refusal.code is ErrorCode.ACCOUNT_DISABLED
                kind = AccountEventKind.DISABLED if disabled else AccountEventKind.SIGNED_OUT
                await self._account_changed(AccountEvent(kind, identity.number, identity.token))
            await wire.run(partial(self._received, wire.id, identity.number))
        finally:
            del self._wires[wire.id]
            await self._inbox.put(_Input(partial(self._hub.closed, wire.id)))

    def devices_in_calls(self) -> frozenset[Address]:
        """Those that have a part in a call, or ring. On the loop."""
        return self._hub.devices_in_calls()

    async def _received(self, wire: int, number: str, data: str | bytes) -> None:
        incoming: Incoming = decode(data)
        self._metrics.frames_received.inc()
        proposed = None
        if isinstance(incoming, Message) and isinstance(incoming.body, Propose):
            proposed = (number, incoming.body.callee, incoming.body.call)
        await self._inbox.put(_Input(partial(self._hub.received, wire, incoming), proposed))

    async def _account_changed(self, event: AccountEvent) -> None:
        if event.kind is AccountEventKind.DISABLED:
            await self._inbox.put(_Input(partial(self._hub.disabled, event.number)))
        else:
            await self._inbox.put(_Input(partial(self._hub.signed_out, event.number, event.token)))

    async def _pump(self) -> None:
        while True:
            batch = await self._batch()
            proposed = [one.proposed for one in batch if one.proposed]
            if proposed:
                await self._in_thread(partial(self._look_up, proposed))
            now = time.monotonic()
            for one in batch:
                one.apply(now)
            self._hub.advance(now)
            await self._perform(self._hub.take_effects())

    def _look_up(self, proposed: list[tuple[str, str, str]]) -> None:
        numbers = {number for caller, callee, _ in proposed for number in (caller, callee)}
        self._directory.subscribers = self._customers.subscribers(numbers)
        self._directory.used_calls = self._journal.used({call for _, _, call in proposed})

    async def _batch(self) -> list[_Input]:
        """All inputs that wait; none if a deadline comes first."""
        deadline = self._hub.next_deadline()
        try:
            async with asyncio.timeout(None if deadline is None else max(0.0, deadline - time.monotonic())):
                batch = [await self._inbox.get()]
        except TimeoutError:
            return []
        while len(batch) < BATCH_SIZE and not self._inbox.empty():
            batch.append(self._inbox.get_nowait())
        return batch

    async def _perform(self, effects: list[Effect]) -> None:
        entries = [effect for effect in effects if not isinstance(effect, Send | Close | Pause)]
        if entries:
            with self._metrics.journal_s.time():
                await self._in_thread(partial(self._journal.write, entries, time.time()))
        for effect in effects:
            match effect:
                case Send(connection, frame):
                    self._metrics.frames_sent.inc()
                    if isinstance(frame, Error):
                        self._metrics.refusals.labels(frame.code.value).inc()
                    wire = self._wires.get(connection)
                    if wire and not wire.send(frame.model_dump_json(exclude_none=True)):
                        self._metrics.too_slow.inc()
                case Close(connection, code):
                    if wire := self._wires.get(connection):
                        wire.close(code)
                case Pause(connection):
                    if wire := self._wires.get(connection):
                        wire.pause()
                case CallProposed():
                    self._metrics.calls_proposed.inc()
                case CallAccepted():
                    self._metrics.calls_accepted.inc()
                case CallEnded(_, reason):
                    self._metrics.calls_ended.labels(reason.value).inc()

    async def _watch(self, last: int) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            for event_id, event in await asyncio.to_thread(self._customers.events_after, last):
                last = event_id
                await self._bus.publish(event)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception():
            log.critical("the hub cannot go on", exc_info=task.exception())
            self._on_failure()
