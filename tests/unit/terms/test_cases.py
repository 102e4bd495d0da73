from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.cases import CaseState, CaseStep, Ending, NotNow, Progress, by_time, late, opened, possible, take

TODAY = date(2026, 9, 1)
ANSWERED = take(opened(TODAY), CaseStep.ANSWER, TODAY)
ASKED = take(opened(TODAY), CaseStep.ASK, TODAY)
ESCALATED = take(ANSWERED, CaseStep.ESCALATE, TODAY)
CLOSED = take(ANSWERED, CaseStep.SETTLE, TODAY)

STEPS = {
    "open": (opened(TODAY), {"ask": "asked", "answer": "answered", "withdraw": "closed"}),
    "asked": (ASKED, {"reply": "open", "answer": "answered", "withdraw": "closed"}),
    "answered": (
        ANSWERED,
        {"contest": "open", "settle": "closed", "escalate": "escalated", "withdraw": "closed"},
    ),
    "escalated": (ESCALATED, {"settle": "closed", "withdraw": "closed"}),
    "closed": (CLOSED, {}),
}


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("step", CaseStep)
def test_each_state_allows_its_steps_and_no_other(name: str, step: CaseStep) -> None:
    progress, allowed = STEPS[name]
    assert progress.state.value == name
    if step.value in allowed:
        assert take(progress, step, TODAY).state.value == allowed[step.value]
    else:
        with pytest.raises(NotNow):
            take(progress, step, TODAY)


@pytest.mark.parametrize(
    ("progress", "days", "state", "ending"),
    [
        (opened(TODAY), 400, CaseState.OPEN, None),  # the provider's delay closes nothing
        (ANSWERED, 30, CaseState.ANSWERED, None),
        (ANSWERED, 31, CaseState.CLOSED, Ending.ACCEPTED_BY_TIME),
        (ASKED, 30, CaseState.ASKED, None),
        (ASKED, 31, CaseState.CLOSED, Ending.UNANSWERED),
        (ESCALATED, 400, CaseState.ESCALATED, None),
    ],
)
def test_time_closes_what_waits_for_the_customer(
    progress: Progress, days: int, state: CaseState, ending: Ending | None
) -> None:
    found = by_time(progress, TODAY + timedelta(days))
    assert (found.state, found.ending) == (state, ending)
    if ending:
        assert found.since == TODAY + timedelta(31)


@pytest.mark.parametrize(("days", "way"), [(15, False), (16, True)])
def test_an_answer_that_is_late_opens_the_way_to_the_commission(days: int, way: bool) -> None:
    today = TODAY + timedelta(days)
    assert late(opened(TODAY), today) is way
    assert (CaseStep.ESCALATE in possible(opened(TODAY), today)) is way


def test_each_turn_has_its_own_time() -> None:
    contested = take(ANSWERED, CaseStep.CONTEST, TODAY + timedelta(30))
    assert contested.due == TODAY + timedelta(45)
    with pytest.raises(NotNow):
        take(ANSWERED, CaseStep.CONTEST, TODAY + timedelta(31))
    assert (ESCALATED.due, ESCALATED.clause, ANSWERED.clause) == (None, 16, 6)
    assert take(ESCALATED, CaseStep.WITHDRAW, TODAY).ending is Ending.WITHDRAWN


@given(st.lists(st.tuples(st.sampled_from(CaseStep), st.integers(0, 40)), max_size=12))
def test_a_closed_case_stays_closed_and_says_how(steps: list[tuple[CaseStep, int]]) -> None:
    progress, today = opened(TODAY), TODAY
    for step, days in steps:
        today += timedelta(days)
        progress = by_time(progress, today)
        if progress.state is CaseState.CLOSED:
            assert not possible(progress, today)
        elif step in possible(progress, today):
            progress = take(progress, step, today)
        assert (progress.state is CaseState.CLOSED) == (progress.ending is not None)
        assert progress.since <= today
