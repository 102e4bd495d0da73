"""Signing with a time-stamp authority over real HTTP (RFC 3161): PAdES-B-T."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper

from tests.support.papers import AT, certified, signed, unsigned
from vidphone.papers import CUSTOMER
from vidphone.papers.signing import sign
from vidphone.papers.verifying import Problem, verify

STAMPED_AT = AT + timedelta(seconds=2)


def _authority() -> tuple[DummyTimeStamper, str]:
    """A time-stamp authority that is its own root."""
    key = rsa.generate_private_key(65537, 2048)  # what the library's authority for tests signs with
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Time")])
    stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=1))
        .not_valid_after(AT + timedelta(days=1))
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(plain),
        fixed_dt=STAMPED_AT.astimezone(UTC),
    )
    return stamper, certificate.public_bytes(serialization.Encoding.PEM).decode()


@pytest.fixture
def stamps() -> Iterator[tuple[str, str]]:
    """The address of a time-stamp authority that is running, and its root."""
    stamper, root = _authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", root
        server.shutdown()
        thread.join()


def _sign(url: str, at: datetime = AT) -> bytes:
    key, chain = certified()
    return sign(unsigned(), key, chain, field=CUSTOMER, reason="r", location="l", at=at, timestamp_url=url)


def test_a_time_stamp_tells_the_time_where_its_authority_is_known(stamps: tuple[str, str]) -> None:
    url, root = stamps
    document = _sign(url)
    (believed,) = verify(document, signed().root_pem, timestamp_root_pem=root).signatures
    assert believed.valid
    assert believed.timestamped
    assert believed.signed_at == STAMPED_AT


def test_without_that_authority_the_signature_holds_and_the_time_is_the_signers_word(stamps: tuple[str, str]) -> None:
    (stated,) = verify(_sign(stamps[0]), signed().root_pem).signatures
    assert stated.valid
    assert not stated.timestamped
    assert stated.signed_at == AT


def test_a_time_stamp_of_an_unknown_authority_is_refused_where_one_is_named(stamps: tuple[str, str]) -> None:
    _, other = _authority()
    assert verify(_sign(stamps[0]), signed().root_pem, timestamp_root_pem=other).problem is Problem.BAD_TIME
