import ast
import json
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import vidphone
from vidphone.resources import assets_dir
from vidphone.texts import Language, catalogue, has_text, span_words, system_language, text, told
from vidphone.wire.errors import ErrorCode, explain
from vidphone.wire.reasons import EndReason

HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_files() -> None:
    folders = [assets_dir() / "texts" / language.value for language in Language]
    assert len({frozenset(path.name for path in folder.iterdir()) for folder in folders}) == 1


def test_both_languages_have_the_same_texts() -> None:
    assert catalogue(Language.CHINESE).keys() == catalogue(Language.ENGLISH).keys()


def test_both_languages_have_the_same_places() -> None:
    english = catalogue(Language.ENGLISH)
    differ = [key for key, said in catalogue(Language.CHINESE).items() if places(said) != places(english[key])]
    assert differ == []


@pytest.mark.parametrize("language", Language)
def test_places_are_names_that_the_program_fills(language: Language) -> None:
    wrong = [key for key, said in catalogue(language).items() if not all(name.isidentifier() for name in places(said))]
    assert wrong == []


@pytest.mark.parametrize("language", Language)
def test_no_text_is_given_twice(language: Language) -> None:
    seen: Counter[str] = Counter()
    for path in (assets_dir() / "texts" / language.value).glob("*.json"):
        pairs: list[tuple[str, str]] = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        seen.update(key for key, _ in pairs)
        assert [key for key, said in pairs if not isinstance(said, str) or not said.strip()] == []
    assert [key for key, count in seen.items() if count > 1] == []


def test_english_is_english_and_chinese_is_chinese() -> None:
    english, chinese = catalogue(Language.ENGLISH), catalogue(Language.CHINESE)
    assert [key for key, said in english.items() if HAN.search(said) and ".language." not in key] == []
    left = [
        key
        for key, said in chinese.items()
        if said == english[key] and WORD.search(re.sub(r"\{\w+\}", "", said)) and len(said.split()) > 2
    ]
    assert left == []


def test_chinese_uses_its_own_punctuation() -> None:
    after_han = re.compile(r"[\u4e00-\u9fff][,;!?]|[\u4e00-\u9fff]\.(?:\s|$)")
    assert [key for key, said in catalogue(Language.CHINESE).items() if after_han.search(said)] == []


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_has_a_sentence_and_a_next_step(code: ErrorCode, language: Language) -> None:
    sentence, step = (catalogue(language)[f"error.{code.value}{part}"] for part in ("", ".next"))
    filled: dict[str, str | int] = dict.fromkeys(places(sentence) | places(step), "x")
    told = explain(code, language, filled)
    assert told.message.strip()
    assert told.next_step.strip()
    assert "{" not in told.message + told.next_step


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_of_a_call_has_a_sentence(reason: EndReason) -> None:
    assert text(f"reason.{reason.value}", Language.CHINESE) != text(f"reason.{reason.value}", Language.ENGLISH)


def test_every_text_that_the_program_names_is_there() -> None:
    texts = catalogue(Language.ENGLISH)
    rooms = {key.partition(".")[0] for key in texts}
    looks_like_key = re.compile(rf"(?:{'|'.join(rooms)})(?:\.[a-z0-9-]+)+")
    named = {
        (node.value, path.name)
        for path in Path(vidphone.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and looks_like_key.fullmatch(node.value)
        and not node.value.endswith((".lock", ".log", ".typ"))
        and not (node.value.endswith(".id") and (path.name.startswith("tables") or path.parent.name == "versions"))
    }
    assert len(named) > 50
    missing = {(key, where) for key, where in named if not any(there.startswith(key) for there in texts)}
    assert missing == set()


def errors_written_out() -> Iterator[tuple[str, ErrorCode, set[str]]]:
    """Where the program makes an error of a code written there: the place, the code, the names of what it tells."""
    for path in Path(vidphone.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            maker = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            codes = [at for at, given in enumerate(node.args) if ast.unparse(given).startswith("ErrorCode.")]
            if maker not in {"VidphoneError", "Failure", "SignedOut", "Refusal", "of_error"} or not codes:
                continue
            told: set[str] = set()
            for about in node.args[codes[0] + 1 :]:
                pairs = about.keys if isinstance(about, ast.Dict) else getattr(about, "elts", [])
                names = [pair.elts[0] if isinstance(pair, ast.Tuple) else pair for pair in pairs]
                told.update(str(name.value) for name in names if isinstance(name, ast.Constant))
            where = f"{path.name}:{node.lineno}"
            yield where, ErrorCode[ast.unparse(node.args[codes[0]]).removeprefix("ErrorCode.")], told


def test_every_error_is_made_with_what_its_sentence_tells() -> None:
    texts = catalogue(Language.ENGLISH)
    made = list(errors_written_out())
    assert len(made) > 50
    untold = {
        (where, code, place)
        for where, code, told in made
        for place in places(texts[f"error.{code}"] + texts[f"error.{code}.next"]) - told
        if not (place == "detail" and "why" in told)  # the hub finds the text of `why` in the language of the client
    }
    assert untold == set()


def test_a_place_left_open_is_a_fault() -> None:
    with pytest.raises(KeyError):
        text("error.bad-number", Language.ENGLISH)
    assert not has_text("no.such.text")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "0 seconds", "0 秒"),
        (1, "1 second", "1 秒"),
        (45.2, "46 seconds", "46 秒"),
        (60, "1 minute", "1 分钟"),
        (90, "1 minute 30 seconds", "1 分钟 30 秒"),
        (121, "3 minutes", "3 分钟"),
        (900, "15 minutes", "15 分钟"),
        (3599, "1 hour", "1 小时"),
        (3900, "1 hour 5 minutes", "1 小时 5 分钟"),
        (86_399, "1 day", "1 天"),
        (90_001, "1 day 2 hours", "1 天 2 小时"),
    ],
)
def test_a_span_is_said_as_people_say_it_and_never_too_short(seconds: float, english: str, chinese: str) -> None:
    assert span_words(seconds, Language.ENGLISH) == english
    assert span_words(seconds, Language.CHINESE) == chinese


def test_errors_say_in_people_s_units_how_long_to_wait() -> None:
    about: dict[str, str | int] = {"seconds": 900}
    assert explain(ErrorCode.TOO_MANY_ATTEMPTS, Language.ENGLISH, about).next_step == "Wait 15 minutes, then try again."
    assert explain(ErrorCode.SERVICE_BUSY, Language.CHINESE, about).next_step == "请在 15 分钟后重试。"
    assert told("error.service-busy.next", Language.ENGLISH, {}) == "Try again in …."
    assert told("error.service-busy.next", Language.ENGLISH, {"seconds": "soon"}) == "Try again in soon."


def test_chinese_has_one_word_for_the_provider() -> None:
    others = re.compile("运营商|提供商|服务提供者|服务方")
    differ = [key for key, said in catalogue(Language.CHINESE).items() if others.search(said)]
    assert differ == ["document.provider-signs"]  # as the agreement that it stands under: 乙方（服务方）


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, Language.CHINESE),
        ({"LANG": "en_GB.UTF-8"}, Language.ENGLISH),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_TW"}, Language.CHINESE),
        ({"LANG": "de_DE.UTF-8"}, Language.ENGLISH),
        ({"LANG": "C"}, Language.ENGLISH),
    ],
)
def test_the_language_is_that_of_the_system(environment: dict[str, str], language: Language) -> None:
    assert system_language(environment) is language
