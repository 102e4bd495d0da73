"""The pool of numbers that customers choose from.

A number is free, held by a sign-up until a time, taken by a customer, or resting until a time. What has reached its
time is free again by that: nothing has to run for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import number_pool

OFFERED = 60
"""So many free numbers are shown at a time."""


class NumberState(StrEnum):
    """What has become of a number."""

    FREE = "free"
    HELD = "held"
    """By a sign-up that is not signed yet."""
    TAKEN = "taken"
    RESTING = "resting"
    """Nobody's for a while, so that calls for its last holder reach no stranger."""


class NumberTaken(Exception):
    """The number is a customer's, held by somebody else, resting, or not one that is offered."""


@dataclass(frozen=True, slots=True)
class PoolNumber:
    """One number of the pool. `until` is set where it is held or rests."""

    number: str
    state: NumberState
    until: float | None


class NumberPool:
    """The pool, as the provider and those who choose see it. Blocking."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, numbers: Iterable[str]) -> int:
        """Offer numbers; those that are in the pool stay as they are. How many are new."""
        with writing(self._engine) as connection:
            return add_numbers(connection, numbers)

    def free(self, containing: str, at: float) -> tuple[str, ...]:
        """Some of the numbers that may be chosen now, shortest first. `containing` is digits only."""
        wanted = (
            select(number_pool.c.number)
            .where(_available(at), number_pool.c.number.contains(containing, autoescape=True))
            .order_by(func.length(number_pool.c.number), number_pool.c.number)
            .limit(OFFERED)
        )
        with self._engine.connect() as connection:
            return tuple(connection.scalars(wanted))

    def list(self, at: float, state: NumberState | None = None) -> Sequence[PoolNumber]:
        """The whole pool, by number."""
        wanted = select(number_pool).order_by(func.length(number_pool.c.number), number_pool.c.number)
        with self._engine.connect() as connection:
            found = [_as_it_is(row.number, row.state, row.until, at) for row in connection.execute(wanted)]
        return [one for one in found if state in (None, one.state)]

    def rest(self, number: str, until: float, at: float) -> None:
        """Offer a free number to nobody until then.

        Raises:
            NumberTaken: it is not free.
        """
        with writing(self._engine) as connection:
            rest_number(connection, number, until, at)


def add_numbers(connection: Connection, numbers: Iterable[str]) -> int:
    """See `NumberPool.add`."""
    added = 0
    for number in numbers:
        known = connection.scalar(select(accounts.c.id).where(accounts.c.number == number))
        state = NumberState.FREE if known is None else NumberState.TAKEN
        new = upsert(number_pool).values(number=number, state=state).on_conflict_do_nothing()
        added += connection.execute(new).rowcount
    return added


def rest_number(connection: Connection, number: str, until: float, at: float) -> None:
    """See `NumberPool.rest`."""
    _claim(connection, number, at, state=NumberState.RESTING, held_by=None, until=until)


def hold_number(connection: Connection, number: str, sign_up: str, until: float, at: float) -> None:
    """Hold a free number for a sign-up.

    Raises:
        NumberTaken: it is not free, or not offered.
    """
    _claim(connection, number, at, state=NumberState.HELD, held_by=sign_up, until=until)


def release_number(connection: Connection, number: str, sign_up: str) -> None:
    """Give back what a sign-up holds."""
    held = (number_pool.c.number == number) & (number_pool.c.held_by == sign_up)
    connection.execute(update(number_pool).where(held).values(state=NumberState.FREE, held_by=None, until=None))


def keep_number(connection: Connection, number: str, sign_up: str) -> None:
    """What a sign-up holds becomes its customer's.

    Raises:
        NumberTaken: it does not hold the number.
    """
    held = (number_pool.c.number == number) & (number_pool.c.held_by == sign_up)
    changed = connection.execute(
        update(number_pool).where(held).values(state=NumberState.TAKEN, held_by=None, until=None)
    )
    if changed.rowcount != 1:
        raise NumberTaken


def take_number(connection: Connection, number: str, at: float) -> None:
    """For a customer whom the provider adds: any number that nobody has or holds, offered or not.

    Raises:
        NumberTaken: somebody has it or holds it, or it rests.
    """
    new = upsert(number_pool).values(number=number, state=NumberState.TAKEN).on_conflict_do_nothing()
    if connection.execute(new).rowcount != 1:
        _claim(connection, number, at, state=NumberState.TAKEN, held_by=None, until=None)


def _claim(
    connection: Connection, number: str, at: float, *, state: NumberState, held_by: str | None, until: float | None
) -> None:
    changed = connection.execute(
        update(number_pool)
        .where(number_pool.c.number == number, _available(at))
        .values(state=state, held_by=held_by, until=until)
    )
    if changed.rowcount != 1:
        raise NumberTaken


def _available(at: float) -> ColumnElement[bool]:
    passed = and_(number_pool.c.state.in_([NumberState.HELD, NumberState.RESTING]), number_pool.c.until <= at)
    return or_(number_pool.c.state == NumberState.FREE, passed)


def _as_it_is(number: str, state: str, until: float | None, at: float) -> PoolNumber:
    if until is not None and until <= at:
        return PoolNumber(number, NumberState.FREE, None)
    return PoolNumber(number, NumberState(state), until)
