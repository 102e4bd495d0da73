"""What no log holds, whatever was written into it."""

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vidphone.scrub import MAX_CHARACTERS, ScrubbingFormatter, names_somebody, scrub

DIGITS = "0123456789"
CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AROUND = st.sampled_from(["", " ", "号码", "「", "='", '":"', "(", "，", "\n", "ID ", "tel:"])
identity_numbers = st.builds(
    "{}{}".format, st.text(DIGITS, min_size=17, max_size=17), st.sampled_from([*DIGITS, "X", "x"])
)
codes = st.builds(
    "{}{}{}".format,
    st.text(CODE, min_size=2, max_size=2),
    st.text(DIGITS, min_size=6, max_size=6),
    st.text(CODE, min_size=10, max_size=10),
)
mobiles = st.builds("1{}{}".format, st.sampled_from("3456789"), st.text(DIGITS, min_size=9, max_size=9))
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789._+-", min_size=1, max_size=20)
emails = st.builds("{}@{}.cn".format, words, st.text("abcdefghij", min_size=1, max_size=10))
urlsafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
tokens = st.text(urlsafe, min_size=40, max_size=40).map("aA0{}".format)


@given(AROUND, st.one_of(identity_numbers, codes, mobiles, emails, tokens), AROUND)
def test_nothing_that_names_somebody_comes_through(before: str, secret: str, after: str) -> None:
    assert secret not in scrub(before + secret + after)


@given(mobiles, st.sampled_from([" ", "-", ""]), st.sampled_from(["", "+86 ", "86", "+86-"]))
def test_a_telephone_number_is_found_as_people_write_it(mobile: str, between: str, country: str) -> None:
    written = country + between.join((mobile[:3], mobile[3:7], mobile[7:]))
    assert names_somebody(f"ring {written} please")
    assert mobile[3:7] not in scrub(f"ring {written} please")


@given(identity_numbers)
def test_an_identity_number_is_found_in_groups_and_in_full_width(number: str) -> None:
    grouped = f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}"
    wide = number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in DIGITS + "Xx"})
    for written in (grouped, wide):
        assert names_somebody(written)
        assert number[14:] not in scrub(written)
        assert scrub(f"{written}。") == "<number>。"


@given(st.text(max_size=300))
def test_what_was_scrubbed_stays_scrubbed(line: str) -> None:
    assert scrub(scrub(line)) == scrub(line)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("dialled 13800138000", "13800138000"),
        ("candidate at 192.168.1.7 port 5", "192.168.1.7"),
        ("Authorization: Bearer abc.def", "abc.def"),
        ("password=hunter2 given", "hunter2"),
        ("password='two words' given", "words"),
        ("passphrase: 'two words", "two"),
        ("{'password': 'hunter2', 'do': 1}", "hunter2"),
        ('{"token":"abc.def"}', "abc.def"),
        ("no way to 2001:db8::17 port 5", "2001:db8::17"),
        ("no way to [fe80::1%eth0]:5", "fe80::1"),
        ("call 0755-8376 5566 at noon", "5566"),
        ("(name='张三', kind=1)", "张三"),
        ("birth_date=datetime.date(1990, 3, 7),", "1990"),
        ('{"address": "深圳市南山区 1 号"}', "深圳"),
        ("card CHN110100000019", "CHN110100000019"),
        ("mail 张三@例子.cn", "例子"),
    ],
)
def test_personal_data_and_secrets_are_scrubbed(line: str, secret: str) -> None:
    assert secret not in scrub(line)


@pytest.mark.parametrize(
    "line",
    [
        "no ICE servers: service-busy",
        "GET /v1/me: status 404",
        "std::vector",
        "at 12:30",
        "on 2026-11-23",
        "1280x720 at 30",
        "vidphone.service.store.identities",
    ],
)
def test_plain_words_stay(line: str) -> None:
    assert scrub(line) == line


@pytest.mark.parametrize("hexadecimal", ["a1" * 32, "0123456789abcdef" * 2, "13812345678" * 2, "f13812345678a"])
def test_a_hash_or_an_id_names_nobody(hexadecimal: str) -> None:
    assert not names_somebody(hexadecimal)


@pytest.mark.parametrize(
    "piece",
    ["a", "1", ":", "a:", "@", "a@", "-", "A0a_", "1 ", "1-", "password='", 'token="', "name='", "bearer ", ".", "\\"],
)
def test_long_lines_of_a_stranger_take_no_time_out_of_proportion(piece: str) -> None:
    scrub(piece * (MAX_CHARACTERS // len(piece)) + "!")


def test_an_endless_line_is_cut() -> None:
    assert len(scrub("word " * MAX_CHARACTERS)) == MAX_CHARACTERS + 1


def test_a_traceback_is_scrubbed_with_its_line() -> None:
    try:
        raise ValueError("110101199003078515")
    except ValueError:
        failure = sys.exc_info()
    record = logging.LogRecord("vidphone", logging.ERROR, "x.py", 1, "for %s", ("a@b.cn",), failure)
    written = ScrubbingFormatter().format(record)
    assert "ValueError: <number>" in written
    assert "for <e-mail>" in written
    assert "110101199003078515" not in written
