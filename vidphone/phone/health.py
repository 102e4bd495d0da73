"""Whether this build works: the launcher goes back to the one before where nobody tells it so in time (clause 8)."""

import asyncio
import logging

from vidphone.installation.errors import InstallationError
from vidphone.installation.tree import Installation

log = logging.getLogger(__name__)


class Health:
    """Three things make a build healthy: its shell is there, a sign-in has come to some end, and media works."""

    def __init__(self, installation: Installation, build: str) -> None:
        self._installation = installation
        self._build = build

    async def prove(self) -> bool:
        """The first two are so: look at the third, and tell the launcher. Whether the build is healthy."""
        try:
            if await asyncio.to_thread(self._installation.is_on_trial, self._build):
                if not await asyncio.to_thread(media_works):
                    log.error("the codecs do not work: this build is not healthy")
                    await asyncio.to_thread(self._installation.failed, self._build)
                    return False
                log.info("this build is healthy")
            await asyncio.to_thread(self._installation.healthy, self._build)
        except InstallationError as error:
            log.warning("the launcher cannot be told how this build is: %s", error)
            return False
        return True


def media_works() -> bool:
    """Whether sound and at least one kind of picture can be coded and decoded; takes some 50 ms."""
    from vidphone.media.selfcheck import CODECS, works  # noqa: PLC0415 - loads the codecs

    sound, *pictures = CODECS
    return works(sound) and any(works(codec) for codec in pictures)
