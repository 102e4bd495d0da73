"""What the windows show: the engine's events folded into one picture of the phone. Knows no Qt."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.settings import Settings
from vidphone.call.view import CallState, CallView
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.stats import CallStats
from vidphone.phone.commands import ChangeSettings, Command, Resume, SignIn
from vidphone.phone.events import (
    CallChanged,
    ContactsChanged,
    DeviceNotice,
    DevicesChanged,
    Event,
    Failure,
    HistoryChanged,
    LinkChanged,
    LinkState,
    Ready,
    Recording,
    SettingsChanged,
    SignedIn,
    SignedOut,
    StatsReport,
)
from vidphone.wire.errors import ErrorCode

SIGN_IN_FAILURES = frozenset(
    {
        ErrorCode.SIGN_IN_REFUSED,
        ErrorCode.ACCOUNT_DISABLED,
        ErrorCode.TOO_MANY_ATTEMPTS,
        ErrorCode.BAD_NUMBER,
        ErrorCode.SERVICE_UNREACHABLE,
        ErrorCode.SERVICE_NOT_SECURE,
        ErrorCode.SERVICE_INCOMPATIBLE,
        ErrorCode.SERVICE_BUSY,
        ErrorCode.BAD_REQUEST,
        ErrorCode.NOT_FOUND,
        ErrorCode.INTERNAL,
    }
)
"""What a sign-in can fail of; other failures that come meanwhile are about something else."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in, and where."""

    service: str
    number: str
    name: str


@dataclass
class ViewState:
    """The phone as the windows see it. Only `asked` and `fold` change it."""

    settings: Settings = field(default_factory=Settings)
    ready: bool = False
    account: Account | None = None
    signing_in: bool = False
    """Whether an answer to a sign-in, or to one of an earlier time, is awaited."""
    signed_out_because: ErrorCode | None = None
    link: LinkState = LinkState.DOWN
    contacts: tuple[Contact, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    missed: int = 0
    calls: dict[str, CallView] = field(default_factory=dict)
    """Calls that are not over, in the order they began."""
    devices: dict[DeviceKind, tuple[Device, ...]] = field(default_factory=dict)
    selected: dict[DeviceKind, str] = field(default_factory=dict)
    device_notice: DeviceNotice | None = None
    stats: dict[str, CallStats] = field(default_factory=dict)
    recording: bool = False
    failure: Failure | None = None
    """The latest one."""

    def asked(self, command: Command) -> None:
        """Take note of what was asked of the engine, whose answer is still to come."""
        match command:
            case SignIn() | Resume():
                self.signing_in = True
            case ChangeSettings(settings):
                self.settings = settings  # a second change must not undo the first, which is still on its way
            case _:
                pass

    def fold(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Ready():
                self.ready = True
            case SignedIn(service, number, name):
                self.account = Account(service, number, name)
                self.signing_in = False
                self.signed_out_because = None
            case SignedOut(code):
                self.account = None
                self.signing_in = False
                self.signed_out_because = code
                self.link = LinkState.DOWN
            case LinkChanged(state):
                self.link = state
            case CallChanged(view):
                self._fold_call(view)
            case ContactsChanged(contacts):
                self.contacts = contacts
            case HistoryChanged(entries, missed):
                self.history, self.missed = entries, missed
            case SettingsChanged(settings):
                self.settings = settings
            case DevicesChanged(devices, selected):
                self.devices, self.selected = devices, selected
            case DeviceNotice():
                self.device_notice = event
            case StatsReport(stats):
                if stats.call in self.calls:
                    self.stats[stats.call] = stats
            case Recording(on, _):
                self.recording = on
            case Failure():
                self.failure = event
                if event.code in SIGN_IN_FAILURES:
                    self.signing_in = False
            case _:
                pass  # told to the person once, nothing to keep

    def _fold_call(self, view: CallView) -> None:
        if view.state is CallState.ENDED:
            self.calls.pop(view.call, None)
            self.stats.pop(view.call, None)
        else:
            self.calls[view.call] = view

    @property
    def in_call(self) -> bool:
        """Whether closing would cut something off: any call but one that only rings here."""
        return any(view.state is not CallState.INCOMING for view in self.calls.values())

    def name_of(self, number: str) -> str:
        """The name that the contacts have for a number; empty where they have none."""
        return next((contact.name for contact in self.contacts if number in contact.numbers), "")

    def contact(self, contact_id: str) -> Contact | None:
        """The contact of an id."""
        return next((contact for contact in self.contacts if contact.id == contact_id), None)


def found(contacts: Iterable[Contact], sought: str) -> list[Contact]:
    """Contacts whose name, note or number holds what is sought; favourites first, each in the order they came."""
    needle = sought.strip().casefold()
    digits = "".join(c for c in needle if c.isdigit())
    hits = [
        contact
        for contact in contacts
        if not needle
        or needle in contact.name.casefold()
        or needle in contact.note.casefold()
        or (digits == needle.replace(" ", "") and any(digits in number for number in contact.numbers))
    ]
    return sorted(hits, key=lambda contact: not contact.favourite)


def completions(state: ViewState, typed: str, limit: int = 5) -> list[tuple[str, str]]:
    """Names and numbers that what was typed may mean: contacts, then numbers called before."""
    if not typed.strip():
        return []
    digits = typed.replace(" ", "")
    pairs = []
    for contact in found(state.contacts, typed):
        hits = [number for number in contact.numbers if digits in number]
        pairs += [(contact.name, number) for number in hits or contact.numbers]
    known = {number for _, number in pairs}
    for entry in state.history:
        if entry.number not in known and (typed in entry.number or typed.casefold() in entry.name.casefold()):
            known.add(entry.number)
            pairs.append((entry.name, entry.number))
    return pairs[:limit]
