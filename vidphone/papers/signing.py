"""Signing a document: an incremental PAdES signature in one of its fields (clause 17; EN 319 142-1, B-B and B-T)."""

import asyncio
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from vidphone.papers.keys import PrivateKey, same_key
from vidphone.papers.preparing import CHARACTERS, FACE, LOOK

if TYPE_CHECKING:
    from pyhanko.pdf_utils.content import RawContent
    from pyhanko.pdf_utils.generic import DictionaryObject
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko.stamp import BaseStampStyle

MAX_WORDS = 256
"""Characters of a reason and of a location."""
TIME_FROM_EDGE = 8.0
"""Points between the lower edge of a field and the line that tells the time."""
SPACE = 2.5
"""Points between the words of that line."""
TIMESTAMP_TIMEOUT_S = 10


class SigningFailed(ValueError):
    """The document cannot be signed so; the text says why, for a log."""


def sign(
    pdf: bytes,
    key: PrivateKey,
    chain_pem: str,
    *,
    field: str,
    reason: str,
    location: str,
    at: datetime,
    timestamp_url: str | None = None,
) -> bytes:
    """The document with one more signature; it begins with the bytes of `pdf`, unchanged.

    Not on a thread that runs an event loop: it runs one of its own.

    Args:
        pdf: a document that `prepare` made, with or without an earlier signature.
        key: the signer's.
        chain_pem: the signer's certificate first, then those towards the root, without the root.
        field: which field is signed.
        reason: why, in the signer's words.
        location: where.
        at: the time, aware; it is also shown.
        timestamp_url: a time-stamp authority (RFC 3161) that confirms the time.

    Raises:
        SigningFailed: no such empty field, key and certificate differ, an unreadable document, a silent time-stamp
            authority.
    """
    if at.tzinfo is None:
        raise SigningFailed("the time has no zone")
    if max(len(reason), len(location)) > MAX_WORDS:
        raise SigningFailed("reason or location is too long")
    try:
        if not same_key(key, chain_pem):
            raise SigningFailed("the certificate is for another key")
        signer = _signer(key, chain_pem)
        return asyncio.run(_sign(pdf, signer, field, reason, location, at.replace(microsecond=0), timestamp_url))
    except SigningFailed:
        raise
    except Exception as error:  # the library raises many kinds, its own and built-in ones, on unfit input
        raise SigningFailed(f"{type(error).__name__}: {error}") from error


async def _sign(
    pdf: bytes, signer: "SimpleSigner", field: str, reason: str, location: str, at: datetime, url: str | None
) -> bytes:
    from pyhanko.sign import fields, signers, timestamps  # noqa: PLC0415

    from vidphone.papers.writers import Revision, TimedSigner  # noqa: PLC0415

    writer = Revision(BytesIO(pdf))
    found = next(fields.enumerate_sig_fields(writer, filled_status=False, with_name=field), None)
    if found is None:
        raise SigningFailed(f"no empty field {field}")
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    timestamper = None if url is None else timestamps.HTTPTimeStamper(url, timeout=TIMESTAMP_TIMEOUT_S)
    style = _style(found[2].get_object(), at)
    timed = TimedSigner(metadata, signer, timestamper=timestamper, stamp_style=style)
    timed.at = at
    output = await timed.async_sign_pdf(writer, existing_fields_only=True)
    signed: bytes = output.getvalue()
    return signed


def _signer(key: PrivateKey, chain_pem: str) -> "SimpleSigner":
    from asn1crypto import keys, pem, x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    own, *others = [x509.Certificate.load(der) for _, _, der in pem.unarmor(chain_pem.encode("ascii"), multiple=True)]
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()
    store.register_multiple(others)
    return SimpleSigner(signing_cert=own, signing_key=keys.PrivateKeyInfo.load(plain), cert_registry=store)


def _style(field: "DictionaryObject", at: datetime) -> "BaseStampStyle":
    """The look that lies in the document, and under it the time."""
    from pyhanko.pdf_utils import layout  # noqa: PLC0415
    from pyhanko.stamp import StaticStampStyle  # noqa: PLC0415

    return StaticStampStyle(
        background=_picture(field, told(at)),
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MIN,
            y_align=layout.AxisAlignment.ALIGN_MIN,
            margins=layout.Margins.uniform(0),
        ),
        background_opacity=1.0,
        border_width=0,
    )


def told(at: datetime) -> str:
    """A time as a signature shows it, written with `TIME_CHARACTERS`: `2026-08-01 09:30:00 UTC+08:00`."""
    return at.strftime("%Y-%m-%d %H:%M:%S ") + (f"UTC{at.isoformat()[19:]}" if at.utcoffset() else "UTC")


def _picture(field: "DictionaryObject", time: str) -> "RawContent":
    from pyhanko.pdf_utils import content, generic, layout  # noqa: PLC0415

    left, lower, right, upper = (float(edge) for edge in field["/Rect"])
    look = field[LOOK]
    alphabet = look[CHARACTERS]
    resources = content.PdfResources()
    resources.xobject[generic.NameObject("/Face")] = look.raw_get(FACE)
    steps: list[tuple[str, float]] = []
    for character in time:
        if character == " ":
            steps.append(("", SPACE))
            continue
        name = f"/C{ord(character)}"
        resources.xobject[generic.NameObject(name)] = alphabet.raw_get(f"/{ord(character)}")
        steps.append((f"{name} Do", float(alphabet[f"/{ord(character)}"]["/BBox"][2])))
    across = (right - left - sum(width for _, width in steps)) / 2
    drawn = ["/Face Do"]
    for step, width in steps:
        drawn.append(f"q 1 0 0 1 {across:.2f} {TIME_FROM_EDGE:.2f} cm {step} Q")
        across += width
    box = layout.BoxConstraints(width=right - left, height=upper - lower)
    return content.RawContent(" ".join(drawn).encode("ascii"), resources=resources, box=box)
