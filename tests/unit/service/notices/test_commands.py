import argparse
import re
import time

import pytest

from tests.unit.service.notices.desk import SECOND, Desk
from vidphone.service import commands
from vidphone.service.notices.announcements import Audience

WORDS = ("--title-zh", "维护", "--title-en", "Work", "--zh", "今晚。", "--en", "Tonight.")
WRITE = ("announce", "write", "--kind", "maintenance", *WORDS)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def admin(desk: Desk, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser, "admin")
    keys = str(desk.data.parent / "keys.json")
    return commands.run("admin", parser.parse_args([*arguments, "--data", str(desk.data), "--keys", keys]))


def test_staff_announce_and_withdraw(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert admin(desk, "announce", "list") == 0
    assert "no announcements" in capsys.readouterr().out
    assert admin(desk, *WRITE, "--at", "2127-01-01T02:00", "--everyone") == 0
    known = re.search(r"[0-9a-f]{32}", capsys.readouterr().out)
    assert known is not None
    assert admin(desk, *WRITE, "--plan", _plan(desk)) == 0
    assert admin(desk, *WRITE, "--numbers", "2001", "2002", "--begins", "2127-01-01T02:00:00+08:00") == 0
    assert admin(desk, "announce", "withdraw", "--announcement", known[0], "--reason", "not needed") == 0
    assert admin(desk, "announce", "list") == 0
    out = capsys.readouterr().out
    assert "withdrawn" in out
    assert "some numbers" in out
    assert {one.audience for one in desk.office.list()} == {Audience.EVERYONE, Audience.PLAN, Audience.NUMBERS}


def _plan(desk: Desk) -> str:
    return desk.offers().catalogue().plans[0].id


def test_staff_change_numbers(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    plan = ("change-number", "plan", "--number", "2001", "--to", "2901", "--effective", "2127-01-01T02:00")
    assert admin(desk, *plan, "--zh", "线路调整。", "--en", "Lines are moved.") == 0
    assert admin(desk, "change-number", "list") == 0
    assert "planned" in capsys.readouterr().out
    assert admin(desk, "change-number", "withdraw", "--number", "2001", "--reason", "asked for") == 0
    assert admin(desk, "change-number", "list") == 0
    assert "withdrawn" in capsys.readouterr().out


def test_staff_publish_the_agreement_on_offer(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.offers(SECOND.replace("2026-09-01", "2026-01-02"))
    assert admin(desk, "agreement", "list") == 0
    assert admin(desk, "agreement", "publish", "--zh", "滞纳金降低。", "--en", "A lower late fee.") == 0
    now = time.time()
    desk.runner.run(now + 1)
    desk.mine.object(desk.people[0].account, "2", "Why?", now + 2)
    assert admin(desk, "agreement", "list") == 0
    assert admin(desk, "agreement", "objections", "--version", "2") == 0
    assert "C000001" in capsys.readouterr().out
    assert admin(desk, "agreement", "accept", "--number", "2001", "--version", "2", "--reason", "settled") == 0
    assert admin(desk, "agreement", "objections", "--version", "2") == 0
    assert "Nobody objects" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*WRITE, "--everyone", "--at", "tomorrow"), "is no time"),
        ((*WRITE, "--everyone", "--begins", "2020-01-01T00:00"), "published before"),
        ((*WRITE, "--plan", "shoes"), "no plan shoes"),
        ((*WRITE, "--numbers", "2001", "4711"), "4711"),
        (("announce", "withdraw", "--announcement", "0" * 32, "--reason", "x"), "No such announcement"),
        (("change-number", "plan", "--number", "2001", "--to", "2002", "--effective", "2127-01-01"), "not free"),
        (("change-number", "plan", "--number", "2001", "--to", "2", "--effective", "2127-01-01"), "3 to 15"),
        (("change-number", "withdraw", "--number", "2001", "--reason", "x"), "No change"),
        (("agreement", "publish"), "Nobody has another version"),
        (("agreement", "publish", "--zh", "一"), "both languages"),
        (("agreement", "accept", "--number", "2001", "--version", "2", "--reason", "x"), "has not objected"),
    ],
)
def test_what_cannot_be_done_is_said(
    desk: Desk, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert admin(desk, *arguments) == 1
    assert said in capsys.readouterr().err
