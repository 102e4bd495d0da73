"""Every text that the main window asks for is there, and every text that is there is asked for."""

import json
import re
from pathlib import Path

from vidphone.account.settings import Theme
from vidphone.media.devices import DeviceKind
from vidphone.resources import assets_dir
from vidphone.texts import Language

SOURCES = Path(__file__).resolve().parents[3] / "vidphone" / "ui"
MADE_UP = {
    *(f"ui.settings.theme.{theme.value}" for theme in Theme),
    *(f"ui.settings.{kind.value}" for kind in DeviceKind),
    *(f"ui.history.{way}.{kind}" for way in ("missed", "incoming", "outgoing") for kind in ("video", "voice")),
}
"""Keys that the code puts together."""


def texts(language: Language) -> dict[str, str]:
    found: dict[str, str] = json.loads((assets_dir() / "texts" / language.value / "ui.json").read_text("utf-8"))
    return found


def of_other_pages() -> set[str]:
    """Keys of the files beside it, one a room: `ui_first_run.json` and the like."""
    folder = assets_dir() / "texts" / Language.ENGLISH.value
    return {key for path in folder.glob("ui_*.json") for key in json.loads(path.read_text("utf-8"))}


def test_texts_and_code_agree() -> None:
    asked = set(MADE_UP)
    for path in SOURCES.rglob("*.py"):
        asked.update(re.findall(r"[\"'](ui\.[a-z0-9.-]+)[\"']", path.read_text("utf-8")))
    assert asked - of_other_pages() == set(texts(Language.ENGLISH))


def test_both_languages_say_the_same_things_with_the_same_places() -> None:
    english, chinese = texts(Language.ENGLISH), texts(Language.CHINESE)
    assert list(english) == list(chinese)
    places = re.compile(r"\{(\w+)\}")
    for key, said in english.items():
        assert set(places.findall(said)) == set(places.findall(chinese[key])), key
        assert said
        assert chinese[key]


def test_every_icon_that_is_named_is_there() -> None:
    shipped = {path.stem for path in (assets_dir() / "icons").glob("*.svg")}
    before = r"(?:icon=|pixmap\(|icon\(|EmptyState\(theme, |RoundButton\(\s*(?:self\.)?_?theme, )"
    named: set[str] = set()
    for path in SOURCES.rglob("*.py"):
        named.update(re.findall(before + r'"([a-z0-9-]+)"', path.read_text("utf-8")))
    assert len(named) > 20
    assert named - shipped == set()
