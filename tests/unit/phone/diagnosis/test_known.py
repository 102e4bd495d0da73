"""What this phone knows of people is left out of a text, however much it knows and however long the text is."""

import re
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from vidphone.phone.diagnosis.known import NAME, NUMBER, Known

NAMES = ("王芳", "欧阳若兰", "Ana María", "Bo", "O'Neill (home)", "li wei", "WEI", "3com", "İbo", "Kim", "10086", "")


@given(
    names=st.lists(st.sampled_from(("王芳", "欧阳若兰", "Ana María", "Bo", "O'Neill (home)", "")), max_size=4),
    numbers=st.lists(st.from_regex(r"[0-9]{3,15}", fullmatch=True), max_size=4),
    between=st.text(alphabet=" :;/\n\t", min_size=1, max_size=3),
)
def test_known_names_and_numbers_never_stay(names: list[str], numbers: list[str], between: str) -> None:
    known = Known.of(names, numbers, "/home/x")
    told = known.leave_out(between.join(["", *names, *numbers, ""]))
    assert not [name for name in names if len(name) > 2 and name in told]
    assert not [number for number in numbers if number in told.replace(NAME, "").replace(NUMBER, "")]


def in_one_expression(known: Known, text: str) -> str:
    """What is meant, written down plainly: far too slow for an address book."""
    for name in sorted(known.names, key=len, reverse=True):
        assert name
    words = [
        rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" if name.isascii() else re.escape(name)
        for name in sorted(known.names, key=len, reverse=True)
    ]
    return re.sub("|".join(words), NAME, text, flags=re.IGNORECASE) if words else text


@given(
    names=st.lists(st.sampled_from(NAMES) | st.text("aİıſ\N{KELVIN SIGN}kß王é -3", max_size=5), max_size=5),
    text=st.lists(st.sampled_from(NAMES) | st.text("aAİıſ\N{KELVIN SIGN}kKß王éÉ -3\n", max_size=9), max_size=9),
)
@example(names=["abc"], text=["abcß"])
def test_names_are_found_as_by_one_expression_of_all(names: list[str], text: list[str]) -> None:
    known = Known.of(names, (), "")
    assert known.leave_out("".join(text)) == in_one_expression(known, "".join(text))


def test_thousands_of_contacts_are_left_out_of_a_long_log() -> None:
    chance = Random(1)
    people = ["".join(chance.choices("赵钱孙李周吴郑王小明红华丽伟", k=3)) for _ in range(1_000)]
    people += [f"{word.capitalize()} {word[::-1].capitalize()}" for word in words_of(chance, 1_000)]
    numbers = ["".join(chance.choices("0123456789", k=11)) for _ in range(2_000)]
    log = "\n".join(" ".join(words_of(chance, 12)) for _ in range(800))
    told = Known.of(people, numbers, "/home/x").leave_out(f"{log}\n{people[7]}, {people[-7]} and {numbers[7]}")
    assert told.endswith(f"\n{NAME}, {NAME} and {NUMBER}")


def test_a_number_is_left_out_however_it_was_written_down() -> None:
    known = Known.of((), ("+86 138 0013 8000", "*1234#", "+"), "")
    assert known.leave_out("+8613800138000 called 1234") == f"+{NUMBER} called {NUMBER}"


def words_of(chance: Random, count: int) -> list[str]:
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(4, 9))) for _ in range(count)]
