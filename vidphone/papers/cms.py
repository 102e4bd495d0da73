"""A detached signature beside a file: CMS (RFC 5652) as `openssl cms -verify` reads it, in one form only.

A signature cannot cover its own container. Here the container is made anew from what is in it and compared, so that no
byte of it can be changed unseen; the signature value is the lower of the two that ECDSA allows.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from asn1crypto import algos, core, tsp
from asn1crypto import cms as asn1
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from vidphone.papers.keys import PrivateKey, same_key
from vidphone.papers.roles import POLICIES

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the base point of P-256 (SEC 2, 2.4.2)."""
MAX_BYTES = 65_536
MAX_CERTIFICATES = 5


class BadSignature(ValueError):
    """The signature is not one of this form over these bytes."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that is right in itself. Whether its signer is to be believed is another question."""

    at: datetime
    certificates: tuple[x509.Certificate, ...]
    """The signer's first, then each its issuer's, without the root."""

    @property
    def signer(self) -> str:
        """The common name in the signer's certificate."""
        names = self.certificates[0].subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(names[0].value) if names else ""


def sign_detached(content: bytes, key: PrivateKey, chain_pem: str, at: datetime) -> bytes:
    """A signature in DER. The same content, key, chain and time give the same bytes (RFC 6979).

    Args:
        content: What is signed.
        key: The signer's.
        chain_pem: The signer's certificate first, then those towards the root, without the root.
        at: The time, aware; to the second.

    Raises:
        ValueError: key and certificate differ, or the chain cannot be read.
    """
    if not same_key(key, chain_pem):
        raise ValueError("the certificate is for another key")
    chain = x509.load_pem_x509_certificates(chain_pem.encode("ascii"))
    attributes = _attributes(content, at, chain)
    made = key.sign(_signed_bytes(attributes), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(made)
    return _container(attributes, chain, encode_dss_signature(r, min(s, _ORDER - s)))


def check_detached(content: bytes, signature: bytes) -> Signature:
    """What a signature says of these bytes.

    Raises:
        BadSignature: it is none of them, or not in the form of `sign_detached`.
    """
    if len(signature) > MAX_BYTES:
        raise BadSignature("too large")
    try:
        found = _read(content, signature)
    except BadSignature:
        raise
    except Exception as error:  # whatever a parser makes of somebody else's bytes
        raise BadSignature(type(error).__name__) from error
    return found


def leads_to(signature: Signature, root: x509.Certificate, party: str) -> bool:
    """Whether the signer's certificate comes from that root, is the party's, and was valid at the time."""
    path = (*signature.certificates, root)
    try:
        for certificate, issuer in pairwise(path):
            certificate.verify_directly_issued_by(issuer)
            if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
                return False
        policies = path[0].extensions.get_extension_for_class(x509.CertificatePolicies).value
    except Exception:  # a library raises many kinds on somebody else's certificates
        return False
    if not all(one.not_valid_before_utc <= signature.at <= one.not_valid_after_utc for one in path):
        return False
    return {policy.policy_identifier.dotted_string for policy in policies} == {POLICIES[party]}


def _read(content: bytes, signature: bytes) -> Signature:
    signed = asn1.ContentInfo.load(signature, strict=True)["content"]
    (signer,) = signed["signer_infos"]
    stated = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    at = stated["signing_time"][0].native
    chain = x509_chain([one.chosen.dump() for one in signed["certificates"]])
    attributes = _attributes(content, at, chain)
    value = signer["signature"].native
    if _container(attributes, chain, value) != signature:
        raise BadSignature("another content, or another form")
    r, s = decode_dss_signature(value)
    if encode_dss_signature(r, s) != value or 2 * s > _ORDER:
        raise BadSignature("another form")
    key = chain[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadSignature("another kind of key")
    key.verify(value, _signed_bytes(attributes), ec.ECDSA(hashes.SHA256()))
    return Signature(at.astimezone(UTC), chain)


def x509_chain(found: Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Certificates in DER put in order: first the one that issued none of the others, after each its issuer.

    Raises:
        BadSignature: they are no chain.
    """
    left = [x509.load_der_x509_certificate(der) for der in found[: MAX_CERTIFICATES + 1]]
    issuers = [one.issuer for one in left]
    chain = [one for one in left if one.subject not in issuers]
    if len(left) > MAX_CERTIFICATES or len(chain) != 1:
        raise BadSignature("no chain")
    while issuer := next((one for one in left if one.subject == chain[-1].issuer and one not in chain), None):
        chain.append(issuer)
    if len(chain) != len(left):
        raise BadSignature("no chain")
    return tuple(chain)


def _attributes(content: bytes, at: datetime, chain: Sequence[x509.Certificate]) -> asn1.CMSAttributes:
    pinned = [tsp.ESSCertIDv2({"cert_hash": one.fingerprint(hashes.SHA256())}) for one in chain]
    return asn1.CMSAttributes(
        [
            asn1.CMSAttribute({"type": "content_type", "values": ["data"]}),
            asn1.CMSAttribute({"type": "signing_time", "values": [_time(at)]}),
            asn1.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
            asn1.CMSAttribute(
                {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": pinned})]}
            ),
        ]
    )


def _time(at: datetime) -> asn1.Time:
    return asn1.Time("utc_time", core.UTCTime(at.astimezone(UTC).replace(microsecond=0)))


def _signed_bytes(attributes: asn1.CMSAttributes) -> bytes:
    """What is signed: the attributes as a SET OF (RFC 5652, 5.4)."""
    der: bytes = attributes.dump(force=True)
    return der


def _container(attributes: asn1.CMSAttributes, chain: Sequence[x509.Certificate], value: bytes) -> bytes:
    own, *_ = certificates = [asn1_x509.Certificate.load(one.public_bytes(serialization.Encoding.DER)) for one in chain]
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = asn1.SignerInfo(
        {
            "version": "v1",
            "sid": asn1.SignerIdentifier(
                "issuer_and_serial_number",
                asn1.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number}),
            ),
            "digest_algorithm": sha256,
            "signed_attrs": asn1.CMSAttributes.load(_signed_bytes(attributes)),
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": value,
        }
    )
    signed = asn1.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": certificates,
            "signer_infos": [signer],
        }
    )
    der: bytes = asn1.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return der
