"""The operator's price list, `catalogue.toml`, as the rules' `Catalogue` (clause 2)."""

import tomllib
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vidphone.service.config import BadConfig, first_fault
from vidphone.service.offer_config import BothLanguages, Version
from vidphone.terms.catalogue import check_catalogue
from vidphone.terms.orders import Band, Catalogue, Plan, Price, Terminal

FEN_DIGITS, E4_DIGITS = 2, 4
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[Day, ...] = get_args(Day)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Yuan = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=FEN_DIGITS)]
YuanPerMinute = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=E4_DIGITS)]


TimeOfDay = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


class _Band(_Model):
    days: tuple[Day, ...] = _DAYS
    begin: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    voice_yuan: YuanPerMinute
    video_yuan: YuanPerMinute

    def value(self) -> Band:
        return Band(
            days=tuple(_DAYS.index(day) + 1 for day in self.days),
            from_minute=_minute(self.begin),
            to_minute=_minute(self.end) or _minute("24:00"),
            voice_e4_yuan=_units(self.voice_yuan, E4_DIGITS),
            video_e4_yuan=_units(self.video_yuan, E4_DIGITS),
        )


class _Price(_Model):
    destination: BothLanguages
    voice_yuan: YuanPerMinute
    video_yuan: YuanPerMinute
    prefixes: tuple[str, ...] = ()
    bands: tuple[_Band, ...] = ()

    def value(self) -> Price:
        return Price(
            self.destination.words(),
            _units(self.voice_yuan, E4_DIGITS),
            _units(self.video_yuan, E4_DIGITS),
            self.prefixes,
            tuple(band.value() for band in self.bands),
        )


class _Plan(_Model):
    id: str
    name: BothLanguages
    about: BothLanguages
    monthly_rent_yuan: Yuan
    prices: tuple[_Price, ...]
    minimum_s: int = 0
    increment_s: int = 1

    def value(self) -> Plan:
        return Plan(
            id=self.id,
            name=self.name.words(),
            about=self.about.words(),
            monthly_rent_fen=_units(self.monthly_rent_yuan, FEN_DIGITS),
            prices=tuple(price.value() for price in self.prices),
            minimum_s=self.minimum_s,
            increment_s=self.increment_s,
        )


class _Terminal(_Model):
    id: str
    name: BothLanguages
    about: BothLanguages
    price_yuan: Yuan

    def value(self) -> Terminal:
        return Terminal(self.id, self.name.words(), self.about.words(), _units(self.price_yuan, FEN_DIGITS))


class _PriceList(_Model):
    version: Version
    credit_limits_yuan: tuple[Yuan, ...]
    plans: tuple[_Plan, ...]
    terminals: tuple[_Terminal, ...] = ()

    def value(self) -> Catalogue:
        return Catalogue(
            version=self.version,
            plans=tuple(plan.value() for plan in self.plans),
            terminals=tuple(terminal.value() for terminal in self.terminals),
            credit_limits_fen=tuple(_units(limit, FEN_DIGITS) for limit in self.credit_limits_yuan),
        )


def read_price_list(text: str) -> Catalogue:
    """The price list of a file's text. Amounts are in yuan, exact to the fen; prices a minute to 1/10 000 yuan.

    Raises:
        BadConfig: it is no TOML, or something in it is unknown, missing or unfit; the text says where.
    """
    try:
        catalogue = _PriceList.model_validate(tomllib.loads(text, parse_float=Decimal)).value()
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(str(error)) from error
    except ValidationError as error:
        raise BadConfig(first_fault(error)) from error
    if problems := check_catalogue(catalogue):
        raise BadConfig(problems[0])
    return catalogue


def _minute(time_of_day: str) -> int:
    hour, minute = time_of_day.split(":")
    return int(hour) * 60 + int(minute)


def _units(yuan: Decimal, digits: int) -> int:
    return int(yuan.scaleb(digits))
