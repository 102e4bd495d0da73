"""The JSON lines of cases, devices and evidence: commands in, events out. Pure."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vidphone.phone import case_commands, case_events, commands, events
from vidphone.phone.account_lines import Line
from vidphone.phone.case_commands import new_id
from vidphone.terms.cases import CaseStep
from vidphone.terms.warranty import Category
from vidphone.texts import Language, text
from vidphone.wire.cases import MAX_FINDINGS, MAX_PHOTOS, MAX_WORDS, Asked, CaseNumber, Said
from vidphone.wire.sign_up import Id

_Words = Annotated[str, Field(max_length=MAX_WORDS)]
_File = Annotated[str, Field(min_length=1, max_length=1024)]
_Photos = Annotated[list[_File], Field(max_length=MAX_PHOTOS)]
_Once = Annotated[Id, Field(default_factory=new_id)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CasesLine(_Model):
    """`cases`: newest first."""

    do: Literal["cases"]
    before: CaseNumber | None = None

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.FetchCases(self.before)


class CaseLine(_Model):
    """`case`: one, with all that was written."""

    do: Literal["case"]
    case: CaseNumber

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.FetchCase(self.case)


class OpenCaseLine(_Model):
    """`open-case`: about a line of a bill, a call or a clause."""

    do: Literal["open-case"]
    about: Asked
    words: Said
    findings: Annotated[str, Field(max_length=MAX_FINDINGS)] = ""
    photos: _Photos = []
    id: _Once

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.OpenCase(self.about, self.words, self.findings, _paths(self.photos), self.id)


class WriteLine(_Model):
    """`write-in-case`: words, pictures, or both."""

    do: Literal["write-in-case"]
    case: CaseNumber
    words: _Words = ""
    photos: _Photos = []
    id: _Once

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.WriteInCase(self.case, self.words, _paths(self.photos), self.id)


class StepLine(_Model):
    """`case-step`: what a customer does with an answer."""

    do: Literal["case-step"]
    case: CaseNumber
    step: Literal["contest", "escalate", "settle", "withdraw"]
    words: _Words = ""
    id: _Once

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.TakeCaseStep(self.case, CaseStep(self.step), self.words, self.id)


class TerminalsLine(_Model):
    """`terminals`: devices with their warranty."""

    do: Literal["terminals"]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.FetchTerminals()


class ClaimLine(_Model):
    """`claim`: written notice of a defect."""

    do: Literal["claim"]
    terminal: int
    category: Annotated[Category, Field(strict=False)]
    words: Said
    photos: _Photos = []
    id: _Once

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.MakeClaim(self.terminal, self.category, self.words, _paths(self.photos), self.id)


class EvidenceLine(_Model):
    """`save-evidence`: all of it in one signed file."""

    do: Literal["save-evidence"]
    path: _File

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return case_commands.SaveEvidence(Path(self.path))


Plain = CasesLine | CaseLine | OpenCaseLine | WriteLine | StepLine | TerminalsLine | ClaimLine | EvidenceLine


def lines_of(event: events.Event, language: Language) -> list[Line]:
    """The lines of an event of this kind; none for others, nor for pictures."""
    match event:
        case case_events.CasesShown(cases=cases, more=more):
            return [{"event": "cases", "cases": [case.model_dump(mode="json") for case in cases], "more": more}]
        case case_events.CaseShown(detail=detail, request=request):
            return [{"event": "case", "answers": request.value, **detail.model_dump(mode="json")}]
        case case_events.CaseOpened(detail=detail):
            return [{"event": "case-opened", "id": event.id, **detail.model_dump(mode="json")}]
        case case_events.TerminalsShown(terminals=terminals):
            return [{"event": "terminals", "terminals": [each.model_dump(mode="json") for each in terminals]}]
        case case_events.EvidenceSaved():
            return [_evidence_line(event, language)]
        case _:
            return []


def _evidence_line(event: case_events.EvidenceSaved, language: Language) -> Line:
    verdict = event.verdict
    problem = "" if verdict.problem is None else verdict.problem.value
    message = text("evidence.intact" if verdict.intact else "evidence.not-intact", language)
    return {
        "event": "evidence-saved",
        "path": event.path,
        "intact": verdict.intact,
        "problem": problem or None,
        "about": verdict.about,
        "message": message,
        "signer": verdict.signer,
        "made_at": verdict.made_at.isoformat() if verdict.made_at is not None else None,
        "files": verdict.files,
        "root_sha256": verdict.root_sha256,
        "root_given": verdict.root_given,
        "left_out": list(verdict.left_out),
    }


def _paths(photos: list[str]) -> tuple[Path, ...]:
    return tuple(Path(photo) for photo in photos)
