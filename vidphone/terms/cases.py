"""Cases: what a customer asks or disputes, and by when each side has its turn (clauses 6, 16 and 18).

A case waits for the provider, for the customer, or for the commission. The provider answers within 15 days, the
time in which telecom operators are to answer complaints (Measures on Appeals of Telecom Users, 2016). Who is content
with the answer, or says nothing to it for 30 days, has the case closed; who is not contests it, or takes it to the
commission that the agreement names. Both times are the operator's to set (`Terms`).
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

ANSWER_DAYS = 15
"""For the provider, from each day on which it is its turn."""
CONTEST_DAYS = 30
"""For the customer, from the answer; and to reply to what the provider asks."""


class CaseState(StrEnum):
    """Whose turn it is."""

    OPEN = "open"
    """The provider's, to answer."""
    ASKED = "asked"
    """The customer's, to reply to a question of the provider."""
    ANSWERED = "answered"
    """The customer's, to contest the answer."""
    ESCALATED = "escalated"
    """The commission's (clause 16)."""
    CLOSED = "closed"


class Ending(StrEnum):
    """How a case was closed."""

    SETTLED = "settled"
    """The customer is content, or the commission has decided."""
    ACCEPTED_BY_TIME = "accepted-by-time"
    """The answer was not contested in time."""
    UNANSWERED = "unanswered"
    """The customer did not reply to the provider's question in time."""
    WITHDRAWN = "withdrawn"


class CaseStep(StrEnum):
    """What a side does."""

    ASK = "ask"
    ANSWER = "answer"
    REPLY = "reply"
    CONTEST = "contest"
    SETTLE = "settle"
    WITHDRAW = "withdraw"
    ESCALATE = "escalate"


BY_PROVIDER = frozenset({CaseStep.ASK, CaseStep.ANSWER})
"""The other steps are the customer's; settling what is escalated is either's, by what the commission decided."""
_STEPS: dict[CaseStep, dict[CaseState, CaseState]] = {
    CaseStep.ASK: {CaseState.OPEN: CaseState.ASKED},
    CaseStep.ANSWER: dict.fromkeys((CaseState.OPEN, CaseState.ASKED), CaseState.ANSWERED),
    CaseStep.REPLY: {CaseState.ASKED: CaseState.OPEN},
    CaseStep.CONTEST: {CaseState.ANSWERED: CaseState.OPEN},
    CaseStep.SETTLE: dict.fromkeys((CaseState.ANSWERED, CaseState.ESCALATED), CaseState.CLOSED),
    CaseStep.WITHDRAW: dict.fromkeys(
        (CaseState.OPEN, CaseState.ASKED, CaseState.ANSWERED, CaseState.ESCALATED), CaseState.CLOSED
    ),
    CaseStep.ESCALATE: dict.fromkeys((CaseState.OPEN, CaseState.ANSWERED), CaseState.ESCALATED),
}
_ENDINGS = {CaseStep.SETTLE: Ending.SETTLED, CaseStep.WITHDRAW: Ending.WITHDRAWN}
_BY_TIME = {CaseState.ANSWERED: Ending.ACCEPTED_BY_TIME, CaseState.ASKED: Ending.UNANSWERED}


class NotNow(Exception):
    """A step is not possible as the case stands."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each side has, in days."""

    answer_days: int = ANSWER_DAYS
    contest_days: int = CONTEST_DAYS


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case has got."""

    state: CaseState
    since: date
    due: date | None
    """The last day of whose turn it is; None where nobody has one."""
    ending: Ending | None = None

    @property
    def clause(self) -> int:
        """What the next step goes by: the commission's clause once it is there, else that of disputes."""
        return 16 if self.state is CaseState.ESCALATED else 6


DEFAULT = Terms()


def opened(on: date, terms: Terms = DEFAULT) -> Progress:
    """A new case."""
    return _in_state(CaseState.OPEN, on, terms)


def possible(progress: Progress, today: date) -> frozenset[CaseStep]:
    """What may be done now. To the commission goes what was answered, or what was not answered in time."""
    steps = {step for step, moves in _STEPS.items() if progress.state in moves}
    if progress.state is CaseState.OPEN and not late(progress, today):
        steps.discard(CaseStep.ESCALATE)
    return frozenset(steps)


def take(progress: Progress, step: CaseStep, on: date, terms: Terms = DEFAULT) -> Progress:
    """The case after a step.

    Raises:
        NotNow: it is not possible as the case stands; what time has done to it included (`by_time`).
    """
    now = by_time(progress, on)
    if step not in possible(now, on):
        raise NotNow(step.value)
    after = _in_state(_STEPS[step][now.state], on, terms)
    return replace(after, ending=_ENDINGS[step]) if after.state is CaseState.CLOSED else after


def late(progress: Progress, today: date) -> bool:
    """Whether whose turn it is has missed the last day for it."""
    return progress.due is not None and today > progress.due


def by_time(progress: Progress, today: date) -> Progress:
    """The case as the time alone makes it: closed on the day after the customer's last. The provider's delay closes
    nothing, it opens the way to the commission.
    """
    ending = _BY_TIME.get(progress.state)
    if ending is None or progress.due is None or not late(progress, today):
        return progress
    return Progress(CaseState.CLOSED, progress.due + timedelta(1), None, ending)


def _in_state(state: CaseState, on: date, terms: Terms) -> Progress:
    days = {
        CaseState.OPEN: terms.answer_days,
        CaseState.ASKED: terms.contest_days,
        CaseState.ANSWERED: terms.contest_days,
    }.get(state)
    return Progress(state, on, None if days is None else on + timedelta(days))
