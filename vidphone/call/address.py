"""Where the hub of a service is, whether the way there is secure, and whether it is gone."""

import errno
import socket
from urllib.parse import urlsplit

from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.hosts import is_loopback
from vidphone.wire.signaling import PATH


def signaling_url(service_url: str) -> str:
    """The WebSocket address of a service, from the address that a customer types.

    Raises:
        VidphoneError: `SERVICE_NOT_SECURE`, it is neither `https://` nor on this machine; `SERVICE_UNREACHABLE`,
            it is no address.
    """
    try:
        parts = urlsplit(service_url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise VidphoneError(ErrorCode.SERVICE_UNREACHABLE, {"service": service_url})
    if parts.scheme == "http" and not is_loopback(host):
        raise VidphoneError(ErrorCode.SERVICE_NOT_SECURE, {"service": service_url})
    named = f"[{host}]" if ":" in host else host
    where = named if port is None else f"{named}:{port}"
    return f"{'wss' if parts.scheme == 'https' else 'ws'}://{where}{parts.path.rstrip('/')}{PATH}"


def is_gone(address: str) -> bool:
    """Whether this machine no longer has that IP address: what was connected from it is dead, though nobody says so."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError as reason:
        return reason.errno == errno.EADDRNOTAVAIL
    return False
