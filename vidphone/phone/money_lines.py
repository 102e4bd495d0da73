"""The JSON lines of prices, credit, bills and payments: commands in, events out. Pure."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from vidphone.phone import commands, events
from vidphone.phone.account_lines import Line, error_line, plan_lines
from vidphone.texts import Language
from vidphone.wire.signaling import Number

_Bill = Annotated[str, Field(min_length=1, max_length=32)]
_File = Annotated[str, Field(min_length=1, max_length=1024)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class QuoteLine(_Model):
    """`quote`: what a call would cost."""

    do: Literal["quote"]
    number: Number
    video: bool = True

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.Quote(self.number, self.video)


class ChargesLine(_Model):
    """`charges`: calls and what they cost."""

    do: Literal["charges"]
    before: float | None = None

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.FetchCharges(self.before)


class BillLine(_Model):
    """`bill`: one, with its lines."""

    do: Literal["bill"]
    bill: _Bill

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.FetchBill(self.bill)


class SaveBillLine(_Model):
    """`save-bill`: as a document, or the list of its calls."""

    do: Literal["save-bill"]
    bill: _Bill
    path: _File
    form: Literal["pdf", "csv"] = "pdf"
    language: Literal["zh", "en"] = "zh"

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.SaveBill(
            self.bill, Path(self.path), commands.BillForm(self.form), language=Language(self.language)
        )


class PayLine(_Model):
    """`pay`: begin a payment."""

    do: Literal["pay"]
    amount_fen: int

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.Pay(self.amount_fen)


class LimitLine(_Model):
    """`credit-limit`: another one."""

    do: Literal["credit-limit"]
    limit_fen: int

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.ChangeLimit(self.limit_fen)


class PlanLine(_Model):
    """`plan`: another one, from the next month on."""

    do: Literal["plan"]
    plan: Annotated[str, Field(max_length=32)]
    catalogue: Annotated[str, Field(max_length=32)]
    """The version of the price list that it was chosen from."""

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        return commands.ChangePlan(self.plan, self.catalogue)


class AskMoneyLine(_Model):
    """What is asked with no more than its name."""

    do: Literal["account", "bills", "payments", "plans", "leaving", "leave", "stay"]

    def command(self, _service: str) -> commands.Command:
        """The command of the line."""
        match self.do:
            case "account":
                return commands.FetchAccount()
            case "bills":
                return commands.FetchBills()
            case "payments":
                return commands.FetchPayments()
            case "plans":
                return commands.FetchPlans()
            case "leaving":
                return commands.FetchLeaving()
            case "leave":
                return commands.AskToLeave()
            case "stay":
                return commands.StayCustomer()


Plain = QuoteLine | ChargesLine | BillLine | SaveBillLine | PayLine | LimitLine | PlanLine | AskMoneyLine


def lines_of(event: events.Event, language: Language) -> list[Line]:
    """The lines of an event of this kind; none for others."""
    match event:
        case events.Charging(call=call, charge=charge):
            told = asdict(charge)
            del told["at"]  # of this machine's clock, and now
            return [{"event": "charging", "call": call, **told}]
        case events.Quoted(quote=quote):
            line: Line = {"event": "quote", **quote.model_dump(mode="json")}
            if quote.refusal is not None:
                line["refusal"] = _told(error_line(quote.refusal.code, language, {}))
            return [line]
        case events.AccountShown(account=account):
            return [{"event": "account", **account.model_dump(mode="json")}]
        case events.StandingShown():
            leaving = event.leaving.model_dump(mode="json")
            return [{"event": "standing", **event.standing.model_dump(mode="json"), "leaving": leaving}]
        case events.ChargesShown():
            calls = [call.model_dump(mode="json") for call in event.calls]
            return [{"event": "charges", "calls": calls, "more": event.more}]
        case events.BillsShown():
            return [{"event": "bills", "bills": [bill.model_dump(mode="json") for bill in event.bills]}]
        case events.BillShown(detail=detail):
            return [{"event": "bill", **detail.model_dump(mode="json")}]
        case events.BillSaved():
            return [{"event": "bill-saved", "bill": event.number, "path": event.path, "form": event.form.value}]
        case events.PlansShown(catalogue=catalogue):
            return [{"event": "plans", "catalogue": catalogue.version, "plans": plan_lines(catalogue, language)}]
        case events.PlanChanged(change=change):
            return [{"event": "plan", "plan": change.plan.id, "begins_on": change.begins_on.isoformat()}]
        case events.LimitChanged():
            return [{"event": "credit-limit", **event.balance.model_dump(mode="json")}]
        case events.LeavingShown():
            return [{"event": "leaving", **event.leaving.model_dump(mode="json")}]
        case _:
            return _payment_lines(event)


def _payment_lines(event: events.Event) -> list[Line]:
    match event:
        case events.PaymentBegun():
            return [{"event": "payment-begun", **event.payment.model_dump(mode="json")}]
        case events.Paid():
            return [{"event": "paid", **event.payment.model_dump(mode="json")}]
        case events.PaymentFailed():
            return [{"event": "payment-failed", **event.payment.model_dump(mode="json")}]
        case events.PaymentsShown():
            return [{"event": "payments", "payments": [each.model_dump(mode="json") for each in event.payments]}]
        case _:
            return []


def _told(line: Line) -> Line:
    return {name: value for name, value in line.items() if name != "event"}
