"""Upgrades as a phone goes about them, over a real installation and a repository that does as it is told."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.upgrades import NOTES, FakeRepository, Offered
from tests.support.trees import NEW, NEWER, OLD, tree
from vidphone.account.upgrades.choice import MAX_DELAY_S
from vidphone.account.upgrades.pace import Pace, Stopped
from vidphone.phone import upgrade_rules as rules
from vidphone.phone.events import Event, RestartWanted, UpgradeStage, UpgradeState
from vidphone.phone.upgrade_memory import Memory
from vidphone.phone.upgrade_ports import Found, Progress
from vidphone.phone.upgrades import Upgrades
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent

HOUR, NOW = 3600.0, 1_790_000_000.0


async def wait_until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not so():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.002)


class Stage:
    """Upgrades with everything that they stand on."""

    def __init__(self, root: Path) -> None:
        self.installation = tree(root, OLD)
        self.repository = FakeRepository(self.installation)
        self.events: list[Event] = []
        self.memory = Memory(install_id="a" * 32)
        self.now = NOW
        self.restartable = True
        self.upgrades = self.again()

    def again(self) -> Upgrades:
        async def always() -> tuple[str, ...]:
            return ("10000", "110")

        return Upgrades(
            self.events.append,
            self.installation,
            lambda: self.repository,
            lambda: "1001",
            always,
            lambda: self.restartable,
            self.memory,
            self.remember,
            Random(1),
            clock=lambda: self.now,
        )

    def remember(self, memory: Memory) -> None:
        self.memory = memory

    @property
    def states(self) -> list[UpgradeState]:
        return [event for event in self.events if isinstance(event, UpgradeState)]

    @property
    def restarts(self) -> int:
        return sum(isinstance(event, RestartWanted) for event in self.events)

    async def until(self, stage: UpgradeStage) -> UpgradeState:
        await wait_until(lambda: bool(self.states) and self.states[-1].stage is stage)
        return self.states[-1]

    async def ready(self, build: str = NEW, *, must: bool = False) -> UpgradeState:
        self.repository.offered = Offered(build, must)
        self.upgrades.start()
        self.upgrades.check()
        return await self.until(UpgradeStage.READY)

    async def look(self) -> UpgradeState:
        """Once more, and what is told of it."""
        told = len(self.states)
        self.upgrades.check()
        await wait_until(lambda: len(self.states) > told)
        await asyncio.sleep(0.01)
        return self.states[-1]

    async def restarted(self) -> None:
        await wait_until(lambda: self.restarts > 0)


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(rules, "SETTLED_S", 0.01)
    monkeypatch.setattr(rules, "HINT_WITHIN_S", 0.01)
    stage = Stage(tmp_path)
    yield stage
    await stage.upgrades.close()


async def test_a_build_is_fetched_and_told_but_not_put_in_place_at_once(stage: Stage) -> None:
    ready = await stage.ready()
    stages = [state.stage for state in stage.states]
    assert stages == [UpgradeStage.FOUND, *[UpgradeStage.DOWNLOADING] * 2, UpgradeStage.READY]
    assert [state.fraction for state in stage.states] == [None, 0.0, 1.0, None]
    assert (ready.version, ready.notes) == ("0.2.0", NOTES)
    assert ready.until == NOW + rules.BY_ITSELF_AFTER_S
    assert ready.latest == NOW + MAX_DELAY_S
    assert stage.installation.current() == OLD
    assert stage.repository.account_number == "1001"


async def test_what_is_ready_is_what_the_next_start_runs(stage: Stage) -> None:
    await stage.ready()
    await stage.upgrades.close()
    assert stage.installation.current() == NEW
    assert not stage.restarts


async def test_what_was_put_off_is_not_what_the_next_start_runs(stage: Stage) -> None:
    await stage.ready()
    stage.upgrades.delay(24)
    await asyncio.sleep(0.01)
    assert stage.states[-1].until == NOW + 24 * HOUR
    await stage.upgrades.close()
    assert stage.installation.current() == OLD
    assert stage.memory.delayed_until == NOW + 24 * HOUR


async def test_it_is_installed_by_itself_when_its_time_has_come(stage: Stage) -> None:
    await stage.ready()
    stage.now += rules.BY_ITSELF_AFTER_S - 1
    await stage.look()
    assert not stage.restarts
    stage.now += 1
    await stage.look()
    await stage.restarted()
    assert stage.installation.current() == NEW


async def test_nobody_is_signed_out_by_a_restart_unasked(stage: Stage) -> None:
    stage.restartable = False
    ready = await stage.ready()
    assert ready.until is None
    stage.now += MAX_DELAY_S * 2
    await stage.look()
    assert not stage.restarts
    assert stage.installation.current() == OLD


async def test_a_delay_has_an_end(stage: Stage) -> None:
    await stage.ready()
    stage.upgrades.delay(1_000_000)
    await asyncio.sleep(0.01)
    assert stage.states[-1].until == NOW + MAX_DELAY_S


async def test_asked_for_it_is_installed_at_once(stage: Stage) -> None:
    await stage.ready()
    stage.upgrades.install_now()
    await stage.restarted()
    assert stage.installation.current() == NEW


async def test_a_download_that_broke_off_is_gone_on_with_soon(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "AGAIN_S", 0.02)
    real, times = stage.repository.download, 0

    async def breaks(found: Found, on_progress: Callable[[Progress], None], pace: Pace) -> None:
        nonlocal times
        times += 1
        if times == 1:  # what stood between was not patient enough for a call
            raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": "x"})
        await real(found, on_progress, pace)

    monkeypatch.setattr(stage.repository, "download", breaks)
    await stage.ready()
    assert (times, stage.repository.checks) == (2, 2)


async def test_in_a_call_nothing_is_installed_until_it_ended(stage: Stage) -> None:
    await stage.ready()
    stage.upgrades.calls_changed(busy=True)
    stage.upgrades.install_now()
    stage.now += MAX_DELAY_S
    await stage.until(UpgradeStage.WAITING_FOR_CALL)
    await asyncio.sleep(0.03)
    assert not stage.restarts
    assert stage.installation.current() == OLD
    stage.upgrades.calls_changed(busy=False)
    await stage.restarted()
    assert stage.installation.current() == NEW


async def test_in_a_call_nothing_is_fetched(stage: Stage) -> None:
    stage.repository.stalls = True
    stage.repository.offered = Offered(NEW)
    stage.upgrades.start()
    stage.upgrades.check()
    await stage.until(UpgradeStage.DOWNLOADING)
    pace = stage.repository.pace
    assert pace is not None
    pace.take(1, lambda: False)
    stage.upgrades.calls_changed(busy=True)
    answers = iter((False, True))
    asyncio.get_running_loop().run_in_executor(None, _wake_soon, pace)
    with pytest.raises(Stopped):
        await asyncio.to_thread(pace.take, 1, lambda: next(answers))
    stage.upgrades.calls_changed(busy=False)
    pace.take(1, lambda: False)


def _wake_soon(pace: Pace) -> None:
    time.sleep(0.05)
    pace.wake()


async def test_a_hint_in_a_download_is_looked_after_and_the_download_goes_on(stage: Stage) -> None:
    stage.repository.stalls = True
    stage.repository.offered = Offered(NEW)
    stage.upgrades.start()
    stage.upgrades.hinted()
    await stage.until(UpgradeStage.DOWNLOADING)
    stage.repository.offered = Offered(NEWER)
    stage.upgrades.hinted()
    await wait_until(lambda: stage.repository.checks > 1)
    stage.repository.stalls = False
    await stage.until(UpgradeStage.READY)
    assert stage.repository.cancelled == 1
    assert stage.states[-1].version == "0.3.0"
    assert NEW not in stage.installation.versions()


async def test_what_was_withdrawn_is_not_installed(stage: Stage) -> None:
    await stage.ready()
    stage.repository.offered = None
    assert (await stage.look()).stage is UpgradeStage.NONE
    with pytest.raises(VidphoneError):
        stage.upgrades.install_now()
    await stage.upgrades.close()
    assert stage.installation.current() == OLD


async def test_below_the_minimum_only_customer_service_and_emergency_are_called(stage: Stage) -> None:
    assert stage.upgrades.refusal("1002") is None
    stage.repository.below_minimum = "9.9.9"
    stage.upgrades.start()
    told = await stage.look()
    assert (told.stage, told.minimum) == (UpgradeStage.BELOW_MINIMUM, "9.9.9")
    refusal = stage.upgrades.refusal("1002")
    assert refusal is not None
    assert refusal.code is ErrorCode.UPGRADE_NEEDED
    for number in ("10000", "110"):
        assert stage.upgrades.refusal(number) is None
        assert stage.again().refusal(number) is None
    await asyncio.sleep(0.01)
    assert stage.again().refusal("1002") is not None, "known at the next start, before anybody is asked"


async def test_what_calls_need_cannot_be_put_off(stage: Stage) -> None:
    stage.repository.below_minimum = "0.2.0"
    ready = await stage.ready(must=True)
    assert (ready.until, ready.latest, ready.minimum) == (NOW + rules.NEEDED_AFTER_S, None, "0.2.0")
    with pytest.raises(VidphoneError):
        stage.upgrades.delay(24)


async def test_a_failed_look_is_told_to_who_asked_or_where_trust_is_at_stake(stage: Stage) -> None:
    stage.repository.failure = VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": "x"})
    stage.upgrades.start()
    stage.upgrades.hinted()
    await wait_until(lambda: stage.repository.checks > 0)
    assert not stage.states
    told = await stage.look()
    assert (told.stage, told.code) == (UpgradeStage.FAILED, ErrorCode.SERVICE_UNREACHABLE)
    stage.repository.failure = VidphoneError(ErrorCode.UPGRADE_NOT_TRUSTED)
    stage.upgrades.hinted()
    await wait_until(lambda: stage.states[-1].code is ErrorCode.UPGRADE_NOT_TRUSTED)


async def test_what_the_launcher_saw_is_told_once_it_can_be(stage: Stage) -> None:
    stage.installation.clear_reports([one.id for one in stage.installation.pending_reports()])
    stage.repository.offered = Offered(NEW)
    await stage.ready()
    stage.installation.switch(NEW)
    stage.installation.fall_back(NEW, "exit-139")
    stage.repository.failure = VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": "x"})
    await stage.look()
    assert stage.installation.pending_reports()
    stage.repository.failure = None
    await stage.look()
    assert (BuildEvent.FELL_BACK, NEW, "exit-139") in stage.repository.told
    assert not stage.installation.pending_reports()


async def test_a_build_that_cannot_be_put_in_place_is_a_failure_in_words(stage: Stage) -> None:
    await stage.ready()
    stage.installation.block(NEW, "of a test")
    stage.upgrades.install_now()
    assert (await stage.until(UpgradeStage.FAILED)).code is ErrorCode.UPGRADE_FAILED
    assert not stage.restarts
    assert stage.installation.current() == OLD


@given(seed=st.integers())
def test_looks_are_some_hours_apart_and_not_all_at_once(seed: int) -> None:
    chance = Random(seed)
    pauses = [rules.pause_s(chance) for _ in range(8)]
    assert all(3 * HOUR <= pause <= 5 * HOUR for pause in pauses)
    assert len(set(pauses)) > 1
    assert 0 <= rules.hint_pause_s(chance) <= 2


@given(
    found=st.floats(0, 1e9),
    waited=st.floats(0, 1e7),
    put_off=st.none() | st.floats(0, 1e10, allow_nan=False),
    needed=st.booleans(),
)
def test_what_is_ready_is_due_within_bounds(found: float, waited: float, put_off: float | None, needed: bool) -> None:
    ready = found + waited
    due = rules.due_at(found, ready, put_off, needed=needed)
    assert ready <= due <= max(ready + rules.NEEDED_AFTER_S, found + MAX_DELAY_S)


async def test_what_is_remembered_in_the_end_is_what_was_known_last(stage: Stage) -> None:
    begun, kept = threading.Event(), list[Memory]()

    def remember(memory: Memory) -> None:
        if not begun.is_set():  # the disk is slow just then
            begun.set()
            time.sleep(0.1)
        kept.append(memory)

    stage.upgrades = Upgrades(
        stage.events.append,
        stage.installation,
        lambda: stage.repository,
        lambda: "1001",
        _nobody,
        lambda: True,
        stage.memory,
        remember,
        Random(1),
        clock=lambda: stage.now,
    )
    stage.repository.below_minimum = "0.2.0"
    await stage.ready()
    stage.upgrades.delay(3)
    await stage.upgrades.close()
    assert (kept[-1].minimum, kept[-1].build_id) == ("0.2.0", NEW)
    assert kept[-1].delayed_until == NOW + 3 * HOUR


async def _nobody() -> tuple[str, ...]:
    return ()
