"""Reports of problems and crashes in the database, under the build and the channel that they came from."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, case, delete, func, select

from vidphone.scrub import scrub_text
from vidphone.service.store.engine import writing
from vidphone.service.store.places import Place, beyond
from vidphone.service.store.tables_releases import release_offers
from vidphone.service.store.tables_reports import problem_reports as table
from vidphone.wire.reports import MAX_TEXT, Report, ReportKind

MAX_OF_A_BUILD = 300
"""Of one build in one channel the newest are kept; a crash that everyone has says the same each time."""
MAX_BYTES = 268_435_456
"""Of all reports together, packed; the oldest give way."""
MAX_REPORTS = 20_000
"""In all."""
AT_ONCE = 200
"""As many give way for one that comes."""
OTHER = "other"
"""Names every build that was never offered: who sends a report chooses what it says."""
KEPT_S = 180 * 86_400.0
LISTED = 200


class NoSuchReport(Exception):
    """There is no report of that id, or not any more."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in a list."""

    id: str
    kind: ReportKind
    build: str
    channel: str
    platform: str
    received_at: float
    fingerprint: str
    size: int

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.received_at, self.id)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many reports a build in a channel has, and how many different crashes are among them."""

    build: str
    channel: str
    problems: int
    crashes: int
    places: int
    latest_at: float


class StoredReports:
    """All reports. Blocking."""

    def __init__(self, engine: Engine, max_bytes: int = MAX_BYTES, max_reports: int = MAX_REPORTS) -> None:
        self._engine = engine
        self._max_bytes = max_bytes
        self._max_reports = max_reports

    def keep(self, report_id: str, report: Report, at: float) -> None:
        """Keep a report, once; what is too old or too much goes.

        Phones leave personal data out, and a person may type some: it is left out here once more.
        """
        text = scrub_text(report.text)[:MAX_TEXT] or "-"
        body = report.model_copy(update={"text": text}).model_dump_json().encode()
        with writing(self._engine) as connection:
            if connection.scalar(select(table.c.id).where(table.c.id == report_id)) is not None:
                return
            offered = select(release_offers.c.id).where(release_offers.c.build_id == report.build).limit(1)
            build = report.build if connection.scalar(offered) is not None else OTHER
            connection.execute(
                table.insert().values(
                    id=report_id,
                    kind=report.kind,
                    build=build,
                    channel=report.channel,
                    platform=report.platform,
                    received_at=at,
                    fingerprint=report.fingerprint,
                    size=len(body),
                    body=zlib.compress(body),
                )
            )
            self._make_room(connection, build, report.channel, at)

    def _make_room(self, connection: Connection, build: str, channel: str, at: float) -> None:
        connection.execute(delete(table).where(table.c.received_at < at - KEPT_S))
        of_build = (table.c.build == build, table.c.channel == channel)
        newest = select(table.c.id).where(*of_build).order_by(table.c.received_at.desc()).limit(MAX_OF_A_BUILD)
        connection.execute(delete(table).where(*of_build, table.c.id.not_in(newest)))
        packed = func.length(table.c.body)
        count, size = connection.execute(select(func.count(), func.coalesce(func.sum(packed), 0))).one()
        too_many, too_much = count - self._max_reports, size - self._max_bytes
        if too_many <= 0 and too_much <= 0:
            return
        oldest = select(table.c.id, packed.label("bytes")).order_by(table.c.received_at).limit(AT_ONCE)
        for row in connection.execute(oldest).all():
            if too_many <= 0 and too_much <= 0:
                break
            connection.execute(delete(table).where(table.c.id == row.id))
            too_many -= 1
            too_much -= row.bytes

    def list(
        self,
        build: str = "",
        channel: str = "",
        kind: ReportKind | None = None,
        after: Place | None = None,
        limit: int = LISTED,
    ) -> Sequence[Entry]:
        """Reports, newest first, of one build, channel or kind where it is named; those after a place; no texts."""
        columns = [column for column in table.c if column.name != "body"]
        wanted = select(*columns).order_by(table.c.received_at.desc(), table.c.id).limit(min(limit, LISTED))
        if after is not None:
            wanted = wanted.where(beyond(table.c.received_at, table.c.id, after))
        for column, value in ((table.c.build, build), (table.c.channel, channel), (table.c.kind, kind)):
            if value:
                wanted = wanted.where(column == value)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [Entry(**{**row, "kind": ReportKind(row["kind"])}) for row in rows]

    def counted(self) -> Sequence[Counted]:
        """How many there are of each build and channel, the build that was heard of last first."""
        crashes = func.sum(case((table.c.kind == ReportKind.CRASH, 1), else_=0))
        places = func.count(func.nullif(table.c.fingerprint, "").distinct())
        latest = func.max(table.c.received_at)
        wanted = select(table.c.build, table.c.channel, func.count(), crashes, places, latest)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.group_by(table.c.build, table.c.channel).order_by(latest.desc())).all()
        return [
            Counted(build, channel, whole - crashed, crashed, of, at) for build, channel, whole, crashed, of, at in rows
        ]

    def read(self, report_id: str) -> Report:
        """A report whole.

        Raises:
            NoSuchReport: there is none of that id.
        """
        with self._engine.connect() as connection:
            body = connection.scalar(select(table.c.body).where(table.c.id == report_id))
        if body is None:
            raise NoSuchReport(report_id)
        return Report.model_validate_json(zlib.decompress(body))
