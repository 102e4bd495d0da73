"""What is asked of credit, bills and payments, over a service that only answers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from vidphone.account.billing_client import BillingClient
from vidphone.phone import commands, events, money
from vidphone.phone.events import Request
from vidphone.phone.money import Money
from vidphone.phone.money_desk import MoneyDesk
from vidphone.terms.orders import Words
from vidphone.terms.standing import Cause, Lift, State
from vidphone.texts import Language
from vidphone.wire import billing
from vidphone.wire.errors import ErrorCode, VidphoneError

ME = ("https://phone.example", "1001", "token")
NOW = 1_790_000_000.0
ACTIVE = billing.MyStanding(state=State.ACTIVE, cause=None, clause=None, since=None, lifted_by=(), lifting_fen=0)
RESTRICTED = billing.MyStanding(
    state=State.RESTRICTED,
    cause=next(iter(Cause)),
    clause=9,
    since=date(2026, 8, 1),
    lifted_by=(next(iter(Lift)),),
    lifting_fen=500,
)


def balance(available_fen: int = 5000) -> billing.Balance:
    return billing.Balance(
        limit_fen=5000, prepaid_fen=0, unpaid_fen=0, unbilled_fen=0, reserved_fen=0, available_fen=available_fen
    )


def payment(number: int = 1, state: billing.PaymentState = billing.PaymentState.PENDING) -> billing.Payment:
    return billing.Payment(
        id=f"{number:032x}",
        amount_fen=500,
        state=state,
        begun_at=NOW,
        paid_at=NOW if state is billing.PaymentState.PAID else None,
        pay_at="https://pay.example/1",
    )


class Service:
    """Answers as it is told to; `becomes` are the states that a payment goes through, each asked for once."""

    def __init__(self) -> None:
        self.standing = ACTIVE
        self.becomes: list[billing.PaymentState | ErrorCode] = []
        self.quotes: list[str] = []
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.clock_epoch_s: float | None = NOW
        self.listed: tuple[billing.Payment, ...] = ()
        self.asked_after = 0
        self.closed = False
        self.left = billing.LeavingState.ASKED

    async def close(self) -> None:
        self.closed = True

    async def quote(self, number: str, *, video: bool) -> billing.Quote:
        self.quotes.append(number)
        self.is_asked.set()
        await self.may_answer.wait()
        return billing.Quote(
            number=number,
            video=video,
            free=False,
            destination=Words("本网", "own network"),
            price_e4_yuan=1500,
            minimum_s=0,
            increment_s=1,
            available_fen=5000,
            lasting_s=20_000,
            refusal=None,
        )

    async def account(self) -> billing.Account:
        return billing.Account(
            at=NOW,
            month=date(2026, 9, 1),
            balance=balance(),
            spent_fen=0,
            days=(),
            plan=None,
            next_plan=None,
            standing=self.standing,
            overdue_fen=0,
            late_fee_fen=0,
            due_fen=0,
            due_on=None,
            credit_limits_fen=(5000,),
            leaving=billing.Leaving(state=billing.LeavingState.NOT_ASKED),
        )

    async def pay(self, request: billing.PaymentRequest) -> billing.Payment:
        return payment()

    async def payment(self, one: str) -> billing.Payment:
        self.asked_after += 1
        state = self.becomes.pop(0) if self.becomes else billing.PaymentState.PENDING
        if isinstance(state, ErrorCode):
            raise VidphoneError(state)
        return payment(int(one, 16), state)

    async def payments(self) -> billing.Payments:
        return billing.Payments(payments=self.listed)

    async def change_limit(self, limit_fen: int) -> billing.Balance:
        return balance(limit_fen)

    async def ask_to_leave(self) -> billing.Leaving:
        return billing.Leaving(state=self.left)

    async def bill(self, number: str) -> None:
        raise AssertionError(number)

    async def change_plan(self, choice: billing.PlanChoice) -> None:
        raise AssertionError(choice)

    async def bill_file(self, number: str, ending: str, language: Language) -> bytes:
        return f"{number}.{ending} {language.value}".encode()


class Bench:
    def __init__(self) -> None:
        self.told: list[events.Event] = []
        self.service = Service()
        self.made: list[Service] = []
        self.who: tuple[str, str, str] | None = ME
        self.money = Money(self.told.append, lambda: self.who, self._make)

    def _make(self, _service: str, _token: str) -> BillingClient:
        self.made.append(self.service)
        return cast("BillingClient", self.service)

    async def perform(self, command: commands.MoneyCommand) -> list[events.Event]:
        """What is told at once."""
        self.told.clear()
        await self.money.perform(command)
        return list(self.told)

    async def until(self, kind: type[Any], count: int = 1) -> Any:
        """The `count`-th event of a kind."""
        async with asyncio.timeout(10):
            while len(found := [event for event in self.told if isinstance(event, kind)]) < count:  # noqa: ASYNC110
                await asyncio.sleep(0)
        return found[-1]


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(money, "EAGER_PAUSE_S", 0.0)
    bench = Bench()
    yield bench
    await bench.money.close()


async def test_a_standing_is_told_when_first_known_and_when_it_is_another(bench: Bench) -> None:
    first = await bench.perform(commands.FetchAccount())
    assert [type(event) for event in first] == [events.AccountShown, events.StandingShown]
    assert [type(event) for event in await bench.perform(commands.FetchAccount())] == [events.AccountShown]

    bench.service.standing = RESTRICTED
    told = await bench.perform(commands.FetchAccount())

    assert isinstance(told[1], events.StandingShown)
    assert told[1].standing.state is State.RESTRICTED


async def test_a_payment_is_followed_to_its_end_and_the_standing_it_lifts_is_told(bench: Bench) -> None:
    bench.service.standing = RESTRICTED
    await bench.perform(commands.FetchAccount())
    pending, paid = billing.PaymentState.PENDING, billing.PaymentState.PAID
    bench.service.becomes = [pending, ErrorCode.SERVICE_UNREACHABLE, ErrorCode.TOO_MANY_ATTEMPTS, pending, paid]
    bench.service.standing = ACTIVE

    (begun,) = await bench.perform(commands.Pay(500))
    assert isinstance(begun, events.PaymentBegun)
    assert begun.url == "https://pay.example/1"

    lifted = await bench.until(events.StandingShown)
    assert lifted.standing.state is State.ACTIVE
    assert [type(event) for event in bench.told] == [
        events.PaymentBegun,
        events.Paid,
        events.AccountShown,
        events.StandingShown,
    ]


@pytest.mark.parametrize("state", [billing.PaymentState.FAILED, billing.PaymentState.EXPIRED])
async def test_a_payment_that_is_not_made_is_told_as_such(bench: Bench, state: billing.PaymentState) -> None:
    bench.service.becomes = [state]
    await bench.perform(commands.Pay(500))
    assert (await bench.until(events.PaymentFailed)).payment.state is state


async def test_a_payment_that_nobody_makes_is_not_asked_after_for_ever(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "WATCH_S", 0.0)
    await bench.perform(commands.Pay(500))
    assert (await bench.until(events.PaymentFailed)).payment.state is billing.PaymentState.PENDING


async def test_who_signs_out_is_told_no_more_of_the_payment(bench: Bench) -> None:
    await bench.perform(commands.Pay(500))
    bench.who = None
    bench.service.becomes = [billing.PaymentState.PAID]
    for _ in range(50):
        await asyncio.sleep(0)
    assert [type(event) for event in bench.told] == [events.PaymentBegun]


async def test_only_lately_begun_payments_are_followed_again_and_each_once(bench: Bench) -> None:
    old = payment(2).model_copy(update={"begun_at": NOW - money.WATCH_S})
    bench.service.listed = (payment(1), old, payment(3, billing.PaymentState.PAID))
    await bench.perform(commands.FetchPayments())
    await bench.perform(commands.FetchPayments())
    bench.service.becomes = [billing.PaymentState.PAID]
    assert (await bench.until(events.Paid)).payment.id == payment(1).id
    for _ in range(50):
        await asyncio.sleep(0)
    assert [type(event) for event in bench.told].count(events.Paid) == 1


async def test_a_changed_limit_brings_the_account_after_it(bench: Bench) -> None:
    told = await bench.perform(commands.ChangeLimit(8000))
    assert [type(event) for event in told[:2]] == [events.LimitChanged, events.AccountShown]


async def test_who_has_left_at_once_is_asked_for_no_account(bench: Bench) -> None:
    told = await bench.perform(commands.AskToLeave())
    assert [type(event) for event in told[:2]] == [events.LeavingShown, events.AccountShown]
    bench.service.left = billing.LeavingState.ENDED
    assert [type(event) for event in await bench.perform(commands.AskToLeave())] == [events.LeavingShown]


@pytest.mark.parametrize(
    ("command", "request_", "code"),
    [
        (commands.Quote("12", video=False), Request.QUOTE, ErrorCode.BAD_NUMBER),
        (commands.FetchBill("../account"), Request.BILL, ErrorCode.NOT_FOUND),
        (commands.SaveBill("a/b", Path("x"), commands.BillForm.PDF), Request.SAVE_BILL, ErrorCode.NOT_FOUND),
        (commands.Pay(0), Request.PAY, ErrorCode.BAD_DATA),
        (commands.Pay(billing.MAX_PAYMENT_FEN + 1), Request.PAY, ErrorCode.BAD_DATA),
        (commands.ChangeLimit(-1), Request.LIMIT, ErrorCode.BAD_DATA),
        (commands.ChangePlan("x" * 33, "1"), Request.PLAN, ErrorCode.BAD_DATA),
    ],
)
async def test_what_cannot_be_right_is_refused_before_it_is_sent(
    bench: Bench, command: commands.MoneyCommand, request_: Request, code: ErrorCode
) -> None:
    (failed,) = await bench.perform(command)
    assert isinstance(failed, events.RequestFailed)
    assert (failed.request, failed.code) == (request_, code)


async def test_without_a_sign_in_every_request_says_so(bench: Bench) -> None:
    bench.who = None
    (failed,) = await bench.perform(commands.FetchBills())
    assert isinstance(failed, events.RequestFailed)
    assert (failed.request, failed.code) == (Request.BILLS, ErrorCode.NOT_SIGNED_IN)


async def test_another_sign_in_gets_a_way_of_its_own_and_its_standing_anew(bench: Bench) -> None:
    await bench.perform(commands.FetchAccount())
    first, bench.service = bench.service, Service()
    bench.who = (ME[0], "1002", "other")
    told = await bench.perform(commands.FetchAccount())
    assert [type(event) for event in told] == [events.AccountShown, events.StandingShown]
    assert (first.closed, len(bench.made)) == (True, 2)


@pytest.mark.parametrize("form", commands.BillForm)
async def test_a_bill_is_saved_as_it_was_sent(bench: Bench, tmp_path: Path, form: commands.BillForm) -> None:
    path = tmp_path / "bill"
    told = await bench.perform(commands.SaveBill("202609-000001", path, form, Language.ENGLISH))
    assert told == [events.BillSaved("202609-000001", str(path), form)]
    assert path.read_text() == f"202609-000001.{form.value} en"


async def test_a_folder_that_cannot_be_written_is_told(bench: Bench, tmp_path: Path) -> None:
    (failed,) = await bench.perform(commands.SaveBill("202609-000001", tmp_path / "no" / "bill", commands.BillForm.PDF))
    assert isinstance(failed, events.RequestFailed)
    assert failed.code is ErrorCode.BAD_FILE


async def test_of_the_quotes_that_wait_only_the_last_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    desk = MoneyDesk(bench.told.append, lambda: ME)
    make: Callable[[], Money] = lambda: bench.money  # noqa: E731 - in place of a method
    monkeypatch.setattr(desk, "_make", make)
    bench.service.may_answer.clear()
    desk.perform(commands.Quote("100", video=False))
    await bench.service.is_asked.wait()
    for number in ("1001", "10012", "1002"):
        desk.perform(commands.Quote(number, video=False))
    desk.perform(commands.FetchAccount())
    await bench.until(events.AccountShown)  # does not wait for the quotes

    bench.service.may_answer.set()
    await bench.until(events.Quoted, 2)

    assert bench.service.quotes == ["100", "1002"]
    await desk.close()
