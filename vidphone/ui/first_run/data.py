"""Who signs: a person or an organisation, and the data of clause 1, each checked beside its field as it is typed."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from vidphone.account.sign_up import flow
from vidphone.account.sign_up.draft import Page
from vidphone.terms.customer import warn_customer
from vidphone.terms.parties import IdentityKind, PartyKind
from vidphone.ui.design.choice import DropDown
from vidphone.ui.design.fields import TextField
from vidphone.ui.design.labels import Label
from vidphone.ui.design.theme import Theme
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.parts import Option, Options, muted

MAX_TYPED = 300
PERSONS_PAPERS = (
    IdentityKind.RESIDENT_ID,
    IdentityKind.RESIDENCE_PERMIT,
    IdentityKind.FOREIGN_PERMANENT_RESIDENT,
)
FIELDS = ("name", "identity_number", "birth_date", "employer", "address", "postcode", "telephone")
_PERSONS_ALONE = ("birth_date",)
_TOGETHER = {"birth_date": "identity_number", "name": "identity_number"}
"""What is to be judged again once another field changed."""


class DataField(TextField):
    """A field that may also carry a warning: something unusual that does not stop anybody."""

    def __init__(self, theme: Theme, key: str, check: Callable[[str], str], hint: str) -> None:
        super().__init__(theme, key, check, hint=hint)
        self.warning = Label(theme, "", TypeRole.CAPTION, "warning", wrap=True)
        self.warning.hide()
        layout = self.layout()
        if layout is not None:
            layout.addWidget(self.warning)
        self.input.setMaxLength(MAX_TYPED)

    def call(self, key: str, hint: str) -> None:
        """The same field asks for something else: another label and hint."""
        self._key, self._hint = key, hint
        self.label.say(key)
        self._say()

    def judge_again(self) -> None:
        """Something that its judgement rests on has changed."""
        self._judge()

    @property
    def judged(self) -> bool:
        """Whether it was left or sent once."""
        return self._judged

    def warn(self, key: str) -> None:
        """Show a warning, or none."""
        shown = key if self._judged and not self.error.isVisibleTo(self) else ""
        self.warning.say(shown) if shown else self.warning.show_text("")
        self.warning.setVisible(bool(shown))
        if shown:
            self.input.setAccessibleDescription(self.warning.plain)


class DataPage(WizardPage):
    """The fields appear once it is chosen who signs."""

    step = Page.DATA

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.kinds = Options(self.theme, "ui.first-run.data.kind", columns=2)
        self.kinds.show_options([kind.value for kind in PartyKind], self._fill_kind)
        self.not_kept = muted(self.theme, "ui.first-run.data.not-kept", TypeRole.CAPTION)
        self.paper = DropDown(self.theme, "ui.first-run.data.identity_kind")
        self.paper_label = Label(self.theme, "ui.first-run.data.identity_kind", strong=True)
        self.paper_label.setBuddy(self.paper)
        self.paper_error = Label(self.theme, "ui.first-run.lack.paper", TypeRole.CAPTION, "danger", wrap=True)
        self.paper_error.hide()
        self.fields = {
            name: DataField(self.theme, f"ui.first-run.data.{name}", self._checker(name), _hint(name))
            for name in FIELDS
        }
        self._fields = QWidget()
        self._build()
        self.kinds.chosen.connect(self._choose_kind)
        self.paper.activated.connect(self._choose_paper)
        for name, field in self.fields.items():
            field.edited.connect(lambda _="", name=name: self._typed(name))
            field.input.editingFinished.connect(self._warn)
        self.theme.words.changed.connect(self._say_papers)
        self._say_papers()

    def _build(self) -> None:
        fields = self.fields
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID_PX)
        self._paper_place = QWidget()
        paper = QVBoxLayout(self._paper_place)
        paper.setContentsMargins(0, 0, 0, 0)
        paper.setSpacing(4)
        paper.addWidget(self.paper_label)
        paper.addWidget(self.paper)
        paper.addWidget(self.paper_error)
        column.addLayout(_beside((fields["name"], 1), (self._paper_place, 1)))
        column.addLayout(_beside((fields["identity_number"], 3), (fields["birth_date"], 2)))
        column.addLayout(_beside((fields["address"], 3), (fields["postcode"], 2)))
        column.addLayout(_beside((fields["employer"], 3), (fields["telephone"], 2)))
        self.body.addWidget(self.kinds)
        self.body.addWidget(self.not_kept)
        self.body.addWidget(self._fields)

    def refresh(self) -> None:
        """Show what was typed; a field is judged once it was left."""
        draft = self.run.draft
        if draft is None:
            return
        person = draft.kind == PartyKind.PERSON.value
        for option in self.kinds.options:
            option.name(self.theme.words(f"ui.first-run.data.kind.{option.value}"))
        self.kinds.choose(draft.kind)
        self._fields.setVisible(bool(draft.kind))
        self.not_kept.setVisible(bool(draft.kind) and not self.run.keyring)
        self._paper_place.setVisible(person)
        place = self.paper.findData(draft.identity_kind)
        self.paper.setCurrentIndex(max(0, place))
        for name, field in self.fields.items():
            field.setVisible(person or name not in _PERSONS_ALONE)
            alike = "" if person or not draft.kind else ".organisation"
            key = f"ui.first-run.data.{name}{alike}" if name in _OTHERWISE else f"ui.first-run.data.{name}"
            field.call(key, _hint(name, organisation=not person))
            if field.text() != getattr(draft, name).strip():
                field.set_text(getattr(draft, name))
        for name in self.run.refused:
            if name in self.fields:
                self.fields[name].valid()
        self._warn()

    def begin(self) -> None:
        """The focus goes to what is wrong, or to the first that is empty."""
        draft = self.run.draft
        if draft is None or not draft.kind:
            self.kinds.focus()
            return
        wrong = [name for name in self.run.refused if name in self.fields]
        empty = [name for name, field in self.fields.items() if field.isVisibleTo(self) and not field.text()]
        self.fields[(wrong or empty or ["name"])[0]].input.setFocus()

    def show_lacks(self) -> None:
        """Judge every field, and go to the first that is wrong."""
        if not (self.run.draft and self.run.draft.kind):
            self.kinds.focus()
            return
        shown = [field for field in self.fields.values() if field.isVisibleTo(self)]
        wrong = [field for field in shown if not field.valid()]
        self._show_paper_error(on=not self.run.draft.identity_kind)
        if not self.run.draft.identity_kind and self.fields["name"] not in wrong:
            self.paper.setFocus()
        elif wrong:
            wrong[0].input.setFocus()
        self._warn()

    def _checker(self, name: str) -> Callable[[str], str]:
        def check(_typed: str) -> str:
            fault = self.run.faults().get(name)
            return f"fault.{fault.code.value}" if fault else ""

        return check

    def _typed(self, name: str) -> None:
        self.run.change(**{name: self.fields[name].input.text()})
        field = self.fields[name]
        if field.judged:
            field.judge_again()
        other = self.fields.get(_TOGETHER.get(name, ""))
        if other is not None and other.judged:
            other.judge_again()
        self._warn()
        self.edited.emit()

    def _choose_kind(self, value: str) -> None:
        draft = self.run.draft
        if draft is None or draft.kind == value:
            return
        organisation = value == PartyKind.ORGANISATION.value
        paper = IdentityKind.SOCIAL_CREDIT_CODE.value if organisation else ""
        self.run.change(kind=value, identity_kind=paper)
        self.ask([])
        self.fields["name"].input.setFocus()

    def _show_paper_error(self, *, on: bool) -> None:
        self.paper_error.setVisible(on)
        self.paper.setProperty("wrong", "true" if on else "false")
        self.paper.style().unpolish(self.paper)
        self.paper.style().polish(self.paper)
        self.paper.setAccessibleDescription(self.paper_error.plain if on else "")

    def _choose_paper(self) -> None:
        self.run.change(identity_kind=self.paper.currentData() or "")
        self._show_paper_error(on=False)
        if self.fields["identity_number"].judged:
            self.fields["identity_number"].judge_again()
        self._warn()
        self.edited.emit()

    def _warn(self) -> None:
        draft = self.run.draft
        data = flow.customer_data(draft) if draft else None
        warnings = {fault.field: fault for fault in warn_customer(data, self.run.today())} if data else {}
        for name, field in self.fields.items():
            fault = warnings.get(name)
            field.warn(f"fault.{fault.code.value}" if fault else "")

    def _fill_kind(self, option: Option) -> None:
        key = f"ui.first-run.data.kind.{option.value}"
        option.inside.addWidget(Label(self.theme, key, strong=True, wrap=True))
        option.inside.addWidget(muted(self.theme, f"{key}.what", TypeRole.CAPTION))

    def _say_papers(self) -> None:
        chosen = self.paper.currentData()
        self.paper.clear()
        self.paper.addItem(self.theme.words("ui.first-run.data.paper.choose"), "")
        for kind in PERSONS_PAPERS:
            self.paper.addItem(self.theme.words(f"ui.first-run.data.paper.{kind.value}"), kind.value)
        self.paper.setCurrentIndex(max(0, self.paper.findData(chosen)))


_OTHERWISE = ("name", "identity_number", "employer", "address", "telephone")
"""What an organisation is asked for in other words."""


def _hint(name: str, *, organisation: bool = False) -> str:
    if name == "identity_number" and organisation:
        return "ui.first-run.data.identity_number.organisation.hint"
    return f"ui.first-run.data.{name}.hint"


def _beside(*fields: tuple[QWidget, int]) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(2 * GRID_PX)
    for field, share in fields:
        column = QVBoxLayout()
        column.addWidget(field)
        column.addStretch(1)
        line.addLayout(column, share)
    return line
