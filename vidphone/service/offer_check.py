"""`vidphone admin offer check`: what would be offered with the configuration as it is written now."""

from collections.abc import Mapping
from pathlib import Path

from vidphone.service.config import BadConfig, read_config
from vidphone.service.offer import Offers
from vidphone.service.offer_texts import told
from vidphone.terms.money import format_fen
from vidphone.terms.orders import Catalogue
from vidphone.texts import system_language, text
from vidphone.wire.agreement import in_language


def check_offer(
    data: Path, agreements: Mapping[str, str] | None = None, catalogues: Mapping[str, str] | None = None
) -> tuple[bool, list[str]]:
    """Whether sign-up is open, and sentences on what is offered, or on the first fault, in the system's language.

    `agreements` and `catalogues` have the fingerprints of what was published before, by version.
    """
    try:
        config = read_config(data)
        offers = Offers.load(config, data, "")
        offers.check_unchanged(agreements or {}, catalogues)
    except BadConfig as error:
        return False, [told("check.bad", detail=str(error))]
    if offers.closed:
        said = [told("check.closed", detail=text(offers.closed, system_language()))]
    else:
        said = [told("check.open")]
    if config.provider is not None:
        said += _provider_and_agreement(offers)
    if offers.closed is None:
        said.append(_price_list(offers.catalogue()))
    if config.catalogue.sample:
        said.append(told("check.sample"))
    return offers.closed is None, said


def _provider_and_agreement(offers: Offers) -> list[str]:
    language = system_language()
    provider = offers.provider()
    version, agreements = offers.agreement()
    clauses = agreements[language].clauses
    return [
        told(
            "check.provider",
            name=in_language(provider.name, language),
            number=provider.support_number,
            commission=in_language(provider.arbitration_commission, language),
        ),
        told(
            "check.agreement",
            version=version.version,
            published_on=version.published_on.isoformat(),
            sha256=version.sha256,
            clauses=len(clauses) - 1,  # without 0, the parties
            highlighted=", ".join(str(clause.number) for clause in clauses if clause.highlights),
        ),
    ]


def _price_list(catalogue: Catalogue) -> str:
    return told(
        "check.catalogue",
        version=catalogue.version,
        plans=len(catalogue.plans),
        terminals=len(catalogue.terminals),
        limits=", ".join(format_fen(limit) for limit in catalogue.credit_limits_fen),
    )
