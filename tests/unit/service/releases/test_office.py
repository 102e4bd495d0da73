"""Publications with their deeds: both, or neither, wherever the service stops."""

from collections.abc import Iterator
from errno import ENOSPC
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.support.releases import Releases, manifest_of
from vidphone.release import roles
from vidphone.service.audit.log import AuditLog
from vidphone.service.releases.office import ReleaseOffice
from vidphone.service.releases.refusal import Refusal
from vidphone.service.releases.reports import BuildReports
from vidphone.service.releases.repository import Repository
from vidphone.service.releases.settings import ReleasesSettings
from vidphone.service.store.engine import open_database
from vidphone.service.store.tables import account_events
from vidphone.wire.release_staff import Action, HoldChange, Publication
from vidphone.wire.releases import Channel, Manifest, target_path

TREE = {"bin/vidphone": b"program"}
PLATFORM = "linux-x86_64"


class Stopped(Exception):
    """The process ended here."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_database(tmp_path / "data")
    yield made
    made.dispose()


def office_of(engine: Engine, repository: Repository) -> ReleaseOffice:
    audit = AuditLog(engine)
    return ReleaseOffice(engine, repository, audit, BuildReports(engine, audit, ReleasesSettings()))


def publication(made: Releases, channel: str, *signers: str) -> Publication:
    built = made.build(TREE)
    made.upload(built)
    manifest = manifest_of(built.build, channel, 1, ("1002",), made.now)
    metadata, content = roles.with_manifest(made.channels[channel], manifest, made.now)
    text = roles.sign(metadata, [made.signers[name] for name in signers]).decode()
    path = target_path(Channel(channel), PLATFORM)
    return Publication(
        action=Action.PUSH, reason="为什么", metadata={channel: text}, manifests={path: content.decode()}
    )


def kinds(engine: Engine) -> list[str]:
    return [entry.kind for entry in AuditLog(engine).entries()]


def test_stopped_after_the_deed_it_is_finished_at_the_next_start(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Releases(tmp_path / "made")
    office, at = office_of(engine, made.repository), made.now.timestamp()
    given = publication(made, "test", "li")
    with monkeypatch.context() as patched:
        patched.setattr(Repository, "finish", lambda *_: (_ for _ in ()).throw(Stopped))
        with pytest.raises(Stopped):
            office.publish(given, "li", at)
    again = Repository(made.folder, made.online)
    assert again.manifest(target_path(Channel.TEST, PLATFORM)) is None
    office_of(engine, again).recover(at)
    assert again.manifest(target_path(Channel.TEST, PLATFORM)) is not None
    office_of(engine, again).recover(at)
    assert kinds(engine) == ["release-published"]
    with engine.connect() as connection:
        assert [row.number for row in connection.execute(select(account_events))] == ["1002"]


def test_what_a_full_disk_cut_off_is_finished_before_anything_new(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Releases(tmp_path / "made")
    office, at = office_of(engine, made.repository), made.now.timestamp()
    given, other = publication(made, "test", "li"), publication(made, "test", "li")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError(ENOSPC, "")))
        with pytest.raises(OSError, match=str(ENOSPC)):
            office.publish(given, "li", at)
    with pytest.raises(Refusal) as refusal:
        office.publish(other, "wang", at + 1)
    assert refusal.value.reason == "version"
    published = made.repository.manifest(target_path(Channel.TEST, PLATFORM))
    assert published is not None
    assert published.model_dump_json(by_alias=True) in given.manifests.values()
    assert made.repository.staged() == []


def test_stopped_before_the_deed_it_never_was(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Releases(tmp_path / "made")
    office, at = office_of(engine, made.repository), made.now.timestamp()
    given = publication(made, "test", "li")
    with monkeypatch.context() as patched:
        patched.setattr(AuditLog, "append", lambda *_: (_ for _ in ()).throw(Stopped))
        with pytest.raises(Stopped):
            office.publish(given, "li", at)
    assert made.repository.staged() == []
    assert kinds(engine) == []
    assert office.offers().offers == ()
    assert office.publish(given, "li", at).done


def test_one_signature_waits_until_another_comes_or_it_is_overtaken(tmp_path: Path, engine: Engine) -> None:
    made = Releases(tmp_path / "made")
    office, at = office_of(engine, made.repository), made.now.timestamp()
    first = office.publish(publication(made, "stable", "li"), "li", at)
    assert not first.done
    (waiting,) = office.proposals().proposals
    assert (waiting.id, waiting.staff, waiting.publication.reason) == (first.waiting, "li", "为什么")
    assert office.publish(publication(made, "stable", "li", "wang"), "wang", at).done
    assert office.proposals().proposals == ()
    assert kinds(engine) == ["release-proposed", "release-published"]
    assert [deed.staff for deed in office.status().deeds] in (["li", "wang"], ["wang", "li"])


def test_lifting_a_hold_withdraws_the_halt_that_waits_for_signatures_and_nothing_else(
    tmp_path: Path, engine: Engine
) -> None:
    made = Releases(tmp_path / "made")
    office, at = office_of(engine, made.repository), made.now.timestamp()
    halts = [publication(made, "stable", "li").model_copy(update={"action": Action.HALT}) for _ in range(2)]
    other = publication(made, "stable", "li")
    for earlier_s, waiting in zip((3, 2, 1), (*halts, other), strict=True):
        office.publish(waiting, "li", at - earlier_s)
    halted, kept = (Manifest.model_validate_json(*one.manifests.values()).build_id for one in halts)
    office.hold(HoldChange(build_id=halted, held=True, reason="no sound"), "li", at)
    assert len(office.proposals().proposals) == 3
    office.hold(HoldChange(build_id=halted, held=False, reason="it was the network"), "li", at + 1)
    assert [one.publication.metadata for one in office.proposals().proposals] == [halts[1].metadata, other.metadata]
    deeds = office.status().deeds
    assert {(deed.action, deed.about, deed.reason) for deed in deeds if deed.at == at + 1} == {
        ("lift-hold", halted, "it was the network"),
        ("drop-halt", f"stable linux-x86_64 {halted}", "it was the network"),
    }
    assert kinds(engine)[-2:] == ["release-withdrawn", "release-held"]
    office.hold(HoldChange(build_id=kept, held=False, reason="never held here"), "li", at + 2)
    assert [one.publication.metadata for one in office.proposals().proposals] == [other.metadata]
