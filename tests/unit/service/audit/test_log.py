from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from vidphone.service.audit.log import AuditLog, Broken, Head, Problem
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.tables_identity import audit


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> AuditLog:
    """Five entries, in transactions of their own."""
    log = AuditLog(engine)
    for number in range(1, 6):
        with writing(engine) as connection:
            log.append(connection, "identity-revealed", "王芳", f"account:{number}", {"fields": "name"}, at=number / 3)
    return log


def test_a_chain_that_nobody_touched_is_sound(log: AuditLog) -> None:
    assert log.verify() is None
    assert log.verify(log.head()) is None
    assert log.head().count == 5


def test_an_empty_chain_is_sound_and_has_a_head(engine: Engine) -> None:
    log = AuditLog(engine)
    assert log.verify(log.head()) is None
    assert log.head().count == 0


@pytest.mark.parametrize(
    "change",
    [{"at": 9.0}, {"kind": "x"}, {"actor": "x"}, {"subject": "account:9"}, {"details": "{}"}, {"hash": "0" * 64}],
)
def test_a_changed_entry_is_found(engine: Engine, log: AuditLog, change: dict[str, object]) -> None:
    with writing(engine) as connection:
        connection.execute(update(audit).where(audit.c.id == 3).values(change))
    assert log.verify() == Broken(3, Problem.ALTERED)


def test_an_entry_written_anew_with_a_fitting_hash_does_not_fit_the_next(engine: Engine, log: AuditLog) -> None:
    with writing(engine) as connection:
        after = connection.execute(select(audit).where(audit.c.id > 2).order_by(audit.c.id)).mappings().all()
        connection.execute(delete(audit).where(audit.c.id > 2))
        log.append(connection, "identity-revealed", "王芳", "account:9", {}, at=1)
        connection.execute(insert(audit).values([dict(row) for row in after[1:]]))
    assert log.verify() == Broken(4, Problem.UNLINKED)


def test_a_deleted_entry_is_found(engine: Engine, log: AuditLog) -> None:
    with writing(engine) as connection:
        connection.execute(delete(audit).where(audit.c.id == 2))
    assert log.verify() == Broken(2, Problem.MISSING)


def test_a_chain_whose_end_was_taken_off_falls_short_of_its_published_head(engine: Engine, log: AuditLog) -> None:
    published = Head.parse(str(log.head()))
    with writing(engine) as connection:
        connection.execute(delete(audit).where(audit.c.id > 3))
    assert log.verify() is None
    assert log.verify(published) == Broken(4, Problem.MISSING)
    with writing(engine) as connection:
        connection.execute(delete(audit))
    assert log.verify(published) == Broken(1, Problem.MISSING)


def test_a_chain_written_anew_as_a_whole_is_not_the_published_one(engine: Engine, log: AuditLog) -> None:
    published = log.head()
    with writing(engine) as connection:
        connection.execute(delete(audit))
        for number in range(1, 8):
            log.append(connection, "identity-stored", "service", f"account:{number}", {}, at=number)
    assert log.verify() is None
    assert log.verify(published) == Broken(5, Problem.REWRITTEN)


def test_later_entries_do_not_trouble_an_older_head(engine: Engine, log: AuditLog) -> None:
    published = log.head()
    with writing(engine) as connection:
        log.append(connection, "identity-stored", "service", "account:6", {}, at=9)
    assert log.verify(published) is None


def test_an_entry_comes_with_its_transaction_or_not_at_all(engine: Engine, log: AuditLog) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        log.append(connection, "identity-stored", "service", "account:6", {}, at=9)
        transaction.rollback()
    assert log.head().count == 5
    assert log.verify() is None


@pytest.mark.parametrize(
    ("subject", "details"),
    [
        ("account:1", {"reason": "张三来电"}),
        ("account:1", {"number": "110101199003078515"}),
        ("account:1", {"who": "zhang@example.cn"}),
        ("account:1", {"telephone": "+86 138 0013 8000"}),
        ("13800138000", {}),
        ("account:1", {"text": "x" * 201}),
    ],
)
def test_personal_data_is_not_taken_in(engine: Engine, subject: str, details: dict[str, str]) -> None:
    log = AuditLog(engine)
    with writing(engine) as connection, pytest.raises(ValueError, match="personal data"):
        log.append(connection, "identity-revealed", "staff", subject, details, at=1)
    assert log.head().count == 0


@pytest.mark.parametrize(("kind", "actor"), [("Not A Code", "staff"), ("code", ""), ("code", "x" * 65), ("code", "\n")])
def test_an_entry_says_what_was_done_and_by_whom(engine: Engine, kind: str, actor: str) -> None:
    with writing(engine) as connection, pytest.raises(ValueError, match="entry"):
        AuditLog(engine).append(connection, kind, actor, "account:1", {}, at=1)


def test_entries_are_read_in_their_order_page_by_page(log: AuditLog) -> None:
    assert [entry.id for entry in log.entries(after=1, limit=3)] == [2, 3, 4]
    assert [entry.details for entry in log.entries(subject="account:4")] == [{"fields": "name"}]


@pytest.mark.parametrize("written", ["", "5", "5:abc", "-1:" + "0" * 64, "5:" + "g" * 64])
def test_a_published_head_is_read_strictly(written: str) -> None:
    with pytest.raises(ValueError, match="no head"):
        Head.parse(written)
