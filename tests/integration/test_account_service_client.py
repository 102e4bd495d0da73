import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from vidphone.account import asking
from vidphone.account.service_client import ServiceClient
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.http import IceServer, Problem

DEVICE = "d" * 32
SIGNED_IN = {"token": "secret-token", "number": "1001", "name": "张三"}


class Service:
    """A socket that gives one answer to everything and keeps what it was asked."""

    def __init__(self, status: int = 200, body: bytes = b"{}", delay_s: float = 0.0, headers: str = "") -> None:
        self.status, self.body, self.delay_s, self.headers = status, body, delay_s, headers
        self.requests: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower()[:15] == b"content-length:"), 0
            )
            self.requests.append(head + await reader.readexactly(length))
            await asyncio.sleep(self.delay_s)
            start = (
                f"HTTP/1.1 {self.status} x\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n{self.headers}"
            )
            writer.write(start.encode() + b"\r\n" + self.body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client had enough
        finally:
            writer.close()


@asynccontextmanager
async def asked(service: Service, tls: ssl.SSLContext | None = None) -> AsyncIterator[ServiceClient]:
    server = await asyncio.start_server(service.answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    client = ServiceClient(f"{'https' if tls else 'http'}://127.0.0.1:{port}")
    try:
        yield client
    finally:
        await client.close()
        server.close()
        await server.wait_closed()


async def refusal_of(service: Service) -> VidphoneError:
    async with asked(service) as client:
        with pytest.raises(VidphoneError) as refusal:
            await client.me("secret-token")
    return refusal.value


async def test_sign_in_gives_the_token_and_leaves_no_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service = Service(body=json.dumps(SIGNED_IN).encode())
    async with asked(service) as client:
        signed_in = await client.sign_in("1001", "correct horse", DEVICE, "vidphone, Linux")
    assert (signed_in.token, signed_in.name) == ("secret-token", "张三")
    head, _, body = service.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/sign-in ")
    assert json.loads(body) == {
        "number": "1001",
        "password": "correct horse",
        "device": DEVICE,
        "device_name": "vidphone, Linux",
    }
    for secret in ("correct horse", "secret-token", "1001"):
        assert secret not in caplog.text


async def test_the_token_goes_into_the_header() -> None:
    servers = {"servers": [{"urls": ["stun:127.0.0.1:3478"]}], "expires_in_s": 600}
    service = Service(body=json.dumps(servers).encode())
    async with asked(service) as client:
        answer = await client.ice_servers("secret-token")
    assert answer.servers == (IceServer(urls=("stun:127.0.0.1:3478",)),)
    assert b"authorization: bearer secret-token\r\n" in service.requests[0].lower()


async def test_sign_out_takes_an_empty_answer() -> None:
    service = Service(status=204, body=b"")
    async with asked(service) as client:
        await client.sign_out("secret-token")
    assert service.requests[0].startswith(b"POST /v1/sign-out ")


async def test_a_refusal_is_told_as_the_service_tells_it() -> None:
    problem = Problem(
        title="Too many attempts",
        status=429,
        code=ErrorCode.TOO_MANY_ATTEMPTS,
        detail="x",
        next_step="y",
        retry_after_s=7,
    )
    error = await refusal_of(Service(429, problem.model_dump_json().encode()))
    assert error.code is ErrorCode.TOO_MANY_ATTEMPTS
    assert (error.about or {})["seconds"] == 7


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"<html>captive portal</html>", ErrorCode.SERVICE_INCOMPATIBLE),
        (200, b"{}", ErrorCode.SERVICE_INCOMPATIBLE),
        (200, b"x" * 300_000, ErrorCode.SERVICE_INCOMPATIBLE),
        (302, b"", ErrorCode.SERVICE_INCOMPATIBLE),
        (404, b"not here", ErrorCode.SERVICE_INCOMPATIBLE),
        (502, b"bad gateway", ErrorCode.SERVICE_UNREACHABLE),
        (503, b"", ErrorCode.SERVICE_BUSY),
        (
            400,
            b'{"title":"x","status":400,"code":"profile-in-use","detail":"x","next_step":"x"}',
            ErrorCode.SERVICE_INCOMPATIBLE,
        ),
    ],
)
async def test_an_answer_of_something_else_is_told_apart(status: int, body: bytes, code: ErrorCode) -> None:
    assert (await refusal_of(Service(status, body))).code is code


async def test_the_token_follows_no_redirection() -> None:
    elsewhere = Service(body=json.dumps(SIGNED_IN).encode())
    async with asked(elsewhere) as other:
        error = await refusal_of(Service(307, b"", headers=f"Location: {other.service}/v1/me\r\n"))
    assert error.code is ErrorCode.SERVICE_INCOMPATIBLE
    assert elsewhere.requests == []


async def test_a_service_that_says_nothing_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ANSWER_TIMEOUT_S", 0.2)
    error = await refusal_of(Service(delay_s=0.8))
    assert error.code is ErrorCode.SERVICE_UNREACHABLE


async def test_a_service_that_is_not_there_is_unreachable() -> None:
    async with asked(Service()) as client:
        pass
    gone = ServiceClient(client.service)
    with pytest.raises(VidphoneError) as refusal:
        await gone.health()
    await gone.close()
    assert refusal.value.code is ErrorCode.SERVICE_UNREACHABLE


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://phone.example", ErrorCode.SERVICE_NOT_SECURE),
        ("http://127.0.0.1.phone.example", ErrorCode.SERVICE_NOT_SECURE),
        ("http://10.0.0.1", ErrorCode.SERVICE_NOT_SECURE),
        ("ftp://localhost", ErrorCode.SERVICE_NOT_SECURE),
        ("", ErrorCode.SERVICE_UNREACHABLE),
        ("https://phone.example:99999", ErrorCode.SERVICE_UNREACHABLE),
        ("phone.example", ErrorCode.SERVICE_UNREACHABLE),
        ("https://phone\x00.example", ErrorCode.SERVICE_UNREACHABLE),
    ],
)
def test_nothing_is_sent_in_the_open(address: str, code: ErrorCode) -> None:
    with pytest.raises(VidphoneError) as refusal:
        ServiceClient(address)
    assert refusal.value.code is code


@pytest.mark.parametrize(
    "address", ["http://localhost:8080", "http://[::1]:1", "http://127.0.0.2", "https://x.example"]
)
async def test_tls_or_this_machine_is_taken(address: str) -> None:
    await ServiceClient(address).close()


async def test_a_certificate_that_nobody_vouches_for_is_not_secure(tmp_path: Path) -> None:
    service = Service(body=json.dumps(SIGNED_IN).encode())
    async with asked(service, tls=self_signed(tmp_path)) as client:
        with pytest.raises(VidphoneError) as refusal:
            await client.sign_in("1001", "correct horse", DEVICE, "")
    assert refusal.value.code is ErrorCode.SERVICE_NOT_SECURE
    assert service.requests == []


async def test_what_is_no_number_is_not_sent() -> None:
    service = Service()
    async with asked(service) as client:
        with pytest.raises(VidphoneError) as refusal:
            await client.sign_in("not a number", "correct horse", DEVICE, "")
    assert refusal.value.code is ErrorCode.BAD_NUMBER
    assert service.requests == []


def self_signed(directory: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / "both.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
