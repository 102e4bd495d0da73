"""Where customers stand, by bills, by the law and by their own wish (clauses 5, 10 and 11).

Kept so that a call set-up asks one row, and so that a month's rent knows the days of the past. Where somebody stands
by the credit limit (clause 9) is the ledger's to say, and is not kept.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from pydantic import TypeAdapter
from sqlalchemy import Connection, String, cast, insert, select, update

from vidphone.service.days import provider_day
from vidphone.service.ports import AccountEventKind
from vidphone.service.store.tables import account_events, accounts
from vidphone.service.store.tables_billing import judicial_pauses, standings
from vidphone.service.store.tables_ledger import charges
from vidphone.terms.calendar import Span
from vidphone.terms.standing import Cause, Standing, State

_STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)
PAUSE_REFERENCE = "pause:"
"""With the id of a pause: the charge that paid its rent back."""
WITHHELD = frozenset({Cause.OVERDUE, Cause.LEAVING, Cause.LEFT})
"""On days suspended for these no rent runs; on those of a judicial suspension it does (clause 10)."""


def standings_of(connection: Connection, accounts_: Collection[int]) -> dict[int, Standing]:
    """The standing of each of these customers that is not active."""
    wanted = select(standings.c.account_id, standings.c.body)
    holding = wanted.where(standings.c.account_id.in_(accounts_), standings.c.to_day.is_(None))
    return {row.account_id: _STANDING.validate_json(row.body) for row in connection.execute(holding)}


def keep_standings(connection: Connection, found: Mapping[int, Standing], at: float) -> int:
    """Keep where customers stand now; how many stand otherwise than before. A running service hears of those.

    A day whose rent was paid back is not withheld as well: for somebody who stands so, rent stops on the next one.
    """
    today, kept = provider_day(at), standings_of(connection, found)
    paid_back = _paid_back(connection, found, today)
    changed = []
    for account, new in found.items():
        old = kept.get(account)
        if old == new or (old is None and new.state is State.ACTIVE):
            continue
        same = old is not None and (old.state, old.cause) == (new.state, new.cause)
        now = (standings.c.account_id == account) & standings.c.to_day.is_(None)
        if same:
            connection.execute(update(standings).where(now).values(body=_STANDING.dump_json(new).decode()))
            continue
        changed.append(account)
        connection.execute(update(standings).where(now).values(to_day=(today - timedelta(days=1)).isoformat()))
        if new.state is not State.ACTIVE and new.cause is not None:
            first = today + timedelta(days=1) if account in paid_back and new.cause in WITHHELD else today
            row = {"state": new.state.value, "cause": new.cause.value, "from_day": first.isoformat()}
            body = _STANDING.dump_json(new).decode()
            connection.execute(insert(standings).values(account_id=account, body=body, to_day=None, **row))
    tell(connection, changed, at)
    return len(changed)


def _paid_back(connection: Connection, accounts_: Collection[int], today: date) -> set[int]:
    """Those to whom the rent of today was paid back, as of a pause without legal ground that ended (clause 10)."""
    known = PAUSE_REFERENCE + cast(judicial_pauses.c.id, String)
    over = judicial_pauses.c.account_id.in_(accounts_) & (judicial_pauses.c.to_day == today.isoformat())
    wanted = select(judicial_pauses.c.account_id).join(charges, charges.c.reference == known).where(over)
    return set(connection.scalars(wanted))


def withheld_days(connection: Connection, accounts_: Collection[int]) -> dict[int, list[Span]]:
    """The days on which customers were suspended so that no rent runs."""
    states = (State.SUSPENDED, State.TERMINATED, State.RESTRICTED)
    wanted = select(standings.c.account_id, standings.c.from_day, standings.c.to_day).where(
        standings.c.account_id.in_(accounts_), standings.c.cause.in_(WITHHELD), standings.c.state.in_(states)
    )
    found: dict[int, list[Span]] = {}
    for row in connection.execute(wanted):
        first, last = date.fromisoformat(row.from_day), date.fromisoformat(row.to_day) if row.to_day else None
        if last is None or first <= last:
            found.setdefault(row.account_id, []).append(Span(first, last))
    return found


def tell(connection: Connection, accounts_: Collection[int], at: float) -> None:
    """Let a running service know that money or standing of these customers changed."""
    if not accounts_:
        return
    numbers = connection.scalars(select(accounts.c.number).where(accounts.c.id.in_(accounts_))).all()
    kind = AccountEventKind.STANDING.value
    rows = [{"number": number, "kind": kind, "token_id": None, "at": at} for number in numbers]
    connection.execute(insert(account_events), rows)
