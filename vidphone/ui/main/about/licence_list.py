"""What this program is made with, and under which licences (clause 3). Knows no Qt.

A package has an index with all texts (docs/packages.md). Elsewhere the list of the project is read, and the texts that
each package brought to where it was installed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from vidphone.resources import assets_dir

LIST = "THIRD-PARTY-LICENSES.md"
INDEX = "INDEX.txt"
MAX_BYTES = 2_000_000
"""Of one text."""
_INDEXED = re.compile(r"(?P<name>.+?): (?P<licence>.*?)(?: \((?P<places>(?:packages|texts|system)/[^()]+)\))?")
_ROW = re.compile(r"\| (?P<name>[^|]+?) \| (?P<version>[^|]+?) \| (?P<licence>[^|]*?) \| (?P<home>[^|]*?) ?\|")
_TEXTS = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Licensed:
    """One thing that the program is made with."""

    name: str
    """With its version, where there is one."""
    licence: str
    home: str = ""
    """Where its source is; empty where nobody says."""
    texts: tuple[Path, ...] = ()

    def read(self) -> str:
        """Its licence in full, every text of it; empty where none is here."""
        return "\n\n\n".join(filter(None, map(_read, self.texts)))


@dataclass(frozen=True, slots=True)
class Licences:
    """All of it."""

    overview: str
    """Markdown: what is to be known before passing the program on, and the project's own list."""
    listed: tuple[Licensed, ...]

    def found(self, sought: str) -> tuple[Licensed, ...]:
        """What has all the words of `sought` in its name or licence."""
        words = sought.casefold().split()
        return tuple(
            one for one in self.listed if all(word in f"{one.name} {one.licence}".casefold() for word in words)
        )


def licences(own: str) -> Licences:
    """What this installation holds; `own` is the name of the program itself, which comes first."""
    folder = assets_dir() / "licences"
    if (folder / INDEX).is_file():
        return Licences(
            _read(folder / LIST),
            (Licensed(own, "Apache-2.0", texts=(folder / "vidphone-LICENSE",)), *_of_index(folder)),
        )
    root = assets_dir().parent
    places = (root, *sorted(root.parent.glob("vidphone-*.dist-info/licenses")))  # beside the package, where pip puts it
    overview = next(filter(None, (_read(place / LIST) for place in places)), "")
    texts = tuple(place / "LICENSE" for place in places if (place / "LICENSE").is_file())
    return Licences(overview, (Licensed(own, "Apache-2.0", texts=texts), *_of_list(overview)))


def _of_index(folder: Path) -> Iterator[Licensed]:
    found = [match for line in _read(folder / INDEX).splitlines() if (match := _INDEXED.fullmatch(line))]
    places = [place for match in found for place in (match["places"] or "").split(", ") if place]
    longer = {place.removesuffix("*") for place in places if place.endswith("*")}
    for match in found:
        texts = [path for place in (match["places"] or "").split(", ") for path in _texts_at(folder, place, longer)]
        yield Licensed(match["name"], match["licence"], texts=tuple(dict.fromkeys(texts)))


def _texts_at(folder: Path, place: str, all_stems: Iterable[str]) -> list[Path]:
    """The files of a place of the index, which may end in a star; those of a longer name are not of this one."""
    if not place.endswith("*"):
        return [folder / place] if place and (folder / place).is_file() else []
    stem = place.removesuffix("*")
    others = tuple(other for other in all_stems if other != stem and other.startswith(stem))
    paths = sorted(path for path in folder.glob(place) if path.is_file())
    return [path for path in paths if not path.relative_to(folder).as_posix().startswith(others or ("\0",))]


def _of_list(overview: str) -> Iterator[Licensed]:
    for line in overview.splitlines():
        if (match := _ROW.fullmatch(line)) and match["version"] not in ("version", "---"):
            texts = tuple(_of_distribution(match["name"]))
            yield Licensed(f"{match['name']} {match['version']}", match["licence"], match["home"], texts)


def _of_distribution(name: str) -> Iterator[Path]:
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        return
    for file in files:
        in_metadata = file.parts[0].endswith(".dist-info")
        if in_metadata and ("licenses" in file.parts[1:-1] or _TEXTS.search(file.name)):
            yield Path(str(file.locate()))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
