"""The provider's work on announcements, numbers and new versions of the agreement (clauses 7 and 15).

Each is one transaction with its entry in the audit chain. `actor` is who does it. Times are UTC seconds since 1970.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.notices import agreements, announcements, numbers
from vidphone.service.notices.agreements import Objection
from vidphone.service.notices.announcements import BadNotice, Draft, Listed
from vidphone.service.notices.numbers import NumberChange, Plan
from vidphone.service.offer import Offers
from vidphone.service.office.reasons import Reasons
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.places import Place
from vidphone.terms.orders import Words
from vidphone.wire.signaling import Topic

MOST = 1000
"""Of what a list shows at a time."""


@dataclass(frozen=True)
class NoticeOffice:
    """Blocking. What cannot be done raises `BadNotice`; a number that nobody has, `UnknownNumber`."""

    engine: Engine
    audit: AuditLog
    reasons: Reasons

    def write(self, draft: Draft, actor: str, at: float, once: str = "", reason: str = "") -> str:
        """Keep an announcement until its time; its id. `once`: the id to give it; one that is there stays as it is."""
        with writing(self.engine) as connection:
            if once and announcements.written(connection, once):
                return once
            try:
                why = self.reasons.keep(connection, "announcement-written", actor, None, reason, at)
            except ValueError:
                raise BadNotice("reason") from None
            return announcements.write(connection, draft, actor, at, self.audit, once, why)

    def withdraw(self, announcement: str, actor: str, reason: str, at: float) -> None:
        """Do not publish it, and do not change the agreement that it would have published."""
        with writing(self.engine) as connection:
            if not announcements.withdraw(connection, announcement, at):
                raise BadNotice("not-waiting")
            agreements.forget(connection, announcement)
            self._audit(connection, "announcement-withdrawn", actor, f"announcement:{announcement}", None, reason, at)

    def list(self, after: Place | None = None, limit: int = 50) -> tuple[Listed, ...]:
        """By the time of publication, latest first; those after a place."""
        with self.engine.connect() as connection:
            return announcements.listed(connection, after, min(limit, MOST))

    def plan_number(self, plan: Plan, actor: str, at: float) -> str:
        """Announce a change of number and do it at its time; the id of the announcement.

        Raises:
            NumberTaken: the new number is not free.
        """
        with writing(self.engine) as connection:
            return numbers.plan(connection, plan, actor, at, self.audit)

    def forget_number(self, old: str, actor: str, reason: str, at: float) -> None:
        """Take a planned change back."""
        with writing(self.engine) as connection:
            account = numbers.forget(connection, old, at)
            self._audit(connection, "number-change-withdrawn", actor, f"account:{account}", account, reason, at)

    def numbers(self, limit: int = 100, after: Place | None = None) -> tuple[NumberChange, ...]:
        """Changes of numbers, latest first; those after a place."""
        with self.engine.connect() as connection:
            return numbers.changes(connection, min(limit, MOST), after)

    def publish_agreement(self, offers: Offers, publish_at: float, words: Words | None, actor: str, at: float) -> str:
        """Announce the version on offer to those who have another one; the id of the announcement.

        Raises:
            BadConfig: a version that was offered before has other words now.
            VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up.
        """
        with writing(self.engine) as connection:
            return agreements.publish(connection, offers, publish_at, words, actor, at, self.audit)

    def check_news(self, offers: Offers) -> None:
        """See that there is a version to announce.

        Raises:
            VidphoneError: `SIGN_UP_CLOSED`, the provider is not set up.
        """
        with self.engine.connect() as connection:
            agreements.check_news(connection, offers.agreement()[0].version)

    def accept_agreement(self, number: str, version: str, actor: str, reason: str, at: float) -> None:
        """A customer took an objection back, as its case came out."""
        with writing(self.engine) as connection:
            account = agreements.accept(connection, number, version, at)
            hint(connection, (number,), Topic.AGREEMENT, at)
            self._audit(connection, "objection-taken-back", actor, f"account:{account}", account, reason, at)

    def agreements(self) -> tuple[agreements.Change, ...]:
        """Versions that were announced, latest first."""
        with self.engine.connect() as connection:
            return agreements.changes(connection)

    def objections(self, version: str, limit: int = 100, after: Place | None = None) -> tuple[Objection, ...]:
        """Who objected to a version, latest first; those after a place."""
        with self.engine.connect() as connection:
            return agreements.objections(connection, version, min(limit, MOST), after)

    def _audit(
        self, connection: Connection, kind: str, actor: str, subject: str, account: int | None, reason: str, at: float
    ) -> None:
        if not reason.strip():
            raise BadNotice("reason")
        try:
            details = self.reasons.keep(connection, kind, actor, account, reason, at)
        except ValueError:
            raise BadNotice("reason") from None
        self.audit.append(connection, kind, actor, subject, details, at)
