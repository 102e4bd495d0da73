"""The commands of `vidphone admin` about money: which function each is."""

import argparse
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.admin import bills
from vidphone.service.admin.keeping import keys_told
from vidphone.service.admin.said import Refused
from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.changes import Changes
from vidphone.service.billing.documents import BillPaper
from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.parts import conditions_of
from vidphone.service.clock import BadClock, open_clock
from vidphone.service.config import BadConfig, Config, read_config
from vidphone.service.documents.compose import Composer
from vidphone.service.documents.fonts import NoFont
from vidphone.service.offer import Offers
from vidphone.service.office.bills import BillOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.identities import Identities
from vidphone.service.store.sealed import open_vault
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.orders import Catalogue
from vidphone.texts import system_language, text
from vidphone.wire.errors import VidphoneError


def run(arguments: argparse.Namespace, engine: Engine) -> None:
    """Do one of them."""
    config, now, office = _open(arguments, engine)
    command = arguments.what, getattr(arguments, "then", "")
    match command:
        case "bills", "list":
            bills.show_bills(engine, office, arguments.number, now)
        case "bills", "export":
            paper = _paper(config, arguments.data, office)
            bills.write_bill(engine, office, paper, arguments.number, arguments.bill, arguments.to)
        case "pay", "cash":
            bills.take_cash(office, arguments.number, arguments.yuan, arguments.receipt, now)
        case "pay", "back":
            bills.pay_back(office, arguments.number, arguments.yuan, arguments.receipt, now)
        case "pay", "adjust":
            said = arguments.zh, arguments.en
            bills.adjust(office, arguments.number, arguments.yuan, *said, arguments.reference, now)
        case "standing", "list":
            bills.show_standings(office)
        case "standing", "pause":
            bills.pause(office, arguments.number, arguments.reference, now)
        case "standing", "resume":
            bills.resume(office, arguments.number, now, unfounded=arguments.unfounded)
        case "leaving", "list":
            bills.show_leavings(office)
        case "leaving", "ask":
            bills.end(office, arguments.number, now)
        case "leaving", "withdraw":
            bills.stay(office, arguments.number, now)
        case "plan", _:
            bills.change_plan(office, arguments.number, arguments.plan, _catalogue(config, arguments.data), now)
        case "limit", _:
            bills.change_limit(office, arguments.number, arguments.yuan, _catalogue(config, arguments.data), now)
        case "run-month", _:
            bills.run_month(office, now)


def _open(arguments: argparse.Namespace, engine: Engine) -> tuple[Config, float, BillOffice]:
    try:
        config, clock = read_config(arguments.data), open_clock(arguments.data)
        now = clock.now()
    except BadConfig as error:
        raise Refused(str(error)) from error
    except BadClock as error:
        raise Refused(text(f"clock.{error.reason}", system_language(), **error.places)) from error
    with keys_told():
        vault = open_vault(engine, arguments.keys or default_key_file(arguments.data), now)
    audit, conditions = AuditLog(engine), conditions_of(config, clock)
    endings = Endings(Identities(engine, vault, audit), audit, conditions)
    office = BillOffice(engine, conditions, endings, Changes(audit), audit, Reasons(engine, vault))
    return config, now, office


def _catalogue(config: Config, data: Path) -> Catalogue:
    try:
        return Offers.load(config, data, "").catalogue()
    except BadConfig as error:
        raise Refused(str(error)) from error
    except VidphoneError as error:
        raise Refused(text(str((error.about or {})["detail"]), system_language())) from error


def _paper(config: Config, data: Path, office: BillOffice) -> BillPaper | None:
    if config.provider is None:
        return None
    fonts = config.documents.fonts
    try:
        provider = Offers.load(config, data, "").provider()
        return BillPaper(Composer(data / fonts if fonts else None), provider, office.conditions)
    except BadConfig as error:
        raise Refused(str(error)) from error
    except NoFont as missing:
        raise Refused(text("documents.no-font", system_language(), where=str(missing))) from missing
