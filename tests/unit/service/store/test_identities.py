import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select

from tests.unit.service.store.people import person
from vidphone.service.audit.log import AuditLog
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.identities import Identities, IdentityInUse, NoIdentity, StillInForce
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables_identity import identities as table
from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.keys import default_key_file
from vidphone.terms.parties import CustomerData

ALL = ("name", "identity_number", "telephone")
COPY = bytes(range(256)) * 40


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def engine(data: Path) -> Iterator[Engine]:
    engine = open_database(data)
    for account in range(1, 4):
        StoredCustomers(engine).add(str(1000 + account), "张*", "hash", at=0)
    yield engine
    engine.dispose()


@pytest.fixture
def audit(engine: Engine) -> AuditLog:
    return AuditLog(engine)


@pytest.fixture
def identities(engine: Engine, data: Path, audit: AuditLog) -> Identities:
    return Identities(engine, open_vault(engine, default_key_file(data), at=0), audit)


def keep(engine: Engine, identities: Identities, account: int, data: CustomerData) -> None:
    with writing(engine) as connection:
        identities.store(connection, account, data, at=1)


def end(engine: Engine, identities: Identities, account: int, at: float = 2) -> None:
    with writing(engine) as connection:
        identities.end(connection, account, at)


def bytes_of(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.iterdir()))


def plain_forms(customer: CustomerData) -> list[bytes]:
    """What of a customer must be found nowhere, in each form that a file could hold it in."""
    written = (customer.name, customer.identity_number, customer.telephone, customer.telephone[3:], customer.address)
    return [form for one in written for form in (one.encode(), one.encode("utf-16-le"), json.dumps(one)[1:-1].encode())]


def test_what_was_kept_is_exported_as_it_was(engine: Engine, identities: Identities, audit: AuditLog) -> None:
    keep(engine, identities, 1, person(1))
    keep(engine, identities, 2, replace(person(2), birth_date=None, employer=""))
    assert identities.export(1, at=5) == person(1)
    assert identities.export(2, at=6) == replace(person(2), birth_date=None, employer="")
    assert [entry.kind for entry in audit.entries(subject="account:1")] == ["identity-stored", "identity-exported"]


def test_nothing_of_a_hundred_customers_is_in_clear_in_database_log_or_backup(
    engine: Engine, identities: Identities, data: Path, tmp_path: Path
) -> None:
    with writing(engine) as connection:
        for index in range(100):
            connection.exec_driver_sql(
                "INSERT INTO accounts (id, number, name, password_hash, enabled, created_at) VALUES (?,?,'张*','',1,0)",
                (100 + index, str(2000 + index)),
            )
            identities.store(connection, 100 + index, person(index), at=index)
            if index % 10 == 0:
                identities.add_copy(connection, 100 + index, "image/png", person(index).name.encode() * 50, at=index)
    for index in range(0, 100, 7):
        reason = f"{person(index).name} 来电 {person(index).telephone}"
        identities.reveal(100 + index, ALL, "staff", reason, at=200)
        identities.masked(100 + index)
    backup = tmp_path / "backup" / "vidphone.db"
    backup.parent.mkdir()
    with closing(sqlite3.connect(data / "vidphone.db")) as live, closing(sqlite3.connect(backup)) as copy:
        live.backup(copy)
    assert (data / "vidphone.db-wal").stat().st_size > 100_000
    kept = bytes_of(data) + bytes_of(backup.parent)
    assert "张*".encode() in kept  # the search finds what is there
    for index in range(100):
        assert [form for form in plain_forms(person(index)) if form in kept] == []
    keys = json.loads(default_key_file(data).read_bytes())
    assert keys["index_key"].encode() not in kept


def test_screens_show_masks_only(engine: Engine, identities: Identities) -> None:
    keep(engine, identities, 1, person(11))
    masked = identities.masked(1)
    assert (masked.name, masked.identity_number) == ("钱**", "440***********011X")
    shown = masked.model_dump_json()
    assert not any(form.decode() in shown for form in plain_forms(person(11))[::3])


def test_of_two_sign_ups_of_one_identity_at_once_one_wins(engine: Engine, identities: Identities) -> None:
    together, outcomes = Barrier(2), list[str]()

    def sign_up(account: int) -> None:
        together.wait()
        try:
            keep(engine, identities, account, replace(person(1), telephone=f"+86138001380{account:02d}"))
            outcomes.append("won")
        except IdentityInUse:
            outcomes.append("told")

    threads = [Thread(target=sign_up, args=(account,)) for account in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["told", "won"]
    with engine.connect() as connection:
        assert len(identities.find_by_identity_number(connection, person(1).identity_number)) == 1


def test_an_identity_is_free_again_when_its_agreement_has_ended(engine: Engine, identities: Identities) -> None:
    keep(engine, identities, 1, person(1))
    with engine.connect() as connection:
        assert identities.in_use(connection, " 440305 19900307 001x")
    with pytest.raises(IdentityInUse):
        keep(engine, identities, 2, person(1))
    end(engine, identities, 1)
    keep(engine, identities, 2, person(1))
    with engine.connect() as connection:
        assert identities.find_by_identity_number(connection, person(1).identity_number) == (2, 1)


def test_customers_are_found_by_telephone_however_it_is_written(engine: Engine, identities: Identities) -> None:
    keep(engine, identities, 1, person(1))
    keep(engine, identities, 2, replace(person(2), telephone=person(1).telephone))
    with engine.connect() as connection:
        assert identities.find_by_telephone(connection, "138-0013-0001") == (2, 1)
        assert identities.find_by_telephone(connection, "138-0013-0009") == ()


def test_a_forgotten_password_asks_for_both_number_and_telephone(engine: Engine, identities: Identities) -> None:
    keep(engine, identities, 1, person(1))
    right, telephone = person(1).identity_number, person(1).telephone
    with engine.connect() as connection:
        assert identities.matches(connection, 1, right.lower(), telephone[3:])
        assert not identities.matches(connection, 1, right, person(2).telephone)
        assert not identities.matches(connection, 1, person(2).identity_number, telephone)
        assert not identities.matches(connection, 2, right, telephone)


def test_a_reveal_is_seen_by_the_customer_and_in_the_audit(
    engine: Engine, identities: Identities, audit: AuditLog
) -> None:
    keep(engine, identities, 1, person(1))
    assert identities.reveal(1, ["telephone", "name"], "王芳", " 客户来电核对 ", at=5) == {
        "name": person(1).name,
        "telephone": person(1).telephone,
    }
    identities.reveal(1, ["birth_date"], "王芳", "again", at=6)
    newest, first = identities.disclosures(1).disclosures
    assert (first.at, first.staff, first.fields, first.reason) == (5, "王芳", ("name", "telephone"), "客户来电核对")
    assert newest.reason == "again"
    entry = audit.entries(subject="account:1")[1]
    assert (entry.kind, entry.actor, entry.details["fields"]) == ("identity-revealed", "王芳", "name,telephone")
    assert audit.verify() is None


def test_a_reveal_that_cannot_be_recorded_gives_nothing(
    engine: Engine, identities: Identities, audit: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(engine, identities, 1, person(1))

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="full"):
        identities.reveal(1, ["name"], "staff", "reason", at=5)
    assert identities.disclosures(1).disclosures == ()


@pytest.mark.parametrize(
    ("fields", "reason"), [((), "r"), (("password_hash",), "r"), (("name",), " "), (("name",), "x" * 501)]
)
def test_a_reveal_without_reason_or_field_is_refused(
    engine: Engine, identities: Identities, fields: tuple[str, ...], reason: str
) -> None:
    keep(engine, identities, 1, person(1))
    with pytest.raises(ValueError, match=r"reason|fields"):
        identities.reveal(1, fields, "staff", reason, at=5)
    assert identities.disclosures(1).disclosures == ()


def test_a_correction_replaces_the_data_and_keeps_what_was_disclosed(
    engine: Engine, identities: Identities, audit: AuditLog
) -> None:
    keep(engine, identities, 1, person(1))
    keep(engine, identities, 2, person(2))
    identities.reveal(1, ["name"], "staff", "why", at=5)
    identities.correct(1, replace(person(1), address="北京市东城区 1 号"), "customer", at=6)
    assert identities.export(1, at=7).address == "北京市东城区 1 号"
    assert identities.disclosures(1).disclosures[0].reason == "why"
    assert audit.entries(subject="account:1")[2].details == {"fields": "address"}
    with pytest.raises(IdentityInUse):
        identities.correct(1, person(2), "customer", at=8)
    assert identities.export(1, at=9).name == person(1).name


def test_a_sealed_field_moved_to_another_customer_does_not_open(engine: Engine, identities: Identities) -> None:
    keep(engine, identities, 1, person(1))
    keep(engine, identities, 2, person(2))
    with writing(engine) as connection:
        other = connection.execute(select(table.c.data_key, table.c.name).where(table.c.account_id == 2)).one()
        connection.execute(table.update().where(table.c.account_id == 1).values(name=other.name))
    with pytest.raises(VaultError, match="altered"):
        identities.masked(1)
    with writing(engine) as connection:
        connection.execute(table.update().where(table.c.account_id == 1).values(data_key=other.data_key))
    with pytest.raises(VaultError, match="altered"):
        identities.masked(1)


def test_a_copy_is_kept_sealed_and_revealed_with_a_record(engine: Engine, identities: Identities, data: Path) -> None:
    keep(engine, identities, 1, person(1))
    with writing(engine) as connection:
        copy = identities.add_copy(connection, 1, "image/png", COPY, at=3)
    assert COPY[:64] not in bytes_of(data)
    assert [(one.id, one.size) for one in identities.copies(1)] == [(copy, len(COPY))]
    assert identities.reveal_copy(copy, "staff", "review", at=4) == COPY
    assert identities.disclosures(1).disclosures[0].fields == ("copy",)
    with writing(engine) as connection:
        identities.erase_copies(connection, 1, at=5)
    assert identities.copies(1) == ()
    with pytest.raises(NoIdentity):
        identities.reveal_copy(copy, "staff", "review", at=6)


def test_erasing_leaves_no_data_no_key_and_no_index_in_any_file(
    engine: Engine, identities: Identities, audit: AuditLog, data: Path
) -> None:
    keep(engine, identities, 1, person(1))
    keep(engine, identities, 2, person(2))
    with writing(engine) as connection:
        identities.add_copy(connection, 1, "image/png", COPY, at=3)
    identities.reveal(1, ["name"], "staff", "why", at=4)
    with pytest.raises(StillInForce):
        identities.erase(1, at=5)
    with engine.connect() as connection:
        row = connection.execute(select(table).where(table.c.account_id == 1)).one()
    end(engine, identities, 1)
    identities.erase(1, at=6, actor="staff")
    kept = bytes_of(data)
    for gone in (row.data_key, row.name, row.identity_index, row.telephone_index):
        assert gone not in kept
    for ask in (identities.masked, identities.disclosures):
        with pytest.raises(NoIdentity):
            ask(1)
    with pytest.raises(NoIdentity):
        identities.erase(1, at=7)
    with engine.connect() as connection:
        assert not identities.matches(connection, 1, person(1).identity_number, person(1).telephone)
        assert identities.find_by_identity_number(connection, person(1).identity_number) == ()
    assert identities.export(2, at=8) == person(2)
    assert [entry.kind for entry in audit.entries(subject="account:1")][-2:] == ["copies-erased", "identity-erased"]
    assert audit.verify() is None


@pytest.mark.parametrize(
    ("today", "due"), [(date(2028, 2, 29), ()), (date(2028, 3, 1), (1,)), (date(2028, 3, 2), (1,))]
)
def test_data_are_due_for_erasure_two_years_after_the_end(
    engine: Engine, identities: Identities, today: date, due: tuple[int, ...]
) -> None:
    keep(engine, identities, 1, person(1))
    keep(engine, identities, 2, person(2))
    end(engine, identities, 1, at=datetime(2026, 2, 28, 12, tzinfo=UTC).timestamp())
    assert identities.due(today) == due
