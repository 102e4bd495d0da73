"""What became of builds here, told to the provider (clause 8)."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from vidphone.installation.errors import InstallationError, Reason
from vidphone.installation.tree import Installation
from vidphone.phone.upgrade_memory import Memory
from vidphone.phone.upgrade_ports import Found, Upgrader
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent

log = logging.getLogger(__name__)

FULL, DAMAGED = "disk-full", "damaged"
_CODES = {ErrorCode.DISK_FULL: FULL, ErrorCode.UPGRADE_NOT_TRUSTED: DAMAGED, ErrorCode.UPGRADE_FAILED: "disk"}
_REASONS = {Reason.NO_SPACE: FULL, Reason.WRONG_CONTENT: DAMAGED}


class Failures:
    """Builds that could not be installed, each once.

    What cannot be told at once is told with a later look, also after a restart.
    """

    def __init__(
        self, memory: Callable[[], Memory], keep: Callable[[Memory], None], clock: Callable[[], float]
    ) -> None:
        """`memory` is what is known now and `keep` changes it; `clock` gives UTC seconds since 1970."""
        self._memory = memory
        self._keep = keep
        self._clock = clock
        self._one = asyncio.Lock()

    def note(self, found: Found, error: VidphoneError | InstallationError) -> None:
        """A build could not be fetched whole, or not be put in place."""
        code = why_not_installed(error)
        if code is not None:
            self._keep(self._memory().failed(found.build_id, found.channel, code, self._clock()))

    async def tell(self, upgrader: Upgrader) -> None:
        """Tell the provider what it does not know yet."""
        async with self._one:
            for one in self._memory().failures:
                if one.told:
                    continue
                try:
                    await upgrader.report(BuildEvent.INSTALL_FAILED, one.build_id, one.code, one.at, one.channel)
                except (VidphoneError, InstallationError) as error:
                    log.info("that a build could not be installed could not be told: %s", error)
                    return
                self._keep(self._memory().told_of(one.build_id))


async def tell_what_was_seen(installation: Installation, upgrader: Upgrader) -> None:
    """Tell the provider what the launcher saw of builds: starts, crashes, falls back; what cannot be told is kept.

    Raises:
        InstallationError: what was seen cannot be read, or not be forgotten.
    """
    for pending in await asyncio.to_thread(installation.pending_reports):
        with suppress(ValueError):  # what is of this machine only has no such event
            try:
                await upgrader.report(BuildEvent(pending.event), pending.build_id, pending.code, pending.at)
            except VidphoneError as error:
                log.info("what became of a build could not be told: %s", error.code)
                return
        await asyncio.to_thread(installation.clear_reports, [pending.id])


def why_not_installed(error: VidphoneError | InstallationError) -> str | None:
    """The code of a report; None: the build did not come, or somebody else was at it, which says nothing of it."""
    cause = error if isinstance(error, InstallationError) else error.__cause__
    if isinstance(cause, InstallationError):
        return None if cause.reason is Reason.BUSY else _REASONS.get(cause.reason, cause.reason.value)
    return _CODES.get(error.code) if isinstance(error, VidphoneError) else None
