import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from tests.unit.service.hub.bench import accept, call_id
from vidphone.service.hub.effects import AcceptDelivered, Address, CallAccepted, CallEnded, CallProposed, StoredCall
from vidphone.service.passwords import hash_token, new_token
from vidphone.service.ports import AccountEvent, AccountEventKind
from vidphone.service.store.customers import MAX_TOKENS_PER_NUMBER, StoredCustomers, UnknownNumber
from vidphone.service.store.engine import DataInUse, DataLock, open_database, writing
from vidphone.service.store.hints import KEPT_S, hint
from vidphone.service.store.journal import StoredJournal
from vidphone.service.store.numbers import NumberTaken
from vidphone.service.store.tables import metadata
from vidphone.wire.reasons import EndReason
from vidphone.wire.signaling import Topic

A, B = Address("1001", "a" * 32), Address("1002", "b" * 32)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    customers = StoredCustomers(engine)
    for number in (A.number, B.number):
        customers.add(number, f"Customer {number}", "hash", at=0)
    yield engine
    engine.dispose()


def test_migrations_make_the_tables_that_the_program_means(engine: Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.skipif(sys.platform == "win32", reason="rights are inherited there")
def test_only_the_owner_reads_the_database_even_in_an_open_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    engine = open_database(tmp_path)
    with writing(engine):
        rights = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    engine.dispose()
    assert "vidphone.db-wal" in rights
    assert set(rights.values()) == {0}


def test_commits_are_on_the_disk(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_journal_gives_back_what_a_restart_needs(engine: Engine) -> None:
    journal = StoredJournal(engine)
    for number, story in enumerate(("rings", "accepted", "delivered", "ended", "ended long ago")):
        call = call_id(number)
        journal.write([CallProposed(call, A, B.number, video=True)], at=1)
        if story != "rings":
            journal.write([CallAccepted(call, B, accept(call))], at=2)
        if story == "delivered":
            journal.write([AcceptDelivered(call)], at=3)
        if story.startswith("ended"):
            journal.write([CallEnded(call, EndReason.HUNG_UP)], at=100 if story == "ended" else 10)
    restarted = EndReason.SERVICE_RESTARTED
    assert sorted(journal.recover(at=110, ended_after=50), key=lambda one: one.call) == [
        StoredCall(call_id(0), A, B.number, None, None, restarted),
        StoredCall(call_id(1), A, B.number, B.device, accept(call_id(1)), None),
        StoredCall(call_id(2), A, B.number, B.device, None, None),
        StoredCall(call_id(3), A, B.number, B.device, None, EndReason.HUNG_UP),
    ]


def test_whole_call_in_one_batch_is_written(engine: Engine) -> None:
    journal, call = StoredJournal(engine), call_id(1)
    journal.write(
        [
            CallProposed(call, A, B.number, True),
            CallAccepted(call, B, accept(call)),
            CallEnded(call, EndReason.HUNG_UP),
        ],
        at=1,
    )
    assert journal.recover(at=2, ended_after=0)[0].reason is EndReason.HUNG_UP
    assert journal.used([call, call_id(2)]) == {call}


def test_token_is_kept_as_a_hash_only(engine: Engine, tmp_path: Path) -> None:
    token = new_token()
    customers = StoredCustomers(engine)
    customers.issue_token("1001", A.device, "desk", hash_token(token), at=5)
    bearer = customers.authenticate(hash_token(token), at=10)
    assert bearer is not None
    assert (bearer.number, bearer.device) == A
    assert customers.authenticate(hash_token(token + "x"), at=10) is None
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir())
    assert token.encode() not in kept


def test_tokens_of_a_number_are_bounded(engine: Engine) -> None:
    customers = StoredCustomers(engine)
    for device in range(MAX_TOKENS_PER_NUMBER + 1):
        customers.issue_token("1001", f"{device:032x}", "", hash_token(str(device)), at=device)
    assert customers.authenticate(hash_token("0"), at=99) is None
    assert customers.authenticate(hash_token("1"), at=99) is not None
    assert [event.kind for _, event in customers.events_after(0)] == [AccountEventKind.SIGNED_OUT]


def test_what_is_done_to_a_customer_is_told_to_the_running_service(engine: Engine) -> None:
    customers = StoredCustomers(engine)
    before = customers.last_event()
    customers.issue_token("1001", A.device, "", hash_token("t"), at=0)
    bearer = customers.authenticate(hash_token("t"), at=0)
    assert bearer is not None
    customers.set_password("1001", "other", at=1)
    customers.set_enabled("1002", False, at=2)
    customers.set_enabled("1002", True, at=3)
    assert [event for _, event in customers.events_after(before)] == [
        AccountEvent(AccountEventKind.SIGNED_OUT, "1001", bearer.token),
        AccountEvent(AccountEventKind.DISABLED, "1002"),
    ]


def test_numbers_are_unique_and_must_exist(engine: Engine) -> None:
    customers = StoredCustomers(engine)
    with pytest.raises(NumberTaken):
        customers.add("1001", "Again", "hash", at=1)
    with pytest.raises(UnknownNumber):
        customers.set_enabled("1999", False, at=1)


def test_only_one_service_works_in_a_folder(tmp_path: Path) -> None:
    lock = DataLock(tmp_path)
    with pytest.raises(DataInUse):
        DataLock(tmp_path)
    lock.release()
    DataLock(tmp_path).release()


def test_a_hint_is_told_with_its_transaction_and_not_kept(engine: Engine) -> None:
    customers = StoredCustomers(engine)
    with writing(engine) as connection:
        hint(connection, None, Topic.OUTAGES, at=100)
    last = customers.last_event()
    with writing(engine) as connection:
        hint(connection, [A.number, B.number], Topic.CASES, at=100 + KEPT_S + 1)
    notice = AccountEventKind.NOTICE
    assert [event for _, event in customers.events_after(last)] == [
        AccountEvent(notice, A.number, topic=Topic.CASES),
        AccountEvent(notice, B.number, topic=Topic.CASES),
    ]
    assert len(customers.events_after(0)) == 2
