"""The steps of the call machine: what is done when an event meets a state. `machine.TABLE` says which meets which.

Each step changes the call's record, appends effects to `record.out` and returns the next state. Pure.
"""

from vidphone.call import events as ev
from vidphone.call import repair as transport
from vidphone.call.effects import AddCandidates, CloseMedia, OpenMedia, ReportKeys, TakeAnswer, TakeOffer
from vidphone.call.record import CallRecord
from vidphone.call.repair import MAX_HELD_BACK, begin_attempt
from vidphone.call.verification import commitment, comparison_code, keeps
from vidphone.call.view import CallState, Direction
from vidphone.wire import signaling as wire
from vidphone.wire.reasons import EndReason

CONNECT_S = 20.0
"""From the answer to media: longer than ICE takes over a relay by TCP on a bad line, shorter than people's patience."""
ANSWER_GRACE_S = 5.0
"""The hub gives up a call that nobody answers after `NO_ANSWER_S`; this side does so too, a little later."""
GLARE_S = 5.0
"""How long the proposal of the winning call may take to come in."""


# The user.


def take_call(call: CallRecord, event: ev.TakeCall, now: float) -> CallState:
    """Answer: the media is made now, the accept is sent when our description is ready."""
    call.direction = event.direction
    call.began_at = call.began_at if event.dialled_at is None else event.dialled_at
    call.microphone, call.camera, call.nonce = event.microphone, event.video, event.nonce
    call.answered_at = now
    call.give_up_at = now + CONNECT_S
    begin_attempt(call, now)
    call.out.append(OpenMedia(call.id, event.video))
    call.apply_sending()
    call.out.append(TakeOffer(call.id, 0, call.offer_sdp))
    for held in call.offer_candidates:
        call.out.append(AddCandidates(call.id, held.generation, held.candidates, held.last))
    call.offer_sdp, call.offer_candidates = "", []
    return CallState.CONNECTING


def refuse(call: CallRecord, event: ev.Refuse, now: float) -> CallState:
    """Decline, or be busy."""
    return end(call, EndReason.BUSY if event.busy else EndReason.DECLINED, now)


def hang_up(call: CallRecord, event: ev.HangUpCall, now: float) -> CallState:
    """End at once; what the other side is told depends on how far the call had got."""
    if call.accepted:
        return end(call, EndReason.HUNG_UP, now)
    return end(call, EndReason.CANCELLED if call.caller else EndReason.DECLINED, now)


def hold(call: CallRecord, event: ev.HoldCall, now: float) -> CallState:
    """Hold or resume; a call that is not connected yet will be held when it is."""
    if call.held != event.on:
        call.held = event.on
        call.apply_sending()
        call.inform()
    return talking(call) if call.state in {CallState.ACTIVE, CallState.HELD} else call.state


def switch(
    call: CallRecord, event: ev.SwitchMicrophone | ev.SwitchCamera | ev.SwitchRecording, now: float
) -> CallState:
    """Microphone, camera or recording on or off."""
    before = call.microphone, call.camera, call.recording
    match event:
        case ev.SwitchMicrophone(on):
            call.microphone = on
        case ev.SwitchCamera(on):
            call.camera = on
        case ev.SwitchRecording(on):
            call.recording = on
    if before != (call.microphone, call.camera, call.recording):
        if call.state is not CallState.INCOMING and not isinstance(event, ev.SwitchRecording):
            call.apply_sending()
        call.inform()
    return call.state


def press_keys(call: CallRecord, event: ev.PressKeys, now: float) -> CallState:
    """Send keys."""
    call.send(wire.Dtmf(call=call.id, digits=event.digits))
    return call.state


# Before the answer.


def ring(call: CallRecord, event: ev.Ring, now: float) -> CallState:
    """Ring, and let the caller know."""
    call.send(wire.Ringing(call=call.id))
    return call.state


def propose(call: CallRecord, event: ev.OfferMade, now: float) -> CallState:
    """Our offer is ready: propose the call, bound to our nonce (`verification`)."""
    if event.generation != call.generation or call.announced >= 0:
        return call.state
    call.local_fingerprint = event.local_fingerprint
    call.unheard = not call.link_up
    call.send(
        wire.Propose(
            call=call.id,
            callee=call.peer_number,
            video=call.video,
            sdp=event.sdp,
            commitment=commitment(call.id, call.nonce, event.local_fingerprint),
        )
    )
    transport.announce(call, 0)
    return call.state


def peer_rings(call: CallRecord, event: wire.Ringing, now: float) -> CallState:
    """A device of the other side rings."""
    return CallState.RINGING


def keep_candidates(call: CallRecord, event: wire.Candidates, now: float) -> CallState:
    """The caller's candidates come before the answer."""
    if event.generation == 0 and len(call.offer_candidates) < MAX_HELD_BACK:
        call.offer_candidates.append(event)
    return call.state


def peer_accepts(call: CallRecord, event: wire.Accept, now: float) -> CallState:
    """The other side answered: take its description, show our nonce."""
    if call.announced < 0:
        return call.state
    call.accepted = call.answer_taken = True
    call.answered_at, call.give_up_at = now, now + CONNECT_S
    begin_attempt(call, now)
    call.peer_nonce, call.peer_camera = event.nonce, event.video
    call.out.append(TakeAnswer(call.id, 0, event.sdp))
    call.send(wire.Reveal(call=call.id, nonce=call.nonce))
    call.inform()
    return CallState.CONNECTING


def peer_ends(call: CallRecord, event: wire.Reject | wire.Retract | wire.End, now: float) -> CallState:
    """The other side or the hub ends the call."""
    return over(call, event.reason, now, by_peer=True)


def glare_lost(call: CallRecord, event: ev.GlareLost, now: float) -> CallState:
    """Wait for the other side's proposal, but not for long."""
    call.glare_lost, call.give_up_at = True, now + GLARE_S
    return call.state


def fold(call: CallRecord, event: ev.Folded, now: float) -> CallState:
    """The hub has forgotten this call already: nobody needs to be told."""
    return over(call, EndReason.GLARE, now)


# Setting up and repairing the media.


def answer_made(call: CallRecord, event: ev.AnswerMade, now: float) -> CallState:
    """Our answer is ready: the first one accepts the call, later ones answer a new transport."""
    if event.generation != call.generation or call.announced >= event.generation:
        return call.state
    if event.generation == 0:
        call.local_fingerprint, call.remote_fingerprint = event.local_fingerprint, event.remote_fingerprint
        call.accepted = True
        call.send(wire.Accept(call=call.id, video=call.camera, sdp=event.sdp, nonce=call.nonce))
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
    return talking(call)


def talking(call: CallRecord) -> CallState:
    """The state of a call whose media flows."""
    return CallState.HELD if call.held else CallState.ACTIVE


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


# The other side's state.


def info(call: CallRecord, event: wire.Info, now: float) -> CallState:
    """What the other side sends and does now."""
    call.peer_microphone, call.peer_camera = event.microphone, event.camera
    call.peer_held, call.peer_recording = event.hold, event.recording
    return call.state


def peer_keys(call: CallRecord, event: wire.Dtmf, now: float) -> CallState:
    """The other side pressed keys."""
    call.out.append(ReportKeys(call.id, event.digits))
    return call.state


# The link and the clock.


def link_up(call: CallRecord, event: ev.LinkUp, now: float) -> CallState:
    """What waited for the link is done now."""
    call.link_up = True
    if event.resumed and call.announced >= 0:
        call.unheard = False
    if call.repair_wanted or call.state is CallState.RECONNECTING:
        transport.repair(call, now)
    return call.state


def link_down(call: CallRecord, event: ev.LinkDown, now: float) -> CallState:
    """Calls go on without the link."""
    call.link_up = False
    return call.state


def not_listed(call: CallRecord, event: ev.NotListed, now: float) -> CallState:
    """The hub's new session does not know this call; one that it could not know yet is spared."""
    if call.caller and not call.accepted and call.unheard:
        call.unheard = call.announced < 0
        return call.state
    if call.caller and not call.accepted:
        return end(call, EndReason.SERVICE_RESTARTED, now)  # the proposal may be on its way a second time
    return over(call, EndReason.SERVICE_RESTARTED, now)


def nobody_answered(call: CallRecord, event: ev.Deadline, now: float) -> CallState:
    """The call has been proposed or has rung long enough."""
    if not due(call.give_up_at, now):
        return call.state
    if call.glare_lost:
        return over(call, EndReason.FAILED, now)
    if call.caller and call.state is CallState.DIALLING:
        return end(call, EndReason.UNREACHABLE if call.link_up else EndReason.CONNECTION_LOST, now)
    if call.caller:
        return end(call, EndReason.NO_ANSWER, now)
    return over(call, EndReason.NO_ANSWER, now, by_peer=True)


def repair_due(call: CallRecord, event: ev.Deadline, now: float) -> CallState:
    """Give up, or try another transport."""
    if due(call.give_up_at, now):
        never = call.state is CallState.CONNECTING
        return end(call, EndReason.MEDIA_FAILED if never else EndReason.CONNECTION_LOST, now)
    if due(call.retry_at, now):
        transport.repair(call, now)
    return call.state


def due(when: float | None, now: float) -> bool:
    """Whether a deadline has come."""
    return when is not None and now >= when


# The end.


def end(call: CallRecord, reason: EndReason, now: float) -> CallState:
    """End the call and say so to the other side, in the way that fits how far it had got."""
    if call.accepted:
        call.send(wire.End(call=call.id, reason=reason))
    elif not call.caller:
        call.send(wire.Reject(call=call.id, reason=reason))
    elif call.announced >= 0 and not call.glare_lost:
        call.send(wire.Retract(call=call.id, reason=reason))
    return over(call, reason, now)


def over(call: CallRecord, reason: EndReason, now: float, *, by_peer: bool = False) -> CallState:
    """The call is over and nobody needs to be told."""
    if call.caller or call.answered_at is not None:
        call.out.append(CloseMedia(call.id))
    call.ended_at, call.reason, call.ended_by_peer = now, reason, by_peer
    call.give_up_at = call.retry_at = None
    return CallState.ENDED


def outgoing(
    call: str, number: str, *, video: bool, microphone: bool, nonce: str, link_up: bool, now: float
) -> CallRecord:
    """A call that the user dials."""
    return CallRecord(
        id=call,
        caller=True,
        direction=Direction.OUTGOING,
        peer_number=number,
        peer_name="",
        video=video,
        began_at=now,
        state=CallState.DIALLING,
        link_up=link_up,
        microphone=microphone,
        camera=video,
        nonce=nonce,
        patience_s=transport.RETRY_S,
        give_up_at=now + wire.NO_ANSWER_S + ANSWER_GRACE_S,
    )


def incoming(proposal: wire.Propose, *, microphone: bool, link_up: bool, now: float) -> CallRecord:
    """A call that another side proposes; it does not ring yet."""
    return CallRecord(
        id=proposal.call,
        caller=False,
        direction=Direction.INCOMING,
        peer_number=proposal.caller or "",
        peer_name=proposal.caller_name,
        video=proposal.video,
        began_at=now,
        state=CallState.INCOMING,
        link_up=link_up,
        microphone=microphone,
        peer_camera=proposal.video,
        offer_sdp=proposal.sdp,
        commitment=proposal.commitment,
        patience_s=transport.RETRY_S,
        give_up_at=now + wire.NO_ANSWER_S + ANSWER_GRACE_S,
    )
