import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import vidphone
from vidphone.release.said import print_table
from vidphone.texts import Language, catalogue

PACKAGE = Path(vidphone.__file__).parent
ROOMS = {"release": ({"say", "refused", "words"}, "release."), "service/releases": ({"Refusal"}, "releases.")}


def named() -> Iterator[tuple[str, str]]:
    for room, (makers, prefix) in ROOMS.items():
        for path in (PACKAGE / room).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
                if called in makers and isinstance(node, ast.Call):
                    for given in ast.walk(node.args[0]):
                        if isinstance(given, ast.Constant) and isinstance(given.value, str):
                            yield prefix + given.value, path.name


def test_all_that_is_said_is_written_in_the_catalogue() -> None:
    said = set(named())
    texts = catalogue(Language.ENGLISH)
    assert len(said) > 50
    assert {(key, where) for key, where in said if key not in texts and not key.endswith(("held-", "column."))} == set()


def test_what_others_wrote_reaches_no_terminal_as_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [("\x1b]0;owned\x07 林\u202e",)])
    assert capsys.readouterr().out.splitlines()[-1] == "\\x1b]0;owned\\x07 林\\u202e"
