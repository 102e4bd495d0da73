"""Reports of phones, and builds held back for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from vidphone.service.audit.log import AuditLog
from vidphone.service.releases.reports import MAX_INSTALLATIONS, BuildReports
from vidphone.service.releases.rules import holds
from vidphone.service.releases.settings import ReleasesSettings
from vidphone.service.store.engine import open_database, writing
from vidphone.service.store.tables_releases import release_offers, release_reports
from vidphone.wire.releases import BuildEvent, BuildReport, Channel

BUILD = "0.2.0+20261123.1-1a2b3c4d"
NOW = 1_800_000_000.0


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_database(tmp_path)
    with writing(made) as connection:
        row = {"channel": "beta", "platform": "linux-x86_64", "role_version": 2, "build_id": BUILD, "sequence": 1}
        connection.execute(insert(release_offers).values(row | {"manifest": "0" * 64, "at": NOW}))
    yield made
    made.dispose()


def told(install: int, event: BuildEvent, code: str = "", build: str = BUILD) -> BuildReport:
    body = {"install_id": f"{install:032x}", "build_id": build, "channel": "beta", "platform": "linux-x86_64"}
    return BuildReport.model_validate(body | {"event": event, "code": code, "at": NOW})


def reports_of(engine: Engine, **settings: float) -> BuildReports:
    return BuildReports(engine, AuditLog(engine), ReleasesSettings.model_validate(settings))


def test_build_is_held_when_failures_pass_both_bounds(engine: Engine) -> None:
    reports = reports_of(engine, hold_failures=2, hold_percent=50)
    for install in range(4):
        reports.take(told(install, BuildEvent.HEALTHY), install, NOW)
    for install in (10, 11, 12):
        reports.take(told(install, BuildEvent.CRASHED, "exit-139"), install, NOW)
        assert reports.held().builds == ()
    reports.take(told(13, BuildEvent.FELL_BACK, "hung"), 13, NOW)
    assert reports.held().builds == (BUILD,)
    (figures,) = reports.figures()
    assert (figures.installations, figures.healthy, figures.crashed, figures.fell_back) == (8, 4, 3, 1)
    assert (figures.held, figures.codes) == ("automatic", {"exit-139": 3, "hung": 1})
    assert [entry.kind for entry in AuditLog(engine).entries()] == ["release-held"]


def test_phone_that_has_removed_a_failed_build_and_names_another_channel_is_counted_where_it_was_offered(
    engine: Engine,
) -> None:
    reports = reports_of(engine)
    reports.take(told(1, BuildEvent.FELL_BACK, "hung").model_copy(update={"channel": Channel.STABLE}), 1, NOW)
    (figures,) = reports.figures()
    assert (figures.channel, figures.fell_back, figures.codes) == ("beta", 1, {"hung": 1})


def test_installation_counts_once_however_often_it_fails(engine: Engine) -> None:
    reports = reports_of(engine, hold_failures=2, hold_percent=0)
    for _ in range(5):
        reports.take(told(1, BuildEvent.CRASHED), 1, NOW)
        reports.take(told(1, BuildEvent.FELL_BACK), 1, NOW)
    assert reports.held().builds == ()


def test_account_counts_once_however_many_installations_it_names(engine: Engine) -> None:
    reports = reports_of(engine, hold_failures=2, hold_percent=0)
    for install in range(5):
        reports.take(told(install, BuildEvent.CRASHED), 1, NOW)
    assert reports.held().builds == ()
    reports.take(told(0, BuildEvent.CRASHED), 2, NOW)  # the same name from another account is another's
    assert reports.held().builds == (BUILD,)


def test_account_cannot_make_a_failing_build_look_well(engine: Engine) -> None:
    reports = reports_of(engine, hold_failures=2, hold_percent=50)
    for install in range(10, 20):
        reports.take(told(install, BuildEvent.HEALTHY), 9, NOW)
    for account in (1, 2):
        reports.take(told(account, BuildEvent.CRASHED), account, NOW)
    assert reports.held().builds == (BUILD,)


def test_who_could_not_install_a_build_does_not_make_it_look_well(engine: Engine) -> None:
    reports = reports_of(engine, hold_failures=2, hold_percent=50)
    for account in range(10, 20):
        reports.take(told(account, BuildEvent.INSTALL_FAILED, "disk-full"), account, NOW)
    reports.take(told(1, BuildEvent.CRASHED), 1, NOW)
    assert reports.held().builds == ()
    reports.take(told(2, BuildEvent.CRASHED), 2, NOW)
    assert reports.held().builds == (BUILD,)
    (figures,) = reports.figures()
    assert (figures.install_failed, figures.codes) == (10, {"disk-full": 10})


def test_account_names_only_so_many_installations(engine: Engine) -> None:
    reports = reports_of(engine)
    for install in range(MAX_INSTALLATIONS + 5):
        reports.take(told(install, BuildEvent.STARTED), 1, NOW)
    reports.take(told(0, BuildEvent.HEALTHY), 1, NOW)
    (figures,) = reports.figures()
    assert (figures.installations, figures.healthy) == (MAX_INSTALLATIONS, 1)


def test_lifted_hold_returns_for_new_failures_only(engine: Engine) -> None:
    reports = reports_of(engine, hold_failures=2, hold_percent=0)
    for install in (1, 2):
        reports.take(told(install, BuildEvent.CRASHED), install, NOW)
    assert reports.held().builds == (BUILD,)
    with writing(engine) as connection:
        assert reports.change(connection, BUILD, held=False, at=NOW + 1)
    reports.take(told(3, BuildEvent.CRASHED), 3, NOW + 2)
    assert reports.held().builds == ()
    reports.take(told(4, BuildEvent.CRASHED), 4, NOW + 3)
    assert reports.held().builds == (BUILD,)


def test_unknown_build_is_not_counted_and_no_installation_is_named(engine: Engine) -> None:
    reports = reports_of(engine)
    reports.take(told(7, BuildEvent.HEALTHY, build="9.9.9+20261123.1-1a2b3c4d"), 7, NOW)
    reports.take(told(7, BuildEvent.INSTALL_FAILED, "disk-full"), 7, NOW)
    with engine.connect() as connection:
        (row,) = connection.execute(select(release_reports)).all()
    assert row.build_id == BUILD
    assert f"{7:032x}" not in str(row)


def test_old_reports_are_forgotten(engine: Engine) -> None:
    reports = reports_of(engine)
    reports.take(told(7, BuildEvent.HEALTHY), 7, NOW)
    reports.forget_old(NOW + 179 * 86_400)
    assert reports.figures()[0].installations == 1
    reports.forget_old(NOW + 181 * 86_400)
    assert reports.figures()[0].installations == 0


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 50), st.floats(0, 100))
def test_rule_never_holds_below_either_bound(failed: int, well: int, least: int, percent: float) -> None:
    settings = ReleasesSettings(hold_failures=least, hold_percent=percent)
    held = holds(failed, failed + well, settings)
    assert held == (failed >= least and failed * 100 >= (failed + well) * percent)
    assert not held or holds(failed + 1, failed + well + 1, settings)
