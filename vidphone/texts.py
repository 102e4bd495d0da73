"""What the program says to a person, in Chinese and English (docs/adr/0004).

A text is found by key (`reason.busy`) in `assets/texts/<language>/*.json`; `{name}` places are filled by the
caller. `{name:span}` is a number of seconds, said as people say how long something takes. Both languages hold the same
keys and the same places: a test sees to it.
"""

import json
import locale
import math
import os
import string
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from vidphone.resources import assets_dir


class Language(StrEnum):
    """The languages the program speaks."""

    CHINESE = "zh"
    ENGLISH = "en"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All texts of a language by key."""
    texts: dict[str, str] = {}
    for path in sorted((assets_dir() / "texts" / language.value).glob("*.json")):
        texts.update(json.loads(path.read_text(encoding="utf-8")))
    return texts


def text(key: str, language: Language, **places: object) -> str:
    """The text of `key` with its places filled.

    Raises:
        KeyError: no such text, or a place was left unfilled. Both are faults of the program, not of its user.
    """
    return _Filler(language).vformat(catalogue(language)[key], (), places)


_UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
_WHOLE_MINUTES_S = 120


def span_words(seconds: float, language: Language) -> str:
    """How long something takes, rounded up: who waits that long has waited enough.

    `45 seconds`, `15 minutes`, `1 hour 5 minutes`: seconds only below two minutes, and no more than two units.
    """
    left = max(0, math.ceil(seconds))
    if left > _WHOLE_MINUTES_S:
        left = math.ceil(left / 60) * 60
    if left >= 86_400:
        left = math.ceil(left / 3600) * 3600
    said: list[str] = []
    for unit, length_s in _UNITS:
        count, left = divmod(left, length_s)
        if count or (length_s == 1 and not said):
            said.append(text(f"wording.{unit}.{'one' if count == 1 else 'more'}", language, count=count))
    return " ".join(said)


class _Filler(string.Formatter):
    """Fills the places of a sentence."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: object, format_spec: str) -> str:
        """A span in words; everything else as Python formats it. What is no number stays as it came."""
        if format_spec == "span":
            return span_words(value, self._language) if isinstance(value, int | float) else str(value)
        return str(super().format_field(value, format_spec))


class _Gaps(dict[str, object]):
    """Places of a sentence, some of which nobody filled."""

    def __missing__(self, place: str) -> str:
        return "…"


def told(key: str, language: Language, places: Mapping[str, object]) -> str:
    """The text of `key`, whose places came from elsewhere: the service, another program, an older version.

    A `detail` that is the key of a text stands for that text: whoever filled it need not know the language. A place
    that was left unfilled is shown as "…": it must not take the rest of the sentence away from the person.

    Raises:
        KeyError: no such text.
    """
    values = _Gaps(places)
    if isinstance(detail := places.get("detail"), str):
        values["detail"] = catalogue(language).get(detail, detail)
    return _Filler(language).vformat(catalogue(language)[key], (), values)


def has_text(key: str) -> bool:
    """Whether there is a text of that key."""
    return key in catalogue(Language.ENGLISH)


def system_language(environment: Mapping[str, str] = os.environ) -> Language:
    """The language of the person's system: Chinese where it says so, English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        if value := environment.get(name):
            return Language.CHINESE if value.lower().startswith("zh") else Language.ENGLISH
    named = locale.getlocale()[0] or ""  # Windows and macOS set no such variables
    return Language.CHINESE if named.lower().startswith(("zh", "chinese")) else Language.ENGLISH
