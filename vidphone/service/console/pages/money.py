"""Bills and payments, and what staff do about them; the pause that an authority demands."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from starlette.responses import Response

from vidphone.service.console.forms import AMOUNT, FILE_NUMBER, REASON, RECEIPT, SIGNED, Field, fen, signed_fen
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.customers import AT_A_TIME, customer_path, exists, number_of
from vidphone.service.console.visit import Visit
from vidphone.terms.money import format_fen
from vidphone.terms.orders import Words
from vidphone.wire.errors import ErrorCode, VidphoneError

MAX_WORDS = 200
"""Of a line on a bill."""


def listed(visit: Visit) -> Response:
    """Bills that are not paid, those due the longest first."""
    day, number = visit.query("day", 10), visit.query("bill", 32)
    found = visit.console.lists.open_bills((_day(day), number) if day else None, AT_A_TIME + 1)
    shown, last = found[:AT_A_TIME], found[AT_A_TIME - 1] if len(found) > AT_A_TIME else None
    return visit.page("bills", rows=shown, last=last, first=not day)


def bill(visit: Visit) -> Response:
    """One bill with everything on it. It is that customer's, or there is none."""
    row = visit.console.customers.row(number_of(visit))
    detail = visit.parts.money.bill(row.account, str(visit.path["bill"])[:32], visit.now)
    if detail is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return visit.page("bill", number=row.number, detail=detail)


def payments(visit: Visit) -> Response:
    """What a customer paid, newest first."""
    row = visit.console.customers.row(number_of(visit))
    before = visit.query("before", 15)
    if before and not (before.isascii() and before.isdigit()):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "before"})
    found = visit.console.lists.payments(row.account, int(before) if before else None, AT_A_TIME + 1)
    last = found[AT_A_TIME - 1].id if len(found) > AT_A_TIME else None
    return visit.page("payments", number=row.number, rows=found[:AT_A_TIME], last=last)


def standings(visit: Visit) -> Response:
    """Whose service is not simply active."""
    after = visit.query("after", 15)
    found = visit.console.lists.not_active(after if after.isascii() and after.isdigit() else "", AT_A_TIME + 1)
    last = found[AT_A_TIME - 1][0] if len(found) > AT_A_TIME else ""
    return visit.page("standings", rows=found[:AT_A_TIME], last=last, first=not after)


def _day(written: str) -> str:
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "day"}) from None


def _cash(visit: Visit, values: Mapping[str, str]) -> Response:
    number, amount, receipt = number_of(visit), fen("yuan", values["yuan"]), values["receipt"]
    new = visit.console.bills.take_cash(number, amount, receipt, visit.staff.name, visit.now, reason=values["reason"])
    return visit.go(customer_path(visit), "cash" if new else "again")


def _adjust(visit: Visit, values: Mapping[str, str]) -> Response:
    number, amount = number_of(visit), signed_fen("yuan", values["yuan"])
    words, receipt = Words(values["zh"], values["en"]), values["receipt"]
    new = visit.console.bills.adjust(
        number, amount, words, receipt, visit.staff.name, visit.now, reason=values["reason"]
    )
    return visit.go(customer_path(visit), "adjusted" if new else "again")


def _pay_back(visit: Visit, values: Mapping[str, str]) -> Response:
    number, amount, receipt = number_of(visit), fen("yuan", values["yuan"]), values["receipt"]
    new = visit.console.bills.pay_back(number, amount, receipt, visit.staff.name, visit.now, reason=values["reason"])
    return visit.go(customer_path(visit), "paid-back" if new else "again")


def _pause(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.bills.pause(number_of(visit), values["file"], visit.staff.name, visit.now, reason=values["reason"])
    return visit.go(customer_path(visit), "paused")


def _resume(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.bills.resume(
        number_of(visit),
        visit.staff.name,
        visit.now,
        unfounded=values["unfounded"] == "yes",
        reason=values["reason"],
    )
    return visit.go(customer_path(visit), "resumed")


def _owed(visit: Visit) -> tuple[tuple[str, str], ...]:
    """What the customer has to pay, which whoever takes the money is asked."""
    row = visit.console.customers.row(number_of(visit))
    account = visit.parts.money.account(row.account, row.number, visit.now)
    owed = (("owed", format_fen(account.balance.unpaid_fen)),)
    lifting = account.standing.lifting_fen
    return (*owed, ("lifting", format_fen(lifting))) if lifting else owed


_WORDS = (Field("zh", most=MAX_WORDS), Field("en", most=MAX_WORDS, hint="bill-words"))
_REFERENCE = replace(RECEIPT, label="reference")
_UNFOUNDED = Field("unfounded", "tick", required=False)
CASH = Action("cash", (AMOUNT, RECEIPT, REASON), _cash, customer_path, check=exists, beside=_owed)
ADJUST = Action("adjust", (SIGNED, *_WORDS, _REFERENCE, REASON), _adjust, customer_path, check=exists)
PAY_BACK = Action("pay-back", (AMOUNT, RECEIPT, REASON), _pay_back, customer_path, check=exists)
PAUSE = Action("pause", (FILE_NUMBER, REASON), _pause, customer_path, "danger", check=exists)
RESUME = Action("resume", (_UNFOUNDED, REASON), _resume, customer_path, check=exists)
