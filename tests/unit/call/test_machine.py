import pytest

from tests.unit.call.messages import (
    CALLEE_FINGERPRINT,
    CALLEE_NONCE,
    CALLER_FINGERPRINT,
    CALLER_NONCE,
    CANDIDATE,
    accept,
    call_id,
    propose,
)
from vidphone.call import effects as fx
from vidphone.call import events as ev
from vidphone.call.beginning import ANSWER_GRACE_S
from vidphone.call.machine import TABLE, Call
from vidphone.call.repair import RETRY_S
from vidphone.call.steps import CONNECT_S
from vidphone.call.verification import commitment, comparison_code
from vidphone.call.view import CallState
from vidphone.wire import signaling as wire
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.reasons import EndReason

ID = call_id(1)
T = 1000.0


def dialled(*, link_up: bool = True) -> Call:
    call, _ = Call.dial(ID, "1002", video=True, microphone=True, nonce=CALLER_NONCE, link_up=link_up, now=T)
    call.handle(ev.OfferMade(0, f"{CALLER_FINGERPRINT} offer 0", CALLER_FINGERPRINT), T)
    return call


def caller_connecting() -> Call:
    call = dialled()
    call.handle(accept(ID), T)
    call.handle(ev.AnswerTaken(0, CALLEE_FINGERPRINT), T)
    return call


def caller_active() -> Call:
    call = caller_connecting()
    call.handle(ev.MediaConnected(0), T)
    return call


def ringing() -> Call:
    call = Call.proposed(propose(ID), microphone=True, link_up=True, now=T)
    call.handle(ev.Ring(), T)
    return call


def callee_connecting() -> Call:
    call = ringing()
    call.handle(ev.TakeCall(video=True, microphone=True, nonce=CALLEE_NONCE), T)
    call.handle(ev.AnswerMade(0, "answer", CALLEE_FINGERPRINT, CALLER_FINGERPRINT), T)
    return call


def callee_active() -> Call:
    call = callee_connecting()
    call.handle(ev.MediaConnected(0), T)
    return call


def sent(effects: list[fx.Effect]) -> list[wire.CallMessage]:
    return [effect.message for effect in effects if isinstance(effect, fx.Send)]


def kinds(effects: list[fx.Effect]) -> list[str]:
    return [message.type for message in sent(effects)]


def repairs(effects: list[fx.Effect]) -> list[fx.Effect]:
    """All but what is said of the flow, which `test_metering` is about."""
    return [effect for effect in effects if not (isinstance(effect, fx.Send) and effect.message.type == "media")]


def test_every_state_has_a_row_and_only_ended_an_empty_one() -> None:
    assert set(TABLE) == set(CallState)
    assert [state for state, row in TABLE.items() if not row] == [CallState.ENDED]


def test_dialling_opens_media_and_proposes_bound_to_the_nonce() -> None:
    call, first = Call.dial(ID, "1002", video=True, microphone=False, nonce=CALLER_NONCE, link_up=True, now=T)
    assert first == [fx.OpenMedia(ID, True), fx.SetSending(ID, False, True, False), fx.MakeOffer(ID, 0)]

    (proposal,) = sent(call.handle(ev.OfferMade(0, "sdp", CALLER_FINGERPRINT), T))

    assert isinstance(proposal, wire.Propose)
    assert proposal.commitment == commitment(ID, CALLER_NONCE, CALLER_FINGERPRINT)
    assert call.handle(wire.Ringing(call=ID), T) == []
    assert call.view().state is CallState.RINGING


def test_candidates_wait_for_their_description_and_go_in_pieces_that_fit() -> None:
    call, _ = Call.dial(ID, "1002", video=True, microphone=True, nonce=CALLER_NONCE, link_up=True, now=T)
    assert call.handle(ev.CandidatesFound(0, (CANDIDATE,) * 40, True), T) == []

    messages = sent(call.handle(ev.OfferMade(0, "sdp", CALLER_FINGERPRINT), T))

    assert [message.type for message in messages] == ["propose", "candidates", "candidates"]
    trickled = [(len(m.candidates), m.last) for m in messages if isinstance(m, wire.Candidates)]
    assert trickled == [(32, False), (8, True)]


def test_an_accept_is_answered_with_reveal_and_what_this_side_sends() -> None:
    call = dialled()

    effects = call.handle(accept(ID, video=False), T + 1)

    assert kinds(effects) == ["reveal", "info"]
    assert fx.TakeAnswer(ID, 0, f"{CALLEE_FINGERPRINT} answer 0") in effects
    assert call.view().state is CallState.CONNECTING
    assert not call.view().peer_camera
    assert call.handle(accept(ID), T + 1) == []


def test_both_sides_show_the_same_code() -> None:
    caller, callee = caller_connecting(), callee_connecting()
    callee.handle(wire.Reveal(call=ID, nonce=CALLER_NONCE), T)

    code = comparison_code(ID, CALLER_NONCE, CALLEE_NONCE, CALLER_FINGERPRINT, CALLEE_FINGERPRINT)
    assert caller.view().comparison_code == callee.view().comparison_code == code


def test_a_reveal_that_breaks_the_commitment_ends_the_call_as_insecure() -> None:
    call = callee_active()

    effects = call.handle(wire.Reveal(call=ID, nonce="3" * 32), T)

    assert sent(effects) == [wire.End(call=ID, reason=EndReason.INSECURE)]
    assert call.view().state is CallState.ENDED


def test_answering_with_voice_only_takes_the_offer_and_the_candidates_that_came_early() -> None:
    call = ringing()
    call.handle(wire.Candidates(call=ID, generation=0, candidates=(CANDIDATE,), last=True), T)

    effects = call.handle(ev.TakeCall(video=False, microphone=True, nonce=CALLEE_NONCE), T)

    assert [type(effect) for effect in effects] == [fx.OpenMedia, fx.SetSending, fx.TakeOffer, fx.AddCandidates]
    (answer, info) = sent(call.handle(ev.AnswerMade(0, "sdp", CALLEE_FINGERPRINT, CALLER_FINGERPRINT), T))
    assert isinstance(answer, wire.Accept)
    assert not answer.video
    assert isinstance(info, wire.Info)


@pytest.mark.parametrize(
    ("call", "message", "reason"),
    [
        (dialled(), "retract", EndReason.CANCELLED),
        (ringing(), "reject", EndReason.DECLINED),
        (caller_connecting(), "end", EndReason.HUNG_UP),
        (callee_active(), "end", EndReason.HUNG_UP),
    ],
)
def test_hanging_up_ends_at_once_and_says_so_in_the_words_of_the_state(
    call: Call, message: str, reason: EndReason
) -> None:
    call.handle(ev.LinkDown(), T)
    effects = call.handle(ev.HangUpCall(), T)

    assert kinds(effects) == [message]
    assert call.view().state is CallState.ENDED
    assert call.view().reason is reason
    assert call.deadline is None


def test_hanging_up_before_the_proposal_was_sent_tells_nobody() -> None:
    call, _ = Call.dial(ID, "1002", video=True, microphone=True, nonce=CALLER_NONCE, link_up=True, now=T)

    assert call.handle(ev.HangUpCall(), T) == [fx.CloseMedia(ID)]


def test_media_that_never_comes_ends_the_call_after_its_deadline() -> None:
    call = caller_connecting()
    assert call.deadline == T + CONNECT_S

    effects = call.handle(ev.Deadline(), T + CONNECT_S)

    assert sent(effects) == [wire.End(call=ID, reason=EndReason.MEDIA_FAILED)]


@pytest.mark.parametrize(
    ("rings", "link_up", "reason"),
    [
        (True, True, EndReason.NO_ANSWER),
        (False, True, EndReason.UNREACHABLE),
        (False, False, EndReason.CONNECTION_LOST),
    ],
)
def test_a_call_that_nobody_answers_ends_by_itself(rings: bool, link_up: bool, reason: EndReason) -> None:
    call = dialled(link_up=link_up)
    if rings:
        call.handle(wire.Ringing(call=ID), T)

    call.handle(ev.Deadline(), T + wire.NO_ANSWER_S + ANSWER_GRACE_S)

    assert call.view().reason is reason


def test_the_caller_repairs_with_new_generations_for_thirty_seconds() -> None:
    call = caller_active()

    effects = call.handle(ev.MediaLost(), T + 60)

    assert repairs(effects) == [fx.MakeOffer(ID, 1)]
    assert (call.view().reconnecting_since, call.view().reconnecting_until) == (T + 60, T + 90)
    offers = []
    while call.view().state is CallState.RECONNECTING:
        assert call.deadline is not None
        now = call.deadline
        effects = call.handle(ev.Deadline(), now)
        offers += [(now - T - 60, effect.generation) for effect in effects if isinstance(effect, fx.MakeOffer)]
    assert offers == [(RETRY_S, 2), (RETRY_S * 2.5, 3), (RETRY_S * 4.75, 4)]
    assert now == T + 90
    assert sent(effects) == [wire.End(call=ID, reason=EndReason.CONNECTION_LOST)]


def test_the_callee_asks_for_a_restart_and_lets_a_fresh_offer_run() -> None:
    call = callee_active()

    assert kinds(repairs(call.handle(ev.MediaLost(), T + 60))) == ["restart"]
    effects = call.handle(wire.Offer(call=ID, generation=1, sdp="new"), T + 61)

    assert effects == [fx.TakeOffer(ID, 1, "new")]
    assert call.deadline is not None
    assert call.deadline > T + 64
    (answer,) = sent(call.handle(ev.AnswerMade(1, "sdp", CALLEE_FINGERPRINT, CALLER_FINGERPRINT), T + 61))
    assert answer == wire.Answer(call=ID, generation=1, sdp="sdp")
    call.handle(ev.MediaConnected(1), T + 62)
    assert call.view().state is CallState.ACTIVE
    assert call.deadline == T + 62 + wire.MEDIA_S


def test_a_late_recovery_of_the_old_transport_counts() -> None:
    call = caller_active()
    call.handle(ev.HoldCall(on=True), T + 1)
    call.handle(ev.MediaLost(), T + 60)
    assert call.view().state is CallState.RECONNECTING

    call.handle(ev.MediaRecovered(), T + 85)

    assert call.view().state is CallState.HELD
    assert call.deadline == T + 85 + wire.MEDIA_S


def test_nothing_is_offered_while_the_link_is_down_and_at_once_when_it_is_up() -> None:
    call = caller_active()
    call.handle(ev.LinkDown(), T)

    assert call.handle(ev.MediaLost(), T + 1) == []
    assert call.deadline == T + 31
    assert repairs(call.handle(ev.LinkUp(resumed=True), T + 12)) == [fx.MakeOffer(ID, 1)]


def test_answers_and_candidates_of_an_older_generation_are_ignored() -> None:
    call = caller_active()
    call.handle(ev.MediaLost(), T + 60)
    call.handle(ev.OfferMade(1, "one", CALLER_FINGERPRINT), T + 60)
    call.handle(ev.TransportFailed(1), T + 62)
    call.handle(ev.OfferMade(2, "two", CALLER_FINGERPRINT), T + 63)

    assert call.handle(wire.Answer(call=ID, generation=1, sdp="old"), T + 63) == []
    assert call.handle(wire.Candidates(call=ID, generation=1, candidates=(CANDIDATE,)), T + 63) == []
    assert call.handle(ev.CandidatesFound(1, (CANDIDATE,), False), T + 63) == []
    assert call.handle(wire.Candidates(call=ID, generation=2, candidates=(CANDIDATE,)), T + 63) == []
    assert call.handle(wire.Answer(call=ID, generation=2, sdp="new"), T + 63) == [fx.TakeAnswer(ID, 2, "new")]
    assert call.handle(wire.Answer(call=ID, generation=2, sdp="new"), T + 63) == []


def test_a_failing_transport_is_tried_again_soon_but_not_in_a_hurry() -> None:
    call = caller_active()
    call.handle(ev.MediaLost(), T + 60)

    assert call.handle(ev.TransportFailed(1), T + 60.1) == []
    assert call.deadline == T + 61
    assert call.handle(ev.Deadline(), T + 61) == [fx.MakeOffer(ID, 2)]


def test_a_restart_from_the_callee_makes_an_offer_but_no_state() -> None:
    call = caller_active()

    assert repairs(call.handle(wire.Restart(call=ID), T + 60)) == [fx.MakeOffer(ID, 1)]
    assert call.handle(wire.Restart(call=ID), T + 61) == []
    assert call.view().state is CallState.ACTIVE
    assert call.deadline == T + 60 + wire.MEDIA_S
    assert call.handle(wire.Restart(call=ID), T + 60 + RETRY_S) == [fx.MakeOffer(ID, 2)]


def test_an_unused_interface_that_changes_does_not_show() -> None:
    call = caller_active()

    assert repairs(call.handle(ev.NetworkChanged(), T + 60)) == [fx.MakeOffer(ID, 1)]
    assert call.view().state is CallState.ACTIVE
    call.handle(ev.TransportFailed(1), T + 61)
    assert call.view().state is CallState.ACTIVE
    assert call.deadline == T + 60 + wire.MEDIA_S


def test_the_last_of_a_burst_of_network_changes_gets_its_transport() -> None:
    call = caller_active()
    call.handle(ev.NetworkChanged(), T + 60)

    assert call.handle(ev.NetworkChanged(), T + 60.2) == []
    assert call.deadline == T + 61


def test_hold_mute_and_camera_need_no_negotiation() -> None:
    call = caller_active()

    for event, sending in (
        (ev.SwitchMicrophone(on=False), (False, True, False)),
        (ev.SwitchCamera(on=False), (False, False, False)),
        (ev.HoldCall(on=True), (False, False, True)),
    ):
        effects = call.handle(event, T)
        assert effects[0] == fx.SetSending(ID, *sending)
        assert kinds(effects) == ["info"]
        assert call.handle(event, T) == []
    assert call.view().state is CallState.HELD


def test_a_camera_that_fails_is_told_to_the_other_side_and_the_wish_stays() -> None:
    call = caller_active()

    (told,) = call.handle(ev.CameraWorks(on=False), T)
    assert isinstance(told, fx.Send)
    assert isinstance(told.message, wire.Info)
    assert not told.message.camera
    assert call.view().camera
    assert call.handle(ev.CameraWorks(on=False), T) == []
    (told,) = call.handle(ev.CameraWorks(on=True), T)
    assert isinstance(told, fx.Send)
    assert isinstance(told.message, wire.Info)
    assert told.message.camera


def test_a_camera_that_is_off_may_fail_unnoticed() -> None:
    call = caller_active()
    call.handle(ev.SwitchCamera(on=False), T)

    assert call.handle(ev.CameraWorks(on=False), T) == []


def test_a_call_held_while_connecting_is_held_when_connected() -> None:
    call = caller_connecting()
    call.handle(ev.HoldCall(on=True), T)
    assert call.view().state is CallState.CONNECTING

    call.handle(ev.MediaConnected(0), T + 1)

    assert call.view().state is CallState.HELD


def test_what_the_other_side_does_is_shown() -> None:
    call = callee_active()

    call.handle(wire.Info(call=ID, microphone=False, camera=False, hold=True, recording=True), T)

    view = call.view()
    assert (view.peer_microphone, view.peer_camera, view.held_by_peer, view.peer_recording) == (
        False,
        False,
        True,
        True,
    )
    assert call.handle(wire.Dtmf(call=ID, digits="12#"), T) == [fx.ReportKeys(ID, "12#")]


def test_the_user_is_told_what_is_not_possible_and_strangers_are_ignored() -> None:
    call = dialled()

    for event in (ev.HoldCall(on=True), ev.PressKeys("1"), ev.SwitchRecording(on=True), ev.Refuse()):
        with pytest.raises(VidphoneError) as raised:
            call.handle(event, T)
        assert raised.value.code is ErrorCode.NOT_POSSIBLE_NOW
    for message in (wire.Offer(call=ID, generation=1, sdp="x"), wire.Restart(call=ID), propose(ID)):
        assert call.handle(message, T) == []
    assert call.view().state is CallState.DIALLING


def test_a_proposal_made_while_the_link_was_down_survives_a_new_session() -> None:
    heard, unheard = dialled(link_up=True), dialled(link_up=False)
    for call in (heard, unheard):
        call.handle(ev.LinkUp(resumed=False), T + 40)
        call.handle(ev.NotListed(), T + 40)

    assert heard.view().reason is EndReason.SERVICE_RESTARTED
    assert unheard.state is CallState.DIALLING
    unheard.handle(ev.NotListed(), T + 41)
    assert unheard.view().reason is EndReason.SERVICE_RESTARTED


def test_another_device_that_was_faster_ends_an_answer_on_its_way() -> None:
    call = callee_connecting()

    effects = call.handle(wire.Retract(call=ID, reason=EndReason.ANSWERED_ELSEWHERE), T)

    assert effects == [fx.CloseMedia(ID)]
    assert call.view().reason is EndReason.ANSWERED_ELSEWHERE
    assert call.view().ended_by_peer
