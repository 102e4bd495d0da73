import io
import struct
import zlib

import pypdfium2
import pytest
from PIL import Image

from vidphone.service.copies.child import MAX_PAGES, SIDE_PX
from vidphone.service.copies.reader import read_copy
from vidphone.wire.errors import ErrorCode, VidphoneError

pytestmark = pytest.mark.slow


def picture(form: str, size: tuple[int, int] = (600, 400), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **more)
    return out.getvalue()


def pdf(pages: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(300, 200)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


def huge_png() -> bytes:
    """A small file that says it has 30,000 by 30,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 30_001 * 100, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def refusal_of(body: bytes, content_type: str) -> str:
    with pytest.raises(VidphoneError) as refused:
        read_copy(body, content_type)
    assert refused.value.code is ErrorCode.COPY_REFUSED
    return str((refused.value.about or {})["detail"])


@pytest.mark.parametrize(("form", "content_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_picture_is_made_anew_without_what_came_with_it(form: str, content_type: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where and when it was taken"
    (page,) = read_copy(picture(form, (5000, 100), exif=exif) + b"trailing secret", content_type)
    with Image.open(io.BytesIO(page)) as opened:
        assert (opened.format, max(opened.size)) == ("JPEG", SIDE_PX)
        assert not opened.getexif()
    assert b"secret" not in page
    assert b"where and when" not in page


def test_pages_of_a_pdf_become_pictures() -> None:
    pages = read_copy(pdf(2), "application/pdf")
    assert len(pages) == 2
    with Image.open(io.BytesIO(pages[0])) as opened:
        assert opened.size == (SIDE_PX, SIDE_PX * 2 // 3)


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (b"GIF89a", "image/gif", "copy.other-type"),
        (picture("GIF"), "image/png", "copy.other-type"),
        (b"<svg/>", "image/png", "copy.other-type"),
        (picture("PNG")[:200], "image/png", "copy.unreadable"),
        (b"\xff\xd8\xff" + b"x" * 100, "image/jpeg", "copy.unreadable"),
        (b"%PDF-1.7\nnothing", "application/pdf", "copy.unreadable"),
        (pdf(MAX_PAGES + 1), "application/pdf", "copy.too-many-pages"),
        (huge_png(), "image/png", "copy.too-many-pixels"),
    ],
)
def test_what_cannot_be_a_copy_is_refused_with_a_reason(body: bytes, content_type: str, why: str) -> None:
    assert refusal_of(body, content_type) == why
