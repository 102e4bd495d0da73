from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.catalogue import check_catalogue
from vidphone.terms.faults import Fault, FaultCode
from vidphone.terms.orders import (
    Band,
    Catalogue,
    Order,
    Plan,
    Price,
    Terminal,
    Words,
    canonical,
    check_choice,
    make_order,
    order_number,
    order_sha256,
)

NIGHT = Band((1, 2, 3, 4, 5, 6, 7), 21 * 60, 8 * 60, 6_000, 12_000)
BASIC = Plan(
    id="basic",
    name=Words("基本套餐", "Basic"),
    about=Words("按分钟计费", "By the minute"),
    monthly_rent_fen=1000,
    prices=(
        Price(Words("境内", "Mainland"), 1500, 3000),
        Price(Words("境外", "Abroad"), 12_345, 23_456, ("00",), (NIGHT,)),
    ),
    minimum_s=60,
    increment_s=6,
)
BEFORE_PREFIXES = replace(BASIC, prices=tuple(replace(price, prefixes=(), bands=()) for price in BASIC.prices))
PHONE = Terminal("vt-1", Words("可视话机", "Video telephone"), Words("桌面式", "For the desk"), 59_900)
CATALOGUE = Catalogue("2026-08", (BASIC,), (PHONE,), (0, 10_000, 50_000))
ORDER = make_order(
    CATALOGUE, "basic", "vt-1", 10_000, number="20260801-000001", ordered_on=date(2026, 8, 1), customer_number="1001"
)


def with_abroad(**changes: object) -> Plan:
    return replace(BASIC, prices=(BASIC.prices[0], replace(BASIC.prices[1], **changes)))  # type: ignore[arg-type]


def test_an_order_has_what_the_catalogue_has_today() -> None:
    expected = Order("20260801-000001", date(2026, 8, 1), "2026-08", "1001", BASIC, PHONE, 10_000)
    assert expected == ORDER


def test_the_canonical_form_is_the_same_on_every_machine() -> None:
    assert canonical(ORDER).startswith(b'{"catalogue_version":"2026-08","credit_limit_fen":10000,')
    assert '"zh":"境内"'.encode() in canonical(ORDER)
    assert b'"ordered_on":"2026-08-01"' in canonical(ORDER)
    assert b'"bands":[{"days":[1,2,3,4,5,6,7],"from_minute":1260,"to_minute":480,' in canonical(ORDER)
    assert b'"prefixes":["00"]' in canonical(ORDER)


def test_an_order_signed_before_prices_had_prefixes_keeps_its_hash() -> None:
    assert order_sha256(replace(ORDER, plan=BEFORE_PREFIXES)) == (
        "cf2e068f8e2f06627a3af41157aead13b1230cf8d8c6ec9bf94ba63dfb77badd"
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(ORDER, number="20260801-000002"),
        replace(ORDER, ordered_on=date(2026, 8, 2)),
        replace(ORDER, catalogue_version="2026-09"),
        replace(ORDER, customer_number="1002"),
        replace(ORDER, terminal=None),
        replace(ORDER, credit_limit_fen=50_000),
        replace(ORDER, plan=replace(BASIC, minimum_s=0)),
        replace(ORDER, plan=replace(BASIC, prices=BASIC.prices[::-1])),
        replace(ORDER, plan=replace(BASIC, about=Words("按分钟计费 ", "By the minute"))),
        replace(ORDER, plan=with_abroad(prefixes=("000",))),
        replace(ORDER, plan=with_abroad(bands=())),
        replace(ORDER, plan=with_abroad(bands=(replace(NIGHT, days=(1,)),))),
    ],
    ids=range(12),
)
def test_any_change_of_an_order_changes_its_hash(changed: Order) -> None:
    assert order_sha256(changed) != order_sha256(ORDER)


def test_what_is_not_on_offer_is_told_field_by_field() -> None:
    assert check_choice(CATALOGUE, "basic", None, 0) == ()
    faults = check_choice(CATALOGUE, "gold", "vt-2", 9_999)
    assert faults == tuple(Fault(field, FaultCode.NOT_OFFERED) for field in ("plan", "terminal", "credit_limit_fen"))
    with pytest.raises(ValueError, match="credit_limit_fen"):
        make_order(CATALOGUE, "basic", None, 1, number="1", ordered_on=date(2026, 8, 1), customer_number="1001")


@given(st.dates(), st.integers(1, 999_999), st.integers(1, 999_999))
def test_orders_of_a_day_have_numbers_that_sort_and_differ(day: date, first: int, second: int) -> None:
    assert (order_number(day, first) < order_number(day, second)) == (first < second)
    assert len(order_number(day, first)) == 15


@pytest.mark.parametrize("sequence", [0, -1, 1_000_000])
def test_a_day_has_a_million_orders_less_one(sequence: int) -> None:
    with pytest.raises(ValueError, match=str(sequence)):
        order_number(date(2026, 8, 1), sequence)


def offered(**changes: object) -> Catalogue:
    return replace(CATALOGUE, plans=(with_abroad(**changes),))


def test_a_good_catalogue_has_no_problem() -> None:
    assert check_catalogue(CATALOGUE) == ()
    assert check_catalogue(replace(CATALOGUE, terminals=())) == ()
    day = replace(NIGHT, from_minute=NIGHT.to_minute, to_minute=NIGHT.from_minute)
    assert check_catalogue(offered(bands=(NIGHT, day))) == ()


@pytest.mark.parametrize(
    ("catalogue", "problem"),
    [
        (replace(CATALOGUE, version=" "), "version: empty"),
        (replace(CATALOGUE, version="1\n2"), "version: characters that cannot be printed"),
        (replace(CATALOGUE, plans=()), "plans: below 1"),
        (replace(CATALOGUE, plans=(BASIC, BASIC)), "plans: basic more than once"),
        (replace(CATALOGUE, plans=(replace(BASIC, id="Basic!"),)), "plans[0].id: not 1 to 32 of a-z, 0-9 and -"),
        (replace(CATALOGUE, plans=(replace(BASIC, monthly_rent_fen=-1),)), "plans[0].monthly_rent_fen: below 0"),
        (replace(CATALOGUE, plans=(replace(BASIC, minimum_s=3601),)), "plans[0].minimum_s: above 3600"),
        (replace(CATALOGUE, plans=(replace(BASIC, increment_s=0),)), "plans[0].increment_s: below 1"),
        (replace(CATALOGUE, plans=(replace(BASIC, prices=()),)), "plans[0].prices: below 1"),
        (
            replace(CATALOGUE, plans=(replace(BASIC, prices=(Price(Words("境内", ""), 1, 10_000_001),)),)),
            "plans[0].prices[0].destination.en: empty",
        ),
        (
            replace(CATALOGUE, plans=(replace(BASIC, prices=(Price(Words("境内", "x"), 1, 10_000_001),)),)),
            "plans[0].prices[0].video_e4_yuan: above 10000000",
        ),
        (offered(prefixes=()), "plans[0].prices: not exactly one without prefixes, for all other numbers"),
        (offered(prefixes=("0x",)), "plans[0].prices[1].prefixes[0]: not 1 to 15 digits"),
        (offered(prefixes=("00", "00")), "plans[0].prices: 00 more than once"),
        *(
            (
                offered(bands=(replace(NIGHT, days=days),)),
                "plans[0].prices[1].bands[0].days: not some of the days 1 to 7, each once",
            )
            for days in ((), (0,), (8,), (3, 3))
        ),
        (offered(bands=(replace(NIGHT, to_minute=0),)), "plans[0].prices[1].bands[0].to_minute: below 1"),
        (offered(bands=(replace(NIGHT, voice_e4_yuan=-1),)), "plans[0].prices[1].bands[0].voice_e4_yuan: below 0"),
        (
            offered(bands=(NIGHT, replace(NIGHT, days=(1,), from_minute=479, to_minute=480))),
            "plans[0].prices[1].bands: two at the same time",
        ),
        (replace(CATALOGUE, plans=(replace(BASIC, name=Words("套" * 65, "x")),)), "plans[0].name.zh: longer than 64"),
        (replace(CATALOGUE, terminals=(replace(PHONE, price_fen=-1),)), "terminals[0].price_fen: below 0"),
        (replace(CATALOGUE, credit_limits_fen=()), "credit_limits_fen: below 1"),
        (replace(CATALOGUE, credit_limits_fen=(1, 1)), "credit_limits_fen: not rising"),
        (replace(CATALOGUE, credit_limits_fen=(100_000_001,)), "credit_limits_fen[0]: above 100000000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_operator_is_told_what_to_mend(catalogue: Catalogue, problem: str) -> None:
    assert problem in check_catalogue(catalogue)
