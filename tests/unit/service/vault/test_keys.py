import json
import sys
import threading
from pathlib import Path

import pytest

from vidphone.service.vault.custody import VaultError
from vidphone.service.vault.keys import KeyFile, default_key_file

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="rights are inherited there")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "keys.json"


def test_the_keys_lie_outside_the_data_folder(tmp_path: Path) -> None:
    path = default_key_file(tmp_path / "data")
    assert tmp_path / "data" not in path.parents
    assert path.parent.parent == tmp_path


@posix_only
def test_only_the_owner_reads_the_keys(path: Path) -> None:
    KeyFile.create(path, at=1)
    KeyFile(path).rotate(at=2)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [found.name for found in path.parent.iterdir()] == ["keys.json"]


@posix_only
def test_keys_that_others_can_read_are_refused(path: Path) -> None:
    KeyFile.create(path, at=1)
    path.chmod(0o640)
    with pytest.raises(VaultError) as refused:
        KeyFile(path)
    assert (refused.value.reason, refused.value.places) == ("open-to-others", {"path": str(path)})


def test_keys_are_made_once_though_many_begin_at_the_same_moment(path: Path) -> None:
    made: list[KeyFile] = []
    threads = [threading.Thread(target=lambda: made.append(KeyFile.create(path, at=1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(keys.active(), keys.index_key) for keys in made}) == 1
    assert len(made) == 8


def test_older_keys_open_what_they_wrapped(path: Path) -> None:
    keys = KeyFile.create(path, at=1)
    first, wrapped = keys.wrap(b"d" * 32, b"context")
    second = keys.rotate(at=2)
    assert keys.wrap(b"d" * 32, b"context")[0] == second != first
    assert keys.unwrap(first, wrapped, b"context") == b"d" * 32


def test_a_running_service_sees_keys_that_another_process_made(path: Path) -> None:
    service, other = KeyFile.create(path, at=1), KeyFile(path)
    new = other.rotate(at=2)
    key_id, wrapped = other.wrap(b"d" * 32, b"context")
    assert key_id == new == service.active()
    assert service.unwrap(new, wrapped, b"context") == b"d" * 32
    assert service.wrap(b"d" * 32, b"context")[0] == new


def test_a_wrapped_key_opens_with_its_own_key_and_context_only(path: Path) -> None:
    keys = KeyFile.create(path, at=1)
    first, wrapped = keys.wrap(b"d" * 32, b"context")
    second = keys.rotate(at=2)
    for key_id, context in ((first, b"other"), (second, b"context")):
        with pytest.raises(VaultError, match="altered"):
            keys.unwrap(key_id, wrapped, context)
    with pytest.raises(VaultError, match="unknown-key"):
        keys.unwrap("0" * 16, wrapped, b"context")


def test_dropped_keys_are_gone_and_the_active_one_stays(path: Path) -> None:
    keys = KeyFile.create(path, at=1)
    first, wrapped = keys.wrap(b"d" * 32, b"context")
    second = keys.rotate(at=100)
    assert keys.retired(before=99) == frozenset()
    assert keys.retired(before=100) == {first}
    keys.drop([first])
    with pytest.raises(ValueError, match="active"):
        keys.drop([second])
    again = KeyFile(path)
    assert again.ids() == {second}
    with pytest.raises(VaultError, match="unknown-key"):
        again.unwrap(first, wrapped, b"context")


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"active": "0" * 16},
        {"index_key": "c2hvcnQ="},
        {"index_key": "?"},
        {"keys": {}},
        {"more": 1},
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_without_showing_it(
    path: Path, change: dict[str, object]
) -> None:
    KeyFile.create(path, at=1)
    kept = json.loads(path.read_bytes())
    path.write_text(json.dumps(kept | change))
    with pytest.raises(VaultError) as refused:
        KeyFile(path)
    assert refused.value.reason == "unreadable"
    assert refused.value.__suppress_context__
    assert kept["index_key"] not in str(refused.value.places)


def test_keys_that_are_away_are_never_made_anew_by_opening(path: Path) -> None:
    with pytest.raises(VaultError, match="missing"):
        KeyFile(path)
    assert not path.exists()


def test_keys_that_cannot_be_written_say_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VaultError, match="unwritable"):
        KeyFile.create(tmp_path / "file" / "keys.json", at=1)
