"""Makes pictures of what a customer sent, in a child process. Blocking; takes up to `TIMEOUT_S`."""

import subprocess
import sys
from collections.abc import Iterator

from vidphone.service.copies.child import LENGTH_BYTES, MAX_PAGES, Verdict
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import COPY_TYPES, MAX_COPY_BYTES

TIMEOUT_S = 20.0
MAX_PAGE_BYTES = 8_388_608
"""Of a picture of 2400 by 2400 pixels in JPEG, noise on all of it."""
_WHY = {
    Verdict.TOO_LARGE: "copy.too-many-pixels",
    Verdict.TOO_MANY_PAGES: "copy.too-many-pages",
    Verdict.LOCKED: "copy.locked",
}
_BEGINNINGS = {"image/jpeg": (b"\xff\xd8\xff",), "image/png": (b"\x89PNG\r\n\x1a\n",), "application/pdf": (b"%PDF-",)}


def read_copy(body: bytes, content_type: str) -> tuple[bytes, ...]:
    """The pages of a copy as JPEG pictures of this program's own making.

    Raises:
        VidphoneError: `COPY_REFUSED`, with the reason.
    """
    if content_type not in COPY_TYPES or not body.startswith(_BEGINNINGS[content_type]):
        raise _refused("copy.other-type")
    if len(body) > MAX_COPY_BYTES:
        raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": MAX_COPY_BYTES})
    command = [sys.executable, "-m", "vidphone.service.copies.child", content_type]
    try:
        done = subprocess.run(
            command, input=body, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise _refused("copy.unreadable") from None
    if done.returncode != Verdict.TAKEN:  # killed by its limits: a negative one
        why = _WHY.get(Verdict(done.returncode)) if done.returncode in set(Verdict) else None
        raise _refused(why or "copy.unreadable")
    return tuple(_split(done.stdout))


def _split(out: bytes) -> Iterator[bytes]:
    at, pages = 0, 0
    while at < len(out):
        length = int.from_bytes(out[at : at + LENGTH_BYTES])
        at += LENGTH_BYTES
        pages += 1
        if length > MAX_PAGE_BYTES or at + length > len(out) or pages > MAX_PAGES:
            raise _refused("copy.unreadable")
        yield out[at : at + length]
        at += length


def _refused(why: str) -> VidphoneError:
    return VidphoneError(ErrorCode.COPY_REFUSED, {"detail": why})
