import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.ui.links import number_of_link


@pytest.mark.parametrize(
    ("link", "number"),
    [
        ("tel:+86-138-0013-8000", "8613800138000"),
        ("TEL:1001;ext=5", "1001"),
        ("tel:%2B8613800138000", "8613800138000"),
        ("vidphone:1001", "1001"),
        ("vidphone://1001/?video=1", "1001"),
        ("tel:12", None),
        ("tel:", None),
        ("sip:1001@example.com", None),
        ("1001", None),
        ("tel:1001;" + "a" * 600, None),
    ],
)
def test_a_link_gives_its_number_or_nothing(link: str, number: str | None) -> None:
    assert number_of_link(link) == number


@given(st.text(max_size=600))
def test_whatever_is_handed_over_is_digits_or_nothing(link: str) -> None:
    for made in (link, f"tel:{link}", f"vidphone://{link}"):
        number = number_of_link(made)
        assert number is None or (set(number) <= set(string.digits) and 3 <= len(number) <= 15)


@given(st.from_regex(r"[0-9]{3,15}", fullmatch=True), st.sampled_from(["tel:", "tel:+", "vidphone:", "vidphone://"]))
def test_every_number_survives_being_a_link(number: str, scheme: str) -> None:
    assert number_of_link(scheme + number) == number
