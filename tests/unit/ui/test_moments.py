from datetime import datetime

import pytest

from vidphone.texts import Language
from vidphone.ui.design.avatar import initials
from vidphone.ui.design.words import Words
from vidphone.ui.main.moments import duration, moment

NOW = datetime(2026, 3, 1, 8, 5)  # noqa: DTZ001 - one zone, whichever


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        (NOW.replace(hour=0, minute=1), "00:01", "00:01"),
        (NOW.replace(month=2, day=28, hour=23), "Yesterday 23:05", "昨天 23:05"),
        (NOW.replace(month=2, day=27), "27 Feb 08:05", "2月27日 08:05"),
        (NOW.replace(year=2025), "1 Mar 2025", "2025年3月1日"),
    ],
)
def test_a_moment_is_told_as_shortly_as_it_can_be(at: datetime, english: str, chinese: str) -> None:
    assert moment(at, NOW, Words(Language.ENGLISH)) == english
    assert moment(at, NOW, Words(Language.CHINESE)) == chinese


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(0.4, "0 s", "0 秒"), (65.0, "1 min 05 s", "1 分 05 秒"), (3720.0, "1 h 02 min", "1 小时 02 分")],
)
def test_a_duration_is_told_in_its_two_largest_units(seconds: float, english: str, chinese: str) -> None:
    assert duration(seconds, Words(Language.ENGLISH)) == english
    assert duration(seconds, Words(Language.CHINESE)) == chinese


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("张小明", "小明"),
        ("王芳", "王芳"),
        ("欧阳娜娜", "娜娜"),
        ("Ada Lovelace", "AL"),
        ("ada", "A"),
        ("Jean-Luc van Picard", "JP"),
        ("ßeta", "S"),
        ("13800138000", ""),
        ("", ""),
        ("李 Lee", "李L"),
    ],
)
def test_initials_stand_for_names_in_both_scripts(name: str, letters: str) -> None:
    assert initials(name) == letters
