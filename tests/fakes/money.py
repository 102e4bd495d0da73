"""A customer's account, calls, bills and payments that fill the costs pages in tests."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from vidphone.account.history import HistoryEntry
from vidphone.phone.commands import BillForm, ChangeLimit, SaveBill
from vidphone.terms.bills import LineKind
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import Band, Catalogue, Plan, Price, Words
from vidphone.terms.standing import CLAUSES, Cause, Lift, State
from vidphone.wire.billing import (
    Account,
    Balance,
    Bill,
    BillDetail,
    BillLine,
    CallCharge,
    DaySpent,
    ItemisedCall,
    Leaving,
    LeavingState,
    MyStanding,
    PaidPart,
    Payment,
    PaymentState,
    PlanChange,
)
from vidphone.wire.reasons import EndReason

AT = datetime(2026, 11, 22, 9, 41, tzinfo=UTC).timestamp()
MONTH = date(2026, 11, 1)
CHINA, ABROAD = Words("中国大陆", "Mainland China"), Words("国际及港澳台", "Abroad")
EVENING = Band((1, 2, 3, 4, 5, 6, 7), 21 * 60, 7 * 60, 800, 2000)
FAMILY = Plan(
    "family", Words("家庭套餐", "Family"), Words("适合每天与家人视频", "For video with the family every day"), 3_900,
    (Price(CHINA, 1_500, 3_000, (), (EVENING,)), Price(ABROAD, 12_345, 20_000, ("00",))), 60, 60,
)  # fmt: skip
BUSINESS = Plan(
    "business", Words("商务套餐", "Business"), Words("通话多时更省", "Cheaper when you call a lot"), 9_900,
    (Price(CHINA, 800, 1_600), Price(ABROAD, 9_000, 15_000, ("00",))), 0, 1,
)  # fmt: skip
CATALOGUE = Catalogue("2026-11", (FAMILY, BUSINESS), (), (20_000, 50_000, 100_000))
NEXT_PLAN = PlanChange(plan=BUSINESS, begins_on=date(2026, 12, 1))
SAVE = SaveBill("202609-1001", Path("/mnt/papers/bill.pdf"), BillForm.PDF)
LOWER = ChangeLimit(20_000)
TOO_LOW = Fault("credit_limit_fen", FaultCode.NOT_OFFERED)
SPENT = tuple(
    DaySpent(day=date(2026, 11, day), spent_fen=fen)
    for day, fen in ((1, 45), (2, 320), (4, 1_280), (5, 90), (8, 612), (9, 2_150), (12, 75), (13, 433), (15, 1_004),
                     (16, 12), (18, 860), (20, 1_999), (21, 240), (22, 156))
)  # fmt: skip

ITEM = ItemisedCall(
    call="a" * 32, at=AT, number="1003", video=False, destination=CHINA, seconds=60, price_e4_yuan=1_500, amount_fen=15
)


def account(
    state: State = State.ACTIVE,
    cause: Cause | None = None,
    *lifts: Lift,
    days: tuple[DaySpent, ...] = SPENT,
    limit: int = 50_000,
    unpaid: int = 0,
    unbilled: int = 13_176,
    reserved: int = 450,
    prepaid: int = 0,
    overdue: int = 0,
    fee: int = 0,
    leaving_state: LeavingState = LeavingState.NOT_ASKED,
) -> Account:
    """An account whose figures fit each other."""
    balance = Balance(
        limit_fen=limit, prepaid_fen=prepaid, unpaid_fen=unpaid, unbilled_fen=unbilled, reserved_fen=reserved,
        available_fen=limit + prepaid - unpaid - unbilled - reserved,
    )  # fmt: skip
    least = overdue if cause is Cause.OVERDUE else max(0, -balance.available_fen) + 1
    return Account(
        at=AT, month=MONTH, balance=balance, spent_fen=sum(one.spent_fen for one in days), days=days, plan=FAMILY,
        next_plan=None,
        standing=MyStanding(
            state=state, cause=cause, clause=None if cause is None else CLAUSES[cause],
            since=None if cause is None else date(2026, 11, 16), lifted_by=lifts,
            lifting_fen=least if Lift.PAY in lifts else 0,
        ),
        overdue_fen=overdue, late_fee_fen=fee, due_fen=unpaid, due_on=date(2026, 10, 15) if unpaid else None,
        credit_limits_fen=CATALOGUE.credit_limits_fen, leaving=leaving(leaving_state),
    )  # fmt: skip


def leaving(state: LeavingState) -> Leaving:
    """How far the end of the agreement has got."""
    if state is LeavingState.NOT_ASKED:
        return Leaving(state=state)
    billed = state is not LeavingState.ASKED
    return Leaving(
        state=state, asked_at=AT, final_bill="202611-1001-F" if billed else None,
        open_fen=8_123 if state is LeavingState.FINAL_BILL else 0,
        number_rests_until=date(2027, 2, 20) if state is LeavingState.ENDED else None,
    )  # fmt: skip


def call(
    at: int, number: str = "13800138000", *, outgoing: bool = True, fen: int = 45, seconds: int = 180
) -> CallCharge:
    """The `at`-th call, the newest first."""
    began = AT - at * 5_400
    paid = outgoing and fen > 0
    return CallCharge(
        call=f"{at:032x}", outgoing=outgoing, number=number, video=at % 3 == 0, started_at=began,
        answered_at=began + 8, seconds=seconds if paid else 0, destination=CHINA if outgoing else None,
        price_e4_yuan=1_500 if paid else 0, charge_fen=fen if paid else 0,
        billed_in="202610-1001" if at > 20 else None,
    )  # fmt: skip


def calls(count: int, first: int = 0) -> tuple[CallCharge, ...]:
    """Calls of the last weeks: paid, free, incoming."""
    numbers = ("13800138000", "1003", "10000", "491701234567")
    return tuple(
        call(at, numbers[at % 4], outgoing=at % 5 != 4, fen=0 if at % 4 == 2 else 15 + at * 37 % 900,
             seconds=60 * (1 + at % 9))
        for at in range(first, first + count)
    )  # fmt: skip


def history() -> tuple[HistoryEntry, ...]:
    """What this machine keeps of the newest of them."""
    return tuple(
        HistoryEntry(one.call, one.number, "", not one.outgoing, one.video, one.started_at, 180.0, EndReason.HUNG_UP,
                     missed=False, seen=True, quality=4 if at else 5)
        for at, one in enumerate(calls(3))
    )  # fmt: skip


def bills() -> tuple[Bill, ...]:
    """A year of bills, newest first: the newest overdue, one paid in part, the others paid."""
    made = []
    end = date(2026, 10, 31)
    for at in range(12):
        begin = end.replace(day=1)
        total = 12_345 if at == 0 else 3_900 + at * 731
        paid = {0: 0, 2: 2_000}.get(at, total)
        issued = end + timedelta(1)
        made.append(
            Bill(
                number=f"{begin:%Y%m}-1001", begins_on=begin, ends_on=end, issued_on=issued,
                due_on=issued + timedelta(15), total_fen=total, paid_fen=paid, open_fen=total - paid, overdue=at == 0,
                rehearsal=False, final=False,
            )
        )  # fmt: skip
        end = begin - timedelta(1)
    return tuple(made)


def bill_detail(at: int) -> BillDetail:
    """The `at`-th bill with lines that add up to it."""
    bill = bills()[at]
    late = 333 if at == 0 else 0
    china = (bill.total_fen - 3_900 - late) * 2 // 3
    abroad = bill.total_fen - 3_900 - late - china
    lines = [
        line(LineKind.RENT, Words("月租：家庭套餐", "Rent: Family"), 3_900, bill),
        line(LineKind.CALLS, Words("通话：中国大陆，语音", "Calls: mainland China, voice"), china, bill, 41, 9_120),
        line(LineKind.CALLS, Words("通话：国际及港澳台，视频", "Calls: abroad, video"), abroad, bill, 3, 540),
    ]
    if late:
        lines.append(
            line(LineKind.LATE_FEE, Words("滞纳金：2026年9月账单", "Late fee: bill of September 2026"), late, bill)
        )
    paid = (PaidPart(at=AT - 1_000_000, method="sandbox", amount_fen=bill.paid_fen),) if bill.paid_fen else ()
    return BillDetail(bill=bill, lines=tuple(lines), calls=(), payments=paid)


def line(kind: LineKind, words: Words, fen: int, bill: Bill, quantity: int = 1, seconds: int = 0) -> BillLine:
    """A line over the days of a bill."""
    return BillLine(
        kind=kind, words=words, quantity=quantity, seconds=seconds, amount_fen=fen, begins_on=bill.begins_on,
        ends_on=bill.ends_on,
    )  # fmt: skip


def payment(state: PaymentState = PaymentState.PENDING, fen: int = 12_345, id_: int = 9) -> Payment:
    """A payment on its way, or there."""
    paid_at = AT if state is PaymentState.PAID else None
    return Payment(
        id=f"{id_:032x}", amount_fen=fen, state=state, begun_at=AT - 60, paid_at=paid_at,
        pay_at="https://pay.example.cn/9" if state is PaymentState.PENDING else None,
    )  # fmt: skip


def payments() -> tuple[Payment, ...]:
    """Earlier ones."""
    return payment(), payment(PaymentState.PAID, 4_631, 2), payment(PaymentState.EXPIRED, 4_631, 1)
