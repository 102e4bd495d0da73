"""What the costs pages show: the engine's answers folded into one picture. Knows no Qt."""

from dataclasses import dataclass

from vidphone.phone import commands
from vidphone.phone.commands import Command
from vidphone.phone.events import (
    AccountShown,
    AgreementShown,
    BillSaved,
    BillShown,
    BillsShown,
    ChargesShown,
    Event,
    LeavingShown,
    LimitChanged,
    Paid,
    PaymentBegun,
    PaymentFailed,
    PaymentsShown,
    PlanChanged,
    PlansShown,
    Request,
    RequestFailed,
    SignedOut,
    StandingShown,
)
from vidphone.terms.orders import Catalogue, Plan
from vidphone.terms.standing import Lift, State
from vidphone.ui.main.answers import Answers
from vidphone.wire.billing import (
    Account,
    Bill,
    BillDetail,
    CallCharge,
    LeavingState,
    MyStanding,
    Payment,
    PaymentState,
)

REQUESTS: dict[type[Command], Request] = {
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

_BY_PEOPLE = frozenset({Lift.PROVIDER, Lift.AUTHORITY})


@dataclass
class MoneyView(Answers):
    """What is known, asked, and failed. Only `asked`, `fold` and `forget` change it."""

    account: Account | None = None
    calls: tuple[CallCharge, ...] | None = None
    more_calls: bool = False
    bills: tuple[Bill, ...] | None = None
    bill: BillDetail | None = None
    payments: tuple[Payment, ...] | None = None
    payment: Payment | None = None
    """The one begun last in this program, as it stands."""
    pay_url: str = ""
    """Where it is paid."""
    catalogue: Catalogue | None = None
    support_number: str = ""
    """Of customer service; empty while it was not told."""

    def asked(self, command: Command) -> None:
        """Something is asked of the engine: what came of it before is past."""
        request = REQUESTS.get(type(command))
        if request is None:
            return
        self._asked(request)
        match command:
            case commands.FetchBill(number) if self.bill is not None and self.bill.bill.number != number:
                self.bill = None
                self.done.pop(Request.SAVE_BILL, None)
            case commands.Pay():
                self.payment, self.pay_url = None, ""
            case _:
                pass

    def fold(self, event: Event) -> bool:
        """Take one event in; whether it was about money."""
        match event:
            case AccountShown(account):
                self.account = account
                self._answered(Request.ACCOUNT)
            case StandingShown(standing, leaving):
                self._know(standing=standing, leaving=leaving)
            case ChargesShown():
                self._take_calls(event)
            case BillsShown(bills):
                self.bills = bills
                self._answered(Request.BILLS)
            case BillShown(detail):
                self.bill = detail
                self._answered(Request.BILL)
            case BillSaved(_, path):
                self._answered(Request.SAVE_BILL, path)
            case PaymentBegun(payment, url):
                self.payment, self.pay_url = payment, url
                self._answered(Request.PAY)
            case Paid(payment) | PaymentFailed(payment):
                self._settle(payment)
            case PaymentsShown(payments):
                self.payments = payments
                self._answered(Request.PAYMENTS)
            case LimitChanged(balance):
                self._know(balance=balance)
                self._answered(Request.LIMIT)
            case PlansShown(catalogue):
                self.catalogue = catalogue
                self._answered(Request.PLANS)
            case PlanChanged(change):
                self._know(next_plan=change)
                self._answered(Request.PLAN)
            case LeavingShown(leaving):
                self._know(leaving=leaving)
                self._answered(Request.LEAVING)
            case AgreementShown(provider=provider) if provider is not None:
                self.support_number = provider.support_number
            case RequestFailed(request) if request in REQUESTS.values():
                self._failed(event)
            case SignedOut():
                self.forget()
            case _:
                return False
        return True

    @property
    def standing(self) -> MyStanding | None:
        """Where the customer stands; None while that is not known."""
        return self.account.standing if self.account is not None else None

    @property
    def lifts(self) -> tuple[Lift, ...]:
        """What lifts a block: any one of these does."""
        return self.standing.lifted_by if self.standing is not None else ()

    @property
    def needs_support(self) -> bool:
        """Whether only the provider's people can help on."""
        return bool(_BY_PEOPLE.intersection(self.lifts))

    @property
    def needs_attention(self) -> bool:
        """Whether something is overdue or the service is not there in full, so that the rail says so."""
        account = self.account
        return account is not None and (account.overdue_fen > 0 or account.standing.state is not State.ACTIVE)

    @property
    def overdue_bill(self) -> Bill | None:
        """The bill that is overdue the longest; None where none is, or bills were not told."""
        return min((bill for bill in self.bills or () if bill.overdue), key=lambda bill: bill.due_on, default=None)

    @property
    def lacks_overdue_bill(self) -> bool:
        """Whether something is overdue, and the bill is neither known nor asked for."""
        owes = self.account is not None and self.account.overdue_fen > 0
        return owes and self.overdue_bill is None and Request.BILLS not in self.waiting

    @property
    def plan(self) -> Plan | None:
        """The plan of today."""
        return self.account.plan if self.account is not None else None

    @property
    def other_plans(self) -> tuple[Plan, ...]:
        """Those that may be changed to: of the price list of today, but for the one that holds or is to come."""
        if self.catalogue is None:
            return ()
        account = self.account
        coming = account.next_plan.plan if account is not None and account.next_plan is not None else self.plan
        return tuple(plan for plan in self.catalogue.plans if plan != coming)

    @property
    def may_stay(self) -> bool:
        """Whether a request to leave can be taken back."""
        return self.account is not None and self.account.leaving.state is LeavingState.ASKED

    @property
    def paying(self) -> bool:
        """Whether a payment that was begun here is still open."""
        return self.payment is not None and self.payment.state is PaymentState.PENDING

    def _know(self, **changes: object) -> None:
        if self.account is not None:
            self.account = self.account.model_copy(update=changes)

    def _take_calls(self, shown: ChargesShown) -> None:
        known = () if shown.before is None else self.calls or ()
        seen = {call.call for call in shown.calls}
        self.calls = (*(call for call in known if call.call not in seen), *shown.calls)
        self.more_calls = shown.more
        self._answered(Request.CHARGES)

    def _settle(self, payment: Payment) -> None:
        if self.payment is None or self.payment.id == payment.id:
            self.payment = payment
        if self.payments is not None:
            others = tuple(one for one in self.payments if one.id != payment.id)
            self.payments = (payment, *others)
