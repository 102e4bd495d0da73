"""The root that a member of staff trusts, kept."""

import os
from pathlib import Path

import pytest
from tuf.api.metadata import Metadata, Root

from tests.support.releases import Releases
from vidphone.release import roles
from vidphone.release.said import Refused
from vidphone.release.view import View
from vidphone.wire.release_staff import ROOT


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    """With a second root, while the first is what is trusted."""
    made = Releases(tmp_path)
    trusted = made.repository.trusted
    assert trusted is not None
    made.publish({ROOT: roles.renewed(trusted.root, ROOT, made.now)})
    (tmp_path / "root.json").write_bytes(made.root)
    return made


def view(releases: Releases, folder: Path) -> View:
    def fetch(path: str) -> bytes | None:
        file = releases.folder / path
        return file.read_bytes() if file.exists() else None

    return View(folder / "root.json", fetch)


def kept(folder: Path) -> int:
    version: int = Metadata[Root].from_file(str(folder / "root.json")).signed.version
    return version


def test_a_newer_root_takes_the_place_of_the_file(releases: Releases, tmp_path: Path) -> None:
    assert view(releases, tmp_path).root.signed.version == 2
    assert kept(tmp_path) == 2


def test_a_newer_root_has_the_name_only_once_it_is_on_the_disk(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", breaks)
    with pytest.raises(Refused):
        view(releases, tmp_path)
    assert kept(tmp_path) == 1
