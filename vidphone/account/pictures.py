"""Pictures and documents that a customer sends: read with a limit, and told by how they begin."""

from pathlib import Path

from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import MAX_COPY_BYTES

_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}


def read_picture(path: Path) -> tuple[str, bytes]:
    """Type and bytes of a picture or PDF, told by how it begins, whatever its name says.

    Raises:
        VidphoneError: `BAD_FILE`, it cannot be read; `TOO_LARGE`; `COPY_REFUSED`, it is of another kind.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_COPY_BYTES + 1)
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
    if len(content) > MAX_COPY_BYTES:
        raise VidphoneError(ErrorCode.TOO_LARGE, {"limit": MAX_COPY_BYTES})
    for beginning, content_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return content_type, content
    raise VidphoneError(ErrorCode.COPY_REFUSED, {"detail": "sign-up.copy-type"})
