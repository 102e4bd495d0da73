"""Writing in cases, in the transaction of the caller: message, state, audit entry and hint stand or fall together.

Words and pictures are sealed: people write names and numbers into them. Times are UTC seconds since 1970.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Row, func, insert, select, update

from vidphone.service.audit.log import AuditLog
from vidphone.service.days import provider_day
from vidphone.service.store.hints import hint
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_cases import case_messages, case_photos, cases
from vidphone.service.vault.vault import Vault
from vidphone.terms.cases import DEFAULT, CaseState, CaseStep, Ending, NotNow, Progress, Terms, by_time, opened, take
from vidphone.wire.cases import MAX_MESSAGES, MAX_PHOTOS, Action, CaseKind, Side
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.signaling import Topic

NEVER = "9999-12-31"
"""Where nothing is due: the last of all days, so that lists by day have those cases at their end."""
CaseRow = Row[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A message to write. `request` is the id that its writer chose: once each."""

    request: str
    side: Side
    action: Action
    words: str = ""
    staff: str | None = None
    amount_fen: int | None = None
    reference: str | None = None


def case_number(case: int) -> str:
    """How a case is called."""
    return f"C{case:06d}"


def case_id(number: str) -> int:
    """The id of a case of that number."""
    return int(number[1:])


def progress_of(row: CaseRow) -> Progress:
    """How far a kept case has got, as it is kept: what time has done to it since comes with `by_time`."""
    due = None if row.due == NEVER else date.fromisoformat(row.due)
    ending = Ending(row.ending) if row.ending else None
    return Progress(CaseState(row.state), date.fromisoformat(row.since), due, ending)


def columns_of(progress: Progress) -> dict[str, str | None]:
    """The columns that keep it."""
    return {
        "state": progress.state.value,
        "since": progress.since.isoformat(),
        "due": progress.due.isoformat() if progress.due else NEVER,
        "ending": progress.ending.value if progress.ending else None,
    }


class CaseBook:
    """Blocking. One for the customer's side and the provider's."""

    def __init__(self, vault: Vault, audit: AuditLog, terms: Terms = DEFAULT) -> None:
        self._vault = vault
        self._audit = audit
        self._terms = terms

    def open_case(
        self,
        connection: Connection,
        account: int,
        kind: CaseKind | str,
        about: str,
        words: str,
        at: float,
        request: str | None = None,
    ) -> str:
        """A new case of a customer's; its number. The same `request` again: the same case.

        Args:
            connection: Of a transaction that writes.
            account: Whose.
            kind: What it is.
            about: As the table `cases` keeps it, such as `agreement:2026-11`.
            words: The customer's.
            at: Now.
            request: Chosen by who asks; None: each time another case.
        """
        request = request or uuid.uuid4().hex
        if (known := self.known(connection, account, request)) is not None:
            return case_number(known)
        first = {"kind": CaseKind(kind).value, "about": about, "opened_at": at, "changed_at": at, "seen_at": at}
        progress = columns_of(opened(provider_day(at), self._terms))
        row = {"account_id": account, "request": request} | first | progress
        case = int(connection.execute(insert(cases).values(row).returning(cases.c.id)).scalar_one())
        self._write(connection, case, 1, Entry(request, Side.CUSTOMER, Action.OPEN, words), at)
        details = {"case": case_number(case), "kind": CaseKind(kind).value, "about": about}
        self._audit.append(connection, "case-opened", "customer", f"account:{account}", details, at)
        self._hint(connection, account, at)
        return case_number(case)

    def known(self, connection: Connection, account: int, request: str) -> int | None:
        """The id of the case that a request opened before."""
        wanted = select(cases.c.id).where(cases.c.account_id == account, cases.c.request == request)
        return connection.scalar(wanted)

    def case(self, connection: Connection, number: str, account: int | None = None) -> CaseRow:
        """A case, of one customer or (None) of any.

        Raises:
            VidphoneError: `NOT_FOUND`.
        """
        wanted = select(cases).where(cases.c.id == case_id(number))
        if account is not None:
            wanted = wanted.where(cases.c.account_id == account)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise VidphoneError(ErrorCode.NOT_FOUND)
        return row

    def position(self, connection: Connection, case: int, request: str) -> int | None:
        """The message that a request wrote before."""
        wanted = select(case_messages.c.position)
        return connection.scalar(wanted.where(case_messages.c.case_id == case, case_messages.c.request == request))

    def next_position(self, connection: Connection, case: int) -> int:
        """Where the next message stands.

        Raises:
            VidphoneError: `TOO_MANY_CASES`, there are too many.
        """
        last = select(func.max(case_messages.c.position)).where(case_messages.c.case_id == case)
        position = (connection.scalar(last) or 0) + 1
        if position > MAX_MESSAGES:
            raise VidphoneError(ErrorCode.TOO_MANY_CASES)
        return position

    def add(
        self, connection: Connection, row: CaseRow, entry: Entry, at: float, step: CaseStep | None = None
    ) -> int | None:
        """Write a message, and with `step` move the case on; its position, None where the request did so before.

        Raises:
            VidphoneError: `CASE_NOT_NOW`, the case is closed, or the step is not possible as it stands;
                `TOO_MANY_CASES`, there are too many messages in it.
        """
        if self.position(connection, row.id, entry.request) is not None:
            return None
        after = by_time(progress_of(row), provider_day(at))
        try:
            if step is not None:
                after = take(after, step, provider_day(at), self._terms)
            elif after.state is CaseState.CLOSED:
                raise NotNow(entry.action.value)
        except NotNow:
            raise VidphoneError(ErrorCode.CASE_NOT_NOW) from None
        position = self.next_position(connection, row.id)
        self._write(connection, row.id, position, entry, at)
        self._keep(connection, row, after, entry, at)
        return position

    def expire(self, connection: Connection, row: CaseRow, after: Progress, at: float) -> None:
        """Close a case that time has closed."""
        position = self.next_position(connection, row.id)
        entry = Entry(f"expired-{after.since}", Side.SERVICE, Action.EXPIRE)
        self._write(connection, row.id, position, entry, at)
        self._keep(connection, row, after, entry, at)

    def add_photos(self, connection: Connection, row: CaseRow, entry: Entry, pages: Sequence[bytes], at: float) -> None:
        """Write a message of pictures, which were made anew from what was sent. Raises as `add`."""
        kept = select(func.count()).where(case_photos.c.case_id == row.id)
        position = self.position(connection, row.id, entry.request)
        if position is None and connection.execute(kept).scalar_one() + len(pages) > MAX_PHOTOS:
            raise VidphoneError(ErrorCode.TOO_MANY_CASES)
        position = self.add(connection, row, entry, at)
        if position is None:
            return
        for page, body in enumerate(pages, 1):
            place = f"{row.id}/{position}/{page}"
            sealed = self._vault.encrypt(body, table=case_photos.name, row=place, column="body")
            digest = hashlib.sha256(body).hexdigest()
            values = {"case_id": row.id, "position": position, "page": page, "size": len(body), "sha256": digest}
            connection.execute(insert(case_photos).values(values | {"body": sealed}))

    def seen(self, connection: Connection, case: int, at: float) -> None:
        """The customer has looked at a case."""
        connection.execute(update(cases).where(cases.c.id == case, cases.c.seen_at < at).values(seen_at=at))

    def words(self, case: int, position: int, sealed: bytes | None) -> str:
        """What a message says; nothing where it was erased."""
        if sealed is None:
            return ""
        place = f"{case}/{position}"
        return self._vault.decrypt(sealed, table=case_messages.name, row=place, column="words").decode()

    def picture(self, connection: Connection, case: int, position: int, page: int) -> bytes | None:
        """A picture in JPEG; None where there is none."""
        same = (case_photos.c.case_id == case) & (case_photos.c.position == position) & (case_photos.c.page == page)
        sealed = connection.scalar(select(case_photos.c.body).where(same))
        place = f"{case}/{position}/{page}"
        return sealed and self._vault.decrypt(sealed, table=case_photos.name, row=place, column="body")

    def _write(self, connection: Connection, case: int, position: int, entry: Entry, at: float) -> None:
        place = f"{case}/{position}"
        sealed = self._vault.encrypt(entry.words.encode(), table=case_messages.name, row=place, column="words")
        row = {
            "case_id": case,
            "position": position,
            "request": entry.request,
            "side": entry.side.value,
            "staff": entry.staff,
            "action": entry.action.value,
            "words": sealed if entry.words else None,
            "amount_fen": entry.amount_fen,
            "reference": entry.reference,
            "at": at,
        }
        connection.execute(insert(case_messages).values(row))

    def _keep(self, connection: Connection, row: CaseRow, after: Progress, entry: Entry, at: float) -> None:
        seen = {"seen_at": at} if entry.side is Side.CUSTOMER else {}
        changed = columns_of(after) | {"changed_at": at} | seen
        connection.execute(update(cases).where(cases.c.id == row.id).values(changed))
        actor = entry.staff or entry.side.value
        details = {"case": case_number(row.id), "state": after.state.value}
        if entry.amount_fen is not None:
            details |= {"fen": str(entry.amount_fen), "reference": entry.reference or ""}
        kind = f"case-{entry.action.value}"
        self._audit.append(connection, kind, actor, f"account:{row.account_id}", details, at)
        self._hint(connection, row.account_id, at)

    @staticmethod
    def _hint(connection: Connection, account: int, at: float) -> None:
        number = connection.scalar(select(accounts.c.number).where(accounts.c.id == account))
        if number is not None:
            hint(connection, (number,), Topic.CASES, at)
