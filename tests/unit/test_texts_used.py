"""No text is kept that nobody can be shown.

A key is used where the program writes it out, or puts it together: then each part that is put in must be a string, an
enum's value or a field's name of the module that does it, of one that it imports, or of one that imports it.
"""

import ast
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import vidphone
from vidphone.resources import assets_dir
from vidphone.texts import Language, catalogue

ROOT = Path(vidphone.__file__).parent
ROOMS = ("ui.", "calls.", "network.")
"""What the keys of texts in windows begin with."""
FROM_ELSEWHERE = {f"calls.stats.route.{kind}" for kind in ("host", "srflx", "prflx", "relay")}
"""Keys that are put together of what a library says: types of candidates (RFC 8445, 4)."""
NOBODYS = {"ui.nobody.says", "ui.settings.theme.purple", "ui.history.missed.letter"}
"""Keys that must be found."""
STEPS = 2
"""A key may be put together of what was put together."""
SHAPES = {".html", ".typ"}
"""What besides modules names texts."""


Pattern = tuple[str | None, ...]
"""Pieces of a text, None where something is put in."""


@dataclass
class Module:
    """What one module has to put keys together with."""

    strings: set[str] = field(default_factory=set)
    patterns: set[Pattern] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)


def pattern_of(node: ast.JoinedStr) -> Pattern:
    """What an f-string writes out and what it puts in."""
    return tuple(str(part.value) if isinstance(part, ast.Constant) else None for part in node.values)


def fits(pattern: Pattern, text: str, first: Container[str], near: Container[str]) -> bool:
    """Whether a pattern makes a text, `first` being what it may begin with and `near` what else may be put in."""
    if not pattern:
        return not text
    piece, rest = pattern[0], pattern[1:]
    if piece is not None:
        return text.startswith(piece) and fits(rest, text[len(piece) :], near, near)
    ends = (end for end in range(len(text) + 1) if text[:end] in first or text[:end].isdecimal())
    return any(fits(rest, text[end:], near, near) for end in ends)


def module_of(tree: ast.AST) -> Module:
    """What is written in a module."""
    module = Module()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(value)):
                module.strings.add(value)
            case ast.JoinedStr():
                module.patterns.add(pattern_of(node))
            case ast.BinOp(op=ast.Add(), left=ast.Constant(value=str(value))):
                module.patterns.add((value, None))
            case ast.BinOp(op=ast.Add(), right=ast.Constant(value=str(value))):
                module.patterns.add((None, value))
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                module.strings.add(name.replace("_", "-"))
            case ast.ImportFrom(module=str(source)):
                module.imports.add(source)
                module.imports.update(f"{source}.{name.name}" for name in node.names)
            case _:
                pass
    return module


@cache
def modules() -> dict[str, Module]:
    """All of the program, by name."""
    found = {}
    for path in ROOT.rglob("*.py"):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        found[name] = module_of(ast.parse(path.read_text(encoding="utf-8")))
    return found


@cache
def neighbours() -> dict[str, frozenset[str]]:
    """The modules with whose strings each can put keys together, itself among them."""
    down = {name: {name} | module.imports & modules().keys() for name, module in modules().items()}
    near = {name: set().union(*(down[other] for other in others)) for name, others in down.items()}
    for name, others in down.items():
        for other in others:
            near[other].add(name)
    return {name: frozenset(others) for name, others in near.items()}


def written_out() -> set[str]:
    """Every string of the program, and every word of its page templates that may be a key."""
    strings = set().union(*(module.strings for module in modules().values()))
    for folder in (ROOT, assets_dir()):
        for path in (path for path in folder.rglob("*") if path.suffix in SHAPES):
            strings.update(re.findall(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", path.read_text(encoding="utf-8")))
    return strings


def put_together(texts: Iterable[str], made: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Those of some texts that each module can make; `made` is what each made before, which others may add to."""
    texts = sorted(texts)
    found: dict[str, set[str]] = {}
    for name, others in neighbours().items():
        near = set().union(*(modules()[other].strings for other in others))
        first = near.union(*(made.get(other, set()) for other in others))
        for pattern in modules()[name].patterns:
            if pattern and any("." in (piece or "") for piece in pattern):
                start = pattern[0] or ""
                fitting = (text for text in texts if text.startswith(start) and fits(pattern, text, first, near))
                found.setdefault(name, set()).update(fitting)
    return found


def unused(keys: set[str]) -> set[str]:
    """Which keys no module names. What they are made of may be put together itself."""
    stems = {key[: dot.start()] for key in keys for dot in re.finditer(r"\.", key)}
    made: dict[str, set[str]] = {}
    for _ in range(STEPS):
        made = put_together(keys | stems, made)
    return keys - FROM_ELSEWHERE - written_out() - set().union(*made.values())


def test_no_text_of_the_windows_is_kept_that_nobody_can_be_shown() -> None:
    keys = {key for key in catalogue(Language.ENGLISH) if key.startswith(ROOMS)}
    assert len(keys) > 500
    assert unused(keys | NOBODYS) == NOBODYS
