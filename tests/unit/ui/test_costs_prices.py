"""What is asked and said of prices before a call."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.quotes import quote
from vidphone.phone import commands
from vidphone.phone.events import LinkChanged, LinkState, Quoted, Request, RequestFailed, SignedOut
from vidphone.texts import Language
from vidphone.ui.costs.prices import Prices, changes_prices, is_short, lasting, length, price, refused
from vidphone.wire.billing import Refusal
from vidphone.wire.errors import CLAUSE, ErrorCode

ENGLISH = Language.ENGLISH
FAILED = RequestFailed(Request.QUOTE, ErrorCode.SERVICE_UNREACHABLE)
BARRING = (
    ErrorCode.CREDIT_LIMIT,
    ErrorCode.ACCOUNT_SUSPENDED,
    ErrorCode.SERVICE_PAUSED,
    ErrorCode.AGREEMENT_REQUIRED,
    ErrorCode.IDENTITY_SUSPENDED,
)


def test_voice_is_asked_before_video_and_each_once() -> None:
    prices = Prices()
    assert prices.mean("1001")
    assert not prices.mean("1001")
    assert [prices.question() for _ in range(3)] == [
        commands.Quote("1001", video=False),
        commands.Quote("1001", video=True),
        None,
    ]


def test_an_answer_for_another_number_is_not_shown() -> None:
    prices = Prices()
    prices.mean("1002")
    assert not prices.take(Quoted(quote("1001")))
    assert prices.quotes == {}
    assert prices.take(Quoted(quote("1002")))
    assert set(prices.quotes) == {False}


def test_a_failure_ends_the_asking_and_an_answer_ends_the_failure() -> None:
    prices = Prices()
    prices.mean("1001")
    prices.take(FAILED)
    assert [prices.failed, prices.question()] == [True, None]
    prices.take(Quoted(quote("1001")))
    assert [prices.failed, prices.number] == [False, "1001"]
    prices.take(SignedOut(None))
    assert [prices.failed, prices.number] == [False, ""]


def test_what_changes_prices_is_asked_anew_while_the_old_ones_stay() -> None:
    prices = Prices()
    prices.mean("1001")
    prices.take(Quoted(quote("1001")))
    assert changes_prices(LinkChanged(LinkState.UP))
    assert not changes_prices(LinkChanged(LinkState.DOWN))
    prices.renew()
    assert prices.question() == commands.Quote("1001", video=False)
    assert prices.quotes


def test_price_and_how_long_the_credit_lasts() -> None:
    one = quote("1001", lasting_s=11_999)
    assert price(one, ENGLISH) == "¥0.15 a minute"
    assert lasting(one, ENGLISH) == "credit lasts 3 h 19 min"
    assert lasting(quote("1001", lasting_s=None), ENGLISH) == ""
    assert is_short(quote("1001", lasting_s=60))
    assert not is_short(quote("1001", lasting_s=61))


@given(st.integers(0, 200_000), st.sampled_from(Language))
def test_nobody_is_promised_more_time_than_there_is(seconds: int, language: Language) -> None:
    told = [int(part) for part in length(seconds, language).split() if part.isdigit()]
    units = {1: (1,) if seconds < 60 else (60,), 2: (3_600, 60), 0: ()}[len(told)]
    assert sum(count * unit for count, unit in zip(told, units, strict=True)) <= seconds


def test_a_free_number_is_free_whichever_way() -> None:
    prices = Prices()
    prices.mean("10000")
    told = [prices.free]
    for video in (False, True):
        prices.take(Quoted(quote("10000", video=video, free=True)))
        told.append(prices.free)
    assert told == [False, True, True]
    assert prices.refusal is None


@pytest.mark.parametrize("code", BARRING)
@pytest.mark.parametrize("language", Language)
def test_what_is_blocked_says_its_clause_before_it_is_dialled(code: ErrorCode, language: Language) -> None:
    prices = Prices()
    prices.mean("1001")
    prices.take(Quoted(quote("1001", refused=code)))
    assert prices.refusal is not None
    assert str(CLAUSE[code]) in refused(prices.refusal, language)


def test_a_refusal_of_another_kind_is_told_as_its_error() -> None:
    assert refused(Refusal(code=ErrorCode.SERVICE_BUSY, clause=None), ENGLISH)
