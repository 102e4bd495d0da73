"""Whether a price list holds together, before anything is ordered from it (clause 2)."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from vidphone.terms.orders import Band, Catalogue, Plan, Price, Terminal, Words

MAX_FEN = 100_000_000
"""A million yuan; above every rent, price of a device and credit limit."""
MAX_PRICE_E4_YUAN = 10_000_000
"""A thousand yuan a minute."""
MAX_CALL_STEP_S = 3600
"""Of minimum and increment."""
_MAX_ITEMS = 64
_MAX_NAME = 64
_MAX_ABOUT = 400
_MAX_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _MAX_MINUTES
_PREFIX = re.compile(r"[0-9]{1,15}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


def check_catalogue(catalogue: Catalogue) -> tuple[str, ...]:
    """What an operator has to mend, each as place and reason: `plans[0].prices[1].voice_e4_yuan: below 0`."""
    return tuple(_problems(catalogue))


def _problems(catalogue: Catalogue) -> Iterator[str]:
    yield from _text("version", catalogue.version, 32)
    yield from _count("plans", len(catalogue.plans), 1)
    yield from _count("terminals", len(catalogue.terminals), 0)
    yield from _twice("plans", (plan.id for plan in catalogue.plans))
    yield from _twice("terminals", (terminal.id for terminal in catalogue.terminals))
    for at, plan in enumerate(catalogue.plans):
        yield from _plan(f"plans[{at}]", plan)
    for at, terminal in enumerate(catalogue.terminals):
        yield from _item(f"terminals[{at}]", terminal)
        yield from _amount(f"terminals[{at}].price_fen", terminal.price_fen, MAX_FEN)
    yield from _limits("credit_limits_fen", catalogue.credit_limits_fen)


def _plan(place: str, plan: Plan) -> Iterator[str]:
    yield from _item(place, plan)
    yield from _amount(f"{place}.monthly_rent_fen", plan.monthly_rent_fen, MAX_FEN)
    yield from _amount(f"{place}.minimum_s", plan.minimum_s, MAX_CALL_STEP_S)
    yield from _amount(f"{place}.increment_s", plan.increment_s, MAX_CALL_STEP_S, at_least=1)
    yield from _count(f"{place}.prices", len(plan.prices), 1)
    yield from _twice(f"{place}.prices", (price.destination.zh for price in plan.prices))
    for at, price in enumerate(plan.prices):
        yield from _words(f"{place}.prices[{at}].destination", price.destination, _MAX_NAME)
        yield from _minute_prices(f"{place}.prices[{at}]", price)
        yield from _reach(f"{place}.prices[{at}]", price)
    yield from _twice(f"{place}.prices", (prefix for price in plan.prices for prefix in price.prefixes))
    if plan.prices and sum(not price.prefixes for price in plan.prices) != 1:
        yield f"{place}.prices: not exactly one without prefixes, for all other numbers"


def _reach(place: str, price: Price) -> Iterator[str]:
    """What numbers and what times a price is for."""
    yield from _count(f"{place}.prefixes", len(price.prefixes), 0)
    yield from _count(f"{place}.bands", len(price.bands), 0)
    for at, prefix in enumerate(price.prefixes):
        if not _PREFIX.fullmatch(prefix):
            yield f"{place}.prefixes[{at}]: not 1 to 15 digits"
    for at, band in enumerate(price.bands):
        yield from _minute_prices(f"{place}.bands[{at}]", band)
        yield from _amount(f"{place}.bands[{at}].from_minute", band.from_minute, _MAX_MINUTES - 1)
        yield from _amount(f"{place}.bands[{at}].to_minute", band.to_minute, _MAX_MINUTES, at_least=1)
        if not band.days or not set(band.days) <= set(range(1, 8)) or len(set(band.days)) < len(band.days):
            yield f"{place}.bands[{at}].days: not some of the days 1 to 7, each once"
    minutes = Counter(minute for band in price.bands for minute in _minutes(band))
    if minutes and max(minutes.values()) > 1:
        yield f"{place}.bands: two at the same time"


def _minutes(band: Band) -> Iterator[int]:
    """The minutes of the week that belong to a time, from Monday's first."""
    length = (band.to_minute - band.from_minute - 1) % _MAX_MINUTES + 1
    for day in set(band.days):
        begin = (day - 1) * _MAX_MINUTES + band.from_minute
        for minute in range(begin, begin + length):
            yield minute % _WEEK_MINUTES


def _minute_prices(place: str, price: Price | Band) -> Iterator[str]:
    yield from _amount(f"{place}.voice_e4_yuan", price.voice_e4_yuan, MAX_PRICE_E4_YUAN)
    yield from _amount(f"{place}.video_e4_yuan", price.video_e4_yuan, MAX_PRICE_E4_YUAN)


def _item(place: str, item: Plan | Terminal) -> Iterator[str]:
    if not _ID.fullmatch(item.id):
        yield f"{place}.id: not 1 to 32 of a-z, 0-9 and -"
    yield from _words(f"{place}.name", item.name, _MAX_NAME)
    yield from _words(f"{place}.about", item.about, _MAX_ABOUT)


def _limits(place: str, limits: tuple[int, ...]) -> Iterator[str]:
    yield from _count(place, len(limits), 1)
    for at, limit in enumerate(limits):
        yield from _amount(f"{place}[{at}]", limit, MAX_FEN)
    if any(after <= before for before, after in pairwise(limits)):
        yield f"{place}: not rising"


def _words(place: str, words: Words, longest: int) -> Iterator[str]:
    yield from _text(f"{place}.zh", words.zh, longest)
    yield from _text(f"{place}.en", words.en, longest)


def _text(place: str, text: str, longest: int) -> Iterator[str]:
    if not text.strip():
        yield f"{place}: empty"
    elif len(text) > longest:
        yield f"{place}: longer than {longest}"
    elif not text.isprintable():
        yield f"{place}: characters that cannot be printed"


def _amount(place: str, amount: int, most: int, at_least: int = 0) -> Iterator[str]:
    if amount < at_least:
        yield f"{place}: below {at_least}"
    elif amount > most:
        yield f"{place}: above {most}"


def _count(place: str, count: int, at_least: int) -> Iterator[str]:
    yield from _amount(f"{place}", count, _MAX_ITEMS, at_least)


def _twice(place: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{place}: {name} more than once"
