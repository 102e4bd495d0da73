"""What the phone tells its shell. Frozen values; they cross from the engine's thread to the shell's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vidphone.account.contacts import Contact
from vidphone.account.history import HistoryEntry
from vidphone.account.settings import Settings
from vidphone.account.sign_up.draft import Draft, Page
from vidphone.call.charge import Charge
from vidphone.call.view import CallView
from vidphone.media.devices import Device, DeviceKind
from vidphone.media.sound.levels import SoundLevel, VoiceState
from vidphone.media.stats import CallStats
from vidphone.phone.case_events import CaseEvent
from vidphone.phone.commands import BillForm
from vidphone.phone.network_events import NetworkEvent
from vidphone.phone.notice_events import NoticeEvent
from vidphone.terms.faults import Fault
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Topic

if TYPE_CHECKING:
    from vidphone.papers.verifying import Verdict
    from vidphone.terms.orders import Catalogue
    from vidphone.wire.billing import (
        Account,
        Balance,
        Bill,
        BillDetail,
        CallCharge,
        Leaving,
        MyStanding,
        Payment,
        PlanChange,
        Quote,
    )
    from vidphone.wire.releases import Notes
    from vidphone.wire.sign_up import (
        AgreementVersion,
        Disclosure,
        MaskedData,
        MyAgreement,
        Offer,
        Provider,
        Review,
        SignUpBegun,
        SignUpDone,
    )


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
class Noticed:
    """There may be something new on these topics: all of them after each start, since nobody knows better then."""

    topics: frozenset[Topic]


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
class MicrophoneLevel:
    """How loud the microphone is; some sixteen times a second while it is listened to and gives sound."""

    level: SoundLevel


@dataclass(frozen=True, slots=True)
class VoiceSample:
    """Where the sample of one's own voice stands, and how long it is so far."""

    state: VoiceState
    seconds: float


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


@dataclass(frozen=True, slots=True)
class SignUpKept:
    """A sign-up at this service was left unfinished; `OpenSignUp` goes on with it."""

    service: str


@dataclass(frozen=True, slots=True)
class SignUpOffer:
    """What the provider offers today, and the draft to go on with at `draft.page`.

    Without a keyring identity data are not kept on this machine, and the key needs a passphrase. `signed`: a signed
    document waits to be sent; with a keyring that is done by itself, else with `Sign(passphrase)`.
    """

    offer: "Offer"
    draft: Draft | None
    keyring: bool
    signed: bool = False


@dataclass(frozen=True, slots=True)
class FreeNumbersFound:
    """Some numbers that may be chosen now."""

    numbers: tuple[str, ...]
    containing: str


@dataclass(frozen=True, slots=True)
class SigningReady:
    """The document waits to be signed: `pdf` is what will be signed. The token of `begun` is left out."""

    begun: "SignUpBegun"
    pdf: bytes

    def __repr__(self) -> str:
        return f"SigningReady(id={self.begun.id!r})"


@dataclass(frozen=True, slots=True)
class SignedUp:
    """The agreement is signed by both sides, and the verified copy is kept at `path`.

    `signs_in`: the phone signs in now. Else the password is not known any more, and the person signs in.
    """

    number: str
    done: "SignUpDone"
    path: str
    signs_in: bool


@dataclass(frozen=True, slots=True)
class SignUpFailed:
    """A step of the sign-up failed; nothing that was entered is lost. `page_hint` is the page that mends it, if one."""

    code: ErrorCode
    about: tuple[tuple[str, str | int], ...] = ()
    faults: tuple[Fault, ...] = ()
    page_hint: Page | None = None


class Request(StrEnum):
    """What a customer asks of the account."""

    PASSWORD = "password"  # noqa: S105 - a request
    RESET = "reset"
    AGREEMENT = "agreement"
    SAVE_AGREEMENT = "save-agreement"
    MY_DATA = "my-data"
    EXPORT = "export"
    DISCLOSURES = "disclosures"
    REVIEW = "review"
    COPY = "copy"
    QUOTE = "quote"
    ACCOUNT = "account"
    CHARGES = "charges"
    BILLS = "bills"
    BILL = "bill"
    SAVE_BILL = "save-bill"
    PAY = "pay"
    PAYMENTS = "payments"
    LIMIT = "limit"
    PLANS = "plans"
    PLAN = "plan"
    LEAVING = "leaving"
    REPORT = "report"
    SAVE_REPORT = "save-report"
    CASES = "cases"
    CASE = "case"
    NEW_CASE = "new-case"
    CASE_MESSAGE = "case-message"
    CASE_PHOTO = "case-photo"
    """To send one."""
    CASE_PICTURE = "case-picture"
    """To see one."""
    CASE_STEP = "case-step"
    TERMINALS = "terminals"
    CLAIM = "claim"
    EVIDENCE = "evidence"
    NETWORK_TEST = "network-test"
    ANNOUNCEMENTS = "announcements"
    ANNOUNCEMENT_READ = "announcement-read"
    CHANGED_NUMBERS = "changed-numbers"
    VERSIONS = "agreement-versions"
    VERSION = "agreement-version"
    OBJECTION = "objection"
    OUTAGES = "outages"


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """What was asked of the account could not be done."""

    request: Request
    code: ErrorCode
    about: tuple[tuple[str, str | int], ...] = ()
    faults: tuple[Fault, ...] = ()


def request_failed(request: Request, error: VidphoneError) -> RequestFailed:
    """The event that tells of an error in what was asked for."""
    return RequestFailed(request, error.code, tuple((error.about or {}).items()), error.faults)


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """The customer's agreements, newest first, and the kept copy of the newest that was signed here.

    `path` and `verdict` are None where there is no copy. `same_as_provider`: whether the provider states the same
    bytes; None where it was not asked. Offline, `agreements` are as they were last seen.
    """

    agreements: "tuple[MyAgreement, ...]"
    path: str | None
    verdict: "Verdict | None"
    same_as_provider: bool | None
    online: bool
    provider: "Provider | None" = None
    """Whom a question goes to; None where it was never asked."""
    wording: "AgreementVersion | None" = None
    """The agreement's source as it is published now, for asking about a clause; None as above."""


@dataclass(frozen=True, slots=True)
class AgreementSaved:
    """The copy of the agreement was written."""

    path: str


@dataclass(frozen=True, slots=True)
class MyDataShown:
    """What the provider keeps of the customer, masked."""

    data: "MaskedData"


@dataclass(frozen=True, slots=True)
class MyDataExported:
    """All that the provider keeps of the customer was written."""

    path: str


@dataclass(frozen=True, slots=True)
class DisclosuresShown:
    """Who saw the customer's identity data, newest first."""

    disclosures: "tuple[Disclosure, ...]"


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """Where the provider's look at the customer's identity stands."""

    review: "Review"


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """The password is another one now."""


@dataclass(frozen=True, slots=True)
class PasswordWasReset:
    """The forgotten password is replaced; sign in with the new one."""

    service: str
    number: str


@dataclass(frozen=True, slots=True)
class Charging:
    """What a call costs this side, and how long the credit lasts (clause 9). Only the payer hears of it.

    The last one of a call is settled, and may come after the call has ended.
    """

    call: str
    charge: Charge


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a call would cost."""

    quote: "Quote"


@dataclass(frozen=True, slots=True)
class AccountShown:
    """This month at a glance."""

    account: "Account"


@dataclass(frozen=True, slots=True)
class StandingShown:
    """Where the customer stands, when that is first known and whenever it is another."""

    standing: "MyStanding"
    leaving: "Leaving"


@dataclass(frozen=True, slots=True)
class ChargesShown:
    """Calls and what they cost, newest first, from `before` on; whether there are `more`."""

    calls: "tuple[CallCharge, ...]"
    more: bool
    before: float | None


@dataclass(frozen=True, slots=True)
class BillsShown:
    """All bills, newest first."""

    bills: "tuple[Bill, ...]"


@dataclass(frozen=True, slots=True)
class BillShown:
    """A bill with its lines."""

    detail: "BillDetail"


@dataclass(frozen=True, slots=True)
class BillSaved:
    """A bill, or the list of its calls, was written."""

    number: str
    path: str
    form: BillForm


@dataclass(frozen=True, slots=True)
class PaymentBegun:
    """A payment waits on the payment provider's page at `url`; empty where there is nothing to do there."""

    payment: "Payment"
    url: str


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment is made."""

    payment: "Payment"


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """A payment was not made; its state is still pending where nothing was heard of it for long."""

    payment: "Payment"


@dataclass(frozen=True, slots=True)
class PaymentsShown:
    """All payments, newest first."""

    payments: "tuple[Payment, ...]"


@dataclass(frozen=True, slots=True)
class LimitChanged:
    """The credit limit is another one now."""

    balance: "Balance"


@dataclass(frozen=True, slots=True)
class PlansShown:
    """The price list of today."""

    catalogue: "Catalogue"


@dataclass(frozen=True, slots=True)
class PlanChanged:
    """Another plan begins with the next month."""

    change: "PlanChange"


@dataclass(frozen=True, slots=True)
class LeavingShown:
    """How far the end of the agreement has got (clause 11)."""

    leaving: "Leaving"


class UpgradeStage(StrEnum):
    """Where an upgrade stands."""

    NONE = "none"
    FOUND = "found"
    DOWNLOADING = "downloading"
    READY = "ready"
    """It lies whole beside the version that runs, and is installed at `until`, or when the program is left."""
    WAITING_FOR_CALL = "waiting-for-call"
    """It is installed once no call goes on."""
    FAILED = "failed"
    BELOW_MINIMUM = "below-minimum"
    """This version is too old to call with, and no other has been found yet."""
    NOT_SELF_UPDATING = "not-self-updating"


@dataclass(frozen=True, slots=True)
class UpgradeState:
    """What becomes of a new version (clause 8)."""

    stage: UpgradeStage
    version: str = ""
    """The new one; of a program that does not upgrade itself, its own."""
    notes: "Notes | None" = None
    """What changed."""
    fraction: float | None = None
    """Of the download, 0 to 1."""
    code: ErrorCode | None = None
    about: tuple[tuple[str, str | int], ...] = ()
    until: float | None = None
    """UTC seconds since 1970: when it is installed by itself. None: when the program is left, or when asked for."""
    latest: float | None = None
    """How far a person can put it off."""
    minimum: str = ""
    """The version that calls need; empty where this one will do."""
    how: str = ""
    """How a program that does not upgrade itself was installed: `source`, `package`, `pip`, `deb`."""


@dataclass(frozen=True, slots=True)
class RestartWanted:
    """Another version is in place: the shell leaves with `RESTART`, and whoever started it starts that one."""


@dataclass(frozen=True, slots=True)
class InstallationAltered:
    """Files of this installation are not as they were signed (clause 3): at most some of them, and how many."""

    files: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ReportMade:
    """What a report says, letter for letter."""

    text: str


@dataclass(frozen=True, slots=True)
class ReportSent:
    """The provider has a report."""


@dataclass(frozen=True, slots=True)
class ReportSaved:
    """A report was written."""

    path: str


@dataclass(frozen=True, slots=True)
class CrashFound:
    """The last run ended as nobody meant, and the person was not asked yet whether the provider may know of it."""

    text: str
    """What would be sent."""


Event = (
    CaseEvent | NetworkEvent | NoticeEvent
    | UpgradeState | RestartWanted | InstallationAltered | ReportMade | ReportSent | ReportSaved | CrashFound
    | Charging | Quoted | AccountShown | StandingShown | ChargesShown | BillsShown | BillShown | BillSaved
    | PaymentBegun | Paid | PaymentFailed | PaymentsShown | LimitChanged | PlansShown | PlanChanged | LeavingShown
    | SignUpKept | SignUpOffer | FreeNumbersFound | SigningReady | SignedUp | SignUpFailed
    | RequestFailed | AgreementShown | AgreementSaved | MyDataShown | MyDataExported | DisclosuresShown | ReviewShown
    | PasswordChanged | PasswordWasReset
    | ContactsChanged | ContactsImported | ContactsExported | HistoryChanged | SettingsChanged
    | Ready | SignedIn | SignedOut | LinkChanged | Noticed | CallChanged | DtmfReceived | DevicesChanged | DeviceNotice
    | StatsReport | Recording | MicrophoneLevel | VoiceSample | Failure
)  # fmt: skip
