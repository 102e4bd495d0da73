"""Making a version: what is refused, what is resumed, what a full disk leaves."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import trees
from tests.support.trees import NEW, NEWER, OLD
from vidphone.installation import disk
from vidphone.installation.errors import InstallationError, Reason
from vidphone.installation.manifest import FileEntry, is_safe_path, read_manifest
from vidphone.installation.staging import Staging
from vidphone.installation.tree import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return trees.tree(tmp_path / "tree", OLD)


def begin_new(installation: Installation) -> Staging:
    return installation.begin(NEW, trees.manifest(NEW, trees.content(NEW)))


def refused(act: Callable[[], object]) -> Reason:
    with pytest.raises(InstallationError) as told:
        act()
    return told.value.reason


def test_only_what_changed_is_asked_for_and_copies_are_files_of_their_own(installation: Installation) -> None:
    with begin_new(installation) as staging:
        assert {entry.path for entry in staging.copy_unchanged()} == {"vidphone", "lib/deep/own.bin"}
        trees.fill(staging, trees.content(NEW))
    new, old = (installation.path_of(build) / "lib/shared.bin" for build in (NEW, OLD))
    assert new.read_bytes() == old.read_bytes()
    assert new.stat().st_ino != old.stat().st_ino
    assert old.stat().st_nlink == 1


def test_modes_are_those_of_the_manifest(installation: Installation) -> None:
    trees.install(installation, NEW)
    modes = {path: (installation.path_of(NEW) / path).stat().st_mode & 0o777 for path in ("vidphone", "lib/shared.bin")}
    assert modes == {"vidphone": 0o755, "lib/shared.bin": 0o644}


def test_an_altered_file_of_the_old_version_is_not_copied(installation: Installation) -> None:
    shared = installation.path_of(OLD) / "lib/shared.bin"
    shared.write_bytes(bytes(len(trees.SHARED)))
    with begin_new(installation) as staging:
        assert "lib/shared.bin" in {entry.path for entry in staging.copy_unchanged()}


@pytest.mark.parametrize("fault", [errno.EIO, errno.EACCES, errno.ENOENT])
def test_a_file_of_the_old_version_that_cannot_be_read_is_fetched(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    real, shared = Path.open, installation.path_of(OLD) / "lib/shared.bin"

    def broken(self: Path, *given: Any, **more: Any) -> Any:
        if self == shared:
            raise OSError(fault, os.strerror(fault))
        return real(self, *given, **more)

    monkeypatch.setattr(Path, "open", broken)
    trees.install(installation, NEW)
    assert installation.altered(NEW) == ()


@pytest.mark.parametrize("sent", [b"", b"short", bytes(4000), b"x" * len(trees.content(NEW)["lib/deep/own.bin"])])
def test_content_that_is_not_as_listed_is_refused_and_nothing_of_it_stays(
    installation: Installation, sent: bytes
) -> None:
    with begin_new(installation) as staging:
        assert refused(lambda: staging.put("lib/deep/own.bin", [sent])) is Reason.WRONG_CONTENT
    left = [path for path in (installation.layout.staging / NEW).rglob("*") if path.is_file()]
    assert left == []


def test_endless_content_is_cut_at_its_size(installation: Installation) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 10

    with begin_new(installation) as staging:
        assert refused(lambda: staging.put("lib/deep/own.bin", endless())) is Reason.WRONG_CONTENT
    assert taken <= len(trees.content(NEW)["lib/deep/own.bin"]) // 10 + 1


def test_a_line_that_breaks_is_the_lines_fault_and_not_the_disks(installation: Installation) -> None:
    def broken() -> Iterator[bytes]:
        yield b"first"
        raise ConnectionResetError

    with begin_new(installation) as staging, pytest.raises(ConnectionResetError):
        staging.put("lib/deep/own.bin", broken())


def test_what_was_put_is_there_when_it_is_gone_on_with(installation: Installation) -> None:
    files = trees.content(NEW)
    with begin_new(installation) as staging:
        staging.put("vidphone", [files["vidphone"]])
    with begin_new(installation) as staging:
        assert {entry.path for entry in staging.missing()} == {"lib/shared.bin", "lib/deep/own.bin"}


def test_one_installs_at_a_time(installation: Installation) -> None:
    with begin_new(installation):
        assert refused(lambda: begin_new(Installation(installation.root))) is Reason.BUSY
        assert refused(installation.remove_old) is Reason.BUSY
    begin_new(installation).close()


def test_what_is_not_whole_is_never_switched_to(installation: Installation) -> None:
    with begin_new(installation) as staging:
        staging.copy_unchanged()
        assert refused(staging.finish) is Reason.INCOMPLETE
    assert refused(lambda: installation.switch(NEW)) is Reason.UNKNOWN_BUILD
    trees.install(installation, NEW)
    (installation.path_of(NEW) / "vidphone").write_bytes(b"")
    assert refused(lambda: installation.switch(NEW)) is Reason.INCOMPLETE
    trees.install(installation, NEW)  # it is made anew
    installation.switch(NEW)


def test_a_damaged_version_that_is_current_is_not_touched(installation: Installation) -> None:
    (installation.path_of(OLD) / "lib/shared.bin").unlink()
    assert refused(lambda: installation.begin(OLD, trees.manifest(OLD, trees.content(OLD)))) is Reason.IN_USE


def test_a_version_that_is_there_needs_only_to_be_switched_to(installation: Installation) -> None:
    assert refused(lambda: installation.begin(OLD, trees.manifest(OLD, trees.content(OLD)))) is Reason.ALREADY_THERE


def test_a_blocked_build_is_neither_made_nor_switched_to(installation: Installation) -> None:
    trees.install(installation, NEW)
    installation.block(NEW, "hung")
    installation.block(NEWER, "exit-1")
    assert refused(lambda: installation.switch(NEW)) is Reason.BLOCKED
    assert refused(lambda: installation.begin(NEWER, trees.manifest(NEWER, trees.content(NEWER)))) is Reason.BLOCKED


def test_space_is_looked_at_before_anything_is_written(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "free_bytes", lambda _path: 1_000)
    assert refused(lambda: begin_new(installation)) is Reason.NO_SPACE
    assert not (installation.layout.staging / NEW).exists()
    monkeypatch.undo()
    begin_new(installation).close()  # the lock was given back


def upgrade(installation: Installation) -> None:
    trees.install(installation, NEW)
    installation.switch(NEW)


def refused_for_space(installation: Installation) -> bool:
    try:
        upgrade(installation)
    except InstallationError as error:
        return error.reason is Reason.NO_SPACE
    return False


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_is_full_at_any_write_leaves_the_old_version_and_what_can_be_gone_on_with(
    tmp_path: Path, call: str
) -> None:
    real = getattr(os, call)
    at = 0
    while True:
        installation = trees.tree(tmp_path / f"{call}{at}", OLD)
        before = {path: path.read_bytes() for path in installation.path_of(OLD).rglob("*") if path.is_file()}
        count = 0

        def full(*given: object) -> object:
            nonlocal count
            count += 1
            if count > at:  # noqa: B023 - called within this turn only
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*given)

        with pytest.MonkeyPatch.context() as monkeypatch:
            monkeypatch.setattr(os, call, full)
            if not refused_for_space(installation):
                break
        named = call == "fsync" and installation.layout.pointed() == NEW  # only the folder could not be synced
        assert named or installation.current() == OLD
        assert {path: path.read_bytes() for path in before} == before
        upgrade(installation)
        assert installation.altered(NEW) == ()
        at += 1
    assert installation.current() == NEW
    assert at >= 6


UNSAFE = [
    "../x",
    "/x",
    "a/../../x",
    "a//x",
    "",
    ".",
    "a\\..\\x",
    "C:x",
    "x\0",
    ".release/manifest.json",
    ".RELEASE/x",
    "x.",
]


@pytest.mark.parametrize("path", UNSAFE)
def test_a_path_that_leaves_its_folder_is_refused(installation: Installation, path: str) -> None:
    written = trees.manifest(NEW, trees.content(NEW) | {path: b"evil"})
    assert refused(lambda: installation.begin(NEW, written)) is Reason.UNSAFE_PATH
    with begin_new(installation) as staging:
        assert refused(lambda: staging.put(path, [b"evil"])) is Reason.UNSAFE_PATH
    with begin_new(installation) as staging:
        assert refused(lambda: staging.put("lib/unlisted", [b"evil"])) is Reason.UNSAFE_PATH


@pytest.mark.parametrize("path", ["LIB/shared.bin", "lib", "vidphone/x"])
def test_two_files_that_are_one_are_refused(installation: Installation, path: str) -> None:
    written = trees.manifest(NEW, trees.content(NEW) | {path: b"other"})
    assert refused(lambda: installation.begin(NEW, written)) is Reason.UNSAFE_PATH


@given(st.text(max_size=40))
def test_a_safe_path_stays_below_its_folder(path: str) -> None:
    if is_safe_path(path):
        folder = Path("/tree/versions/x")
        assert Path(os.path.normpath(folder / path)).is_relative_to(folder)
        assert Path(os.path.normpath(folder / path)) != folder


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_manifest_is_read_otherwise_than_refused(content: bytes) -> None:
    assert refused(lambda: read_manifest(content)) in {Reason.BAD_MANIFEST, Reason.UNSAFE_PATH}


@pytest.mark.parametrize(
    ("name", "value"), [("mode", 0o777), ("mode", 0o4755), ("size", -1), ("sha256", "x"), ("size", 1.5)]
)
def test_a_file_with_another_mode_size_or_hash_is_refused(name: str, value: object) -> None:
    read = json.loads(trees.manifest(NEW, trees.content(NEW)))
    read["files"][0][name] = value
    assert refused(lambda: read_manifest(json.dumps(read).encode())) is Reason.BAD_MANIFEST


def test_a_manifest_of_another_build_is_refused(installation: Installation) -> None:
    written = trees.manifest(NEWER, trees.content(NEW))
    assert refused(lambda: installation.begin(NEW, written)) is Reason.BAD_MANIFEST


def test_manifest_and_proofs_are_kept_byte_by_byte(installation: Installation) -> None:
    files = trees.content(NEW)
    written = trees.manifest(NEW, files)
    with installation.begin(NEW, written, {"stable.json": b"signed"}) as staging:
        trees.fill(staging, files)
    assert installation.manifest_of(NEW) == written
    assert installation.proof_of(NEW, "stable.json") == b"signed"
    assert installation.proof_of(NEW, "../../../current") is None
    assert refused(lambda: installation.begin(NEWER, trees.manifest(NEWER, files), {"../x": b""})) is Reason.UNSAFE_PATH


def test_a_files_own_entry_reads_back() -> None:
    files = read_manifest(trees.manifest(NEW, {"a": b"x"})).files
    assert files == (FileEntry("a", 0o644, 1, files[0].sha256),)
