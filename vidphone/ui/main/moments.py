"""Times and durations as a person reads them."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QLocale

from vidphone.texts import Language
from vidphone.ui.design.words import Words

LOCALES = {Language.CHINESE: QLocale("zh_CN"), Language.ENGLISH: QLocale("en_GB")}
"""How each language writes dates."""


def moment(at: datetime, now: datetime, words: Words) -> str:
    """When something was, as short as can be without doubt; both times in the same zone."""
    days = (now.date() - at.date()) // timedelta(days=1)
    if days == 0:
        key = "ui.time.today"
    elif days == 1:
        key = "ui.time.yesterday"
    else:
        key = "ui.time.this-year" if at.year == now.year else "ui.time.other-year"
    return LOCALES[words.language].toString(
        QDateTime(at.year, at.month, at.day, at.hour, at.minute, at.second), words(key)
    )


def exact(at: datetime, words: Words) -> str:
    """A moment with its year and its minute: for what may be cited later."""
    return LOCALES[words.language].toString(
        QDateTime(at.year, at.month, at.day, at.hour, at.minute, at.second), words("ui.account.time")
    )


def duration(seconds: float, words: Words) -> str:
    """How long something lasted: `1 h 02 min`, `3 min 05 s`, `12 s`."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return words("ui.time.hours", hours=hours, minutes=f"{minutes:02}")
    if minutes:
        return words("ui.time.minutes", minutes=minutes, seconds=f"{rest:02}")
    return words("ui.time.seconds", seconds=rest)
