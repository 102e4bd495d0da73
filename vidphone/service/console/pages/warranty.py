"""Terminals and claims under the warranty (clause 4): what is covered, what was decided, what was carried out."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from starlette.responses import Response

from vidphone.service.console.forms import ONCE, REASON, Field, Wrong, day
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.cases import WORDS, case_file, case_of, case_path, written
from vidphone.service.console.pages.customers import AT_A_TIME, NUMBER, exists, number_of
from vidphone.service.console.visit import Visit
from vidphone.service.office.terminals import MAX_MODEL, SERIAL
from vidphone.service.store.customers import UnknownNumber
from vidphone.terms.warranty import Remedy

MAX_SERIAL = 32
MAX_ORDER = 32


def listed(visit: Visit) -> Response:
    """Terminals of all customers by serial number, or on to those of one customer."""
    if number := visit.query("number", 16):
        if not NUMBER.fullmatch(number):
            raise UnknownNumber
        return visit.go(f"/warranty/{number}")
    serial, after = visit.query("serial", MAX_SERIAL), visit.query("after", MAX_SERIAL)
    found = visit.console.terminals.page(serial, after, AT_A_TIME + 1)
    last = found[AT_A_TIME - 1].serial if len(found) > AT_A_TIME else ""
    return visit.page("warranty", rows=found[:AT_A_TIME], serial=serial, last=last, first=not after)


def of(visit: Visit) -> Response:
    """The terminals of one customer, each with its history."""
    number = number_of(visit)
    return visit.page("terminals", number=number, rows=visit.console.terminals.of(number, visit.now))


def _path(visit: Visit) -> str:
    return f"/warranty/{number_of(visit)}"


def _register(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.terminals.register(
        number_of(visit),
        values["serial"],
        values["model"],
        day("installed", values["installed"]),
        values["order"] or None,
        visit.staff.name,
        visit.now,
    )
    return visit.go(_path(visit), "terminal-registered")


def _opened(visit: Visit, values: Mapping[str, str]) -> Response:
    serial, on = values["serial"], day("on", values["on"])
    visit.console.terminals.opened(serial, on, values["reason"], visit.staff.name, visit.now)
    return visit.go(_path(visit), "terminal-opened")


def _not_theirs(visit: Visit, values: Mapping[str, str]) -> Iterator[Wrong]:
    if values["serial"] not in {one.serial for one in visit.console.terminals.of(number_of(visit), visit.now)}:
        yield Wrong("serial", "serial")


def _grant(visit: Visit, values: Mapping[str, str]) -> Response:
    new = visit.console.terminals.decide(
        case_of(visit),
        Remedy(values["remedy"]),
        values["words"],
        values["once"],
        visit.staff.name,
        visit.now,
        goodwill=values["goodwill"] == "yes",
    )
    return visit.go(case_path(visit), "claim-granted" if new else "case-again")


def _refuse(visit: Visit, values: Mapping[str, str]) -> Response:
    case, words, once = case_of(visit), values["words"], values["once"]
    new = visit.console.terminals.decide(case, None, words, once, visit.staff.name, visit.now)
    return visit.go(case_path(visit), "claim-refused" if new else "case-again")


def _carried_out(visit: Visit, values: Mapping[str, str]) -> Response:
    on, serial = day("on", values["on"]), values["new-serial"] or None
    visit.console.terminals.done(case_of(visit), on, serial, visit.staff.name, visit.now)
    return visit.go(case_path(visit), "claim-done")


_SERIAL = Field("serial", most=MAX_SERIAL, pattern=SERIAL.pattern, hint="serial")
_REMEDY = Field("remedy", "choice", options=tuple((one.value, f"warranty.remedy.{one.value}") for one in Remedy))
_GOODWILL = Field("goodwill", "tick", required=False, from_address=True)
_NEW_SERIAL = Field("new-serial", most=MAX_SERIAL, required=False, pattern=SERIAL.pattern, hint="new-serial")
REGISTER = Action(
    "terminal-register",
    (
        _SERIAL,
        Field("model", most=MAX_MODEL),
        Field("installed", "day"),
        Field("order", most=MAX_ORDER, required=False, pattern=r"[A-Za-z0-9-]{1,32}"),
    ),
    _register,
    _path,
    check=exists,
)
OPENED = Action(
    "terminal-opened",
    (replace(_SERIAL, from_address=True), Field("on", "day"), REASON),
    _opened,
    _path,
    "danger",
    check=exists,
    also=_not_theirs,
)
GRANT = Action("claim-grant", (_REMEDY, _GOODWILL, WORDS, ONCE), _grant, case_path, check=case_file, beside=written)
REFUSE = Action("claim-refuse", (WORDS, ONCE), _refuse, case_path, "danger", check=case_file, beside=written)
DONE = Action("claim-done", (Field("on", "day"), _NEW_SERIAL), _carried_out, case_path, check=case_file, beside=written)
