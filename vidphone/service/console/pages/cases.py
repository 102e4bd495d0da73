"""Cases (clauses 6, 15, 16 and 18): those that are due first, and one with all that is known of what it is about."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import Response

from vidphone.service.console.forms import ONCE, REASON, SIGNED, Field, Wrong, signed_fen
from vidphone.service.console.pages.actions import Action
from vidphone.service.console.pages.customers import AT_A_TIME
from vidphone.service.console.visit import Visit
from vidphone.service.office.cases import MAX_ADJUSTMENT_FEN, CaseFile, CaseFilter, CasePage
from vidphone.service.store.customers import UnknownNumber
from vidphone.terms.cases import CaseState
from vidphone.texts import text
from vidphone.wire.cases import CASE_PATTERN, MAX_WORDS, CaseKind, CaseSummary, Side
from vidphone.wire.errors import ErrorCode, VidphoneError

LATE = "late"
_PLACE = re.compile(r"[0-9A-Za-z-]{0,10}/[0-9]{1,12}")
_ANSWERABLE = (CaseState.OPEN, CaseState.ASKED)


def listed(visit: Visit) -> Response:
    """Cases of one state, due the soonest first, or all of one customer, newest first."""
    state, kind, number = (
        visit.query("state", 16) or CaseState.OPEN.value,
        visit.query("kind", 16),
        visit.query("number"),
    )
    after, now = visit.query("after", 40), visit.now
    if after and not _PLACE.fullmatch(after):
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "after"})
    if state not in {LATE, *CaseState} or kind not in {"", *CaseKind}:
        raise VidphoneError(ErrorCode.BAD_REQUEST, {"detail": "state"})
    wanted = CaseFilter(
        state=None if state == LATE or number else CaseState(state),
        kind=CaseKind(kind) if kind else None,
        late=state == LATE and not number,
        number=number or None,
    )
    try:
        page = visit.console.cases.page(wanted, after or None, AT_A_TIME, now)
    except UnknownNumber:
        page = CasePage((), None)
    return visit.page(
        "cases",
        rows=page.rows,
        next=page.next,
        first=not after,
        state=state,
        kind=kind,
        number=number,
        states=(LATE, *CaseState),
        kinds=tuple(CaseKind),
        counts=visit.console.cases.counts(now),
        about=_about(visit),
    )


def one(visit: Visit) -> Response:
    """One case: the charge or the call with how it went at both ends, the claim, and all that was written."""
    file = visit.console.cases.file(case_of(visit), visit.now)
    state = file.detail.case.state
    return visit.page(
        "case",
        file=file,
        detail=file.detail,
        case=file.detail.case,
        about=_about(visit),
        device=_device(visit, file),
        may_ask=state is CaseState.OPEN,
        may_answer=state in _ANSWERABLE,
        may_settle=state is CaseState.ESCALATED,
        may_say=state is not CaseState.CLOSED,
    )


def photo(visit: Visit) -> Response:
    """A picture that a customer sent, as the service made it anew: nothing of the file that came is in it."""
    position, page = (_count(str(visit.path[name])) for name in ("message", "page"))
    picture = visit.console.cases.photo(case_of(visit), position, page)
    return Response(picture, media_type="image/jpeg", headers={"Content-Disposition": "inline"})


def case_of(visit: Visit) -> str:
    """The case in the path.

    Raises:
        VidphoneError: `NOT_FOUND`, it is none.
    """
    case = str(visit.path["case"])
    if not re.fullmatch(CASE_PATTERN, case):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return case


def case_path(visit: Visit) -> str:
    """The page of the case in the path."""
    return f"/cases/{case_of(visit)}"


def case_file(visit: Visit) -> CaseFile:
    """The case in the path.

    Raises:
        VidphoneError: `NOT_FOUND`, there is none.
    """
    return visit.console.cases.file(case_of(visit), visit.now)


def _about(visit: Visit) -> Callable[[CaseSummary], str]:
    def said(summary: CaseSummary) -> str:
        places = summary.about.model_dump()
        return text(f"case.about.{places.pop('kind')}", visit.language, **places)

    return said


def _device(visit: Visit, file: CaseFile) -> str:
    """Model and serial number of the terminal that is claimed for, as it is now."""
    if (claim := file.detail.claim) is None:
        return ""
    of = visit.console.terminals.of(file.customer, visit.now)
    return next((f"{one.model} · {one.serial}" for one in of if one.id == claim.terminal), "–")


def _count(written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", written):
        raise VidphoneError(ErrorCode.NOT_FOUND)
    return int(written)


def _done(visit: Visit, new: bool, done: str) -> Response:
    return visit.go(case_path(visit), done if new else "case-again")


def _say(visit: Visit, values: Mapping[str, str]) -> Response:
    new = visit.console.cases.say(case_of(visit), values["words"], values["once"], visit.staff.name, visit.now)
    return _done(visit, new, "case-said")


def _ask(visit: Visit, values: Mapping[str, str]) -> Response:
    new = visit.console.cases.ask(case_of(visit), values["words"], values["once"], visit.staff.name, visit.now)
    return _done(visit, new, "case-asked")


def _answer(visit: Visit, values: Mapping[str, str]) -> Response:
    case, words, once = case_of(visit), values["words"], values["once"]
    new = visit.console.cases.answer(case, words, None, once, visit.staff.name, visit.now, values["reason"])
    return _done(visit, new, "case-answered")


def _correction(field: str, yuan: str) -> int:
    amount = signed_fen(field, yuan)
    if abs(amount) > MAX_ADJUSTMENT_FEN:
        raise Wrong(field, "amount")
    return amount


def _correct(visit: Visit, values: Mapping[str, str]) -> Response:
    amount = _correction("yuan", values["yuan"])
    case, words, once = case_of(visit), values["words"], values["once"]
    new = visit.console.cases.answer(case, words, amount, once, visit.staff.name, visit.now, values["reason"])
    return _done(visit, new, "case-corrected")


def _settle(visit: Visit, values: Mapping[str, str]) -> Response:
    new = visit.console.cases.settle(case_of(visit), values["words"], values["once"], visit.staff.name, visit.now)
    return _done(visit, new, "case-settled")


def written(visit: Visit) -> tuple[tuple[str, str], ...]:
    """What the customer wrote last, to be seen while it is answered."""
    said = [one.words for one in case_file(visit).detail.messages if one.side is Side.CUSTOMER and one.words]
    return (("about", said[-1]),) if said else ()


WORDS = Field("words", "text", MAX_WORDS, hint="told")
_BOOKS = Field("reason", "text", REASON.most, hint="books")
_SIGNED = replace(SIGNED, check=_correction)
SAY = Action("case-say", (WORDS, ONCE), _say, case_path, check=case_file, beside=written)
ASK = Action("case-ask", (WORDS, ONCE), _ask, case_path, check=case_file, beside=written)
ANSWER = Action("case-answer", (WORDS, _BOOKS, ONCE), _answer, case_path, check=case_file, beside=written)
CORRECT = Action("case-correct", (WORDS, _SIGNED, _BOOKS, ONCE), _correct, case_path, check=case_file, beside=written)
SETTLE = Action("case-settle", (WORDS, ONCE), _settle, case_path, check=case_file, beside=written)
