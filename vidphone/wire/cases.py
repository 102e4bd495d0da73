"""The bodies of cases, of terminals and of how calls went (clauses 4, 6, 15, 16 and 18).

A case is opened from a line of a bill, a call or a clause, by an objection to a changed agreement, or by a claim under
the warranty. Amounts are integer fen, below 0 in the customer's favour; times UTC seconds since 1970, dates those of
the provider's time zone.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from vidphone.terms.cases import CaseState, CaseStep, Ending
from vidphone.terms.orders import Words
from vidphone.terms.warranty import Category, Ground, Remedy
from vidphone.wire.billing import BillNumber
from vidphone.wire.sign_up import Id, Sha256
from vidphone.wire.signaling import CallId, Number

MAX_WORDS = 2000
"""Characters of one message."""
MAX_FINDINGS = 2000
"""Characters of what a network test told."""
MAX_CASES = 100
"""In one answer of `GET /v1/me/cases`."""
MAX_OPEN = 20
"""Cases of a customer at once."""
MAX_MESSAGES = 200
"""Of one case, whoever wrote them."""
MAX_PHOTOS = 20
"""Pages of one case."""
MAX_EVIDENCE_BYTES = 268_435_456
CASE_PATTERN = r"^C[0-9]{6,12}$"
CaseNumber = Annotated[str, StringConstraints(pattern=CASE_PATTERN)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WORDS, pattern=r"\S")]
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(ge=0, le=600_000, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
MAX_COUNT = 1_000_000_000_000
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseKind(StrEnum):
    """What a case is."""

    DISPUTE = "dispute"
    """Of a charge (clause 6)."""
    QUESTION = "question"
    """On a clause (clause 18)."""
    OBJECTION = "objection"
    """To a changed agreement (clause 15)."""
    WARRANTY = "warranty"
    """A claim for a terminal (clause 4)."""


def _with_kind(schema: JsonDict) -> None:
    """What a case is about is told apart by it: a request has to have it, although the program need not write it."""
    schema["required"] = ["kind", *cast("list[str]", schema["required"])]


class _About(_Model):
    model_config = ConfigDict(json_schema_extra=_with_kind)


class AboutLine(_About):
    """A line of a bill, counted from 1."""

    kind: Literal["line"] = "line"
    bill: BillNumber
    line: Annotated[int, Field(ge=1, le=9999)]


class AboutCall(_About):
    """A call."""

    kind: Literal["call"] = "call"
    call: CallId


class AboutClause(_About):
    """A clause of the agreement; 0 is the parties' part."""

    kind: Literal["clause"] = "clause"
    clause: Annotated[int, Field(ge=0, le=18)]


class AboutAgreement(_About):
    """A version of the agreement."""

    kind: Literal["agreement"] = "agreement"
    version: Annotated[str, Field(max_length=32)]


class AboutTerminal(_About):
    """A terminal, by its id."""

    kind: Literal["terminal"] = "terminal"
    terminal: int


About = Annotated[AboutLine | AboutCall | AboutClause | AboutAgreement | AboutTerminal, Field(discriminator="kind")]
Asked = Annotated[AboutLine | AboutCall | AboutClause, Field(discriminator="kind")]
"""What a customer opens a case about directly."""


class NewCase(_Model):
    """`POST /v1/me/cases`. Sent again with the same `id`, it opens no second one."""

    id: Id
    """Chosen by the client, at random."""
    about: Asked
    words: Said
    findings: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_FINDINGS)] = ""
    """What the network test of the client told, where one was made."""


class NewMessage(_Model):
    """`POST /v1/me/cases/{case}/messages`: once an `id`. A question of the provider's is replied to with it."""

    id: Id
    words: Said


class AskedStep(_Model):
    """`POST /v1/me/cases/{case}/steps`: once an `id`. To contest says why."""

    id: Id
    step: Literal[CaseStep.CONTEST, CaseStep.ESCALATE, CaseStep.SETTLE, CaseStep.WITHDRAW]
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_WORDS)] = ""


class NewClaim(_Model):
    """`POST /v1/me/terminals/{terminal}/claims`: the written notice of clause 4, once an `id`."""

    id: Id
    category: Category
    words: Said


class Side(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    SERVICE = "service"
    """The program itself, of what it did by the agreement's dates."""


class Action(StrEnum):
    """What a message did, beside saying something."""

    OPEN = "open"
    SAY = "say"
    PHOTO = "photo"
    FINDINGS = "findings"
    ASK = "ask"
    REPLY = "reply"
    ANSWER = "answer"
    CONTEST = "contest"
    ESCALATE = "escalate"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    """Closed by time."""


class Photo(_Model):
    """A picture of a message: `GET /v1/me/cases/{case}/photos/{message}/{page}` has it as JPEG."""

    page: int
    size: int
    sha256: Sha256


class CaseMessage(_Model):
    """One message; `position` counts from 1 in its case."""

    position: int
    side: Side
    action: Action
    words: str
    amount_fen: int | None
    """Of an answer that corrects the charges; below 0 the customer gets it back."""
    billed_in: BillNumber | None
    """The bill on which that stands; None until there is one."""
    photos: tuple[Photo, ...]
    at: float


class CaseSummary(_Model):
    """One item of `GET /v1/me/cases`."""

    number: CaseNumber
    kind: CaseKind
    about: About
    clause: int
    """That the case rests on."""
    state: CaseState
    since: date
    due: date | None
    """The last day of whose turn it is."""
    late: bool
    """Whether the provider has let that day pass."""
    ending: Ending | None
    opened_at: float
    changed_at: float
    unread: bool
    """Whether something came after the customer last looked."""


class Cases(_Model):
    """`GET /v1/me/cases?before=&limit=`: newest first; `before` is the number of the last one had."""

    cases: tuple[CaseSummary, ...]
    more: bool


class QualityReport(_Model):
    """`POST /v1/me/calls/{call}/quality`: how a call went at one end, told once at its end. It names nobody."""

    format: Literal[1] = 1
    seconds: Seconds
    """Of media."""
    video: bool
    bars_mean: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)]
    """Of the signal bars, one a second: 0, nothing arrives, to 5."""
    bars_least: Annotated[int, Field(ge=0, le=5)]
    round_trip_ms: Milliseconds | None = None
    """The mean."""
    round_trip_most_ms: Milliseconds | None = None
    lost_percent: Percent
    """Of all packets to this end."""
    jitter_ms: Milliseconds
    """Of the sound, the mean."""
    concealed_percent: Percent
    """Of the sound that was played, what had to be made up."""
    freezes: Count = 0
    frozen_s: Seconds = 0.0
    """How long the picture stood still."""
    reconnects: Count = 0
    received_bytes: Count = 0
    sent_bytes: Count = 0
    audio_codec: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9.+-]*$")] = ""
    video_codec: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9.+-]*$")] = ""


class CallRecord(_Model):
    """What the service knows of a call that a case is about."""

    call: CallId
    caller: Number
    callee: Number
    video: bool
    proposed_at: float
    accepted_at: float | None
    ended_at: float | None
    reason: str | None
    """Why it ended, a code of `wire/reasons.py`."""
    destination: Words | None
    price_e4_yuan: int
    billed_s: int
    amount_fen: int
    billed_in: BillNumber | None
    caller_quality: QualityReport | None
    callee_quality: QualityReport | None


class DisputedLine(_Model):
    """The line of a bill that a case is about."""

    bill: BillNumber
    line: int
    words: Words
    quantity: int
    seconds: int
    amount_fen: int


class Claim(_Model):
    """A claim under the warranty."""

    terminal: int
    category: Category
    noticed_on: date
    last_day: date
    """Of the warranty."""
    ground: Ground
    """What clause 4 says of it; the provider's word once it has decided."""
    granted: bool | None
    """None until the provider has decided."""
    goodwill: bool
    """Granted without being owed."""
    remedy: Remedy | None
    decided_on: date | None
    done_on: date | None


class CaseDetail(_Model):
    """`GET /v1/me/cases/{case}`, and the answer to whatever is done to one."""

    case: CaseSummary
    messages: tuple[CaseMessage, ...]
    call: CallRecord | None
    line: DisputedLine | None
    claim: Claim | None
    may: tuple[CaseStep, ...]
    """The customer's steps that are possible today."""
    commission: Words | None
    """The arbitration commission that the agreement names (clause 16)."""


class TerminalEventKind(StrEnum):
    """What happened to a terminal."""

    REGISTERED = "registered"
    OPENED = "opened"
    CLAIMED = "claimed"
    REFUSED = "refused"
    GRANTED = "granted"
    REPAIRED = "repaired"
    EXCHANGED = "exchanged"


class TerminalEvent(_Model):
    """One entry of a terminal's history."""

    kind: TerminalEventKind
    on: date
    serial: str
    """Of the device that was in use then, or came."""
    case: CaseNumber | None


class Terminal(_Model):
    """A device that was handed over under an order."""

    id: int
    model: str
    serial: str
    order: str | None
    installed_on: date
    last_day: date
    """Of the warranty, which neither repair nor exchange moves."""
    covered: bool
    """Whether a defect noticed today would be: in time, and not opened."""
    opened_on: date | None
    history: tuple[TerminalEvent, ...]


class Terminals(_Model):
    """`GET /v1/me/terminals`."""

    terminals: tuple[Terminal, ...]
