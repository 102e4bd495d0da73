"""A change of plan or of credit limit: a new order, an annex of the agreement by number and hash (clauses 2 and 9).

A plan begins with the next month, a limit holds at once. The order has both as they will be.
"""

from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.days import provider_day
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.store.standings import tell
from vidphone.service.store.subscriptions import at_day, subscribe, subscriptions_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import agreements, order_days, orders
from vidphone.terms.bills import Period
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Catalogue, Order, Plan, canonical, order_number, order_sha256
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import AgreementState

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


@dataclass(frozen=True)
class Changes:
    """Makes orders in the caller's transaction."""

    audit: AuditLog

    def plan(
        self, connection: Connection, account: int, plan_id: str, catalogue: Catalogue, actor: str, at: float
    ) -> tuple[Order, date]:
        """Another plan from the first day of the next month on; the same choice again is the same order.

        Raises:
            VidphoneError: `BAD_DATA`, it is not on offer; `AGREEMENT_REQUIRED`, there is no agreement in force.
        """
        plan = next((one for one in catalogue.plans if one.id == plan_id), None)
        if plan is None:
            raise VidphoneError(ErrorCode.BAD_DATA, faults=(Fault("plan", FaultCode.NOT_OFFERED),))
        today = provider_day(at)
        begins = Period.of(today).next().first
        known = subscriptions_of(connection, (account,)).get(account, [])
        if not known:  # on paper so far: there is no month that another plan is charged for
            begins = today
        chosen = at_day(known, begins)
        if chosen is not None and chosen.plan == plan:
            return self._order(connection, chosen.order_number), chosen.plan_from
        limit = Ledger().balance(connection, account).limit
        order = self._make(connection, account, plan, limit, catalogue.version, actor, at)
        subscribe(connection, account, order, begins)
        tell(connection, (account,), at)
        return order, begins

    def limit(
        self, connection: Connection, account: int, limit_fen: int, catalogue: Catalogue, actor: str, at: float
    ) -> Order | None:
        """Another credit limit, at once; None where it is that one.

        Raises:
            VidphoneError: `BAD_DATA`, it is not on offer, or less than what is used already; `AGREEMENT_REQUIRED`,
                there is no agreement in force, or none with a plan.
        """
        balance = Ledger().balance(connection, account)
        if limit_fen == balance.limit:
            return None
        used = balance.limit - balance.available
        if limit_fen not in catalogue.credit_limits_fen or (limit_fen < balance.limit and limit_fen < used):
            raise VidphoneError(ErrorCode.BAD_DATA, faults=(Fault("credit_limit_fen", FaultCode.NOT_OFFERED),))
        known = subscriptions_of(connection, (account,)).get(account, [])
        if not known:
            raise VidphoneError(ErrorCode.AGREEMENT_REQUIRED)
        before = self._order(connection, known[-1].order_number)
        order = self._make(connection, account, before.plan, limit_fen, before.catalogue_version, actor, at)
        Ledger().set_limit(connection, account, limit_fen)
        tell(connection, (account,), at)
        return order

    def _make(
        self,
        connection: Connection,
        account: int,
        plan: Plan,
        limit_fen: int,
        catalogue_version: str,
        actor: str,
        at: float,
    ) -> Order:
        agreed = (agreements.c.account_id == account) & (agreements.c.state != AgreementState.ENDED)
        wanted = select(agreements.c.id, accounts.c.number).join(accounts, accounts.c.id == agreements.c.account_id)
        row = connection.execute(wanted.where(agreed)).one_or_none()
        if row is None:
            raise VidphoneError(ErrorCode.AGREEMENT_REQUIRED)
        today = provider_day(at)
        first = upsert(order_days).values(day=today.isoformat(), last=1)
        counted = first.on_conflict_do_update(index_elements=["day"], set_={"last": order_days.c.last + 1})
        sequence = int(connection.execute(counted.returning(order_days.c.last)).scalar_one())
        order = Order(
            number=order_number(today, sequence),
            ordered_on=today,
            catalogue_version=catalogue_version,
            customer_number=row.number,
            plan=plan,
            terminal=None,
            credit_limit_fen=limit_fen,
        )
        body, digest = canonical(order).decode(), order_sha256(order)
        connection.execute(insert(orders).values(number=order.number, agreement_id=row.id, body=body, sha256=digest))
        details = {"order": order.number, "hash": digest}
        self.audit.append(connection, "order-made", actor, f"account:{account}", details, at)
        return order

    def _order(self, connection: Connection, number: str) -> Order:
        body: str = connection.execute(select(orders.c.body).where(orders.c.number == number)).scalar_one()
        return _ORDER.validate_json(body)
