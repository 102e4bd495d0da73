"""A build that could not be installed is told to the provider: once, and why."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.upgrades import Offered
from tests.support.trees import NEW
from tests.unit.phone.test_upgrades import Stage, wait_until
from vidphone.installation.errors import InstallationError, Reason
from vidphone.phone import upgrade_memory
from vidphone.phone.events import UpgradeStage
from vidphone.phone.upgrade_memory import MAX_FAILURES, Memory
from vidphone.phone.upgrade_reports import why_not_installed
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent, Channel


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    await stage.upgrades.close()


def failures_told(stage: Stage) -> list[tuple[str, str]]:
    return [(build, code) for event, build, code in stage.repository.told if event is BuildEvent.INSTALL_FAILED]


async def failed(stage: Stage) -> None:
    stage.repository.offered = Offered(NEW)
    stage.upgrades.start()
    stage.upgrades.check()
    await stage.until(UpgradeStage.FAILED)


async def test_a_disk_without_room_is_told_with_the_channel_the_build_came_by(stage: Stage) -> None:
    stage.repository.not_laid_out = VidphoneError(ErrorCode.DISK_FULL)
    await failed(stage)
    await wait_until(lambda: bool(failures_told(stage)))
    assert failures_told(stage) == [(NEW, "disk-full")]
    assert stage.repository.channels[-1] is Channel.BETA


async def test_what_fails_again_and_again_is_told_once(stage: Stage) -> None:
    stage.repository.not_laid_out = VidphoneError(ErrorCode.UPGRADE_NOT_TRUSTED)
    await failed(stage)
    for _ in range(2):
        await stage.look()
    await wait_until(lambda: bool(failures_told(stage)))
    assert failures_told(stage) == [(NEW, "damaged")]


async def test_a_build_that_cannot_be_switched_to_is_told(stage: Stage) -> None:
    await stage.ready()
    stage.installation.block(NEW, "of a test")
    stage.upgrades.install_now()
    await stage.until(UpgradeStage.FAILED)
    await wait_until(lambda: bool(failures_told(stage)))
    assert failures_told(stage) == [(NEW, "blocked")]


async def test_what_failed_as_the_program_was_left_is_told_at_the_next_start(stage: Stage) -> None:
    await stage.ready()
    stage.installation.block(NEW, "of a test")
    await stage.upgrades.close()
    assert failures_told(stage) == []
    stage.repository.offered = None
    stage.upgrades = stage.again()
    stage.upgrades.start()
    await stage.look()
    assert failures_told(stage) == [(NEW, "blocked")]


async def test_what_could_not_be_told_is_told_later(stage: Stage) -> None:
    stage.repository.unreported = VidphoneError(ErrorCode.NOT_SIGNED_IN)
    stage.repository.not_laid_out = VidphoneError(ErrorCode.DISK_FULL)
    await failed(stage)
    await wait_until(lambda: bool(stage.memory.failures))
    await stage.upgrades.close()
    assert failures_told(stage) == []
    stage.repository.unreported = None
    stage.upgrades = stage.again()
    stage.upgrades.start()
    await stage.look()
    assert failures_told(stage) == [(NEW, "disk-full")]


async def test_a_line_that_broke_off_is_no_failure_of_a_build(stage: Stage) -> None:
    stage.repository.not_laid_out = VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": "x"})
    await failed(stage)
    await asyncio.sleep(0.02)
    assert failures_told(stage) == []
    assert stage.memory.failures == ()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InstallationError(Reason.NO_SPACE), "disk-full"),
        (InstallationError(Reason.READ_ONLY), "read-only"),
        (InstallationError(Reason.INCOMPLETE), "incomplete"),
        (InstallationError(Reason.WRONG_CONTENT), "damaged"),
        (InstallationError(Reason.BUSY), None),
        (VidphoneError(ErrorCode.UPGRADE_FAILED), "disk"),
        (VidphoneError(ErrorCode.SERVICE_NOT_SECURE), None),
        (VidphoneError(ErrorCode.CLOCK_WRONG), None),
    ],
)
def test_why_a_build_was_not_installed(error: VidphoneError | InstallationError, code: str | None) -> None:
    assert why_not_installed(error) == code


@pytest.mark.parametrize(("reason", "code"), [(Reason.READ_ONLY, "read-only"), (Reason.BUSY, None)])
def test_what_the_installation_said_counts_more_than_what_a_person_hears(reason: Reason, code: str | None) -> None:
    error = VidphoneError(ErrorCode.UPGRADE_FAILED)
    error.__cause__ = InstallationError(reason)
    assert why_not_installed(error) == code


def test_failures_are_kept_and_the_oldest_goes(tmp_path: Path) -> None:
    memory = Memory(install_id="a" * 32)
    builds = [f"0.1.{number}+20261101.1-aaaaaaaa" for number in range(MAX_FAILURES + 1)]
    for build in builds:
        memory = memory.failed(build, Channel.TEST, "disk-full", 1.0)
    memory = memory.told_of(builds[-1])
    assert memory.failed(builds[-1], Channel.TEST, "disk", 2.0) == memory
    upgrade_memory.save(tmp_path, memory)
    kept = upgrade_memory.load(tmp_path)
    assert kept == memory
    assert [one.build_id for one in kept.failures] == builds[1:]
    assert [one.told for one in kept.failures] == [*[False] * (MAX_FAILURES - 1), True]
