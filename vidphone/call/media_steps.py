"""The steps about the media of an answered call: set it up, notice that it is lost, repair it. Pure; see `steps`."""

from vidphone.call import events as ev
from vidphone.call import metering
from vidphone.call import repair as transport
from vidphone.call.effects import AddCandidates, TakeAnswer, TakeOffer
from vidphone.call.ending import due, end
from vidphone.call.record import CallRecord
from vidphone.call.repair import begin_attempt
from vidphone.call.verification import comparison_code, keeps
from vidphone.call.view import CallState
from vidphone.wire import signaling as wire
from vidphone.wire.reasons import EndReason


def answer_made(call: CallRecord, event: ev.AnswerMade, now: float) -> CallState:
    """Our answer is ready: the first one accepts the call, later ones answer a new transport."""
    if event.generation != call.generation or call.announced >= event.generation:
        return call.state
    if event.generation == 0:
        call.local_fingerprint, call.remote_fingerprint = event.local_fingerprint, event.remote_fingerprint
        call.accepted = True
        call.send(wire.Accept(call=call.id, video=call.camera and call.camera_works, sdp=event.sdp, nonce=call.nonce))
        transport.announce(call, 0)
        call.inform()
    else:
        call.send(wire.Answer(call=call.id, generation=event.generation, sdp=event.sdp))
        transport.announce(call, event.generation)
    return call.state


def answer_taken(call: CallRecord, event: ev.AnswerTaken, now: float) -> CallState:
    """The caller knows both fingerprints now, and so the code."""
    if event.generation == 0:
        call.remote_fingerprint = event.remote_fingerprint
        call.comparison_code = comparison_code(
            call.id, call.nonce, call.peer_nonce, call.local_fingerprint, call.remote_fingerprint
        )
    return call.state


def reveal(call: CallRecord, event: wire.Reveal, now: float) -> CallState:
    """The callee checks what the caller had bound itself to."""
    if call.caller or not call.accepted or call.comparison_code is not None:
        return call.state
    if not keeps(call.commitment, call.id, event.nonce, call.remote_fingerprint):
        return end(call, EndReason.INSECURE, now)
    call.comparison_code = comparison_code(
        call.id, event.nonce, call.nonce, call.remote_fingerprint, call.local_fingerprint
    )
    return call.state


def offer_made(call: CallRecord, event: ev.OfferMade, now: float) -> CallState:
    """Our offer of a new transport is ready, unless a newer one is in the making."""
    if event.generation == call.generation and call.announced < event.generation:
        call.send(wire.Offer(call=call.id, generation=event.generation, sdp=event.sdp))
        transport.announce(call, event.generation)
    return call.state


def peer_offers(call: CallRecord, event: wire.Offer, now: float) -> CallState:
    """The caller offers a new transport."""
    if call.caller or not call.accepted or event.generation <= call.generation:
        return call.state
    call.generation = event.generation
    begin_attempt(call, now)
    if call.retry_at is not None:
        call.retry_at = call.attempt_until
    call.out.append(TakeOffer(call.id, event.generation, event.sdp))
    return call.state


def peer_answers(call: CallRecord, event: wire.Answer, now: float) -> CallState:
    """The callee answers our newest offer; answers to older ones and second ones are dropped."""
    if call.caller and event.generation == call.generation == call.announced and not call.answer_taken:
        call.answer_taken = True
        call.out.append(TakeAnswer(call.id, event.generation, event.sdp))
    return call.state


def peer_candidates(call: CallRecord, event: wire.Candidates, now: float) -> CallState:
    """Candidates of the newest transport, once its description is known; others are dropped."""
    known = call.answer_taken if call.caller else True
    if known and event.generation == call.generation and (event.candidates or event.last):
        call.out.append(AddCandidates(call.id, event.generation, event.candidates, event.last))
    return call.state


def found(call: CallRecord, event: ev.CandidatesFound, now: float) -> CallState:
    """Local candidates."""
    transport.trickle(call, event)
    return call.state


def peer_asks_restart(call: CallRecord, event: wire.Restart, now: float) -> CallState:
    """The callee's media stopped. Our own may flow, so our state does not change."""
    if call.caller and call.accepted:
        transport.repair(call, now)
        if call.state in {CallState.ACTIVE, CallState.HELD}:
            call.retry_at = None  # the callee asks again if it needs to
    return call.state


def network_changed(call: CallRecord, event: ev.NetworkChanged, now: float) -> CallState:
    """Make a new transport beside the old one: it may have used an address that is gone, or may not.

    The call is not shown as reconnecting unless media really stops: an unused interface that comes or goes
    must not disturb anyone.
    """
    if call.accepted:
        call.patience_s = transport.RETRY_S
        transport.repair(call, now, urgent=True)
    return call.state


def connected(call: CallRecord, event: ev.MediaConnected, now: float) -> CallState:
    """Media flows, for the first time or again, on whichever transport."""
    if event.generation >= call.generation:
        call.attempt_open = False
    call.carrying = max(call.carrying, event.generation)
    return flows(call, now)


def recovered(call: CallRecord, event: ev.MediaRecovered, now: float) -> CallState:
    """The old transport came back by itself."""
    return flows(call, now)


def flows(call: CallRecord, now: float) -> CallState:
    """Media flows: talk."""
    transport.settle(call)
    call.give_up_at = None
    if call.connected_at is None:
        call.connected_at = now
    return call.talking


def lost(call: CallRecord, event: ev.MediaLost, now: float) -> CallState:
    """Nothing comes in any more: repair, for at most as long as the hub keeps a lost session (clause 12)."""
    return transport.lose(call, now, wire.RESUME_S)


def transport_failed(call: CallRecord, event: ev.TransportFailed, now: float) -> CallState:
    """A transport is gone: the one that carried media is missed at once, another one is only tried again."""
    if event.generation == call.generation:
        call.attempt_open = False
    if call.state in {CallState.ACTIVE, CallState.HELD}:
        return transport.lose(call, now, wire.RESUME_S) if event.generation == call.carrying else call.state
    if event.generation == call.generation and call.accepted:
        transport.repair(call, now)
    return call.state


def media_broke(call: CallRecord, event: ev.MediaBroke, now: float) -> CallState:
    """The media session raised: this call cannot go on."""
    return end(call, EndReason.MEDIA_FAILED, now)


def first_frame(call: CallRecord, event: ev.FirstFrame, now: float) -> CallState:
    """The first remote picture was shown."""
    call.first_frame_at = now if call.first_frame_at is None else call.first_frame_at
    return call.state


def repair_due(call: CallRecord, event: ev.Deadline, now: float) -> CallState:
    """Give up, or try another transport."""
    if (reason := metering.over_for(call, now)) is not None:
        return end(call, reason, now)
    if due(call.give_up_at, now):
        never = call.state is CallState.CONNECTING
        return end(call, EndReason.MEDIA_FAILED if never else EndReason.CONNECTION_LOST, now)
    if due(call.retry_at, now):
        transport.repair(call, now)
    return call.state
