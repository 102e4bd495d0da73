"""What the program says to a person, in Chinese and English (docs/adr/0004).

A text is found by key (`reason.busy`) in `assets/texts/<language>/*.json`; `{name}` places are filled by the
caller. Both languages hold the same keys and the same places: a test sees to it.
"""

import json
import locale
import os
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
    return catalogue(language)[key].format(**places)


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
    return catalogue(language)[key].format_map(values)


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
