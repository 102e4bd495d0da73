"""Numbers that are others now: an old one leads to its last holder until somebody else has it (clause 7)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_notices import number_changes

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """What a number is now, and since when."""

    number: str
    since: float


def moved(connection: Connection, numbers: Collection[str]) -> dict[str, Moved]:
    """Those of these numbers that lead to another one. A number that somebody has leads to nobody else."""
    found: dict[str, Moved] = {}
    asked = sorted(numbers)
    for first in range(0, len(asked), AT_A_TIME):
        some = asked[first : first + AT_A_TIME]
        held = set(connection.scalars(select(accounts.c.number).where(accounts.c.number.in_(some))))
        wanted = (
            select(number_changes.c.old_number, number_changes.c.done_at, accounts.c.number)
            .join(accounts, accounts.c.id == number_changes.c.account_id)
            .where(
                number_changes.c.old_number.in_(set(some) - held),
                number_changes.c.done_at.is_not(None),
                accounts.c.number.not_like("-%"),  # its holder has left, and the number with them
            )
            .order_by(number_changes.c.done_at)
        )
        found |= {row.old_number: Moved(row.number, row.done_at) for row in connection.execute(wanted)}
    return found


def current(connection: Connection, number: str) -> str:
    """The number that a number leads to: itself, where it was not changed."""
    there = moved(connection, (number,))
    return there[number].number if number in there else number
