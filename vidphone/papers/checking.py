"""How a document is checked, with pyHanko. Imported by what has already decided to load it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from time import monotonic
from typing import Any

from asn1crypto import pem, x509
from cryptography import x509 as certificates
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from vidphone.papers.container import is_canonical
from vidphone.papers.roles import POLICIES
from vidphone.papers.verifying import CLOCK_TOLERANCE, Problem, SignatureVerdict, Verdict

MAX_SIGNATURES = 4
_MIB = 1_048_576
_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * _MIB),
    document_budget=DocumentDecodeBudget(base_allowance=64 * _MIB, max_ratio=1),
)

for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(
        logging.CRITICAL
    )  # they would tell names in certificates; the verdict says enough


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word counts."""

    root: x509.Certificate
    revocations: tuple[certificates.CertificateRevocationList, ...]
    timestamps: tuple[x509.Certificate, ...]

    @classmethod
    def load(cls, root_pem: str, crl_pem: str, timestamp_root_pem: str) -> "Trust":
        """From PEM.

        Raises:
            ValueError: one of them cannot be read.
        """
        lists = [
            certificates.load_der_x509_crl(der)
            for _, _, der in (pem.unarmor(crl_pem.encode("ascii"), multiple=True) if crl_pem else ())
        ]
        return cls(load_chain(root_pem)[0], tuple(lists), load_chain(timestamp_root_pem))


class _Deadline(BytesIO):
    """A document that stops being readable: what reads on and on ends there."""

    def __init__(self, content: bytes, seconds: float) -> None:
        super().__init__(content)
        self._until = monotonic() + seconds

    def read(self, size: int | None = -1, /) -> bytes:
        """As of any file, until the time is up."""
        if monotonic() > self._until:
            raise TimeoutError
        return super().read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """As of any file, until the time is up."""
        if monotonic() > self._until:
            raise TimeoutError
        return super().seek(offset, whence)


def load_chain(chain_pem: str) -> tuple[x509.Certificate, ...]:
    """Certificates in PEM.

    Raises:
        ValueError: something else is in it.
    """
    if not chain_pem:
        return ()
    return tuple(x509.Certificate.load(der) for _, _, der in pem.unarmor(chain_pem.encode("ascii"), multiple=True))


def first_certificate(chain_pem: str) -> bytes:
    """The first certificate of a chain, in DER."""
    der: bytes = load_chain(chain_pem)[0].dump()
    return der


async def examine(pdf: bytes, trust: Trust, seconds: float) -> Verdict:
    """As `verifying.verify`; raises whatever the library does on a document that it cannot read."""
    reader = PdfFileReader(_Deadline(pdf, seconds), strict=True, decode_limits=_LIMITS)
    signed = list(fields.enumerate_sig_fields(reader, filled_status=True))
    found = list(reader.embedded_signatures)
    if not signed:
        return Verdict(False, (), Problem.NOT_SIGNED)
    if reader.encrypted or not len(signed) == len(found) <= MAX_SIGNATURES:
        return Verdict(False, (), Problem.UNUSUAL)
    verdicts: list[SignatureVerdict] = []
    for number, signature in enumerate(found):
        follows = signature.signed_revision == found[0].signed_revision + number
        after = verdicts[-1].signed_at if verdicts else None
        verdicts.append(await _examine_one(pdf, signature, trust, follows, after))
    nothing_follows = reader.xrefs.total_revisions == found[-1].signed_revision + 1 and len(pdf) == _end(found[-1])
    problems = [verdict.problem for verdict in verdicts if verdict.problem is not None]
    if not nothing_follows:
        problems.append(Problem.ADDED)
    return Verdict(not problems, tuple(verdicts), problems[0] if problems else None)


def only_signed(unsigned: bytes, signed: bytes, seconds: float) -> bool:
    """Whether one revision was added, and did no more than fill a signature field, by the library's own rules."""
    before = PdfFileReader(BytesIO(unsigned)).xrefs.total_revisions
    reader = PdfFileReader(_Deadline(signed, seconds), strict=True, decode_limits=_LIMITS)
    if reader.xrefs.total_revisions != before + 1:
        return False
    return isinstance(DEFAULT_DIFF_POLICY.review_file(reader, before - 1), DiffResult)


async def _examine_one(
    pdf: bytes, signature: EmbeddedPdfSignature, trust: Trust, follows: bool, after: datetime | None
) -> SignatureVerdict:
    certificate = signature.signer_cert
    stated = signature.self_reported_timestamp
    status: PdfSignatureStatus | None = None
    if stated is None or stated.tzinfo is None:
        problem: Problem | None = Problem.BAD_TIME
    elif signature.sig_object.get("/SubFilter") != fields.SigSeedSubFilter.PADES.value:
        problem = Problem.UNUSUAL
    else:
        status = await _status(signature, trust, stated)
        stamp = status.timestamp_validity
        if stamp is not None and stamp.trusted:
            stated = stamp.timestamp
        problem = _problem(pdf, signature, status, trust, stated)
        if problem is None and not follows:
            problem = Problem.ADDED
        if problem is None and after is not None and stated < after - CLOCK_TOLERANCE:
            problem = Problem.BAD_TIME
    covers = status is not None and status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION
    return SignatureVerdict(
        field=signature.field_name,
        signer=str(certificate.subject.native.get("common_name", "")),
        signed_at=None if stated is None or stated.tzinfo is None else stated.astimezone(UTC),
        timestamped=status is not None and status.timestamp_validity is not None and status.timestamp_validity.trusted,
        valid=problem is None,
        covers_whole_revision=covers,
        problem=problem,
        certificate=certificate.dump(),
    )


async def _status(signature: EmbeddedPdfSignature, trust: Trust, at: datetime) -> PdfSignatureStatus:
    context = ValidationContext(
        trust_roots=[trust.root], moment=at, best_signature_time=at, allow_fetching=False, revocation_mode="soft-fail"
    )
    stamps = ValidationContext(
        trust_roots=list(trust.timestamps), moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )
    return await async_validate_pdf_signature(
        signature,
        signer_validation_context=context,
        ts_validation_context=stamps,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )


def _problem(
    pdf: bytes, signature: EmbeddedPdfSignature, status: PdfSignatureStatus, trust: Trust, at: datetime
) -> Problem | None:
    """The gravest first: changed bytes, then who signed, then when."""
    if not (status.intact and status.valid):
        return Problem.ALTERED
    if not is_canonical(pdf, [int(edge) for edge in signature.byte_range]):
        return Problem.ALTERED
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION or not status.docmdp_ok:
        return Problem.ADDED
    dates = signature.signer_cert["tbs_certificate"]["validity"]
    if not dates["not_before"].native <= at <= dates["not_after"].native:
        return Problem.NOT_VALID_THEN
    if status.trust_problem_indic == AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE:
        return Problem.WRONG_SIGNER
    if not status.trusted or status.validation_path is None:
        return Problem.UNKNOWN_SIGNER
    path: list[x509.Certificate] = [each for each in status.validation_path if isinstance(each, x509.Certificate)]
    if not _has_role(path[-1], signature.field_name):
        return Problem.WRONG_SIGNER
    if {each.dump() for each in signature.other_embedded_certs} != {each.dump() for each in path[1:-1]}:
        return Problem.ALTERED
    if _revoked(path, trust.revocations, at):
        return Problem.REVOKED
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid and (stamp.trusted or not trust.timestamps)):
        return Problem.BAD_TIME
    return None


def _end(signature: EmbeddedPdfSignature) -> int:
    """Where the bytes end that a signature covers."""
    _, _, start, length = (int(edge) for edge in signature.byte_range)
    return start + length


def _has_role(certificate: x509.Certificate, field: str) -> bool:
    policies: Any = certificate.certificate_policies_value
    named = {policy["policy_identifier"].dotted for policy in policies or ()}
    return field in POLICIES and named == {POLICIES[field]}


def _revoked(
    path: Sequence[x509.Certificate],
    lists: Sequence[certificates.CertificateRevocationList],
    at: datetime,
) -> bool:
    """Whether a certificate of the path was on its authority's list at the time of signing."""
    own = [certificates.load_der_x509_certificate(each.dump()) for each in path]
    for authority, certificate in pairwise(own):
        for known in lists:
            key: Any = authority.public_key()
            if known.issuer != authority.subject or not known.is_signature_valid(key):
                continue
            entry = known.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None and entry.revocation_date_utc <= at:
                return True
    return False
