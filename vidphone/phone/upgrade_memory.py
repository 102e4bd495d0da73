"""What a profile remembers of upgrades from one start to the next."""

import logging
import secrets
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vidphone.account.profile import write_whole
from vidphone.wire.releases import BuildId, Channel, Epoch, InstallId, ReportCode, Version
from vidphone.wire.signaling import MAX_FREE_NUMBERS, Number

log = logging.getLogger(__name__)

FILE_NAME = "upgrades.json"
MAX_BYTES = 16_384
MAX_FAILURES = 8


class InstallFailure(BaseModel):
    """A build that could not be installed here."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    build_id: BuildId
    channel: Channel
    code: ReportCode
    at: Epoch
    told: bool = False
    """Whether the provider knows."""


class Memory(BaseModel):
    """Of the build that was found last: when that was, and until when it was put off."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    install_id: InstallId
    build_id: Annotated[str, Field(max_length=100)] = ""
    found_at: Epoch = 0.0
    delayed_until: Epoch | None = None
    minimum: Version | None = None
    """The version that calls need, where this one was too old for it."""
    always_called: Annotated[tuple[Number, ...], Field(max_length=MAX_FREE_NUMBERS + 1)] = ()
    """What even that version may call: customer service and emergency."""
    failures: Annotated[tuple[InstallFailure, ...], Field(max_length=MAX_FAILURES)] = ()
    """The oldest first."""

    def found(self, build_id: str, now: float) -> "Memory":
        """A build is there; nothing changes where it is the one that was there before, but for a clock set back."""
        if build_id == self.build_id and self.found_at <= now:
            return self
        return self.model_copy(update={"build_id": build_id, "found_at": now, "delayed_until": None})

    def failed(self, build_id: str, channel: Channel, code: str, now: float) -> "Memory":
        """A build could not be installed; nothing changes where that is known, whatever the reason was then."""
        if any(one.build_id == build_id for one in self.failures):
            return self
        failure = InstallFailure(build_id=build_id, channel=channel, code=code, at=now)
        return self.model_copy(update={"failures": (*self.failures, failure)[-MAX_FAILURES:]})

    def told_of(self, build_id: str) -> "Memory":
        """The provider knows of that failure."""
        told = (one.model_copy(update={"told": one.told or one.build_id == build_id}) for one in self.failures)
        return self.model_copy(update={"failures": tuple(told)})


def load(directory: Path) -> Memory:
    """What is remembered; a new installation where nothing is, or nothing that makes sense."""
    try:
        content = (directory / FILE_NAME).read_bytes()[:MAX_BYTES]
        return Memory.model_validate_json(content)
    except FileNotFoundError:
        pass
    except (OSError, ValidationError):
        log.warning("what was remembered of upgrades cannot be read")
    return Memory(install_id=secrets.token_hex(16))


def save(directory: Path, memory: Memory) -> None:
    """Remember; what cannot be written is remembered until the program is left."""
    try:
        write_whole(directory / FILE_NAME, memory.model_dump_json() + "\n")
    except OSError as error:
        log.warning("what is to be remembered of upgrades cannot be written: %s", error.strerror)
