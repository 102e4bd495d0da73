"""Cases as they are read, by the customer and by staff."""

from collections.abc import Sequence
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, case, func, select

from vidphone.service.cases.book import CaseBook, CaseRow, case_number, progress_of
from vidphone.service.cases.quality import CALLEE, CALLER, quality_of
from vidphone.service.days import provider_day
from vidphone.service.store.tables import accounts, calls
from vidphone.service.store.tables_billing import bill_lines, leavings
from vidphone.service.store.tables_cases import case_messages, case_photos, terminals, warranty_claims
from vidphone.service.store.tables_ledger import call_charges, charges
from vidphone.terms import warranty
from vidphone.terms.cases import BY_PROVIDER, CaseState, CaseStep, by_time, late, possible
from vidphone.terms.orders import Words
from vidphone.wire.cases import (
    About,
    AboutCall,
    AboutLine,
    Action,
    CallRecord,
    CaseDetail,
    CaseKind,
    CaseMessage,
    CaseSummary,
    Claim,
    DisputedLine,
    Photo,
    Side,
)

CLAUSES = {CaseKind.DISPUTE: 6, CaseKind.QUESTION: 18, CaseKind.OBJECTION: 15, CaseKind.WARRANTY: 4}
_ABOUT: TypeAdapter[About] = TypeAdapter(About)
_FIELDS = {
    "line": ("bill", "line"),
    "call": ("call",),
    "clause": ("clause",),
    "agreement": ("version",),
    "terminal": ("terminal",),
}
_BY_MESSAGE = frozenset({CaseStep.REPLY})
"""Done by writing, not asked for."""


def about_of(kept: str) -> About:
    """What the column `about` says."""
    kind, _, rest = kept.partition(":")
    values = rest.split(":", len(_FIELDS[kind]) - 1)
    return _ABOUT.validate_python({"kind": kind, **dict(zip(_FIELDS[kind], values, strict=True))})


def kept_about(about: About) -> str:
    """What the column `about` is to say."""
    return ":".join(str(getattr(about, field)) for field in ("kind", *_FIELDS[about.kind]))


def summary_of(row: CaseRow, at: float) -> CaseSummary:
    """A case in a list, as it stands today."""
    today = provider_day(at)
    progress = by_time(progress_of(row), today)
    kind = CaseKind(row.kind)
    return CaseSummary(
        number=case_number(row.id),
        kind=kind,
        about=about_of(row.about),
        clause=CLAUSES[kind],
        state=progress.state,
        since=progress.since,
        due=progress.due,
        late=progress.state is CaseState.OPEN and late(progress, today),
        ending=progress.ending,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        unread=row.changed_at > row.seen_at,
    )


def detail_of(
    connection: Connection,
    book: CaseBook,
    row: CaseRow,
    at: float,
    commission: Words | None,
    warranty_years: int,
    *,
    for_customer: bool,
) -> CaseDetail:
    """A case with all that belongs to it; what a call cost its caller is no business of who was called."""
    summary = summary_of(row, at)
    about = summary.about
    account = row.account_id if for_customer else None
    steps = possible(by_time(progress_of(row), provider_day(at)), provider_day(at))
    return CaseDetail(
        case=summary,
        messages=messages_of(connection, book, row.id),
        call=call_record(connection, about.call, account) if isinstance(about, AboutCall) else None,
        line=_line(connection, about) if isinstance(about, AboutLine) else None,
        claim=claim_of(connection, row.id, warranty_years),
        may=tuple(step for step in CaseStep if step in steps - BY_PROVIDER - _BY_MESSAGE),
        commission=commission,
    )


def messages_of(connection: Connection, book: CaseBook, case_id: int) -> tuple[CaseMessage, ...]:
    """All messages of a case in their order."""
    photos: dict[int, list[Photo]] = {}
    columns = case_photos.c
    pages = select(columns.position, columns.page, columns.size, columns.sha256).where(columns.case_id == case_id)
    for row in connection.execute(pages.order_by(columns.position, columns.page)):
        photos.setdefault(row.position, []).append(Photo(page=row.page, size=row.size, sha256=row.sha256))
    wanted = (
        select(case_messages, charges.c.bill)
        .outerjoin(charges, charges.c.reference == case_messages.c.reference)
        .where(case_messages.c.case_id == case_id)
        .order_by(case_messages.c.position)
    )
    return tuple(
        CaseMessage(
            position=row.position,
            side=Side(row.side),
            action=Action(row.action),
            words=book.words(case_id, row.position, row.words),
            amount_fen=row.amount_fen,
            billed_in=row.bill,
            photos=tuple(photos.get(row.position, ())),
            at=row.at,
        )
        for row in connection.execute(wanted)
    )


def call_record(connection: Connection, call: str, account: int | None) -> CallRecord | None:
    """What the service knows of a call; its charge only for the caller, or (None) for staff."""
    caller, callee = accounts.alias("caller"), accounts.alias("callee")
    left, gone = leavings.alias("left"), leavings.alias("gone")
    wanted = (
        select(calls, call_charges)
        .add_columns(_number(caller.c.number, left.c.number).label("from_number"))
        .add_columns(_number(callee.c.number, gone.c.number).label("to_number"))
        .join(caller, caller.c.id == calls.c.caller_id)
        .join(callee, callee.c.id == calls.c.callee_id)
        .outerjoin(left, left.c.account_id == caller.c.id)
        .outerjoin(gone, gone.c.account_id == callee.c.id)
        .outerjoin(call_charges, call_charges.c.call == calls.c.id)
        .where(calls.c.id == call)
    )
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    told = quality_of(connection, call)
    charged = row.billed_s is not None and account in (None, row.caller_id)
    return CallRecord(
        call=call,
        caller=row.from_number,
        callee=row.to_number,
        video=row._mapping[calls.c.video],
        proposed_at=row.proposed_at,
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        reason=row.reason,
        destination=Words(row.destination_zh, row.destination_en) if charged else None,
        price_e4_yuan=row.price_e4_yuan if charged else 0,
        billed_s=row.billed_s if charged else 0,
        amount_fen=row.amount_fen if charged else 0,
        billed_in=row.bill if charged else None,
        caller_quality=told.get(CALLER),
        callee_quality=told.get(CALLEE),
    )


def claim_row(connection: Connection, case_id: int) -> CaseRow | None:
    """The claim of a case together with its terminal."""
    wanted = (
        select(warranty_claims, terminals.c.installed_on, terminals.c.opened_on)
        .join(terminals, terminals.c.id == warranty_claims.c.terminal_id)
        .where(warranty_claims.c.case_id == case_id)
    )
    return connection.execute(wanted).one_or_none()


def ruling_of(row: CaseRow, warranty_years: int) -> warranty.Ruling:
    """What clause 4 says of a claim, from what is known of the terminal by now."""
    category, noticed_on = warranty.Category(row.category), date.fromisoformat(row.noticed_on)
    return warranty.judge(terminal_value(row), category, noticed_on, warranty_years)


def claim_of(connection: Connection, case_id: int, warranty_years: int) -> Claim | None:
    """What of a case is a claim under the warranty; what clause 4 says of it, until the provider has decided."""
    row = claim_row(connection, case_id)
    if row is None:
        return None
    ruling = ruling_of(row, warranty_years)
    return Claim(
        terminal=row.terminal_id,
        category=warranty.Category(row.category),
        noticed_on=date.fromisoformat(row.noticed_on),
        last_day=ruling.last_day,
        ground=warranty.Ground(row.ground) if row.ground else ruling.ground,
        granted=row.granted,
        goodwill=row.goodwill,
        remedy=warranty.Remedy(row.remedy) if row.remedy else None,
        decided_on=_day(row.decided_on),
        done_on=_day(row.done_on),
    )


def terminal_value(row: CaseRow) -> warranty.Terminal:
    """A kept terminal as the rules of the warranty see it."""
    return warranty.Terminal(date.fromisoformat(row.installed_on), _day(row.opened_on))


def summaries(rows: Sequence[CaseRow], at: float) -> tuple[CaseSummary, ...]:
    """Cases in a list."""
    return tuple(summary_of(row, at) for row in rows)


def _line(connection: Connection, about: AboutLine) -> DisputedLine | None:
    same = (bill_lines.c.bill == about.bill) & (bill_lines.c.position == about.line)
    row = connection.execute(select(bill_lines).where(same)).one_or_none()
    if row is None:
        return None
    return DisputedLine(
        bill=row.bill,
        line=row.position,
        words=Words(row.zh, row.en),
        quantity=row.count,
        seconds=row.seconds,
        amount_fen=row.amount_fen,
    )


def _number(now: ColumnElement[str], before: ColumnElement[str]) -> ColumnElement[str]:
    """The number of one who has left is another's by now, and stands where they left it."""
    return func.coalesce(case((now.startswith("-"), before)), now)


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
