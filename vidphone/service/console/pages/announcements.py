"""Announcements (clause 7): what customers were told and will be, whom it concerns, and how many have read it."""

import re
from collections.abc import Iterator, Mapping

from starlette.responses import Response

from vidphone.service.console.forms import ONCE, REASON, Field, Wrong, moment
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.places import ASKED, page, place_of
from vidphone.service.console.visit import Visit
from vidphone.service.notices.announcements import Audience, Draft
from vidphone.service.store.customers import UnknownNumber
from vidphone.terms.orders import Words
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.notices import MAX_BODY, MAX_TITLE, AnnouncementKind

NUMBERS = re.compile(r"[0-9]{3,15}")
MAX_NUMBERS_TEXT = 4000
"""Characters; whoever names more numbers does it by `vidphone admin announce`."""
_ID = re.compile(r"[0-9a-f]{32}")
_KINDS = (
    AnnouncementKind.MAINTENANCE,
    AnnouncementKind.CAPACITY,
    AnnouncementKind.UPGRADE,
    AnnouncementKind.PRICE_CHANGE,
)
"""What is written by hand; a changed number and a changed agreement write theirs themselves."""
_AUDIENCES = (Audience.EVERYONE, Audience.PLAN, Audience.NUMBERS)


def listed(visit: Visit) -> Response:
    """Announcements by the time of their publication, latest first."""
    after = place_of(visit)
    rows, further = page(visit.console.notices.list(after, ASKED))
    return visit.page("announcements", rows=rows, further=further, first=after is None)


def numbers_of(field: str, written: str) -> tuple[str, ...]:
    """Numbers as somebody lists them, between blanks or commas, each once.

    Raises:
        Wrong: one of them can be none.
    """
    found = tuple(dict.fromkeys(part for part in re.split(r"[\s,，、;；]+", written) if part))
    if not all(NUMBERS.fullmatch(number) for number in found):
        raise Wrong(field, "numbers")
    return found


def in_both(values: Mapping[str, str], zh: str, en: str) -> Words | None:
    """What was said in both languages, by fields that are each other's `twin`; None where it is in neither."""
    return Words(values[zh], values[en]) if values[zh] else None


def time_of(values: Mapping[str, str], field: str) -> float | None:
    """The time in a field, None where it is empty. Raises `Wrong`."""
    return moment(field, values[field]) if values[field] else None


def _path(visit: Visit) -> str:
    return "/announcements"


def _write(visit: Visit, values: Mapping[str, str]) -> Response:
    publish_at = time_of(values, "publish")
    draft = Draft(
        AnnouncementKind(values["kind"]),
        Words(values["title-zh"], values["title-en"]),
        Words(values["body-zh"], values["body-en"]),
        visit.now if publish_at is None else publish_at,
        Audience(values["audience"]),
        values["plan"] or None,
        numbers_of("numbers", values["numbers"]),
        time_of(values, "begins"),
        time_of(values, "ends"),
    )
    try:
        visit.console.notices.write(draft, visit.staff.name, visit.now, values["once"], values["reason"])
    except UnknownNumber:
        raise Wrong("numbers", "unknown") from None
    return visit.go("/announcements", "announced" if publish_at else "announced-now")


def _no_plan(visit: Visit, values: Mapping[str, str]) -> Iterator[Wrong]:
    if values["audience"] == Audience.PLAN and values["plan"] not in _plans(visit):
        yield Wrong("plan", "plan")


def _plans(visit: Visit) -> frozenset[str]:
    offers = visit.parts.offers
    return frozenset() if offers.closed else frozenset(plan.id for plan in offers.catalogue().plans)


def _withdraw(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.notices.withdraw(announcement_of(visit), visit.staff.name, values["reason"], visit.now)
    return visit.go("/announcements", "announcement-withdrawn")


def announcement_of(visit: Visit) -> str:
    """The announcement in the path. Raises as `id_of`."""
    return id_of(visit, "announcement")


def id_of(visit: Visit, place: str) -> str:
    """An id in the path.

    Raises:
        VidphoneError: `NOT_FOUND`, it is none.
    """
    known = str(visit.path[place])
    if not _ID.fullmatch(known):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return known


PUBLISH = Field("publish", "moment", required=False, hint="publish")
WRITE = Action(
    "announce",
    (
        Field("kind", "choice", options=tuple((one.value, f"admin.announce.kind.{one.value}") for one in _KINDS)),
        Field("title-zh", most=MAX_TITLE),
        Field("title-en", most=MAX_TITLE),
        Field("body-zh", "text", MAX_BODY),
        Field("body-en", "text", MAX_BODY),
        PUBLISH,
        Field("begins", "moment", required=False, hint="begins"),
        Field("ends", "moment", required=False),
        Field("audience", "choice", options=tuple((one.value, f"console.audience.{one.value}") for one in _AUDIENCES)),
        Field("plan", required=False, hint="plan"),
        Field("numbers", "text", MAX_NUMBERS_TEXT, required=False, hint="numbers", check=numbers_of),
        REASON,
        ONCE,
    ),
    _write,
    _path,
    also=_no_plan,
)
WITHDRAW = Action("announcement-withdraw", (REASON,), _withdraw, _path, "danger", check=announcement_of)
