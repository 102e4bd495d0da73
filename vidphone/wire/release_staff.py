"""What support staff's tools and the service say to each other about releases, and the form both keep the roles in.

The service takes nothing over on a token's word: whoever has one may ask, and what is published is what the keys of
the update framework sign. Times are UTC seconds since 1970.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vidphone.wire.releases import MAX_FILES, MAX_MANIFEST_BYTES, BuildId, Channel, Platform, Sha256

ROOT, TARGETS = "root", "targets"
KEEPERS = 3
"""Keys each of root, of targets and of the channels, kept offline by different people."""
THRESHOLDS = {ROOT: 2, TARGETS: 2, Channel.STABLE.value: 2, Channel.BETA.value: 1, Channel.TEST.value: 1}
LIFETIME_DAYS = {ROOT: 365, TARGETS: 365, Channel.STABLE.value: 180, Channel.BETA.value: 180, Channel.TEST.value: 90}
SNAPSHOT_DAYS, TIMESTAMP_DAYS = 7, 1
KEY_NAME = "x-vidphone-name"
"""Beside a key in the metadata: whose it is."""
HIGHEST = "x-vidphone-highest"
"""In a channel's metadata: the highest sequence it ever named, by platform, so that none is used twice."""
MAX_PUBLICATION_BYTES = 16_777_216
MAX_WANTED_BYTES = 4_194_304
MAX_METADATA_BYTES = 1_048_576
MAX_REASON = 500

Reason = Annotated[str, StringConstraints(min_length=1, max_length=MAX_REASON, strip_whitespace=True)]
STAFF_NAME = r"^[a-z][a-z0-9.-]{0,31}$"
StaffName = Annotated[str, StringConstraints(pattern=STAFF_NAME)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
DeltaName = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}-[0-9a-f]{64}$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^(root|targets|stable|beta|test)$")]
MetadataText = Annotated[str, StringConstraints(max_length=MAX_METADATA_BYTES)]
ManifestText = Annotated[str, StringConstraints(max_length=MAX_MANIFEST_BYTES)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PublicKey(Protocol):
    """A key as the update framework reads it."""

    @property
    def keyid(self) -> str:
        """What metadata calls it."""

    @property
    def keyval(self) -> Mapping[str, Any]:
        """Itself, as `public`."""


def shared_keys(above: Iterable[PublicKey], channels: Iterable[PublicKey]) -> tuple[str, ...]:
    """The ids of channels' keys that are among those of root or what root names; there may be none.

    What signs a channel and the delegations has one form in the framework and names no role in either: signatures for
    the one would do for the other. A key is the same under another id, too.
    """
    known = {mark for key in above for mark in _marks(key)}
    return tuple(key.keyid for key in channels if known.intersection(_marks(key)))


def _marks(key: PublicKey) -> tuple[str, str]:
    return key.keyid, "".join(str(key.keyval.get("public")).split())


class Action(StrEnum):
    """What somebody of the staff does."""

    INIT = "init"
    PUSH = "push"
    PROMOTE = "promote"
    ROLLOUT = "rollout"
    HALT = "halt"
    RESUME = "resume"
    ROLLBACK = "rollback"
    ADD_KEY = "key-add"
    WITHDRAW_KEY = "key-withdraw"
    EXPIRE = "expire"


class Publication(_Model):
    """`PUT /v1/releases/staff/publications`: signed metadata by role, and the manifests that they name, by path."""

    action: Action
    reason: Reason
    metadata: Annotated[dict[RoleName, MetadataText], Field(min_length=1, max_length=len(THRESHOLDS))]
    manifests: Annotated[dict[str, ManifestText], Field(max_length=64)] = {}


class Signatures(_Model):
    """How many good signatures a role's new metadata has, and how many it needs."""

    have: int
    need: int


class Published(_Model):
    """The answer: published, or waiting for further signatures under an id."""

    done: bool
    waiting: Id | None = None
    signatures: dict[str, Signatures]


class Proposal(_Model):
    """Something that waits for further signatures."""

    id: Id
    staff: StaffName
    at: float
    publication: Publication


class Proposals(_Model):
    """`GET /v1/releases/staff/proposals`, oldest first."""

    proposals: tuple[Proposal, ...]


class Offer(_Model):
    """A manifest that was published; `manifest` is its hash, `role_version` that of the metadata that named it."""

    channel: Channel
    platform: Platform
    build_id: BuildId
    sequence: int
    manifest: Sha256
    role_version: int
    at: float


class Offers(_Model):
    """`GET /v1/releases/staff/offers`, newest first."""

    offers: tuple[Offer, ...]


class Wanted(_Model):
    """`PUT /v1/releases/staff/wanted`: what a build needs."""

    blobs: Annotated[tuple[Sha256, ...], Field(max_length=2 * MAX_FILES)]
    deltas: Annotated[tuple[DeltaName, ...], Field(max_length=MAX_FILES)] = ()


class StoredDelta(_Model):
    """A delta as the repository has it: bytes, and SHA-256 of them."""

    size: int
    sha256: Sha256


class Stored(_Model):
    """The answer: what of it the repository has. `blobs`: packed bytes by hash."""

    blobs: dict[Sha256, int]
    deltas: dict[DeltaName, StoredDelta]


class OnlineKeys(_Model):
    """`GET /v1/releases/staff/online-keys`: the service's own public keys, as the framework writes keys."""

    snapshot: dict[str, object]
    timestamp: dict[str, object]


class HoldChange(_Model):
    """`PUT /v1/releases/staff/hold`: offer a build to nobody from now on, or again. Needs no signature."""

    build_id: BuildId
    held: bool
    reason: Reason


class BuildFigures(_Model):
    """What phones reported of a build: installations, each counted once."""

    build_id: BuildId
    channel: Channel
    platform: Platform
    installations: int
    started: int
    healthy: int
    crashed: int
    fell_back: int
    install_failed: int
    held: str = ""
    """`automatic` or `staff` while it is."""
    codes: dict[str, int] = {}
    """Why, where a report said why: the most frequent."""


class Deed(_Model):
    """Something that was done: who, what, why."""

    at: float
    staff: str
    action: str
    about: str
    reason: str


class Status(_Model):
    """`GET /v1/releases/staff/status`."""

    builds: tuple[BuildFigures, ...]
    deeds: tuple[Deed, ...]
    """Newest first."""
