"""What is due of notices by time: publications, changed numbers, agreements that the time accepts.

Every step is one short transaction that finds out anew what is left, so a process may be killed at any moment, and
several may run at once: what one has published, the next no longer finds.
"""

import math
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.days import provider_day
from vidphone.service.notices import agreements as changed_agreements
from vidphone.service.notices import numbers
from vidphone.service.notices.announcements import Audience
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.subscriptions import plans_of
from vidphone.service.store.tables import accounts
from vidphone.service.store.tables_notices import announcement_accounts, announcements
from vidphone.wire.notices import AnnouncementKind
from vidphone.wire.signaling import Topic

AT_A_TIME = 200
"""Customers in one transaction beside a running service."""
HINTED_BY_NAME = 500
"""An announcement for more customers is hinted at to everyone: who is not concerned finds nothing new."""
_WAITING = announcements.c.published_at.is_(None) & announcements.c.withdrawn_at.is_(None)


@dataclass(slots=True)
class NoticeRunner:
    """Does what is due. One thread at a time. Blocking."""

    engine: Engine
    audit: AuditLog
    at_a_time: int = AT_A_TIME

    def step(self, at: float) -> bool:
        """The next piece of work; False once nothing is left for now. `at`: UTC seconds since 1970."""
        return self._publish(at) or self._renumber(at) or self._settle(at)

    def run(self, at: float) -> None:
        """Everything that is due."""
        while self.step(at):
            pass

    def _publish(self, at: float) -> bool:
        due = select(announcements).where(_WAITING, announcements.c.publish_at <= at)
        with self.engine.connect() as connection:
            row = connection.execute(due.order_by(announcements.c.publish_at, announcements.c.id).limit(1)).first()
        if row is None:
            return False
        if row.audience == Audience.PLAN:
            self._name_those_of_plan(row.id, row.plan, at)
        with writing(self.engine) as connection:
            if self._is_first(connection, row.id, at):
                if row.kind == AnnouncementKind.AGREEMENT:
                    changed_agreements.published(connection, row.id, at)
                    hint(connection, None, Topic.AGREEMENT, at)
                hint(connection, _numbers(connection, row), Topic.ANNOUNCEMENTS, at)
                subject = f"announcement:{row.id}"
                self.audit.append(connection, "announcement-published", "service", subject, {"kind": row.kind}, at)
        return True

    @staticmethod
    def _is_first(connection: Connection, announcement: str, at: float) -> bool:
        """Publish, unless that was done meanwhile. Each has a time of its own, by which lists are paged."""
        last = connection.scalar(select(func.max(announcements.c.published_at)))
        when = at if last is None or last < at else math.nextafter(last, math.inf)
        mine = update(announcements).where(announcements.c.id == announcement, _WAITING).values(published_at=when)
        return connection.execute(mine).rowcount == 1

    def _name_those_of_plan(self, announcement: str, plan: str, at: float) -> None:
        """Keep who has the plan today. What is there from a run that was interrupted stays."""
        after, today = 0, provider_day(at)
        while True:
            with writing(self.engine) as connection:
                some = select(accounts.c.id).where(accounts.c.id > after).order_by(accounts.c.id)
                found = connection.scalars(some.limit(self.at_a_time)).all()
                those = [one for one, holds in plans_of(connection, found, today).items() if holds.id == plan]
                rows = [{"announcement_id": announcement, "account_id": one} for one in those]
                if rows:
                    connection.execute(upsert(announcement_accounts).on_conflict_do_nothing(), rows)
            if len(found) < self.at_a_time:
                return
            after = found[-1]

    def _renumber(self, at: float) -> bool:
        with self.engine.connect() as connection:
            change = numbers.due_change(connection, at)
        if change is None:
            return False
        with writing(self.engine) as connection:
            numbers.perform(connection, change, at, self.audit)
        return True

    def _settle(self, at: float) -> bool:
        with self.engine.connect() as connection:
            version = changed_agreements.due_settlement(connection, provider_day(at))
        if version is None:
            return False
        with writing(self.engine) as connection:
            changed_agreements.settle(connection, version, self.at_a_time, at, self.audit)
        return True


def _numbers(connection: Connection, row: Row[tuple[object, ...]]) -> list[str] | None:
    """Whom to hint to; None: everyone."""
    if row.audience in (Audience.EVERYONE, Audience.CHANGED):
        return None
    named = (
        select(accounts.c.number)
        .join(announcement_accounts, announcement_accounts.c.account_id == accounts.c.id)
        .where(announcement_accounts.c.announcement_id == row.id)
        .limit(HINTED_BY_NAME + 1)
    )
    found = list(connection.scalars(named))
    return found if len(found) <= HINTED_BY_NAME else None
