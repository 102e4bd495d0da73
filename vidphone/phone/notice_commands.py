"""What a shell may ask of announcements, changed numbers, changed agreements, and outages (clauses 7 and 12 to 15)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchAnnouncements:
    """Ask for announcements, newest first: `AnnouncementsShown`."""

    before: float | None = None
    """The `published_at` of the last one that is known."""


@dataclass(frozen=True, slots=True)
class ReadAnnouncement:
    """Tell that an announcement was read: `AnnouncementRead`."""

    id: str


@dataclass(frozen=True, slots=True)
class FetchChangedNumbers:
    """Ask which of the contacts' numbers are others now: `NumbersChangedShown`. The service keeps none of them."""


@dataclass(frozen=True, slots=True)
class TakeNumber:
    """Put a new number in the place of an old one, in each contact that has it: `ContactsChanged`."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FetchVersions:
    """Ask for agreements that were published after the customer's own: `VersionsShown`."""


@dataclass(frozen=True, slots=True)
class CompareVersion:
    """Ask for one of them beside the one before it: `VersionCompared`."""

    version: str


@dataclass(frozen=True, slots=True)
class ObjectToVersion:
    """Object to one of them, which opens a case with these words: `VersionObjected`."""

    version: str
    words: str


@dataclass(frozen=True, slots=True)
class FetchOutages:
    """Ask for times without service: `OutagesShown`."""


NoticeCommand = (
    FetchAnnouncements
    | ReadAnnouncement
    | FetchChangedNumbers
    | FetchVersions
    | CompareVersion
    | ObjectToVersion
    | FetchOutages
)
"""What goes to the service; `TakeNumber` is a matter of this profile alone."""
