"""The service's address as a person types it. Pure."""

from urllib.parse import urlsplit

from vidphone.wire.hosts import is_loopback

SECURE = "https"
MAX_CHARACTERS = 253 + 32


def address_of(typed: str) -> str | None:
    """The address to use: `phone.example.cn` becomes `https://phone.example.cn`; None where it is no address."""
    written = typed.strip().rstrip("/")
    if not written or len(written) > MAX_CHARACTERS or any(c.isspace() for c in written):
        return None
    if "://" not in written:
        host = written.partition(":")[0]
        written = f"{'http' if is_loopback(host) else SECURE}://{written}"
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        return None
    plain = parts.username is None and not parts.query and not parts.fragment
    if parts.scheme not in ("http", SECURE) or not parts.hostname or not plain:
        return None
    return written


def fault_of(typed: str) -> str:
    """The key of the text that tells what is wrong with an address; empty where nothing is.

    Without encryption only this machine is spoken to: a password must not cross a network in clear.
    """
    if not typed.strip():
        return "ui.sign-in.service.missing"
    address = address_of(typed)
    if address is None:
        return "ui.sign-in.service.wrong"
    parts = urlsplit(address)
    if parts.scheme != SECURE and not is_loopback(parts.hostname or ""):
        return "ui.sign-in.service.not-secure"
    return ""
