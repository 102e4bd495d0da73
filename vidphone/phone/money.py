"""What a signed-in customer asks of prices, credit, bills and payments, answered with events (clauses 2, 5, 9, 11)."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vidphone.account.billing_client import BillingClient
from vidphone.account.profile import write_bytes_whole
from vidphone.phone import commands, events
from vidphone.phone.engine import Emit
from vidphone.phone.events import Request, request_failed
from vidphone.terms.faults import Fault, FaultCode
from vidphone.wire.billing import (
    Account,
    BillNumber,
    Leaving,
    LeavingState,
    MyStanding,
    Payment,
    PaymentRequest,
    PaymentState,
    PlanChoice,
)
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Number

log = logging.getLogger(__name__)

REQUESTS: dict[type[commands.MoneyCommand], Request] = {
    commands.Quote: Request.QUOTE,
    commands.FetchAccount: Request.ACCOUNT,
    commands.FetchCharges: Request.CHARGES,
    commands.FetchBills: Request.BILLS,
    commands.FetchBill: Request.BILL,
    commands.SaveBill: Request.SAVE_BILL,
    commands.Pay: Request.PAY,
    commands.FetchPayments: Request.PAYMENTS,
    commands.ChangeLimit: Request.LIMIT,
    commands.FetchPlans: Request.PLANS,
    commands.ChangePlan: Request.PLAN,
    commands.FetchLeaving: Request.LEAVING,
    commands.AskToLeave: Request.LEAVING,
    commands.StayCustomer: Request.LEAVING,
}
WATCH_S = 900.0
"""How long a payment that was begun is asked after; a payment page lives some minutes."""
EAGER_S = 180.0
EAGER_PAUSE_S = 0.5
"""A block is to be lifted within two seconds of the payment (clause 9)."""
PATIENT_PAUSE_S = 2.0
PASSING = frozenset(
    {ErrorCode.SERVICE_UNREACHABLE, ErrorCode.SERVICE_BUSY, ErrorCode.INTERNAL, ErrorCode.TOO_MANY_ATTEMPTS}
)
"""Failures that say nothing about the payment."""

Who = tuple[str, str, str]
SignedInAs = Callable[[], Who | None]
"""Service, number and token of the sign-in there is."""
MakeClient = Callable[[str, str], BillingClient]
_NUMBER: TypeAdapter[str] = TypeAdapter(Number)
_BILL_NUMBER: TypeAdapter[str] = TypeAdapter(BillNumber)


class Money:
    """Answers with events; what fails is told as `RequestFailed`. Run in lanes, all on one loop."""

    def __init__(self, emit: Emit, signed_in_as: SignedInAs, make_client: MakeClient = BillingClient) -> None:
        self._emit = emit
        self._signed_in_as = signed_in_as
        self._make_client = make_client
        self._client: BillingClient | None = None
        self._who: Who | None = None
        self._making = asyncio.Lock()
        self._standing: tuple[MyStanding, Leaving] | None = None
        """What was last told."""
        self._watched: dict[str, asyncio.Task[None]] = {}

    async def perform(self, command: commands.MoneyCommand) -> None:
        """Do what was asked for."""
        try:
            await self._perform(command, await self._ready())
        except VidphoneError as error:
            self._emit(request_failed(REQUESTS[type(command)], error))

    async def close(self) -> None:
        """Watch payments no longer, and close the connections."""
        await self._forget()

    async def _ready(self) -> BillingClient:
        """The way to the service, one for as long as the sign-in is the same."""
        async with self._making:
            who = self._signed_in_as()
            if who is None:
                raise VidphoneError(ErrorCode.NOT_SIGNED_IN)
            if self._client is None or who != self._who:
                await self._forget()
                self._client = await asyncio.to_thread(self._make_client, who[0], who[2])
                self._who = who
            return self._client

    async def _forget(self) -> None:
        watches, self._watched = list(self._watched.values()), {}
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)
        client, self._client = self._client, None
        self._who = self._standing = None
        if client is not None:
            await client.close()

    async def _perform(self, command: commands.MoneyCommand, client: BillingClient) -> None:
        match command:
            case commands.Quote(number=number, video=video):
                self._emit(events.Quoted(await client.quote(_number(number), video=video)))
            case commands.FetchAccount():
                await self._tell_account(client)
            case commands.FetchCharges(before=before):
                calls = await client.calls(before)
                self._emit(events.ChargesShown(calls.calls, calls.more, before))
            case commands.FetchBills():
                self._emit(events.BillsShown((await client.bills()).bills))
            case commands.FetchBill(number=number):
                self._emit(events.BillShown(await client.bill(_bill_number(number))))
            case commands.SaveBill():
                await self._save(command, client)
            case commands.Pay(amount_fen=amount_fen):
                payment = await client.pay(_payment_request(amount_fen))
                self._emit(events.PaymentBegun(payment, payment.pay_at or ""))
                self._watch(client, payment)
            case commands.FetchPayments():
                await self._tell_payments(client)
            case commands.FetchPlans():
                self._emit(events.PlansShown(await client.catalogue()))
            case commands.FetchLeaving():
                self._emit(events.LeavingShown(await client.leaving()))
            case commands.AskToLeave():
                await self._tell_leaving(client, await client.ask_to_leave())
            case commands.StayCustomer():
                await self._tell_leaving(client, await client.stay())
            case _:
                await self._change(command, client)
                await self._tell_account(client)

    async def _tell_leaving(self, client: BillingClient, leaving: Leaving) -> None:
        self._emit(events.LeavingShown(leaving))
        if leaving.state is not LeavingState.ENDED:  # else nobody is signed in any more
            await self._tell_account(client)

    async def _change(self, command: commands.MoneyCommand, client: BillingClient) -> None:
        match command:
            case commands.ChangeLimit(limit_fen=limit_fen):
                if limit_fen < 0:
                    raise _fault("credit_limit_fen")
                self._emit(events.LimitChanged(await client.change_limit(limit_fen)))
            case commands.ChangePlan(plan=plan, catalogue_version=version):
                self._emit(events.PlanChanged(await client.change_plan(_plan_choice(plan, version))))

    async def _tell_account(self, client: BillingClient) -> None:
        account: Account = await client.account()
        self._emit(events.AccountShown(account))
        told = account.standing, account.leaving
        if told != self._standing:
            self._standing = told
            self._emit(events.StandingShown(*told))

    async def _save(self, command: commands.SaveBill, client: BillingClient) -> None:
        number = _bill_number(command.number)
        content = await client.bill_file(number, command.form.value, command.language)
        await asyncio.to_thread(_write, command.path, content)
        self._emit(events.BillSaved(number, str(command.path), command.form))

    # --- payments

    async def _tell_payments(self, client: BillingClient) -> None:
        payments = (await client.payments()).payments
        self._emit(events.PaymentsShown(payments))
        for payment in payments:
            lately = client.clock_epoch_s is not None and client.clock_epoch_s - payment.begun_at < WATCH_S
            if lately and payment.state is PaymentState.PENDING:
                self._watch(client, payment)

    def _watch(self, client: BillingClient, payment: Payment) -> None:
        """Ask after a payment until something came of it."""
        if payment.id not in self._watched:
            task = asyncio.create_task(self._see_through(client, payment), name="payment")
            self._watched[payment.id] = task
            task.add_done_callback(lambda done: self._unwatch(payment.id, done))

    def _unwatch(self, payment: str, task: asyncio.Task[None]) -> None:
        if self._watched.get(payment) is task:
            del self._watched[payment]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a payment could not be watched", exc_info=error)

    async def _see_through(self, client: BillingClient, payment: Payment) -> None:
        began_s = asyncio.get_running_loop().time()
        while payment.state is PaymentState.PENDING:
            passed_s = asyncio.get_running_loop().time() - began_s
            if passed_s >= WATCH_S:
                break
            await asyncio.sleep(EAGER_PAUSE_S if passed_s < EAGER_S else PATIENT_PAUSE_S)
            if self._signed_in_as() != self._who:
                return
            try:
                payment = await client.payment(payment.id)
            except VidphoneError as error:
                if error.code not in PASSING:
                    self._emit(request_failed(Request.PAY, error))
                    return
        if payment.state is not PaymentState.PAID:
            self._emit(events.PaymentFailed(payment))
            return
        self._emit(events.Paid(payment))
        try:
            await self._tell_account(client)
        except VidphoneError as error:
            self._emit(request_failed(Request.ACCOUNT, error))


def _number(number: str) -> str:
    try:
        return _NUMBER.validate_python(number)
    except ValidationError:
        raise VidphoneError(ErrorCode.BAD_NUMBER, {"number": number[:32]}) from None


def _bill_number(number: str) -> str:
    try:
        return _BILL_NUMBER.validate_python(number)
    except ValidationError:
        raise VidphoneError(ErrorCode.NOT_FOUND) from None


def _payment_request(amount_fen: int) -> PaymentRequest:
    try:
        return PaymentRequest(amount_fen=amount_fen)
    except ValidationError:
        raise _fault("amount_fen") from None


def _plan_choice(plan: str, version: str) -> PlanChoice:
    try:
        return PlanChoice(plan=plan, catalogue_version=version)
    except ValidationError:
        raise _fault("plan") from None


def _fault(field: str) -> VidphoneError:
    return VidphoneError(ErrorCode.BAD_DATA, faults=(Fault(field, FaultCode.NOT_OFFERED),))


def _write(path: Path, content: bytes) -> None:
    try:
        write_bytes_whole(path, content)
    except OSError as error:
        raise VidphoneError(ErrorCode.BAD_FILE, {"path": str(path)}) from error
