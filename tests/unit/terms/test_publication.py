import pytest

from vidphone.terms.agreement import Agreement, MissingField, UnfitField, parse
from vidphone.terms.publication import (
    REQUIRED,
    REQUIRED_FIGURES,
    DocumentCode,
    altered,
    check,
    places,
    substitute,
)


def document(
    *, last: int = 18, without: str = "", extra: str = "", highlighted: tuple[int, ...] = (5,), why: str = "> Why."
) -> Agreement:
    named = " ".join(f"{{{name}}}" for name in sorted((REQUIRED | REQUIRED_FIGURES) - {without}))
    lines = ["# T"]
    for number in range(last + 1):
        lines += [f"## {number} C", f"{named} {extra}" if number == 0 else "Words."]
        if number in highlighted:
            lines += ["**Limit.**", "", why]
    return parse("\n".join(lines))


def codes(chinese: Agreement, english: Agreement) -> list[tuple[DocumentCode, str]]:
    return [(fault.code, fault.about) for fault in check(chinese, english)]


def test_two_texts_alike_can_be_published() -> None:
    assert codes(document(), document()) == []
    assert codes(document(last=19), document(last=19)) == []


def test_clause_that_one_language_lacks_is_named() -> None:
    assert codes(document(last=17), document()) == [(DocumentCode.CLAUSE_ABSENT, "18")]
    assert codes(document(last=16), document(last=16)) == [
        (DocumentCode.CLAUSE_ABSENT, "17"),
        (DocumentCode.CLAUSE_ABSENT, "18"),
    ]
    assert codes(document(), document(last=19)) == [(DocumentCode.CLAUSE_ABSENT, "19")]


@pytest.mark.parametrize("name", ["order.sha256", "provider.arbitration_commission", "figure.late_fee_percent"])
def test_place_that_is_needed_is_named(name: str) -> None:
    assert codes(document(without=name), document()) == [(DocumentCode.PLACE_ABSENT, name)]
    assert codes(document(without=name), document(without=name)) == [(DocumentCode.PLACE_ABSENT, name)]


def test_place_of_one_language_alone_is_named() -> None:
    assert codes(document(extra="{customer.employer}"), document()) == [
        (DocumentCode.PLACES_DIFFER, "customer.employer")
    ]


def test_highlights_are_alike_and_explained() -> None:
    assert codes(document(highlighted=(5, 9)), document()) == [(DocumentCode.HIGHLIGHTS_DIFFER, "9")]
    assert codes(document(why=""), document()) == [(DocumentCode.NOT_EXPLAINED, "5")]


def test_notice_shows_values_as_they_are_and_names_its_places() -> None:
    assert substitute("{a.b} {c.d}", {"a.b": "x*y"}, plain=True) == "x*y {c.d}"
    assert places("{a.b} {c.d} {A}") == {"a.b", "c.d"}
    with pytest.raises(MissingField):
        substitute("{a.b}", {"a.b": " "})
    with pytest.raises(UnfitField):
        substitute("{a.b}", {"a.b": "x\u202ey"})


def test_published_version_never_changes() -> None:
    assert altered({"1": "a"}, "1", "b")
    assert not altered({"1": "a"}, "1", "a")
    assert not altered({"1": "a"}, "2", "b")
    assert not altered({}, "1", "a")
