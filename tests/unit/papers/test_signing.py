from datetime import datetime, timedelta, timezone

import pytest

from tests.support.papers import AT, certified, signed
from vidphone.papers import CUSTOMER, PROVIDER
from vidphone.papers.keys import make_key
from vidphone.papers.signing import SigningFailed, sign, told


def _sign(document: bytes, **changed: object) -> bytes:
    key, chain = certified()
    wanted = {"field": CUSTOMER, "reason": "r", "location": "l", "at": AT, "key": key, "chain_pem": chain} | changed
    return sign(document, **wanted)  # type: ignore[arg-type]


def test_a_signature_is_appended_and_changes_nothing_before_it() -> None:
    known = signed()
    assert known.by_customer.startswith(known.unsigned)
    assert known.by_both.startswith(known.by_customer)


@pytest.mark.parametrize(
    ("document", "changed"),
    [
        ("by_customer", {}),
        ("unsigned", {"field": "somebody"}),
        ("unsigned", {"key": make_key()}),
        ("unsigned", {"chain_pem": "nothing"}),
        ("unsigned", {"at": datetime(2026, 8, 1)}),  # noqa: DTZ001 - without a zone is the case
        ("unsigned", {"reason": "r" * 257}),
        ("unsigned", {"timestamp_url": "http://127.0.0.1:9/"}),
    ],
    ids=["signed already", "no such field", "another key", "no certificate", "no zone", "long reason", "silent TSA"],
)
def test_what_cannot_be_signed_is_refused(document: str, changed: dict[str, object]) -> None:
    with pytest.raises(SigningFailed):
        _sign(getattr(signed(), document), **changed)


@pytest.mark.parametrize("document", [b"", b"%PDF-1.7\n", b"\x00" * 1000])
def test_what_is_no_document_is_refused(document: bytes) -> None:
    with pytest.raises(SigningFailed):
        _sign(document, field=PROVIDER)


@pytest.mark.parametrize(
    ("offset", "written"),
    [(8, "2026-08-01 09:30:00 UTC+08:00"), (0, "2026-08-01 09:30:00 UTC"), (-3.5, "2026-08-01 09:30:00 UTC-03:30")],
)
def test_a_time_is_written_with_its_zone(offset: float, written: str) -> None:
    assert told(datetime(2026, 8, 1, 9, 30, tzinfo=timezone(timedelta(hours=offset)))) == written
