"""Days and months of the provider as a person reads them."""

from datetime import date

from PySide6.QtCore import QDate

from vidphone.ui.design.words import Words
from vidphone.ui.main.moments import LOCALES


def _said(day: date, key: str, words: Words) -> str:
    return LOCALES[words.language].toString(QDate(day.year, day.month, day.day), words(key))


def full_day(day: date | None, words: Words) -> str:
    """A day with its year: what is due is due on it. A dash where there is none."""
    return "—" if day is None else _said(day, "ui.money.day", words)


def short_day(day: date, words: Words) -> str:
    """A day of a month that stands beside it."""
    return _said(day, "ui.money.day.short", words)


def month_name(day: date, words: Words) -> str:
    """The month of a day, with its year."""
    return _said(day, "ui.money.month.name", words)
