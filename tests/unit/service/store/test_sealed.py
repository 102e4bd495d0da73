from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, Engine, select

from tests.unit.service.store.people import person
from vidphone.service.audit.log import AuditLog
from vidphone.service.store import sealed
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.identities import Identities
from vidphone.service.store.sealed import RETIRED_S, Rotation, open_vault, rotate_keys
from vidphone.service.store.tables_identity import identities, identity_copies
from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.keys import KeyFile, default_key_file
from vidphone.service.vault.vault import Vault

CUSTOMERS = 45
"""More than are rewrapped in one transaction."""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return default_key_file(tmp_path / "data")


@pytest.fixture
def engine(tmp_path: Path, keys: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    kept = Identities(engine, open_vault(engine, keys, at=0), AuditLog(engine))
    for account in range(1, CUSTOMERS + 1):
        StoredCustomers(engine).add(str(1000 + account), "", "hash", at=0)
        with writing(engine) as connection:
            kept.store(connection, account, person(account), at=1)
    with writing(engine) as connection:
        kept.add_copy(connection, 1, "image/png", b"picture", at=2)
    yield engine
    engine.dispose()


def opened(engine: Engine, keys: Path) -> Identities:
    return Identities(engine, open_vault(engine, keys, at=0), AuditLog(engine))


def test_a_change_of_keys_leaves_all_data_readable_under_the_new_key_alone(engine: Engine, keys: Path) -> None:
    old = KeyFile(keys).active()
    with engine.connect() as connection:
        before = connection.execute(select(identities.c.name).order_by(identities.c.account_id)).all()
    first = rotate_keys(engine, keys, at=10)
    assert (first.rewrapped, first.dropped) == (CUSTOMERS + 1, ())
    with engine.connect() as connection:
        assert connection.execute(select(identities.c.name).order_by(identities.c.account_id)).all() == before
    KeyFile(keys).drop([old])
    kept = opened(engine, keys)
    assert [kept.export(account, at=11) for account in (1, 21, CUSTOMERS)] == [person(1), person(21), person(45)]
    assert kept.reveal_copy(1, "staff", "review", at=12) == b"picture"


def test_a_key_is_dropped_a_day_after_it_was_retired(engine: Engine, keys: Path) -> None:
    first = KeyFile(keys).active()
    second = rotate_keys(engine, keys, at=10)
    third = rotate_keys(engine, keys, at=10 + RETIRED_S)
    assert (second.dropped, third.dropped) == ((), (first,))
    assert KeyFile(keys).ids() == {second.active, third.active}


@pytest.mark.parametrize("steps", range(8))
def test_a_change_of_keys_that_was_cut_short_is_done_by_the_next(
    engine: Engine, keys: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    left = steps

    @contextmanager
    def cut_short(engine: Engine) -> Iterator[Connection]:
        nonlocal left
        with writing(engine) as connection:
            yield connection
            if left == 0:
                raise RuntimeError("the power goes")
            left -= 1

    with monkeypatch.context() as patched:
        patched.setattr(sealed, "writing", cut_short)
        with pytest.raises(RuntimeError, match="power"):
            rotate_keys(engine, keys, at=10)
    assert opened(engine, keys).export(CUSTOMERS, at=11) == person(CUSTOMERS)
    rotate_keys(engine, keys, at=20)
    rotate_keys(engine, keys, at=20 + RETIRED_S)
    assert len(KeyFile(keys).ids()) == 2
    assert opened(engine, keys).export(3, at=30) == person(3)


def test_two_changes_of_keys_at_once_lose_no_key(engine: Engine, keys: Path) -> None:
    together = Barrier(2)

    def rotate() -> None:
        together.wait()
        rotate_keys(engine, keys, at=10)

    threads = [Thread(target=rotate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(KeyFile(keys).ids()) == 3
    assert [opened(engine, keys).export(account, at=30) for account in (1, CUSTOMERS)] == [person(1), person(45)]


def test_what_a_running_service_seals_meanwhile_is_under_the_new_key(engine: Engine, keys: Path) -> None:
    service = open_vault(engine, keys, at=0)
    rotation = rotate_keys(engine, keys, at=10)
    assert service.active_key() == rotation.active
    value = service.encrypt(b"plain", table="identity_copies", row=9, column="body")
    assert KeyFile(keys).active().encode() in value


def test_a_damaged_value_is_named_and_nothing_is_dropped(engine: Engine, keys: Path) -> None:
    with writing(engine) as connection:
        whole = connection.scalar(select(identity_copies.c.body)) or b""
        damaged = whole[:40] + bytes((whole[40] ^ 1,)) + whole[41:]
        connection.execute(identity_copies.update().values(body=damaged))
    with pytest.raises(VaultError) as refused:
        rotate_keys(engine, keys, at=10)
    assert (refused.value.reason, refused.value.places) == ("altered-row", {"table": "identity_copies", "row": "1"})
    assert len(KeyFile(keys).ids()) == 2


def test_lost_keys_are_said_to_be_lost_and_not_made_anew(engine: Engine, keys: Path) -> None:
    keys.unlink()
    with pytest.raises(VaultError, match="missing"):
        open_vault(engine, keys, at=0)
    assert not keys.exists()


def test_keys_of_another_database_are_refused(engine: Engine, keys: Path) -> None:
    keys.unlink()
    KeyFile.create(keys, at=0)
    with pytest.raises(VaultError, match="unknown-key"):
        open_vault(engine, keys, at=0)


def test_a_new_database_gets_keys_of_its_own(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "other")
    path = default_key_file(tmp_path / "other")
    assert isinstance(open_vault(engine, path, at=0), Vault)
    assert isinstance(rotate_keys(engine, path, at=1), Rotation)
    engine.dispose()
