"""The service's releases, made of its folders and database."""

import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from vidphone.service.audit.log import AuditLog
from vidphone.service.days import utc
from vidphone.service.releases.office import ReleaseOffice
from vidphone.service.releases.online import OnlineKeys
from vidphone.service.releases.reports import BuildReports
from vidphone.service.releases.repository import Repository
from vidphone.service.releases.settings import ReleasesSettings
from vidphone.service.releases.staff import ReleaseStaff

FOLDER = "releases"


@dataclass(frozen=True)
class Releases:
    """What the HTTP interface asks of releases."""

    repository: Repository
    office: ReleaseOffice
    reports: BuildReports
    staff: ReleaseStaff

    def keep_fresh(self) -> None:
        """Finish what was begun, sign anew what runs out, and forget old reports. Blocking."""
        now = time.time()  # the time of phones, which a rehearsal's clock is not
        self.office.recover(now)
        self.repository.refresh(utc(now))
        self.reports.forget_old(now)


def build_releases(data: Path, keys: Path, engine: Engine, settings: ReleasesSettings) -> Releases:
    """Open the repository of a data folder, and finish what a stopped service had begun.

    Args:
        data: The service's folder.
        keys: The folder of its keys.
        engine: Its database.
        settings: Bounds.

    Raises:
        KeysUnfit: the service's own keys cannot be used.
        OSError: a folder cannot be written.
    """
    audit = AuditLog(engine)
    folder = data / FOLDER
    folder.mkdir(exist_ok=True)
    repository = Repository(folder, OnlineKeys(keys), settings.free_bytes)
    reports = BuildReports(engine, audit, settings)
    office = ReleaseOffice(engine, repository, audit, reports)
    made = Releases(repository, office, reports, ReleaseStaff(engine, audit))
    made.keep_fresh()
    return made
