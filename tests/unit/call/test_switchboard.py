from collections.abc import Callable

import pytest

from tests.unit.call.messages import CALLEE_FINGERPRINT, CALLER_FINGERPRINT, CALLER_NONCE, accept, call_id, propose
from vidphone.call import effects as fx
from vidphone.call import events as ev
from vidphone.call.switchboard import MAX_CALLS, REMEMBERED, Switchboard
from vidphone.call.view import CallState, CallView, CallWaiting, Direction
from vidphone.wire import signaling as wire
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason

T = 1000.0
ONE, TWO, THREE = call_id(1), call_id(2), call_id(3)


@pytest.fixture
def board() -> Switchboard:
    board = Switchboard()
    board.set_link(up=True, now=T)
    return board


def dial(board: Switchboard, call: str, number: str = "1002") -> list[fx.Effect]:
    effects = board.dial(call, number, video=True, nonce=CALLER_NONCE, now=T)
    return effects + board.media(call, ev.OfferMade(0, "sdp", CALLER_FINGERPRINT), now=T)


def talk(board: Switchboard, call: str, number: str = "1002") -> None:
    dial(board, call, number)
    board.receive(accept(call), now=T)
    board.media(call, ev.MediaConnected(0), now=T)


def answer(board: Switchboard, call: str, active_call: CallWaiting = CallWaiting.HOLD) -> list[fx.Effect]:
    effects = board.answer(call, video=True, nonce=CALLER_NONCE, now=T, active_call=active_call)
    effects += board.media(call, ev.AnswerMade(0, "sdp", CALLEE_FINGERPRINT, CALLER_FINGERPRINT), now=T)
    return effects + board.media(call, ev.MediaConnected(0), now=T)


def states(board: Switchboard) -> dict[str, CallState]:
    return {view.call: view.state for view in board.views}


def ended(effects: list[fx.Effect]) -> list[tuple[str, EndReason | None]]:
    reports = [effect.view for effect in effects if isinstance(effect, fx.Report)]
    return [(view.call, view.reason) for view in reports if view.state is CallState.ENDED]


def sent(effects: list[fx.Effect]) -> list[wire.CallMessage]:
    return [effect.message for effect in effects if isinstance(effect, fx.Send)]


def refusal(act: Callable[[], object]) -> ErrorCode:
    with pytest.raises(VidphoneError) as raised:
        act()
    return raised.value.code


def view(board: Switchboard, call: str) -> CallView:
    return next(view for view in board.views if view.call == call)


def test_a_second_call_is_refused_until_the_first_is_held(board: Switchboard) -> None:
    talk(board, ONE)
    assert refusal(lambda: dial(board, TWO, "1003")) is ErrorCode.IN_A_CALL

    board.hold("", on=True, now=T)
    dial(board, TWO, "1003")

    assert states(board) == {ONE: CallState.HELD, TWO: CallState.DIALLING}
    assert refusal(lambda: board.hold(ONE, on=False, now=T)) is ErrorCode.IN_A_CALL


@pytest.mark.parametrize("number", ["", "12", "1" * 16, "12a4", "+4912", "１２３"])
def test_what_is_no_number_is_not_dialled(board: Switchboard, number: str) -> None:
    assert refusal(lambda: dial(board, ONE, number)) is ErrorCode.BAD_NUMBER


def test_resuming_one_call_holds_the_other(board: Switchboard) -> None:
    talk(board, ONE)
    board.hold("", on=True, now=T)
    talk(board, TWO, "1003")

    board.hold(ONE, on=False, now=T)

    assert states(board) == {ONE: CallState.ACTIVE, TWO: CallState.HELD}


def test_call_waiting_holds_or_ends_the_active_call(board: Switchboard) -> None:
    talk(board, ONE)
    effects = board.receive(propose(TWO, "1003"), now=T)
    assert wire.Ringing(call=TWO) in sent(effects)
    assert view(board, TWO).waiting
    answer(board, TWO)
    assert states(board) == {ONE: CallState.HELD, TWO: CallState.ACTIVE}

    board.receive(propose(THREE, "1004"), now=T)
    effects = answer(board, THREE, CallWaiting.END)

    assert ended(effects) == [(TWO, EndReason.HUNG_UP)]
    assert states(board) == {ONE: CallState.HELD, THREE: CallState.ACTIVE}


def test_a_waiting_call_waits_no_more_when_the_active_one_ends(board: Switchboard) -> None:
    talk(board, ONE)
    board.receive(propose(TWO, "1003"), now=T)

    board.receive(wire.End(call=ONE, reason=EndReason.HUNG_UP), now=T)

    assert not view(board, TWO).waiting


def test_answering_gives_up_a_call_that_nobody_answered_yet(board: Switchboard) -> None:
    dial(board, ONE)
    board.receive(propose(TWO, "1003"), now=T)

    effects = answer(board, TWO)

    assert ended(effects) == [(ONE, EndReason.CANCELLED)]
    assert wire.Retract(call=ONE, reason=EndReason.CANCELLED) in sent(effects)


def test_a_second_incoming_call_is_told_busy(board: Switchboard) -> None:
    board.receive(propose(ONE, "1003"), now=T)

    effects = board.receive(propose(TWO, "1004"), now=T)

    assert effects == [fx.Send(wire.Reject(call=TWO, reason=EndReason.BUSY))]
    assert list(states(board)) == [ONE]


def test_the_microphone_is_muted_in_all_calls_and_stays_so(board: Switchboard) -> None:
    talk(board, ONE)
    board.hold("", on=True, now=T)
    talk(board, TWO, "1003")

    board.set_microphone(on=False, now=T)
    assert [view.microphone for view in board.views] == [False, False]
    board.hang_up("", now=T)
    dial(board, THREE, "1004")

    assert not view(board, THREE).microphone
    assert view(board, THREE).camera


def test_glare_lost_folds_our_call_into_the_winner(board: Switchboard) -> None:
    dial(board, ONE, "1002")
    assert board.receive(propose(TWO, "1002"), now=T + 1) == []

    effects = board.receive(wire.Reject(call=ONE, reason=EndReason.GLARE, winner=TWO), now=T + 1)

    assert ended(effects) == [(ONE, EndReason.GLARE)]
    assert states(board) == {TWO: CallState.CONNECTING}
    won = view(board, TWO)
    assert (won.direction, won.camera, won.dialled_at) == (Direction.OUTGOING, True, T)
    board.hang_up(ONE, now=T + 1)  # the id that the user knows means the winner
    assert not board.views


def test_glare_waits_for_a_winner_that_is_late_but_not_for_ever(board: Switchboard) -> None:
    dial(board, ONE, "1002")
    reject = wire.Reject(call=ONE, reason=EndReason.GLARE, winner=TWO)
    board.receive(reject, now=T)
    board.receive(propose(TWO, "1002"), now=T)
    assert states(board) == {TWO: CallState.CONNECTING}
    board.hang_up("", now=T)

    dial(board, THREE, "1002")
    board.receive(wire.Reject(call=THREE, reason=EndReason.GLARE, winner=call_id(4)), now=T)
    assert board.deadline is not None
    effects = board.tick(now=board.deadline)

    assert ended(effects) == [(THREE, EndReason.FAILED)]


def test_a_winner_from_another_number_is_not_answered(board: Switchboard) -> None:
    board.receive(propose(TWO, "1666"), now=T)
    dial(board, ONE, "1002")

    effects = board.receive(wire.Reject(call=ONE, reason=EndReason.GLARE, winner=TWO), now=T)

    assert ended(effects) == [(ONE, EndReason.FAILED)]
    assert states(board) == {TWO: CallState.INCOMING}


def test_a_silent_call_rings_when_our_own_was_refused(board: Switchboard) -> None:
    dial(board, ONE, "1002")
    board.receive(propose(TWO, "1002"), now=T)

    effects = board.receive(wire.Reject(call=ONE, reason=EndReason.BUSY), now=T)

    assert wire.Ringing(call=TWO) in sent(effects)
    assert states(board) == {TWO: CallState.INCOMING}


def test_a_silent_call_that_is_retracted_leaves_no_trace(board: Switchboard) -> None:
    dial(board, ONE, "1002")
    board.receive(propose(TWO, "1002"), now=T)

    assert board.receive(wire.Retract(call=TWO, reason=EndReason.CANCELLED), now=T) == []
    assert list(states(board)) == [ONE]


def test_a_new_session_ends_the_calls_it_does_not_list(board: Switchboard) -> None:
    talk(board, ONE)
    board.hold("", on=True, now=T)
    talk(board, TWO, "1003")

    effects = board.receive(wire.Standing(calls=(TWO, THREE)), now=T)

    assert ended(effects) == [(ONE, EndReason.SERVICE_RESTARTED)]
    assert states(board) == {TWO: CallState.ACTIVE}
    assert sent(effects) == [wire.End(call=THREE, reason=EndReason.HUNG_UP)]


def test_late_messages_of_a_call_that_ended_change_nothing(board: Switchboard) -> None:
    dial(board, ONE)
    board.hang_up("", now=T)
    board.receive(propose(TWO), now=T)
    board.receive(wire.Retract(call=TWO, reason=EndReason.CANCELLED), now=T)

    assert board.receive(propose(TWO), now=T) == []
    assert board.receive(wire.Ringing(call=ONE), now=T) == []
    assert board.media(ONE, ev.MediaConnected(0), now=T) == []
    assert board.receive(accept(ONE), now=T) == [fx.Send(wire.End(call=ONE, reason=EndReason.HUNG_UP))]
    assert not board.views


def test_a_call_proposed_again_by_a_new_session_rings_again(board: Switchboard) -> None:
    board.receive(propose(ONE), now=T)
    board.receive(wire.Standing(calls=()), now=T)
    assert not board.views

    board.receive(propose(ONE), now=T)

    assert states(board) == {ONE: CallState.INCOMING}


def test_without_a_name_the_obvious_call_is_meant_or_none(board: Switchboard) -> None:
    for act in (
        lambda: board.answer("", video=True, nonce=CALLER_NONCE, now=T),
        lambda: board.decline("", now=T),
        lambda: board.hang_up("", now=T),
        lambda: board.hold("", on=True, now=T),
        lambda: board.dtmf("", "1", now=T),
        lambda: board.hang_up(THREE, now=T),
    ):
        assert refusal(act) is ErrorCode.NO_SUCH_CALL
    talk(board, ONE)
    board.receive(propose(TWO, "1003"), now=T)

    assert sent(board.dtmf("", "5", now=T)) == [wire.Dtmf(call=ONE, digits="5")]
    assert refusal(lambda: board.dtmf("", "5x", now=T)) is ErrorCode.BAD_COMMAND
    assert refusal(lambda: board.answer(ONE, video=True, nonce=CALLER_NONCE, now=T)) is ErrorCode.NOT_POSSIBLE_NOW
    board.set_recording("", on=True, now=T)
    assert view(board, ONE).recording
    board.hang_up("", now=T)
    board.hang_up("", now=T)
    assert not board.views


def test_what_is_kept_stays_bounded(board: Switchboard) -> None:
    for n in range(1, 3 * REMEMBERED):
        dial(board, call_id(n))
        board.hang_up("", now=T)
    assert board.receive(accept(call_id(1)), now=T) == []
    for n in range(500, 500 + MAX_CALLS):
        talk(board, call_id(n))
        board.hold("", on=True, now=T)

    assert refusal(lambda: dial(board, ONE)) is ErrorCode.IN_A_CALL
    assert sent(board.receive(propose(TWO, "1003"), now=T)) == [wire.Reject(call=TWO, reason=EndReason.BUSY)]
