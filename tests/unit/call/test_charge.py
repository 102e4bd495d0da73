"""The figures of a charge as they go on by the clock."""

from hypothesis import given
from hypothesis import strategies as st

from vidphone.call.charge import Charge
from vidphone.terms.money import charge_fen

T = 1000.0


def charge(**more: object) -> Charge:
    told: dict[str, object] = {
        "price_e4_yuan": 6000,
        "spent_fen": 60,
        "answered_s": 60,
        "remaining_s": 30,
        "final": False,
        "warning": None,
        "at": T,
    }
    return Charge(**{**told, **more})  # type: ignore[arg-type]


def test_the_cost_goes_on_by_the_second_never_ahead_of_the_hub_and_stops_with_the_credit() -> None:
    assert [charge().spent_at(T + s) for s in (-1, 0, 0.2, 10, 30, 99)] == [60, 60, 60, 70, 90, 90]
    assert [charge().remaining_at(T + s) for s in (-1, 0, 0.2, 10, 29.5, 99)] == [30, 30, 30, 20, 1, 0]


def test_whole_increments_are_charged_as_they_begin() -> None:
    by_minutes = charge(increment_s=60)
    assert [by_minutes.spent_at(T + s) for s in (0, 0.2, 1, 29)] == [60, 60, 120, 120]


def test_figures_stand_still_while_nothing_is_counted() -> None:
    for still in (charge(running=False), charge(settled=True)):
        assert still.spent_at(T + 20) == 60
        assert still.remaining_at(T + 20) == 30
        assert still.used_up_at is None


def test_a_price_of_nothing_costs_nothing_and_lasts() -> None:
    free = charge(price_e4_yuan=0, spent_fen=0, remaining_s=None)
    assert (free.spent_at(T + 1e6), free.remaining_at(T + 1e6), free.used_up_at) == (0, None, None)


@given(
    price=st.integers(0, 100_000),
    answered_s=st.integers(0, 100_000),
    minimum_s=st.integers(0, 120),
    increment_s=st.integers(1, 60),
    passed=st.lists(st.floats(0, 10_000), min_size=2, max_size=2).map(sorted),
)
def test_the_cost_never_falls_and_agrees_with_the_hub_a_second_later(
    price: int, answered_s: int, minimum_s: int, increment_s: int, passed: list[float]
) -> None:
    spent = charge_fen(answered_s, price, minimum_s, increment_s)
    told = charge(
        price_e4_yuan=price, spent_fen=spent, answered_s=answered_s, remaining_s=None, minimum_s=minimum_s,
        increment_s=increment_s,
    )  # fmt: skip
    sooner, later = passed
    assert spent <= told.spent_at(T + sooner) <= told.spent_at(T + later)
    assert told.spent_at(T + int(later)) == charge_fen(answered_s + int(later), price, minimum_s, increment_s)
