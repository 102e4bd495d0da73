import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.orders import Plan, Terminal, Words
from vidphone.texts import Language, has_text
from vidphone.ui.first_run.prices import FullPrice, full_price, words_in
from vidphone.ui.first_run.strength import Strength, strength

WORDS = Words("话机", "Telephone")


@pytest.mark.parametrize(
    ("password", "worth"),
    [
        ("aaaaaaaaaaaaaaaa", Strength.WEAK),
        ("1234567890123456", Strength.WEAK),
        ("qwertyuiopasdf", Strength.WEAK),
        ("13812345678xy", Strength.WEAK),
        ("kT7#vq2zE", Strength.FAIR),
        ("kT7#wq2zPm9v", Strength.GOOD),
        ("chestnut lantern harbour", Strength.STRONG),
        ("栗子灯笼海港月亮桥梁书店火车", Strength.STRONG),
    ],
)
def test_length_counts_and_patterns_do_not(password: str, worth: Strength) -> None:
    assert strength(password, ("13812345678", "林晓")) is worth


@given(st.text(max_size=60), st.text(min_size=1, max_size=5))
def test_a_longer_password_is_never_weaker(password: str, more: str) -> None:
    order = list(Strength)
    assert order.index(strength(password + more)) >= order.index(strength(password))


@pytest.mark.parametrize("worth", Strength)
def test_every_strength_is_said(worth: Strength) -> None:
    assert has_text(f"ui.first-run.password.{worth.value}")


def test_the_full_price_holds_rent_and_device() -> None:
    plan = Plan("p", WORDS, WORDS, 2900, ())
    assert full_price(plan, None) == FullPrice(2900, 0)
    both = full_price(plan, Terminal("t", WORDS, WORDS, 59_900))
    assert both.first_month_fen == 62_800


def test_the_provider_speaks_both_languages() -> None:
    assert words_in(WORDS, Language.CHINESE) == "话机"
    assert words_in(WORDS, Language.ENGLISH) == "Telephone"
