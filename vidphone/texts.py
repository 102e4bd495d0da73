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
