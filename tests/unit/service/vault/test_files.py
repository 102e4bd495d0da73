import os
from pathlib import Path

import pytest

from vidphone.service.vault.files import create_secret, write_secret


def test_a_file_that_is_there_is_never_made_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    assert create_secret(path, b"first")
    assert not create_secret(path, b"second")
    assert path.read_bytes() == b"first"


def test_a_crash_while_writing_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    create_secret(path, b"old")

    def crash(_handle: int) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="power"):
        write_secret(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_written_is_on_the_disk_before_it_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "secret", []
    create_secret(path, b"old")
    real = os.fsync

    def watch(handle: int) -> None:
        synced.append(path.read_bytes())
        real(handle)

    monkeypatch.setattr(os, "fsync", watch)
    write_secret(path, b"new")
    assert synced == [b"old", b"new"]  # the file under its other name, then the folder
