"""The service as a process: TLS, a free port, a graceful end, quiet logs."""

import datetime
import ipaddress
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.service_bench import Client, accepted_call, make_provider, sign_in

pytestmark = pytest.mark.slow


def make_certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, private


def serve(data: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "vidphone", "serve", "--data", str(data), "--port", "0", *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=english())


def english() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C"}


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().split()[-1]


def test_with_a_certificate_it_speaks_tls(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with serve(tmp_path / "data", "--tls-cert", str(cert), "--tls-key", str(key)) as process:
        url = url_of(process)
        trusted = ssl.create_default_context(cafile=str(cert))
        health = httpx.get(f"{url}/health", verify=trusted)
        process.terminate()
    assert url.startswith("https://127.0.0.1:")
    assert health.json()["status"] == "ok"


def test_unusable_certificate_is_told_in_a_sentence(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    with serve(tmp_path / "data", "--tls-cert", missing, "--tls-key", missing) as process:
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "cannot be used" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stopped_in_a_call_it_ends_well_and_logged_nothing_personal(tmp_path: Path, number: int) -> None:
    make_provider(tmp_path, "6001001", "6001002")
    with serve(tmp_path) as process:
        url = url_of(process)
        sign_in(url, "6001001", "0" * 32, "wrong password")
        async with Client(url, "6001001") as caller, Client(url, "6001002") as callee:
            await accepted_call(caller, callee)
            await caller.raw("{")
            process.send_signal(number)
            await caller.socket.wait_closed()
            out, logged = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "has stopped" in out
    for secret in ("6001001", "6001002", "Customer", caller.token, "v=0", "Traceback"):
        assert secret not in logged + out
