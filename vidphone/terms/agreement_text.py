"""An agreement as text to read, save and search, and as simple HTML for a window. Whatever it holds is escaped."""

from html import escape

from vidphone.terms.agreement import Agreement, Clause, Paragraph, Span

BLANK = "________"


def plain_text(agreement: Agreement, *, blank: str = BLANK, mark: tuple[str, str] = ("", "")) -> str:
    """The document without its explanations; `blank` stands for what is not filled, `mark` around highlights."""
    parts = [agreement.title]
    for clause in agreement.clauses:
        parts.append(heading(clause))
        parts += [_plain(paragraph, blank, mark) for paragraph in clause.paragraphs]
    return "\n\n".join(parts) + "\n"


def html(agreement: Agreement, *, blank: str = BLANK, explain: str = "", ask: str = "") -> str:
    """The document as HTML of headings, paragraphs and links, as a text view of Qt shows it.

    Each clause has the anchor `clause-<n>`. Highlights are `<b class="limit">`, filled places `<span class="field">`.
    `explain` is the label of a link `explain:<n>` after each clause that is explained, `ask` that of a link `ask:<n>`
    after each clause; without a label there is no link.
    """
    parts = [f"<h1>{escape(agreement.title)}</h1>"]
    for clause in agreement.clauses:
        parts.append(f'<h2><a name="{anchor(clause.number)}"></a>{escape(heading(clause))}</h2>')
        parts += [f"<p>{_html(paragraph, blank)}</p>" for paragraph in clause.paragraphs]
        links = [
            f'<a href="{action}:{clause.number}">{escape(label)}</a>'
            for action, label, wanted in (("explain", explain, bool(clause.explanation)), ("ask", ask, True))
            if label and wanted
        ]
        if links:
            parts.append(f'<p class="links">{" · ".join(links)}</p>')
    return "\n".join(parts)


def explanation_text(clause: Clause, *, blank: str = BLANK) -> str:
    """What the highlights of a clause mean; empty where there are none."""
    return _plain(clause.explanation, blank, ("", ""))


def heading(clause: Clause) -> str:
    """The number and the title of a clause."""
    return f"{clause.number}. {clause.title}"


def anchor(number: int) -> str:
    """The name of a clause's anchor in the HTML."""
    return f"clause-{number}"


def _plain(paragraph: Paragraph, blank: str, mark: tuple[str, str]) -> str:
    opened, closed = mark
    runs = _runs(paragraph)
    texts = ["".join(span.text or blank for span in run) for run in runs]
    marked = zip(runs, texts, strict=True)
    return "".join(f"{opened}{text}{closed}" if run[0].highlight else text for run, text in marked)


def _html(paragraph: Paragraph, blank: str) -> str:
    parts = []
    for run in _runs(paragraph):
        inner = "".join(_span(span, blank) for span in run)
        parts.append(f'<b class="limit">{inner}</b>' if run[0].highlight else inner)
    return "".join(parts)


def _span(span: Span, blank: str) -> str:
    if span.field is None:
        return escape(span.text)
    kind = "field" if span.text else "blank"
    return f'<span class="{kind}">{escape(span.text or blank)}</span>'


def _runs(paragraph: Paragraph) -> list[list[Span]]:
    """The spans in runs that are highlighted throughout, or not at all."""
    runs: list[list[Span]] = []
    for span in paragraph:
        if runs and runs[-1][0].highlight == span.highlight:
            runs[-1].append(span)
        else:
            runs.append([span])
    return runs
