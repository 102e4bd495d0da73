"""What a shell may ask of cases, of devices under warranty, and of evidence (clauses 4, 6, 16 and 18)."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vidphone.terms.cases import CaseStep
    from vidphone.terms.warranty import Category
    from vidphone.wire.cases import Asked


def new_id() -> str:
    """The name of something that is written: asked again under it, it is written once."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class FetchCases:
    """Ask for cases, newest first: `CasesShown`. `before` is the number of the last one that is known."""

    before: str | None = None


@dataclass(frozen=True, slots=True)
class FetchCase:
    """Look at a case: `CaseShown`. The service takes note that the customer has."""

    case: str


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Open a case about a line of a bill, a call or a clause: `CaseOpened`."""

    about: "Asked"
    words: str
    findings: str = ""
    """What a network test told."""
    photos: tuple[Path, ...] = ()
    """Pictures or PDFs that belong to it."""
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class WriteInCase:
    """Say something in a case, with pictures, or send pictures alone: `CaseShown`."""

    case: str
    words: str
    photos: tuple[Path, ...] = ()
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class TakeCaseStep:
    """Contest the answer, go to the arbitration commission, be content, or take the case back: `CaseShown`."""

    case: str
    step: "CaseStep"
    words: str = ""
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class FetchCasePhoto:
    """Ask for a picture of a case: `CasePhotoShown`."""

    case: str
    message: int
    page: int


@dataclass(frozen=True, slots=True)
class FetchTerminals:
    """Ask for the customer's devices with their warranty and history: `TerminalsShown`."""


@dataclass(frozen=True, slots=True)
class MakeClaim:
    """Give written notice of a defect (clause 4): `CaseOpened`."""

    terminal: int
    category: "Category"
    words: str
    photos: tuple[Path, ...] = ()
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class SaveEvidence:
    """Write agreement, orders, bills, calls and correspondence into one signed file: `EvidenceSaved`."""

    path: Path


CaseCommand = (
    FetchCases | FetchCase | OpenCase | WriteInCase | TakeCaseStep | FetchCasePhoto
    | FetchTerminals | MakeClaim | SaveEvidence
)  # fmt: skip
"""What is asked of cases, devices and evidence."""
