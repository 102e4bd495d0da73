import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vidphone.terms.agreement import (
    FIELDS,
    MAX_CHARACTERS,
    Agreement,
    Clause,
    FormatCode,
    FormatFault,
    MissingField,
    Paragraph,
    Span,
    UnfitField,
    fill,
    fill_known,
    parse,
)
from vidphone.terms.publication import substitute

SHORT = """\
# Title

## 0 Parties
One {customer.name}, **two
{provider.name} three** four.
Five.

Another.

> Why {provider.name}.

## 1 Data
甲方
**乙方**
丙方
"""


def clauses(body: str) -> tuple[Clause, ...]:
    return parse(f"# T\n## 0 A\n{body}\n").clauses


def code(source: str) -> tuple[int, FormatCode]:
    with pytest.raises(FormatFault) as caught:
        parse(source)
    return caught.value.line, caught.value.code


def test_document_is_taken_apart() -> None:
    agreement = parse(SHORT)
    assert agreement.title == "Title"
    assert agreement.clause(0) == Clause(
        0,
        "Parties",
        (
            (
                Span("One "),
                Span("", field="customer.name"),
                Span(", "),
                Span("two ", highlight=True),
                Span("", highlight=True, field="provider.name"),
                Span(" three", highlight=True),
                Span(" four. Five."),
            ),
            (Span("Another."),),
        ),
        (Span("Why "), Span("", field="provider.name"), Span(".")),
    )
    assert agreement.clause(0).highlights == 1
    assert agreement.fields == agreement.unfilled == {"customer.name", "provider.name"}


def test_wrapped_chinese_joins_without_a_space() -> None:
    spans = parse(SHORT).clause(1).paragraphs[0]
    assert [span.text for span in spans] == ["甲方", "乙方", "丙方"]


def test_windows_files_read_the_same() -> None:
    assert parse("\ufeff" + SHORT.replace("\n", "\r\n")) == parse(SHORT)


def test_backslash_takes_the_meaning_away() -> None:
    assert clauses(r"\# 1\*\* \{provider.name\} \\ \> x")[0].paragraphs == ((Span(r"# 1** {provider.name} \ > x"),),)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", (1, FormatCode.NO_TITLE)),
        ("words\n# T", (1, FormatCode.NO_TITLE)),
        ("# T\n\nwords\n## 0 A\nx", (3, FormatCode.STRAY_TEXT)),
        ("# T\n# U\n## 0 A\nx", (2, FormatCode.BAD_HEADING)),
        ("# T\n## A\nx", (2, FormatCode.BAD_HEADING)),
        ("# T\n##0 A\nx", (2, FormatCode.BAD_HEADING)),
        ("# T\n### 0 A\nx", (2, FormatCode.BAD_HEADING)),
        ("# T\n## 1 A\nx", (2, FormatCode.CLAUSE_ORDER)),
        ("# T\n## 0 A\nx\n## 0 B\ny", (4, FormatCode.CLAUSE_ORDER)),
        ("# T\n## 0 A\nx\n## 2 B\ny", (4, FormatCode.CLAUSE_ORDER)),
        ("# T\n## 0 A\n> why", (3, FormatCode.EMPTY_CLAUSE)),
        ("# T\n## 0 A\nx\n\n> why\n\n> again", (7, FormatCode.STRAY_TEXT)),
        ("# T\n## 0 A\nx *y*", (3, FormatCode.STRAY_CHARACTER)),
        ("# T\n## 0 A\nx {y", (3, FormatCode.STRAY_CHARACTER)),
        ("# T\n## 0 A\nx\n\na **b\n\nc** d", (5, FormatCode.OPEN_HIGHLIGHT)),
        ("# T\n## 0 A\nx\n{customer.nmae}", (3, FormatCode.UNKNOWN_FIELD)),
        ("# T\n## 0 A\nx\u202ey", (3, FormatCode.UNSEEN_CHARACTER)),
        ("# T\n## 0 A\n" + "x" * MAX_CHARACTERS, (1, FormatCode.TOO_LONG)),
    ],
)
def test_fault_is_told_with_its_line(source: str, expected: tuple[int, FormatCode]) -> None:
    assert code(source) == expected


def test_nothing_unfilled_is_ever_signed() -> None:
    agreement = parse(SHORT)
    filled = fill(agreement, {"customer.name": " 张三 ", "provider.name": "P", "customer.address": "unused"})
    assert filled.unfilled == frozenset()
    assert filled.clause(0).paragraphs[0][1] == Span("张三", field="customer.name")
    for blank in ("", "  ", "\u3000"):
        with pytest.raises(MissingField) as caught:
            fill(agreement, {"customer.name": "张三", "provider.name": blank})
        assert caught.value.name == "provider.name"


def test_what_is_known_is_filled_and_the_rest_stays_blank() -> None:
    known = fill_known(parse(SHORT), {"provider.name": "P"})
    assert known.unfilled == {"customer.name"}
    assert fill(known, {"customer.name": "张三"}) == fill(parse(SHORT), {"provider.name": "P", "customer.name": "张三"})


@pytest.mark.parametrize("value", ["a\nb", "a\x00b", "a\u202eb", "a\u200bb", "a\u2028b", "a\ud800b"])
def test_value_that_hides_something_is_refused_by_name(value: str) -> None:
    with pytest.raises(UnfitField, match=r"provider\.name"):
        fill(parse(SHORT), {"customer.name": "x", "provider.name": value})


VISIBLE = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]), min_size=1)
NAMES = st.sampled_from(sorted(FIELDS))


def written(paragraph: Paragraph) -> str:
    """The paragraph in the form of a document, everything escaped that could be meant."""
    parts = []
    for span in paragraph:
        text = re.sub(r"[\\*{}#>]", r"\\\g<0>", span.text) if span.field is None else f"{{{span.field}}}"
        parts.append(f"**{text}**" if span.highlight else text)
    return "".join(parts)


@st.composite
def paragraphs(draw: st.DrawFn) -> Paragraph:
    """Spans as `parse` makes them: words of one kind are one span, no space at the ends."""
    spans: list[Span] = []
    for _ in range(draw(st.integers(1, 5))):
        highlight = draw(st.booleans())
        if draw(st.booleans()):
            spans.append(Span("", highlight, draw(NAMES)))
        elif not spans or spans[-1].field is not None or spans[-1].highlight != highlight:
            spans.append(Span(f"x{draw(VISIBLE)}x", highlight))
    return tuple(spans) or (Span("x"),)


@given(st.lists(st.tuples(st.lists(paragraphs(), min_size=1, max_size=3), paragraphs()), min_size=1, max_size=4))
def test_what_is_written_is_what_is_read(content: list[tuple[list[Paragraph], Paragraph]]) -> None:
    agreement = Agreement(
        "Title",
        tuple(Clause(at, f"C{at}", tuple(body), explained) for at, (body, explained) in enumerate(content)),
    )
    lines = ["# Title"]
    for clause in agreement.clauses:
        lines.append(f"## {clause.number} {clause.title}")
        lines += [f"{written(paragraph)}\n" for paragraph in clause.paragraphs]
        lines.append(f"> {written(clause.explanation)}\n")
    assert parse("\n".join(lines)) == agreement


@given(st.text(st.sampled_from("# >*{}\\\n0129 甲.customer.name") | st.characters(), max_size=200))
@example("# a\n## 0 b\n>")
def test_any_text_is_read_or_refused_with_a_line_that_exists(source: str) -> None:
    try:
        agreement = parse(source)
    except FormatFault as refused:
        line = refused.line
    else:
        line = 1
        assert agreement.clauses
        assert agreement.fields <= FIELDS
    assert 1 <= line <= source.count("\n") + 1


@given(st.fixed_dictionaries({"customer.name": VISIBLE, "provider.name": VISIBLE}))
@example({"customer.name": "# {order.number} **", "provider.name": "\\{"})
def test_value_in_the_source_reads_as_itself_whatever_it_holds(values: dict[str, str]) -> None:
    if not all(value.strip() for value in values.values()):
        with pytest.raises(MissingField):
            substitute(SHORT, values)
        return
    source = SHORT.replace("two\n", "two ")  # a value that begins in Chinese changes how lines join
    said, meant = parse(substitute(source, values)), fill(parse(source), values)
    assert said.fields == frozenset()
    for one, other in zip(said.clauses, meant.clauses, strict=True):
        assert one.highlights == other.highlights
        assert ["".join(span.text for span in part) for part in one.paragraphs] == [
            "".join(span.text for span in part) for part in other.paragraphs
        ]
