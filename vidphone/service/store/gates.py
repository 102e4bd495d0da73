"""What prices, bills and the law say of calls about to begin, with a few statements for a whole batch of them."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select

from vidphone.service.billing.standing import data_suspended, stand
from vidphone.service.billing.values import Conditions
from vidphone.service.days import CHINA
from vidphone.service.hub.directory import OPEN, Dial, Gate
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.ledger.values import Reserve
from vidphone.service.store.standings import standings_of
from vidphone.service.store.subscriptions import plans_of
from vidphone.service.store.tables import accounts
from vidphone.terms.credit import Block
from vidphone.terms.standing import CLAUSES, Cause, Standing, State, allowed, refusal
from vidphone.terms.tariff import rate
from vidphone.wire.reasons import EndReason

REASONS = {
    Cause.CREDIT_LIMIT: EndReason.CREDIT_LIMIT,
    Cause.OVERDUE: EndReason.ACCOUNT_SUSPENDED,
    Cause.DATA: EndReason.IDENTITY_SUSPENDED,
    Cause.JUDICIAL: EndReason.SERVICE_PAUSED,
    Cause.LEAVING: EndReason.ACCOUNT_SUSPENDED,
    Cause.LEFT: EndReason.AGREEMENT_REQUIRED,
}
_AT_LIMIT = Standing(State.RESTRICTED, Cause.CREDIT_LIMIT, CLAUSES[Cause.CREDIT_LIMIT])
_ACTIVE = Standing()


class StoredGates:
    """See `Gates`. Blocking."""

    def __init__(self, engine: Engine, free_numbers: Collection[str], conditions: Conditions) -> None:
        """`conditions` are those that bills go by: what the credit limit blocks, and when debts suspend."""
        self._engine = engine
        self._free_numbers = frozenset(free_numbers)
        self._conditions = conditions
        self._block = conditions.settings.blocks
        self._ledger = Ledger()

    def gates(self, dials: Collection[Dial], at: float) -> dict[Dial, tuple[Gate, Reserve | None]]:
        """See `Gates`."""
        local = datetime.fromtimestamp(at, CHINA)
        with self._engine.connect() as connection:
            numbers = {number for dial in dials for number in (dial.caller, dial.callee)}
            named = select(accounts.c.number, accounts.c.id).where(accounts.c.number.in_(numbers))
            ids = {row.number: row.id for row in connection.execute(named)}
            stands = self._standings(connection, list(ids.values()), local.date())
            plans = plans_of(connection, {ids[dial.caller] for dial in dials if dial.caller in ids}, local.date())
        found: dict[Dial, tuple[Gate, Reserve | None]] = {}
        for dial in dials:
            caller, callee = ids.get(dial.caller), ids.get(dial.callee)
            closed = callee is not None and not allowed(stands.get(callee, _ACTIVE), self._block).incoming
            if caller is None or {dial.caller, dial.callee} & self._free_numbers:
                found[dial] = OPEN, None
                continue
            plan, standing = plans.get(caller), stands.get(caller, _ACTIVE)
            if plan is None:
                cause = None if allowed(standing, self._block).uncharged else standing.cause
                found[dial] = Gate(_reason(cause), closed), None
                continue
            price = rate(plan, dial.callee, dial.video, local, self._free_numbers)
            cause = refusal(standing, price, self._block)
            gate = Gate(_reason(cause), closed, price)
            found[dial] = gate, Reserve(dial.call, caller, dial.callee, price)
        return found

    def paused(self, number: str) -> bool:
        """See `Gates`."""
        with self._engine.connect() as connection:
            account = connection.scalar(select(accounts.c.id).where(accounts.c.number == number))
            standing = standings_of(connection, [account]).get(account) if account is not None else None
        return standing is not None and standing.state is State.JUDICIAL

    def _standings(self, connection: Connection, ids: Collection[int], today: date) -> dict[int, Standing]:
        """As customers stand on this very day: what is kept of it follows a change of day only after a while.

        The credit limit is asked of the ledger, where it blocks more than calls that cost: those it refuses itself,
        when they reserve.
        """
        stands = stand(connection, ids, self._conditions, today, data_since=data_suspended(connection, ids))
        if self._block is Block.WHOLE:
            for account, balance in self._ledger.balances(connection, ids).items():
                if balance.available + balance.reserved <= 0 and stands[account].state is State.ACTIVE:
                    stands[account] = _AT_LIMIT
        return stands


def _reason(cause: Cause | None) -> EndReason | None:
    return None if cause is None else REASONS[cause]
