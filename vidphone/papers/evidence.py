"""The evidence of one customer in one signed file (clause 16): made by the provider, verified offline by anybody.

A ZIP of one form (`papers/bundle.py`) with a manifest that has the hash of every other file, the provider's signature
over that (`papers/cms.py`), and the root certificate that the signature leads to.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from pydantic import BaseModel, ConfigDict, ValidationError

from vidphone.papers import PROVIDER
from vidphone.papers.bundle import NotPacked, pack, unpack
from vidphone.papers.cms import BadSignature, Signature, check_detached, leads_to, sign_detached
from vidphone.papers.keys import PrivateKey

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.p7s"
ROOT = "root.pem"
MAX_BYTES = 268_435_456
_UNLISTED = frozenset({MANIFEST, SIGNATURE})


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListedFile(_Model):
    """A file of the bundle."""

    name: str
    size: int
    sha256: str


class Manifest(_Model):
    """`manifest.json`."""

    format: Literal["vidphone-evidence-1"] = "vidphone-evidence-1"
    made_at: str
    """UTC, ISO 8601."""
    provider: str
    customer: str
    """Their number in the service."""
    files: tuple[ListedFile, ...]
    left_out: tuple[str, ...] = ()
    """What the bundle had no room for."""


class EvidenceProblem(StrEnum):
    """What is wrong with a bundle; the sentence is the text `evidence.<problem>`, its place `about` the file."""

    NO_BUNDLE = "no-bundle"
    TOO_LARGE = "too-large"
    CHANGED = "changed"
    """A file is not as it was signed."""
    MISSING = "missing"
    ADDED = "added"
    FORM = "form"
    """Bytes beside the files were changed."""
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_SIGNER = "unknown-signer"
    """The certificate does not lead to the root, is not a provider's, or was not valid then."""
    OTHER_ROOT = "other-root"
    """The root in the bundle is not the one that was given."""
    AGREEMENT = "agreement"
    """A signed agreement in it does not verify."""


@dataclass(frozen=True, slots=True)
class EvidenceVerdict:
    """What can be said of a bundle. All but `problem` and `about` is empty where it is not intact."""

    problem: EvidenceProblem | None
    about: str = ""
    """The file that `problem` is of."""
    signer: str = ""
    made_at: datetime | None = None
    customer: str = ""
    files: int = 0
    root_sha256: str = ""
    """Of the root certificate: to be compared with what the provider publishes, where no root was given."""
    root_given: bool = False
    """Whether it was checked against a root that came from elsewhere; without one, it proves that the bundle is whole,
    and not yet who made it."""
    left_out: tuple[str, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether every byte is as it was signed."""
        return self.problem is None


class _Wrong(Exception):
    def __init__(self, problem: EvidenceProblem, about: str = "") -> None:
        super().__init__(problem)
        self.verdict = EvidenceVerdict(problem, about)


def make_evidence(
    files: Mapping[str, bytes],
    provider: str,
    customer: str,
    at: datetime,
    key: PrivateKey,
    chain_pem: str,
    root_pem: str,
    left_out: tuple[str, ...] = (),
) -> bytes:
    """The bundle. The same arguments give the same bytes.

    Args:
        files: By name.
        provider: Its name.
        customer: Their number.
        at: Now, aware; to the second.
        key: The provider's.
        chain_pem: As of `papers.cms.sign_detached`.
        root_pem: What it leads to.
        left_out: What there was no room for.

    Raises:
        ValueError: a file has a name that is not plain or that of a file of the bundle itself, or they are too large.
    """
    if files.keys() & {*_UNLISTED, ROOT}:
        raise ValueError("a name of the bundle itself")
    whole = {**files, ROOT: root_pem.encode("ascii")}
    manifest = Manifest(
        made_at=at.astimezone(UTC).replace(microsecond=0).isoformat(),
        provider=provider,
        customer=customer,
        files=tuple(
            ListedFile(name=name, size=len(whole[name]), sha256=_sha256(whole[name])) for name in sorted(whole)
        ),
        left_out=left_out,
    )
    written = manifest.model_dump_json(indent=1).encode()
    packed = pack({**whole, MANIFEST: written, SIGNATURE: sign_detached(written, key, chain_pem, at)})
    if len(packed) > MAX_BYTES:
        raise ValueError("too large")
    return packed


def verify_evidence(bundle: bytes, root_pem: str = "") -> EvidenceVerdict:
    """Whether every byte of a bundle is as the provider signed it. Never raises on a bundle; needs no network.

    Not on a thread that runs an event loop: agreements in it are verified by a library that runs one.

    Args:
        bundle: The file, from anywhere.
        root_pem: The provider's root certificate, from elsewhere; empty: only the one in the bundle is at hand.

    Raises:
        ValueError: `root_pem` cannot be read.
    """
    known = x509.load_pem_x509_certificate(root_pem.encode("ascii", "replace")) if root_pem else None
    try:
        return _verified(bundle, known)
    except _Wrong as wrong:
        return wrong.verdict


def _verified(bundle: bytes, known: x509.Certificate | None) -> EvidenceVerdict:
    if len(bundle) > MAX_BYTES:
        raise _Wrong(EvidenceProblem.TOO_LARGE)
    try:
        files = unpack(bundle)
    except NotPacked:
        raise _Wrong(EvidenceProblem.NO_BUNDLE) from None
    for name in (MANIFEST, SIGNATURE, ROOT):
        if name not in files:
            raise _Wrong(EvidenceProblem.MISSING, name)
    signature, manifest = _signed(files)
    _compare(files, manifest)
    if pack(files) != bundle:
        raise _Wrong(EvidenceProblem.FORM)
    root = _root(files[ROOT])
    if known is not None and root != known:
        raise _Wrong(EvidenceProblem.OTHER_ROOT)
    if not leads_to(signature, root, PROVIDER):
        raise _Wrong(EvidenceProblem.UNKNOWN_SIGNER)
    _agreements(files, root)
    return EvidenceVerdict(
        problem=None,
        signer=signature.signer,
        made_at=signature.at,
        customer=manifest.customer,
        files=len(files),
        root_sha256=root.fingerprint(hashes.SHA256()).hex(),
        root_given=known is not None,
        left_out=manifest.left_out,
    )


def _signed(files: Mapping[str, bytes]) -> tuple[Signature, Manifest]:
    try:
        signature = check_detached(files[MANIFEST], files[SIGNATURE])
        return signature, Manifest.model_validate_json(files[MANIFEST])
    except (BadSignature, ValidationError):
        raise _Wrong(EvidenceProblem.BAD_SIGNATURE, MANIFEST) from None


def _compare(files: Mapping[str, bytes], manifest: Manifest) -> None:
    listed = {file.name: file for file in manifest.files}
    for name in sorted(listed.keys() | (files.keys() - _UNLISTED)):
        if name not in files:
            raise _Wrong(EvidenceProblem.MISSING, name)
        if name not in listed:
            raise _Wrong(EvidenceProblem.ADDED, name)
        if _sha256(files[name]) != listed[name].sha256:
            raise _Wrong(EvidenceProblem.CHANGED, name)


def _root(pem: bytes) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem)
    except Exception:  # a library raises many kinds on somebody else's certificates
        raise _Wrong(EvidenceProblem.UNKNOWN_SIGNER) from None


def _agreements(files: Mapping[str, bytes], root: x509.Certificate) -> None:
    from vidphone.papers.verifying import verify  # noqa: PLC0415 - it loads a large library, for agreements alone

    root_pem = root.public_bytes(serialization.Encoding.PEM).decode("ascii")
    for name, content in files.items():
        if name.startswith("agreements/") and name.endswith(".pdf") and not verify(content, root_pem).complete:
            raise _Wrong(EvidenceProblem.AGREEMENT, name)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
