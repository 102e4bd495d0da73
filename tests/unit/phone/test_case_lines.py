"""The JSON lines of cases, devices and evidence."""

import json
from pathlib import Path

import pytest

from tests.fakes import cases
from vidphone.phone import case_commands as asked
from vidphone.phone import case_events, commands
from vidphone.phone.events import Request
from vidphone.phone.lines import LineWriter, command_from
from vidphone.terms.cases import CaseStep
from vidphone.terms.warranty import Category
from vidphone.texts import Language
from vidphone.wire.cases import AboutCall, AboutClause, AboutLine
from vidphone.wire.errors import ErrorCode, VidphoneError

ID = "0" * 31 + "1"
WRITER = LineWriter(Language.ENGLISH)
ABOUT = {"kind": "clause", "clause": 12}


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ({"do": "cases"}, asked.FetchCases()),
        ({"do": "cases", "before": "C000017"}, asked.FetchCases("C000017")),
        ({"do": "case", "case": "C000017"}, asked.FetchCase("C000017")),
        ({"do": "open-case", "about": ABOUT, "words": " why ", "id": ID},
         asked.OpenCase(AboutClause(clause=12), "why", id=ID)),
        ({"do": "open-case", "about": {"kind": "line", "bill": "202610-1001", "line": 2}, "words": "why", "id": ID,
          "findings": "slow", "photos": ["a.jpg"]},
         asked.OpenCase(AboutLine(bill="202610-1001", line=2), "why", "slow", (Path("a.jpg"),), ID)),
        ({"do": "open-case", "about": {"kind": "call", "call": "5" * 32}, "words": "why", "id": ID},
         asked.OpenCase(AboutCall(call="5" * 32), "why", id=ID)),
        ({"do": "write-in-case", "case": "C000017", "words": "this", "id": ID},
         asked.WriteInCase("C000017", "this", id=ID)),
        ({"do": "case-step", "case": "C000017", "step": "escalate", "id": ID},
         asked.TakeCaseStep("C000017", CaseStep.ESCALATE, id=ID)),
        ({"do": "terminals"}, asked.FetchTerminals()),
        ({"do": "claim", "terminal": 1, "category": "foreign-equipment", "words": "dark", "id": ID},
         asked.MakeClaim(1, Category.FOREIGN_EQUIPMENT, "dark", id=ID)),
        ({"do": "save-evidence", "path": "e.zip"}, asked.SaveEvidence(Path("e.zip"))),
    ],
)  # fmt: skip
def test_each_line_is_its_command(line: dict[str, object], command: commands.Command) -> None:
    assert command_from(json.dumps(line), "https://phone.example") == command


def test_each_case_has_an_id_of_its_own() -> None:
    line = json.dumps({"do": "open-case", "about": ABOUT, "words": "why"})
    one, other = (command_from(line, "https://phone.example") for _ in range(2))
    assert isinstance(one, asked.OpenCase)
    assert isinstance(other, asked.OpenCase)
    assert one.id != other.id


@pytest.mark.parametrize(
    "line",
    [
        {"do": "case", "case": "17"},
        {"do": "open-case", "about": {"kind": "agreement", "version": "2"}, "words": "why"},
        {"do": "open-case", "about": ABOUT, "words": "  "},
        {"do": "case-step", "case": "C000017", "step": "answer"},
        {"do": "claim", "terminal": 1, "category": "age", "words": "old"},
        {"do": "save-evidence", "path": ""},
    ],
)
def test_a_line_that_is_no_command_is_refused(line: dict[str, object]) -> None:
    with pytest.raises(VidphoneError, match=ErrorCode.BAD_COMMAND.value):
        command_from(json.dumps(line), "https://phone.example")


def test_events_are_told_with_the_fields_of_the_service() -> None:
    (listed,) = WRITER.lines(case_events.CasesShown(cases.CASES, more=True, before=None), 0.0)
    assert (listed["event"], listed["more"]) == ("cases", True)
    (shown,) = WRITER.lines(case_events.CaseShown(cases.DISPUTE_FULL, Request.CASE_STEP), 0.0)
    assert (shown["event"], shown["answers"]) == ("case", "case-step")
    assert json.loads(json.dumps(shown))["messages"][2]["amount_fen"] == -180
    (opened,) = WRITER.lines(case_events.CaseOpened(cases.DISPUTE_FULL, ID), 0.0)
    assert (opened["event"], opened["id"]) == ("case-opened", ID)
    (devices,) = WRITER.lines(case_events.TerminalsShown(cases.TERMINALS), 0.0)
    assert json.loads(json.dumps(devices))["terminals"][1]["opened_on"] == "2026-10-30"


def test_what_verifying_told_is_said_in_a_sentence_too() -> None:
    (good,) = WRITER.lines(cases.SAVED, 0.0)
    assert (good["intact"], good["problem"], good["root_given"]) == (True, None, True)
    (bad,) = WRITER.lines(cases.BROKEN, 0.0)
    assert (bad["intact"], bad["problem"], bad["about"]) == (False, "changed", "bills/202610-1001.pdf")
    assert "NOT as it was signed" in str(bad["message"])
