import argparse
import getpass
import io
from pathlib import Path

import pytest

from vidphone.service import commands, passwords
from vidphone.service.audit.log import AuditLog
from vidphone.service.store.customers import StoredCustomers
from vidphone.service.store.engine import open_database


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def admin(data: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser, "admin")
    return commands.run("admin", parser.parse_args([*arguments, "--data", str(data)]))


def test_customer_added_with_a_password_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert admin(tmp_path, "add", "--number", "1001", "--name", "张三", "--password-stdin") == 0
    assert admin(tmp_path, "list") == 0
    out = capsys.readouterr().out
    assert "张三" in out
    assert "correct horse" not in out


def test_made_password_is_shown_once_and_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert admin(tmp_path, "add", "--number", "1001", "--name", "Li Si", "--generate") == 0
    shown = capsys.readouterr().out.split("password is ")[1].split(".")[0]
    engine = open_database(tmp_path)
    kept = StoredCustomers(engine).credentials("1001")
    engine.dispose()
    assert kept is not None
    assert passwords._check(kept.password_hash, shown) == kept.password_hash


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "--number", "12", "--name", "A", "--generate"), "3 to 15 digits"),
        (("add", "--number", "1001", "--name", " ", "--generate"), "1 to 64"),
        (("add", "--number", "1001", "--name", "A", "--password-stdin"), "8 to 256"),
        (("add", "--number", "1001", "--name", "A", "--generate", "--paper", " "), "1 to 64"),
        (("disable", "--number", "1999"), "no number 1999"),
        (("numbers", "add", "2009-2000"), "2009-2000 is no range"),
        (("numbers", "add", "2000-9999999"), "same number of digits"),
        (("numbers", "add", "20"), "3 to 15 digits"),
        (("numbers", "rest", "--number", "2000", "--days", "1"), "is not free"),
        (("reviews", "suspend", "--number", "1999", "--reason", " "), "Say why"),
        (("reviews", "suspend", "--number", "1999", "--reason", "x"), "no number 1999"),
        (("reviews", "show", "--number", "1999", "--reveal", "shoe_size"), "no fields shoe_size"),
        (("reviews", "show", "--number", "1999", "--reveal", "name"), "give --reason"),
        (("agreements", "export", "--agreement", "0", "--to", "x"), "no document"),
        (("offer", "check"), ""),
        (("password", "--number", "1999", "--generate"), "no number 1999"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert admin(tmp_path, *arguments) == 1
    assert said in capsys.readouterr().err


def test_password_on_the_command_line_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        admin(tmp_path, "add", "--number", "1001", "--name", "A", "--password", "secret secret")


def test_customer_without_paper_is_told_to_call_free_numbers_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert admin(tmp_path, "add", "--number", "1001", "--name", "A", "--generate") == 0
    assert "free numbers only" in capsys.readouterr().out
    assert admin(tmp_path, "add", "--number", "1002", "--name", "B", "--generate", "--paper", "2026-017") == 0
    assert "free numbers only" not in capsys.readouterr().out
    assert admin(tmp_path, "agreements", "list") == 0
    listed = capsys.readouterr().out
    assert "2026-017" in listed
    assert "1001" not in listed


def test_numbers_are_offered_listed_and_kept_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert admin(tmp_path, "numbers", "add", "0098-0101", "2000") == 0
    assert "5 of 5" in capsys.readouterr().out
    assert admin(tmp_path, "numbers", "rest", "--number", "0100", "--days", "90") == 0
    capsys.readouterr()
    assert admin(tmp_path, "numbers", "list", "--state", "free") == 0
    listed = capsys.readouterr().out
    assert "0099" in listed
    assert "0100" not in listed


def test_all_that_is_changed_is_in_the_audit_chain_with_who_did_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, one = tmp_path / "data", ("--number", "1001")
    told = ("--actor", "li.na")
    assert admin(data, "add", *one, "--name", "张三", "--generate", *told) == 0
    assert admin(data, "password", *one, "--generate", *told) == 0
    assert admin(data, "disable", *one, "--reason", "lost his telephone", *told) == 0
    assert admin(data, "enable", *one) == 0
    assert admin(data, "numbers", "add", "2000-2009", *told) == 0
    assert admin(data, "numbers", "rest", "--number", "2000", "--days", "3", *told) == 0
    assert admin(data, "staff", "add", "wang", "--roles", "support", *told) == 0
    assert admin(data, "release-staff", "add", "--name", "wang", *told) == 0
    assert admin(data, "keys", "rotate", *told) == 0
    assert admin(data, "disable", *one, "--reason", "x" * 501, *told) == 1
    assert admin(data, "enable", "--number", "1999", *told) == 1
    engine = open_database(data)
    audit = AuditLog(engine)
    entries, sound = audit.entries(), audit.verify() is None
    engine.dispose()
    assert sound
    assert [entry.kind for entry in entries] == [
        "customer-added",
        "password-set",
        "customer-disabled",
        "customer-enabled",
        "numbers-offered",
        "number-kept-back",
        "staff-added",
        "release-staff-added",
        "keys-rotated",
    ]
    assert {entry.actor for entry in entries if entry.kind != "customer-enabled"} == {"li.na"}
    assert entries[3].actor == getpass.getuser()
    assert "reason" in entries[2].details
    assert "telephone" not in str(entries)


def test_who_does_it_has_a_plain_name(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        admin(tmp_path, "enable", "--number", "1001", "--actor", "张三")
