"""Outages (clauses 13 and 14): what the service noticed by itself, and what staff record."""

from collections.abc import Mapping

from starlette.responses import Response

from vidphone.service.console.forms import ONCE, REASON, Field, Wrong, moment
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.announcements import MAX_NUMBERS_TEXT, id_of, in_both, numbers_of, time_of
from vidphone.service.console.pages.places import ASKED, page, place_of
from vidphone.service.console.visit import Visit
from vidphone.service.outages.book import MAX_WORDS, Record
from vidphone.service.store.customers import UnknownNumber
from vidphone.terms.orders import Words


def listed(visit: Visit) -> Response:
    """Outages, the latest first."""
    after = place_of(visit)
    rows, further = page(visit.console.outages.list(after, ASKED))
    return visit.page("outages", rows=rows, further=further, first=after is None)


def _path(visit: Visit) -> str:
    return "/outages"


def _known(visit: Visit) -> str:
    return id_of(visit, "outage")


def _record(visit: Visit, values: Mapping[str, str]) -> Response:
    new = Record(
        moment("began", values["began"]),
        time_of(values, "ended"),
        Words(values["what-zh"], values["what-en"]),
        numbers_of("numbers", values["numbers"]),
        in_both(values, "majeure-zh", "majeure-en"),
    )
    try:
        visit.console.outages.record(new, visit.staff.name, visit.now, values["once"], values["reason"])
    except UnknownNumber:
        raise Wrong("numbers", "unknown") from None
    return visit.go("/outages", "outage-recorded")


def _end(visit: Visit, values: Mapping[str, str]) -> Response:
    ended_at = moment("ended", values["ended"])
    visit.console.outages.end(id_of(visit, "outage"), ended_at, visit.staff.name, values["reason"], visit.now)
    return visit.go("/outages", "outage-changed")


def _mark(visit: Visit, values: Mapping[str, str]) -> Response:
    words = in_both(values, "majeure-zh", "majeure-en")
    visit.console.outages.mark(id_of(visit, "outage"), words, visit.staff.name, values["reason"], visit.now)
    return visit.go("/outages", "outage-changed")


def _withdraw(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.outages.withdraw(id_of(visit, "outage"), visit.staff.name, values["reason"], visit.now)
    return visit.go("/outages", "outage-withdrawn")


_MAJEURE = (
    Field("majeure-zh", "text", MAX_WORDS, required=False, hint="majeure", twin="majeure-en"),
    Field("majeure-en", "text", MAX_WORDS, required=False, twin="majeure-zh"),
)
RECORD = Action(
    "outage-record",
    (
        Field("began", "moment"),
        Field("ended", "moment", required=False, hint="ended"),
        Field("what-zh", "text", MAX_WORDS),
        Field("what-en", "text", MAX_WORDS),
        Field("numbers", "text", MAX_NUMBERS_TEXT, required=False, hint="numbers", check=numbers_of),
        *_MAJEURE,
        REASON,
        ONCE,
    ),
    _record,
    _path,
)
END = Action("outage-end", (Field("ended", "moment"), REASON), _end, _path, check=_known)
MARK = Action("outage-mark", (*_MAJEURE, REASON), _mark, _path, check=_known)
WITHDRAW = Action("outage-withdraw", (REASON,), _withdraw, _path, "danger", check=_known)
