"""The network, and the way to the service: name, connection, certificate, version, clock."""

import asyncio
import contextlib
import socket
import ssl
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator

from vidphone.account.asking import checked_address, tls_context
from vidphone.account.service_client import ServiceClient
from vidphone.phone.doctor.findings import Finding, Level, fail, of_error, ok, warn
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import PROTOCOL_VERSION

STEP_TIMEOUT_S = 5.0
CLOCK_WARN_S = 60
"""TURN credentials and certificates hold between two times; a clock a minute wrong begins to matter."""
CERTIFICATE_WARN_DAYS = 14
DAY_S = 86_400


def addresses() -> Iterator[Finding]:
    """Whether there is a network; how many addresses, not which: people send this list to others."""
    from vidphone.media.rtc.gathering import LOOPBACK, host_addresses  # noqa: PLC0415 - loads WebRTC

    found = [address for address in host_addresses() if address != LOOPBACK]
    if not found:
        yield fail("no-network")
    else:
        of_six = sum(":" in address for address in found)
        yield ok("network", four=len(found) - of_six, six=of_six)


def udp() -> Iterator[Finding]:
    """Whether this program may open UDP sockets and hear itself through them."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(type=socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", 0))
            other.settimeout(STEP_TIMEOUT_S)
            one.sendto(b"vidphone", other.getsockname())
            other.recvfrom(16)
    except OSError as error:
        yield fail("udp-blocked", detail=error.strerror or type(error).__name__)
    else:
        yield ok("udp")


async def service(address: str) -> AsyncIterator[Finding]:
    """The way to the service, step by step; ends at the first that fails."""
    try:
        url, _ = checked_address(address)
    except VidphoneError as error:
        yield of_error(Level.FAIL, error.code, error.about)
        return
    port = url.port or (443 if url.scheme == "https" else 80)
    if url.scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(url.host):
        yield warn("proxy")
    else:
        reached = True
        async for finding in _direct(url.host, port, tls=url.scheme == "https"):
            yield finding
            reached = reached and finding.level is not Level.FAIL
        if not reached:
            return
    async for finding in _answer(address):
        yield finding


async def _direct(host: str, port: int, *, tls: bool) -> AsyncIterator[Finding]:
    loop = asyncio.get_running_loop()
    try:
        found = await asyncio.wait_for(loop.getaddrinfo(host, port, type=socket.SOCK_STREAM), STEP_TIMEOUT_S)
    except (OSError, UnicodeError, TimeoutError):
        yield fail("name-unknown", host=host)
        return
    yield ok("name", host=host, count=len({entry[4][0] for entry in found}))
    began_s = time.monotonic()
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), STEP_TIMEOUT_S)
    except (OSError, TimeoutError):
        yield fail("no-connection", host=host, port=port)
        return
    yield ok("connection", port=port, ms=round((time.monotonic() - began_s) * 1000))
    if tls:
        yield await _certificate(writer, host)
    writer.close()
    with contextlib.suppress(OSError, ssl.SSLError):
        await writer.wait_closed()


async def _certificate(writer: asyncio.StreamWriter, host: str) -> Finding:
    try:
        await asyncio.wait_for(writer.start_tls(tls_context(), server_hostname=host), STEP_TIMEOUT_S)
    except ssl.SSLCertVerificationError as error:
        return fail("certificate-bad", detail=error.verify_message)
    except (OSError, TimeoutError) as error:
        return fail("tls-failed", detail=type(error).__name__)
    session: ssl.SSLObject = writer.get_extra_info("ssl_object")
    certificate = session.getpeercert() or {}
    ends_s = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = int((ends_s - time.time()) // DAY_S)
    if days < CERTIFICATE_WARN_DAYS:
        return warn("certificate-ends", days=days)
    return ok("certificate", version=session.version() or "TLS", days=days)


async def _answer(address: str) -> AsyncIterator[Finding]:
    client = ServiceClient(address)
    try:
        health = await client.health()
    except VidphoneError as error:
        yield of_error(Level.FAIL, error.code, error.about)
        return
    finally:
        await client.close()
    if health.protocol != PROTOCOL_VERSION:
        yield of_error(Level.FAIL, ErrorCode.SERVICE_INCOMPATIBLE, {"service": address})
    else:
        yield ok("service", service=address, version=health.version, protocol=health.protocol)
    if client.clock_epoch_s is not None:
        apart_s = round(abs(client.clock_epoch_s - time.time()))
        yield warn("clock", seconds=apart_s) if apart_s >= CLOCK_WARN_S else ok("clock-right")
