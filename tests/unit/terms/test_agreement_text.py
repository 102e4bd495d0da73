from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from vidphone.terms.agreement import fill_known, parse
from vidphone.terms.agreement_text import explanation_text, html, plain_text

SOURCE = """\
# A & B
## 0 Parties <1>
{provider.name} **limits {provider.website} & more** {customer.name}.

> Why {provider.name}.
## 1 Plain
Words.
"""


class Tags(HTMLParser):
    """The tags and the words of some HTML."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_plain_text_has_headings_blanks_and_marks() -> None:
    agreement = fill_known(parse(SOURCE), {"provider.name": "P", "provider.website": "W"})
    assert plain_text(agreement, blank="__", mark=("[", "]")) == (
        "A & B\n\n0. Parties <1>\n\nP [limits W & more] __.\n\n1. Plain\n\nWords.\n"
    )
    assert explanation_text(agreement.clause(0)) == "Why P."
    assert explanation_text(agreement.clause(1)) == ""


def test_html_has_anchors_limits_places_and_links_on_demand() -> None:
    agreement = fill_known(parse(SOURCE), {"provider.name": "P", "provider.website": "W"})
    read = Tags(html(agreement, blank="__", explain="Explain", ask="Ask"))
    assert [attributes["name"] for tag, attributes in read.tags if "name" in attributes] == ["clause-0", "clause-1"]
    assert [attributes["class"] for tag, attributes in read.tags if tag == "b"] == ["limit"]
    assert [attributes["class"] for tag, attributes in read.tags if tag == "span"] == ["field", "field", "blank"]
    assert [attributes["href"] for _, attributes in read.tags if "href" in attributes] == [
        "explain:0",
        "ask:0",
        "ask:1",
    ]
    assert "P limits W & more __." in read.words
    assert "Why" not in read.words
    assert not any(tag == "a" and "href" in attributes for tag, attributes in Tags(html(agreement)).tags)


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"])))
def test_nothing_filled_in_becomes_markup(value: str) -> None:
    known = html(fill_known(parse(SOURCE), {"customer.name": value, "provider.website": value}))
    tags = {tag for tag, _ in Tags(known).tags}
    assert tags <= {"h1", "h2", "a", "p", "b", "span"}
    assert value.strip() in Tags(known).words
