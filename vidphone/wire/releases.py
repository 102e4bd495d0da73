"""What a release is, as its makers sign it and phones read it (clauses 3 and 8).

A manifest is a target of the update framework, one for each channel and platform: `target_path`. Signatures are
checked by whoever fetches it; here is what it may say at all. Every number, name and list is bounded, for a key can
be lost: whoever signs with it still cannot write outside the folder of a build, or fill memory.

A **sequence** orders the builds of a platform over all its channels: each push and each rollback takes the next,
a promotion keeps it. Sizes are bytes, times UTC seconds since 1970, hashes SHA-256 in lower hexadecimal.
"""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from vidphone.wire.release_paths import fault_of_paths
from vidphone.wire.signaling import Number

MAX_MANIFEST_BYTES = 4_194_304
MAX_FILES = 20_000
MAX_FILE_BYTES = 1_073_741_824
MAX_TREE_BYTES = 4_294_967_296
MAX_NOTES = 8_192
MAX_ACCOUNTS = 10_000
MAX_STEPS = 16
MAX_DELTAS = 20_000
MAX_SEQUENCE = 2**53 - 1
FILE_MODE = 0o644
PROGRAM_MODE = 0o755
BUCKETS = 10_000
"""A rollout counts in hundredths of a per cent."""
PACKED_SLACK_BYTES = 65_536
"""What packing may at most add to a file that does not pack."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}$")]
"""Three numbers: `0.2.0`."""
BuildId = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}){2}\+[0-9]{8}\.[0-9]{1,4}-[0-9a-f]{8}$")]
"""Version, day, number of the day, and the beginning of `content_hash`: `0.2.0+20261123.4-1a2b3c4d`."""
Platform = Annotated[str, StringConstraints(pattern=r"^(linux|windows|macos)-[a-z0-9_]{2,16}$")]
InstallId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""One installation of the program, by chance: it decides about rollouts, and reports are counted by it."""
FilePath = Annotated[str, StringConstraints(min_length=1, max_length=240)]
Epoch = Annotated[float, Field(ge=0, le=253_402_300_799, allow_inf_nan=False)]
ReportCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,64}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Channel(StrEnum):
    """Whom builds are for, from everyone to named accounts."""

    STABLE = "stable"
    BETA = "beta"
    TEST = "test"


class Notes(_Model):
    """What changed, for the person who uses the program."""

    zh: Annotated[str, StringConstraints(max_length=MAX_NOTES)]
    en: Annotated[str, StringConstraints(max_length=MAX_NOTES)]


class Step(_Model):
    """From `after_s` seconds after the manifest was made, `percent` of the installations."""

    percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    after_s: Annotated[int, Field(ge=0, le=31_536_000)]


class Rollout(_Model):
    """How many installations a build is offered to. Steps only ever raise the share."""

    salt: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z._-]{1,64}$")]
    percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    steps: Annotated[tuple[Step, ...], Field(max_length=MAX_STEPS)] = ()

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for before, after in pairwise((Step(percent=self.percent, after_s=0), *self.steps)):
            if after.percent < before.percent or after.after_s < before.after_s:
                raise ValueError("the steps of a rollout rise in time and share")
        return self

    def percent_at(self, passed_s: float) -> float:
        """The share of installations, 0 to 100, `passed_s` seconds after the manifest was made."""
        return max([self.percent, *(step.percent for step in self.steps if step.after_s <= passed_s)])

    def reaches(self, install_id: str, passed_s: float) -> bool:
        """Whether this installation is among them by now."""
        return bucket(self.salt, install_id) < self.percent_at(passed_s) * (BUCKETS // 100)


class File(_Model):
    """A file of a build. Links, devices and other modes than these two are no files."""

    path: FilePath
    """From the folder of the build, parts joined by `/`."""
    mode: Literal[0o644, 0o755]
    size: Annotated[int, Field(ge=0, le=MAX_FILE_BYTES)]
    sha256: Sha256


class Blob(_Model):
    """A file's content as it travels."""

    size: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES + MAX_FILE_BYTES // 128 + PACKED_SLACK_BYTES)]
    """Packed."""
    compression: Literal["zstd"] = "zstd"


class Delta(_Model):
    """What makes one content from another (`wire/packing.py`)."""

    from_: Annotated[Sha256, Field(alias="from")]
    to: Sha256
    size: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES)]
    """Packed."""
    sha256: Sha256
    """Of the delta as it travels."""


class Manifest(_Model):
    """One build as it is offered to one channel on one platform."""

    format: Literal[1] = 1
    channel: Channel
    platform: Platform
    build_id: BuildId
    sequence: Annotated[int, Field(ge=1, le=MAX_SEQUENCE)]
    version: Version
    min_version: Version
    """A program below it may call customer service only."""
    created_at: Epoch
    notes: Notes
    rollout: Rollout
    halted: bool = False
    """Offered to nobody any more; who has it keeps it."""
    accounts: Annotated[tuple[Number, ...], Field(max_length=MAX_ACCOUNTS)] = ()
    """Offered to no others; empty: to everyone."""
    files: Annotated[tuple[File, ...], Field(min_length=1, max_length=MAX_FILES)]
    blobs: Annotated[dict[Sha256, Blob], Field(max_length=MAX_FILES)]
    """By the hash of the unpacked content: one for each content of `files`."""
    deltas: Annotated[tuple[Delta, ...], Field(max_length=MAX_DELTAS)] = ()

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.channel is Channel.TEST and not self.accounts:
            raise ValueError("a test build names the accounts that it is for")
        if version_key(self.min_version) > version_key(self.version):
            raise ValueError("the version is below its own minimum")
        if fault := fault_of_paths([file.path for file in self.files]):
            raise ValueError(fault)
        if not self.build_id.startswith(f"{self.version}+") or self.build_id[-8:] != content_hash(self.files)[:8]:
            raise ValueError("the name of the build is not that of its content")
        self._check_contents()
        return self

    def _check_contents(self) -> None:
        sizes: dict[str, int] = {}
        for file in self.files:
            if sizes.setdefault(file.sha256, file.size) != file.size:
                raise ValueError("one content has two sizes")
        if sum(file.size for file in self.files) > MAX_TREE_BYTES:
            raise ValueError("the build is too large")
        if sizes.keys() != self.blobs.keys():
            raise ValueError("blobs and contents of files are not the same")
        for sha256, blob in self.blobs.items():
            if blob.size > sizes[sha256] + sizes[sha256] // 128 + PACKED_SLACK_BYTES:
                raise ValueError("a blob is larger than what it holds")
        if len({(delta.from_, delta.to) for delta in self.deltas}) != len(self.deltas):
            raise ValueError("a delta is named twice")
        if not {delta.to for delta in self.deltas} <= sizes.keys():
            raise ValueError("a delta makes what is not in the build")


class Held(_Model):
    """`GET /v1/releases/held`: builds the service offers to nobody for now, whoever signed them.

    It is not signed and need not be: it only ever withholds.
    """

    builds: Annotated[tuple[BuildId, ...], Field(max_length=1_000)] = ()


class BuildEvent(StrEnum):
    """What became of a build on an installation."""

    STARTED = "started"
    """For the first time, on trial."""
    HEALTHY = "healthy"
    CRASHED = "crashed"
    FELL_BACK = "fell-back"
    """It is blocked on this installation, and the build before it runs."""
    INSTALL_FAILED = "install-failed"
    """It never ran: there was no room, what came was damaged, or it could not be put in place."""


class BuildReport(_Model):
    """`POST /v1/releases/reports`. It names an installation and no person; the same one twice counts once."""

    install_id: InstallId
    build_id: BuildId
    channel: Channel
    platform: Platform
    event: BuildEvent
    code: ReportCode = ""
    """Why, where there is a why: `hung`, `self-test`, `exit-139`, `disk-full`, `damaged`."""
    at: Epoch


def target_path(channel: Channel, platform: str) -> str:
    """The name of a manifest among the targets."""
    return f"{channel.value}/{platform}/manifest.json"


def blob_path(sha256: str) -> str:
    """Where a content is, from the base of the releases."""
    return f"blobs/{sha256[:2]}/{sha256}.zst"


def delta_path(from_sha256: str, to_sha256: str) -> str:
    """Where a delta is, from the base of the releases."""
    return f"deltas/{from_sha256}-{to_sha256}.zst"


def content_hash(files: Iterable[File]) -> str:
    """The hash of a build's paths, modes and contents, in whatever order they come."""
    lines = sorted(f"{file.path}\0{file.mode:o}\0{file.sha256}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def build_id(version: str, day: str, number: int, files: Iterable[File]) -> str:
    """The name of a build; `day` as `20261123`, `number` counts the builds of the day from 1."""
    return f"{version}+{day}.{number}-{content_hash(files)[:8]}"


def version_key(version: str) -> tuple[int, ...]:
    """Versions in their order."""
    return tuple(int(part) for part in version.split("."))


def bucket(salt: str, install_id: str) -> int:
    """The place of an installation in a rollout, 0 to `BUCKETS` - 1, evenly spread and new for each salt."""
    digest = hashlib.sha256(f"{salt}:{install_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS
