import argparse
import re
from pathlib import Path

import pytest

from tests.support import billing
from tests.support.customers import sign_up
from tests.unit.service.outages.test_credits import JULY
from vidphone.service import commands


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def admin(data: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser, "admin")
    return commands.run("admin", parser.parse_args(["outages", *arguments, "--data", str(data)]))


def test_staff_record_mark_end_and_withdraw(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = billing.house(tmp_path)
    number = sign_up(house.engine, 1, JULY)[0].number
    house.engine.dispose()
    words = ("--zh", "光缆中断", "--en", "A cable was cut")
    assert admin(tmp_path / "data", "record", "--began", "2026-07-10T12:00", *words, "--numbers", number) == 0
    known = re.search(r"[0-9a-f]{32}", capsys.readouterr().out)
    assert known is not None
    named = ("--outage", known[0], "--reason", "repaired")
    assert admin(tmp_path / "data", "end", *named, "--ended", "2026-07-11T12:00") == 0
    assert admin(tmp_path / "data", "force-majeure", *named, *words) == 0
    assert admin(tmp_path / "data", "list") == 0
    assert "force majeure" in capsys.readouterr().out
    assert admin(tmp_path / "data", "no-force-majeure", *named) == 0
    assert admin(tmp_path / "data", "withdraw", *named) == 0
    assert admin(tmp_path / "data", "withdraw", *named) == 1
    assert "no such outage" in capsys.readouterr().err
