"""Which paths a file of a build may have, so that it lands inside its folder on every system. Pure.

Sources: the names that Windows keeps for itself (Microsoft, "Naming Files, Paths, and Namespaces"); Unicode
normalisation form C, which macOS folds other forms into.
"""

import unicodedata
from collections.abc import Iterable

MAX_DEPTH = 32
RESERVED_FOLDER = ".release"
"""Beside the files: the manifest itself."""
_FORBIDDEN = frozenset('\\:*?"<>|')
_WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{digit}" for digit in "0123456789"), *(f"lpt{digit}" for digit in "0123456789")]
)


def fault_of_path(path: str) -> str | None:
    """What is wrong with one path; None: nothing is."""
    parts = path.split("/")
    if len(parts) > MAX_DEPTH:
        return "a path is too deep"
    if parts[0].casefold() == RESERVED_FOLDER:
        return "a path is the manifest's own"
    if not unicodedata.is_normalized("NFC", path) or not path.isprintable():
        return "a path is not plain text"
    for part in parts:
        if part in {"", ".", ".."} or part.endswith((".", " ")) or part.startswith(" "):
            return "a path leaves its folder or hides its name"
        if _FORBIDDEN & set(part) or part.partition(".")[0].casefold() in _WINDOWS_DEVICES:
            return "a path has another meaning on some system"
    return None


def fault_of_paths(paths: Iterable[str]) -> str | None:
    """What is wrong with the paths of one build: one of them, or two that are one file where case does not count."""
    files: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        if fault := fault_of_path(path):
            return fault
        folded = path.casefold()
        if folded in files:
            return "two paths are one file"
        files.add(folded)
        parts = folded.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    if files & folders:
        return "a path is a file and a folder"
    return None
