"""The meters of the hub's calls: who pays, who is told, and when to look again. Pure.

A call has a meter when its caller has a plan and the number is not free; every method does nothing for a call without.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from vidphone.service.hub.deadlines import Deadlines
from vidphone.service.hub.effects import Address, Effect
from vidphone.service.hub.model import Desk
from vidphone.service.ledger.values import Grant, Outcome
from vidphone.service.metering.effects import Cut, Emitted, StoredMeter, Tell
from vidphone.service.metering.meter import Meter
from vidphone.service.metering.stopwatch import Side
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason


@dataclass(slots=True)
class _Running:
    meter: Meter
    payer: Address
    looks_at: float | None = None
    """When it will next be looked at."""


class Metered:
    """All meters, by call."""

    def __init__(
        self,
        desk: Desk,
        emit: Callable[[Effect], None],
        deadlines: Deadlines,
        cut: Callable[[str, EndReason, float], None],
    ) -> None:
        """`cut` ends a call."""
        self._desk = desk
        self._emit = emit
        self._deadlines = deadlines
        self._cut = cut
        self._running: dict[str, _Running] = {}
        self._by_number: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._out: list[Emitted] = []

    def proposed(self, call: str, payer: Address, rate: Rate, grant: Grant, now: float) -> None:
        """A call that costs rings, with its first grant."""
        self._add(call, payer, Meter(call, rate, grant, self._out.append)).meter.proposed(now)
        self._perform(call, now)

    def restore(self, call: str, payer: Address, stored: StoredMeter, now: float) -> None:
        """After a restart: an accepted call that costs."""
        self._add(call, payer, Meter.restored(call, stored, self._out.append, now))
        self._perform(call, now)

    def answered(self, call: str, now: float) -> None:
        """A device took the call."""
        if running := self._running.get(call):
            running.meter.answered(now)
            self._perform(call, now)

    def hear(self, call: str, side: Side, flowing: bool, now: float) -> None:
        """A side says whether media flows."""
        if running := self._running.get(call):
            running.meter.hear(side, flowing, now)
            self._perform(call, now)

    def ledger_says(self, call: str, outcome: Outcome, now: float) -> None:
        """The answer to a `Commit`. One that is no grant means that the ledger knows the call as over."""
        running = self._running.get(call)
        if running and isinstance(outcome, Grant):
            running.meter.granted(outcome, now)
            self._perform(call, now)
        elif running:
            self._cut(call, EndReason.FAILED, now)

    def reauthorise(self, number: str, now: float) -> None:
        """The money of a number changed."""
        for call in list(self._by_number.get(number, ())):
            self._running[call].meter.reauthorise(now)
            self._perform(call, now)

    def tell_again(self, call: str, device: Address, now: float) -> None:
        """A device came back with a new session: if it pays, say how things stand."""
        running = self._running.get(call)
        if running and running.payer == device:
            self._desk.post(device, running.meter.charging(now))

    def ended(self, call: str, now: float) -> None:
        """The call is over; twice does nothing more."""
        if running := self._running.get(call):
            running.meter.ended(now)
            self._perform(call, now)
            del self._running[call]
            calls = self._by_number[running.payer.number]
            calls.pop(call, None)
            if not calls:
                del self._by_number[running.payer.number]

    def _add(self, call: str, payer: Address, meter: Meter) -> _Running:
        self._running[call] = running = _Running(meter, payer)
        self._by_number[payer.number][call] = None
        return running

    def _perform(self, call: str, now: float) -> None:
        running = self._running[call]
        emitted, cut = list(self._out), None
        self._out.clear()
        for effect in emitted:
            match effect:
                case Tell(charging):
                    self._desk.post(running.payer, charging)
                case Cut(_, reason):
                    cut = reason
                case _:
                    self._emit(effect)
        if cut is not None:
            self._cut(call, cut, now)
        else:
            self._schedule(call, running, now)

    def _schedule(self, call: str, running: _Running, now: float) -> None:
        due = running.meter.due_at(now)
        if due is not None and (running.looks_at is None or due < running.looks_at):
            running.looks_at = due
            self._deadlines.add(due, lambda at: self._look(call, running, due, at))

    def _look(self, call: str, running: _Running, due: float, now: float) -> None:
        if self._running.get(call) is running and running.looks_at == due:
            running.looks_at = None
            running.meter.advance(now)
            self._perform(call, now)
