"""What a shell may ask of the phone. Frozen values; they cross from the shell's thread to the engine's."""

from dataclasses import dataclass
from pathlib import Path

from vidphone.account.contacts import Contact
from vidphone.account.settings import Settings
from vidphone.call.view import CallWaiting
from vidphone.media.devices import DeviceKind


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in; the token is kept in the system's keyring where there is one."""

    service: str
    number: str
    password: str

    def __repr__(self) -> str:
        return f"SignIn(service={self.service!r}, number={self.number!r})"


@dataclass(frozen=True, slots=True)
class Resume:
    """Sign in with the token of an earlier time, if there is one."""

    service: str
    number: str


@dataclass(frozen=True, slots=True)
class SignOut:
    """End calls, revoke the token, forget it; or give up a sign-in that is not answered yet."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Call a number."""

    number: str
    video: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the incoming call (`call` empty: the only one)."""

    video: bool
    call: str = ""
    active_call: CallWaiting = CallWaiting.HOLD


@dataclass(frozen=True, slots=True)
class Decline:
    """Refuse the incoming call."""

    call: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a call, in whatever state it is (`call` empty: the current one)."""

    call: str = ""


@dataclass(frozen=True, slots=True)
class Mute:
    """Microphone off (`on`) or on again, in all calls."""

    on: bool


@dataclass(frozen=True, slots=True)
class Camera:
    """Camera on or off, in all calls."""

    on: bool


@dataclass(frozen=True, slots=True)
class Hold:
    """Hold a call, or resume it; resuming one holds the other."""

    on: bool
    call: str = ""


@dataclass(frozen=True, slots=True)
class Dtmf:
    """Press keys in a call."""

    digits: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class SelectDevice:
    """Use another device from now on; `device` empty means the system's default."""

    kind: DeviceKind
    device: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Own picture without a call (before answering, in the settings), on or off."""

    on: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Record what is seen and heard into a file; None stops. The other side is told."""

    path: Path | None


@dataclass(frozen=True, slots=True)
class RequestStats:
    """Ask for one `Stats` event."""


@dataclass(frozen=True, slots=True)
class TestSound:
    """Play a short tone on the speaker or the ringer."""

    __test__ = False  # not a test, whatever pytest thinks
    kind: DeviceKind


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Ask for a `DevicesChanged` event with what there is."""


@dataclass(frozen=True, slots=True)
class SaveContact:
    """Add a contact, or change the one of that id."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class RemoveContact:
    """Delete a contact."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class ImportContacts:
    """Add the contacts of a vCard file."""

    path: Path


@dataclass(frozen=True, slots=True)
class ExportContacts:
    """Write all contacts into a vCard file."""

    path: Path


@dataclass(frozen=True, slots=True)
class MarkMissedSeen:
    """The person has looked at the missed calls."""


@dataclass(frozen=True, slots=True)
class ForgetHistory:
    """Delete the call history."""


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Keep these settings."""

    settings: Settings


Command = (
    SaveContact | RemoveContact | ImportContacts | ExportContacts | MarkMissedSeen | ForgetHistory | ChangeSettings
    | SignIn | Resume | SignOut | Dial | Answer | Decline | HangUp | Mute | Camera | Hold | Dtmf
    | SelectDevice | Preview | Record | RequestStats | TestSound | ListDevices
)  # fmt: skip
