"""Who loses a relay: nobody in a call, everybody else in time."""

from hypothesis import given
from hypothesis import strategies as st

from vidphone.service.relay_guard import DISTRUST_S, RELEASE_S, SETUP_S, Allocation, Guard

AT = 1000.0


def one(age_s: float) -> Allocation:
    return Allocation("7", "a", age_s)


def test_allocation_of_somebody_in_a_call_stays() -> None:
    guard = Guard()
    guard.in_calls({"a"}, AT)
    assert guard.to_cancel([one(86_400)], AT) == ()


def test_allocation_of_nobody_known_goes_once_a_call_could_have_been_set_up() -> None:
    guard = Guard()
    assert guard.to_cancel([one(SETUP_S)], AT) == ()
    assert guard.to_cancel([one(SETUP_S + 1)], AT) == ("7",)


def test_allocation_that_outlives_its_call_goes_after_the_time_to_release_it() -> None:
    guard = Guard()
    guard.in_calls({"a"}, AT)
    assert guard.to_cancel([one(5)], AT) == ()
    assert guard.to_cancel([one(5 + RELEASE_S)], AT + RELEASE_S) == ()
    assert guard.to_cancel([one(6 + RELEASE_S)], AT + RELEASE_S + 1) == ("7",)


def test_who_was_cut_is_cut_again_at_once_until_a_call_or_long_after() -> None:
    guard = Guard()
    guard.to_cancel([one(SETUP_S + 1)], AT)
    assert guard.to_cancel([one(0)], AT + 1) == ("7",)
    guard.in_calls({"a"}, AT + 2)
    assert guard.to_cancel([one(0)], AT + 2) == ()
    guard.to_cancel([one(60)], AT + 62)
    assert guard.to_cancel([one(0)], AT + 64) == ("7",)
    assert guard.to_cancel([one(0)], AT + 64 + DISTRUST_S) == ()


def test_a_new_call_right_after_one_has_the_time_to_be_set_up() -> None:
    guard = Guard()
    guard.in_calls({"a"}, AT)
    assert guard.to_cancel([one(1)], AT + RELEASE_S + 2) == ()


@given(
    st.lists(
        st.tuples(st.floats(0.5, 30), st.booleans(), st.lists(st.floats(0, 5000), max_size=3)), min_size=1, max_size=30
    )
)
def test_nobody_in_a_call_is_cut_and_nobody_else_keeps_an_old_allocation(
    looks: list[tuple[float, bool, list[float]]],
) -> None:
    guard, now, last_call = Guard(), AT, float("-inf")
    for passed, calling, ages in looks:
        now += passed
        if calling:
            guard.in_calls({"a"}, now)
            last_call = now
        gone = guard.to_cancel([Allocation(str(at), "a", age) for at, age in enumerate(ages)], now)
        assert not (calling and gone)
        if now - last_call > RELEASE_S:
            assert set(gone) >= {str(at) for at, age in enumerate(ages) if age > SETUP_S}
