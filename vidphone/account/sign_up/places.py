"""Where unfinished sign-ups are in a profile. Small: every start of the program looks whether there is one."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from vidphone.account.sign_up.draft import from_json

FOLDER = "sign-up"
DRAFT = "draft.json"
MAX_FILE_BYTES = 262_144


def folder(profile: Path, service: str) -> Path:
    """The folder of the sign-up at a service."""
    return profile / FOLDER / service_name(service)


def service_name(service: str) -> str:
    """A name of a service for a folder."""
    return hashlib.sha256(service.strip().rstrip("/").lower().encode()).hexdigest()[:16]


def kept_services(profile: Path) -> Iterator[str]:
    """The services at which a sign-up was left unfinished."""
    for path in sorted((profile / FOLDER).glob(f"*/{DRAFT}")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            yield from_json(read_document(path)["draft"]).service


def read_document(path: Path) -> dict[str, str]:
    """The values of a draft's file.

    Raises:
        OSError, ValueError, TypeError: it cannot be read, or is none.
    """
    if path.stat().st_size > MAX_FILE_BYTES:
        raise ValueError("too large")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(values, dict):
        raise TypeError("not an object")
    return values
