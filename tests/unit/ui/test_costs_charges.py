"""What is shown of a running call's costs."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from vidphone.call.charge import Charge
from vidphone.call.view import CallState, CallView, Direction
from vidphone.phone.events import CallChanged, Charging, SignedOut
from vidphone.terms.money import charge_fen, format_fen
from vidphone.texts import Language
from vidphone.ui.costs.charges import (
    COUNTDOWN_S,
    Charges,
    cost,
    countdown,
    countdown_s,
    goes_on,
    next_second_s,
    settled,
    small,
)

ENGLISH = Language.ENGLISH
CHARGE = Charge(1_500, 15, 60, 30, True, None, 100.0)
VIEW = CallView("c", Direction.OUTGOING, "1001", "", CallState.ENDED, video=True)


@given(st.integers(1, 20_000), st.integers(0, 600), st.integers(0, 300), st.floats(0, 400), st.integers(1, 60))
def test_cost_shown_is_the_charge_of_the_seconds_begun_and_never_falls(
    price: int, answered: int, remaining: int, passed: float, increment: int
) -> None:
    spent = charge_fen(answered, price, 0, increment)
    charge = Charge(price, spent, answered, remaining, False, None, 100.0, increment_s=increment)
    shown = [charge.spent_at(100.0 + passed * part / 4) for part in range(5)]
    assert shown == sorted(shown)
    assert shown[0] == spent
    assert shown[-1] <= charge_fen(answered + remaining, price, 0, increment)
    assert format_fen(shown[-1]) in cost(replace(charge, answered_s=max(1, answered)), 100.0 + passed, ENGLISH) or (
        answered == 0
    )


def test_before_the_answer_the_price_is_shown_and_then_the_sum() -> None:
    dialled = replace(CHARGE, spent_fen=0, answered_s=0, running=False)
    assert cost(dialled, 105.0, ENGLISH) == "¥0.15 a minute"
    assert cost(CHARGE, 100.0, ENGLISH) == "¥0.15 so far"
    assert cost(CHARGE, 124.0, ENGLISH) == "¥0.21 so far"
    assert cost(replace(CHARGE, price_e4_yuan=0, spent_fen=0), 124.0, ENGLISH) == "free"
    assert cost(None, 124.0, ENGLISH) == ""


@given(st.integers(0, 4_000), st.floats(0, 4_000))
def test_only_the_last_minute_is_counted_down_and_never_below_nothing(remaining: int, passed: float) -> None:
    charge = replace(CHARGE, remaining_s=remaining)
    left = countdown_s(charge, 100.0 + passed)
    if left is None:
        assert remaining - passed > COUNTDOWN_S
    else:
        assert 0 <= left <= COUNTDOWN_S
        assert left == 0 or left - 1 < remaining - passed <= left


def test_countdown_reads_as_a_clock_does() -> None:
    minute = replace(CHARGE, remaining_s=60)
    assert countdown(minute, 100.0, ENGLISH) == "Your credit ends in 1:00"
    assert countdown(minute, 151.5, ENGLISH) == "Your credit ends in 0:09"
    assert countdown(minute, 161.0, ENGLISH) == "Your credit is used up; the call ends now"
    assert countdown(replace(minute, running=False), 151.5, ENGLISH) == "Your credit is enough for 1:00"
    assert small(minute, 151.5, ENGLISH) == "credit 0:09"
    assert small(replace(minute, remaining_s=None), 100.0, ENGLISH) == "¥0.15 so far"


def test_nothing_is_counted_down_where_the_credit_has_no_end_or_the_call_has() -> None:
    assert countdown_s(replace(CHARGE, remaining_s=None), 100.0) is None
    assert countdown_s(replace(CHARGE, settled=True), 100.0) is None
    assert next_second_s(replace(CHARGE, running=False), 100.5) is None
    assert next_second_s(CHARGE, 100.25) == 0.75


def test_a_longer_credit_in_the_last_minute_is_good_news_and_a_reckoning_is_not() -> None:
    paid = replace(CHARGE, remaining_s=4_000, final=False, at=110.0)
    assert goes_on(CHARGE, paid)
    assert goes_on(CHARGE, replace(paid, remaining_s=None))
    assert goes_on(CHARGE, replace(paid, remaining_s=45))
    assert not goes_on(CHARGE, replace(paid, remaining_s=21))
    assert not goes_on(replace(CHARGE, remaining_s=3_000), paid)
    assert not goes_on(None, paid)
    assert not goes_on(CHARGE, replace(paid, settled=True))


def test_final_charge_may_come_after_the_end_and_goes_with_the_next_call() -> None:
    charges = Charges()
    charges.fold(Charging("c", CHARGE))
    charges.fold(CallChanged(VIEW))
    assert settled(charges.of("c"), 130.0, ENGLISH) == "This call cost about ¥0.23."
    last = replace(CHARGE, spent_fen=22, answered_s=88, settled=True, running=False)
    assert charges.fold(Charging("c", last)) == "c"
    assert settled(charges.of("c"), 130.0, ENGLISH) == "This call cost ¥0.22."
    charges.fold(Charging("d", CHARGE))
    assert charges.of("c") is None
    charges.fold(SignedOut(None))
    assert charges.of("d") is None
    assert settled(None, 130.0, ENGLISH) == ""
