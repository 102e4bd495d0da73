"""The journal of calls in the database.

A batch is written kind by kind: of one call the entries always come in that order, and one statement with many rows
is several times faster than many statements.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Engine, bindparam, insert, select, update

from vidphone.service.hub.effects import (
    AcceptDelivered,
    Address,
    CallAccepted,
    CallEnded,
    CallProposed,
    JournalEntry,
    StoredCall,
)
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts, calls
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Accept

RINGING, ACCEPTED, ENDED = "ringing", "accepted", "ended"

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


class StoredJournal:
    """See `Journal`. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def write(self, entries: Sequence[JournalEntry], at: float) -> None:
        """See `Journal`."""
        proposed, accepted, delivered, ended = [], [], [], []
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
                case CallEnded(call, reason):
                    ended.append({"call": call, "why": reason.value, "at": at})
        with writing(self._engine) as connection:
            steps = (_proposed, proposed), (_accepted, accepted), (_delivered, delivered), (_ended, ended)
            for statement, rows in steps:
                if rows:
                    connection.execute(statement, rows)

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
            return [
                StoredCall(
                    call=row.id,
                    caller=Address(row.caller_number, row.caller_device),
                    callee_number=row.callee_number,
                    callee_device=row.callee_device,
                    accept=Accept.model_validate_json(row.accept) if row.accept else None,
                    reason=EndReason(row.reason) if row.reason else None,
                )
                for row in connection.execute(wanted)
            ]
