"""Billing, put together over one database."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.changes import Changes
from vidphone.service.billing.documents import BillPaper
from vidphone.service.billing.leaving import Endings
from vidphone.service.billing.money import Money
from vidphone.service.billing.payments import PaymentDesk, Sandbox
from vidphone.service.billing.provider import SandboxCashier
from vidphone.service.billing.runner import Runner
from vidphone.service.billing.values import Conditions
from vidphone.service.clock import Clock
from vidphone.service.config import BadConfig, Config
from vidphone.service.documents.compose import Composer
from vidphone.service.offer import Offers
from vidphone.service.store.identities import Identities

SANDBOX_KEY = "sandbox-payments.pem"


@dataclass(frozen=True)
class Billing:
    """What the service needs of billing."""

    money: Money
    sandbox: Sandbox | None
    runner: Runner


def conditions_of(config: Config, clock: Clock) -> Conditions:
    """By what a provider bills."""
    return Conditions(config.agreement.figures.figures(), config.billing, rehearsal=clock.rehearsal)


def build_billing(
    config: Config,
    engine: Engine,
    keys: Path,
    offers: Offers,
    composer: Composer | None,
    identities: Identities,
    free_numbers: Collection[str],
    clock: Clock,
) -> Billing:
    """Billing of a service; `keys` is the folder of its secrets.

    Raises:
        BadConfig: the sandbox's key is none.
        OSError: it cannot be read or made.
    """
    conditions, audit = conditions_of(config, clock), AuditLog(engine)
    cashier = None
    if config.payments.sandbox:
        try:
            cashier = SandboxCashier.open(keys / SANDBOX_KEY)
        except (TypeError, ValueError) as error:
            raise BadConfig(f"{SANDBOX_KEY}: {error}") from error
    desk = PaymentDesk(engine, conditions, cashier.provider if cashier else None, clock)
    endings = Endings(identities, audit, conditions)
    paper = BillPaper(composer, offers.provider(), conditions) if composer else None
    money = Money(engine, offers, conditions, endings, Changes(audit), desk, paper, frozenset(free_numbers))
    return Billing(money, Sandbox(desk, cashier) if cashier else None, Runner(engine, endings))
