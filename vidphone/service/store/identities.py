"""Customers' identity as the provider keeps it (clause 1): sealed, found by blind index, never revealed unrecorded."""

import hashlib
import hmac
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from vidphone.service.audit.log import AuditLog
from vidphone.service.store.engine import forget_old_pages, writing
from vidphone.service.store.tables_agreement import agreements, reviews
from vidphone.service.store.tables_cases import case_messages, case_photos, cases
from vidphone.service.store.tables_identity import disclosures, identities, identity_copies
from vidphone.service.store.tables_staff import staff_reasons
from vidphone.service.vault.vault import RecordKey, Vault
from vidphone.terms import masks
from vidphone.terms.calendar import add_years
from vidphone.terms.identity import normalise_identity_number
from vidphone.terms.parties import CustomerData, IdentityKind, PartyKind
from vidphone.terms.telephone import normalise_telephone
from vidphone.wire.sign_up import Disclosure, Disclosures, MaskedData

SEALED_FIELDS = ("name", "birth_date", "address", "postcode", "identity_number", "employer", "telephone")
FIELDS = ("kind", "identity_kind", *SEALED_FIELDS)
MAX_REASON = 500
"""Characters of the reason of a reveal."""
NAMES_AT_A_TIME = 100
"""In one transaction, when names are made findable."""
RETENTION_YEARS = 2
"""After the service ended: the provider of a telephone service keeps its users' identity for that long, as the rules
on registering the true identity of telephone users ask (Ministry of Industry and Information Technology, order 25 of
2013), and no longer than is needed (Personal Information Protection Law, article 19).
"""
_COPY = "copy"
_Row = Row[tuple[object, ...]]


class IdentityInUse(Exception):
    """An agreement in force has that identity already."""


class NoIdentity(Exception):
    """Nothing is kept of that customer: signed on paper, or erased."""


class StillInForce(Exception):
    """The agreement has not ended: what it rests on cannot be erased."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an identity card or a licence, without what is on it."""

    id: int
    content_type: str
    size: int
    sent_at: float


class Identities:
    """Identity data in the database. Blocking. Times are UTC seconds since 1970."""

    def __init__(self, engine: Engine, vault: Vault, audit: AuditLog) -> None:
        self._engine = engine
        self._vault = vault
        self._audit = audit

    # Keeping.

    def store(self, connection: Connection, account_id: int, data: CustomerData, at: float) -> None:
        """Keep a new customer's data (normalised: `terms.customer.normalise`) in the caller's transaction.

        Raises:
            IdentityInUse: an agreement in force has that identity; the transaction is to be undone.
        """
        record = self._vault.new_record(identities.name, account_id)
        row = {"account_id": account_id, "data_key": record.wrapped, "active": True, "stored_at": at}
        try:
            connection.execute(insert(identities).values({**row, **self._columns(record, data)}))
        except IntegrityError as error:
            raise IdentityInUse from error
        subject = _subject(account_id)
        self._audit.append(connection, "identity-stored", "customer", subject, {"kind": data.kind.value}, at)

    def correct(self, account_id: int, data: CustomerData, actor: str, at: float) -> None:
        """Keep other data of the same customer in place of the old.

        Raises:
            NoIdentity: nothing is kept of that customer.
            IdentityInUse: an agreement in force of another customer has that identity.
        """
        with writing(self._engine) as connection:
            row = _row(connection, account_id)
            record, before = self._record(row), self._data(row)
            try:
                same = identities.c.account_id == account_id
                connection.execute(update(identities).where(same).values(self._columns(record, data)))
            except IntegrityError as error:
                raise IdentityInUse from error
            changed = ",".join(field for field in FIELDS if getattr(before, field) != getattr(data, field))
            self._audit.append(connection, "identity-corrected", actor, _subject(account_id), {"fields": changed}, at)

    # Finding, in the caller's transaction.

    def in_use(self, connection: Connection, identity_number: str) -> bool:
        """Whether an agreement in force has that identity number, as typed."""
        index = self.identity_index(identity_number)
        wanted = select(identities.c.account_id).where(identities.c.identity_index == index, identities.c.active)
        return connection.execute(wanted).first() is not None

    def identity_index(self, identity_number: str) -> bytes:
        """The blind index of an identity number, as typed."""
        return self._vault.blind_index("identity-number", normalise_identity_number(identity_number))

    def find_by_identity_number(self, connection: Connection, identity_number: str) -> tuple[int, ...]:
        """The accounts of an identity number, as typed; that of the agreement in force first."""
        return _found(connection, "identity_index", self.identity_index(identity_number))

    def find_by_telephone(self, connection: Connection, telephone: str) -> tuple[int, ...]:
        """The accounts that named a telephone number, as typed; those of agreements in force first."""
        return _found(connection, "telephone_index", self._telephone_index(telephone))

    def find_by_name(self, connection: Connection, name: str, limit: int) -> tuple[int, ...]:
        """The accounts of a whole name, as typed; those of agreements in force first."""
        return _found(connection, "name_index", self._name_index(name), limit)

    def index_names(self, at_a_time: int = NAMES_AT_A_TIME) -> int:
        """Make some data findable by name that were kept before names were; how many."""
        missing = identities.c.name_index.is_(None) & identities.c.data_key.is_not(None)
        with writing(self._engine) as connection:
            rows = connection.execute(select(identities).where(missing).limit(at_a_time)).all()
            for row in rows:
                index = self._name_index(self._record(row).decrypt(row.name, "name").decode())
                same = identities.c.account_id == row.account_id
                connection.execute(update(identities).where(same).values(name_index=index))
        return len(rows)

    def matches(self, connection: Connection, account_id: int, identity_number: str, telephone: str) -> bool:
        """Whether a customer's data are those: the check of a forgotten password. Takes as long for any answer."""
        wanted = select(identities.c.identity_index, identities.c.telephone_index)
        row = connection.execute(wanted.where(identities.c.account_id == account_id)).one_or_none()
        kept = (row.identity_index or b"") + (row.telephone_index or b"") if row else b""
        return hmac.compare_digest(kept, self.identity_index(identity_number) + self._telephone_index(telephone))

    # Showing.

    def masked(self, account_id: int) -> MaskedData:
        """The data as screens show them.

        Raises:
            NoIdentity: nothing is kept of that customer.
        """
        with self._engine.connect() as connection:
            data = self._data(_row(connection, account_id))
        return MaskedData(
            kind=data.kind.value,
            name=masks.mask_name(data.name),
            birth_date=masks.mask_date(data.birth_date),
            address=masks.mask_address(data.address),
            postcode=masks.mask_postcode(data.postcode),
            identity_kind=data.identity_kind.value,
            identity_number=masks.mask_identity_number(data.identity_number),
            employer=masks.mask_name(data.employer),
            telephone=masks.mask_telephone(data.telephone),
        )

    def export(self, account_id: int, at: float) -> CustomerData:
        """All data in clear, for the customer alone; the audit chain tells of it.

        Raises:
            NoIdentity: nothing is kept of that customer.
        """
        with writing(self._engine) as connection:
            data = self._data(_row(connection, account_id))
            self._audit.append(connection, "identity-exported", "customer", _subject(account_id), {}, at)
        return data

    def reveal(self, account_id: int, fields: Collection[str], staff: str, reason: str, at: float) -> Mapping[str, str]:
        """Some fields in clear, for a member of staff. Recorded for the audit and for the customer before it is given.

        Raises:
            NoIdentity: nothing is kept of that customer.
            ValueError: no reason, no field, or an unknown one.
        """
        if not fields or not set(fields) <= set(FIELDS):
            raise ValueError("fields of the customer's data are wanted")
        wanted = tuple(field for field in FIELDS if field in fields)
        with writing(self._engine) as connection:
            row = _row(connection, account_id)
            data = self._data(row)
            self._disclose(connection, row, wanted, staff, reason, at)
        return {field: str(getattr(data, field) or "") for field in wanted}

    def disclosures(self, account_id: int) -> Disclosures:
        """Each time that the customer's data were revealed, newest first.

        Raises:
            NoIdentity: nothing is kept of that customer.
        """
        wanted = select(disclosures).where(disclosures.c.account_id == account_id)
        newest_first = wanted.order_by(disclosures.c.at.desc(), disclosures.c.id)
        with self._engine.connect() as connection:
            record = self._record(_row(connection, account_id))
            return Disclosures(
                disclosures=tuple(
                    Disclosure(
                        at=row.at,
                        staff=row.staff,
                        fields=tuple(row.fields.split(",")),
                        reason=record.decrypt(row.reason, _reason_column(row.id)).decode(),
                    )
                    for row in connection.execute(newest_first)
                )
            )

    # Copies of identity cards and licences.

    def add_copy(self, connection: Connection, account_id: int, content_type: str, body: bytes, at: float) -> int:
        """Keep a copy, which was looked through and re-encoded before, in the caller's transaction; its id."""
        row = {"account_id": account_id, "content_type": content_type, "size": len(body), "sent_at": at}
        copy_id: int = connection.execute(
            insert(identity_copies).values(row).returning(identity_copies.c.id)
        ).scalar_one()
        sealed = self._vault.encrypt(body, table=identity_copies.name, row=copy_id, column="body")
        connection.execute(update(identity_copies).where(identity_copies.c.id == copy_id).values(body=sealed))
        details = {"copy": str(copy_id), "size": str(len(body))}
        self._audit.append(connection, "copy-stored", "customer", _subject(account_id), details, at)
        return copy_id

    def copies(self, account_id: int) -> tuple[Copy, ...]:
        """The copies that are kept of a customer, oldest first."""
        columns = identity_copies.c
        wanted = select(columns.id, columns.content_type, columns.size, columns.sent_at).order_by(columns.id)
        kept = wanted.where(columns.account_id == account_id, columns.erased_at.is_(None))
        with self._engine.connect() as connection:
            return tuple(Copy(*row) for row in connection.execute(kept))

    def reveal_copy(self, copy_id: int, staff: str, reason: str, at: float) -> bytes:
        """A copy in clear, for a member of staff; recorded as any reveal.

        Raises:
            NoIdentity: there is no such copy, or it was erased.
            ValueError: no reason.
        """
        with writing(self._engine) as connection:
            wanted = select(identity_copies).where(identity_copies.c.id == copy_id, identity_copies.c.body.is_not(None))
            copy = connection.execute(wanted).one_or_none()
            if copy is None:
                raise NoIdentity
            body = self._vault.decrypt(copy.body, table=identity_copies.name, row=copy_id, column="body")
            self._disclose(connection, _row(connection, copy.account_id), (_COPY,), staff, reason, at)
        return body

    def erase_copies(self, connection: Connection, account_id: int, at: float) -> None:
        """Destroy the copies of a customer, which serve one review and nothing else; in the caller's transaction."""
        kept = (identity_copies.c.account_id == account_id) & identity_copies.c.erased_at.is_(None)
        erased = connection.execute(update(identity_copies).where(kept).values(body=None, erased_at=at)).rowcount
        if erased:
            subject = _subject(account_id)
            self._audit.append(connection, "copies-erased", "service", subject, {"copies": str(erased)}, at)

    # The end.

    def end(self, connection: Connection, account_id: int, at: float) -> None:
        """The agreement has ended: its identity is free for another, and the time of keeping begins."""
        in_force = (identities.c.account_id == account_id) & identities.c.active
        connection.execute(update(identities).where(in_force).values(active=False, ended_at=at))

    def due(self, today: date, years: int = RETENTION_YEARS) -> tuple[int, ...]:
        """The accounts whose data have been kept for as long as they must be, and are to be erased."""
        last = datetime.combine(add_years(today, -years), datetime.min.time(), UTC).timestamp()
        ended = (identities.c.ended_at < last) & identities.c.erased_at.is_(None)
        with self._engine.connect() as connection:
            wanted = select(identities.c.account_id).where(ended).order_by(identities.c.account_id)
            return tuple(connection.scalars(wanted))

    def erase(self, account_id: int, at: float, actor: str = "service") -> None:
        """Destroy what is kept of a customer whose agreement has ended, and the keys that would open it.

        Gone are the data, the copies, the review, the reasons of what staff did, and the document of the agreement.
        What the law has the provider keep names nobody by itself and stays: the hash of the agreement, orders, calls,
        money, and that and when data were revealed and erased. A backup holds the keys until it is thrown away.

        Raises:
            NoIdentity: nothing is kept of that customer.
            StillInForce: the agreement has not ended.
        """
        gone = dict.fromkeys((*SEALED_FIELDS, "data_key", "identity_index", "telephone_index", "name_index"))
        with writing(self._engine) as connection:
            if _row(connection, account_id).active:
                raise StillInForce
            same = identities.c.account_id == account_id
            connection.execute(update(identities).where(same).values(gone | {"erased_at": at}))
            self.erase_copies(connection, account_id, at)
            connection.execute(delete(reviews).where(reviews.c.account_id == account_id))
            connection.execute(delete(staff_reasons).where(staff_reasons.c.account_id == account_id))
            connection.execute(update(agreements).where(agreements.c.account_id == account_id).values(document=None))
            theirs = select(cases.c.id).where(cases.c.account_id == account_id)
            connection.execute(update(case_messages).where(case_messages.c.case_id.in_(theirs)).values(words=None))
            connection.execute(update(case_photos).where(case_photos.c.case_id.in_(theirs)).values(body=None))
            self._audit.append(connection, "identity-erased", actor, _subject(account_id), {}, at)
        forget_old_pages(self._engine)

    def _columns(self, record: RecordKey, data: CustomerData) -> Mapping[str, object]:
        plain = {field: str(getattr(data, field) or "") for field in SEALED_FIELDS}
        return {
            "kind": data.kind.value,
            "identity_kind": data.identity_kind.value,
            "identity_index": self.identity_index(data.identity_number),
            "telephone_index": self._telephone_index(data.telephone),
            "name_index": self._name_index(data.name),
        } | {field: record.encrypt(value.encode(), field) for field, value in plain.items()}

    def _record(self, row: _Row) -> RecordKey:
        return self._vault.open_record(row.data_key, identities.name, row.account_id)

    def _data(self, row: _Row) -> CustomerData:
        record = self._record(row)
        plain = {field: record.decrypt(row._mapping[field], field).decode() for field in SEALED_FIELDS}
        birth_date = date.fromisoformat(born) if (born := plain.pop("birth_date")) else None
        kind, identity_kind = PartyKind(row.kind), IdentityKind(row.identity_kind)
        return CustomerData(kind=kind, identity_kind=identity_kind, birth_date=birth_date, **plain)

    def _telephone_index(self, telephone: str) -> bytes:
        return self._vault.blind_index("telephone", normalise_telephone(telephone))

    def _name_index(self, name: str) -> bytes:
        return self._vault.blind_index("name", name)

    def _disclose(
        self, connection: Connection, row: _Row, fields: tuple[str, ...], staff: str, reason: str, at: float
    ) -> None:
        """One entry for the customer, one for the audit; the hash binds the second to the reason in the first."""
        reason = reason.strip()
        if not 1 <= len(reason) <= MAX_REASON:
            raise ValueError("a reveal has a reason")
        disclosure, revealed = uuid.uuid4().hex, ",".join(fields)
        sealed = self._record(row).encrypt(reason.encode(), _reason_column(disclosure))
        connection.execute(
            insert(disclosures).values(
                id=disclosure, account_id=row.account_id, at=at, staff=staff, fields=revealed, reason=sealed
            )
        )
        details = {
            "disclosure": disclosure,
            "fields": revealed,
            "reason_sha256": hashlib.sha256(f"{disclosure}:{reason}".encode()).hexdigest(),
        }
        self._audit.append(connection, "identity-revealed", staff, _subject(row.account_id), details, at)


def _row(connection: Connection, account_id: int) -> _Row:
    kept = (identities.c.account_id == account_id) & identities.c.data_key.is_not(None)
    row = connection.execute(select(identities).where(kept)).one_or_none()
    if row is None:
        raise NoIdentity
    return row


def _found(connection: Connection, column: str, index: bytes, limit: int | None = None) -> tuple[int, ...]:
    wanted = select(identities.c.account_id).where(identities.c[column] == index)
    in_force_first = wanted.order_by(identities.c.active.desc(), identities.c.account_id.desc())
    return tuple(connection.scalars(in_force_first.limit(limit)))


def _subject(account_id: int) -> str:
    return f"account:{account_id}"


def _reason_column(disclosure: str) -> str:
    return f"disclosures/{disclosure}"
