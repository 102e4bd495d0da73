from hypothesis import given
from hypothesis import strategies as st

from vidphone.resources import assets_dir
from vidphone.terms.agreement import Agreement, parse
from vidphone.terms.comparison import Change, ClauseComparison, Part, compare

SAME, ADDED, REMOVED = Change.SAME, Change.ADDED, Change.REMOVED


def one(old: str, new: str) -> ClauseComparison:
    (found,) = compare(parse(f"# T\n\n## 0 C\n\n{old}\n"), parse(f"# T\n\n## 0 C\n\n{new}\n"))
    return found


def test_changed_words_are_marked_as_phrases() -> None:
    assert one("You pay the late fee.", "You pay no such fee.").parts == (
        Part("You pay ", SAME),
        Part("the late", REMOVED),
        Part("no such", ADDED),
        Part(" fee.", SAME),
    )


def test_chinese_is_marked_by_the_character() -> None:
    assert one("逾期每日加收千分之三。", "逾期每日加收千分之二。").parts == (
        Part("逾期每日加收千分之", SAME),
        Part("三", REMOVED),
        Part("二", ADDED),
        Part("。", SAME),
    )


def test_a_figure_with_its_point_changes_as_a_whole() -> None:
    assert one("每日加收 0.3% 的违约金。", "每日加收 0.2% 的违约金。").parts == (
        Part("每日加收 ", SAME),
        Part("0.3%", REMOVED),
        Part("0.2%", ADDED),
        Part(" 的违约金。", SAME),
    )


def test_highlights_are_no_change_and_places_are_named() -> None:
    assert not one("**Pay** {order.number} now.", "Pay **{order.number}** now.").changed
    assert one("For {order.number}.", "For {customer.number}.").parts[1] == Part("{order.number}", REMOVED)


def test_clauses_that_come_and_go_are_told() -> None:
    old, new = parse("# T\n\n## 0 A\n\nx\n"), parse("# T\n\n## 0 B\n\nx\n\n## 1 C\n\ny\n")
    renamed, added = compare(old, new)
    assert (renamed.old_title, renamed.new_title, renamed.changed) == ("A", "B", True)
    assert (added.old_title, added.new_title, added.parts) == (None, "C", (Part("y", ADDED),))
    (_, removed) = compare(new, old)
    assert (removed.new_title, removed.parts) == (None, (Part("y", REMOVED),))


def shipped(language: str) -> Agreement:
    return parse((assets_dir() / "agreement" / f"agreement.{language}.md").read_text(encoding="utf-8"))


def test_the_shipped_agreement_is_the_same_as_itself() -> None:
    for language in ("zh", "en"):
        assert not any(clause.changed for clause in compare(shipped(language), shipped(language)))


WORDS = st.text("ab 一二.", min_size=1, max_size=30).map(str.strip).filter(bool)


@given(WORDS, WORDS)
def test_both_versions_can_be_read_from_the_marks(old: str, new: str) -> None:
    found = one(old, new)

    def side(hidden: Change) -> str:
        return "".join(part.text for part in found.parts if part.change is not hidden)

    assert (side(ADDED), side(REMOVED)) == (old, new)
