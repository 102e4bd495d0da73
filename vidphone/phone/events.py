"""What the phone tells its shell. Frozen values; they cross from the engine's thread to the shell's."""

from dataclasses import dataclass
from enum import StrEnum

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.settings import Settings
from vidphone.call.view import CallView
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.stats import CallStats
from vidphone.wire.errors import ErrorCode, VidphoneError


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine runs and takes commands."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Signed in; calls are possible once the link is up."""

    service: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class SignedOut:
    """Not signed in any more; `code` says why when it was not the customer's own wish, `about` fills its places."""

    code: ErrorCode | None
    about: tuple[tuple[str, str | int], ...] = ()


class LinkState(StrEnum):
    """The way to the service."""

    DOWN = "down"
    CONNECTING = "connecting"
    UP = "up"


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The signaling connection came or went. Calls go on without it."""

    state: LinkState


@dataclass(frozen=True, slots=True)
class CallChanged:
    """Something of a call changed."""

    view: CallView


@dataclass(frozen=True, slots=True)
class DtmfReceived:
    """The other side pressed keys."""

    call: str
    digits: str


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """What devices there are, and which is in use (an id, or empty for the system's default)."""

    devices: dict[DeviceKind, tuple[Device, ...]]
    selected: dict[DeviceKind, str]


@dataclass(frozen=True, slots=True)
class DeviceNotice:
    """A device in use came, went or failed, and the call goes on; `name` is the device now in use, if any."""

    kind: DeviceKind
    code: ErrorCode | None
    name: str


@dataclass(frozen=True, slots=True)
class StatsReport:
    """A call in figures: once a second in a call, and on request."""

    stats: CallStats


@dataclass(frozen=True, slots=True)
class Recording:
    """This side's recording into `path` began or ended."""

    on: bool
    path: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Something asked for could not be done, or something failed; `about` fills the places of its sentence."""

    code: ErrorCode
    about: tuple[tuple[str, str | int], ...] = ()


def failure(error: VidphoneError) -> Failure:
    """The event that tells of an error."""
    return Failure(error.code, tuple((error.about or {}).items()))


@dataclass(frozen=True, slots=True)
class ContactsChanged:
    """All contacts, by name."""

    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True)
class ContactsImported:
    """An import is done: how many were taken, and how many had no usable number."""

    taken: int
    refused: int


@dataclass(frozen=True, slots=True)
class ContactsExported:
    """An export is done."""

    path: str
    count: int


@dataclass(frozen=True, slots=True)
class HistoryChanged:
    """The latest calls, newest first, and how many missed ones were not looked at."""

    entries: tuple[HistoryEntry, ...]
    missed: int


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The settings now in force."""

    settings: Settings


Event = (
    ContactsChanged | ContactsImported | ContactsExported | HistoryChanged | SettingsChanged
    | Ready | SignedIn | SignedOut | LinkChanged | CallChanged | DtmfReceived | DevicesChanged | DeviceNotice
    | StatsReport | Recording | Failure
)  # fmt: skip
