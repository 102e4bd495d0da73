"""The records of calls as they begin. Pure."""

from vidphone.call.record import CallRecord
from vidphone.call.repair import RETRY_S
from vidphone.call.view import CallState, Direction
from vidphone.wire.signaling import NO_ANSWER_S, Propose

ANSWER_GRACE_S = 5.0
"""The hub gives up a call that nobody answers after `NO_ANSWER_S`; this side does so too, a little later."""


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
        patience_s=RETRY_S,
        give_up_at=now + NO_ANSWER_S + ANSWER_GRACE_S,
    )


def incoming(proposal: Propose, *, microphone: bool, link_up: bool, now: float) -> CallRecord:
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
        patience_s=RETRY_S,
        give_up_at=now + NO_ANSWER_S + ANSWER_GRACE_S,
    )
