"""The JSON lines of prices, credit, bills and payments."""

import json
from pathlib import Path

import pytest

from tests.unit.phone.test_money import ME, RESTRICTED, balance, payment
from vidphone.call.charge import Charge
from vidphone.phone import commands, events
from vidphone.phone.lines import LineWriter, command_from
from vidphone.terms.orders import Words
from vidphone.texts import Language
from vidphone.wire import billing
from vidphone.wire.errors import ErrorCode, VidphoneError

WRITER = LineWriter(Language.ENGLISH)


def parse(do: str, **more: object) -> object:
    return command_from(json.dumps({"do": do, **more}), ME[0])


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ({"do": "quote", "number": "1002"}, commands.Quote("1002", True)),
        ({"do": "account"}, commands.FetchAccount()),
        ({"do": "charges"}, commands.FetchCharges()),
        ({"do": "charges", "before": 1790000000.5}, commands.FetchCharges(1790000000.5)),
        ({"do": "bills"}, commands.FetchBills()),
        ({"do": "bill", "bill": "202608-000001"}, commands.FetchBill("202608-000001")),
        (
            {"do": "save-bill", "bill": "202608-000001", "path": "b.csv", "form": "csv", "language": "en"},
            commands.SaveBill("202608-000001", Path("b.csv"), commands.BillForm.CSV, Language.ENGLISH),
        ),
        ({"do": "pay", "amount_fen": 500}, commands.Pay(500)),
        ({"do": "payments"}, commands.FetchPayments()),
        ({"do": "credit-limit", "limit_fen": 5000}, commands.ChangeLimit(5000)),
        ({"do": "plans"}, commands.FetchPlans()),
        ({"do": "plan", "plan": "light", "catalogue": "1"}, commands.ChangePlan("light", "1")),
        ({"do": "leaving"}, commands.FetchLeaving()),
        ({"do": "leave"}, commands.AskToLeave()),
        ({"do": "stay"}, commands.StayCustomer()),
    ],
)
def test_each_line_is_its_command(line: dict[str, object], command: commands.Command) -> None:
    assert command_from(json.dumps(line), ME[0]) == command


@pytest.mark.parametrize(
    ("do", "more", "code"),
    [
        ("quote", {"number": "12"}, ErrorCode.BAD_NUMBER),
        ("pay", {"amount_fen": 5.5}, ErrorCode.BAD_COMMAND),
        ("pay", {"amount_fen": "500"}, ErrorCode.BAD_COMMAND),
        ("save-bill", {"bill": "1", "path": "b", "form": "txt"}, ErrorCode.BAD_COMMAND),
    ],
)
def test_a_line_that_is_no_command_is_refused(do: str, more: dict[str, object], code: ErrorCode) -> None:
    with pytest.raises(VidphoneError) as refused:
        parse(do, **more)
    assert refused.value.code is code


def test_the_charge_of_a_call_is_told_without_the_time_of_this_machine() -> None:
    charge = Charge(1500, 15, 60, remaining_s=60, final=True, warning=60, at=123.4)
    (line,) = WRITER.lines(events.Charging("c", charge), 0.0)
    assert line == {
        "event": "charging",
        "call": "c",
        "price_e4_yuan": 1500,
        "spent_fen": 15,
        "answered_s": 60,
        "remaining_s": 60,
        "final": True,
        "warning": 60,
        "running": True,
        "settled": False,
        "minimum_s": 0,
        "increment_s": 1,
    }


def test_a_quote_that_is_refused_says_why_by_which_clause_and_what_to_do() -> None:
    quote = billing.Quote(
        number="1002",
        video=False,
        free=False,
        destination=Words("本网", "own network"),
        price_e4_yuan=1500,
        minimum_s=0,
        increment_s=1,
        available_fen=0,
        lasting_s=0,
        refusal=billing.Refusal(code=ErrorCode.CREDIT_LIMIT, clause=9),
    )
    (line,) = WRITER.lines(events.Quoted(quote), 0.0)
    assert (line["event"], line["number"], line["lasting_s"]) == ("quote", "1002", 0)
    refusal = line["refusal"]
    assert isinstance(refusal, dict)
    assert (refusal["code"], refusal["clause"]) == ("credit-limit", 9)
    assert refusal["message"]
    assert refusal["next_step"]


def test_every_answer_is_one_line_of_json() -> None:
    leaving = billing.Leaving(state=billing.LeavingState.NOT_ASKED)
    for event, name in (
        (events.StandingShown(RESTRICTED, leaving), "standing"),
        (events.ChargesShown((), False, None), "charges"),
        (events.BillsShown(()), "bills"),
        (events.BillSaved("1", "b", commands.BillForm.PDF), "bill-saved"),
        (events.PaymentBegun(payment(), "https://pay.example/1"), "payment-begun"),
        (events.Paid(payment()), "paid"),
        (events.PaymentFailed(payment()), "payment-failed"),
        (events.PaymentsShown((payment(),)), "payments"),
        (events.LimitChanged(balance()), "credit-limit"),
        (events.LeavingShown(leaving), "leaving"),
    ):
        (line,) = WRITER.lines(event, 0.0)
        assert json.loads(json.dumps(line))["event"] == name
