"""Customers: found, looked at, let in or kept out."""

import re
from collections.abc import Mapping

from starlette.responses import Response

from vidphone.service.console.forms import REASON, Field
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.visit import Visit
from vidphone.service.office.customers import By
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.identities import FIELDS, NoIdentity
from vidphone.wire.errors import ErrorCode, VidphoneError

AT_A_TIME = 50
CALLS = 50
GLANCE = 10
"""Of a list on the page of one customer."""
MAX_SOUGHT = 128
NUMBER = re.compile(r"-?[0-9]{1,15}")


def listed(visit: Visit) -> Response:
    """Customers by number, a page at a time."""
    beginning, after = visit.query("number", 15), visit.query("after", 15)
    fits = all(part.isascii() and part.isdigit() for part in (beginning, after) if part)
    found = visit.console.customers.page(beginning, after, AT_A_TIME + 1) if fits else ()
    left = visit.console.customers.left(beginning) if beginning and fits and not after else ()
    shown, more = found[:AT_A_TIME], len(found) > AT_A_TIME
    last = shown[-1].number if more else ""
    return visit.page("customers", rows=shown, left=left, beginning=beginning, after=after, last=last, sought="")


def sought(visit: Visit) -> Response:
    """Customers by name, identity number or telephone, which no address and no log ever holds."""
    by, value = visit.field("by"), visit.field("value").strip()
    if by not in set(By) or not 1 <= len(value) <= MAX_SOUGHT:
        return visit.page("customers", 422, rows=(), left=(), beginning="", after="", last="", sought="nothing")
    found = visit.console.customers.find(By(by), value, visit.staff.name, visit.at)
    return visit.page("customers", rows=found, left=(), beginning="", after="", last="", sought=by)


def one(visit: Visit) -> Response:
    """Everything about one customer, their personal data masked."""
    number, parts = number_of(visit), visit.parts
    row = visit.console.customers.row(number)
    try:
        masked, disclosures = parts.identities.masked(row.account), parts.identities.disclosures(row.account)
    except NoIdentity:
        masked, disclosures = None, None
    return visit.page(
        "customer",
        number=number,
        customer=row,
        account=parts.money.account(row.account, number, visit.now),
        review=parts.reviews.of(row.account),
        agreements=parts.agreements.of(row.account),
        calls=parts.money.calls(row.account, None, GLANCE),
        bills=parts.money.bills(row.account, visit.now).bills[:GLANCE],
        payments=visit.console.lists.payments(row.account, None, GLANCE),
        masked=masked,
        disclosures=disclosures.disclosures[:GLANCE] if disclosures else (),
        given=visit.console.reasons.of(row.account, GLANCE),
    )


def calls(visit: Visit) -> Response:
    """A customer's calls, newest first."""
    row = visit.console.customers.row(number_of(visit))
    found = visit.parts.money.calls(row.account, _time(visit.query("before", 20)), CALLS)
    last = found.calls[-1].started_at if found.more else None
    return visit.page("calls", number=row.number, calls=found, last=last)


def number_of(visit: Visit) -> str:
    """The number in the path.

    Raises:
        UnknownNumber: it is none.
    """
    number = str(visit.path["number"])
    if not NUMBER.fullmatch(number):
        raise UnknownNumber
    return number


def customer_path(visit: Visit) -> str:
    """The page of the customer in the path."""
    return f"/customers/{number_of(visit)}"


def exists(visit: Visit) -> object:
    """See that there is that customer.

    Raises:
        UnknownNumber: there is none.
    """
    return visit.console.customers.row(number_of(visit))


def has_identity(visit: Visit) -> object:
    """See that data are kept of that customer.

    Raises:
        UnknownNumber: there is none.
        NoIdentity: none are.
    """
    return visit.parts.identities.masked(visit.console.customers.row(number_of(visit)).account)


def _reveal(visit: Visit, values: Mapping[str, str]) -> Response:
    row = visit.console.customers.row(number_of(visit))
    fields = values["fields"].split(",")
    shown = visit.parts.identities.reveal(row.account, fields, visit.staff.name, values["reason"], visit.at)
    return visit.page("revealed", number=row.number, shown=shown)


def _enable(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.customers.enable(number_of(visit), True, visit.staff.name, values["reason"], visit.at)
    return visit.go(customer_path(visit), "enabled")


def _disable(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.customers.enable(number_of(visit), False, visit.staff.name, values["reason"], visit.at)
    return visit.go(customer_path(visit), "disabled")


def _time(written: str) -> float | None:
    if not written:
        return None
    try:
        return float(written)
    except ValueError:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "before"}) from None


_FIELDS = tuple((field, f"console.data.{field}") for field in FIELDS)
REVEAL = Action(
    "reveal",
    (Field("fields", "checks", options=_FIELDS), REASON),
    _reveal,
    customer_path,
    check=has_identity,
)
ENABLE = Action("enable", (REASON,), _enable, customer_path, check=exists)
DISABLE = Action("disable", (REASON,), _disable, customer_path, "danger", check=exists)
