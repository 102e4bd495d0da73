"""Everything that a customer and the provider have signed, billed, called and written, in one file (clause 16)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Engine, select

from vidphone.papers.evidence import make_evidence
from vidphone.service.billing.account import calls_of
from vidphone.service.billing.money import Money
from vidphone.service.billing.reading import bill_of, bills_of
from vidphone.service.cases.book import CaseBook
from vidphone.service.cases.quality import CALLEE, CALLER
from vidphone.service.cases.reading import detail_of
from vidphone.service.cases.terminals import terminals_of
from vidphone.service.days import provider_day, utc
from vidphone.service.documents.authority import Issuer
from vidphone.service.notices.mine import announcements_of, versions_of
from vidphone.service.store.agreements import StoredAgreements
from vidphone.service.store.tables import calls
from vidphone.service.store.tables_agreement import agreements, orders
from vidphone.service.store.tables_cases import call_quality, cases
from vidphone.terms.orders import Words
from vidphone.texts import Language, text
from vidphone.wire.billing import CallCharge
from vidphone.wire.cases import CaseDetail, QualityReport, Terminal
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.sign_up import MyAgreement, Provider

MAX_CALLS = 20_000
MAX_CASES = 500
MAX_ANNOUNCEMENTS = 1000
BILLS_IN_TYPE = 12
"""So many of the newest bills are there as PDF, too; of all there is the data. One takes 0.1 s."""
ROOM_BYTES = 100_663_296
"""For documents and pictures; what has no room is named in the manifest."""


class Contents(BaseModel):
    """`account.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    number: str
    agreements: tuple[MyAgreement, ...]
    terminals: tuple[Terminal, ...]
    commission: Words
    """The arbitration commission that the provider names."""


class _Files:
    """What goes into the bundle, as long as there is room."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.left_out: list[str] = []
        self._room = ROOM_BYTES

    def add(self, name: str, content: bytes) -> None:
        if len(content) > self._room:
            self.left_out.append(name)
            return
        self._room -= len(content)
        self.files[name] = content


@dataclass(frozen=True)
class EvidenceMaker:
    """Makes bundles. Blocking: a second or more; may be used on any thread."""

    engine: Engine
    book: CaseBook
    stored: StoredAgreements
    money: Money
    provider: Provider | None
    issuer: Issuer | None
    warranty_years: int

    def make(self, account: int, number: str, at: float) -> bytes:
        """The bundle of a customer, signed by the provider. The same state and time give the same bytes.

        Args:
            account: Whose.
            number: Of the customer.
            at: Now, UTC seconds since 1970.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up, so that nobody could sign.
        """
        if self.provider is None or self.issuer is None:
            raise VidphoneError(ErrorCode.SIGN_UP_CLOSED, {"detail": "offer.closed.no-provider"})
        files = _Files()
        with self.engine.connect() as connection:
            self._agreements(connection, account, number, at, files)
            self._bills(connection, account, at, files)
            files.add("calls/list.csv", self._calls(connection, account))
            self._cases(connection, account, at, files)
            _announcements(connection, account, at, files)
        for language in Language:
            files.add(f"README.{language.value}.txt", text("evidence.readme", language).encode())
        return make_evidence(
            files.files,
            f"{self.provider.name.zh} / {self.provider.name.en}",
            number,
            utc(at),
            self.issuer.provider_key,
            self.issuer.provider_chain_pem,
            self.issuer.root_pem,
            tuple(files.left_out),
        )

    def _agreements(self, connection: Connection, account: int, number: str, at: float, files: _Files) -> None:
        assert self.provider is not None  # noqa: S101 - `make` has looked
        mine = self.stored.of(account)
        for agreement in mine:
            if (document := self.stored.document(agreement.id, account)) is not None:
                files.add(f"agreements/{agreement.id}.pdf", document)
        ordered = select(orders.c.number, orders.c.body).join(agreements, agreements.c.id == orders.c.agreement_id)
        for row in connection.execute(ordered.where(agreements.c.account_id == account).order_by(orders.c.number)):
            files.add(f"orders/{row.number}.json", row.body.encode())
        contents = Contents(
            number=number,
            agreements=mine,
            terminals=terminals_of(connection, account, at, self.warranty_years),
            commission=self.provider.arbitration_commission,
        )
        files.add("account.json", _json(contents))

    def _bills(self, connection: Connection, account: int, at: float, files: _Files) -> None:
        for place, bill in enumerate(bills_of(connection, account, at)):
            detail = bill_of(connection, account, bill.number, at)
            if detail is not None:
                files.add(f"bills/{bill.number}.json", _json(detail))
            if place < BILLS_IN_TYPE and self.money.paper is not None:
                paper = self.money.bill_pdf(account, bill.number, Language.CHINESE)
                if paper is not None:
                    files.add(f"bills/{bill.number}.pdf", paper)

    def _calls(self, connection: Connection, account: int) -> bytes:
        charged = calls_of(connection, account, None, MAX_CALLS).calls
        reports = _reports(connection, account)
        written = io.StringIO(newline="")
        table = csv.writer(written)
        figures = ("bars_mean", "lost_percent", "round_trip_ms", "jitter_ms", "concealed_percent", "frozen_s")
        table.writerow(
            (
                *("call", "outgoing", "number", "video", "started_at", "answered_at"),
                *("charged_s", "price_e4_yuan", "charge_fen", "bill"),
                *(f"{end}_{figure}" for end in ("own", "other") for figure in figures),
            )
        )
        for call in charged:
            own, other = (CALLER, CALLEE) if call.outgoing else (CALLEE, CALLER)
            told = [reports.get((call.call, end)) for end in (own, other)]
            table.writerow((*_call_cells(call), *(_figure(one, figure) for one in told for figure in figures)))
        return written.getvalue().encode()

    def _cases(self, connection: Connection, account: int, at: float, files: _Files) -> None:
        mine = select(cases).where(cases.c.account_id == account).order_by(cases.c.id.desc()).limit(MAX_CASES)
        commission = self.provider.arbitration_commission if self.provider else None
        for row in connection.execute(mine).all():
            detail = detail_of(connection, self.book, row, at, commission, self.warranty_years, for_customer=True)
            files.add(f"cases/{detail.case.number}/case.json", _json(detail))
            for name, position, page in _pictures(detail):
                if (picture := self.book.picture(connection, row.id, position, page)) is not None:
                    files.add(name, picture)


def _announcements(connection: Connection, account: int, at: float, files: _Files) -> None:
    for one in announcements_of(connection, account, None, MAX_ANNOUNCEMENTS):
        files.add(f"announcements/{provider_day(one.published_at).isoformat()}-{one.id}.json", _json(one))
    files.add("announcements/agreement-versions.json", _json(versions_of(connection, account, at)))


def _pictures(detail: CaseDetail) -> Iterator[tuple[str, int, int]]:
    for message in detail.messages:
        for photo in message.photos:
            name = f"cases/{detail.case.number}/{message.position}-{photo.page}.jpg"
            yield name, message.position, photo.page


def _reports(connection: Connection, account: int) -> dict[tuple[str, str], QualityReport]:
    part = (calls.c.caller_id == account) | (calls.c.callee_id == account)
    wanted = select(call_quality).join(calls, calls.c.id == call_quality.c.call_id).where(part)
    rows = connection.execute(wanted.order_by(calls.c.proposed_at.desc()).limit(2 * MAX_CALLS))
    return {(row.call_id, row.side): QualityReport.model_validate_json(row.body) for row in rows}


def _call_cells(call: CallCharge) -> tuple[object, ...]:
    return (
        call.call,
        int(call.outgoing),
        call.number,
        int(call.video),
        f"{call.started_at:.3f}",
        "" if call.answered_at is None else f"{call.answered_at:.3f}",
        call.seconds,
        call.price_e4_yuan,
        call.charge_fen,
        call.billed_in or "",
    )


def _figure(report: QualityReport | None, figure: str) -> object:
    value = getattr(report, figure) if report else None
    return "" if value is None else value


def _json(value: BaseModel) -> bytes:
    return value.model_dump_json(indent=1).encode()
