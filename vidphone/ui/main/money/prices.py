"""Everything that the calls of a plan cost, as a table (clause 2)."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from vidphone.terms.money import format_price
from vidphone.terms.orders import Plan
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.parts import muted
from vidphone.wire.price_rows import price_note, price_rows


class PriceTable(QWidget):
    """A row for each destination and time; below it, how calls are counted."""

    def __init__(self, theme: Theme, plan: Plan, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, GRID_PX // 2, 0, GRID_PX // 2)
        grid.setHorizontalSpacing(2 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX // 2)
        grid.setColumnStretch(0, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, key in enumerate(("destination", "voice", "video")):
            head = Label(theme, f"ui.money.prices.{key}", TypeRole.CAPTION, "muted", wrap=column == 0)
            grid.addWidget(head, 0, column, right if column else Qt.AlignmentFlag(0))
        rows = [row for price in plan.prices for row in price_rows(price, theme.language)]
        for at, row in enumerate(rows, 1):
            label = Label(theme, wrap=True)
            label.show_text(row.label)
            grid.addWidget(label, at, 0)
            for column, e4_yuan in ((1, row.voice_e4_yuan), (2, row.video_e4_yuan)):
                cell = Label(theme)
                cell.show_text(format_price(e4_yuan))
                grid.addWidget(cell, at, column, right)
        charged = muted(theme, role=TypeRole.CAPTION)
        charged.say(
            "ui.money.prices.counted" if plan.minimum_s else "ui.money.prices.counted-all",
            minimum=plan.minimum_s,
            increment=plan.increment_s,
        )
        grid.addWidget(charged, len(rows) + 1, 0, 1, 3)
        if note := price_note(plan, theme.language):
            line = muted(theme, role=TypeRole.CAPTION)
            line.show_text(note)
            grid.addWidget(line, len(rows) + 2, 0, 1, 3)
