"""The agreement: read at once, searched, explained, kept, and accepted only once all of it was shown."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QShortcut, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QTextBrowser, QTextEdit, QVBoxLayout, QWidget

from vidphone.account.sign_up.draft import Page
from vidphone.terms.agreement import Agreement, Clause, fill_known, parse
from vidphone.terms.agreement_text import explanation_text, html
from vidphone.ui.design.buttons import PushButton, RoundButton
from vidphone.ui.design.labels import Label
from vidphone.ui.design.tokens import GRID_PX, TypeRole
from vidphone.ui.first_run.page import Context, WizardPage
from vidphone.ui.first_run.paper import PaperMenu
from vidphone.ui.first_run.parts import TickLine, announce
from vidphone.ui.first_run.prices import words_in
from vidphone.ui.first_run.tell import tell
from vidphone.ui.main.money.dates import full_day
from vidphone.wire.agreement import provider_fields

CLAUSES_PX = 200
NARROW_PX = 560
LEAST_PX = 120
MAX_SOUGHT = 100
_END_PX = 4


class Paper(QTextBrowser):
    """The text of the agreement. The arrow keys scroll it; Tab leads on, never into a trap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "paper")
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Space, Home and End move the page, as a reader expects."""
        bar = self.verticalScrollBar()
        moves = {
            Qt.Key.Key_Down: bar.value() + 3 * bar.singleStep(),
            Qt.Key.Key_Up: bar.value() - 3 * bar.singleStep(),
            Qt.Key.Key_Space: bar.value() + bar.pageStep(),
            Qt.Key.Key_PageDown: bar.value() + bar.pageStep(),
            Qt.Key.Key_PageUp: bar.value() - bar.pageStep(),
            Qt.Key.Key_Home: bar.minimum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        to = moves.get(Qt.Key(event.key()))
        if to is None or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            super().keyPressEvent(event)
        else:
            bar.setValue(to)


class AgreementPage(WizardPage):
    """The text beside the list of its clauses, a search above it, and the box below it."""

    step = Page.AGREEMENT
    refused = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(context, fills=True)
        self.paper = Paper()
        self.clauses = QListWidget()
        self.search = QLineEdit()
        self.count = Label(self.theme, role=TypeRole.CAPTION, tone="muted")
        self.previous = RoundButton(
            self.theme, "chevron-left", "ui.first-run.agreement.previous", "quiet", diameter_px=40
        )
        self.following = RoundButton(
            self.theme, "chevron-right", "ui.first-run.agreement.next", "quiet", diameter_px=40
        )
        self.keep = PaperMenu(self.theme)
        self.progress = Label(self.theme, role=TypeRole.CAPTION, tone="muted", wrap=True)
        self.tick = TickLine(self.theme)
        self.refuse = PushButton(self.theme, "ui.first-run.agreement.refuse", "link")
        self._agreement: Agreement | None = None
        self._shown_for: tuple[str, object, object] = ("", None, None)
        self._visited: set[int] = set()
        self._filling = False
        self._reading = 0
        self._hits: list[QTextCursor] = []
        self._at = 0
        self._build()
        self._wire()
        self._say()

    def _build(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(GRID_PX)
        self.title.setWordWrap(False)
        above.addWidget(self.title)
        above.addSpacing(GRID_PX)
        above.addWidget(self.search, 1)
        for widget in (self.count, self.previous, self.following, self.keep):
            above.addWidget(widget)
        reading = QHBoxLayout()
        reading.setSpacing(GRID_PX)
        reading.addWidget(self.clauses)
        reading.addWidget(self.paper, 1)
        below = QVBoxLayout()
        below.setSpacing(GRID_PX // 2)
        below.addWidget(self.progress)
        line = QHBoxLayout()
        line.setSpacing(2 * GRID_PX)
        line.addWidget(self.tick, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.refuse, 0, Qt.AlignmentFlag.AlignVCenter)
        below.addLayout(line)
        self.body.setSpacing(GRID_PX)
        self.body.addLayout(above)
        self.body.addLayout(reading, 1)
        self.body.addLayout(below)
        self._size()
        self.what.hide()  # the room is the text's

    def _wire(self) -> None:
        self.clauses.setProperty("kind", "clauses")
        self.clauses.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clauses.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.search.setMaxLength(MAX_SOUGHT)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(lambda: self._step(1))
        self.previous.clicked.connect(lambda: self._step(-1))
        self.following.clicked.connect(lambda: self._step(1))
        self.clauses.currentRowChanged.connect(self._to_clause)
        self.clauses.itemClicked.connect(lambda _: self._to_clause(self.clauses.currentRow()))
        self.paper.verticalScrollBar().valueChanged.connect(self._moved)
        self.paper.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.paper.verticalScrollBar().rangeChanged.connect(self._scrolled)
        self.paper.anchorClicked.connect(self._clicked)
        self.tick.ticked.connect(self._tick)
        self.refuse.clicked.connect(self.refused)
        self.theme.changed.connect(self._restyle_paper)
        self.theme.words.changed.connect(self._say)
        self.installEventFilter(self)
        for key, step in (("F3", 1), ("Shift+F3", -1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self._step(step))
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._find)

    def refresh(self) -> None:
        """Show the agreement of the offer, and whether it is accepted."""
        run = self.run
        if run.offer is None or run.draft is None:
            return
        wanted = (run.offer.agreement.sha256, self.theme.language, self.theme.palette)
        if wanted != self._shown_for:
            if wanted[0] != self._shown_for[0]:
                self._visited.clear()
                self._reading = 0
            self._shown_for = wanted
            self._show()
        version = run.offer.agreement
        self.tick.say(
            "ui.first-run.agreement.tick",
            version=version.version,
            date=full_day(version.published_on, self.theme.words),
        )
        self._show_progress()

    def begin(self) -> None:
        """The text has the focus, so that it can be read by keyboard at once."""
        self.paper.setFocus()
        QTimer.singleShot(0, self, self._show_place)  # what was laid out unseen was laid out for another size
        QTimer.singleShot(0, self, self._scrolled)

    def show_lacks(self) -> None:
        """To the text while it is not read, to the box afterwards."""
        (self.tick.box if self.tick.box.isEnabled() else self.paper).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where there is little room the list of clauses gives way to the text."""
        if watched is self and event.type() == QEvent.Type.Resize:
            self.clauses.setVisible(self.width() >= self.theme.px(NARROW_PX))
        return False

    def explain(self, number: int) -> None:
        """Say in plain words what the marked words of a clause mean."""
        clause = self._clause(number)
        if clause is not None:
            tell(self.theme, self, "ui.first-run.agreement.explained", explanation_text(clause), number=number)

    def support(self, number: int) -> None:
        """Whom to ask about a clause (clause 18)."""
        if self.run.offer is None:
            return
        provider, words = self.run.offer.provider, self.theme.words
        said = words(
            "ui.first-run.agreement.ask.where",
            name=words_in(provider.name, self.theme.language),
            telephone=provider.telephone,
            website=provider.website,
        )
        tell(self.theme, self, "ui.first-run.agreement.ask", said, number=number)

    @property
    def agreement(self) -> Agreement | None:
        """What is shown."""
        return self._agreement

    @property
    def hits(self) -> int:
        """How often what is sought was found."""
        return len(self._hits)

    def _show(self) -> None:
        offer, language = self.run.offer, self.theme.language
        if offer is None:
            return
        source = offer.agreement.zh if language.value == "zh" else offer.agreement.en
        self._agreement = fill_known(parse(source), provider_fields(offer.provider, language))
        words, palette = self.theme.words, self.theme.palette
        self.paper.document().setDefaultStyleSheet(
            f".limit {{ background-color: {palette.warning_soft}; color: {palette.on_warning_soft}; }}"
            f" .blank {{ color: {palette.muted}; }} a {{ color: {palette.accent}; }}"
        )
        self._filling = True  # an empty paper is at its end: nobody has read it
        self.paper.setHtml(
            html(
                self._agreement,
                explain=words("ui.first-run.agreement.explain"),
                ask=words("ui.first-run.agreement.question"),
            )
        )
        self._size_headings()
        self._show_place()
        QTimer.singleShot(0, self, self._show_place)  # once it is laid out in the fonts of the language
        row = self.clauses.currentRow()
        self.clauses.blockSignals(True)
        self.clauses.clear()
        self.clauses.addItems([f"{clause.number}  {clause.title}" for clause in self._agreement.clauses])
        for at in range(self.clauses.count()):
            self.clauses.item(at).setToolTip(self.clauses.item(at).text())
        self.clauses.setCurrentRow(row)
        self.clauses.blockSignals(False)
        self.keep.show_paper(self._agreement)
        self._search(self.search.text())

    def _moved(self) -> None:
        """Remember the uppermost block, -1 at the very end: every language has the same clauses and paragraphs."""
        bar = self.paper.verticalScrollBar()
        if not self._filling and self.isVisible():
            at_end = bar.value() >= bar.maximum() - _END_PX
            self._reading = -1 if at_end else self.paper.cursorForPosition(QPoint(0, 0)).blockNumber()

    def _show_place(self) -> None:
        self._filling, place = True, self._reading
        document, bar = self.paper.document(), self.paper.verticalScrollBar()
        layout = document.documentLayout()
        layout.blockBoundingRect(document.lastBlock())  # a text is laid out bit by bit: now as a whole
        top = layout.blockBoundingRect(document.findBlockByNumber(place)).top() if place > 0 else 0
        bar.setValue(bar.maximum() if place < 0 else round(top))
        self._filling = False

    def _size(self) -> None:
        self.clauses.setFixedWidth(self.theme.px(CLAUSES_PX))
        self.paper.setMinimumHeight(self.theme.px(LEAST_PX))

    def _size_headings(self) -> None:
        """Sizes of the type scale: those that HTML gives to headings are far larger."""
        document = self.paper.document()
        block = document.begin()
        while block.isValid():
            if level := block.blockFormat().headingLevel():
                font = self.theme.font(TypeRole.TITLE if level == 1 else TypeRole.LEAD, strong=True)
                at, pieces = block.begin(), []
                while not at.atEnd():
                    pieces.append(at.fragment())
                    at += 1
                for piece in pieces:
                    looks = piece.charFormat()  # the anchor of the clause is in it
                    looks.clearProperty(QTextFormat.Property.FontSizeAdjustment)
                    looks.setFont(font)
                    cursor = QTextCursor(document)
                    cursor.setPosition(piece.position())
                    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                    cursor.setCharFormat(looks)
            block = block.next()

    def _restyle_paper(self) -> None:
        self._size()
        self._shown_for = (self._shown_for[0], None, None)
        self.refresh()

    def _to_clause(self, row: int) -> None:
        if self._agreement is None or not 0 <= row < len(self._agreement.clauses):
            return
        number = self._agreement.clauses[row].number
        self.paper.scrollToAnchor(f"clause-{number}")
        self._visited.add(number)
        if len(self._visited) == len(self._agreement.clauses):
            self._shown()

    def _scrolled(self) -> None:
        bar = self.paper.verticalScrollBar()
        if self._agreement and self.isVisible() and not self._filling and bar.value() >= bar.maximum() - _END_PX:
            self._shown()
        self._show_progress()

    def _shown(self) -> None:
        if self.run.draft and not self.run.draft.agreement_shown:
            self.run.show_agreement()
            self._show_progress()
            announce(self.progress)
            self.edited.emit()

    def _show_progress(self) -> None:
        draft = self.run.draft
        shown = draft is not None and draft.agreement_shown
        self.tick.set_possible(shown)
        self.tick.box.setChecked(draft is not None and draft.accepted)
        bar = self.paper.verticalScrollBar()
        if shown:
            self.progress.say("ui.first-run.agreement.all-shown")
        else:
            part = round(100 * (bar.value() + bar.pageStep()) / max(1, bar.maximum() + bar.pageStep()))
            self.progress.say("ui.first-run.agreement.progress", percent=min(99, part))

    def _tick(self, on: bool) -> None:
        self.run.accept(on)
        self.ask([])

    def _clicked(self, url: QUrl) -> None:
        kind, _, number = url.toString().partition(":")
        if not number.isdigit():
            return
        if kind == "explain":
            self.explain(int(number))
        elif kind == "ask":
            self.support(int(number))

    def _clause(self, number: int) -> Clause | None:
        clauses = self._agreement.clauses if self._agreement else ()
        return next((clause for clause in clauses if clause.number == number), None)

    def _find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _search(self, sought: str) -> None:
        self._hits, self._at = [], 0
        found = self.paper.document().find(sought) if sought.strip() else QTextCursor()
        while not found.isNull():
            self._hits.append(found)
            found = self.paper.document().find(sought, found)
        self._show_hit()

    def _step(self, by: int) -> None:
        if self._hits:
            self._at = (self._at + by) % len(self._hits)
            self._show_hit()

    def _show_hit(self) -> None:
        palette = self.theme.palette
        marked = []
        for at, cursor in enumerate(self._hits):
            looks = QTextCharFormat()
            looks.setBackground(QColor(palette.accent if at == self._at else palette.accent_soft))
            looks.setForeground(QColor(palette.on_accent if at == self._at else palette.accent))
            selection = QTextEdit.ExtraSelection()
            selection.cursor, selection.format = cursor, looks
            marked.append(selection)
        self.paper.setExtraSelections(marked)
        if self._hits:
            place = QTextCursor(self.paper.document())
            place.setPosition(self._hits[self._at].selectionStart())
            self.paper.setTextCursor(place)
            self.paper.ensureCursorVisible()
        self._say_count()

    def _say_count(self) -> None:
        for button in (self.previous, self.following):
            button.setEnabled(bool(self._hits))
        if not self.search.text().strip():
            self.count.show_text("")
        elif self._hits:
            self.count.say("ui.first-run.agreement.hits", at=self._at + 1, count=len(self._hits))
        else:
            self.count.say("ui.first-run.agreement.no-hit")
        self.search.setAccessibleDescription(self.count.plain)
        if self.search.hasFocus():
            announce(self.count)

    def _say(self) -> None:
        words = self.theme.words
        self.search.setPlaceholderText(words("ui.first-run.agreement.search"))
        self.search.setAccessibleName(words("ui.first-run.agreement.search"))
        self.clauses.setAccessibleName(words("ui.first-run.agreement.clauses"))
        self.paper.setAccessibleName(words("ui.first-run.agreement.title"))
        self.refresh()
