"""What phones report of builds, and builds held back for it: offered to nobody until somebody looks.

Reports are not signed and need not be: a hold only ever withholds. They come from accounts, and each account counts
once, whatever installations it names. Of an installation only a hash is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import Connection, Engine, delete, distinct, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from vidphone.service.audit.log import AuditLog
from vidphone.service.releases.rules import FAILURES, holds
from vidphone.service.releases.settings import ReleasesSettings
from vidphone.service.store.engine import writing
from vidphone.service.store.hints import hint
from vidphone.service.store.tables_releases import release_holds, release_offers, release_reports
from vidphone.wire.release_staff import BuildFigures
from vidphone.wire.releases import BuildEvent, BuildReport, Held
from vidphone.wire.signaling import Topic

AUTOMATIC, BY_STAFF = "automatic", "staff"
KEPT_S = 180 * 86_400.0
BUILDS_SHOWN = 50
MAX_INSTALLATIONS = 20
"""That an account may name of one build."""
CODES_SHOWN = 5


class BuildReports:
    """Reports and holds. Blocking. Times are UTC seconds since 1970."""

    def __init__(self, engine: Engine, audit: AuditLog, settings: ReleasesSettings) -> None:
        self._engine = engine
        self._audit = audit
        self._settings = settings

    def take(self, report: BuildReport, account: int, at: float) -> None:
        """Count a report of a build that was published; the same one again counts nothing. May hold the build.

        A phone that has removed the build does not know any more which channel it came by: then it counts for the one
        where it was offered first.
        """
        row = {
            "build_id": report.build_id,
            "account": account,
            "install": sha256(f"vidphone-installation:{report.install_id}".encode()).hexdigest(),
            "event": report.event.value,
            "channel": report.channel.value,
            "platform": report.platform,
            "code": report.code,
            "at": at,
        }
        published = select(release_offers.c.channel).where(release_offers.c.build_id == report.build_id)
        with writing(self._engine) as connection:
            channels = connection.scalars(published.order_by(release_offers.c.id)).all()
            if not channels or not _may_name(connection, row):
                return
            if report.channel not in channels:
                row["channel"] = channels[0]
            added = connection.execute(upsert(release_reports).values(row).on_conflict_do_nothing())
            if added.rowcount and report.event in FAILURES:
                self._judge(connection, report.build_id, at)

    def _judge(self, connection: Connection, build_id: str, at: float) -> None:
        ours = release_holds.c.build_id == build_id
        if connection.scalar(select(release_holds.c.id).where(ours, release_holds.c.lifted_at.is_(None))) is not None:
            return
        since = connection.scalar(select(func.max(release_holds.c.lifted_at)).where(ours)) or 0.0
        seen = select(func.count(distinct(release_reports.c.account))).where(
            release_reports.c.build_id == build_id,
            release_reports.c.at > since,
            release_reports.c.event != BuildEvent.INSTALL_FAILED.value,  # it never ran there
        )
        accounts = connection.scalar(seen) or 0
        failed = connection.scalar(seen.where(release_reports.c.event.in_([one.value for one in FAILURES]))) or 0
        if not holds(failed, accounts, self._settings):
            return
        _hold(connection, build_id, AUTOMATIC, at)
        about = {"failed": str(failed), "accounts": str(accounts)}
        self._audit.append(connection, "release-held", "service", f"build:{build_id}"[:64], about, at)

    def change(self, connection: Connection, build_id: str, *, held: bool, at: float) -> bool:
        """Hold a build, or lift that, in the caller's transaction; whether anything changed."""
        there = (release_holds.c.build_id == build_id) & release_holds.c.lifted_at.is_(None)
        if not held:
            lifted = connection.execute(update(release_holds).where(there).values(lifted_at=at)).rowcount > 0
            hint(connection, None, Topic.RELEASES, at)
            return lifted
        if connection.scalar(select(release_holds.c.id).where(there)) is not None:
            return False
        _hold(connection, build_id, BY_STAFF, at)
        return True

    def held(self) -> Held:
        """What is offered to nobody."""
        wanted = select(release_holds.c.build_id).where(release_holds.c.lifted_at.is_(None)).order_by("build_id")
        with self._engine.connect() as connection:
            return Held(builds=tuple(connection.scalars(wanted.limit(1000))))

    def figures(self) -> tuple[BuildFigures, ...]:
        """What was reported of the builds that were offered last, newest first."""
        offered = release_offers.c
        wanted = (
            select(offered.build_id, offered.channel, offered.platform)
            .group_by(offered.build_id, offered.channel, offered.platform)
            .order_by(func.max(offered.id).desc())
            .limit(BUILDS_SHOWN)
        )
        with self._engine.connect() as connection:
            causes = {
                row.build_id: row.cause
                for row in connection.execute(select(release_holds).where(release_holds.c.lifted_at.is_(None)))
            }
            return tuple(
                self._figures(connection, row.build_id, row.channel, row.platform, causes.get(row.build_id, ""))
                for row in connection.execute(wanted).all()
            )

    @staticmethod
    def _figures(connection: Connection, build_id: str, channel: str, platform: str, held: str) -> BuildFigures:
        told = release_reports.c
        ours = (told.build_id == build_id) & (told.channel == channel) & (told.platform == platform)
        installations = connection.scalar(select(func.count(distinct(told.install))).where(ours)) or 0
        events: dict[str, int] = defaultdict(int)
        codes: Counter[str] = Counter()
        counted = select(told.event, told.code, func.count()).where(ours).group_by(told.event, told.code)
        for event, code, count in connection.execute(counted):
            events[event] += count
            if code:
                codes[code] += count
        return BuildFigures.model_validate(
            {
                "build_id": build_id,
                "channel": channel,
                "platform": platform,
                "installations": installations,
                "started": events[BuildEvent.STARTED],
                "healthy": events[BuildEvent.HEALTHY],
                "crashed": events[BuildEvent.CRASHED],
                "fell_back": events[BuildEvent.FELL_BACK],
                "install_failed": events[BuildEvent.INSTALL_FAILED],
                "held": held,
                "codes": dict(codes.most_common(CODES_SHOWN)),
            }
        )

    def forget_old(self, at: float) -> None:
        """Delete reports of half a year ago."""
        with writing(self._engine) as connection:
            connection.execute(delete(release_reports).where(release_reports.c.at < at - KEPT_S))


def _may_name(connection: Connection, row: Mapping[str, object]) -> bool:
    """Whether the account named that installation before, or has not named many."""
    told = release_reports.c
    named = select(told.install).distinct().where(told.build_id == row["build_id"], told.account == row["account"])
    before = connection.scalars(named).all()
    return row["install"] in before or len(before) < MAX_INSTALLATIONS


def _hold(connection: Connection, build_id: str, cause: str, at: float) -> None:
    connection.execute(insert(release_holds).values(build_id=build_id, cause=cause, since=at))
    hint(connection, None, Topic.RELEASES, at)
