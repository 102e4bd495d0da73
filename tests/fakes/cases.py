"""Cases, devices and a bundle of evidence that fill the service page in tests."""

from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np

from vidphone.papers.evidence import EvidenceProblem, EvidenceVerdict
from vidphone.phone.case_events import EvidenceSaved
from vidphone.terms.cases import CaseState, CaseStep, Ending
from vidphone.terms.orders import Words
from vidphone.terms.warranty import Category, Ground, Remedy
from vidphone.wire.cases import (
    About,
    AboutAgreement,
    AboutCall,
    AboutClause,
    AboutLine,
    AboutTerminal,
    Action,
    CallRecord,
    CaseDetail,
    CaseKind,
    CaseMessage,
    CaseSummary,
    Claim,
    DisputedLine,
    Photo,
    QualityReport,
    Side,
    Terminal,
    TerminalEvent,
    TerminalEventKind,
)

AT = datetime(2026, 11, 9, 6, 30, tzinfo=UTC).timestamp()
DAY_S = 86_400.0
CALL = "5" * 32
BILL = "202610-1001"
LINE = AboutLine(bill=BILL, line=2)
COMMISSION = Words("北京仲裁委员会", "Beijing Arbitration Commission")
BAD = QualityReport(
    seconds=312, video=True, bars_mean=1.8, bars_least=0, round_trip_ms=284, lost_percent=6.4, jitter_ms=48,
    concealed_percent=5.1, freezes=9, frozen_s=41,
)  # fmt: skip
RECORD = CallRecord(
    call=CALL, caller="1001", callee="13800138000", video=True, proposed_at=AT - 3 * DAY_S, accepted_at=AT - 3 * DAY_S,
    ended_at=AT - 3 * DAY_S + 320, reason="hung-up", destination=Words("中国大陆", "Mainland China"),
    price_e4_yuan=3_000, billed_s=360, amount_fen=180, billed_in=None, caller_quality=BAD, callee_quality=None,
)  # fmt: skip
BILLED = DisputedLine(
    bill=BILL, line=2, words=Words("国内通话", "Calls in mainland China"), quantity=41, seconds=7_380, amount_fen=1_845
)


def message(position: int, side: Side, action: Action, words: str = "", **changes: object) -> CaseMessage:
    """One message, a day after the one before."""
    fields: dict[str, object] = {
        "position": position, "side": side, "action": action, "words": words, "amount_fen": None, "billed_in": None,
        "photos": (), "at": AT + (position - 1) * DAY_S,
    }  # fmt: skip
    return CaseMessage.model_validate(fields | changes)


def summary(number: int, about: About, state: CaseState = CaseState.OPEN, **changes: object) -> CaseSummary:
    """A case by its number."""
    kinds = {"clause": CaseKind.QUESTION, "agreement": CaseKind.OBJECTION, "terminal": CaseKind.WARRANTY}
    fields: dict[str, object] = {
        "number": f"C{number:06}", "kind": kinds.get(about.kind, CaseKind.DISPUTE), "about": about, "clause": 6,
        "state": state, "since": date(2026, 11, 9),
        "due": None if state in (CaseState.ESCALATED, CaseState.CLOSED) else date(2026, 11, 24), "late": False,
        "ending": Ending.SETTLED if state is CaseState.CLOSED else None, "opened_at": AT - number * DAY_S,
        "changed_at": AT, "unread": False,
    }  # fmt: skip
    return CaseSummary.model_validate(fields | changes)


def detail(case: CaseSummary, *messages: CaseMessage, **changes: object) -> CaseDetail:
    """A case in full, with the steps that its state leaves."""
    steps = {
        CaseState.OPEN: (CaseStep.WITHDRAW,),
        CaseState.ASKED: (CaseStep.WITHDRAW,),
        CaseState.ANSWERED: (CaseStep.CONTEST, CaseStep.SETTLE, CaseStep.WITHDRAW, CaseStep.ESCALATE),
        CaseState.ESCALATED: (CaseStep.SETTLE, CaseStep.WITHDRAW),
        CaseState.CLOSED: (),
    }
    fields: dict[str, object] = {
        "case": case, "messages": messages, "call": None, "line": None, "claim": None, "may": steps[case.state],
        "commission": COMMISSION,
    }  # fmt: skip
    return CaseDetail.model_validate(fields | changes)


DISPUTE = summary(17, AboutCall(call=CALL), CaseState.ANSWERED, due=date(2026, 12, 9), unread=True)
ASKED = summary(16, LINE, CaseState.ASKED)
QUESTION = summary(15, AboutClause(clause=12))
LATE = summary(14, LINE, late=True, due=date(2026, 11, 3))
OBJECTION = summary(13, AboutAgreement(version="2026-12"), CaseState.ESCALATED)
WARRANTY = summary(12, AboutTerminal(terminal=1), CaseState.CLOSED)
WITHDRAWN = summary(11, AboutCall(call="6" * 32), CaseState.CLOSED, ending=Ending.WITHDRAWN)
CASES = (DISPUTE, ASKED, QUESTION, LATE, OBJECTION, WARRANTY, WITHDRAWN)
OPENING = message(1, Side.CUSTOMER, Action.OPEN, "The picture stood still for half of the call, I was charged 6 min.")
PHOTO = Photo(page=1, size=245_760, sha256="a" * 64)
DISPUTE_FULL = detail(
    DISPUTE,
    OPENING,
    message(2, Side.CUSTOMER, Action.PHOTO, photos=(PHOTO,)),
    message(3, Side.PROVIDER, Action.ANSWER, "Our report shows 6.4 % lost packets on your way. We take the call off.",
            amount_fen=-180),
    call=RECORD,
)  # fmt: skip
ASKED_FULL = detail(
    ASKED, OPENING, message(2, Side.PROVIDER, Action.ASK, "Which of the 41 calls do you mean?"), line=BILLED
)
LATE_FULL = detail(LATE, OPENING, line=BILLED, may=(CaseStep.WITHDRAW, CaseStep.ESCALATE))
REFUSED = Claim(
    terminal=1, category=Category.OPENED, noticed_on=date(2026, 10, 28), last_day=date(2027, 3, 1),
    ground=Ground.OPENED, granted=False, goodwill=False, remedy=None, decided_on=date(2026, 11, 2), done_on=None,
)  # fmt: skip
WARRANTY_FULL = detail(WARRANTY, OPENING, claim=REFUSED)
GRANTED = REFUSED.model_copy(
    update={"ground": Ground.COVERED, "category": Category.MATERIAL, "granted": True, "remedy": Remedy.EXCHANGE}
)


def terminal(id_: int = 1, **changes: object) -> Terminal:
    """A device under warranty."""
    fields: dict[str, object] = {
        "id": id_, "model": "Vidphone Desk 2", "serial": f"VD2-2026-{id_:05}", "order": "O-1001-1",
        "installed_on": date(2026, 3, 1), "last_day": date(2027, 3, 1), "covered": True, "opened_on": None,
        "history": (TerminalEvent(kind=TerminalEventKind.REGISTERED, on=date(2026, 3, 1),
                                  serial=f"VD2-2026-{id_:05}", case=None),),
    }  # fmt: skip
    return Terminal.model_validate(fields | changes)


OPENED = terminal(
    2,
    opened_on=date(2026, 10, 30),
    covered=False,
    history=tuple(
        TerminalEvent(kind=kind, on=day, serial="VD2-2026-00002", case=case)
        for kind, day, case in (
            (TerminalEventKind.REGISTERED, date(2026, 3, 1), None),
            (TerminalEventKind.CLAIMED, date(2026, 10, 28), WARRANTY.number),
            (TerminalEventKind.OPENED, date(2026, 10, 30), WARRANTY.number),
            (TerminalEventKind.REFUSED, date(2026, 11, 2), WARRANTY.number),
        )
    ),
)
TERMINALS = (terminal(), OPENED, terminal(3, covered=False, installed_on=date(2024, 3, 1), last_day=date(2025, 3, 1)))
INTACT = EvidenceVerdict(
    None, signer="Example Communications", made_at=datetime(2026, 11, 23, 8, tzinfo=UTC), customer="1001", files=27,
    root_sha256="0f" * 32, root_given=True,
)  # fmt: skip
SAVED = EvidenceSaved("/papers/evidence.zip", INTACT)
BROKEN = EvidenceSaved("/papers/evidence.zip", EvidenceVerdict(EvidenceProblem.CHANGED, "bills/202610-1001.pdf"))


def jpeg() -> bytes:
    """A picture."""
    done, content = cv2.imencode(".jpg", np.full((60, 80, 3), 120, np.uint8))
    assert done
    return content.tobytes()


def picture_file(folder: Path, name: str = "defect.jpg") -> Path:
    """A picture in a file."""
    path = folder / name
    path.write_bytes(jpeg())
    return path
