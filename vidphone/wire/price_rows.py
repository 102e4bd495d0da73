"""A price in the words in which it is shown, the same in the wizard, the order and the account (clause 2)."""

from collections.abc import Iterator
from dataclasses import dataclass

from vidphone.terms.orders import Band, Plan, Price
from vidphone.texts import Language, text

_WEEK = tuple(range(1, 8))
_HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One row of a table of prices: to whom or when, and a minute of voice and of video in 1/10 000 yuan."""

    label: str
    voice_e4_yuan: int
    video_e4_yuan: int


def price_rows(price: Price, language: Language) -> tuple[PriceRow, ...]:
    """The destination with the beginnings of its numbers, then a row for each time that has other prices."""
    name = destination = price.destination.zh if language is Language.CHINESE else price.destination.en
    if price.prefixes:
        prefixes = text("tariff.and", language).join(price.prefixes)
        destination = text("tariff.prefixes", language, destination=name, prefixes=prefixes)
    rows = [PriceRow(destination, price.voice_e4_yuan, price.video_e4_yuan)]
    rows += [PriceRow(_when(name, band, language), band.voice_e4_yuan, band.video_e4_yuan) for band in price.bands]
    return tuple(rows)


def price_note(plan: Plan, language: Language) -> str | None:
    """What to say below a table in which prices change with the time; None where they do not."""
    return text("tariff.holds", language) if any(price.bands for price in plan.prices) else None


def _when(destination: str, band: Band, language: Language) -> str:
    days = text("tariff.and", language).join(_days(band.days, language))
    key = "tariff.band" if band.from_minute < band.to_minute else "tariff.band-overnight"
    begin, end = _clock(band.from_minute), _clock(band.to_minute)
    return text(key, language, destination=destination, days=days, begin=begin, end=end)


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute, _HOUR_MINUTES)
    return f"{hours:02d}:{minutes:02d}"


def _days(days: tuple[int, ...], language: Language) -> Iterator[str]:
    """The days in words, three or more that follow on each other as one: Monday to Friday."""
    if set(days) == set(_WEEK):
        yield text("tariff.every-day", language)
        return
    run: list[int] = []
    for day in (*sorted(days), _WEEK[-1] + 2):
        if run and day != run[-1] + 1:
            names = [text(f"tariff.day-{each}", language) for each in run]
            if len(run) > 2:
                names = [text("tariff.days", language, first=names[0], last=names[-1])]
            yield from names
            run = []
        run.append(day)
