"""Upgrades and reports as JSON lines."""

import json
from pathlib import Path

import pytest

from tests.fakes.upgrades import NOTES
from vidphone.phone import commands, events
from vidphone.phone.events import UpgradeStage, UpgradeState
from vidphone.phone.lines import LineWriter, command_from
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ({"do": "check-upgrade"}, commands.CheckUpgrade()),
        ({"do": "install-upgrade"}, commands.InstallUpgradeNow()),
        ({"do": "delay-upgrade", "hours": 24}, commands.DelayUpgrade(24)),
        ({"do": "report", "words": "no sound"}, commands.MakeReport("no sound")),
        ({"do": "send-report"}, commands.SendReport()),
        ({"do": "save-report", "path": "r.txt"}, commands.SaveReport(Path("r.txt"))),
        ({"do": "crash-reports", "on": False}, commands.AllowCrashReports(False)),
    ],
)
def test_lines_are_commands(line: dict[str, object], command: commands.Command) -> None:
    assert command_from(json.dumps(line), "") == command


@pytest.mark.parametrize("hours", ["soon", -1, float("nan"), 1e9])
def test_a_delay_that_makes_no_sense_is_none(hours: object) -> None:
    with pytest.raises(VidphoneError):
        command_from(json.dumps({"do": "delay-upgrade", "hours": hours}), "")


def test_states_are_lines_without_what_is_not_known() -> None:
    writer = LineWriter(Language.ENGLISH)
    ready = UpgradeState(UpgradeStage.READY, "0.3.0", NOTES, until=10.0, latest=20.0)
    assert writer.lines(ready, 0) == [
        {"event": "upgrade", "stage": "ready", "version": "0.3.0", "notes": NOTES.model_dump()}
        | {"until": 10.0, "latest": 20.0}
    ]
    failed = writer.lines(UpgradeState(UpgradeStage.FAILED, code=ErrorCode.UPGRADE_STALE), 0)[0]
    assert (failed["event"], failed["stage"], failed["code"]) == ("upgrade", "failed", "upgrade-stale")
    assert failed["message"]
    altered = events.InstallationAltered(("vidphone (changed)",), 3)
    assert writer.lines(altered, 0) == [{"event": "altered", "files": ["vidphone (changed)"], "count": 3}]
