"""The hub's shell: WebSockets and the journal around the pure core.

One task, the pump, owns the core. It takes all inputs that wait, as one batch: looks up the numbers they ask for,
lets the core decide, writes journal and ledger in one transaction, and only then hands frames to connections. So
whatever anybody was told is on the disk, and a killed service comes back knowing it.

A batch in which calls begin is done in one visit to the journal's thread, the core's part too: it reserves credit as it
decides, in the transaction that its decisions are written in, and a call set-up costs one commit.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeVar

from starlette.websockets import WebSocket

from vidphone.service.hub import limits
from vidphone.service.hub.core import Hub
from vidphone.service.hub.directory import Dial, Gate, Subscriber
from vidphone.service.hub.effects import (
    Address,
    CallAccepted,
    CallEnded,
    CallProposed,
    Close,
    Effect,
    LedgerStep,
    Pause,
    Send,
)
from vidphone.service.hub.frames import Incoming, decode
from vidphone.service.hub.sessions import Identity
from vidphone.service.hub.wires import Wire
from vidphone.service.ledger.values import Commit, Outcome, Reserve
from vidphone.service.metrics import Metrics
from vidphone.service.ports import AccountEvent, AccountEventKind, Batch, Bus, Customers, Gates, Journal
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Error, Message, Propose, Topic

T = TypeVar("T")
log = logging.getLogger(__name__)

INBOX_SIZE = 1024
"""Inputs that wait for the pump; a connection whose next input finds no room is not read until there is."""
BATCH_SIZE = 256
SESSION_ID_BYTES = 24
WATCH_S = 1.0
"""How often to look for what other processes did to customers."""
_UNASKED = Gate(EndReason.FAILED), None
"""Of a call that nobody looked up: it cannot be."""


class _Input(NamedTuple):
    apply: Callable[[float], None]
    dial: Dial | None = None
    """What the core will ask about."""


class _BatchDirectory:
    """The `Directory` of one batch."""

    def __init__(self) -> None:
        self.subscribers: dict[str, Subscriber] = {}
        self.used_calls: set[str] = set()
        self.gates: dict[Dial, tuple[Gate, Reserve | None]] = {}
        self.batch: Batch | None = None

    def find(self, number: str) -> Subscriber | None:
        """See `Directory`."""
        return self.subscribers.get(number)

    def used(self, call: str) -> bool:
        """See `Directory`."""
        return call in self.used_calls

    def gate(self, dial: Dial) -> Gate:
        """See `Directory`."""
        return self.gates.get(dial, _UNASKED)[0]

    def reserve(self, dial: Dial) -> Outcome:
        """See `Directory`."""
        wanted = self.gates.get(dial, _UNASKED)[1]
        return self.batch.reserve(wanted) if self.batch and wanted else None


class HubShell:
    """The running hub. `start` before the first connection; `stop` at the end."""

    def __init__(
        self,
        customers: Customers,
        journal: Journal,
        bus: Bus,
        metrics: Metrics,
        on_failure: Callable[[], None],
        gates: Gates,
        free_numbers: Collection[str] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`on_failure` is called when the hub cannot go on: the process should end and be started again.

        `clock` gives UTC seconds since 1970, for what is written.
        """
        self._customers = customers
        self._journal = journal
        self._bus = bus
        self._metrics = metrics
        self._on_failure = on_failure
        self._gates = gates
        self._clock = clock
        self._directory = _BatchDirectory()
        self._hub = Hub(self._directory, lambda: secrets.token_urlsafe(SESSION_ID_BYTES), free_numbers)
        self._inbox: asyncio.Queue[_Input] = asyncio.Queue(INBOX_SIZE)
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._wires: dict[int, Wire] = {}
        self._wires_made = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Take up what the journal holds, and begin."""
        now = self._clock()
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

    async def tell(self, numbers: Collection[str] | None, topic: Topic) -> None:
        """Hint to the phones of these numbers, or to all (None), that there is something new for them.

        Those that are not there ask by themselves when they come.
        """
        await self._inbox.put(_Input(lambda _now: self._hub.notice(numbers, topic)))

    async def _received(self, wire: int, number: str, data: str | bytes) -> None:
        incoming: Incoming = decode(data)
        self._metrics.frames_received.inc()
        dial = None
        if isinstance(incoming, Message) and isinstance(body := incoming.body, Propose):
            dial = Dial(number, body.callee, body.call, body.video)
        await self._inbox.put(_Input(partial(self._hub.received, wire, incoming), dial))

    async def _account_changed(self, event: AccountEvent) -> None:
        if event.kind is AccountEventKind.DISABLED:
            await self._inbox.put(_Input(partial(self._hub.disabled, event.number)))
        elif event.kind is AccountEventKind.RENUMBERED:
            await self._inbox.put(_Input(partial(self._hub.renumbered, event.number)))
        elif event.kind is AccountEventKind.NOTICE:
            if event.topic is not None:
                await self.tell((event.number,) if event.number else None, event.topic)
        elif event.kind is AccountEventKind.STANDING:
            paused = await asyncio.to_thread(self._gates.paused, event.number)
            await self._inbox.put(_Input(lambda now: self._hub.money_changed(event.number, paused=paused, now=now)))
        else:
            await self._inbox.put(_Input(partial(self._hub.signed_out, event.number, event.token)))

    async def _pump(self) -> None:
        while True:
            batch = await self._batch()
            dials = [one.dial for one in batch if one.dial]
            if dials:
                self._send(await self._in_thread(partial(self._begin_calls, dials, batch)))
            else:
                self._decide(batch)
            while effects := self._hub.take_effects():  # what the ledger answered may have effects of its own
                if any(not isinstance(effect, Send | Close | Pause) for effect in effects):
                    with self._metrics.journal_s.time():
                        self._answer(await self._in_thread(partial(self._write, effects)))
                self._send(effects)

    def _decide(self, batch: list[_Input]) -> None:
        now = time.monotonic()
        for one in batch:
            one.apply(now)
        self._hub.advance(now)

    def _begin_calls(self, dials: list[Dial], batch: list[_Input]) -> list[Effect]:
        """In the journal's thread: decide upon a batch in which calls begin, and write it."""
        at, directory = self._clock(), self._directory
        directory.subscribers = self._customers.subscribers({n for dial in dials for n in (dial.caller, dial.callee)})
        directory.used_calls = self._journal.used({dial.call for dial in dials})
        led = {dial: self._led(dial) for dial in dials}
        gates = self._gates.gates(set(led.values()), at)
        directory.gates = {dial: gates[one] for dial, one in led.items()}
        with self._metrics.journal_s.time(), self._journal.batch(at) as directory.batch:
            directory.batch.expect([reserve for _, reserve in directory.gates.values() if reserve])
            self._decide(batch)
            effects = self._hub.take_effects()
            answers = _write(directory.batch, effects)
        directory.batch = None
        self._answer(answers)
        return effects

    def _write(self, effects: list[Effect]) -> list[tuple[str, Outcome]]:
        with self._journal.batch(self._clock()) as batch:
            return _write(batch, effects)

    def _led(self, dial: Dial) -> Dial:
        """A call for a number that was changed is one for the number that it leads to."""
        callee = self._directory.find(dial.callee)
        return replace(dial, callee=callee.number) if callee else dial

    def _answer(self, answers: list[tuple[str, Outcome]]) -> None:
        now = time.monotonic()
        for call, outcome in answers:
            self._hub.ledger_says(call, outcome, now)

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

    def _send(self, effects: list[Effect]) -> None:
        """Tell connections what is on the disk now."""
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


def _write(batch: Batch, effects: list[Effect]) -> list[tuple[str, Outcome]]:
    """Journal and ledger; what the ledger answers to each `Commit`, by call."""
    steps = [effect for effect in effects if isinstance(effect, LedgerStep)]
    batch.write([effect for effect in effects if not isinstance(effect, Send | Close | Pause | LedgerStep)])
    answers = zip(steps, batch.perform(steps), strict=True)
    return [(step.call, outcome) for step, outcome in answers if isinstance(step, Commit)]
