"""The service's parts, made of a configuration and an open database."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.parts import build_billing
from vidphone.service.bus import LocalBus
from vidphone.service.cases.parts import build_cases
from vidphone.service.clock import Clock
from vidphone.service.config import BadConfig, Config
from vidphone.service.console.parts import build_console
from vidphone.service.days import utc
from vidphone.service.documents.authority import Authority
from vidphone.service.documents.compose import Composer
from vidphone.service.documents.fonts import NoFont
from vidphone.service.documents.issuers import AuthorityFault
from vidphone.service.few import Few
from vidphone.service.http.parts import Parts
from vidphone.service.http.rates import Rates
from vidphone.service.hub.shell import HubShell
from vidphone.service.metrics import Metrics
from vidphone.service.notices.mine import MyNotices
from vidphone.service.notices.runner import NoticeRunner
from vidphone.service.offer import Offers
from vidphone.service.outages.credits import Credits
from vidphone.service.outages.life import Life
from vidphone.service.outages.mine import OutagesOfMine
from vidphone.service.passwords import PasswordChecker
from vidphone.service.relay import SharedSecretRelay
from vidphone.service.releases.online import KeysUnfit
from vidphone.service.releases.parts import Releases, build_releases
from vidphone.service.reports.stored import StoredReports
from vidphone.service.sign_up.desk import SignUpDesk
from vidphone.service.store.agreements import StoredAgreements, keep_published
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.gates import StoredGates
from vidphone.service.store.identities import Identities
from vidphone.service.store.journal import StoredJournal
from vidphone.service.store.numbers import NumberPool
from vidphone.service.store.resets import PasswordResets
from vidphone.service.store.reviews import StoredReviews
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.sign_ups import StoredSignUps
from vidphone.texts import system_language, text


def build_parts(
    config: Config, data: Path, key_file: Path, engine: Engine, clock: Clock, on_failure: Callable[[], None]
) -> Parts:
    """All parts of one service; `on_failure` as of `HubShell`.

    Raises:
        BadConfig: what the configuration names cannot be used, or has changed under an old version.
        VaultError: the keys of personal data cannot be used.
        OSError: the data folder cannot be written.
    """
    now = time.time()
    customers, bus, metrics = StoredCustomers(engine), LocalBus(), Metrics()
    vault, audit = open_vault(engine, key_file, now), AuditLog(engine)
    identities = Identities(engine, vault, audit)
    sign_ups = StoredSignUps(engine, vault, identities, audit)
    offers, desk, authority = _open_sign_up(config, data, engine, sign_ups, now)
    free = (*((config.provider.support_number,) if config.provider else ()), *config.billing.free_numbers)
    composer = desk.composer if desk else None
    billing = build_billing(config, engine, key_file.parent, offers, composer, identities, free, clock)
    gates = StoredGates(engine, free, billing.money.conditions)
    cases = build_cases(config, engine, vault, audit, offers, billing.money, authority)
    return Parts(
        config=config,
        customers=customers,
        bus=bus,
        relay=SharedSecretRelay(config.ice),
        hub=HubShell(customers, StoredJournal(engine), bus, metrics, on_failure, gates, free, clock.now),
        passwords=PasswordChecker(),
        rates=Rates(config.rates),
        metrics=metrics,
        few=Few(),
        offers=offers,
        desk=desk,
        sign_ups=sign_ups,
        pool=NumberPool(engine),
        agreements=StoredAgreements(engine, vault),
        reviews=StoredReviews(engine, vault, identities, audit),
        identities=identities,
        resets=PasswordResets(engine, identities, audit),
        clock=clock,
        money=billing.money,
        sandbox=billing.sandbox,
        runner=billing.runner,
        cases=cases.desk,
        evidence=cases.evidence,
        releases=_open_releases(config, data, key_file, engine),
        notices=MyNotices(engine, cases.book.open_case),
        notice_runner=NoticeRunner(engine, audit),
        outages=OutagesOfMine(engine),
        outage_credits=Credits(engine, config.agreement.figures.figures()),
        life=Life(engine, audit),
        console=build_console(
            config.console,
            engine,
            vault,
            identities,
            billing.money,
            metrics,
            cases.book,
            config.agreement.figures.warranty_years,
        ),
        reports=StoredReports(engine),
    )


def _open_releases(config: Config, data: Path, key_file: Path, engine: Engine) -> Releases:
    try:
        return build_releases(data, key_file.parent, engine, config.releases)
    except KeysUnfit as unfit:
        raise BadConfig(text("releases.keys-unfit", system_language(), path=str(unfit))) from unfit


def _open_sign_up(
    config: Config, data: Path, engine: Engine, sign_ups: StoredSignUps, now: float
) -> tuple[Offers, SignUpDesk | None, Authority | None]:
    """What is offered, and who signs people up; an authority and fonts are only needed where somebody may."""
    if config.provider is None:
        return Offers.load(config, data, ""), None, None
    settings = config.documents
    try:
        authority = Authority.open(data, config.provider.name.zh, utc(now), config.authority)
        offers = Offers.load(config, data, authority.root_pem)
        keep_published(engine, offers, now)
        if offers.closed:
            return offers, None, authority
        composer = Composer(data / settings.fonts if settings.fonts else None)
    except AuthorityFault as fault:
        raise BadConfig(text(f"authority.{fault.reason}", system_language(), **fault.places)) from fault
    except NoFont as missing:
        raise BadConfig(text("documents.no-font", system_language(), where=str(missing))) from missing
    return offers, SignUpDesk(offers, sign_ups, composer, authority, settings.timestamp_url), authority
