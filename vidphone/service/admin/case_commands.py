"""`vidphone admin cases …` and `terminals …`. Each prints what it did."""

import argparse
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin.bills import fen
from vidphone.service.admin.keeping import keys_told
from vidphone.service.admin.said import Refused, actor, check_number, moment, print_table, refused, say
from vidphone.service.audit.log import AuditLog
from vidphone.service.cases.book import CaseBook
from vidphone.service.clock import BadClock, open_clock
from vidphone.service.config import BadConfig, read_config
from vidphone.service.office import Office
from vidphone.service.office.bills import NotPossible
from vidphone.service.office.cases import CaseFile, CaseFilter, CaseOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.office.terminals import TerminalOffice
from vidphone.service.store.customers import UnknownNumber
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.cases import CaseState
from vidphone.terms.money import format_fen
from vidphone.terms.warranty import Remedy
from vidphone.texts import system_language, text
from vidphone.wire.cases import CASE_PATTERN, MAX_WORDS, CaseKind, CaseSummary, Claim, QualityReport
from vidphone.wire.errors import ErrorCode, VidphoneError


@dataclass(frozen=True)
class _Desk:
    """What a command works with."""

    cases: CaseOffice
    terminals: TerminalOffice
    staff: str
    now: float


def run(arguments: argparse.Namespace, engine: Engine) -> None:
    """Do one of them."""
    desk = _open(arguments, engine)
    with _told(getattr(arguments, "case", None) or getattr(arguments, "serial", None) or "", arguments):
        if arguments.what == "cases":
            _cases(arguments, desk)
        else:
            _terminals(arguments, desk)


def _cases(arguments: argparse.Namespace, desk: _Desk) -> None:
    if arguments.then == "list":
        _list(arguments, desk)
        return
    if not re.fullmatch(CASE_PATTERN, arguments.case):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    case, office = arguments.case, desk.cases
    if arguments.then == "show":
        _show(office.file(case, desk.now))
        if arguments.photos:
            _save_photos(office, case, arguments.photos, desk.now)
        return
    if arguments.then == "done":
        desk.terminals.done(case, _day(arguments.on), arguments.new_serial, desk.staff, desk.now)
        say("case-done", case=case)
        return
    words, key = arguments.words.strip(), arguments.reference or uuid.uuid4().hex
    if not 1 <= len(words) <= MAX_WORDS:
        raise refused("case-bad", most=MAX_WORDS)
    match arguments.then:
        case "say":
            new = office.say(case, words, key, desk.staff, desk.now)
        case "ask":
            new = office.ask(case, words, key, desk.staff, desk.now)
        case "settle":
            new = office.settle(case, words, key, desk.staff, desk.now)
        case "decide":
            remedy = None if arguments.refuse else Remedy(arguments.remedy)
            goodwill = arguments.goodwill
            new = desk.terminals.decide(case, remedy, words, key, desk.staff, desk.now, goodwill=goodwill)
        case _:
            amount = fen(arguments.yuan, below=True) if arguments.yuan else None
            new = office.answer(case, words, amount, key, desk.staff, desk.now, arguments.reason)
    say("case-done" if new else "case-again", case=case)


def _list(arguments: argparse.Namespace, desk: _Desk) -> None:
    wanted = CaseFilter(
        state=CaseState(arguments.state) if arguments.state else None,
        kind=CaseKind(arguments.kind) if arguments.kind else None,
        late=arguments.late,
        number=arguments.number,
    )
    page = desk.cases.page(wanted, arguments.after, arguments.limit, desk.now)
    if not page.rows:
        say("case-none")
        return
    print_table(
        ("case-number", "customer", "what", "about", "state", "case-due", "opened"),
        [
            (
                row.summary.number,
                row.customer,
                _say(f"case.kind.{row.summary.kind.value}"),
                _about(row.summary),
                _say(f"case.state.{row.summary.state.value}") + (" !" if row.summary.late else ""),
                str(row.summary.due or ""),
                moment(row.summary.opened_at),
            )
            for row in page.rows
        ],
    )
    if page.next:
        say("case-more", after=page.next)


def _show(file: CaseFile) -> None:
    detail = file.detail
    summary = detail.case
    facts = [
        ("case-number", summary.number),
        ("customer", file.customer),
        ("what", _say(f"case.kind.{summary.kind.value}")),
        ("about", _about(summary)),
        (
            "state",
            _say(f"case.ending.{summary.ending.value}" if summary.ending else f"case.state.{summary.state.value}"),
        ),
        ("case-due", str(summary.due or "")),
    ]
    if detail.line is not None:
        facts.append(("amount", f"{_of(detail.line.words)} {format_fen(detail.line.amount_fen)}"))
    if detail.claim is not None:
        facts += [("warranty", str(detail.claim.last_day)), ("reason", _ruling(detail.claim))]
    rows = [(text(f"admin.column.{column}", system_language()), value) for column, value in facts]
    if (call := detail.call) is not None:
        rows += [
            (call.caller, f"→ {call.callee} {call.billed_s} s {format_fen(call.amount_fen)} {call.reason or ''}"),
            (call.caller, _quality(call.caller_quality)),
            (call.callee, _quality(call.callee_quality)),
        ]
    print_table(("field", "value"), rows)
    print_table(
        ("at", "side", "action", "fen", "words"),
        [
            (
                moment(one.at),
                _say(f"case.side.{one.side.value}"),
                _say(f"case.action.{one.action.value}"),
                "" if one.amount_fen is None else format_fen(one.amount_fen),
                one.words or " ".join(f"{photo.page}.jpg" for photo in one.photos),
            )
            for one in detail.messages
        ],
    )


def _save_photos(office: CaseOffice, case: str, folder: Path, at: float) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for message in office.file(case, at).detail.messages:
        for photo in message.photos:
            path = folder / f"{case}-{message.position}-{photo.page}.jpg"
            Office.write_new(path, office.photo(case, message.position, photo.page))
            say("copy-saved", path=str(path))


def _terminals(arguments: argparse.Namespace, desk: _Desk) -> None:
    office = desk.terminals
    match arguments.then:
        case "register":
            check_number(arguments.number)
            installed, order = _day(arguments.installed), arguments.order
            office.register(arguments.number, arguments.serial, arguments.model, installed, order, desk.staff, desk.now)
            say("terminal.registered", serial=arguments.serial, number=arguments.number)
        case "opened":
            office.opened(arguments.serial, _day(arguments.on), arguments.reason, desk.staff, desk.now)
            say("terminal.noted", serial=arguments.serial)
        case _ if arguments.number:
            found = office.of(arguments.number, desk.now)
            rows = [
                (
                    one.serial,
                    one.model,
                    str(one.installed_on),
                    str(one.last_day),
                    ", ".join(f"{event.on} {_say(f'warranty.event.{event.kind.value}')}" for event in one.history),
                )
                for one in found
            ]
            _table(("serial", "model", "installed", "warranty", "history"), rows)
        case _:
            listed = office.page(arguments.serial, arguments.after or "", arguments.limit)
            _table(
                ("serial", "customer", "model", "installed"),
                [(one.serial, one.customer, one.model, str(one.installed_on)) for one in listed],
            )


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if rows:
        print_table(columns, rows)
    else:
        say("terminal.none")


@contextmanager
def _told(name: str, arguments: argparse.Namespace) -> Iterator[None]:
    """What was refused, as a sentence."""
    try:
        yield
    except NotPossible as reason:
        raise refused(str(reason)) from reason
    except UnknownNumber:
        raise refused("unknown", number=arguments.number) from None
    except ValueError as error:
        raise refused("case-bad", most=MAX_WORDS) from error
    except OSError as error:
        raise refused("case-file", detail=str(error)) from error
    except VidphoneError as error:
        key = "case-unknown" if error.code is ErrorCode.NOT_FOUND else "case-not-now"
        raise refused(key, name=name, case=name) from error


def _open(arguments: argparse.Namespace, engine: Engine) -> _Desk:
    try:
        config = read_config(arguments.data)
        now = open_clock(arguments.data).now()
    except BadConfig as error:
        raise Refused(str(error)) from error
    except BadClock as error:
        raise Refused(text(f"clock.{error.reason}", system_language(), **error.places)) from error
    with keys_told():
        vault = open_vault(engine, arguments.keys or default_key_file(arguments.data), now)
    audit, years = AuditLog(engine), config.agreement.figures.warranty_years
    book, reasons = CaseBook(vault, audit, config.cases.terms()), Reasons(engine, vault)
    cases = CaseOffice(engine, book, audit, reasons, years)
    return _Desk(cases, TerminalOffice(engine, book, cases, audit, reasons, years), actor(), now)


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotPossible("terminal.bad-day") from None


def _about(summary: CaseSummary) -> str:
    about = summary.about.model_dump()
    return text(f"case.about.{about.pop('kind')}", system_language(), **about)


def _ruling(claim: Claim) -> str:
    return _say(f"warranty.ground.{claim.ground.value}") + (
        f" · {_say(f'warranty.remedy.{claim.remedy.value}')}" if claim.remedy else ""
    )


def _quality(report: QualityReport | None) -> str:
    if report is None:
        return "–"
    return text(
        "case.quality" if report.video else "case.quality.voice",
        system_language(),
        bars=report.bars_mean,
        lost=report.lost_percent,
        delay="–" if report.round_trip_ms is None else round(report.round_trip_ms),
        frozen=report.frozen_s,
    )


def _of(words: object) -> str:
    return str(getattr(words, system_language().value))


def _say(key: str) -> str:
    return text(key, system_language())
