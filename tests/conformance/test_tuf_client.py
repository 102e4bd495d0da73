from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.tuf_client import main
from tests.support import mirror as bad
from tests.support.mirror import Mirror
from tests.support.releases import Releases

NAME = "stable/linux-x86_64/manifest.json"


def test_the_conformance_client_answers_as_its_protocol_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    releases = Releases(tmp_path / "releases")
    releases.push({"vidphone": b"program"}, channel="stable")
    (tmp_path / "root.json").write_bytes(releases.root)
    mirror = Mirror(releases.folder)
    metadata, targets = tmp_path / "metadata", tmp_path / "targets"
    metadata.mkdir()
    targets.mkdir()

    def run(url: str) -> Callable[..., int]:
        def client(*arguments: str) -> int:
            given = ["client", "--metadata-dir", str(metadata), "--metadata-url", f"{url}/metadata", *arguments]
            monkeypatch.setattr("sys.argv", given)
            return main()

        return client

    with mirror.serve() as url:
        client = run(url)
        place = ("--target-dir", str(targets), "--target-base-url", f"{url}/targets")
        assert client("init", str(tmp_path / "root.json")) == 0
        assert client("refresh") == 0
        assert (metadata / "timestamp.json").exists()
        assert client("--target-name", NAME, *place, "download") == 0
        assert len(list(targets.iterdir())) == 1
        assert client("--target-name", NAME, "--target-name", "stable/none", *place, "download") == 1
        mirror.misdeeds["timestamp"] = bad.other_bytes
        assert client("refresh") == 1
    assert "Error" in capsys.readouterr().err
