"""Certificates of signers and of those who certify them (RFC 5280), as values: no file, no clock.

A customer's certificate names the customer, because a reader of the signed agreement has to see whose signature it is
(clause 17), and their number in the service, because names are not unique. Nothing else of the person is in it: no
identity number, address or telephone. A certificate goes wherever the document goes.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vidphone.papers.keys import PrivateKey, common_name
from vidphone.papers.roles import POLICIES

EARLIER = timedelta(hours=1)
"""A certificate begins that much before it is made: clocks differ."""


class BadRequest(ValueError):
    """A request for a certificate that cannot be granted."""


def name_of(party: str, number: str = "") -> x509.Name:
    """The subject of a certificate."""
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name(party))]
    if number:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, number))
    return x509.Name(parts)


def certify_authority(
    key: PrivateKey,
    subject: x509.Name,
    issuer: tuple[PrivateKey, x509.Certificate] | None,
    at: datetime,
    lifetime: timedelta,
) -> x509.Certificate:
    """A certificate of an authority: its own word where `issuer` is None (a root), else one that issues to signers."""
    issuing_key, issuing_name = (key, subject) if issuer is None else (issuer[0], issuer[1].subject)
    builder = (
        _begun(key.public_key(), subject, issuing_name, issuing_key, at, lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1 if issuer is None else 0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
    )
    return builder.sign(issuing_key, hashes.SHA256())


def certify_signer(
    public: ec.EllipticCurvePublicKey,
    subject: x509.Name,
    field: str,
    issuer: tuple[PrivateKey, x509.Certificate],
    at: datetime,
    lifetime: timedelta,
) -> x509.Certificate:
    """A certificate for signing documents in one field; it never outlives its issuer's."""
    lifetime = min(lifetime, issuer[1].not_valid_after_utc - at)
    policy = x509.PolicyInformation(x509.ObjectIdentifier(POLICIES[field]), None)
    builder = (
        _begun(public, subject, issuer[1].subject, issuer[0], at, lifetime)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
    )
    return builder.sign(issuer[0], hashes.SHA256())


def requested_key(request_pem: str) -> ec.EllipticCurvePublicKey:
    """The key that a request (PKCS#10) is for, proven to be held by the asker. Nothing else is taken from it.

    Raises:
        BadRequest: unreadable, not signed by its key, or a key on another curve than P-256.
    """
    try:
        request = x509.load_pem_x509_csr(request_pem.encode("ascii"))
        public, proven = request.public_key(), request.is_signature_valid
    except Exception as error:  # the parser's own errors and built-in ones; a request is somebody else's bytes
        raise BadRequest("no request for a certificate") from error
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1) or not proven:
        raise BadRequest("not a proven key on the curve P-256")
    return public


def in_pem(*certificates: x509.Certificate) -> str:
    """Certificates one after the other."""
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode("ascii") for each in certificates)


def _begun(
    public: ec.EllipticCurvePublicKey,
    subject: x509.Name,
    issuer: x509.Name,
    issuing_key: PrivateKey,
    at: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLIER)
        .not_valid_after(at + lifetime)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key()), critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
