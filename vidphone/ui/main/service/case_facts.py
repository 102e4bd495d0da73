"""What the provider's records say of the thing that a case is about: a call, a line of a bill, a claim."""

from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout, QWidget

from vidphone.terms.money import format_fen, format_price
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX
from vidphone.ui.first_run.parts import Facts
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.main.moments import duration, exact
from vidphone.ui.main.money.dates import full_day
from vidphone.wire.cases import CallRecord, CaseDetail, Claim, DisputedLine, QualityReport

DASH = "—"


class CaseFacts(QWidget):
    """One table for each kind of thing; the one of the case is shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.call = Facts(theme)
        self.line = Facts(theme)
        self.claim = Facts(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID_PX)
        for facts in (self.call, self.line, self.claim):
            layout.addWidget(facts)

    def show_case(self, detail: CaseDetail | None) -> None:
        """Show what belongs to a case."""
        call, line, claim = (None, None, None) if detail is None else (detail.call, detail.line, detail.claim)
        self.call.setVisible(call is not None)
        self.line.setVisible(line is not None)
        self.claim.setVisible(claim is not None)
        if call is not None:
            self._show_call(call)
        if line is not None:
            self._show_line(line)
        if claim is not None:
            self._show_claim(claim)
        self.setVisible(any(thing is not None for thing in (call, line, claim)))

    def _show_call(self, call: CallRecord) -> None:
        words = self._theme.words
        at = datetime.fromtimestamp(call.proposed_at).astimezone()
        self.call.show_facts(
            [
                ("ui.service.call.from", call.caller),
                ("ui.service.call.to", call.callee),
                ("ui.money.call.began", exact(at, words)),
                ("ui.money.call.to", words_in(call.destination, self._theme.language) if call.destination else DASH),
                ("ui.service.call.billed", duration(call.billed_s, words) if call.billed_s else DASH),
                ("ui.money.call.price", words("ui.money.per-minute", price=format_price(call.price_e4_yuan))
                 if call.price_e4_yuan else DASH),
                ("ui.money.call.cost", format_fen(call.amount_fen)),
                ("ui.money.call.billed", call.billed_in or words("ui.money.call.not-billed")),
                ("ui.service.call.caller-quality", self._quality(call.caller_quality)),
                ("ui.service.call.callee-quality", self._quality(call.callee_quality)),
            ]
        )  # fmt: skip

    def _quality(self, report: QualityReport | None) -> str:
        words = self._theme.words
        if report is None:
            return words("ui.service.call.no-quality")
        delay = DASH if report.round_trip_ms is None else f"{report.round_trip_ms:.0f}"
        return words(
            "case.quality" if report.video else "case.quality.voice", bars=f"{report.bars_mean:.1f}",
            lost=f"{report.lost_percent:.1f}", delay=delay, frozen=f"{report.frozen_s:.0f}",
        )  # fmt: skip

    def _show_line(self, line: DisputedLine) -> None:
        words = self._theme.words
        facts = [
            ("ui.service.line.words", words_in(line.words, self._theme.language)),
            ("ui.service.line.amount", format_fen(line.amount_fen)),
            ("ui.service.line.calls", words("ui.money.bill.calls", count=line.quantity,
                                            time=duration(line.seconds, words)) if line.seconds else DASH),
        ]  # fmt: skip
        self.line.show_facts(facts)

    def _show_claim(self, claim: Claim) -> None:
        words = self._theme.words
        if claim.granted is None:
            decision = words("ui.service.claim.open")
        elif not claim.granted:
            decision = words("ui.service.claim.refused")
        else:
            key = "ui.service.claim.goodwill" if claim.goodwill else "ui.service.claim.granted"
            remedy = words(f"warranty.remedy.{claim.remedy.value}") if claim.remedy is not None else DASH
            decision = words(key, remedy=remedy)
        self.claim.show_facts(
            [
                ("ui.service.claim.category", words(f"warranty.category.{claim.category.value}")),
                ("ui.service.claim.noticed", full_day(claim.noticed_on, words)),
                ("ui.service.terminal.until", full_day(claim.last_day, words)),
                ("ui.service.claim.ground", words(f"warranty.ground.{claim.ground.value}")),
                ("ui.service.claim.decision", decision),
                ("ui.service.claim.done", full_day(claim.done_on, words)),
            ]
        )
