"""What the service does in the background goes on, whatever fails."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from pathlib import Path

import pytest

from tests.support.console import House
from vidphone.service import relay_guard
from vidphone.service.http import app
from vidphone.service.relay_guard import Allocation, guard_relays

TIMES = 3


class Failing:
    """Anything's method that fails like no database does; `done` once it was called often enough."""

    def __init__(self) -> None:
        self.calls = 0
        self.done = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self, *_: object) -> bool:
        self.calls += 1
        if self.calls == TIMES:
            self._loop.call_soon_threadsafe(self.done.set)
        raise ZeroDivisionError


async def test_every_loop_of_the_service_goes_on_after_any_failure_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for pause in ("BILLED_EVERY_S", "ANNOUNCED_EVERY_S", "FORGET_EVERY_S", "RELEASES_EVERY_S", "BEAT_S"):
        monkeypatch.setattr(app, pause, 0.01)
    with House(tmp_path) as house:
        parts = house.parts
        failing = {}
        for owner, name in (
            (parts.runner, "step"),
            (parts.notice_runner, "step"),
            (parts.life, "begin"),
            (parts.cases, "expire"),
            (parts.sign_ups, "expire"),
            (parts.releases, "keep_fresh"),
        ):
            failing[type(owner)] = Failing()
            monkeypatch.setattr(type(owner), name, failing[type(owner)])
        with caplog.at_level(logging.ERROR):
            async with asyncio.timeout(10), house.app.router.lifespan_context(house.app):
                await asyncio.gather(*(one.done.wait() for one in failing.values()))
    said = {record.getMessage() for record in caplog.records if record.exc_info}
    assert len(said) == len(failing)


async def test_a_relay_that_answers_nonsense_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Relay:
        asked = Failing()

        async def allocations(self) -> Sequence[Allocation]:
            self.asked()
            return ()

        async def cancel(self, ids: Collection[str]) -> None: ...

    monkeypatch.setattr(relay_guard, "LOOK_EVERY_S", 0.01)
    relay = Relay()
    guarding = asyncio.create_task(guard_relays([relay], frozenset))
    async with asyncio.timeout(5):
        await relay.asked.done.wait()
    guarding.cancel()
    await asyncio.gather(guarding, return_exceptions=True)
    assert any(record.exc_info for record in caplog.records)
