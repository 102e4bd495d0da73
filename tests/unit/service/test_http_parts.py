"""The small rules of the HTTP interface."""

import pytest

from vidphone.service.config import RateConfig
from vidphone.service.http.languages import preferred
from vidphone.service.http.rates import Rates, network_of
from vidphone.service.http.release_routes import codings
from vidphone.texts import Language
from vidphone.wire.errors import ErrorCode, VidphoneError


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.ENGLISH),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.CHINESE),
        ("en-GB, zh;q=0.9", Language.ENGLISH),
        ("de, zh;q=0.2", Language.CHINESE),
        ("zh;q=0", Language.ENGLISH),
        ("zh;q=nonsense, , ;;", Language.ENGLISH),
        ("fr", Language.ENGLISH),
    ],
)
def test_language_is_the_best_liked_of_ours(header: str | None, language: Language) -> None:
    assert preferred(header) is language


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("somewhere", "unknown"),
    ],
)
def test_addresses_of_one_customer_count_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_right_password_forgets_the_wrong_ones() -> None:
    rates = Rates(RateConfig(sign_in_per_number="2/hour", sign_in_per_address="100/hour"))
    for _ in range(3):
        await rates.sign_in("1001", "192.0.2.1")
        await rates.signed_in("1001")
    for _ in range(2):
        await rates.sign_in("1001", "192.0.2.1")
    with pytest.raises(VidphoneError) as refused:
        await rates.sign_in("1001", "192.0.2.1")
    assert refused.value.code is ErrorCode.TOO_MANY_ATTEMPTS
    assert refused.value.about is not None
    assert 3500 < int(refused.value.about["seconds"]) <= 3600
    await rates.sign_in("1002", "192.0.2.1")


async def test_one_address_cannot_try_many_numbers() -> None:
    rates = Rates(RateConfig(sign_in_per_address="3/hour"))
    for number in range(3):
        await rates.sign_in(f"100{number}", "192.0.2.1")
    with pytest.raises(VidphoneError):
        await rates.sign_in("1004", "192.0.2.1")
    await rates.sign_in("1004", "192.0.2.2")


async def test_one_address_sends_only_some_reports_a_day_however_slowly() -> None:
    rates = Rates(RateConfig(report_per_address="100/hour", report_per_address_a_day="3/day"))
    for _ in range(3):
        await rates.report("192.0.2.1")
    with pytest.raises(VidphoneError) as refused:
        await rates.report("192.0.2.1")
    assert refused.value.about is not None
    assert 86_000 < int(refused.value.about["seconds"]) <= 86_400
    await rates.report("192.0.2.2")


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        ("", []),
        ("identity", []),
        ("gzip, deflate, br, zstd", ["zstd", "gzip"]),
        ("gzip", ["gzip"]),
        ("GZIP;q=0.5, zstd;q=0", ["gzip"]),
        ("zstd; q=0.000, *", ["gzip"]),
        ("*;q=0, gzip", ["gzip"]),
        (", ;;q=nonsense, x-gzip", []),
    ],
)
def test_what_is_packed_is_only_sent_to_whom_accepts_it(header: str, sent: list[str]) -> None:
    assert codings(header) == sent
