"""What changes for customers, told ahead: their number (clause 7) and their agreement (clause 15)."""

import re
from collections.abc import Mapping

from starlette.responses import Response

from vidphone.service.config import BadConfig
from vidphone.service.console.forms import REASON, Field, Wrong, moment
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.announcements import NUMBERS, PUBLISH, in_both, time_of
from vidphone.service.console.pages.customers import exists, number_of
from vidphone.service.console.pages.places import ASKED, counted_place, page
from vidphone.service.console.visit import Visit
from vidphone.service.notices.announcements import BadNotice
from vidphone.service.notices.numbers import REST_DAYS, Plan
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.numbers import NumberTaken
from vidphone.texts import text
from vidphone.wire.errors import ErrorCode, VidphoneError, explain

MAX_REST_DAYS = 3650
MAX_WORDS = 1000
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def numbers(visit: Visit) -> Response:
    """Changes of numbers, planned and done, latest first."""
    after = counted_place(visit)
    rows, further = page(visit.console.notices.numbers(ASKED, after))
    return visit.page("numbers", rows=rows, further=further, first=after is None)


def agreements(visit: Visit) -> Response:
    """The version on offer, and those that were announced to customers with an earlier one."""
    offers = visit.parts.offers
    offered = None if offers.closed else offers.agreement()[0]
    rows, why_not = visit.console.notices.agreements(), _why_nothing_to_announce(visit)
    return visit.page("agreements", rows=rows, offered=offered, why_not=why_not)


def agreement(visit: Visit) -> Response:
    """One version that was announced: who objected, and in which case."""
    version = _version_of(visit)
    change = next((one for one in visit.console.notices.agreements() if one.version == version), None)
    if change is None:
        raise VidphoneError(ErrorCode.NOT_FOUND)
    after = counted_place(visit)
    rows, further = page(visit.console.notices.objections(version, ASKED, after))
    return visit.page("agreement", change=change, rows=rows, further=further, first=after is None)


def _numbers_path(visit: Visit) -> str:
    return "/numbers"


def _plan(visit: Visit, values: Mapping[str, str]) -> Response:
    publish_at, rest = time_of(values, "publish"), values["rest"]
    plan = Plan(
        values["old"],
        values["new"],
        visit.now if publish_at is None else publish_at,
        moment("effective", values["effective"]),
        in_both(values, "more-zh", "more-en"),
        _days("rest", rest) if rest else REST_DAYS,
    )
    try:
        visit.console.notices.plan_number(plan, visit.staff.name, visit.now)
    except UnknownNumber:
        raise Wrong("old", "unknown") from None
    except NumberTaken:
        raise Wrong("new", "taken") from None
    return visit.go("/numbers", "number-planned")


def _days(field: str, written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", written) or int(written) > MAX_REST_DAYS:
        raise Wrong(field, "days", most=MAX_REST_DAYS)
    return int(written)


def _forget(visit: Visit, values: Mapping[str, str]) -> Response:
    visit.console.notices.forget_number(number_of(visit), visit.staff.name, values["reason"], visit.now)
    return visit.go("/numbers", "number-forgotten")


def _agreements_path(visit: Visit) -> str:
    return "/agreements"


def _publish(visit: Visit, values: Mapping[str, str]) -> Response:
    publish_at, words = time_of(values, "publish"), in_both(values, "more-zh", "more-en")
    at = visit.now if publish_at is None else publish_at
    try:
        visit.console.notices.publish_agreement(visit.parts.offers, at, words, visit.staff.name, visit.now)
    except BadConfig:
        raise Wrong("publish", "offer-changed") from None
    return visit.go("/agreements", "agreement-published")


def _why_nothing_to_announce(visit: Visit) -> str:
    """In words; empty where there is a version to announce."""
    try:
        visit.console.notices.check_news(visit.parts.offers)
    except BadNotice as bad:
        return text(f"notices.fault.{bad.reason}", visit.language, **bad.places)
    except VidphoneError as error:
        return explain(error.code, visit.language, error.about or {}).message
    return ""


def _on_offer(visit: Visit) -> tuple[tuple[str, str], ...]:
    """The version that would be announced."""
    if visit.parts.offers.closed:
        return ()
    version = visit.parts.offers.agreement()[0]
    return (("on-offer", f"{version.version} · {version.published_on}"),)


def _accept(visit: Visit, values: Mapping[str, str]) -> Response:
    version = _version_of(visit)
    try:
        visit.console.notices.accept_agreement(values["number"], version, visit.staff.name, values["reason"], visit.now)
    except UnknownNumber:
        raise Wrong("number", "unknown") from None
    return visit.go(_one_path(visit), "objection-taken-back")


def _one_path(visit: Visit) -> str:
    return f"/agreements/{_version_of(visit)}"


def _version_of(visit: Visit) -> str:
    version = str(visit.path["version"])
    if not _VERSION.fullmatch(version):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return version


_MORE = (
    Field("more-zh", "text", MAX_WORDS, required=False, hint="more", twin="more-en"),
    Field("more-en", "text", MAX_WORDS, required=False, twin="more-zh"),
)
PLAN = Action(
    "number-plan",
    (
        Field("old", most=15, pattern=NUMBERS.pattern, inputmode="numeric", from_address=True),
        Field("new", most=15, pattern=NUMBERS.pattern, inputmode="numeric", hint="new-number"),
        PUBLISH,
        Field("effective", "moment", hint="effective"),
        *_MORE,
        Field("rest", most=4, required=False, inputmode="numeric", hint="rest", check=_days),
    ),
    _plan,
    _numbers_path,
)
FORGET = Action("number-forget", (REASON,), _forget, _numbers_path, "danger", check=exists)
PUBLISH_AGREEMENT = Action("agreement-publish", (PUBLISH, *_MORE), _publish, _agreements_path, beside=_on_offer)
ACCEPT = Action(
    "objection-taken-back",
    (Field("number", most=15, pattern=NUMBERS.pattern, inputmode="numeric", from_address=True), REASON),
    _accept,
    _one_path,
)
