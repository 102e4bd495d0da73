import random
import re
import sys
import zlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from subprocess import run
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic

from tests.support.papers import (
    AT,
    NUMBER,
    PROVIDER_NAME,
    by_provider,
    certified,
    composer,
    contents,
    signed,
    unsigned,
)
from tests.support.thorough import all_or
from vidphone.papers import CUSTOMER, FIELDS, PROVIDER, writers
from vidphone.papers.keys import certificate_request, make_key
from vidphone.papers.signing import sign
from vidphone.papers.verifying import (
    CLOCK_TOLERANCE,
    MAX_BYTES,
    Problem,
    Verdict,
    check_prefix,
    check_signed_by_customer,
    verify,
)
from vidphone.papers.writers import Revision
from vidphone.service.documents.authority import Authority


def _verify(document: bytes) -> Verdict:
    return verify(document, signed().root_pem)


def _changed(document: bytes, at: int, by: int) -> bytes:
    return document[:at] + bytes([document[at] ^ by]) + document[at + 1 :]


def _by_customer(document: bytes, **changed: object) -> bytes:
    known = signed()
    wanted = {"key": known.key, "chain_pem": known.chain_pem, "field": CUSTOMER, "at": AT} | changed
    return sign(document, reason="r", location="l", **wanted)  # type: ignore[arg-type]


def _check(document: bytes, chain: str | None = None) -> Problem | None:
    known = signed()
    return check_signed_by_customer(known.unsigned, document, chain or known.chain_pem, known.root_pem, now=AT)


def test_both_signatures_are_valid_and_told_with_signer_and_time() -> None:
    verdict = _verify(signed().by_both)
    assert verdict.intact
    assert verdict.complete
    assert verdict.problem is None
    assert tuple(signature.field for signature in verdict.signatures) == FIELDS
    assert [signature.signer for signature in verdict.signatures] == ["张三", "深圳示例视讯网络技术有限公司"]
    assert [signature.signed_at for signature in verdict.signatures] == [AT, AT + timedelta(seconds=5)]
    assert all(signature.valid and signature.covers_whole_revision for signature in verdict.signatures)
    assert not any(signature.timestamped for signature in verdict.signatures)


def test_a_document_with_one_signature_is_intact_and_not_complete() -> None:
    verdict = _verify(signed().by_customer)
    assert verdict.intact
    assert not verdict.complete


def test_an_unsigned_document_is_no_signed_one() -> None:
    assert _verify(unsigned()).problem is Problem.NOT_SIGNED


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_one_changed_byte_anywhere_is_seen(data: st.DataObject) -> None:
    document = signed().by_customer
    at = data.draw(st.integers(0, len(document) - 1))
    by = data.draw(st.integers(1, 255))
    assert not _verify(_changed(document, at, by)).intact


@pytest.mark.slow
def test_one_changed_byte_of_the_signature_itself_is_seen() -> None:
    """Also where no digest covers it: padding, the case of a digit, certificates, what stands around the signature."""
    document = signed().by_customer
    chance = random.Random(17)
    start, end = _gap(document)
    for at in (start, end - 1, *(chance.randrange(start, end) for _ in range(all_or(50, 150)))):
        digit = chance.choice(b"0123456789ABCDEFabcdef ")
        if digit != document[at]:
            assert not _verify(document[:at] + bytes([digit]) + document[at + 1 :]).intact, at


def test_padding_of_the_last_signature_cannot_be_changed() -> None:
    document = signed().by_both
    _, end = _gap(document)
    assert document[end - 3 : end] == b"00>"
    assert _verify(_changed(document, end - 2, 1)).problem is Problem.ALTERED


def test_a_digit_of_the_signature_cannot_be_written_otherwise() -> None:
    document = signed().by_customer
    start, end = _gap(document)
    letter = next(at for at in range(start + 1, end) if document[at : at + 1].isalpha())
    assert _verify(_changed(document, letter, 0x20)).problem is Problem.ALTERED


@pytest.mark.parametrize("added", [b"\n", b"%%EOF\n", b"x" * 5000])
def test_bytes_after_the_last_signature_are_seen(added: bytes) -> None:
    assert not _verify(signed().by_both + added).intact


def test_an_added_revision_is_seen() -> None:
    verdict = _verify(_turned(signed().by_both))
    assert not verdict.intact
    assert verdict.problem is Problem.ADDED


def test_a_cut_document_is_seen_to_lack_the_second_signature() -> None:
    known = signed()
    assert not _verify(known.by_both[: len(known.by_customer)]).complete
    assert not _verify(known.by_both[:-1]).intact


def test_a_certificate_of_another_authority_is_refused(tmp_path: Path) -> None:
    other = Authority.open(tmp_path / "data", PROVIDER_NAME, AT)
    key = make_key()
    chain = other.issue(certificate_request(key, "张三"), NUMBER, "张三", AT)
    document = _by_customer(unsigned(), key=key, chain_pem=chain)
    assert _verify(document).problem is Problem.UNKNOWN_SIGNER
    assert _check(document) is Problem.UNKNOWN_SIGNER


def test_a_customer_cannot_sign_for_the_provider() -> None:
    key, chain = certified("深圳示例视讯网络技术有限公司")
    document = sign(signed().by_customer, key, chain, field=PROVIDER, reason="r", location="l", at=AT)
    assert _verify(document).problem is Problem.WRONG_SIGNER


def test_another_customer_cannot_sign_in_ones_place() -> None:
    key, chain = certified("李四")
    document = _by_customer(unsigned(), key=key, chain_pem=chain)
    assert _verify(document).intact
    assert _check(document) is Problem.WRONG_SIGNER


@pytest.mark.parametrize("days", [-1, 731])
def test_a_certificate_that_is_not_valid_at_the_time_of_signing_is_refused(days: int) -> None:
    document = _by_customer(unsigned(), at=AT + timedelta(days=days))
    assert _verify(document).problem is Problem.NOT_VALID_THEN


def test_a_signature_outlives_its_certificate() -> None:
    """It was made within its time; verifying asks about then, not about today."""
    key, chain = certified(at=AT - timedelta(days=729))
    assert _verify(_by_customer(unsigned(), key=key, chain_pem=chain)).intact


def test_the_provider_does_not_sign_long_before_the_customer() -> None:
    early = by_provider(signed().by_customer, AT - timedelta(minutes=14))
    assert _verify(early).complete
    earlier = by_provider(signed().by_customer, AT - timedelta(minutes=16))
    assert _verify(earlier).problem is Problem.BAD_TIME


def test_what_the_customer_signed_is_what_was_sent() -> None:
    assert _check(signed().by_customer) is None


def test_a_document_that_was_not_sent_is_refused() -> None:
    other = composer().compose(contents(customer="张三三"))
    assert _check(_by_customer(other)) is Problem.ALTERED
    assert _check(unsigned()) is Problem.ALTERED
    assert _check(unsigned() + b"x" * 200_000) is Problem.ALTERED
    assert _check(signed().by_both) is Problem.WRONG_SIGNER


def test_a_customer_who_changes_a_page_before_signing_is_seen() -> None:
    """The signature is valid, of the right person, over bytes that begin with those that were sent: and over more."""
    document = _by_customer(_turned(unsigned()))
    assert _verify(document).intact
    assert _check(document) is Problem.ADDED


def test_a_customer_who_changes_a_page_in_signing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Turning(Revision):
        def __init__(self, stream: IO[bytes]) -> None:
            super().__init__(stream)
            _turn(self)

    monkeypatch.setattr(writers, "Revision", Turning)
    document = _by_customer(unsigned())
    assert _verify(document).intact
    assert _check(document) is Problem.ADDED


@pytest.mark.parametrize(("off", "problem"), [(CLOCK_TOLERANCE, None), (CLOCK_TOLERANCE * 1.1, Problem.BAD_TIME)])
def test_the_customers_clock_may_be_a_little_off(off: timedelta, problem: Problem | None) -> None:
    assert _check(_by_customer(unsigned(), at=AT + off)) is problem


def test_an_appended_part_is_a_bounded_one() -> None:
    assert check_prefix(b"ab", b"abc")
    assert not check_prefix(b"ab", b"ab")
    assert not check_prefix(b"ab", b"aXc")
    assert not check_prefix(b"ab", b"ab" + bytes(131_073))


async def test_verifying_on_an_event_loop_is_the_callers_fault() -> None:
    with pytest.raises(RuntimeError, match="event loop"):
        _verify(b"")


def test_a_root_that_cannot_be_read_is_the_callers_fault() -> None:
    with pytest.raises(ValueError, match=r"."):
        verify(signed().by_both, "no certificate")


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"%PDF-1.7",
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\n" + b"[" * 100_000,
        b"%PDF-1.7\n1 0 obj\n" + b"<</A" * 50_000 + b"\nstartxref\n9\n%%EOF",
        b"\x00" * 100_000,
    ],
)
def test_what_is_no_document_is_unreadable(document: bytes) -> None:
    assert _verify(document) == Verdict(False, (), Problem.UNREADABLE)


def test_a_document_that_is_too_large_is_not_looked_at() -> None:
    assert _verify(bytes(MAX_BYTES + 1)).problem is Problem.TOO_LARGE


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused() -> None:
    packed = zlib.compress(bytes(200_000_000), 9)
    head = b"%PDF-1.7\n"
    table = (
        b"1 0 obj\n<</Type/XRef/Size 2/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(packed)
        + packed
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(head)
    )
    assert _verify(head + table).problem is Problem.UNREADABLE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_mangled_document_gets_a_verdict(data: st.DataObject) -> None:
    """Pieces cut out, doubled, replaced: no exception, and never intact."""
    document = signed().by_customer
    start = data.draw(st.integers(0, len(document) - 1))
    end = data.draw(st.integers(start, min(len(document), start + 5000)))
    piece = data.draw(st.one_of(st.binary(max_size=50), st.just(document[start:end] * 2), st.just(b"")))
    mangled = document[:start] + piece + document[end:]
    if mangled != document:
        assert not _verify(mangled).intact


def test_importing_papers_loads_no_pdf_library() -> None:
    """The phone's start pays nothing for it."""
    program = (
        "import sys; import vidphone.papers.keys, vidphone.papers.signing, vidphone.papers.verifying; "
        "print([name for name in ('pyhanko', 'aiohttp', 'asn1crypto', 'pyhanko_certvalidator') if name in sys.modules])"
    )
    shown = run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.strip() == "[]"


def _gap(document: bytes) -> tuple[int, int]:
    """Where the last signature stands, with its brackets."""
    found = list(re.finditer(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", document))[-1]
    return int(found[1]), int(found[2])


def _turned(document: bytes) -> bytes:
    """With a revision in which the first page is turned."""
    writer = Revision(BytesIO(document))
    _turn(writer)
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _turn(writer: Revision) -> None:
    page, _ = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
    page.get_object()[generic.NameObject("/Rotate")] = generic.NumberObject(90)
    writer.mark_update(page)
