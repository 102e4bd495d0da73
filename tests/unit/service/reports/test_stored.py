"""Reports in the database: once each, bounded, found by build and channel, and without personal data."""

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, event, insert

from vidphone.service.reports import stored
from vidphone.service.reports.stored import KEPT_S, OTHER, NoSuchReport, StoredReports
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.tables_releases import release_offers
from vidphone.wire.reports import Report, ReportKind

BUILD, NEWER = "0.2.0+20261123.1-0a0b0c0d", "0.2.1+20261124.1-11223344"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(tmp_path_factory.mktemp("reports"))
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database: Engine) -> Engine:
    with database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM problem_reports")
    return database


@pytest.fixture(autouse=True)
def offered(database: Engine) -> None:
    with writing(database) as connection:
        connection.execute(delete(release_offers))
        for build in (BUILD, NEWER):
            row = {"channel": "test", "platform": "linux-x86_64", "role_version": 2, "build_id": build, "sequence": 1}
            connection.execute(insert(release_offers).values(row | {"manifest": "0" * 64, "at": 0.0}))


def report(text: str = "it went wrong", **changes: object) -> Report:
    plain = {"kind": ReportKind.PROBLEM, "build": BUILD, "channel": "test", "platform": "linux-x86_64", "text": text}
    return Report.model_validate({**plain, **changes})


def a_number(index: int) -> str:
    return f"{index:032x}"


def test_report_sent_twice_is_kept_once(engine: Engine) -> None:
    reports = StoredReports(engine)
    reports.keep(a_number(1), report("first"), 1000.0)
    reports.keep(a_number(1), report("second"), 1001.0)
    assert [entry.id for entry in reports.list()] == [a_number(1)]
    assert reports.read(a_number(1)).text == "first"


def test_reports_are_found_by_build_channel_and_kind(engine: Engine) -> None:
    reports = StoredReports(engine)
    crash = {"kind": ReportKind.CRASH, "fingerprint": "f" * 16}
    reports.keep(a_number(1), report(), 1000.0)
    reports.keep(a_number(2), report(channel="stable"), 1001.0)
    reports.keep(a_number(3), report(build=NEWER, **crash), 1002.0)
    reports.keep(a_number(4), report(build=NEWER, **crash), 1003.0)
    assert [entry.id for entry in reports.list(build=NEWER)] == [a_number(4), a_number(3)]
    assert [entry.id for entry in reports.list(channel="stable")] == [a_number(2)]
    assert len(reports.list(kind=ReportKind.CRASH)) == 2
    first, *others = reports.counted()
    assert (first.build, first.problems, first.crashes, first.places) == (NEWER, 0, 2, 1)
    assert {(one.build, one.channel, one.problems) for one in others} == {(BUILD, "test", 1), (BUILD, "stable", 1)}


def test_personal_data_of_a_modified_phone_is_not_kept(engine: Engine) -> None:
    reports = StoredReports(engine)
    reports.keep(a_number(1), report("call 13812345678\nme@example.cn, 440305199003070019"), 1000.0)
    kept = reports.read(a_number(1)).text
    assert not any(planted in kept for planted in ("13812345678", "me@example.cn", "440305199003070019"))
    assert len(kept.splitlines()) == 2


def test_old_reports_go(engine: Engine) -> None:
    reports = StoredReports(engine)
    reports.keep(a_number(1), report(), 1000.0)
    reports.keep(a_number(2), report(), 1001.0 + KEPT_S)
    with pytest.raises(NoSuchReport):
        reports.read(a_number(1))


def test_of_too_many_the_newest_of_a_build_stay(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MAX_OF_A_BUILD", 2)
    reports = StoredReports(engine)
    reports.keep(a_number(9), report(build=NEWER), 1.0)
    for index in range(4):
        reports.keep(a_number(index), report(), 1000.0 + index)
    assert [entry.id for entry in reports.list()] == [a_number(3), a_number(2), a_number(9)]


def test_of_too_much_the_newest_stay(engine: Engine) -> None:
    reports = StoredReports(engine, max_bytes=30_000)
    chance = random.Random(1)
    for index in range(5):
        reports.keep(a_number(index), report(chance.randbytes(5_000).hex(" ")), 1000.0 + index)
    kept = [entry.id for entry in reports.list()]
    assert kept == [a_number(4), a_number(3), a_number(2), a_number(1)][: len(kept)]
    assert 1 < len(kept) < 5


def test_of_too_many_in_all_the_newest_stay(engine: Engine) -> None:
    reports = StoredReports(engine, max_reports=3)
    for index in range(5):
        reports.keep(a_number(index), report(build=(BUILD, NEWER)[index % 2]), 1000.0 + index)
    assert [entry.id for entry in reports.list()] == [a_number(4), a_number(3), a_number(2)]


def test_builds_that_were_never_offered_share_one_name(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "MAX_OF_A_BUILD", 2)
    reports = StoredReports(engine)
    for index in range(5):
        reports.keep(a_number(index), report(build=f"made-up-{index}"), 1000.0 + index)
    assert [(entry.id, entry.build) for entry in reports.list()] == [(a_number(4), OTHER), (a_number(3), OTHER)]
    assert reports.read(a_number(4)).build == "made-up-4"


def test_room_is_not_made_where_there_is_enough_and_by_few_at_once(engine: Engine) -> None:
    reports = StoredReports(engine)
    for index in range(5):
        reports.keep(a_number(index), report(), 1000.0 + index)
    said: list[str] = []

    def note(*call: object) -> None:
        said.append(str(call[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        reports.keep(a_number(8), report(), 1010.0)
        assert not [one for one in said if "ORDER BY problem_reports.received_at" in one and "DELETE" not in one]
        StoredReports(engine, max_reports=2).keep(a_number(9), report(), 1011.0)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    (oldest,) = [one for one in said if "ORDER BY problem_reports.received_at" in one and "DELETE" not in one]
    assert "LIMIT" in oldest
