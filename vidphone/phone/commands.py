"""What a shell may ask of the phone. Frozen values; they cross from the shell's thread to the engine's."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vidphone.account.contacts import Contact
from vidphone.account.settings import Settings
from vidphone.account.sign_up.draft import Draft
from vidphone.call.view import CallWaiting
from vidphone.media.devices import DeviceKind
from vidphone.phone.case_commands import CaseCommand
from vidphone.phone.network_commands import NetworkCommand
from vidphone.phone.notice_commands import NoticeCommand, TakeNumber
from vidphone.texts import Language


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
class ListenToMicrophone:
    """Tell how loud the microphone is (`MicrophoneLevel`), or no longer; not in a call."""

    on: bool


@dataclass(frozen=True, slots=True)
class RecordVoice:
    """Begin a short sample of one's own voice, or end it; it ends by itself, too. Not in a call."""

    on: bool


@dataclass(frozen=True, slots=True)
class PlayVoice:
    """Play that sample on the speaker, or stop it. Not in a call."""

    on: bool


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


@dataclass(frozen=True, slots=True)
class OpenSignUp:
    """Begin to become a customer, or go on where it was left: `SignUpOffer` or `SignUpFailed` follows."""

    service: str


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep what was entered so far, so that a crash loses nothing."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class FindNumbers:
    """Ask for free numbers with these digits in them: `FreeNumbersFound`."""

    containing: str = ""


@dataclass(frozen=True, slots=True)
class BeginSigning:
    """Send what was entered; `SigningReady` brings the document. Sent again before signing, it replaces the earlier."""

    draft: Draft
    password: str

    def __repr__(self) -> str:
        return f"BeginSigning(draft={self.draft!r})"


@dataclass(frozen=True, slots=True)
class Sign:
    """Sign the document and send it; `passphrase` seals the key where the system has no keyring."""

    passphrase: str = ""

    def __repr__(self) -> str:
        return "Sign()"


@dataclass(frozen=True, slots=True)
class LeaveSignUp:
    """Leave the sign-up for now, or for good: `forget` erases what was entered and its key."""

    forget: bool


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """Set another password; other devices are signed out."""

    old: str
    new: str

    def __repr__(self) -> str:
        return "ChangePassword()"


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """Set a password in place of a forgotten one; what the provider knows of the person proves who asks."""

    service: str
    number: str
    identity_number: str
    telephone: str
    password: str

    def __repr__(self) -> str:
        return f"ResetPassword(service={self.service!r})"


@dataclass(frozen=True, slots=True)
class FetchAgreement:
    """Show and verify the signed agreement; `again` takes the provider's copy in place of the one that is kept."""

    again: bool = False


@dataclass(frozen=True, slots=True)
class SaveAgreement:
    """Write the kept copy of the agreement, the same bytes, into a file."""

    path: Path


@dataclass(frozen=True, slots=True)
class FetchMyData:
    """Ask what the provider keeps of the customer, masked."""


@dataclass(frozen=True, slots=True)
class ExportMyData:
    """Write all that the provider keeps of the customer into a file, in clear."""

    path: Path


@dataclass(frozen=True, slots=True)
class FetchDisclosures:
    """Ask who saw the customer's identity data, and why."""


@dataclass(frozen=True, slots=True)
class FetchReview:
    """Ask where the provider's look at the customer's identity stands."""


@dataclass(frozen=True, slots=True)
class SendCopy:
    """Send a copy of the identity card or the licence: a photograph or a PDF."""

    path: Path


@dataclass(frozen=True, slots=True)
class Quote:
    """Ask what a call would cost: `Quoted`. Of several that wait, only the last is answered."""

    number: str
    video: bool


@dataclass(frozen=True, slots=True)
class FetchAccount:
    """Ask for this month at a glance: `AccountShown`, and `StandingShown` where that is new."""


@dataclass(frozen=True, slots=True)
class FetchCharges:
    """Ask for calls and what they cost; `before` is the `started_at` of the last one that is known."""

    before: float | None = None


@dataclass(frozen=True, slots=True)
class FetchBills:
    """Ask for all bills: `BillsShown`."""


@dataclass(frozen=True, slots=True)
class FetchBill:
    """Ask for the lines of a bill: `BillShown`."""

    number: str


class BillForm(StrEnum):
    """What a bill is saved as: itself as a document, or the list of its calls."""

    PDF = "pdf"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class SaveBill:
    """Write a bill into a file: `BillSaved`."""

    number: str
    path: Path
    form: BillForm
    language: Language = Language.CHINESE


@dataclass(frozen=True, slots=True)
class Pay:
    """Begin a payment: `PaymentBegun` says where to go on, and `Paid` or `PaymentFailed` what came of it."""

    amount_fen: int


@dataclass(frozen=True, slots=True)
class FetchPayments:
    """Ask for all payments: `PaymentsShown`. What came of one begun lately is told when it is known."""


@dataclass(frozen=True, slots=True)
class ChangeLimit:
    """Choose another credit limit (clause 9): `LimitChanged`."""

    limit_fen: int


@dataclass(frozen=True, slots=True)
class FetchPlans:
    """Ask for the price list that plans are chosen from now: `PlansShown`."""


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Choose another plan of a price list, from the next month on: `PlanChanged`."""

    plan: str
    catalogue_version: str


@dataclass(frozen=True, slots=True)
class FetchLeaving:
    """Ask how far the end of the agreement has got (clause 11): `LeavingShown`."""


@dataclass(frozen=True, slots=True)
class AskToLeave:
    """Ask for the end of the agreement (clause 11): `LeavingShown`."""


@dataclass(frozen=True, slots=True)
class StayCustomer:
    """Take that back, while it can be: `LeavingShown`."""


MoneyCommand = (
    Quote | FetchAccount | FetchCharges | FetchBills | FetchBill | SaveBill | Pay | FetchPayments
    | ChangeLimit | FetchPlans | ChangePlan | FetchLeaving | AskToLeave | StayCustomer
)  # fmt: skip
"""What is asked of prices, credit, bills and payments."""


@dataclass(frozen=True, slots=True)
class ShellReady:
    """The window is painted, or without one lines are read: this program works, as far as its shell can tell."""


@dataclass(frozen=True, slots=True)
class CheckUpgrade:
    """Ask now whether there is a new version: `UpgradeState` follows in any case."""


@dataclass(frozen=True, slots=True)
class DelayUpgrade:
    """Install the version that is ready later (clause 8); no later than some days after it was found."""

    hours: float


@dataclass(frozen=True, slots=True)
class InstallUpgradeNow:
    """Install the version that is ready, or as soon as no call goes on: `RestartWanted` follows."""


UpgradeCommand = ShellReady | CheckUpgrade | DelayUpgrade | InstallUpgradeNow
"""What is asked of upgrades."""


@dataclass(frozen=True, slots=True)
class MakeReport:
    """Put together what a report of a problem says: `ReportMade`. Nothing is sent."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class SendReport:
    """Send the report that was made last: `ReportSent`."""


@dataclass(frozen=True, slots=True)
class SaveReport:
    """Write the report that was made last into a file: `ReportSaved`."""

    path: Path


@dataclass(frozen=True, slots=True)
class AllowCrashReports:
    """Whether crashes are told to the provider, this one (`CrashFound`) and later ones."""

    on: bool


ReportCommand = MakeReport | SendReport | SaveReport | AllowCrashReports
"""What is asked of reports of problems and crashes."""

Command = (
    MoneyCommand | CaseCommand | NetworkCommand | NoticeCommand | TakeNumber | UpgradeCommand | ReportCommand
    | OpenSignUp | KeepDraft | FindNumbers | BeginSigning | Sign | LeaveSignUp
    | ChangePassword | ResetPassword | FetchAgreement | SaveAgreement | FetchMyData | ExportMyData
    | FetchDisclosures | FetchReview | SendCopy
    | SaveContact | RemoveContact | ImportContacts | ExportContacts | MarkMissedSeen | ForgetHistory | ChangeSettings
    | SignIn | Resume | SignOut | Dial | Answer | Decline | HangUp | Mute | Camera | Hold | Dtmf
    | SelectDevice | Preview | Record | RequestStats | TestSound | ListDevices
    | ListenToMicrophone | RecordVoice | PlayVoice
)  # fmt: skip
