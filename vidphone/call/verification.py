"""The comparison code: six digits that tell both sides whether somebody sits between them (clause 10). Pure.

Media is encrypted with keys that DTLS agrees on, and each side proves its key by a fingerprint in its description
(RFC 8122). The descriptions pass through the provider's hub: one who controls it could put other fingerprints there
and sit in the middle. So both people read six digits to each other, made from both fingerprints: with somebody in
the middle the two sides hold different fingerprints, hence different digits.

Six digits alone would not do. If they depended on the fingerprints only, the one in the middle could make keys until
the digits of both halves happen to agree: a million tries, which is seconds. Random nonces of both sides do not help
either as long as the one who speaks last knows the other's: it tries nonces instead. Therefore, after RFC 6189
section 4.4.1.1 (ZRTP's hash commitment), the caller commits first: `propose` carries only the hash of the caller's
nonce and fingerprint, the callee answers with its nonce in `accept`, and only then does the caller show its own in
`reveal`. Whoever is in the middle has to choose everything before it knows the digits, has one try, and is found out
with a probability of 999,999 in a million. A reveal that does not fit the commitment ends the call as insecure.

Nonces are 128 random bits in hexadecimal; fingerprints are those of RFC 8122 (SHA-256, `AB:CD:…`). The fields are
of fixed length or separated, so that no two different calls hash the same bytes.
"""

import hashlib
import hmac

_COMMITMENT = b"vidphone commitment 1"
_CODE = b"vidphone comparison code 1"


def commitment(call: str, nonce: str, caller_fingerprint: str) -> str:
    """What the caller binds itself to in `propose`: SHA-256, in hexadecimal."""
    return _hash(_COMMITMENT, call, nonce, _plain(caller_fingerprint)).hex()


def keeps(committed: str, call: str, nonce: str, caller_fingerprint: str) -> bool:
    """Whether a revealed nonce, with the fingerprint that the media really met, is what the caller bound itself to."""
    return hmac.compare_digest(committed, commitment(call, nonce, caller_fingerprint))


def comparison_code(
    call: str, caller_nonce: str, callee_nonce: str, caller_fingerprint: str, callee_fingerprint: str
) -> str:
    """The six digits. Taking 64 bits modulo a million prefers no code by more than one in 10^13."""
    digest = _hash(_CODE, call, caller_nonce, callee_nonce, _plain(caller_fingerprint), _plain(callee_fingerprint))
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def _plain(fingerprint: str) -> str:
    return fingerprint.upper()  # RFC 8122 section 5 asks for upper case; not everybody complies


def _hash(label: bytes, *fields: str) -> bytes:
    return hashlib.sha256(b"\0".join([label, *(field.encode() for field in fields)])).digest()
