"""Sign-ups in the database: what they hold, and until when."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.support.offers import offer
from tests.support.sign_up import person
from vidphone.service.audit.log import AuditLog
from vidphone.service.sign_up.rules import DONE_KEPT_S, Pending
from vidphone.service.store.engine import open_database
from vidphone.service.store.identities import Identities, IdentityInUse
from vidphone.service.store.numbers import NumberPool, NumberTaken
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.sign_ups import Signed, SignUp, SignUpGone, StoredSignUps
from vidphone.service.store.tables_agreement import sign_ups
from vidphone.terms.orders import make_order
from vidphone.texts import Language

A, B = "a" * 32, "b" * 32
NUMBERS = ("2000", "2001")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "data")
    NumberPool(engine).add(NUMBERS)
    yield engine
    engine.dispose()


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> StoredSignUps:
    vault, audit = open_vault(engine, tmp_path / "keys" / "keys.json", 0), AuditLog(engine)
    return StoredSignUps(engine, vault, Identities(engine, vault, audit), audit)


def pending(index: int = 0, number: str = "2000") -> Pending:
    order = make_order(
        offer().catalogue,
        "basic",
        None,
        5000,
        number=f"20260801-{index:06}",
        ordered_on=date(2026, 8, 1),
        customer_number=number,
    )
    return Pending(
        request_sha256="",
        token="token",
        language=Language.CHINESE,
        data=person(index),
        password_hash="hash",
        order=order,
        agreement_version="1",
        agreement_sha256="0" * 64,
        notice_sha256="0" * 64,
        chain_pem="",
        document_sha256="",
        begun_at=0,
    )


def begin(kept: StoredSignUps, sign_up: str, what: Pending, at: float = 0, until: float = 100) -> None:
    kept.begin(sign_up, "0" * 64, what, b"unsigned", at, until)


def begun(kept: StoredSignUps, sign_up: str = A) -> SignUp:
    found = kept.find(sign_up, 0)
    assert found is not None
    return found


def test_number_and_identity_are_each_held_by_one(kept: StoredSignUps) -> None:
    begin(kept, A, pending(0, "2000"))
    with pytest.raises(NumberTaken):
        begin(kept, B, pending(1, "2000"))
    with pytest.raises(IdentityInUse):
        begin(kept, B, pending(0, "2001"))
    assert kept.find(B, 0) is None
    begin(kept, B, pending(1, "2001"))


def test_what_expires_is_forgotten_with_all_it_held(kept: StoredSignUps, engine: Engine) -> None:
    begin(kept, A, pending(), until=100)
    assert kept.find(A, 99.9) is not None
    assert kept.find(A, 100) is None
    kept.expire(100)
    with engine.connect() as connection:
        assert connection.execute(select(sign_ups)).all() == []
    begin(kept, B, pending(), at=100, until=200)


def test_expired_one_cannot_be_completed_once_another_has_its_place(kept: StoredSignUps) -> None:
    begin(kept, A, pending(), until=100)
    late = begun(kept)
    begin(kept, B, pending(), at=100, until=200)
    with pytest.raises(SignUpGone):
        kept.complete(late, b"signed", Signed("c" * 32, 100, "0" * 64))


def test_of_two_that_complete_the_first_counts_for_both(kept: StoredSignUps) -> None:
    begin(kept, A, pending())
    one = begun(kept)
    assert kept.complete(one, b"first", Signed("c" * 32, 50, "1" * 64)) == "c" * 32
    assert kept.complete(one, b"second", Signed("d" * 32, 51, "2" * 64)) == "c" * 32
    assert kept.document(begun(kept)) == b"first"
    assert kept.signed("c" * 32).document_sha256 == "1" * 64
    with pytest.raises(IdentityInUse):
        begin(kept, B, pending(0, "2001"))


def test_done_one_cannot_be_given_up_or_replaced_and_is_forgotten_after_a_day(kept: StoredSignUps) -> None:
    begin(kept, A, pending())
    kept.complete(begun(kept), b"signed", Signed("c" * 32, 50, "0" * 64))
    with pytest.raises(SignUpGone):
        kept.give_up(A)
    with pytest.raises(SignUpGone):
        begin(kept, A, pending(1, "2001"))
    assert kept.find(A, 50 + DONE_KEPT_S) is None


def test_orders_of_a_day_are_counted_without_repeats(kept: StoredSignUps) -> None:
    assert [kept.next_order(day) for day in ("2026-08-01", "2026-08-01", "2026-08-02")] == [1, 2, 1]
