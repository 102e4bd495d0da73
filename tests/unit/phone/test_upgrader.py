"""What stands between a phone and the repository."""

import threading
from pathlib import Path

import pytest

from tests.support import trees
from vidphone.installation.tree import Installation
from vidphone.phone.upgrader import RepositoryUpgrader, Source
from vidphone.wire.errors import ErrorCode, VidphoneError
from vidphone.wire.releases import BuildEvent, Channel


class Watched(Installation):
    """Knows which threads read its lists of files."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, environment={})
        self.threads: list[threading.Thread] = []

    def manifest_of(self, build_id: str) -> bytes:
        self.threads.append(threading.current_thread())
        return super().manifest_of(build_id)


async def test_a_list_of_files_is_not_read_where_calls_run(tmp_path: Path) -> None:
    trees.tree(tmp_path / "installed", trees.OLD)
    installation = Watched(tmp_path / "installed")
    source = Source(b"", "http://127.0.0.1:1", Channel.STABLE)
    upgrader = RepositoryUpgrader(tmp_path, source, installation, "a" * 32, lambda: "token")
    with pytest.raises(VidphoneError) as failed:
        await upgrader.report(BuildEvent.CRASHED, "0.1.0+20261101.1-aaaaaaaa", "exit-1", 1.0)
    assert failed.value.code is ErrorCode.SERVICE_UNREACHABLE
    assert installation.threads
    assert threading.main_thread() not in installation.threads
