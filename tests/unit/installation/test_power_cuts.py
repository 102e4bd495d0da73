"""The power fails after each step of each thing that changes a tree: what starts next is whole."""

from pathlib import Path

from tests.support import trees
from tests.support.trees import NEW, NEWER, OLD
from vidphone.installation.steps import Step
from vidphone.installation.tree import Installation


def assert_runs_whole(root: Path, *allowed: str) -> Installation:
    installation = Installation(root, environment={})
    current = installation.current()
    assert current in allowed
    for build in installation.versions():
        assert installation.altered(build) == ()
    assert current in installation.versions()
    return installation


def test_an_upgrade_cut_at_any_step_leaves_the_old_or_the_new_version_and_can_be_done_again(tmp_path: Path) -> None:
    def upgrade(installation: Installation) -> None:
        trees.install(installation, NEW)
        installation.switch(NEW)
        installation.healthy(NEW)

    def check(root: Path) -> None:
        upgrade(assert_runs_whole(root, OLD, NEW))
        done = assert_runs_whole(root, NEW)
        assert done.state().previous == OLD
        assert done.state().healthy[-1] == NEW

    walked = trees.every_step(tmp_path, _old, upgrade, check)
    never_here = {Step.SET_ASIDE, Step.REMOVED}
    assert set(walked) == set(Step) - never_here


def test_a_new_build_that_replaces_a_half_made_one_can_be_cut_anywhere(tmp_path: Path) -> None:
    def prepare(root: Path) -> None:
        _old(root)
        with Installation(root, environment={}).begin(NEW, trees.manifest(NEW, trees.content(NEW))) as staging:
            staging.copy_unchanged()

    def upgrade(installation: Installation) -> None:
        trees.install(installation, NEWER)
        installation.switch(NEWER)

    def check(root: Path) -> None:
        upgrade(assert_runs_whole(root, OLD, NEWER))
        assert_runs_whole(root, NEWER)

    trees.every_step(tmp_path, prepare, upgrade, check)


def test_going_back_cut_at_any_step_ends_at_the_version_before(tmp_path: Path) -> None:
    def prepare(root: Path) -> None:
        trees.tree(root, OLD)
        trees.tree(root, NEW, healthy=False)

    def check(root: Path) -> None:
        installation = assert_runs_whole(root, OLD, NEW)
        if installation.current() == NEW:
            installation.fall_back(NEW, "hung")
        installation.mend()
        assert installation.layout.pointed() == OLD
        assert installation.blocked() == {NEW: "hung"}
        assert [report.event for report in installation.pending_reports()].count("fell-back") == 1

    def go_back(installation: Installation) -> None:
        installation.fall_back(NEW, "hung")

    trees.every_step(tmp_path, prepare, go_back, check)


def test_removing_old_versions_can_be_cut_anywhere(tmp_path: Path) -> None:
    def prepare(root: Path) -> None:
        trees.tree(root, OLD, NEW, NEWER)

    def check(root: Path) -> None:
        installation = assert_runs_whole(root, NEWER)
        installation.remove_old()
        assert installation.versions() == (NEWER, NEW)
        assert not any(installation.layout.trash.iterdir())

    def remove(installation: Installation) -> None:
        installation.remove_old()

    walked = trees.every_step(tmp_path, prepare, remove, check)
    assert {Step.SET_ASIDE, Step.REMOVED} <= set(walked)


def _old(root: Path) -> None:
    trees.tree(root, OLD)
