"""A repository that offers what a test says, and lays builds into a real installation."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.trees import install
from vidphone.account.upgrades.pace import Pace
from vidphone.installation.tree import Installation
from vidphone.phone.upgrade_ports import Found, Progress
from vidphone.wire.errors import VidphoneError
from vidphone.wire.releases import BuildEvent, Channel, Notes

NOTES = Notes(zh="通话更稳定。", en="Calls are steadier.")


@dataclass(frozen=True)
class Offered:
    build_id: str
    must: bool = False
    notes: Notes = NOTES
    channel: Channel = Channel.BETA

    @property
    def version(self) -> str:
        return self.build_id.partition("+")[0]


@dataclass(frozen=True)
class Fetched:
    done: int
    total: int = 100


@dataclass
class FakeRepository:
    installation: Installation
    offered: Offered | None = None
    below_minimum: str | None = None
    account_number: str | None = None
    failure: VidphoneError | None = None
    unreported: VidphoneError | None = None
    not_laid_out: Exception | None = None
    stalls: bool = False
    checks: int = 0
    cancelled: int = 0
    told: list[tuple[BuildEvent, str, str]] = field(default_factory=list)
    pace: Pace | None = None
    channels: list[Channel | None] = field(default_factory=list)

    async def check(self) -> Offered | None:
        self.checks += 1
        if self.failure is not None:
            raise self.failure
        return self.offered

    async def download(self, found: Found, on_progress: Callable[[Progress], None], pace: Pace) -> None:
        self.pace = pace
        on_progress(Fetched(0))
        try:
            while self.stalls:  # noqa: ASYNC110 - a test ends it
                await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.not_laid_out is not None:
            raise self.not_laid_out
        on_progress(Fetched(100))
        await asyncio.to_thread(install, self.installation, found.build_id)

    async def report(
        self, event: BuildEvent, build_id: str, code: str, at: float, channel: Channel | None = None
    ) -> None:
        if self.failure is not None or self.unreported is not None:
            raise self.failure or self.unreported or AssertionError
        self.told.append((event, build_id, code))
        self.channels.append(channel)
