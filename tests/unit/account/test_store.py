import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from vidphone.account import history, schema
from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.store import FILE_NAME, ProfileStore
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason

LI = Contact("b" * 32, "Li Si", ("1002", "13800138000"), favourite=True, note="two\nlines")
ZHANG = Contact("a" * 32, "张三", ("1003",))


def call(number: int, *, missed: bool = False) -> HistoryEntry:
    return HistoryEntry(
        id=f"{number:032x}",
        number="1002",
        name="Li Si",
        incoming=missed,
        video=True,
        started_at_epoch_s=1_000_000.0 + number,
        talked_s=0.0 if missed else 12.5,
        reason=EndReason.CANCELLED if missed else EndReason.HUNG_UP,
        missed=missed,
        seen=not missed,
    )


async def opened(directory: Path) -> ProfileStore:
    store = ProfileStore(directory)
    await store.open()
    return store


async def test_contacts_are_kept_over_a_restart_by_name(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.save_contacts([ZHANG, LI])
    await store.close()
    store = await opened(tmp_path)
    assert await store.contacts() == (LI, ZHANG)
    await store.close()


async def test_a_changed_contact_loses_the_numbers_it_had(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.save_contact(LI)
    await store.save_contact(replace(LI, numbers=("1009",)))
    assert await store.contacts() == (replace(LI, numbers=("1009",)),)
    await store.remove_contact(LI.id)
    await store.remove_contact("never there")
    assert await store.contacts() == ()
    await store.close()


async def test_contacts_are_saved_all_or_none(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    broken = Contact("c" * 32, "x", (None,))  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        await store.save_contacts([LI, broken])
    assert await store.contacts() == ()
    await store.close()


async def test_history_is_newest_first_and_forgets_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_ENTRIES", 3)
    store = await opened(tmp_path)
    for number in (4, 1, 5, 2, 3):
        await store.add_history(call(number))
    assert await store.history(10) == (call(5), call(4), call(3))
    assert await store.history(1) == (call(5),)
    await store.close()


async def test_missed_calls_are_new_until_looked_at(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.add_history(call(1, missed=True))
    assert await store.history(10) == (call(1, missed=True),)
    await store.mark_missed_seen()
    assert await store.history(10) == (replace(call(1, missed=True), seen=True),)
    await store.close()


async def test_a_forgotten_history_is_gone_from_the_disk(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.add_history(replace(call(1), name="Unforgettable"))
    await store.forget_history()
    assert await store.history(10) == ()
    assert all(b"Unforgettable" not in file.read_bytes() for file in tmp_path.iterdir())
    await store.close()


async def test_the_device_is_drawn_once(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    device = await store.device_id()
    await store.close()
    again = await opened(tmp_path)
    assert await again.device_id() == device
    assert len(device) == 32
    assert int(device, 16) >= 0
    await again.close()


async def test_a_damaged_database_is_set_aside_and_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database" * 100)
    store = await opened(tmp_path)
    assert store.damaged == tmp_path / f"{FILE_NAME}.damaged"
    assert store.damaged.read_bytes().startswith(b"this is no database")
    await store.save_contact(LI)
    assert await store.contacts() == (LI,)
    await store.close()


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")
    db.close()
    store = ProfileStore(tmp_path)
    with pytest.raises(VidphoneError) as refusal:
        await store.open()
    assert refusal.value.code is ErrorCode.PROFILE_NEWER
    await store.close()
    assert [file.name for file in tmp_path.glob("*.damaged")] == []


async def test_calls_of_the_first_version_are_kept_without_a_quality(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as first:
        first.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        await (await opened(tmp_path)).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("INSERT INTO call VALUES ('old', '1002', '', 0, 1, 1.0, 12.5, 'hung-up', 0, 1)")
    db.close()
    store = await opened(tmp_path)
    await store.add_history(replace(call(1), quality=4))
    assert [(entry.id, entry.quality) for entry in await store.history(10)] == [(call(1).id, 4), ("old", None)]
    await store.close()


async def test_a_migration_that_fails_leaves_the_old_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await opened(tmp_path)).close()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE extra (a)", "no such statement")))
    store = ProfileStore(tmp_path)
    with pytest.raises(VidphoneError):
        await store.open()
    await store.close()
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)
        assert db.execute("PRAGMA user_version").fetchone() == (len(schema.MIGRATIONS) - 1,)
    db.close()


async def test_many_at_once_are_done_one_after_another(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await asyncio.gather(*(store.add_history(call(number)) for number in range(50)))
    assert len(await store.history(100)) == 50
    await store.close()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.close()
    with pytest.raises(RuntimeError):
        await store.contacts()


async def test_only_the_owner_may_read_the_database(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o077 == 0
    await store.close()
