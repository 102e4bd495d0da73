import base64
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.billing import CONDITIONS, House
from tests.support.customers import Person, moment, sign_up
from vidphone.service.billing.payments import EXPIRES_S, PaymentDesk, Sandbox
from vidphone.service.billing.provider import FRESH_S, Outcome, SandboxCashier
from vidphone.service.clock import Clock
from vidphone.service.store.tables import account_events
from vidphone.terms.standing import State
from vidphone.wire.billing import PaymentState
from vidphone.wire.errors import ErrorCode, VidphoneError

NOW = moment(date(2026, 9, 20), 12)


class Stopped:
    rehearsal = True

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


@pytest.fixture
def cashier(tmp_path: Path) -> SandboxCashier:
    return SandboxCashier.open(tmp_path / "sandbox.pem")


@pytest.fixture
def clock() -> Stopped:
    return Stopped(NOW)


@pytest.fixture
def desk(house: House, cashier: SandboxCashier, clock: Clock) -> PaymentDesk:
    return PaymentDesk(house.engine, CONDITIONS, cashier.provider, clock)


@pytest.fixture
def person(house: House) -> Person:
    return sign_up(house.engine, 1, date(2026, 7, 1))[0]


def refused(desk: PaymentDesk, body: bytes, signature: str, at: float = NOW) -> ErrorCode:
    with pytest.raises(VidphoneError) as refusal:
        desk.notified(body, signature, at)
    return refusal.value.code


def test_a_payment_counts_once_however_often_it_is_told(
    house: House, desk: PaymentDesk, cashier: SandboxCashier, person: Person
) -> None:
    payment = desk.begin(person.account, 1000, "http://x", NOW)
    assert payment.pay_at == f"http://x/v1/pay/{payment.id}"
    told = cashier.tell(payment.id, 1000, Outcome.PAID, NOW)
    assert desk.notified(*told, NOW) == person.number
    assert desk.notified(*told, NOW) is None
    assert desk.notified(*cashier.tell(payment.id, 1000, Outcome.PAID, NOW + 60), NOW + 60) is None
    assert house.office.balance(person.number).prepaid == 1000
    found = desk.one(payment.id, person.account)
    assert found is not None
    assert (found.state, found.pay_at) == (PaymentState.PAID, None)


def test_a_payment_restores_a_suspended_customer_and_tells_the_running_service(
    house: House, desk: PaymentDesk, cashier: SandboxCashier, person: Person
) -> None:
    house.days(date(2026, 8, 1), date(2026, 9, 17))
    assert house.standing(person.account).state is State.SUSPENDED
    owed = house.office.balance(person.number).unpaid
    payment = desk.begin(person.account, owed, "http://x", NOW)
    desk.notified(*cashier.tell(payment.id, owed, Outcome.PAID, NOW), NOW)
    assert house.standing(person.account).state is State.ACTIVE
    with house.engine.connect() as connection:
        told = connection.execute(select(account_events).where(account_events.c.at == NOW)).all()
    assert {(row.number, row.kind) for row in told} == {(person.number, "standing")}


def test_forged_altered_and_old_notifications_are_refused(
    house: House, desk: PaymentDesk, cashier: SandboxCashier, person: Person, tmp_path: Path
) -> None:
    payment = desk.begin(person.account, 1000, "http://x", NOW)
    body, signature = cashier.tell(payment.id, 1000, Outcome.PAID, NOW)
    other = SandboxCashier.open(tmp_path / "other.pem")
    flipped = bytearray(base64.b64decode(signature))
    flipped[5] ^= 1
    not_signed_in = ErrorCode.NOT_SIGNED_IN
    assert refused(desk, *other.tell(payment.id, 1000, Outcome.PAID, NOW)) is not_signed_in
    assert refused(desk, body.replace(b"1000", b"1001"), signature) is not_signed_in
    assert refused(desk, body, base64.b64encode(flipped).decode()) is not_signed_in
    assert refused(desk, body, "") is not_signed_in
    assert refused(desk, body, "no base64!") is not_signed_in
    assert refused(desk, b"{}", base64.b64encode(cashier.key.sign(b"{}")).decode()) is not_signed_in
    assert refused(desk, body, signature, NOW + FRESH_S + 1) is not_signed_in
    assert refused(desk, *cashier.tell(payment.id, 999, Outcome.PAID, NOW)) is ErrorCode.BAD_REQUEST
    assert refused(desk, *cashier.tell("0" * 32, 1000, Outcome.PAID, NOW)) is ErrorCode.BAD_REQUEST
    assert house.office.balance(person.number).prepaid == 0


def test_a_payment_that_failed_may_still_come_in(
    house: House, desk: PaymentDesk, cashier: SandboxCashier, person: Person
) -> None:
    payment = desk.begin(person.account, 1000, "http://x", NOW)
    assert desk.notified(*cashier.tell(payment.id, 1000, Outcome.FAILED, NOW), NOW) is None
    assert house.office.balance(person.number).prepaid == 0
    desk.notified(*cashier.tell(payment.id, 1000, Outcome.PAID, NOW), NOW)
    desk.notified(*cashier.tell(payment.id, 1000, Outcome.FAILED, NOW), NOW)
    assert desk.all(person.account).payments[0].state is PaymentState.PAID
    assert house.office.balance(person.number).prepaid == 1000


def test_the_page_of_a_payment_closes_after_a_day(
    desk: PaymentDesk, cashier: SandboxCashier, clock: Stopped, person: Person
) -> None:
    payment = desk.begin(person.account, 1000, "http://x", NOW)
    sandbox = Sandbox(desk, cashier)
    clock.at = NOW + EXPIRES_S
    shown = sandbox.page(payment.id)
    assert shown is not None
    assert shown.state is PaymentState.EXPIRED
    with pytest.raises(VidphoneError):
        sandbox.settle(payment.id, True, clock.at)


def test_without_a_provider_nothing_can_be_begun_or_told(
    desk: PaymentDesk, cashier: SandboxCashier, person: Person
) -> None:
    closed = replace(desk, provider=None)
    with pytest.raises(VidphoneError) as refusal:
        closed.begin(person.account, 1000, "http://x", NOW)
    assert refusal.value.code is ErrorCode.PAYMENT_CLOSED
    assert refused(closed, *cashier.tell("0" * 32, 1000, Outcome.PAID, NOW)) is ErrorCode.NOT_SIGNED_IN


def test_nobody_sees_another_customers_payment(house: House, desk: PaymentDesk, person: Person) -> None:
    [other] = sign_up(house.engine, 1, date(2026, 7, 1), first=3001)
    payment = desk.begin(person.account, 1000, "http://x", NOW)
    assert desk.one(payment.id, other.account) is None
    assert desk.all(other.account).payments == ()
