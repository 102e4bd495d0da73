"""The commands of `vidphone admin outages` (clauses 13 and 14). Each prints what it did."""

import argparse

from sqlalchemy import Engine

from vidphone.service.admin.keeping import keys_told
from vidphone.service.admin.said import Refused, actor, moment, print_table, refused, say, words
from vidphone.service.admin.times import now_of, time_of
from vidphone.service.audit.log import AuditLog
from vidphone.service.office.outages import OutageOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.outages.book import BadOutage, Listed, Record
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.orders import Words
from vidphone.texts import Language, system_language, text


def run(arguments: argparse.Namespace, engine: Engine) -> None:
    """Do one of them."""
    now = now_of(arguments.data)
    with keys_told():
        vault = open_vault(engine, arguments.keys or default_key_file(arguments.data), now)
    office = OutageOffice(engine, AuditLog(engine), Reasons(engine, vault))
    try:
        _do(arguments, office, now)
    except BadOutage as bad:
        raise Refused(text(f"outages.fault.{bad.reason}", system_language())) from bad
    except UnknownNumber:
        raise refused("unknown", number=", ".join(arguments.numbers)) from None


def _do(arguments: argparse.Namespace, office: OutageOffice, now: float) -> None:
    staff = actor()
    match arguments.then:
        case "record":
            ended = None if arguments.ended is None else time_of(arguments.ended)
            said = Words(arguments.zh, arguments.en)
            new = Record(time_of(arguments.began), ended, said, tuple(arguments.numbers))
            say("outage.recorded", outage=office.record(new, staff, now))
            return
        case "end":
            office.end(arguments.outage, time_of(arguments.ended), staff, arguments.reason, now)
        case "force-majeure":
            said = Words(arguments.zh, arguments.en)
            office.mark(arguments.outage, said, staff, arguments.reason, now)
        case "no-force-majeure":
            office.mark(arguments.outage, None, staff, arguments.reason, now)
        case "withdraw":
            office.withdraw(arguments.outage, staff, arguments.reason, now)
        case _:
            _show(office.list())
            return
    say("outage.changed", outage=arguments.outage)


def _show(found: tuple[Listed, ...]) -> None:
    if not found:
        say("outage.none")
        return
    rows = (
        (
            one.id,
            moment(one.record.began_at),
            words("outage.goes-on") if one.record.ended_at is None else moment(one.record.ended_at),
            words("announce.for.everyone") if one.concerned is None else str(one.concerned),
            words(f"outage.state.{_state(one)}"),
            one.record.words.zh if system_language() is Language.CHINESE else one.record.words.en,
        )
        for one in found
    )
    print_table(("outage", "began", "until", "for", "state", "words"), rows)


def _state(one: Listed) -> str:
    if one.withdrawn:
        return "withdrawn"
    if one.record.force_majeure:
        return "force-majeure"
    return "settled" if one.settled else "open"
