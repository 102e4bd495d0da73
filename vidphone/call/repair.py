"""How a call gets a new transport when the old one carries nothing: pure helpers of the steps.

Transports are counted as generations from 0, and only the caller offers them, so two offers never cross. A callee that
wants one asks for it (`restart`). An attempt is left alone for `RETRY_S`, unless its transport failed or the network
changed; each further attempt gets half as long again, so that a slow path is not cut off for ever by its own retries.
Offers are made only while the signaling link is up: made earlier, they would lie in its queue and carry addresses of
a network that is gone.
"""

from vidphone.call.effects import MakeOffer
from vidphone.call.events import CandidatesFound
from vidphone.call.record import CallRecord
from vidphone.call.view import CallState
from vidphone.wire.signaling import MAX_CANDIDATES, Candidates, Restart

RETRY_S = 4.0
"""ICE with DTLS needs some six round trips and a gathering of up to a second or two; 4 s leaves room at 300 ms."""
RETRY_GROWTH = 1.5
LEAST_GAP_S = 1.0
"""Between two attempts, however fast they fail."""
MAX_GENERATION = 10_000
"""The bound of `wire.signaling.Generation`."""
MAX_HELD_BACK = 64
"""Batches of candidates that may wait for a description or an answer; ICE needs a handful."""


def repair(call: CallRecord, now: float, *, urgent: bool = False) -> None:
    """Get a new transport, or let the attempt that runs go on; `urgent` does not wait for that one."""
    if not call.link_up:
        call.repair_wanted, call.retry_at = True, None
        return
    earliest = call.attempt_until if call.attempt_open and not urgent else call.attempt_at + LEAST_GAP_S
    if now < earliest:
        call.retry_at = earliest
        return
    call.repair_wanted = False
    if call.caller:
        if call.generation < MAX_GENERATION:
            call.generation += 1
            call.answer_taken = False
            call.out.append(MakeOffer(call.id, call.generation))
    else:
        call.send(Restart(call=call.id))
    begin_attempt(call, now)
    call.patience_s *= RETRY_GROWTH
    # Where media flows, one attempt is enough: should media stop after all, there will be more.
    call.retry_at = None if call.state in {CallState.ACTIVE, CallState.HELD} else call.attempt_until


def begin_attempt(call: CallRecord, now: float) -> None:
    """A transport is being set up from now on."""
    call.attempt_open, call.attempt_at, call.attempt_until = True, now, now + call.patience_s


def settle(call: CallRecord) -> None:
    """Media flows: no more attempts are wanted."""
    call.retry_at = call.lost_at = None
    call.repair_wanted = False
    call.patience_s = RETRY_S


def lose(call: CallRecord, now: float, limit_s: float) -> CallState:
    """Media is lost: reconnect for at most `limit_s`."""
    call.state = CallState.RECONNECTING
    call.lost_at, call.give_up_at = now, now + limit_s
    repair(call, now)
    return call.state


def announce(call: CallRecord, generation: int) -> None:
    """The description of a generation was sent: its candidates may follow."""
    call.announced = generation
    waiting, call.unannounced = call.unannounced, []
    for found in waiting:
        trickle(call, found)


def trickle(call: CallRecord, found: CandidatesFound) -> None:
    """Send local candidates, or keep them until their description was sent (RFC 8838 section 4.1)."""
    if found.generation > call.announced:
        if len(call.unannounced) < MAX_HELD_BACK:
            call.unannounced.append(found)
        return
    if found.generation < call.generation:
        return
    batches = [found.candidates[i : i + MAX_CANDIDATES] for i in range(0, len(found.candidates), MAX_CANDIDATES)]
    for i, batch in enumerate(batches or [()]):
        last = found.last and i >= len(batches) - 1
        if batch or last:
            call.send(Candidates(call=call.id, generation=found.generation, candidates=batch, last=last))
