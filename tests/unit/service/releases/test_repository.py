"""A repository that is stopped anywhere shows phones its old state or its new one, whole."""

from datetime import timedelta
from pathlib import Path

import pytest
from tuf.ngclient.updater import Updater

from tests.support.releases import Releases
from vidphone.release import roles
from vidphone.service.releases.refusal import Refusal
from vidphone.service.releases.repository import Repository
from vidphone.wire.release_staff import HIGHEST
from vidphone.wire.releases import MAX_SEQUENCE, Channel, Manifest, target_path

TREE = {"bin/vidphone": b"program"}
PATH = target_path(Channel.TEST, "linux-x86_64")


class Stopped(Exception):
    """The process ended here."""


def seen(made: Releases, folder: Path) -> Manifest:
    """What a phone is offered, by the framework's own client."""
    folder.mkdir(parents=True)
    with made.serve() as url:
        phone = Updater(str(folder), f"{url}/metadata/", str(folder), f"{url}/targets/", bootstrap=made.root)
        target = phone.get_targetinfo(PATH)
        assert target is not None
        return Manifest.model_validate_json(Path(phone.download_target(target)).read_bytes())


def staged(made: Releases) -> None:
    """A second build, written aside."""
    built = made.build(TREE | {"lib/b.py": b"more"}, "0.3.0")
    made.upload(built)
    manifest = made.current().model_copy(
        update={
            "sequence": 2,
            "build_id": built.build.build_id,
            "version": "0.3.0",
            "files": built.build.files,
            "blobs": built.build.blobs,
        }
    )
    metadata, content = roles.with_manifest(made.channels["test"], manifest, made.now)
    given = {"test": roles.sign(metadata, [made.signers["li"]])}
    checked = made.repository.check(given, {PATH: content}, made.now)
    made.repository.stage("second", given, {PATH: content}, checked, made.now)


def test_stopped_at_each_step_it_is_old_or_new_and_can_be_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, steps = Path.replace, 0
    for stop_at in range(20):
        made = Releases(tmp_path / str(stop_at))
        made.push(TREE)
        staged(made)
        left = stop_at

        def replace(self: Path, target: Path) -> Path:
            nonlocal left
            if left == 0:
                raise Stopped
            left -= 1
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)
        try:
            made.repository.finish("second")
            finished = True
        except Stopped:
            finished = False
        monkeypatch.undo()
        assert seen(made, tmp_path / f"phone-{stop_at}").sequence == (2 if finished else 1)
        again = Repository(made.folder, made.online)
        for name in again.staged():
            again.finish(name)
        assert again.trusted is not None
        assert again.trusted.channels["test"].signed.version == 3
        steps += 1
        if finished:
            break
    assert steps == 7  # role, snapshot, manifest, its two packed forms, timestamp; and none


def test_what_is_staged_and_published_is_on_the_disk_by_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("vidphone.service.releases.repository.sync_folder", synced.append)
    made = Releases(tmp_path)
    made.push(TREE)
    synced.clear()
    staged(made)
    aside = made.folder / "staged" / "second"
    assert set(synced) == {aside.parent, aside, *(path for path in aside.rglob("*") if path.is_dir())}
    synced.clear()
    made.repository.finish("second")
    assert set(synced) >= {made.folder, (made.folder / "targets" / PATH).parent, made.folder / "targets" / "test"}


@pytest.mark.parametrize("written", [{"linux-x86_64": 3}, {"linux-x86_64": 0}, {}, {"linux-x86_64": "1"}, [1]])
def test_a_key_of_one_channel_leaves_others_a_next_sequence(tmp_path: Path, written: object) -> None:
    made = Releases(tmp_path)
    made.push(TREE)
    metadata = roles.renewed(made.channels["test"], "test", made.now)
    metadata.signed.unrecognized_fields[HIGHEST] = written
    with pytest.raises(Refusal):
        made.publish({"test": metadata})


def test_a_sequence_is_not_skipped(tmp_path: Path) -> None:
    made = Releases(tmp_path)
    made.push(TREE)
    with pytest.raises(Refusal) as refusal:
        made.change(sequence=MAX_SEQUENCE)
    assert refusal.value.reason == "sequence-skips"
    assert made.change(sequence=2).sequence == 2


def test_staged_and_forgotten_it_never_was(tmp_path: Path) -> None:
    made = Releases(tmp_path)
    made.push(TREE)
    staged(made)
    made.repository.forget("second")
    assert Repository(made.folder, made.online).staged() == []
    assert seen(made, tmp_path / "phone").sequence == 1


def test_snapshot_and_timestamp_are_signed_anew_in_time(tmp_path: Path) -> None:
    made = Releases(tmp_path)
    metadata = made.folder / "metadata"
    assert not made.repository.refresh(made.now + timedelta(hours=11))
    assert made.repository.refresh(made.now + timedelta(hours=13))
    assert not (metadata / "2.snapshot.json").exists()
    assert made.repository.refresh(made.now + timedelta(days=4))
    assert (metadata / "2.snapshot.json").exists()
    made.push(TREE)
    assert seen(made, tmp_path / "phone").sequence == 1


def test_keys_of_the_service_are_its_own_alone(tmp_path: Path) -> None:
    made = Releases(tmp_path)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}
    assert made.online.public[0].keyid != made.online.public[1].keyid
