"""The ceremony of the offline keys: held once, whole."""

import json
from argparse import Namespace
from pathlib import Path

import pytest

from vidphone.release import ceremony
from vidphone.release.bench import Bench
from vidphone.release.said import Refused, refused
from vidphone.release.signers import PASSPHRASE_VARIABLE, Passphrases
from vidphone.service.releases.online import OnlineKeys
from vidphone.wire.release_staff import KEY_NAME

KINDS = ("root", "targets", "channels")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "correct horse")
    public = OnlineKeys(tmp_path / "online").public
    online = {
        name: {"keyid": key.keyid} | key.to_dict() for name, key in zip(("snapshot", "timestamp"), public, strict=True)
    }
    (tmp_path / "online.json").write_text(json.dumps(online))
    online_file = tmp_path / "online.json"
    return Bench(
        Namespace(folder=tmp_path / "own", passphrase_file=None, hand_in=False, online=online_file, key="", name="")
    )


class Mistyped(Passphrases):
    """The passphrases of the fourth key were not the same."""

    asked = 0

    def new(self, name: str) -> str:
        Mistyped.asked += 1
        if Mistyped.asked == 4:
            raise refused("passphrases-differ")
        return super().new(name)


def test_a_ceremony_that_was_broken_off_is_held_anew(bench: Bench) -> None:
    bench.passphrases = Mistyped()
    with pytest.raises(Refused):
        ceremony.init(bench)
    bench.passphrases = Passphrases()
    ceremony.init(bench)
    names = {path.name for path in (bench.folder / "offline").iterdir()}
    assert names == {f"{kind}-{number}.{end}" for kind in KINDS for number in (1, 2, 3) for end in ("pem", "json")}
    root = json.loads((bench.folder / "root.json").read_bytes())["signed"]
    held = {
        json.loads((bench.folder / "offline" / f"root-{number}.json").read_bytes())["keyid"] for number in (1, 2, 3)
    }
    assert set(root["roles"]["root"]["keyids"]) == held
    assert {path.name for path in bench.folder.iterdir()} == {"offline", "first", "root.json"}


def test_keepers_have_other_keys_for_channels_than_for_what_is_above_them(bench: Bench) -> None:
    ceremony.init(bench)
    root, targets = (json.loads((bench.folder / "first" / f"{name}.json").read_bytes()) for name in KINDS[:2])
    held = {
        kind: [json.loads((bench.folder / "offline" / f"{kind}-{n}.json").read_bytes())["keyid"] for n in (1, 2, 3)]
        for kind in KINDS
    }
    assert root["signed"]["roles"]["targets"]["keyids"] == held["targets"]
    assert {tuple(role["keyids"]) for role in targets["signed"]["delegations"]["roles"]} == {tuple(held["channels"])}
    assert not set(root["signed"]["keys"]) & set(targets["signed"]["delegations"]["keys"])


@pytest.mark.parametrize("name", ["", "../li", "/tmp/li", "Li", "li wang", "李", "li\n", "1li", "l" * 33])
def test_a_key_is_made_under_no_name_that_the_service_would_not_know(bench: Bench, name: str) -> None:
    bench.arguments.name = name
    with pytest.raises(Refused, match="is no name"):
        ceremony.make_key(bench)
    assert not bench.folder.exists()


@pytest.mark.parametrize("name", [None, "\x1b[2Jli", 7])
def test_a_public_half_that_names_nobody_is_none(bench: Bench, name: object) -> None:
    bench.arguments.name = "li"
    ceremony.make_key(bench)
    public = bench.folder / "keys" / "li.json"
    written = json.loads(public.read_bytes())
    assert ceremony._read_public(public).keyid == written["keyid"]
    public.write_text(json.dumps({key: value for key, value in (written | {KEY_NAME: name}).items() if value}))
    with pytest.raises(Refused, match="is no key"):
        ceremony._read_public(public)


def test_a_ceremony_is_held_once(bench: Bench) -> None:
    ceremony.init(bench)
    before = (bench.folder / "root.json").read_bytes()
    with pytest.raises(Refused):
        ceremony.init(bench)
    assert (bench.folder / "root.json").read_bytes() == before
