"""What is offered to those who sign up: the provider, the agreement as published, the price list (clauses 0, 2, 15).

Read from the configuration once, at start. A provider that is not set up has no sign-up, but its calls work.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

from vidphone.resources import assets_dir
from vidphone.service.config import BadConfig, Config
from vidphone.service.offer_config import CatalogueConfig, ProviderConfig
from vidphone.service.offer_texts import Texts, read_file, read_texts, told
from vidphone.service.price_list import read_price_list
from vidphone.terms.agreement import Agreement, parse
from vidphone.terms.figures import Figures
from vidphone.terms.orders import Catalogue, Words, plain
from vidphone.terms.publication import altered, text_sha256
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import AgreementVersion, Provider

CATALOGUE_FILE = "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Offers:
    """Everything of the offer, checked. `closed` is the key of the text that says why nobody can sign up, or None."""

    figures: Figures
    closed: str | None
    _provider: Provider | None = None
    _version: AgreementVersion | None = None
    _agreements: Mapping[Language, Agreement] = field(default_factory=dict)
    _catalogue: Catalogue | None = None

    @classmethod
    def load(cls, config: Config, data: Path, root_certificate_pem: str) -> "Offers":
        """The offer of a configuration, whose files lie in the data folder.

        Raises:
            BadConfig: a file cannot be read, or what it holds is not as it should be; the text says where.
        """
        figures = config.agreement.figures.figures()
        if config.provider is None:
            return cls(figures, "offer.closed.no-provider")
        provider = _provider(config.provider, root_certificate_pem, config.billing.free_numbers)
        version = _version(read_texts(config.agreement, data, provider, figures))
        catalogue = _catalogue(config.catalogue, data)
        closed = None if catalogue else "offer.closed.no-catalogue"
        agreements = {Language.CHINESE: parse(version.zh), Language.ENGLISH: parse(version.en)}
        return cls(figures, closed, provider, version, agreements, catalogue)

    def provider(self) -> Provider:
        """Who the other party is.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, it is not set up.
        """
        return self._provider or self._refuse()

    def agreement(self) -> tuple[AgreementVersion, Mapping[Language, Agreement]]:
        """The agreement as published, and its two texts taken apart, the places of the parties unfilled.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up.
        """
        version = self._version or self._refuse()
        return version, self._agreements

    def catalogue(self) -> Catalogue:
        """The price list.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, there is none.
        """
        return self._catalogue or self._refuse()

    @property
    def agreement_fingerprint(self) -> str:
        """SHA-256 over all that is published under the agreement's version, in both languages; open offers only."""
        return _fingerprint((self._version or self._refuse()).model_dump(mode="json"))

    @property
    def catalogue_fingerprint(self) -> str:
        """SHA-256 over the price list; open offers only."""
        return _fingerprint(plain(self.catalogue()))

    def check_unchanged(self, agreements: Mapping[str, str], catalogues: Mapping[str, str] | None = None) -> None:
        """See that nothing published before has other words now. Each mapping has the fingerprints by version.

        Raises:
            BadConfig: a version that is known is offered with another content.
        """
        if self._version and altered(agreements, self._version.version, self.agreement_fingerprint):
            raise BadConfig(told("config.altered-agreement", version=self._version.version))
        if self._catalogue and altered(catalogues or {}, self._catalogue.version, self.catalogue_fingerprint):
            raise BadConfig(told("config.altered-catalogue", version=self._catalogue.version))

    def _refuse(self) -> NoReturn:
        raise VidphoneError(ErrorCode.SIGN_UP_CLOSED, {"detail": self.closed or ""})


def _provider(config: ProviderConfig, root_certificate_pem: str, free_numbers: tuple[str, ...]) -> Provider:
    return Provider(
        name=config.name.words(),
        website=config.website,
        address=config.address.words(),
        telephone=config.telephone,
        support_number=config.support_number,
        free_numbers=free_numbers,
        arbitration_commission=config.arbitration_commission.words(),
        signing_place=config.signing_place.words(),
        root_certificate_pem=root_certificate_pem,
    )


def _version(texts: Texts) -> AgreementVersion:
    return AgreementVersion(
        version=texts.version,
        published_on=texts.published_on,
        zh=texts.agreement[Language.CHINESE],
        en=texts.agreement[Language.ENGLISH],
        sha256=text_sha256(texts.agreement[Language.CHINESE]),
        identity_notice=Words(texts.notice[Language.CHINESE], texts.notice[Language.ENGLISH]),
    )


def _catalogue(config: CatalogueConfig, data: Path) -> Catalogue | None:
    """The price list; None where none was written and none is asked for."""
    if config.sample:
        if config.file:
            raise BadConfig(told("config.catalogue-twice"))
        return read_price_list((assets_dir() / "offer" / "sample-catalogue.toml").read_text(encoding="utf-8"))
    name = config.file or CATALOGUE_FILE
    if config.file is None and not (data / name).exists():
        return None
    source = read_file(data, name, "catalogue")
    try:
        return read_price_list(source)
    except BadConfig as error:
        raise BadConfig(f"{name}: {error}") from error


def _fingerprint(content: object) -> str:
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()
