"""The figures of the costs pages: how the credit is used, what each day cost, an amount as typed. Pure.

Money is integer fen.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from vidphone.account.history import HistoryEntry
from vidphone.wire.billing import MAX_PAYMENT_FEN, Account, Balance, CallCharge, DaySpent

_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_WIDE = str.maketrans("０１２３４５６７８９．。，", "0123456789..,")
LEAST_TOP_FEN = 100


class Use(StrEnum):
    """What credit is taken by, in the order of the bar."""

    UNPAID = "unpaid"
    UNBILLED = "unbilled"
    RESERVED = "reserved"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Credit:
    """How a customer's credit is used (clause 9): the parts add up to `whole_fen + over_fen`."""

    whole_fen: int
    """The limit and what is prepaid."""
    parts: tuple[tuple[Use, int], ...]
    over_fen: int
    """By how much more is used than there is; 0 where something is left."""


def credit(balance: Balance) -> Credit:
    """The parts of the credit, all of them, also those that are 0."""
    left = max(0, balance.available_fen)
    parts = (
        (Use.UNPAID, balance.unpaid_fen),
        (Use.UNBILLED, max(0, balance.unbilled_fen)),
        (Use.RESERVED, balance.reserved_fen),
        (Use.LEFT, left),
    )
    return Credit(balance.limit_fen + balance.prepaid_fen, parts, max(0, -balance.available_fen))


def shares(fens: tuple[int, ...], length: int) -> tuple[int, ...]:
    """Lengths in the proportion of amounts, not below 0, that fill `length` exactly where any amount is above 0."""
    whole = sum(fens)
    if whole <= 0:
        return (0,) * len(fens)
    edges = [sum(fens[:at]) * length // whole for at in range(len(fens) + 1)]
    return tuple(end - begin for begin, end in pairwise(edges))


def days_of_month(month: date, spent: tuple[DaySpent, ...]) -> tuple[DaySpent, ...]:
    """Every day of the month, those on which nothing was spent too."""
    by_day = {one.day: one.spent_fen for one in spent}
    first = month.replace(day=1)
    days = (first + timedelta(at) for at in range(monthrange(month.year, month.month)[1]))
    return tuple(DaySpent(day=day, spent_fen=by_day.get(day, 0)) for day in days)


def top_of_axis(most_fen: int) -> int:
    """The least of 1, 2 and 5 times a power of ten, from one yuan on, that is no less than an amount."""
    power = LEAST_TOP_FEN
    while 10 * power < most_fen:
        power *= 10
    return next(top for top in (power, 2 * power, 5 * power, 10 * power) if top >= most_fen)


def fen_of_yuan(typed: str) -> int | None:
    """The amount that was typed in yuan, with or without the sign; None where it is none that can be paid."""
    plain = typed.translate(_WIDE).strip().lstrip("¥￥").replace(",", "").replace(" ", "")
    found = _YUAN.fullmatch(plain)
    if found is None:
        return None
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    return fen if 1 <= fen <= MAX_PAYMENT_FEN else None


def yuan_of_fen(fen: int) -> str:
    """An amount as it is put into a field: `12.30`."""
    return f"{fen // 100}.{fen % 100:02}"


class Purpose(StrEnum):
    """What a suggested amount pays for."""

    OVERDUE = "overdue"
    DUE = "due"
    LIFTING = "lifting"
    """What lifts the block that there is."""
    USED = "used"


def suggestions(account: Account) -> tuple[tuple[Purpose, int], ...]:
    """Amounts worth paying, rising, each once: what is overdue, all bills, what lifts a block, all that is used."""
    used = account.balance.unpaid_fen + account.balance.unbilled_fen - account.balance.prepaid_fen
    wanted = (
        (Purpose.OVERDUE, account.overdue_fen),
        (Purpose.DUE, account.due_fen),
        (Purpose.LIFTING, account.standing.lifting_fen),
        (Purpose.USED, used),
    )
    by_fen: dict[int, Purpose] = {}
    for purpose, fen in wanted:
        if 0 < fen <= MAX_PAYMENT_FEN:
            by_fen.setdefault(fen, purpose)
    return tuple((by_fen[fen], fen) for fen in sorted(by_fen))


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=28) + timedelta(4)).replace(day=1)


def kept_call(charge: CallCharge, history: tuple[HistoryEntry, ...]) -> HistoryEntry | None:
    """This machine's own record of a call; None where the call was made elsewhere, or is forgotten."""
    return next((entry for entry in history if entry.id == charge.call), None)
