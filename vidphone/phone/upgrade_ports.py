"""What upgrades need of what asks the repository (`account/upgrades` is it)."""

from collections.abc import Callable
from typing import Protocol

from vidphone.account.upgrades.pace import Pace
from vidphone.wire.releases import BuildEvent, Channel, Notes


class Progress(Protocol):
    """How far a download is."""

    @property
    def done(self) -> int:
        """Bytes that are there."""

    @property
    def total(self) -> int:
        """Bytes in all."""


class Found(Protocol):
    """A build that is offered to this phone."""

    @property
    def build_id(self) -> str:
        """Which."""

    @property
    def version(self) -> str:
        """Of the program in it."""

    @property
    def channel(self) -> Channel:
        """Where it came from."""

    @property
    def notes(self) -> Notes:
        """What changed."""

    @property
    def must(self) -> bool:
        """Whether calls are not possible without it."""


class Upgrader(Protocol):
    """Asks the repository. Everything but `below_minimum` may raise a `VidphoneError` or an `InstallationError`."""

    account_number: str | None
    """Who is signed in."""

    @property
    def below_minimum(self) -> str | None:
        """The version that calls need, where this one is below it; known after `check`."""

    async def check(self) -> Found | None:
        """What is offered now."""

    async def download(self, found: Found, on_progress: Callable[[Progress], None], pace: Pace) -> object:
        """Lay the build whole beside the one that runs; goes on where an earlier one was cancelled."""

    async def report(
        self, event: BuildEvent, build_id: str, code: str, at: float, channel: Channel | None = None
    ) -> None:
        """Tell what became of a build, and when; `NOT_SIGNED_IN` where nobody is. None: the channel it was installed
        from.
        """
