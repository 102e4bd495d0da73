"""What a side says of its media, what it is told of the charge, and a charged call without the link (clause 9)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.call.messages import (
    CALLEE_FINGERPRINT,
    CALLER_FINGERPRINT,
    CALLER_NONCE,
    accept,
    call_id,
)
from vidphone.call import effects as fx
from vidphone.call import events as ev
from vidphone.call.machine import Call
from vidphone.call.metering import UNMETERED_S
from vidphone.call.switchboard import Switchboard
from vidphone.call.view import CallState
from vidphone.wire import signaling as wire
from vidphone.wire.reasons import EndReason

ID = call_id(1)
T = 1000.0


def active() -> Call:
    call, _ = Call.dial(ID, "1002", video=True, microphone=True, nonce=CALLER_NONCE, link_up=True, now=T)
    call.handle(ev.OfferMade(0, f"{CALLER_FINGERPRINT} offer 0", CALLER_FINGERPRINT), T)
    call.handle(accept(ID), T)
    call.handle(ev.AnswerTaken(0, CALLEE_FINGERPRINT), T)
    return call


def talking() -> Call:
    call = active()
    assert flow(call.handle(ev.MediaConnected(0), T)) == [True]
    return call


def flow(effects: list[fx.Effect]) -> list[bool]:
    return [
        effect.message.flowing
        for effect in effects
        if isinstance(effect, fx.Send) and isinstance(effect.message, wire.Media)
    ]


def charging(**more: object) -> wire.Charging:
    told = {"price_e4_yuan": 1500, "minimum_s": 0, "increment_s": 1, "spent_fen": 0, "answered_s": 0, "running": True}
    return wire.Charging.model_validate({"call": ID, **told, **more})


def run_until(call: Call, until: float) -> list[tuple[float, fx.Effect]]:
    """Let the deadlines pass up to a time."""
    happened: list[tuple[float, fx.Effect]] = []
    while (now := call.deadline) is not None and now <= until:
        happened += [(now, effect) for effect in call.handle(ev.Deadline(), now)]
    return happened


def ends(effects: list[tuple[float, fx.Effect]]) -> list[tuple[float, EndReason]]:
    return [
        (at, effect.message.reason)
        for at, effect in effects
        if isinstance(effect, fx.Send) and isinstance(effect.message, wire.End)
    ]


def test_nothing_is_said_of_media_before_it_flows() -> None:
    call, _ = Call.dial(ID, "1002", video=True, microphone=True, nonce=CALLER_NONCE, link_up=True, now=T)
    effects = call.handle(ev.OfferMade(0, "sdp", CALLER_FINGERPRINT), T) + call.handle(accept(ID), T)
    effects += call.handle(ev.LinkDown(), T + 1) + call.handle(ev.LinkUp(resumed=True), T + 2)
    assert flow(effects) == []


def test_flowing_media_is_said_every_ten_seconds_held_or_not() -> None:
    call = talking()
    call.handle(ev.HoldCall(on=True), T + 5)

    said = [at for at, effect in run_until(call, T + 35) if flow([effect]) == [True]]

    assert said == [T + 10, T + 20, T + 30]


def test_lost_and_recovered_media_is_said_at_once() -> None:
    call = talking()
    assert flow(call.handle(ev.MediaLost(), T + 13)) == [False]
    assert flow(call.handle(ev.MediaRecovered(), T + 14)) == [True]
    assert call.deadline == T + 24


@pytest.mark.parametrize("resumed", [True, False])
def test_without_the_link_nothing_is_said_and_with_it_all_is_said_anew(resumed: bool) -> None:
    call = talking()
    call.handle(ev.LinkDown(), T + 1)
    assert run_until(call, T + 25) == []
    assert flow(call.handle(ev.MediaLost(), T + 25)) == []
    assert flow(call.handle(ev.LinkUp(resumed=resumed), T + 26)) == [False]
    assert flow(call.handle(ev.MediaRecovered(), T + 27)) == [True]
    call.handle(ev.LinkDown(), T + 28)
    assert flow(call.handle(ev.LinkUp(resumed=resumed), T + 29)) == [True]


def test_a_call_that_is_over_says_no_more() -> None:
    call = talking()
    assert flow(call.handle(ev.HangUpCall(), T + 3)) == []
    assert call.deadline is None


def test_what_the_hub_tells_is_reported_with_the_time_it_came() -> None:
    call = talking()
    (report,) = call.handle(charging(remaining_s=60, final=True, warning=60, spent_fen=15, answered_s=60), T + 6)
    assert isinstance(report, fx.ReportCharge)
    charge = report.charge
    assert (charge.spent_fen, charge.remaining_s, charge.final, charge.warning) == (15, 60, True, 60)
    assert (charge.at, charge.running, charge.settled) == (T + 6, True, False)


def test_the_hub_ends_a_call_whose_credit_is_used_up_not_this_side() -> None:
    call = talking()
    call.handle(charging(remaining_s=10, final=True, warning=10), T + 1)
    assert ends(run_until(call, T + 200)) == []


def test_without_the_link_the_call_ends_when_its_credit_is_used_up() -> None:
    call = talking()
    call.handle(charging(remaining_s=40, final=True), T + 1)
    call.handle(ev.LinkDown(), T + 2)
    assert ends(run_until(call, T + 500)) == [(T + 41, EndReason.CREDIT_LIMIT)]
    assert call.view().reason is EndReason.CREDIT_LIMIT


def test_a_charged_call_without_the_link_goes_on_for_a_while_only() -> None:
    call = talking()
    call.handle(charging(remaining_s=5000), T + 1)
    call.handle(ev.LinkDown(), T + 2)
    assert ends(run_until(call, T + 500)) == [(T + 2 + UNMETERED_S, EndReason.CONNECTION_LOST)]


def test_a_link_that_comes_back_lets_it_go_on() -> None:
    call = talking()
    call.handle(charging(remaining_s=40), T + 1)
    call.handle(ev.LinkDown(), T + 2)
    call.handle(ev.LinkUp(resumed=True), T + 30)
    assert ends(run_until(call, T + 500)) == []


@pytest.mark.parametrize("told", [None, charging(price_e4_yuan=0), charging(running=False, remaining_s=5)])
def test_a_call_that_costs_nothing_goes_on_without_the_link(told: wire.Charging | None) -> None:
    call = talking()
    if told is not None:
        call.handle(told, T + 1)
    call.handle(ev.LinkDown(), T + 2)
    assert run_until(call, T + 500) == []
    assert call.state is CallState.ACTIVE


def test_the_last_word_of_the_charge_is_taken_after_the_end() -> None:
    board = Switchboard()
    board.set_link(up=True, now=T)
    board.dial(ID, "1002", video=False, nonce=CALLER_NONCE, now=T)
    board.media(ID, ev.OfferMade(0, "sdp", CALLER_FINGERPRINT), now=T)
    board.receive(accept(ID), now=T)
    board.hang_up("", now=T + 9)

    assert board.receive(charging(spent_fen=2), now=T + 9) == []
    (report,) = board.receive(charging(spent_fen=3, settled=True, running=False), now=T + 9)
    assert isinstance(report, fx.ReportCharge)
    assert (report.call, report.charge.spent_fen, report.charge.settled) == (ID, 3, True)
    assert board.receive(charging(call=call_id(7), settled=True), now=T + 9) == []


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["lost", "recovered", "down", "up", "hold", "wait"]), st.floats(0.0, 25.0)),
        max_size=30,
    )
)
def test_the_hub_can_always_tell_whether_media_flows(steps: list[tuple[str, float]]) -> None:
    """While the link is up, the last word is true and at most ten seconds old where media flows."""
    call, now, up = talking(), T, True
    said, said_at = True, T

    def took(effects: list[fx.Effect], at: float) -> None:
        nonlocal said, said_at
        for word in flow(effects):
            assert up
            said, said_at = word, at

    for step, seconds in steps:
        while (due := call.deadline) is not None and due <= now + seconds:
            took(call.handle(ev.Deadline(), due), due)
        now += seconds
        if call.state is CallState.ENDED:
            return
        if step in {"down", "up"}:
            up = step == "up"
        event = {
            "lost": ev.MediaLost(),
            "recovered": ev.MediaRecovered(),
            "down": ev.LinkDown(),
            "up": ev.LinkUp(resumed=True),
            "hold": ev.HoldCall(on=True),
            "wait": ev.FirstFrame(),
        }[step]
        took(call.handle(event, now), now)
        if up:
            flowing = call.state in {CallState.ACTIVE, CallState.HELD}
            assert said == flowing
            assert not flowing or now - said_at < wire.MEDIA_S + 1e-6
