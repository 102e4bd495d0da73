"""What this program needs of aiortc and aioice beyond their public names. One version each, checked at start.

The names are used in `transport` and `gathering`, on objects made there, never on the libraries' modules.
"""

import importlib.metadata
import logging

from aioice import ice, turn
from aiortc.rtcdtlstransport import RTCCertificate

from vidphone.media.rtc import gathering, transport

VERSIONS = {"aiortc": "1.16.0", "aioice": "0.13.0"}


class MediaLibraryMismatch(RuntimeError):
    """The installed aiortc is not the one this program was made for. Fault of the installation."""


def check() -> None:
    """Compare versions and private names; to be called once, on a running loop.

    Raises:
        MediaLibraryMismatch: another version, or a name that is not there.
    """
    for package, wanted in VERSIONS.items():
        logging.getLogger(package).setLevel(logging.WARNING)  # below that they write addresses and descriptions
        if (found := importlib.metadata.version(package)) != wanted:
            raise MediaLibraryMismatch(f"{package} {found} is installed, {wanted} is needed")
    dtls, ice_transport = transport.parts(new_certificate())
    client = turn.TurnClientUdpProtocol(("192.0.2.1", 3478), None, None, 600, 500)
    wanted_of: tuple[tuple[object, tuple[str, ...]], ...] = (
        (dtls, transport.DTLS_NAMES),
        (ice_transport, transport.ICE_NAMES),
        (ice_transport._connection, gathering.CONNECTION_NAMES),
        (ice, gathering.MODULE_NAMES),
        (turn.TurnTransport(client), transport.RELAY_NAMES),
        (client, transport.RELAY_CLIENT_NAMES),
    )
    for thing, names in wanted_of:
        for name in names:
            if not hasattr(thing, name):
                raise MediaLibraryMismatch(f"{getattr(thing, '__name__', type(thing).__name__)} has no {name}")


def new_certificate() -> RTCCertificate:
    """A DTLS certificate for one call."""
    return RTCCertificate.generateCertificate()


def fingerprint(certificate: RTCCertificate) -> str:
    """Its SHA-256 fingerprint, `AB:CD:…`."""
    return next(each.value for each in certificate.getFingerprints() if each.algorithm == "sha-256")
