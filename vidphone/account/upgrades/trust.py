"""What may be believed about releases: the update framework's client over our own fetcher (TUF 1.0.x).

The framework checks signatures, versions, expiry, and that all metadata are of one state of the repository. It asks
the system's clock; `require_fresh` asks others as well, so that a clock that was set back does not make an old copy of
the repository fresh: the answers' own, and the latest time that something signed has shown.
"""

from datetime import UTC, datetime
from pathlib import Path

from tuf.api.exceptions import (
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, Root, Signed, Snapshot, Targets, Timestamp
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.updater import Updater

from vidphone.account.profile import write_whole
from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.proofs import signing_role

_FLOOR = "latest-seen"
"""Beside the metadata; the framework's own files end in `.json`."""
_ROLES = (Root.type, Timestamp.type, Snapshot.type, Targets.type)


class Trust:
    """The metadata of one repository, as far as they are believed, kept in a folder. One refresh each; blocking."""

    def __init__(self, folder: Path, fetcher: Fetcher, metadata_url: str, targets_url: str, root: bytes | None) -> None:
        """Begin from the root of trust that came with the program; None: from the one kept in the folder.

        Raises:
            RepositoryError: that root is none.
            OSError: the folder cannot be read or written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._fetcher = fetcher
        self._targets_url = targets_url
        self._now = datetime.fromtimestamp(0.0, UTC)
        """By the clock of `require_fresh`."""
        self._updater = Updater(str(folder), metadata_url, fetcher=fetcher, config=UpdaterConfig(), bootstrap=root)

    def refresh(self) -> None:
        """Fetch and check what is newer than what is kept.

        Raises:
            DownloadError: it did not come.
            RepositoryError: it is not to be believed; what was believed before is kept.
            OSError: it could not be kept.
        """
        self._updater.refresh()

    def require_fresh(self, at: float) -> None:
        """Look at expiry again by another clock than the system's, and by the latest time seen; `target` does, too.

        Raises:
            ExpiredMetadataError: what is believed had to be renewed before.
        """
        self._now = datetime.fromtimestamp(max(at, self.latest_seen()), UTC)
        for role in _ROLES:
            self._check_expiry(role)

    def target(self, name: str, max_bytes: int) -> bytes | None:
        """The content of a target, to the byte as it was signed; None: there is none of that name.

        Raises:
            DownloadError, RepositoryError, OSError: as `refresh`.
        """
        info = self._updater.get_targetinfo(name)
        if info is None:
            return None
        if role := signing_role(self._targets(), name):  # whoever has the online keys keeps all others fresh for ever
            self._check_expiry(role)
        if info.length > max_bytes:
            raise RepositoryError("a target is larger than it may be")
        path = self._folder / "target"
        try:
            self._updater.download_target(info, str(path), self._targets_url)
            return path.read_bytes()
        finally:
            path.unlink(missing_ok=True)

    def download(self, name: str, folder: Path) -> bool:
        """Put a target into a folder, under its quoted name, if it is not there already; whether there is such a one.

        Raises:
            DownloadError, RepositoryError, OSError: as `refresh`.
        """
        self._updater.target_dir = str(folder)
        info = self._updater.get_targetinfo(name)
        if info is None:
            return False
        if self._updater.find_cached_target(info) is None:
            self._updater.download_target(info, target_base_url=self._targets_url)
        return True

    def fresh_until(self) -> float:
        """When the repository has to have been heard of again."""
        return self._kept(Timestamp.type).expires.timestamp()

    def latest_seen(self) -> float:
        """The latest time that something signed has shown; the clock cannot be before it."""
        try:
            return float((self._folder / _FLOOR).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    def saw(self, at: float) -> None:
        """Something signed was made at this time, or found fresh.

        Raises:
            OSError: it cannot be written; what was known before stays.
        """
        if at > self.latest_seen():
            write_whole(self._folder / _FLOOR, repr(at))

    def _check_expiry(self, role: str) -> None:
        if self._kept(role).is_expired(self._now):
            raise ExpiredMetadataError(f"{role} has expired by another clock")

    def _targets(self) -> Targets:
        targets = self._kept(Targets.type)
        assert isinstance(targets, Targets)  # noqa: S101 - the framework refuses any other
        return targets

    def _kept(self, role: str) -> Signed:
        kept: Signed = Metadata.from_file(str(self._folder / f"{role}.json")).signed
        return kept
