"""The customer's machine: program, codecs, devices, keyring, profile."""

import platform
from collections.abc import Callable, Iterator
from pathlib import Path

from vidphone import __version__
from vidphone.account.keeper import secure_keyring
from vidphone.account.profile import files_set_aside
from vidphone.media.devices import Device
from vidphone.phone.doctor.findings import Finding, Level, fail, of_error, ok
from vidphone.wire.errors import ErrorCode, VidphoneError


def program() -> Iterator[Finding]:
    """Version and system, as support asks for them first."""
    yield ok("program", version=__version__, python=platform.python_version(), system=platform.platform(terse=True))


def codecs() -> Iterator[Finding]:
    """Each codec encodes and decodes here, or was left out of this build."""
    from vidphone.media import selfcheck  # noqa: PLC0415 - loads the codecs, which may be what is broken

    for codec in selfcheck.CODECS:
        if selfcheck.works(codec):
            yield ok("codec", codec=codec)
        elif selfcheck.is_received_only(codec):
            yield ok("codec-received", codec=codec)
        else:
            yield fail("codec-broken", codec=codec)


def cameras() -> Iterator[Finding]:
    """The cameras there are."""
    from vidphone.media.capture.camera import list_cameras  # noqa: PLC0415 - loads OpenCV, which may be what is broken

    return _listed("cameras", list_cameras, ErrorCode.NO_CAMERA)


def microphones() -> Iterator[Finding]:
    """The microphones there are."""
    from vidphone.media.sound.devices import list_microphones  # noqa: PLC0415 - loads PortAudio

    return _listed("microphones", list_microphones, ErrorCode.NO_MICROPHONE)


def speakers() -> Iterator[Finding]:
    """The speakers there are."""
    from vidphone.media.sound.devices import list_speakers  # noqa: PLC0415 - loads PortAudio

    return _listed("speakers", list_speakers, ErrorCode.NO_SPEAKER)


def keyring() -> Iterator[Finding]:
    """Whether a sign-in can be kept."""
    try:
        backend = type(secure_keyring()).__module__.rpartition(".")[2]
    except VidphoneError as error:
        yield of_error(Level.WARN, error.code)
    else:
        yield ok("keyring", backend=backend)


def profile(directory: Path) -> Iterator[Finding]:
    """Damaged files that were set aside."""
    damaged = files_set_aside(directory)
    for path in damaged:
        yield of_error(Level.WARN, ErrorCode.PROFILE_DAMAGED, {"path": str(path)})
    if not damaged:
        yield ok("profile", path=str(directory))


def _listed(name: str, devices: Callable[[], tuple[Device, ...]], missing: ErrorCode) -> Iterator[Finding]:
    found = devices()
    if found:
        yield ok(name, names=", ".join(device.name for device in found))
    else:
        yield of_error(Level.WARN, missing)
