"""Numbers to choose from: `numbers add`, `list`, `rest`. Each function prints what it did."""

import time
from collections.abc import Iterator, Sequence

from sqlalchemy import Engine

from vidphone.service.admin.said import actor, check_number, moment, print_table, refused, say, words
from vidphone.service.audit.log import AuditLog
from vidphone.service.store.engine import writing
from vidphone.service.store.numbers import NumberPool, NumberState, NumberTaken, add_numbers, rest_number

MAX_AT_ONCE = 100_000
DAY_S = 86_400.0


def add(engine: Engine, given: Sequence[str]) -> None:
    """Offer numbers, each written by itself or as a range `2000-2999`."""
    numbers = [number for one in given for number in _range(one)]
    if len(numbers) > MAX_AT_ONCE:
        raise refused("too-many-numbers", most=MAX_AT_ONCE)
    with writing(engine) as connection:
        count = add_numbers(connection, numbers)
        details = {"new": str(count), "asked": str(len(numbers))}
        AuditLog(engine).append(connection, "numbers-offered", actor(), "numbers", details, time.time())
    say("numbers-added", count=count, asked=len(numbers))


def show_all(engine: Engine, state: str | None) -> None:
    """The pool as a table."""
    found = NumberPool(engine).list(time.time(), NumberState(state) if state else None)
    if not found:
        say("no-numbers")
        return
    rows = ((one.number, words(f"number-state.{one.state.value}"), moment(one.until)) for one in found)
    print_table(("number", "state", "until"), [row if row[2] != words("never") else (*row[:2], "") for row in rows])


def rest(engine: Engine, number: str, days: int) -> None:
    """Offer a free number to nobody for some days."""
    check_number(number)
    now = time.time()
    try:
        with writing(engine) as connection:
            rest_number(connection, number, now + days * DAY_S, now)
            details = {"days": str(days), "ends-in": number[-4:]}  # whole, some would read as a person's
            AuditLog(engine).append(connection, "number-kept-back", actor(), "numbers", details, now)
    except NumberTaken:
        raise refused("number-not-free", number=number) from None
    say("number-rests", number=number, until=moment(now + days * DAY_S))


def _range(written: str) -> Iterator[str]:
    first, dash, last = written.partition("-")
    check_number(first)
    if not dash:
        yield first
        return
    check_number(last)
    if len(first) != len(last) or first > last:
        raise refused("bad-range", range=written)
    if int(last) - int(first) >= MAX_AT_ONCE:
        raise refused("too-many-numbers", most=MAX_AT_ONCE)
    for number in range(int(first), int(last) + 1):
        yield f"{number:0{len(first)}}"
