"""A bill on paper, and its list of calls as a table (clause 5)."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from vidphone.service.billing.lines import of
from vidphone.service.billing.reading import local
from vidphone.service.billing.values import Conditions
from vidphone.service.days import provider_day
from vidphone.service.documents.compose import Composer
from vidphone.terms.bills import LineKind
from vidphone.terms.money import format_fen, format_price
from vidphone.terms.standing import consequences
from vidphone.texts import Language, text
from vidphone.wire.agreement import in_language
from vidphone.wire.billing import BillDetail, BillLine, ItemisedCall
from vidphone.wire.sign_up import Provider

_LABELS = (
    *("lines", "no-lines", "what", "when", "quantity", "amount", "payments", "calls"),
    *("at", "dialled", "kind", "destination", "length", "price"),
)
_OF_DAYS = frozenset({LineKind.RENT, LineKind.LATE_FEE})
_COUNTED = _OF_DAYS | {LineKind.CALLS}
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class BillPaper:
    """Sets bills in type. May be used on any thread."""

    composer: Composer
    provider: Provider
    conditions: Conditions

    def pdf(self, detail: BillDetail, customer_number: str, language: Language) -> bytes:
        """The bill as a document of PDF/A. The same bill and payments give the same bytes.

        Raises:
            NotComposed: it cannot be set.
        """
        data = self._data(detail, customer_number, language)
        return self.composer.set_page("bill.typ", data, language, detail.bill.issued_on)

    def _data(self, detail: BillDetail, customer_number: str, language: Language) -> dict[str, Any]:
        def say(key: str, **places: object) -> str:
            return text(f"bill.{key}", language, **places)

        bill = detail.bill
        owes = bill.open_fen > 0
        return {
            "title": say("final-title" if bill.final else "title"),
            "number": bill.number,
            "provider": in_language(self.provider.name, language),
            "rehearsal": say("rehearsal") if bill.rehearsal else "",
            "labels": {**{key: say(key) for key in _LABELS}, "page": say("page", page="#", pages="#")},
            "facts": [
                (say("number"), bill.number),
                (say("customer-number"), customer_number),
                (say("period"), say("days", first=bill.begins_on, last=bill.ends_on)),
                (say("made-on"), str(bill.issued_on)),
                (say("due-on"), str(bill.due_on)),
            ],
            "to-pay-label": say("to-pay" if owes else "nothing-to-pay"),
            "to-pay": format_fen(max(bill.open_fen, 0)),
            "due": f"{say('due-on')} {bill.due_on}" if owes else "",
            "lines": [_line_row(line, language) for line in detail.lines],
            "sums": [
                (say("total"), format_fen(bill.total_fen), True),
                *([(say("paid"), format_fen(bill.paid_fen), False)] if bill.paid_fen else []),
                *([(say("open"), format_fen(bill.open_fen), True)] if bill.paid_fen and owes else []),
            ],
            "payments": [
                (str(provider_day(part.at)), say(f"method.{part.method}"), format_fen(part.amount_fen))
                for part in detail.payments
            ],
            "notes": self._notes(detail, language),
            "calls": [_call_row(call, language) for call in detail.calls],
        }

    def _notes(self, detail: BillDetail, language: Language) -> list[str]:
        bill, figures = detail.bill, self.conditions.figures
        notes = []
        if bill.total_fen > 0:
            then = consequences(bill.due_on, figures)
            notes.append(
                text(
                    "bill.late-note",
                    language,
                    due=bill.due_on,
                    percent=figures.late_fee_percent.normalize(),
                    suspended=then.suspended_from,
                    terminated=then.terminated_from,
                )
            )
        if bill.final:
            notes.append(text("bill.final-note", language))
        notes.append(text("bill.ask-note", language, support=self.provider.support_number))
        notes.append(
            " · ".join((in_language(self.provider.address, language), self.provider.telephone, self.provider.website))
        )
        return notes


def calls_csv(detail: BillDetail, language: Language) -> bytes:
    """The calls of a bill as CSV (RFC 4180): UTF-8 with a byte order mark, as spreadsheets expect it.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    columns = ("call", "ended-at", "number", "kind", "destination", "seconds", "price", "amount")
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(text(f"bill.csv.{column}", language) for column in columns)
    for call in detail.calls:
        yuan, fen = divmod(call.amount_fen, 100)
        cells = (
            call.call,
            local(call.at),
            call.number,
            _kind(call, language),
            of(call.destination, language),
            str(call.seconds),
            f"{call.price_e4_yuan // 10_000}.{call.price_e4_yuan % 10_000:04d}",
            f"{yuan}.{fen:02d}",
        )
        table.writerow(f"'{cell}" if cell.startswith(_RISKY) else cell for cell in cells)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _line_row(line: BillLine, language: Language) -> tuple[str, str, str, str]:
    first, last = line.begins_on, line.ends_on
    counted = {"count": line.quantity, "time": _length(line.seconds)}
    kind = line.kind if line.quantity else LineKind.ADJUSTMENT
    quantity = text(f"bill.quantity.{kind.value}", language, **counted) if kind in _COUNTED else ""
    when = text("bill.days", language, first=first, last=last) if kind in _OF_DAYS else ""
    return of(line.words, language), when, quantity, format_fen(line.amount_fen)


def _call_row(call: ItemisedCall, language: Language) -> tuple[str, ...]:
    return (
        local(call.at),
        call.number,
        _kind(call, language),
        of(call.destination, language),
        _length(call.seconds),
        format_price(call.price_e4_yuan),
        format_fen(call.amount_fen),
    )


def _kind(call: ItemisedCall, language: Language) -> str:
    return text("bill.video" if call.video else "bill.voice", language)


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
