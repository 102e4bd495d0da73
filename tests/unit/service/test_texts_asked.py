"""Every text of the console and of the command line is asked for: by its key, by the end of it, or by a pattern."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

import vidphone
from vidphone.texts import Language, catalogue

PROGRAM = Path(vidphone.__file__).parent
FOLDERS = [PROGRAM / name for name in ("service", "wire", "terms")]
CONSOLE = PROGRAM / "service" / "console"
ROOMS = ("console", "admin")
HOLE = "\0"
"""Where something is put into a string."""
OF_KEYS = re.compile(r"[a-z0-9.\0-]*[a-z]\.[a-z0-9.\0-]*|\0\.[a-z]+[a-z0-9.\0-]*")
ALL_OF_A_ROOM = {f"{room}.{HOLE}" for room in ROOMS}


def said_in_template(source: str) -> Iterator[str]:
    """The strings of a page; those that are put together have holes."""
    template = Environment(autoescape=True).parse(source)
    yield from (str(node.value) for node in template.find_all(nodes.Const))
    for joined in template.find_all(nodes.Concat):
        yield "".join(str(part.value) if isinstance(part, nodes.Const) else HOLE for part in joined.nodes)


def said_in_code(code: ast.AST) -> Iterator[str]:
    """The same of the program, or of a part of it."""
    for found in ast.walk(code):
        if isinstance(found, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in found.values)
        elif isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield found.value.replace("{}", HOLE)


def said_by_both(code: ast.AST) -> Iterator[str]:
    """What the office refuses, which the console and the command line say with texts of their own."""
    for found in ast.walk(code):
        if isinstance(found, ast.Call) and ast.unparse(found.func) == "NotPossible":
            yield from said_in_code(found)


class Asked:
    """What the program says, and whether a key is among it."""

    def __init__(self) -> None:
        self._strings: set[str] = set()
        self._ends: dict[str, set[str]] = {room: set() for room in ROOMS}
        patterns: set[str] = set()
        for path in (*(one for folder in FOLDERS for one in folder.rglob("*.py")), *CONSOLE.rglob("*.html")):
            source = path.read_text(encoding="utf-8")
            if path.suffix == ".html":
                said = set(said_in_template(source))
            else:
                code = ast.parse(source)
                said = set(said_in_code(code))
                self._ends["console"].update(said_by_both(code))
            self._strings |= said
            self._ends["console" if CONSOLE in path.parents else "admin"] |= said
            patterns |= {one for one in said if HOLE in one and OF_KEYS.fullmatch(one)}
        self._patterns = [
            re.compile("".join(r"([\w.-]+)" if part == HOLE else re.escape(part) for part in one))
            for one in patterns - ALL_OF_A_ROOM
        ]

    def __contains__(self, key: str) -> bool:
        room, _, end = key.partition(".")
        return key in self._strings or end in self._ends[room] or self._made(key) or self._made(end)

    def _made(self, key: str) -> bool:
        """Whether a pattern makes it of strings that the program has."""
        found = (one.fullmatch(key) for one in self._patterns)
        return any(match is not None and self._strings.issuperset(match.groups()) for match in found)


def test_every_text_of_the_console_and_of_the_command_line_is_asked_for() -> None:
    asked = Asked()
    texts = [key for key in catalogue(Language.ENGLISH) if key.partition(".")[0] in ROOMS]
    assert [key for key in (*texts, "console.nobody-asks") if key not in asked] == ["console.nobody-asks"]
