"""What the provider tells its customers, and what they answer: announcements, numbers, versions (clauses 7 and 15)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vidphone.terms.changed_agreement import Answer
from vidphone.terms.comparison import ClauseComparison
from vidphone.terms.orders import Words
from vidphone.wire.cases import Said
from vidphone.wire.signaling import Number

MAX_ANNOUNCEMENTS = 50
"""In one answer."""
MAX_TITLE, MAX_BODY = 120, 4000
MAX_ASKED_NUMBERS = 500

AnnouncementId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
VersionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnnouncementKind(StrEnum):
    """What an announcement is about."""

    MAINTENANCE = "maintenance"
    CAPACITY = "capacity"
    UPGRADE = "upgrade"
    NUMBER_CHANGE = "number-change"
    PRICE_CHANGE = "price-change"
    AGREEMENT = "agreement"


class Announcement(_Model):
    """One announcement, as it was published. Times are UTC seconds since 1970."""

    id: AnnouncementId
    kind: AnnouncementKind
    title: Words
    body: Words
    published_at: float
    begins_at: float | None = None
    """When what it tells of begins, such as maintenance or a changed number."""
    ends_at: float | None = None
    read_at: float | None = None
    """When the customer first read it, on whatever device."""
    agreement_version: VersionName | None = None
    """The version that it publishes."""


class Announcements(_Model):
    """`GET /v1/me/announcements`: newest first."""

    announcements: Annotated[tuple[Announcement, ...], Field(max_length=MAX_ANNOUNCEMENTS)]
    unread: int
    """Of all there are."""
    more: bool


class AskedNumbers(_Model):
    """`POST /v1/me/numbers-changed`: the numbers in a phone's contacts. They are looked up and not kept."""

    numbers: Annotated[tuple[Number, ...], Field(max_length=MAX_ASKED_NUMBERS)]


class ChangedNumber(_Model):
    """A number that is another one now. Calls for the old one reach the same customer until it is given out again."""

    old: Number
    new: Number
    since: float


class NumbersChanged(_Model):
    """Those of the numbers that were asked after, and `mine` of the customer's own that changed."""

    changed: tuple[ChangedNumber, ...]
    mine: tuple[ChangedNumber, ...] = ()


class ChangedVersion(_Model):
    """A version of the agreement that was published after the customer's own, and how they stand to it (clause 15)."""

    version: VersionName
    previous: VersionName | None = None
    """What it is compared with: the version that held for this customer. None for one signed on paper."""
    published_on: date
    until: date
    """The last day to object."""
    answer: Answer
    since: date | None = None
    case: str | None = None
    """The case that an objection opened."""


class ChangedVersions(_Model):
    """`GET /v1/me/agreement-versions`: newest first."""

    versions: tuple[ChangedVersion, ...]


class ComparedVersions(_Model):
    """`GET /v1/me/agreement-versions/{version}`: both texts as published, and what changed, marked."""

    about: ChangedVersion
    old: Words | None = None
    new: Words
    zh: tuple[ClauseComparison, ...] = ()
    en: tuple[ClauseComparison, ...] = ()


class Objection(_Model):
    """`POST /v1/me/agreement-versions/{version}/objection`: it opens a case with these words."""

    words: Said
