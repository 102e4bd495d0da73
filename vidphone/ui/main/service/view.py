"""What the rooms of cases, devices and evidence show: the engine's answers folded into one picture. Knows no Qt."""

from dataclasses import dataclass, field

from vidphone.phone import case_commands as commands
from vidphone.phone.case_events import (
    CaseOpened,
    CasePhotoShown,
    CaseShown,
    CasesShown,
    EvidenceSaved,
    TerminalsShown,
)
from vidphone.phone.commands import Command
from vidphone.phone.events import Event, Request, RequestFailed, SignedOut
from vidphone.terms.cases import CaseState
from vidphone.ui.main.answers import Answers
from vidphone.wire.cases import About, CaseDetail, CaseSummary, Terminal

REQUESTS: dict[type[Command], Request] = {
    commands.FetchCases: Request.CASES,
    commands.FetchCase: Request.CASE,
    commands.OpenCase: Request.NEW_CASE,
    commands.WriteInCase: Request.CASE_MESSAGE,
    commands.TakeCaseStep: Request.CASE_STEP,
    commands.FetchCasePhoto: Request.CASE_PICTURE,
    commands.FetchTerminals: Request.TERMINALS,
    commands.MakeClaim: Request.CLAIM,
    commands.SaveEvidence: Request.EVIDENCE,
}
_OURS = frozenset(REQUESTS.values()) | {Request.CASE_PHOTO}
_OF_A_CASE = frozenset(
    {Request.CASE, Request.CASE_MESSAGE, Request.CASE_PHOTO, Request.CASE_STEP, Request.CASE_PICTURE}
)
_FETCHED = frozenset({Request.CASES, Request.CASE, Request.TERMINALS})


@dataclass
class CaseView(Answers):
    """What is known, asked, and failed. Only `asked`, `choose`, `fold` and `forget` change it."""

    cases: tuple[CaseSummary, ...] | None = None
    more: bool = False
    chosen: str = ""
    """The number of the case that is looked at."""
    detail: CaseDetail | None = None
    """The chosen one, once it has come."""
    picture: CasePhotoShown | None = None
    """The one that was asked for last."""
    terminals: tuple[Terminal, ...] | None = None
    evidence: EvidenceSaved | None = None
    asked_last: dict[Request, Command] = field(default_factory=dict)
    """What is asked once more, when it failed: under the same id, so that it happens once."""

    def asked(self, command: Command) -> None:
        """Something is asked of the engine: what came of it before is past."""
        request = REQUESTS.get(type(command))
        if request is None:
            return
        self.asked_last[request] = command
        self._asked(request)
        if isinstance(command, commands.SaveEvidence):
            self.evidence = None
        if isinstance(command, commands.WriteInCase):
            self.failed.pop(Request.CASE_PHOTO, None)

    def choose(self, case: str) -> None:
        """Look at another case; nothing of the one before stays."""
        if case == self.chosen:
            return
        self.chosen, self.detail, self.picture = case, None, None
        for request in _OF_A_CASE:
            self.failed.pop(request, None)
            self.done.pop(request, None)

    def fold(self, event: Event) -> bool:
        """Take one event in; whether it was about these."""
        match event:
            case CasesShown():
                self._take_cases(event)
            case CaseShown(detail, request):
                self._take(detail)
                self._answered(request)
                if request is Request.CASE_PHOTO:  # of pictures alone, no message follows
                    self._answered(Request.CASE_MESSAGE)
            case CaseOpened(detail):
                self._take(detail)
                self._answered(Request.CLAIM if detail.claim is not None else Request.NEW_CASE)
            case CasePhotoShown():
                self.picture = event
                self._answered(Request.CASE_PICTURE)
            case TerminalsShown(terminals):
                self.terminals = terminals
                self._answered(Request.TERMINALS)
            case EvidenceSaved(path):
                self.evidence = event
                self._answered(Request.EVIDENCE, path)
            case RequestFailed(request) if request in _OURS:
                if request is Request.CASE_PHOTO:
                    self.waiting.discard(Request.CASE_MESSAGE)
                self._failed(event)
            case SignedOut():
                self.forget()
            case _:
                return False
        return True

    @property
    def unread(self) -> int:
        """Cases in which something came that the customer did not look at."""
        return sum(case.unread for case in self.cases or ())

    @property
    def fetch_failed(self) -> bool:
        """Whether something that is shown could not be had."""
        return bool(_FETCHED & self.failed.keys())

    def open_about(self, about: About) -> str:
        """The number of a case about the same thing that is not closed; empty where there is none."""
        return next(
            (case.number for case in self.cases or () if case.about == about and case.state is not CaseState.CLOSED),
            "",
        )

    def _take_cases(self, shown: CasesShown) -> None:
        known = () if shown.before is None else self.cases or ()
        seen = {case.number for case in shown.cases}
        self.cases = (*(case for case in known if case.number not in seen), *shown.cases)
        self.more = shown.more
        self._answered(Request.CASES)

    def _take(self, detail: CaseDetail) -> None:
        """A case as it stands: in the list too, where it is put if it is new."""
        if detail.case.number == self.chosen:
            self.detail = detail
        if self.cases is None:
            return
        known = any(case.number == detail.case.number for case in self.cases)
        self.cases = (
            tuple(detail.case if case.number == detail.case.number else case for case in self.cases)
            if known
            else (detail.case, *self.cases)
        )
