"""Agreements, orders and consents in the database, and the versions that were offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import Engine, Row, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.offer import Offers
from vidphone.service.store.engine import writing
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_agreement import (
    agreement_versions,
    agreements,
    catalogue_versions,
    consents,
    orders,
)
from vidphone.service.vault.vault import Vault
from vidphone.terms.orders import Order
from vidphone.wire.sign_up import AgreementState, Consent, MyAgreement

_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


@dataclass(frozen=True, slots=True)
class Listed:
    """An agreement as the provider lists it."""

    id: str
    number: str
    version: str
    """Of one on paper, its reference."""
    state: AgreementState
    signed_at: float
    document_sha256: str | None


class StoredAgreements:
    """All agreements. Blocking."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    def of(self, account: int) -> tuple[MyAgreement, ...]:
        """Those of a customer, newest first."""
        mine = select(agreements).where(agreements.c.account_id == account)
        with self._engine.connect() as connection:
            rows = connection.execute(mine.order_by(agreements.c.signed_at.desc(), agreements.c.id)).all()
            annexes = connection.execute(
                select(orders.c.agreement_id, orders.c.body)
                .where(orders.c.agreement_id.in_([row.id for row in rows]))
                .order_by(orders.c.number)
            ).all()
        return tuple(
            MyAgreement(
                id=row.id,
                version=_version(row),
                state=AgreementState(row.state),
                signed_at=row.signed_at,
                document_sha256=row.document_sha256,
                orders=tuple(_ORDER.validate_json(annex.body) for annex in annexes if annex.agreement_id == row.id),
            )
            for row in rows
        )

    def document(self, agreement: str, account: int | None = None) -> bytes | None:
        """The PDF with both signatures, of a customer's agreement or (None) of any; None where there is none."""
        wanted = select(agreements.c.document).where(agreements.c.id == agreement)
        if account is not None:
            wanted = wanted.where(agreements.c.account_id == account)
        with self._engine.connect() as connection:
            sealed = connection.scalar(wanted)
        return sealed and self._vault.decrypt(sealed, table="agreements", row=agreement, column="document")

    def consents_of(self, account: int) -> tuple[Consent, ...]:
        """What a customer has consented to."""
        wanted = select(consents.c.kind, consents.c.version, consents.c.sha256, consents.c.given_at)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.where(consents.c.account_id == account).order_by(consents.c.id))
            return tuple(Consent(**row._mapping) for row in rows)

    def list(self) -> Sequence[Listed]:
        """All, by number."""
        columns = [column for column in agreements.c if column is not agreements.c.document]
        wanted = select(accounts.c.number, *columns).join(accounts, accounts.c.id == agreements.c.account_id)
        by_number = wanted.order_by(func.length(accounts.c.number), accounts.c.number, agreements.c.signed_at)
        with self._engine.connect() as connection:
            return [
                Listed(row.id, row.number, _version(row), AgreementState(row.state), row.signed_at, row.document_sha256)
                for row in connection.execute(by_number)
            ]


def published(engine: Engine) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The fingerprints by version of every agreement and every catalogue that was ever offered."""
    with engine.connect() as connection:
        agreement = connection.execute(select(agreement_versions.c.version, agreement_versions.c.fingerprint)).all()
        catalogue = connection.execute(select(catalogue_versions.c.version, catalogue_versions.c.fingerprint)).all()
    return {row.version: row.fingerprint for row in agreement}, {row.version: row.fingerprint for row in catalogue}


def keep_published(engine: Engine, offers: Offers, at: float) -> None:
    """Keep what is offered now, beside what was offered before.

    Raises:
        BadConfig: a version that was offered before has other words now.
    """
    offers.check_unchanged(*published(engine))
    if offers.closed is not None:
        return
    catalogue = offers.catalogue()
    listed = {"version": catalogue.version, "fingerprint": offers.catalogue_fingerprint, "kept_at": at}
    with writing(engine) as connection:
        connection.execute(upsert(agreement_versions).values(version_row(offers, at)).on_conflict_do_nothing())
        connection.execute(upsert(catalogue_versions).values(listed).on_conflict_do_nothing())


def version_row(offers: Offers, at: float) -> dict[str, object]:
    """The version of the agreement that is offered, as it is kept."""
    version, _ = offers.agreement()
    return {
        "version": version.version,
        "fingerprint": offers.agreement_fingerprint,
        "sha256": version.sha256,
        "published_on": version.published_on.isoformat(),
        "zh": version.zh,
        "en": version.en,
        "notice_zh": version.identity_notice.zh,
        "notice_en": version.identity_notice.en,
        "kept_at": at,
    }


def _version(row: Row[tuple[object, ...]]) -> str:
    return str(row.reference or row.version)
