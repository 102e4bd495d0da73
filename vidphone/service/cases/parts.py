"""Cases, put together over one database."""

from dataclasses import dataclass

from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.billing.money import Money
from vidphone.service.cases.book import CaseBook
from vidphone.service.cases.desk import CaseDesk
from vidphone.service.cases.evidence import EvidenceMaker
from vidphone.service.cases.quality import CallQuality
from vidphone.service.config import Config
from vidphone.service.documents.authority import Issuer
from vidphone.service.offer import Offers
from vidphone.service.store.agreements import StoredAgreements
from vidphone.service.vault.vault import Vault


@dataclass(frozen=True)
class CaseParts:
    """What the service needs of cases."""

    book: CaseBook
    desk: CaseDesk
    evidence: EvidenceMaker


def build_cases(
    config: Config, engine: Engine, vault: Vault, audit: AuditLog, offers: Offers, money: Money, issuer: Issuer | None
) -> CaseParts:
    """Cases of a service; without a provider set up nobody signs evidence (`issuer` None)."""
    book, years = CaseBook(vault, audit, config.cases.terms()), config.agreement.figures.warranty_years
    provider = offers.provider() if config.provider is not None else None
    commission = provider.arbitration_commission if provider else None
    desk = CaseDesk(engine, book, CallQuality(engine), years, commission)
    stored = StoredAgreements(engine, vault)
    return CaseParts(book, desk, EvidenceMaker(engine, book, stored, money, provider, issuer, years))
