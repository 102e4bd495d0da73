"""What cases are about, in the words of a person."""

from datetime import date

from vidphone.ui.design.theme import Theme
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.money.dates import full_day
from vidphone.wire.cases import About, AboutAgreement, AboutCall, AboutClause, AboutLine, CaseDetail, CaseSummary


def about_words(about: About, theme: Theme) -> str:
    """What a case is about, as its summary alone tells; of a call, that it is one: its id says nothing to anybody."""
    words = theme.words
    match about:
        case AboutLine(bill=bill, line=line):
            return words("case.about.line", bill=bill, line=line)
        case AboutCall():
            return words("ui.service.about.call")
        case AboutClause(clause=0):
            return words("ui.service.about.parties")
        case AboutClause(clause=clause):
            return words("case.about.clause", clause=clause)
        case AboutAgreement(version=version):
            return words("case.about.agreement", version=version)
        case _:
            return words("ui.service.about.terminal")


def title_of(case: CaseSummary, theme: Theme) -> str:
    """What a case is."""
    return theme.words(f"case.kind.{case.kind.value}")


def state_key(case: CaseSummary) -> str:
    """The key of the sentence that tells how a case stands; its places are `day` and `commission`."""
    if case.ending is not None:
        return f"ui.service.state.{case.ending.value}"
    return f"ui.service.state.{case.state.value}{'.late' if case.late else ''}"


def due_words(due: date | None, theme: Theme) -> str:
    """A last day."""
    return full_day(due, theme.words)


def commission_of(detail: CaseDetail, theme: Theme) -> str:
    """The commission that the agreement names."""
    if detail.commission is None:
        return theme.words("ui.service.commission")
    return words_in(detail.commission, theme.language)
