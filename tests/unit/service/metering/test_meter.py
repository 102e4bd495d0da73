import pytest

from tests.unit.service.metering.world import World, rate
from vidphone.service.metering.meter import UNCONFIRMED_S
from vidphone.service.metering.stopwatch import Side
from vidphone.wire.reasons import EndReason


def talking(limit_fen: int, seconds: float = 0.0) -> World:
    world = World(limit_fen)
    world.both(True)
    world.pass_time(seconds, beating=True)
    return world


def test_the_price_is_told_before_anything_is_charged() -> None:
    world = World(500)
    _, told = world.told[0]
    assert (told.price_e4_yuan, told.spent_fen, told.running, told.remaining_s) == (6_000, 0, False, 500)


def test_charging_begins_when_media_is_up_on_both_sides() -> None:
    world = World(500)
    world.pass_time(3)
    world.hear(Side.CALLER, True)
    world.pass_time(4)
    assert world.begun == 0
    world.hear(Side.CALLEE, True)
    world.pass_time(5.2)
    world.end()
    assert (world.charged.used_s, world.charged.fen, world.begun) == (6, 6, 1)


def test_a_call_without_media_costs_nothing() -> None:
    world = World(500)
    world.pass_time(20)
    world.end()
    assert world.charged.fen == 0
    assert world.books.credit[1].available_fen == 500


def test_media_that_stops_is_not_charged() -> None:
    world = talking(500, 10)
    world.hear(Side.CALLEE, False)
    for _ in range(2):
        world.pass_time(10)
        world.hear(Side.CALLER, True)
    world.hear(Side.CALLEE, True)
    world.pass_time(5)
    world.end()
    assert world.charged.used_s == 15


def test_the_payer_is_warned_at_60_30_and_10_seconds_and_the_call_is_cut_at_the_end() -> None:
    world = talking(200, 250)
    assert world.warnings() == [(140, 60), (170, 30), (190, 10)]
    assert world.ended() == (200, EndReason.CREDIT_LIMIT)
    assert (world.charged.used_s, world.charged.fen, world.charged.uncovered_fen) == (200, 200, 0)
    assert world.told[-1][1].settled


@pytest.mark.parametrize(("limit", "warnings"), [(45, [60, 30, 10]), (25, [30, 10]), (8, [10])])
def test_a_call_that_begins_with_little_credit_is_warned_at_once(limit: int, warnings: list[int]) -> None:
    world = talking(limit, 60)
    assert [warning for _, warning in world.warnings()] == warnings
    assert world.charged.used_s == limit


def test_a_payment_during_the_countdown_goes_on_with_the_call_and_takes_final_back() -> None:
    world = talking(100, 95)
    assert world.told[-1][1].final
    world.pay(300)
    assert (world.told[-1][1].final, world.told[-1][1].remaining_s) == (False, 305)
    world.pass_time(400, beating=True)
    assert [warning for _, warning in world.warnings()] == [60, 30, 10, 60, 30, 10]
    assert world.ended() == (400, EndReason.CREDIT_LIMIT)


def test_credit_that_another_call_gave_back_is_used_without_being_told() -> None:
    world = talking(100, 50)
    world.books.credit[1] = world.books.credit[1].__class__(1, 1_000, reserved_fen=world.books.credit[1].reserved_fen)
    world.pass_time(100, beating=True)
    assert world.cut is None


def test_a_call_of_which_nothing_is_heard_is_ended_and_charged_what_was_confirmed() -> None:
    world = talking(500, 20)
    world.pass_time(100)
    assert world.ended() == (20 + UNCONFIRMED_S, EndReason.MEDIA_FAILED)
    assert world.charged.used_s == 20


def test_a_client_that_keeps_saying_that_media_stopped_is_cut() -> None:
    world = World(500)
    for _ in range(100):
        world.both(True)
        world.pass_time(1)
        world.hear(Side.CALLER, False)
        world.pass_time(9)
    assert world.cut is not None
    assert world.cut[1] is EndReason.MEDIA_FAILED
    assert world.cut[0] < 60


def test_a_silent_client_that_speaks_again_confirms_what_it_missed() -> None:
    world = talking(500, 20)
    world.pass_time(25)
    world.both(True)
    world.end()
    assert world.charged.used_s == 45


def test_a_hub_that_is_late_at_the_end_charges_no_more() -> None:
    world = World(100)
    world.late_s = 2.5
    world.both(True)
    world.pass_time(200, beating=True)
    assert (world.charged.used_s, world.charged.fen, world.charged.uncovered_fen) == (100, 100, 0)


def test_restarted_service_charges_the_time_without_it_when_both_say_that_media_went_on() -> None:
    world = talking(500, 30)
    world.restart(40)
    world.pass_time(3)
    world.both(True)
    world.pass_time(5)
    world.end()
    assert world.charged.used_s == 78


def test_restarted_service_charges_what_was_confirmed_when_nobody_comes_back() -> None:
    world = talking(500, 30)
    world.restart(600)
    world.pass_time(100)
    assert world.ended() == (630 + UNCONFIRMED_S, EndReason.MEDIA_FAILED)
    assert world.charged.used_s == 30


def test_what_was_talked_past_the_limit_while_there_was_no_service_is_not_charged() -> None:
    world = talking(50, 30)
    world.restart(300)
    world.both(True)
    world.pass_time(0)
    assert world.ended() == (330, EndReason.CREDIT_LIMIT)
    assert world.charged.fen == 50


def test_a_price_of_nothing_goes_on_without_end() -> None:
    world = World(5, rate(0))
    world.both(True)
    world.pass_time(600, beating=True)
    world.end()
    assert (world.cut, world.warnings(), world.told[-1][1].remaining_s) == (None, [], None)
    assert (world.charged.used_s, world.charged.fen) == (600, 0)


def test_minimum_and_increment_are_kept_to_the_end_of_the_credit() -> None:
    world = World(100, rate(minimum_s=30, increment_s=20))
    world.both(True)
    world.pass_time(200, beating=True)
    assert world.ended() == (90, EndReason.CREDIT_LIMIT)
    assert (world.charged.used_s, world.charged.fen) == (90, 90)


def test_a_call_far_past_its_grant_after_a_restart_goes_on_while_there_is_credit() -> None:
    world = talking(1_000, 30)
    world.restart(300)
    world.both(True)
    world.pass_time(10)
    world.end()
    assert (world.cut, world.charged.fen) == (None, 340)
