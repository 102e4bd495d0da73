"""The journal of calls in the database.

A batch is written kind by kind: of one call the entries always come in that order, and one statement with many rows
is several times faster than many statements.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.hub.effects import (
    AcceptDelivered,
    Address,
    CallAccepted,
    CallEnded,
    CallProposed,
    JournalEntry,
    StoredCall,
)
from vidphone.service.ledger.books import Books
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Commit, Grant, Outcome, Reserve, Step
from vidphone.service.metering.effects import MeterKept, StoredMeter
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import ACCEPTED, ENDED, RINGING, accounts, calls
from vidphone.service.store.tables_meters import meters
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Accept

_caller, _callee = accounts.alias("caller"), accounts.alias("callee")
_proposed = insert(calls).values(
    caller_id=select(accounts.c.id).where(accounts.c.number == bindparam("caller_number")).scalar_subquery(),
    callee_id=select(accounts.c.id).where(accounts.c.number == bindparam("callee_number")).scalar_subquery(),
    id=bindparam("call"),
    caller_device=bindparam("device"),
    video=bindparam("with_video"),
    state=RINGING,
    proposed_at=bindparam("at"),
)
_of_call = update(calls).where(calls.c.id == bindparam("call"))
_accepted = _of_call.values(
    state=ACCEPTED, callee_device=bindparam("device"), accept=bindparam("body"), accepted_at=bindparam("at")
)
_delivered = _of_call.values(accept=None)
_ended = _of_call.values(state=ENDED, reason=bindparam("why"), ended_at=bindparam("at"), accept=None)
_new_meter = upsert(meters).values(
    call_id=bindparam("call"),
    used_ms=bindparam("used"),
    confirmed_at=bindparam("up_to"),
    flowing=bindparam("flows"),
)
_metered = _new_meter.on_conflict_do_update(
    index_elements=["call_id"],
    set_={name: _new_meter.excluded[name] for name in ("used_ms", "confirmed_at", "flowing")},
)
_unmetered = delete(meters).where(meters.c.call_id == bindparam("call"))


@dataclass(slots=True)
class _StoredBatch:
    """See `Batch`."""

    connection: Connection
    at: float
    ledger: Ledger
    expected: frozenset[Reserve] = frozenset()
    books: Books | None = None

    def expect(self, reserves: Sequence[Reserve]) -> None:
        """See `Batch`."""
        if reserves:
            self.expected = frozenset(reserves)
            self.books = self.ledger.open_books(self.connection, reserves)

    def reserve(self, wanted: Reserve) -> Outcome:
        """See `Batch`."""
        if self.books is None or wanted not in self.expected:
            raise ValueError(wanted)
        return self.books.apply(wanted, self.at)

    def keep(self) -> None:
        """Write what was reserved."""
        if self.books:
            self.ledger.keep_books(self.connection, self.books)
            self.books = None

    def perform(self, steps: Sequence[Step]) -> list[Outcome]:
        """See `Batch`."""
        self.keep()
        return self.ledger.perform(self.connection, steps, self.at)

    def write(self, entries: Sequence[JournalEntry]) -> None:
        """See `Batch`."""
        write_entries(self.connection, entries, self.at)


class StoredJournal:
    """See `Journal`. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ledger = Ledger()

    @contextmanager
    def batch(self, at: float) -> Iterator[_StoredBatch]:
        """See `Journal`."""
        with writing(self._engine) as connection:
            batch = _StoredBatch(connection, at, self._ledger)
            yield batch
            batch.keep()

    def write(self, entries: Sequence[JournalEntry], at: float) -> None:
        """A batch of nothing but these entries."""
        with self.batch(at) as batch:
            batch.write(entries)

    def used(self, ids: Collection[str]) -> set[str]:
        """See `Journal`."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(calls.c.id).where(calls.c.id.in_(ids))))

    def recover(self, at: float, ended_after: float) -> list[StoredCall]:
        """See `Journal`."""
        restarted = {"state": ENDED, "reason": EndReason.SERVICE_RESTARTED.value, "ended_at": at}
        wanted = (
            select(calls, _caller.c.number.label("caller_number"), _callee.c.number.label("callee_number"))
            .join(_caller, _caller.c.id == calls.c.caller_id)
            .join(_callee, _callee.c.id == calls.c.callee_id)
            .where((calls.c.state == ACCEPTED) | ((calls.c.state == ENDED) & (calls.c.ended_at > ended_after)))
            .order_by(calls.c.ended_at)
        )
        with writing(self._engine) as connection:
            connection.execute(update(calls).where(calls.c.state == RINGING).values(restarted))
            metered = self._recover_meters(connection, at)
            return [
                StoredCall(
                    call=row.id,
                    caller=Address(row.caller_number, row.caller_device),
                    callee_number=row.callee_number,
                    callee_device=row.callee_device,
                    accept=Accept.model_validate_json(row.accept) if row.accept else None,
                    reason=EndReason(row.reason) if row.reason else None,
                    meter=metered.get(row.id),
                )
                for row in connection.execute(wanted)
            ]

    def _recover_meters(self, connection: Connection, at: float) -> dict[str, StoredMeter]:
        """Settle what is over, and find from where the rest goes on."""
        self._ledger.reconcile(connection, at)
        kept = {row.call_id: row for row in connection.execute(select(meters))}
        running = {call: hold for call, hold in self._ledger.running(connection).items() if call in kept}
        again = [Commit(call, hold.sequence, hold.used_s, renew=False) for call, hold in running.items()]
        found = {}
        for grant in self._ledger.perform(connection, again, at):
            if isinstance(grant, Grant):
                row, rate = kept[grant.call], running[grant.call].rate
                behind_s = max(0.0, at - row.confirmed_at)
                found[grant.call] = StoredMeter(rate, grant, row.used_ms, behind_s, row.flowing)
        return found


def write_entries(connection: Connection, entries: Sequence[JournalEntry], at: float) -> None:
    """Write entries of the journal in the transaction of the caller."""
    proposed, accepted, delivered, ended = [], [], [], []
    metered: dict[str, dict[str, object]] = {}
    for entry in entries:
        match entry:
            case CallProposed(call, caller, callee, video):
                names = {"caller_number": caller.number, "callee_number": callee, "device": caller.device}
                proposed.append({"call": call, "with_video": video, "at": at} | names)
            case CallAccepted(call, address, accept):
                body = accept.model_dump_json()
                accepted.append({"call": call, "device": address.device, "body": body, "at": at})
            case AcceptDelivered(call):
                delivered.append({"call": call})
            case MeterKept(call, used_ms, behind_s, flowing):
                up_to = at - behind_s
                metered[call] = {"call": call, "used": used_ms, "up_to": up_to, "flows": flowing}  # the last one counts
            case CallEnded(call, reason):
                ended.append({"call": call, "why": reason.value, "at": at})
    over = [{"call": row["call"]} for row in ended]
    steps = (
        (_proposed, proposed),
        (_accepted, accepted),
        (_delivered, delivered),
        (_metered, list(metered.values())),
        (_ended, ended),
        (_unmetered, over),
    )
    for statement, rows in steps:
        if rows:
            connection.execute(statement, rows)
