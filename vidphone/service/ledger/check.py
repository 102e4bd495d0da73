"""Does the ledger add up? Asked by the provider, and by tests after everything they do to it."""

from sqlalchemy import Connection, case, func, select

from vidphone.service.ledger.values import Account, Kind
from vidphone.service.store.tables_ledger import call_charges, credit, transfers


def trial(connection: Connection) -> dict[Account, int]:
    """The trial balance: what every account of the ledger stands at, in fen. Its sum is 0."""
    sums = dict.fromkeys(Account, 0)
    grouped = select(transfers.c.debit, transfers.c.credit, func.sum(transfers.c.amount_fen)).group_by(
        transfers.c.debit, transfers.c.credit
    )
    for debit, other, amount in connection.execute(grouped):
        sums[Account(debit)] += amount
        sums[Account(other)] -= amount
    return sums


def faults(connection: Connection) -> list[str]:
    """What does not add up, as `<what>:<account or call>`; none in a sound ledger."""
    found = []
    for name, column in ((Account.UNBILLED, credit.c.unbilled_fen), (Account.RECEIVABLE, credit.c.receivable_fen)):
        moved = func.coalesce(
            func.sum(
                case(
                    (transfers.c.debit == name.value, transfers.c.amount_fen),
                    (transfers.c.credit == name.value, -transfers.c.amount_fen),
                    else_=0,
                )
            ),
            0,
        )
        wrong = (
            select(credit.c.account_id)
            .outerjoin(transfers, transfers.c.account_id == credit.c.account_id)
            .group_by(credit.c.account_id)
            .having(moved != column)
        )
        found += [f"{name}:{account}" for account in connection.scalars(wrong)]
    held = func.coalesce(func.sum(call_charges.c.reserved_fen), 0)
    wrong = (
        select(credit.c.account_id)
        .outerjoin(call_charges, call_charges.c.account_id == credit.c.account_id)
        .group_by(credit.c.account_id)
        .having(held != credit.c.reserved_fen)
    )
    found += [f"reserved:{account}" for account in connection.scalars(wrong)]
    amount = func.coalesce(transfers.c.amount_fen, 0)
    settled = (
        select(call_charges.c.call)
        .outerjoin(transfers, transfers.c.reference == "call:" + call_charges.c.call)
        .where(func.coalesce(call_charges.c.amount_fen, 0) != amount)
    )
    found += [f"call:{call}" for call in connection.scalars(settled)]
    stray = (
        select(transfers.c.reference)
        .outerjoin(call_charges, call_charges.c.call == func.substr(transfers.c.reference, len("call:") + 1))
        .where(transfers.c.kind == Kind.CALL.value, call_charges.c.call.is_(None))
    )
    return found + [f"stray:{reference}" for reference in connection.scalars(stray)]
