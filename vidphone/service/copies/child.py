"""The process that opens one copy: `python -m vidphone.service.copies.child TYPE`, file in, pictures out.

Standard input is the file; standard output is one JPEG a page, each after its length (four bytes, big-endian). The exit
code is that of `Verdict`. Limits on memory and time are set by itself before anything is read, where the system can.
"""

import contextlib
import io
import sys
import warnings
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MEMORY_BYTES = 1_073_741_824
CPU_S = 15
MAX_PIXELS = 50_000_000
"""A photo of a good telephone has some 48 million; decoded it takes 150 MB."""
MAX_PAGES = 6
SIDE_PX = 2400
"""The longer side of what is kept: a card of 86 mm has 28 pixels a millimetre, and its smallest print is read."""
QUALITY = 85
LENGTH_BYTES = 4


class Verdict(IntEnum):
    """Exit codes."""

    TAKEN = 0
    UNREADABLE = 10
    TOO_LARGE = 11
    """Too many pixels."""
    TOO_MANY_PAGES = 12
    LOCKED = 13
    """It asks for a password."""


def main(content_type: str) -> int:
    """Do it."""
    _limit()
    warnings.simplefilter("error")  # Pillow warns of pictures that unpack to very many pixels
    body = sys.stdin.buffer.read()
    try:
        pages = _pages_of_pdf(body) if content_type == "application/pdf" else [_picture(body, content_type)]
    except _Refused as refused:
        return refused.verdict
    except Exception:  # whatever a library makes of a damaged file
        return Verdict.UNREADABLE
    for page in pages:
        sys.stdout.buffer.write(len(page).to_bytes(LENGTH_BYTES) + page)
    sys.stdout.buffer.flush()
    return Verdict.TAKEN


class _Refused(Exception):
    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.verdict = verdict


def _limit() -> None:
    with contextlib.suppress(ImportError):  # not on Windows
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _picture(body: bytes, content_type: str) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 - after the limits

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    form = "PNG" if content_type == "image/png" else "JPEG"
    try:
        with Image.open(io.BytesIO(body), formats=[form]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _Refused(Verdict.TOO_LARGE)
            picture.draft("RGB", (SIDE_PX, SIDE_PX))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((SIDE_PX, SIDE_PX))
            return _encode(_on_white(upright))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Refused(Verdict.TOO_LARGE) from error


def _pages_of_pdf(body: bytes) -> list[bytes]:
    import pypdfium2  # noqa: PLC0415

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise _Refused(Verdict.LOCKED if locked else Verdict.UNREADABLE) from error
    if not 1 <= len(document) <= MAX_PAGES:
        raise _Refused(Verdict.TOO_MANY_PAGES if len(document) else Verdict.UNREADABLE)
    pages = []
    for page in document:
        side = max(page.get_size())
        if side <= 0:
            raise _Refused(Verdict.UNREADABLE)
        drawn = page.render(scale=SIDE_PX / side, may_draw_forms=False)
        pages.append(_encode(drawn.to_pil().convert("RGB")))
    return pages


def _on_white(picture: "Image.Image") -> "Image.Image":
    from PIL import Image  # noqa: PLC0415

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")


def _encode(picture: "Image.Image") -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)  # a new picture: nothing but pixels comes along
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
