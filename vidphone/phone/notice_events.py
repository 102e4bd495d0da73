"""What the phone tells of announcements, changed numbers, changed agreements, and outages (clauses 7 and 12 to 15)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidphone.wire.notices import Announcement, ChangedNumber, ChangedVersion, ComparedVersions
    from vidphone.wire.outages import MyOutage


@dataclass(frozen=True, slots=True)
class AnnouncementsShown:
    """Announcements, newest first, from `before` on; `unread` of all there are, and `more` whether older follow."""

    announcements: tuple["Announcement", ...]
    unread: int
    more: bool
    before: float | None


@dataclass(frozen=True, slots=True)
class AnnouncementRead:
    """The service knows that it was read."""

    id: str


@dataclass(frozen=True, slots=True)
class NumbersChangedShown:
    """Those of the contacts' numbers that are others now, and the customer's own that were."""

    changed: tuple["ChangedNumber", ...]
    mine: tuple["ChangedNumber", ...] = ()


@dataclass(frozen=True, slots=True)
class VersionsShown:
    """Agreements that were published after the customer's own, newest first."""

    versions: tuple["ChangedVersion", ...]


@dataclass(frozen=True, slots=True)
class VersionCompared:
    """One of them beside the one before it."""

    compared: "ComparedVersions"


@dataclass(frozen=True, slots=True)
class VersionObjected:
    """The objection is with the provider; its case is named in it."""

    version: "ChangedVersion"


@dataclass(frozen=True, slots=True)
class OutagesShown:
    """Times without service, the latest first."""

    outages: tuple["MyOutage", ...]


NoticeEvent = (
    AnnouncementsShown
    | AnnouncementRead
    | NumbersChangedShown
    | VersionsShown
    | VersionCompared
    | VersionObjected
    | OutagesShown
)
