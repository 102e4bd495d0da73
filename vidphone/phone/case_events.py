"""What the phone tells of cases, of devices under warranty, and of evidence (clauses 4, 6, 16 and 18)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidphone.papers.evidence import EvidenceVerdict
    from vidphone.phone.events import Request
    from vidphone.wire.cases import CaseDetail, CaseSummary, Terminal


@dataclass(frozen=True, slots=True)
class CasesShown:
    """Cases, newest first; `before` is the number that they were asked for from, and `more` whether older follow."""

    cases: tuple["CaseSummary", ...]
    more: bool
    before: str | None


@dataclass(frozen=True, slots=True)
class CaseShown:
    """One case as it stands now; `request` tells what it answers: a look, a message, a picture, or a step."""

    detail: "CaseDetail"
    request: "Request"


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A case was opened, a claim among them; `id` is the one of the command."""

    detail: "CaseDetail"
    id: str


@dataclass(frozen=True, slots=True)
class CasePhotoShown:
    """A picture of a case, in JPEG."""

    case: str
    message: int
    page: int
    content: bytes


@dataclass(frozen=True, slots=True)
class TerminalsShown:
    """The customer's devices."""

    terminals: tuple["Terminal", ...]


@dataclass(frozen=True, slots=True)
class EvidenceSaved:
    """The bundle was written, and what verifying it told."""

    path: str
    verdict: "EvidenceVerdict"


CaseEvent = CasesShown | CaseShown | CaseOpened | CasePhotoShown | TerminalsShown | EvidenceSaved
