"""The steps of the call machine: what is done when an event meets a state. `machine.TABLE` says which meets which.

Each step changes the call's record, appends effects to `record.out` and returns the next state. Pure. Those about the
media once a call is answered are in `media_steps`.
"""

from vidphone.call import events as ev
from vidphone.call import metering
from vidphone.call import repair as transport
from vidphone.call.effects import AddCandidates, OpenMedia, ReportKeys, TakeAnswer, TakeOffer
from vidphone.call.ending import due, end, over
from vidphone.call.record import CallRecord
from vidphone.call.repair import MAX_HELD_BACK, begin_attempt
from vidphone.call.verification import commitment
from vidphone.call.view import CallState
from vidphone.wire import signaling as wire
from vidphone.wire.reasons import EndReason

CONNECT_S = 20.0
"""From the answer to media: longer than ICE takes over a relay by TCP on a bad line, shorter than people's patience."""
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
    return call.talking if call.state in {CallState.ACTIVE, CallState.HELD} else call.state


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


def camera_works(call: CallRecord, event: ev.CameraWorks, now: float) -> CallState:
    """The camera failed or is back: whoever looks at a black picture is told why."""
    if call.camera_works != event.on:
        call.camera_works = event.on
        if call.camera:
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
    metering.link_changed(call, now)
    if event.resumed and call.announced >= 0:
        call.unheard = False
    if call.repair_wanted or call.state is CallState.RECONNECTING:
        transport.repair(call, now)
    return call.state


def link_down(call: CallRecord, event: ev.LinkDown, now: float) -> CallState:
    """Calls go on without the link; one that is charged, for a while."""
    call.link_up = False
    metering.link_changed(call, now)
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
