"""Is this document as both sides signed it? Answered offline, with the provider's root alone (clause 17).

Whatever is wrong becomes a verdict: a document is somebody else's bytes, and no bytes may raise, hang or exhaust
memory.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vidphone.papers import CUSTOMER, FIELDS

MAX_BYTES = 4_194_304
"""Of a document with its signatures."""
MAX_SIGNATURE_BYTES = 131_072
"""That one signature appends, with its look and a time stamp."""
DEADLINE_S = 20.0
"""After which a document that is still being read counts as unreadable; a genuine one takes 0.1 s."""
CLOCK_TOLERANCE = timedelta(minutes=15)
"""How far the customer's clock may be from the service's."""


class Problem(StrEnum):
    """What is wrong with a document or a signature; the sentence is the text `paper.<problem>`."""

    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    NOT_SIGNED = "not-signed"
    ALTERED = "altered"
    """Bytes that are signed were changed, or the signature was."""
    ADDED = "added"
    """Something was added after the last signature, or between two."""
    UNUSUAL = "unusual"
    """The signature is not in the form in which this program signs."""
    UNKNOWN_SIGNER = "unknown-signer"
    """The certificate does not lead to the root."""
    WRONG_SIGNER = "wrong-signer"
    """The certificate is another party's, or not one for signing."""
    NOT_VALID_THEN = "not-valid-then"
    """The certificate had expired at the time of signing, or was not yet valid."""
    REVOKED = "revoked"
    BAD_TIME = "bad-time"
    """No time of signing, one long before an earlier signature's, or a time stamp that is false."""


@dataclass(frozen=True, slots=True)
class SignatureVerdict:
    """One signature. `signed_at` is what the signer stated, or the time stamp's where `timestamped`."""

    field: str
    signer: str
    """The common name in the signer's certificate; empty where there is none to read."""
    signed_at: datetime | None
    timestamped: bool
    valid: bool
    covers_whole_revision: bool
    problem: Problem | None
    certificate: bytes = b""
    """The signer's, in DER."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A document. `intact`: every signature is valid and covers its revision, and nothing follows the last."""

    intact: bool
    signatures: tuple[SignatureVerdict, ...]
    problem: Problem | None
    """The first that was found; None where it is intact."""

    @property
    def complete(self) -> bool:
        """Intact, and signed by both sides: in force (clause 17)."""
        return self.intact and tuple(signature.field for signature in self.signatures) == FIELDS


def verify(pdf: bytes, root_pem: str, *, crl_pem: str = "", timestamp_root_pem: str = "") -> Verdict:
    """Check all signatures of a document. Never raises on a document; not on a thread that runs an event loop.

    Args:
        pdf: the document, from anywhere.
        root_pem: the one authority that signers' certificates must lead to.
        crl_pem: lists of revoked certificates (RFC 5280), each signed by its authority; none known: empty.
        timestamp_root_pem: the authority of time stamps. Without it a time stamp is checked but not believed.

    Raises:
        RuntimeError: called where an event loop runs; a fault of the caller.
        ValueError: `root_pem`, `crl_pem` or `timestamp_root_pem` cannot be read; a fault of the caller.
    """
    _outside_of_a_loop()
    from vidphone.papers.checking import Trust, examine  # noqa: PLC0415

    trust = Trust.load(root_pem, crl_pem, timestamp_root_pem)
    if len(pdf) > MAX_BYTES:
        return _refused(Problem.TOO_LARGE)
    try:
        return asyncio.run(examine(pdf, trust, DEADLINE_S))
    except Exception:  # the library raises its own errors and built-in ones; a document is not trusted
        return _refused(Problem.UNREADABLE)


def check_prefix(earlier: bytes, later: bytes) -> bool:
    """Whether `later` is `earlier` with one signature's worth of bytes appended."""
    return later.startswith(earlier) and 0 < len(later) - len(earlier) <= MAX_SIGNATURE_BYTES


def check_signed_by_customer(
    unsigned: bytes, signed: bytes, chain_pem: str, root_pem: str, *, now: datetime, timestamp_root_pem: str = ""
) -> Problem | None:
    """Whether `signed` is the document that was sent, with the customer's signature and nothing else. None: it is.

    Args:
        unsigned: as it was sent to the customer.
        signed: as it came back, from anywhere.
        chain_pem: the certificates that were issued to this customer, theirs first.
        root_pem: as in `verify`.
        now: aware; the time of signing must be within `CLOCK_TOLERANCE` of it.
        timestamp_root_pem: as in `verify`.

    Raises:
        RuntimeError, ValueError: as `verify`.
    """
    if len(signed) > MAX_BYTES:
        return Problem.TOO_LARGE
    if not check_prefix(unsigned, signed):
        return Problem.ALTERED
    verdict = verify(signed, root_pem, timestamp_root_pem=timestamp_root_pem)
    if verdict.problem is not None:
        return verdict.problem
    from vidphone.papers.checking import first_certificate, only_signed  # noqa: PLC0415

    (signature, *more) = verdict.signatures
    if more or signature.field != CUSTOMER or signature.certificate != first_certificate(chain_pem):
        return Problem.WRONG_SIGNER
    if signature.signed_at is None or abs(signature.signed_at - now) > CLOCK_TOLERANCE:
        return Problem.BAD_TIME
    try:
        return None if only_signed(unsigned, signed, DEADLINE_S) else Problem.ADDED
    except Exception:  # as in `verify`
        return Problem.UNREADABLE


def _refused(problem: Problem) -> Verdict:
    return Verdict(False, (), problem)


def _outside_of_a_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("a document is verified on a thread without an event loop")
