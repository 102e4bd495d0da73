"""One command of `vidphone admin`, from the parsed line to the exit code."""

import argparse
import sys
import time
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from vidphone.service.admin import (
    agreements,
    customers,
    keeping,
    numbers,
    offers,
    release_staff,
    reports,
    reviews,
    staff,
)
from vidphone.service.admin.said import Refused, act_as
from vidphone.service.audit.log import AuditLog
from vidphone.service.config import BadConfig, read_config
from vidphone.service.office import Office
from vidphone.service.office.reasons import Reasons
from vidphone.service.staff.register import StaffRegister
from vidphone.service.store.engine import open_database
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.texts import system_language, text
from vidphone.wire.sign_up import ReviewState

FAILED = 1
DECISIONS = {
    "approve": ReviewState.APPROVED,
    "want-copy": ReviewState.COPY_WANTED,
    "refuse": ReviewState.REFUSED,
    "suspend": ReviewState.SUSPENDED,
}


def run(arguments: argparse.Namespace) -> int:
    """Do one thing; what cannot be done is said on standard error."""
    engine: Engine | None = None
    try:
        act_as(arguments.actor)
        engine = _open(arguments.data)
        _do(arguments, engine)
    except Refused as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201
        return FAILED
    finally:
        if engine is not None:
            engine.dispose()
    return 0


def _do(arguments: argparse.Namespace, engine: Engine) -> None:
    match arguments.what:
        case "add":
            customers.add(engine, arguments.number, arguments.name, arguments.paper, arguments.source)
        case "list":
            customers.show_all(engine)
        case "password":
            customers.new_password(engine, arguments.number, arguments.source)
        case "enable" | "disable":
            on = arguments.what == "enable"
            customers.enable(engine, _reasons(arguments, engine), arguments.number, arguments.reason, on=on)
        case "numbers":
            _do_numbers(arguments, engine)
        case "reviews":
            _do_reviews(arguments, _office(arguments, engine))
        case "agreements":
            _do_agreements(arguments, _office(arguments, engine))
        case "audit":
            _do_audit(arguments, engine)
        case "keys":
            keeping.rotate(engine, _key_file(arguments))
        case "offer":
            offers.check(engine, arguments.data)
        case "reports":
            _do_reports(arguments, engine)
        case "staff":
            _do_staff(arguments, engine)
        case "announce" | "change-number" | "agreement":
            from vidphone.service.admin import notice_commands  # noqa: PLC0415 - most commands need none of it

            notice_commands.run(arguments, engine)
        case "cases" | "terminals":
            from vidphone.service.admin import case_commands  # noqa: PLC0415 - as above

            case_commands.run(arguments, engine)
        case "outages":
            from vidphone.service.admin import outage_commands  # noqa: PLC0415 - as above

            outage_commands.run(arguments, engine)
        case "release-staff":
            release_staff.run(arguments, engine, _key_file(arguments).parent)
        case "erase-due":
            keeping.erase_due(engine, _key_file(arguments))
        case _:
            from vidphone.service.admin import bill_commands  # noqa: PLC0415 - setting documents in type takes a while

            bill_commands.run(arguments, engine)


def _do_numbers(arguments: argparse.Namespace, engine: Engine) -> None:
    match arguments.then:
        case "add":
            numbers.add(engine, arguments.numbers)
        case "list":
            numbers.show_all(engine, arguments.state)
        case "rest":
            numbers.rest(engine, arguments.number, arguments.days)


def _do_reviews(arguments: argparse.Namespace, office: Office) -> None:
    match arguments.then:
        case "list":
            reviews.show_all(office, arguments.state)
        case "show":
            reviews.show(office, arguments.number, arguments.reveal, arguments.copies, arguments.reason)
        case decision:
            reviews.decide(office, arguments.number, DECISIONS[decision], getattr(arguments, "reason", ""))


def _do_reports(arguments: argparse.Namespace, engine: Engine) -> None:
    match arguments.then:
        case "builds":
            reports.show_builds(engine)
        case "list":
            reports.show_all(engine, arguments.build, arguments.channel, arguments.kind)
        case "show":
            reports.show(engine, arguments.report, arguments.to)


def _do_agreements(arguments: argparse.Namespace, office: Office) -> None:
    match arguments.then:
        case "list":
            agreements.show_all(office)
        case "export":
            agreements.export(office, arguments.agreement, arguments.to)


def _do_audit(arguments: argparse.Namespace, engine: Engine) -> None:
    match arguments.then:
        case "head":
            keeping.show_head(engine)
        case "verify":
            keeping.verify(engine, arguments.head)
        case "list":
            keeping.show_audit(engine, arguments.after)


def _do_staff(arguments: argparse.Namespace, engine: Engine) -> None:
    with keeping.keys_told():
        vault = open_vault(engine, _key_file(arguments), time.time())
    register = StaffRegister(engine, vault, AuditLog(engine))
    match arguments.then:
        case "add":
            staff.add(register, _url(arguments), arguments.name, arguments.roles)
        case "roles":
            staff.set_roles(register, arguments.name, arguments.roles)
        case "revoke":
            staff.revoke(register, arguments.name)
        case "reset":
            staff.reset(register, _url(arguments), arguments.name)
        case "list":
            staff.show_all(register)


def _url(arguments: argparse.Namespace) -> str | None:
    try:
        return read_config(arguments.data).console.url
    except BadConfig as error:
        raise Refused(str(error)) from error


def _reasons(arguments: argparse.Namespace, engine: Engine) -> Reasons:
    with keeping.keys_told():
        return Reasons(engine, open_vault(engine, _key_file(arguments), time.time()))


def _office(arguments: argparse.Namespace, engine: Engine) -> Office:
    with keeping.keys_told():
        return Office.open(engine, _key_file(arguments), time.time())


def _key_file(arguments: argparse.Namespace) -> Path:
    return arguments.keys or default_key_file(arguments.data)


def _open(data: Path) -> Engine:
    try:
        return open_database(data)
    except (OSError, DBAPIError) as error:
        detail = str(error).partition("\n")[0]
        raise Refused(text("service.data-unusable", system_language(), data=str(data), detail=detail)) from error
