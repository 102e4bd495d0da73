"""What is remembered of the time that something signed has shown."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.releases import Releases
from vidphone.account.upgrades.fetching import Fetcher
from vidphone.account.upgrades.trust import Trust

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture
def trust(tmp_path: Path) -> Iterator[Trust]:
    root, fetcher = Releases(tmp_path / "releases").root, Fetcher(NOWHERE)
    yield Trust(tmp_path / "metadata", fetcher, f"{NOWHERE}/metadata/", f"{NOWHERE}/targets/", root)
    fetcher.close()


def test_the_latest_time_seen_never_goes_back(trust: Trust) -> None:
    assert trust.latest_seen() == 0.0
    for at in (10.5, 20.25, 15.0):
        trust.saw(at)
    assert trust.latest_seen() == 20.25


def test_a_time_has_its_name_only_once_it_is_on_the_disk(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    trust.saw(10.5)
    monkeypatch.setattr(os, "fsync", breaks)
    with pytest.raises(OSError, match="Input/output"):
        trust.saw(20.25)
    assert trust.latest_seen() == 10.5
