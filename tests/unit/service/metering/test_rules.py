"""Random calls: what is charged is what both sides confirmed, and never past the limit."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.service.metering.world import World, rate
from vidphone.service.metering.stopwatch import Side
from vidphone.terms.credit import WARNINGS_S
from vidphone.terms.tariff import Rate
from vidphone.wire.reasons import EndReason

SECONDS = st.floats(0.0, 50.0).map(lambda value: round(value, 3))
RATES = st.builds(rate, st.integers(0, 40_000), st.integers(0, 90), st.integers(1, 60))
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("word"), st.sampled_from(Side), st.booleans()),
        st.tuples(st.just("both"), st.none(), st.just(True)),
        st.tuples(st.just("beating"), st.floats(0, 200).map(lambda value: round(value, 3)), st.none()),
        st.tuples(st.just("wait"), SECONDS, st.none()),
        st.tuples(st.just("pay"), st.integers(1, 400), st.none()),
        st.tuples(st.just("restart"), SECONDS, st.none()),
    ),
    max_size=25,
)


@settings(max_examples=300, deadline=None)
@given(limit=st.integers(200, 3_000), price=RATES, events=EVENTS, late_s=st.sampled_from([0.0, 0.0, 0.4, 3.0]))
def test_charged_is_what_was_confirmed_and_never_past_the_limit(
    limit: int, price: Rate, events: list[tuple[str, object, object]], late_s: float
) -> None:
    if price.charge_fen(1) > limit:
        return
    world = World(limit, price)
    world.late_s = late_s
    restarted = False
    for kind, first, second in events:
        if world.over:
            break
        match kind, first:
            case "word", Side() as side:
                world.hear(side, bool(second))
            case "both", _:
                world.both(True)
            case "beating", float() as seconds:
                world.both(True)
                world.pass_time(seconds, beating=True)
            case "wait", float() as seconds:
                world.pass_time(seconds)
            case "pay", int() as fen:
                world.pay(fen)
            case "restart", float() as seconds:
                restarted = True
                world.restart(seconds)
        world.pass_time(0)
    world.end()
    confirmed_s = math.ceil(round(world.confirmed.total * 1000) / 1000)
    granted_s = world.books.holds[world.charged.call].granted_s
    cut_for_credit = world.cut is not None and world.cut[1] is EndReason.CREDIT_LIMIT
    if not restarted:
        assert world.charged.uncovered_fen == 0
        assert world.charged.used_s == min(confirmed_s, granted_s)
        assert confirmed_s <= granted_s + late_s + 1
    elif not cut_for_credit and not world.charged.uncovered_fen:
        assert world.charged.used_s == confirmed_s
    assert world.charged.fen <= world.limit_fen
    assert world.charged.fen == price.charge_fen(world.charged.used_s) - world.charged.uncovered_fen
    assert world.books.credit[1].reserved_fen == 0
    spent = [told.spent_fen for _, told in world.told]
    assert world.told[-1][1].settled
    assert restarted or spent[-1] == world.charged.fen
    assert {told.warning for _, told in world.told} <= {None, *WARNINGS_S}
