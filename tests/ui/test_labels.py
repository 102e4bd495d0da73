"""Labels as they stand among marks, numbers and each other."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tests.ui.conftest import MakeHouse
from vidphone.account.settings import Settings
from vidphone.texts import Language
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import TypeRole
from vidphone.ui.first_run.parts import Mark, Option, Options, TickLine


def middle(of: QWidget, page: QWidget, height_px: int) -> float:
    """How far below the page's top the middle of the first `height_px` of a widget is."""
    return of.mapTo(page, QPoint(0, 0)).y() + height_px / 2


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("wrap", [False, True])
@pytest.mark.parametrize("role", [TypeRole.BODY, TypeRole.LEAD])
def test_a_mark_stands_in_the_middle_of_the_first_line_however_high_the_card(
    make_house: MakeHouse, language: Language, scale: float, wrap: bool, role: TypeRole
) -> None:
    house = make_house(language=language, text_scale=scale)
    theme = house.desktop.theme
    page = QWidget(house.window)
    page.resize(900, 600)
    options = Options(theme, "ui.settings.language", columns=2)
    titles: list[Label] = []

    def fill(option: Option) -> None:
        titles.append(Label(theme, "ui.close", role, wrap=wrap))
        option.inside.addWidget(titles[-1])
        if option.value == "two":
            option.inside.addWidget(Label(theme, "ui.close", TypeRole.CAPTION))

    options.show_options(["one", "two"], fill)
    tick = TickLine(theme, "ui.close")
    line = QHBoxLayout(page)
    line.addWidget(options)
    line.addWidget(tick)
    page.show()
    house.settle()
    marks: list[tuple[Mark, Label]] = [(one.mark, title) for one, title in zip(options.options, titles, strict=True)]
    for mark, title in (*marks, (tick.box, tick.label)):
        assert abs(middle(mark, page, mark.height()) - middle(title, page, title.first_line_px)) <= 1.5
    house.desktop.theme.use(Settings(language=language, text_scale=1.25, motion=False))
    house.settle()
    for mark, title in (*marks, (tick.box, tick.label)):
        assert abs(middle(mark, page, mark.height()) - middle(title, page, title.first_line_px)) <= 1.5


@pytest.mark.parametrize(
    ("plain", "together"),
    [
        ("随时可以拨打（第 9 条）。", "第\u00a09\u00a0条"),
        ("尚欠 ¥81.23 未付", "尚欠 ¥81.23\u00a0未付"),
        ("电话 010-12345678，客服", "电话 010-12345678，客服"),
        ("Call it within 9 months (clause 9).", "within 9 months"),
        ("与 Ada 的通话", "与 Ada 的"),
    ],
)
def test_a_line_does_not_break_between_a_number_and_its_measure(
    make_house: MakeHouse, plain: str, together: str
) -> None:
    label = Label(make_house(language=Language.CHINESE).desktop.theme, wrap=True)
    label.show_text(plain)
    assert together in label.text()
    assert label.plain == label.accessibleName() == plain
