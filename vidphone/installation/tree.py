"""An installed tree: versions beside each other, one of them current, the one before kept to go back to."""

import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from vidphone.installation import disk, locks
from vidphone.installation.altered import Altered, Check, Pace, Stopped, find_altered, read_check, write_check
from vidphone.installation.errors import InstallationError, Reason, told_as_reasons
from vidphone.installation.layout import read_small
from vidphone.installation.manifest import (
    RELEASE_FOLDER,
    ListedFile,
    Release,
    check_files,
    is_build_id,
    is_safe_path,
    read_manifest,
)
from vidphone.installation.memory import Memory
from vidphone.installation.staging import Staging, records
from vidphone.installation.state import Event, State
from vidphone.installation.steps import Reached, Step, unobserved

ROOT_VARIABLE = "VIDPHONE_INSTALLATION"
BUILD_VARIABLE = "VIDPHONE_BUILD"
TRIAL_VARIABLE = "VIDPHONE_TRIAL"
"""Set where the launcher counts this start: it tells whether the build is sound."""
RESERVE_BYTES = 33_554_432
"""Left free on the disk: the program's own data grows too."""

log = logging.getLogger(__name__)


class Installation(Memory):
    """One installed tree. Every method reads what is on the disk now: several processes may work on a tree at once.

    All of it blocks. Whatever is cut off, the tree stays one from which `current` or the version before starts.
    """

    def __init__(
        self,
        root: Path,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
        reached: Reached = unobserved,
    ) -> None:
        super().__init__(root, clock=clock, reached=reached)
        self._environment = environment

    # What there is

    def running(self) -> str | None:
        """The build that this process is, if the launcher of this tree started it."""
        build_id = self._environment.get(BUILD_VARIABLE, "")
        of_this_tree = self._environment.get(ROOT_VARIABLE, "") == str(self.root)
        return build_id if of_this_tree and is_build_id(build_id) else None

    def left_as_meant(self) -> None:
        """This process ends as it was meant to. Its start is not counted, if it was; nor is another's excused.

        Raises:
            InstallationError: as `change`.
        """
        if (build_id := self.running()) is not None and self._environment.get(TRIAL_VARIABLE):
            self.left(build_id)

    def current(self) -> str | None:
        """The build that is started next: what the pointer names, else the best that is there; None: nothing is."""
        pointed = self.layout.pointed()
        state = self.state()
        if pointed and pointed not in state.blocked and self.layout.is_usable(pointed):
            return pointed
        return self.candidate()

    def candidate(self, without: Iterable[str] = ()) -> str | None:
        """The best version to start when `without` cannot be: the one before, proved ones, the newest, whole first.

        A blocked build is better than none.
        """
        state = self.state()
        others = [build for build in self.layout.builds() if build not in set(without) and self.layout.is_usable(build)]

        def worth(build: str) -> tuple[bool, bool, bool, bool]:
            return (
                build not in state.blocked,
                self.layout.is_whole(build),
                build == state.previous,
                build in state.healthy,
            )

        return max(others, key=worth, default=None)  # of equals the newest, which stands first

    def versions(self) -> tuple[str, ...]:
        """Builds of which all files are there, the newest first."""
        return tuple(build for build in self.layout.builds() if self.layout.is_whole(build))

    def path_of(self, build_id: str) -> Path:
        """The folder of a version.

        Raises:
            InstallationError: `UNKNOWN_BUILD`.
        """
        if not is_build_id(build_id) or not self.layout.version(build_id).is_dir():
            raise InstallationError(Reason.UNKNOWN_BUILD, build_id[:100])
        return self.layout.version(build_id)

    def manifest_of(self, build_id: str) -> bytes:
        """The manifest by which a version was installed, byte by byte.

        Raises:
            InstallationError: `UNKNOWN_BUILD`, or what the disk says.
        """
        with told_as_reasons():
            return (self.path_of(build_id) / RELEASE_FOLDER / "manifest.json").read_bytes()

    def proof_of(self, build_id: str, name: str) -> bytes | None:
        """What was handed to `begin` as a proof; None: nothing of that name.

        Raises:
            InstallationError: `UNKNOWN_BUILD`.
        """
        folder = self.path_of(build_id) / RELEASE_FOLDER
        return read_small(folder / name) if is_safe_path(name) and "/" not in name else None

    def is_writable(self) -> bool:
        """Whether this process may change the tree."""
        return all(os.access(path, os.W_OK) for path in (self.root, self.layout.versions))

    def is_on_trial(self, build_id: str) -> bool:
        """Whether a build has not proved itself yet, and there is a version to go back to."""
        state = self.state()
        if build_id in state.healthy:
            return False
        back = self.candidate([build_id])
        return back is not None and back not in state.blocked

    # A new version

    def begin(self, build_id: str, manifest: bytes, proofs: Mapping[str, bytes] | None = None) -> Staging:
        """Begin to make a version, or go on with it; versions begun otherwise are given up. Close what is returned.

        Raises:
            InstallationError: `BAD_MANIFEST`, `UNSAFE_PATH`, `BLOCKED`, `BUSY` (somebody installs), `ALREADY_THERE`
                (only `switch` is left to do), `IN_USE` (it is there, damaged, and runs), `NO_SPACE`, or the disk's.
        """
        release = read_manifest(manifest)
        if release.build_id != build_id:
            raise InstallationError(Reason.BAD_MANIFEST, "the name of the build")
        kept = records(manifest, proofs or {})
        self._refuse_blocked(build_id)
        lock = locks.take(self.layout.lock("install"))
        try:
            with told_as_reasons():
                return self._begin(release, kept, lock)
        except BaseException:
            lock.release()
            raise

    def _begin(self, release: Release, kept: Mapping[str, bytes], lock: locks.Lock) -> Staging:
        build_id = release.build_id
        if self.layout.version(build_id).exists():
            if self.layout.is_whole(build_id):
                raise InstallationError(Reason.ALREADY_THERE, build_id)
            if build_id in self._kept() or not self._set_aside(build_id):
                raise InstallationError(Reason.IN_USE, build_id)
        folder = self.layout.staging / build_id
        for place in (self.layout.staging, self.layout.trash):
            place.mkdir(parents=True, exist_ok=True)
            for other in place.iterdir():
                if other != folder:
                    disk.remove_tree(other)
        self._reached(Step.OTHERS_CLEARED)
        self._check_space(folder, release)
        (folder / RELEASE_FOLDER).mkdir(parents=True, exist_ok=True)
        self.layout.versions.mkdir(exist_ok=True)
        self._reached(Step.STAGING_MADE)
        return Staging(folder, self.layout.version(build_id), release, kept, self._sources(), lock, self._reached)

    def _check_space(self, folder: Path, release: Release) -> None:
        there = {path: entry.stat().st_size for path, entry in disk.files_below(folder)} if folder.is_dir() else {}
        needed = RESERVE_BYTES + sum(file.size for file in release.files if there.get(file.path) != file.size)
        if (free := disk.free_bytes(self.root)) < needed:
            raise InstallationError(Reason.NO_SPACE, f"{needed - free}")

    def _sources(self) -> dict[tuple[str, int], Path]:
        sources: dict[tuple[str, int], Path] = {}
        for build_id in self.layout.builds():
            if release := self.layout.release(build_id):
                folder = self.layout.version(build_id)
                sources.update({(file.sha256, file.size): folder / file.path for file in release.files})
        return sources

    def switch(self, build_id: str) -> None:
        """Have the next start run a version, and remember the one before.

        Raises:
            InstallationError: `UNKNOWN_BUILD`, `INCOMPLETE`, `BLOCKED`, `BUSY`, or the disk's.
        """
        self.path_of(build_id)
        self._refuse_blocked(build_id)
        if not self.layout.is_whole(build_id):
            raise InstallationError(Reason.INCOMPLETE, build_id)
        before = self.current()
        self.change(lambda state: state.switched(before, build_id), lambda: self._point_to(build_id))

    def fall_back(self, build_id: str, code: str) -> str | None:
        """Give a build up: block it, keep that to be told, and point to the best other version; which one.

        None: there is no other, and nothing changed.

        Raises:
            InstallationError: as `change`.
        """
        target = self.candidate([build_id])
        if target is None:
            return None

        def changed(state: State) -> State:
            return state.blocking(build_id, code).with_report(Event.FELL_BACK, build_id, self._clock(), code, target)

        def point() -> None:
            if self.layout.pointed() == build_id:  # a newer one may have been switched to meanwhile
                self._point_to(target)

        self.change(changed, point)
        return target

    def mend(self) -> None:
        """Point to what is started instead of a version that cannot be, and keep that to be told.

        Raises:
            InstallationError: as `change`.
        """
        pointed, target = self.layout.pointed(), self.current()
        if target is None or target == pointed:
            return
        blocked = pointed in self.state().blocked  # told of when it was blocked
        code = "version" if pointed else "pointer"
        log.warning("the current version cannot be started (%s): taking %s", code, target)

        def changed(state: State) -> State:
            return state if blocked else state.with_report(Event.DAMAGED, pointed or "", self._clock(), code, target)

        self.change(changed, lambda: self._point_to(target))

    def _point_to(self, build_id: str) -> None:
        disk.write_small(self.layout.pointer, f"{build_id}\n".encode(), self._reached)

    # Old versions

    def remove_old(self) -> tuple[str, ...]:
        """Remove versions but the current one, the one before, one that waits, and those that run; which are gone.

        A version being made stays, to be gone on with, and one that failed until the provider was told of it.

        Raises:
            InstallationError: `BUSY` while somebody installs, or the disk's.
        """
        with locks.held(self.layout.lock("install")), told_as_reasons():
            kept = self._kept()
            gone = tuple(build for build in self.layout.builds() if build not in kept and self._set_aside(build))
            self.change(lambda state: state.only(self.layout.builds()))
            if self.layout.trash.is_dir():
                for folder in self.layout.trash.iterdir():
                    disk.remove_tree(folder)
                self._reached(Step.REMOVED)
            return gone

    def _kept(self) -> set[str]:
        state = self.state()
        kept = (self.current(), self.layout.pointed(), state.previous, self.running(), self._waiting())
        failed = (report.build_id for report in state.reports if report.event == Event.FELL_BACK)
        return {build for build in (*kept, *failed) if build}

    def _waiting(self) -> str | None:
        """A version above the current one, put off by somebody or fetched by another process that runs."""
        current, blocked = self.layout.release(self.current() or ""), self.state().blocked
        newest = next((build for build in self.versions() if build not in blocked), None)
        release = self.layout.release(newest) if newest else None
        return newest if current and release and release.sequence > current.sequence else None

    def _set_aside(self, build_id: str) -> bool:
        """Move a version out of the way unless it runs: a half-removed one must not look like a version."""
        claimed = locks.claim(self.layout.manifest(build_id))
        if claimed is None and self.layout.manifest(build_id).exists():
            return False
        self.layout.trash.mkdir(parents=True, exist_ok=True)
        aside = next(path for n in range(10_000) if not (path := self.layout.trash / f"{build_id}~{n}").exists())
        try:
            with suppress(OSError):  # on Windows: it runs
                self.layout.version(build_id).rename(aside)
                disk.sync_folder(self.layout.versions)
                self._reached(Step.SET_ASIDE)
                return True
            return False
        finally:
            if claimed:
                claimed.release()

    # Whether it is what was installed

    def altered(
        self,
        build_id: str,
        files: Iterable[ListedFile] | None = None,
        *,
        bytes_per_s: float | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> tuple[Altered, ...]:
        """Files of a version that are not as listed (clause 3), at most `MAX_NAMED`; `files` None: as it keeps it.

        Reads below `bytes_per_s`, hashing without holding other threads up.

        Raises:
            InstallationError: `UNKNOWN_BUILD`, `BAD_MANIFEST`, `UNSAFE_PATH`, or the disk's.
            Stopped: `stopped()` was true.
        """
        listed = tuple(files) if files is not None else read_manifest(self.manifest_of(build_id)).files
        check_files(listed)
        with told_as_reasons():
            return find_altered(self.path_of(build_id), listed, Pace(bytes_per_s, stopped))

    def check(
        self,
        build_id: str,
        files: Iterable[ListedFile] | None = None,
        *,
        bytes_per_s: float | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Check:
        """`altered`, and keep what it finds for `last_check`; where nothing can be written it is only returned.

        Raises:
            InstallationError: as `altered`.
        """
        try:
            found, complete = self.altered(build_id, files, bytes_per_s=bytes_per_s, stopped=stopped), True
        except Stopped:
            return Check(build_id, self._clock(), (), complete=False)
        check = Check(build_id, self._clock(), found, complete)
        with suppress(OSError):
            disk.write_small(self.layout.check, write_check(check), self._reached)
        return check

    def last_check(self) -> Check | None:
        """What the last whole check found; None: there was none, or of another build than the current one."""
        check = read_check(read_small(self.layout.check) or b"")
        return check if check and check.build_id == (self.running() or self.layout.pointed()) else None

    def _refuse_blocked(self, build_id: str) -> None:
        if reason := self.state().blocked.get(build_id):
            raise InstallationError(Reason.BLOCKED, reason)
