"""What an installed tree remembers, removes and finds altered."""

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import trees
from tests.support.trees import NEW, NEWER, OLD
from vidphone.installation.altered import Altered, How, read_check
from vidphone.installation.errors import InstallationError, Reason
from vidphone.installation.installed_as import DISTRIBUTION_FILE, InstalledAs, distribution, installed_as
from vidphone.installation.layout import Layout, Rules
from vidphone.installation.seed import seed
from vidphone.installation.state import MAX_REPORTS, Event, State, read_state, write_state
from vidphone.installation.tree import Installation

BUILDS = st.sampled_from([OLD, NEW, NEWER])


def test_the_current_version_and_the_one_before_are_kept(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD, NEW, NEWER)
    assert installation.remove_old() == (OLD,)
    assert installation.versions() == (NEWER, NEW)
    assert installation.remove_old() == ()


def test_a_version_that_waits_for_its_time_is_kept(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD, NEW)
    trees.install(installation, NEWER)
    assert installation.remove_old() == ()
    installation.block(NEWER, "hung")
    assert installation.remove_old() == (NEWER,)
    assert installation.versions() == (NEW, OLD)


def test_a_version_that_failed_is_kept_until_that_is_told(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    trees.install(installation, NEW)
    installation.switch(NEW)
    installation.fall_back(NEW, "hung")
    assert installation.remove_old() == ()  # its list of files says of which channel it is
    installation.clear_reports(report.id for report in installation.pending_reports())
    assert installation.remove_old() == (NEW,)


def test_the_version_that_runs_is_kept(tmp_path: Path) -> None:
    trees.tree(tmp_path, OLD, NEW, NEWER)
    running = Installation(tmp_path, environment={"VIDPHONE_INSTALLATION": str(tmp_path), "VIDPHONE_BUILD": OLD})
    assert running.running() == OLD
    assert running.remove_old() == ()


def test_a_version_being_made_survives_cleaning_up(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    with installation.begin(NEW, trees.manifest(NEW, trees.content(NEW))) as staging:
        staging.copy_unchanged()
    installation.remove_old()
    with installation.begin(NEW, trees.manifest(NEW, trees.content(NEW))) as staging:
        assert len(staging.missing()) == 2


def test_going_back_is_to_the_last_build_that_proved_itself(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    for build in (NEW, NEWER):  # NEW never said that it is healthy
        trees.install(installation, build)
        installation.switch(build)
    assert installation.fall_back(NEWER, "hung") == OLD
    assert installation.current() == OLD


def test_going_back_leaves_a_newer_choice_alone(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD, NEW, NEWER)
    installation.fall_back(NEW, "exit-1")
    assert installation.current() == NEWER
    assert installation.blocked() == {NEW: "exit-1"}


def test_a_provider_can_go_back_to_a_version_that_is_there(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD, NEW)
    installation.switch(OLD)
    assert (installation.current(), installation.state().previous) == (OLD, NEW)


def test_a_blocked_build_can_be_allowed_again(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD, NEW)
    installation.block(NEW, "hung")
    assert installation.current() == OLD
    installation.unblock(NEW)
    installation.switch(NEW)
    assert installation.is_on_trial(NEW)


def test_with_nothing_but_a_blocked_build_to_go_back_to_there_is_no_trial(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD, NEW, healthy=False)
    assert installation.is_on_trial(NEW)
    assert installation.fall_back(NEW, "hung") == OLD
    assert not installation.is_on_trial(OLD)


def test_reports_are_told_once(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    installation.tell(Event.CRASHED, OLD, "signal-11")
    first, *others = installation.pending_reports()
    installation.clear_reports([first.id])
    assert installation.pending_reports() == tuple(others)


def test_altered_files_are_named(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    folder = installation.path_of(OLD)
    assert installation.check(OLD).altered == ()
    times = (folder / "lib/shared.bin").stat()
    (folder / "lib/shared.bin").write_bytes(bytes(len(trees.SHARED)))
    os.utime(folder / "lib/shared.bin", ns=(times.st_atime_ns, times.st_mtime_ns))  # size and time are as before
    (folder / "lib/deep/own.bin").unlink()
    (folder / "lib/more.bin").write_bytes(b"")
    (folder / "vidphone").chmod(0o777)
    found = installation.check(OLD).altered
    assert found == (
        Altered("lib/deep/own.bin", How.MISSING),
        Altered("lib/more.bin", How.EXTRA),
        Altered("lib/shared.bin", How.CHANGED),
        Altered("vidphone", How.MODE),
    )
    kept = Installation(tmp_path, environment={}).last_check()
    assert kept is not None
    assert (kept.build_id, kept.altered, kept.complete) == (OLD, found, True)


def test_a_link_in_place_of_a_file_is_a_change(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path / "tree", OLD)
    file = installation.path_of(OLD) / "lib/shared.bin"
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert installation.altered(OLD) == (Altered("lib/shared.bin", How.CHANGED),)


def test_a_check_that_is_stopped_says_so_and_replaces_no_other(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    whole = installation.check(OLD)
    assert not installation.check(OLD, stopped=lambda: True).complete
    assert installation.last_check() == whole


def test_a_list_that_leaves_the_folder_checks_nothing_outside(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    with pytest.raises(InstallationError) as told:
        installation.path_of("../..")
    assert told.value.reason is Reason.UNKNOWN_BUILD


def test_who_keeps_the_program_up_to_date_is_known(tmp_path: Path) -> None:
    installation = trees.tree(tmp_path, OLD)
    environment = {"VIDPHONE_INSTALLATION": str(tmp_path), "VIDPHONE_BUILD": OLD}
    program = installation.layout.program(OLD)
    package = tmp_path / "lib/vidphone"
    assert installed_as(environment, program, package) is InstalledAs.SELF_UPDATING
    assert installed_as({}, program, package) is InstalledAs.PACKAGE
    assert installed_as(environment, tmp_path / "elsewhere", package) is InstalledAs.PACKAGE
    assert installed_as({**environment, "VIDPHONE_BUILD": "../x"}, program, package) is InstalledAs.PACKAGE
    mark = program.parent / DISTRIBUTION_FILE
    mark.parent.mkdir(parents=True)
    mark.write_text("deb\n")
    assert distribution(program) == "deb"
    assert installed_as(environment, program, package) is InstalledAs.PACKAGE
    assert installed_as({}) is InstalledAs.SOURCE


def test_the_first_version_comes_out_of_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "source"
    files = trees.content(OLD)
    for path, data in files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes(data)
    installation = Installation(tmp_path / "tree", environment={})
    for _ in range(2):
        assert seed(installation, trees.manifest(OLD, files), source) == OLD
    assert installation.current() == OLD
    assert installation.altered(OLD) == ()
    assert stat.S_IMODE(installation.layout.program(OLD).stat().st_mode) == 0o755
    assert not installation.is_on_trial(OLD)


@given(
    st.lists(st.tuples(st.sampled_from(["starting", "left", "proved", "blocking", "unblocked", "switched"]), BUILDS))
)
def test_whatever_happens_the_state_reads_back_and_stays_sound(happened: list[tuple[str, str]]) -> None:
    state = State()
    for what, build in happened:
        more = {"starting": (1.0,), "proved": (1.0,), "blocking": ("hung",)}.get(what, ())
        state = state.switched(OLD, build) if what == "switched" else getattr(state, what)(build, *more)
        assert not set(state.healthy) & set(state.blocked)
    assert len(state.reports) <= MAX_REPORTS
    assert read_state(write_state(state)) == state


@given(st.binary(max_size=200))
def test_a_damaged_state_is_known_for_it(content: bytes) -> None:
    assert read_state(content) is None


@pytest.mark.parametrize(
    "said",
    [
        '{"starts": Infinity}',
        '{"healthy_within_s": 1e999}',
        '{"healthy_within_s": NaN}',
        '{"program": ""}',
        '{"program": ".."}',
        '{"program": "/bin/sh"}',
        "[" * 100_000,
        "7",
    ],
)
def test_rules_that_make_no_sense_are_as_usual(tmp_path: Path, said: str) -> None:
    (tmp_path / "launcher.json").write_text(said)
    assert Layout(tmp_path).rules() == Rules()


@pytest.mark.parametrize("at", ["1" * 400, "Infinity", "null", "[" * 100_000])
def test_a_check_that_cannot_be_read_is_none(at: str) -> None:
    assert read_check(f'{{"altered": [], "build_id": "{OLD}", "complete": true, "at": {at}}}'.encode()) is None
