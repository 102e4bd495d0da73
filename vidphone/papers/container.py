"""The signature itself, byte by byte: what no digest covers is held to the one form in which `sign` writes it.

A signature cannot cover its own place in the file, nor all of its own container (RFC 5652): padding, upper or lower
case of its hexadecimal digits, certificates and attributes that nobody asked for could be changed unseen. Here they
are seen.
"""

import re

from asn1crypto import cms

_HEXADECIMAL = re.compile(rb"<([0-9A-F]+)>")
_SIGNED = {"1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4", "1.2.840.113549.1.9.16.2.47"}
"""Attributes that are signed: content type, message digest, signing certificate (RFC 5652, RFC 5035)."""
_UNSIGNED = {"1.2.840.113549.1.9.16.2.14"}
"""Attributes that may be beside: a time stamp (RFC 3161)."""


def is_canonical(pdf: bytes, byte_range: list[int]) -> bool:
    """Whether the part of `pdf` that `byte_range` leaves out is one signature in the form in which it is written here.

    Raises:
        ValueError: it is no signature at all (as any error of the parser).
    """
    first, end, start, _ = byte_range
    if first != 0 or not 0 < end < start <= len(pdf):
        return False
    found = _HEXADECIMAL.fullmatch(pdf, end, start)
    if found is None or len(found[1]) % 2:
        return False
    padded = bytes.fromhex(found[1].decode("ascii"))
    container = cms.ContentInfo.load(padded)
    der = container.dump()
    if any(padded[len(der) :]) or not padded.startswith(der) or container["content_type"].native != "signed_data":
        return False
    return _is_plain(container["content"]) and cms.ContentInfo.load(der).copy().dump(force=True) == der


def _is_plain(data: cms.SignedData) -> bool:
    """One signer, SHA-256, nothing that the signature does not need."""
    if data["version"].native != "v1" or len(data["signer_infos"]) != 1 or data["crls"].native:
        return False
    if [each["algorithm"].native for each in data["digest_algorithms"]] != ["sha256"]:
        return False
    signer = data["signer_infos"][0]
    return (
        signer["version"].native == "v1"
        and signer["digest_algorithm"]["algorithm"].native == "sha256"
        and signer["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
        and {each["type"].dotted for each in signer["signed_attrs"]} == _SIGNED
        and {each["type"].dotted for each in signer["unsigned_attrs"] or ()} <= _UNSIGNED
    )
