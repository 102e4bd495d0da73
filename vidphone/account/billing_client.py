"""What a signed-in customer asks of prices, credit, bills and payments (`wire/billing.py` has the bodies)."""

from pydantic import TypeAdapter, ValidationError

from vidphone.account.asking import Asking
from vidphone.terms.orders import Catalogue
from vidphone.texts import Language
from vidphone.wire.billing import (
    MAX_CALLS,
    Account,
    Balance,
    BillDetail,
    Bills,
    CallCharges,
    CreditLimitChange,
    Leaving,
    Payment,
    PaymentRequest,
    Payments,
    PlanChange,
    PlanChoice,
    Quote,
)

MAX_BILL_BYTES = 16_777_216
"""Of a bill with its calls, in whatever form: some 50,000 of them."""
_CATALOGUE = TypeAdapter(Catalogue)


class BillingClient(Asking):
    """The money of one account, behind its token.

    Every request raises as `Asking` says; `NOT_SIGNED_IN`, the token is no good any more.
    """

    def __init__(self, service: str, token: str) -> None:
        """Prepare to ask. Raises as `Asking`."""
        super().__init__(service)
        self._token = token

    async def quote(self, number: str, *, video: bool) -> Quote:
        """What a call would cost now, and how long the credit lasts (clause 9). Nothing is reserved."""
        query = {"number": number, "video": "true" if video else "false"}
        return self._parsed(Quote, await self._ask("GET", "/v1/me/quote", token=self._token, query=query))

    async def account(self) -> Account:
        """This month at a glance."""
        return self._parsed(Account, await self._ask("GET", "/v1/me/account", token=self._token))

    async def calls(self, before: float | None = None, limit: int = MAX_CALLS) -> CallCharges:
        """Calls and what they cost, newest first; `before` is the `started_at` of the last one that is known."""
        query = {"limit": str(limit)} if before is None else {"limit": str(limit), "before": repr(before)}
        return self._parsed(CallCharges, await self._ask("GET", "/v1/me/calls", token=self._token, query=query))

    async def bills(self) -> Bills:
        """All bills, newest first."""
        return self._parsed(Bills, await self._ask("GET", "/v1/me/bills", token=self._token))

    async def bill(self, number: str) -> BillDetail:
        """One bill with its lines.

        Raises:
            VidphoneError: `NOT_FOUND`, the customer has no such bill; or as every request.
        """
        return self._parsed(BillDetail, await self._document(f"/v1/me/bills/{number}", self._token, MAX_BILL_BYTES))

    async def bill_file(self, number: str, ending: str, language: Language) -> bytes:
        """The bill as a document (`pdf`), or the list of its calls (`csv`). Raises as `bill`."""
        return await self._document(f"/v1/me/bills/{number}.{ending}", self._token, MAX_BILL_BYTES, language)

    async def pay(self, request: PaymentRequest) -> Payment:
        """Begin a payment; the same one for the same id."""
        body = request.model_dump(mode="json")
        return self._parsed(Payment, await self._ask("POST", "/v1/me/payments", token=self._token, body=body))

    async def payment(self, payment: str) -> Payment:
        """Where a payment is on its way.

        Raises:
            VidphoneError: `NOT_FOUND`, the customer began none such; or as every request.
        """
        return self._parsed(Payment, await self._ask("GET", f"/v1/me/payments/{payment}", token=self._token))

    async def payments(self) -> Payments:
        """All payments, newest first."""
        return self._parsed(Payments, await self._ask("GET", "/v1/me/payments", token=self._token))

    async def change_limit(self, limit_fen: int) -> Balance:
        """Choose another credit limit; it holds at once.

        Raises:
            VidphoneError: `BAD_DATA`, it is not on offer; or as every request.
        """
        body = CreditLimitChange(limit_fen=limit_fen).model_dump(mode="json")
        return self._parsed(Balance, await self._ask("PUT", "/v1/me/credit-limit", token=self._token, body=body))

    async def catalogue(self) -> Catalogue:
        """The price list that plans are chosen from now.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, there is none; or as every request.
        """
        content = await self._ask("GET", "/v1/catalogue")
        try:
            return _CATALOGUE.validate_json(content)
        except ValidationError as error:
            raise self._incompatible() from error

    async def change_plan(self, choice: PlanChoice) -> PlanChange:
        """Choose another plan, from the next month on.

        Raises:
            VidphoneError: `BAD_DATA`, it is not on offer; `CATALOGUE_CHANGED`, it was chosen from an older price
                list; or as every request.
        """
        body = choice.model_dump(mode="json")
        return self._parsed(PlanChange, await self._ask("PUT", "/v1/me/plan", token=self._token, body=body))

    async def leaving(self) -> Leaving:
        """How far the end of the agreement has got (clause 11)."""
        return self._parsed(Leaving, await self._ask("GET", "/v1/me/leaving", token=self._token))

    async def ask_to_leave(self) -> Leaving:
        """Ask for the end of the agreement (clause 11)."""
        return self._parsed(Leaving, await self._ask("POST", "/v1/me/leaving", token=self._token))

    async def stay(self) -> Leaving:
        """Take that back.

        Raises:
            VidphoneError: `NOT_ASKED_FOR`, there is nothing to take back, or it is too late; or as every request.
        """
        return self._parsed(Leaving, await self._ask("DELETE", "/v1/me/leaving", token=self._token))
