"""A build proves itself to its launcher only when media works."""

from pathlib import Path

import pytest

from tests.support.trees import NEW, OLD, install, tree
from vidphone.media.selfcheck import CODECS
from vidphone.phone import health
from vidphone.phone.health import Health, media_works


async def test_a_build_whose_media_works_is_healthy(tmp_path: Path) -> None:
    installation = tree(tmp_path, OLD)
    install(installation, NEW)
    installation.switch(NEW)
    assert installation.is_on_trial(NEW)
    assert await Health(installation, NEW).prove()
    assert not installation.is_on_trial(NEW)


async def test_a_build_without_media_stays_on_trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installation = tree(tmp_path, OLD)
    install(installation, NEW)
    installation.switch(NEW)
    monkeypatch.setattr(health, "media_works", lambda: False)
    installation.change(lambda state: state.starting(NEW, 0))
    assert not await Health(installation, NEW).prove()
    assert installation.is_on_trial(NEW)
    installation.left(NEW)
    assert installation.state().starts == {NEW: 1}


@pytest.mark.parametrize(
    ("working", "works"),
    [(set(CODECS), True), ({"Opus", "VP8"}, True), ({"Opus"}, False), (set(CODECS) - {"Opus"}, False), (set(), False)],
)
def test_sound_and_some_kind_of_picture_are_needed(
    monkeypatch: pytest.MonkeyPatch, working: set[str], works: bool
) -> None:
    monkeypatch.setattr("vidphone.media.selfcheck.works", working.__contains__)
    assert media_works() is works
