"""The commands of `vidphone admin` about announcements, numbers and new agreements. Each prints what it did."""

import argparse
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.keeping import keys_told
from vidphone.service.admin.said import Refused, actor, check_number, moment, print_table, refused, say, words
from vidphone.service.admin.times import now_of, time_of
from vidphone.service.audit.log import AuditLog
from vidphone.service.config import BadConfig, read_config
from vidphone.service.notices.announcements import Audience, BadNotice, Draft, Listed
from vidphone.service.notices.numbers import NumberChange, Plan
from vidphone.service.offer import Offers
from vidphone.service.office.notices import NoticeOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.numbers import NumberTaken
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.orders import Words
from vidphone.texts import system_language, text
from vidphone.wire.errors import VidphoneError
from vidphone.wire.notices import AnnouncementKind


def run(arguments: argparse.Namespace, engine: Engine) -> None:
    """Do one of them."""
    now = now_of(arguments.data)
    with keys_told():
        vault = open_vault(engine, arguments.keys or default_key_file(arguments.data), now)
    office = NoticeOffice(engine, AuditLog(engine), Reasons(engine, vault))
    try:
        _do(arguments, office, now)
    except BadNotice as bad:
        raise Refused(text(f"notices.fault.{bad.reason}", system_language(), **bad.places)) from bad
    except UnknownNumber:
        numbers = getattr(arguments, "numbers", None) or [arguments.number]
        raise refused("unknown", number=", ".join(numbers)) from None
    except NumberTaken:
        raise refused("number-not-free", number=arguments.to) from None


def _do(arguments: argparse.Namespace, office: NoticeOffice, now: float) -> None:
    staff = actor()
    match arguments.what, arguments.then:
        case "announce", "write":
            _write(arguments, office, staff, now)
        case "announce", "withdraw":
            office.withdraw(arguments.announcement, staff, arguments.reason, now)
            say("announce.withdrawn", announcement=arguments.announcement)
        case "announce", _:
            _show_announcements(office)
        case "change-number", "plan":
            _plan_number(arguments, office, staff, now)
        case "change-number", "withdraw":
            office.forget_number(arguments.number, staff, arguments.reason, now)
            say("change-number.withdrawn", old=arguments.number)
        case "change-number", _:
            _show_numbers(office)
        case "agreement", "publish":
            _publish(arguments, office, staff, now)
        case "agreement", "objections":
            _show_objections(office, arguments.version)
        case "agreement", "accept":
            office.accept_agreement(arguments.number, arguments.version, staff, arguments.reason, now)
            say("agreement-change.accepted", number=arguments.number, version=arguments.version)
        case _:
            _show_agreements(office)


def _write(arguments: argparse.Namespace, office: NoticeOffice, staff: str, now: float) -> None:
    audience = Audience.EVERYONE
    if arguments.plan:
        audience = Audience.PLAN
        _check_plan(arguments.data, arguments.plan)
    if arguments.numbers:
        audience = Audience.NUMBERS
    draft = Draft(
        AnnouncementKind(arguments.kind),
        Words(arguments.title_zh, arguments.title_en),
        Words(arguments.zh, arguments.en),
        _time(arguments.at, now),
        audience,
        arguments.plan,
        tuple(arguments.numbers or ()),
        None if arguments.begins is None else _time(arguments.begins, now),
        None if arguments.ends is None else _time(arguments.ends, now),
    )
    known = office.write(draft, staff, now)
    say("announce.written", announcement=known, when=moment(max(draft.publish_at, now)))


def _plan_number(arguments: argparse.Namespace, office: NoticeOffice, staff: str, now: float) -> None:
    check_number(arguments.to)
    plan = Plan(
        arguments.number,
        arguments.to,
        _time(arguments.at, now),
        _time(arguments.effective, now),
        _both(arguments),
        arguments.rest_days,
    )
    known = office.plan_number(plan, staff, now)
    when = moment(plan.effective_at)
    say("change-number.planned", old=plan.old, new=plan.new, when=when, announcement=known)


def _publish(arguments: argparse.Namespace, office: NoticeOffice, staff: str, now: float) -> None:
    offers, at = _offers(arguments.data), _time(arguments.at, now)
    try:
        known = office.publish_agreement(offers, at, _both(arguments), staff, now)
        version = offers.agreement()[0].version
    except BadConfig as error:
        raise Refused(str(error)) from error
    except VidphoneError as error:
        raise _closed(error) from error
    say("agreement-change.published", version=version, when=moment(max(at, now)), announcement=known)


def _show_announcements(office: NoticeOffice) -> None:
    found = office.list()
    if not found:
        say("announce.none")
        return
    rows = (
        (
            one.id,
            words(f"announce.kind.{one.kind.value}"),
            words(f"announce.for.{one.audience.value}", plan=one.plan or ""),
            moment(one.published_at or one.publish_at),
            words(f"announce.state.{_state(one)}"),
            str(one.reads),
            one.title.zh if system_language().value == "zh" else one.title.en,
        )
        for one in found
    )
    print_table(("announcement", "kind", "for", "publication", "state", "reads", "title"), rows)


def _show_numbers(office: NoticeOffice) -> None:
    found = office.numbers()
    if not found:
        say("change-number.none")
        return
    rows = ((one.old, one.new, moment(one.effective_at), words(f"change-number.state.{_stage(one)}")) for one in found)
    print_table(("old-number", "new-number", "effective", "state"), rows)


def _show_agreements(office: NoticeOffice) -> None:
    found = office.agreements()
    if not found:
        say("agreement-change.none")
        return
    rows = (
        (
            one.version,
            one.published_on.isoformat() if one.published_on else moment(one.publish_at),
            one.until.isoformat() if one.until else "",
            str(one.objected),
            str(one.accepted),
            one.announcement,
        )
        for one in found
    )
    print_table(("version", "publication", "until", "objected", "accepted", "announcement"), rows)


def _show_objections(office: NoticeOffice, version: str) -> None:
    found = office.objections(version)
    if not found:
        say("agreement-change.no-objections", version=version)
        return
    print_table(("number", "case", "since"), ((one.number, one.case, one.day.isoformat()) for one in found))


def _state(one: Listed) -> str:
    if one.withdrawn_at is not None:
        return "withdrawn"
    return "waiting" if one.published_at is None else "published"


def _stage(one: NumberChange) -> str:
    if one.withdrawn_at is not None:
        return "withdrawn"
    return "planned" if one.done_at is None else "done"


def _both(arguments: argparse.Namespace) -> Words | None:
    if bool(arguments.zh) != bool(arguments.en):
        raise refused("announce.both")
    return Words(arguments.zh, arguments.en) if arguments.zh else None


def _time(written: str | None, now: float) -> float:
    return now if written is None else time_of(written)


def _offers(data: Path) -> Offers:
    try:
        return Offers.load(read_config(data), data, "")
    except BadConfig as error:
        raise Refused(str(error)) from error


def _check_plan(data: Path, plan: str) -> None:
    try:
        known = {one.id for one in _offers(data).catalogue().plans}
    except VidphoneError as error:
        raise _closed(error) from error
    if plan not in known:
        raise refused("announce.unknown-plan", plan=plan)


def _closed(error: VidphoneError) -> Refused:
    return Refused(text(str((error.about or {})["detail"]), system_language()))
