"""Messages and ids for the tests of calls."""

from vidphone.call.verification import commitment
from vidphone.wire import signaling as wire

CALLER_NONCE, CALLEE_NONCE = "1" * 32, "2" * 32
CALLER_FINGERPRINT, CALLEE_FINGERPRINT = "AA:01", "AA:02"
CANDIDATE = wire.Candidate(candidate="candidate:1 1 udp 1 192.0.2.1 9 typ host", mid="0", line=0)


def call_id(n: int) -> str:
    return f"{n:032x}"


def propose(call: str, caller: str = "1002", *, video: bool = True) -> wire.Propose:
    bound = commitment(call, CALLER_NONCE, CALLER_FINGERPRINT)
    sdp = f"{CALLER_FINGERPRINT} offer 0"
    return wire.Propose(call=call, callee="1001", caller=caller, video=video, sdp=sdp, commitment=bound)


def accept(call: str, *, video: bool = True) -> wire.Accept:
    return wire.Accept(call=call, video=video, sdp=f"{CALLEE_FINGERPRINT} answer 0", nonce=CALLEE_NONCE)
