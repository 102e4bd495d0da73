"""What the console is built over."""

from dataclasses import dataclass

from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.money import Money
from vidphone.service.cases.book import CaseBook
from vidphone.service.console.load import LoadMeter
from vidphone.service.metrics import Metrics
from vidphone.service.office.bills import BillOffice
from vidphone.service.office.cases import CaseOffice
from vidphone.service.office.customers import CustomerOffice
from vidphone.service.office.lists import Lists
from vidphone.service.office.notices import NoticeOffice
from vidphone.service.office.outages import OutageOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.office.terminals import TerminalOffice
from vidphone.service.staff.register import StaffRegister
from vidphone.service.staff.sessions import StaffSessions
from vidphone.service.staff.settings import ConsoleSettings
from vidphone.service.store.identities import Identities
from vidphone.service.vault.vault import Vault

MINUTE_S, HOUR_S = 60.0, 3600.0


@dataclass(frozen=True)
class Console:
    """The offices that staff work in, and who the staff are."""

    settings: ConsoleSettings
    engine: Engine
    audit: AuditLog
    reasons: Reasons
    register: StaffRegister
    sessions: StaffSessions
    bills: BillOffice
    customers: CustomerOffice
    cases: CaseOffice
    terminals: TerminalOffice
    notices: NoticeOffice
    outages: OutageOffice
    lists: Lists
    load: LoadMeter


def build_console(
    settings: ConsoleSettings,
    engine: Engine,
    vault: Vault,
    identities: Identities,
    money: Money,
    metrics: Metrics,
    book: CaseBook,
    warranty_years: int,
) -> Console:
    """The console of a service."""
    audit, reasons = AuditLog(engine), Reasons(engine, vault)
    cases = CaseOffice(engine, book, audit, reasons, warranty_years)
    idle_s, whole_s = settings.idle_minutes * MINUTE_S, settings.hours * HOUR_S
    return Console(
        settings=settings,
        engine=engine,
        audit=audit,
        reasons=reasons,
        register=StaffRegister(engine, vault, audit),
        sessions=StaffSessions(engine, vault, audit, idle_s, whole_s),
        bills=BillOffice(engine, money.conditions, money.endings, money.changes, audit, reasons),
        customers=CustomerOffice(engine, identities, audit, reasons),
        cases=cases,
        terminals=TerminalOffice(engine, book, cases, audit, reasons, warranty_years),
        notices=NoticeOffice(engine, audit, reasons),
        outages=OutageOffice(engine, audit, reasons),
        lists=Lists(engine),
        load=LoadMeter(metrics),
    )
