"""Cases from both sides: opened, answered, corrected, contested, closed (clauses 6, 15, 16 and 18)."""

import sqlite3
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from tests.support.customers import call, moment
from tests.support.sign_up import person
from tests.unit.service.cases.conftest import CALL, CALLEE_DEVICE, CALLER_DEVICE, COMMISSION, Bench
from vidphone.service.audit.log import AuditLog
from vidphone.service.cases.book import CaseBook
from vidphone.service.cases.desk import CaseDesk
from vidphone.service.cases.quality import CallQuality
from vidphone.service.ledger.ledger import Ledger
from vidphone.service.office.cases import CaseFilter, CaseOffice
from vidphone.service.office.reasons import Reasons
from vidphone.service.ports import Bearer
from vidphone.service.store.engine import writing
from vidphone.service.store.sealed import open_vault
from vidphone.service.store.tables import account_events
from vidphone.service.store.tables_cases import cases
from vidphone.service.store.tables_ledger import transfers
from vidphone.terms.cases import CaseState, CaseStep, Ending, NotNow, Terms
from vidphone.wire.cases import (
    MAX_OPEN,
    AboutCall,
    AboutClause,
    AboutLine,
    Action,
    AskedStep,
    CaseDetail,
    CaseKind,
    NewCase,
    NewMessage,
    QualityReport,
)
from vidphone.wire.errors import ErrorCode, VidphoneError

DAY = date(2026, 9, 10)
NOW = moment(DAY, 12)
_ids = (f"{number:032x}" for number in count(1))
REPORT = QualityReport(
    seconds=58, video=True, bars_mean=4.5, bars_least=2, lost_percent=1.5, jitter_ms=12, concealed_percent=0.4
)


def question(clause: int = 6, words: str = "为什么？") -> NewCase:
    return NewCase(id=next(_ids), about=AboutClause(clause=clause), words=words)


def opened(bench: Bench, asked: NewCase | None = None, at: float = NOW) -> CaseDetail:
    return bench.desk.open(bench.caller.account, asked or question(), at)


def step(bench: Bench, number: str, what: CaseStep, at: float, words: str = "") -> CaseDetail:
    asked = AskedStep.model_validate({"id": next(_ids), "step": what, "words": words})
    return bench.desk.step(bench.caller.account, number, asked, at)


def refusal(code: ErrorCode) -> pytest.RaisesExc[VidphoneError]:
    return pytest.raises(VidphoneError, match=f"^{code.value}$")


def test_asking_twice_opens_one_case(bench: Bench) -> None:
    asked = NewCase(id=next(_ids), about=AboutClause(clause=9), words="什么是信用额度？", findings="延迟 20 毫秒")
    first, again = opened(bench, asked), opened(bench, asked, NOW + 60)
    assert first.case.number == again.case.number == "C000001"
    assert [one.action for one in again.messages] == [Action.OPEN, Action.FINDINGS]
    assert (first.case.kind, first.case.clause, first.commission) == (CaseKind.QUESTION, 18, COMMISSION)
    assert first.case.due == DAY + timedelta(15)
    assert bench.desk.list(bench.caller.account, None, 10, NOW).cases == (again.case,)


def test_a_customer_sees_and_writes_in_their_own_cases_only(bench: Bench) -> None:
    number = opened(bench).case.number
    other = bench.callee.account
    with refusal(ErrorCode.NOT_FOUND):
        bench.desk.detail(other, number, NOW)
    with refusal(ErrorCode.NOT_FOUND):
        bench.desk.say(other, number, NewMessage(id=next(_ids), words="x"), NOW)
    assert bench.desk.list(other, None, 10, NOW).cases == ()


def test_what_is_not_the_customers_cannot_be_disputed(bench: Bench) -> None:
    bench.house.run(date(2026, 9, 1))
    bill = f"202608-{bench.callee.number}"
    for about in (AboutLine(bill=bill, line=1), AboutLine(bill="202608-2001", line=99), AboutCall(call="0" * 32)):
        with refusal(ErrorCode.NOT_FOUND):
            opened(bench, NewCase(id=next(_ids), about=about, words="x"))


def test_a_correction_is_once_in_the_ledger_and_on_the_next_bill(bench: Bench) -> None:
    call(bench.engine, [bench.caller], "talk", 600, moment(date(2026, 8, 20), 12))
    bench.house.run(date(2026, 9, 1))
    lines = bench.house.lines(f"202608-{bench.caller.number}")
    disputed = 1 + [kind for kind, _ in lines].index("calls")
    about = AboutLine(bill=f"202608-{bench.caller.number}", line=disputed)
    detail = opened(bench, NewCase(id=next(_ids), about=about, words="我没有打这个电话。"))
    assert detail.line is not None
    assert (detail.case.kind, detail.line.amount_fen) == (CaseKind.DISPUTE, lines[disputed - 1][1])
    number = detail.case.number
    for at in (NOW, NOW + 5):
        assert bench.cases.answer(number, "确有错误，已更正。", -60, "key", "li.na", at, "meter") is (at == NOW)
    answer = bench.desk.detail(bench.caller.account, number, NOW).messages[-1]
    assert (answer.amount_fen, answer.billed_in) == (-60, None)
    bench.house.run(date(2026, 10, 1))
    bill = f"202609-{bench.caller.number}"
    assert ("adjustment", -60) in bench.house.lines(bill)
    assert bench.desk.detail(bench.caller.account, number, NOW).messages[-1].billed_in == bill
    with bench.engine.connect() as connection:
        moved = connection.execute(select(transfers).where(transfers.c.kind == "adjustment")).all()
    assert [row.amount_fen for row in moved] == [60]
    assert AuditLog(bench.engine).verify() is None


def test_an_answer_that_cannot_be_leaves_no_money_behind(bench: Bench) -> None:
    number = opened(bench).case.number
    step(bench, number, CaseStep.WITHDRAW, NOW)
    with refusal(ErrorCode.CASE_NOT_NOW):
        bench.cases.answer(number, "x", -60, "key", "li.na", NOW)
    for wrong in (0, 10**9):
        with pytest.raises(ValueError, match=str(wrong)):
            bench.cases.answer(number, "x", wrong, "key", "li.na", NOW)
    with bench.engine.connect() as connection:
        assert Ledger().balance(connection, bench.caller.account).unbilled == 0


def test_a_case_goes_from_side_to_side(bench: Bench) -> None:
    number = opened(bench).case.number
    account = bench.caller.account
    assert bench.cases.ask(number, "哪一次通话？", "k1", "li.na", NOW + 0.5)
    asked = bench.desk.detail(account, number, NOW)
    assert (asked.case.state, asked.case.unread) == (CaseState.ASKED, True)
    replied = bench.desk.say(account, number, NewMessage(id=next(_ids), words="周一那次"), NOW + 1)
    assert (replied.case.state, replied.messages[-1].action) == (CaseState.OPEN, Action.REPLY)
    bench.cases.answer(number, "计费正确。", None, "k2", "li.na", NOW + 2)
    with refusal(ErrorCode.BAD_DATA):
        step(bench, number, CaseStep.CONTEST, NOW + 3)
    assert step(bench, number, CaseStep.CONTEST, NOW + 3, "不同意").case.state is CaseState.OPEN
    bench.cases.answer(number, "维持原答复。", None, "k3", "li.na", NOW + 4)
    escalated = step(bench, number, CaseStep.ESCALATE, NOW + 5)
    assert (escalated.case.state, escalated.may) == (CaseState.ESCALATED, (CaseStep.SETTLE, CaseStep.WITHDRAW))
    assert bench.cases.settle(number, "仲裁结果：……", "k4", "li.na", NOW + 6)
    done = bench.desk.detail(account, number, NOW + 7)
    assert (done.case.state, done.case.ending, done.may) == (CaseState.CLOSED, Ending.SETTLED, ())
    bench.desk.seen(account, number, NOW + 8)
    assert not bench.desk.detail(account, number, NOW + 9).case.unread


def test_the_provider_does_not_settle_its_own_answer(bench: Bench) -> None:
    number = opened(bench).case.number
    bench.cases.answer(number, "答复", None, "k", "li.na", NOW)
    with refusal(ErrorCode.CASE_NOT_NOW):
        bench.cases.settle(number, "x", "k2", "li.na", NOW)


def test_time_closes_what_is_not_contested_and_opens_the_way_where_no_answer_came(bench: Bench) -> None:
    answered, late = opened(bench).case.number, opened(bench).case.number
    bench.cases.answer(answered, "答复", None, "k", "li.na", NOW)
    last = moment(DAY + timedelta(30), 23)
    assert bench.desk.expire(last) == 0
    day_after = moment(DAY + timedelta(31))
    assert bench.desk.expire(day_after) == 1
    assert bench.desk.expire(day_after) == 0
    closed = bench.desk.detail(bench.caller.account, answered, day_after)
    assert (closed.case.ending, closed.messages[-1].action) == (Ending.ACCEPTED_BY_TIME, Action.EXPIRE)
    waiting = bench.desk.detail(bench.caller.account, late, day_after)
    assert waiting.case.late
    assert CaseStep.ESCALATE in waiting.may
    assert bench.cases.counts(day_after) == {"open": 1, "asked": 0, "answered": 0, "escalated": 0, "late": 1}
    page = bench.cases.page(CaseFilter(late=True), None, 10, day_after)
    assert [row.summary.number for row in page.rows] == [late]


def test_a_call_is_kept_with_how_it_went_at_both_ends(bench: Bench) -> None:
    bench.add_call(NOW - 100)
    quality = bench.desk.quality
    for end, device in ((bench.caller, CALLER_DEVICE), (bench.callee, CALLEE_DEVICE)):
        quality.told(Bearer(1, end.number, "", device, True, end.account), CALL, REPORT, NOW)
    other = REPORT.model_copy(update={"bars_mean": 0.0})
    here = Bearer(1, bench.caller.number, "", CALLER_DEVICE, True, bench.caller.account)
    quality.told(here, CALL, other, NOW)  # what was told first stays
    elsewhere = Bearer(1, bench.caller.number, "", CALLEE_DEVICE, True, bench.caller.account)
    with refusal(ErrorCode.NOT_FOUND):
        quality.told(elsewhere, CALL, REPORT, NOW)
    detail = opened(bench, NewCase(id=next(_ids), about=AboutCall(call=CALL), words="画面停顿"))
    assert detail.call is not None
    assert (detail.call.caller_quality, detail.call.callee_quality) == (REPORT, REPORT)
    assert (detail.call.caller, detail.call.callee) == (bench.caller.number, bench.callee.number)
    assert bench.cases.file(detail.case.number, NOW).detail.call == detail.call


def test_who_was_called_does_not_see_what_it_cost_the_caller(bench: Bench) -> None:
    bench.add_call(NOW - 100)
    call(bench.engine, [bench.caller], "x", 60, NOW)
    with writing(bench.engine) as connection:
        connection.execute(text("UPDATE call_charges SET call = :call"), {"call": CALL})
    asked = NewCase(id=next(_ids), about=AboutCall(call=CALL), words="x")
    seen = bench.desk.open(bench.callee.account, asked, NOW).call
    own = opened(bench, NewCase(id=next(_ids), about=AboutCall(call=CALL), words="x")).call
    assert seen is not None
    assert own is not None
    assert (seen.amount_fen, seen.price_e4_yuan, seen.billed_s) == (0, 0, 0)
    assert own.amount_fen > 0


def test_pictures_and_words_are_sealed_and_go_with_the_erasure_of_their_customer(bench: Bench, tmp_path: Path) -> None:
    number = opened(bench, question(words="我的身份证号是 11010519900101001X")).case.number
    bench.desk.photograph(bench.caller.account, number, next(_ids), [b"\xff\xd8picture"], NOW)
    photo = bench.desk.detail(bench.caller.account, number, NOW).messages[-1].photos[0]
    assert bench.desk.photo(bench.caller.account, number, 2, photo.page) == b"\xff\xd8picture"
    with sqlite3.connect(tmp_path / "data" / "vidphone.db") as plain:
        kept = [
            bytes(row[0])
            for table, column in (("case_messages", "words"), ("case_photos", "body"))
            for row in plain.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        ]
    plain.close()
    assert len(kept) == 2
    assert not any(b"11010519900101001X" in value or b"picture" in value for value in kept)
    identities, account = bench.house.endings.identities, bench.caller.account
    with writing(bench.engine) as connection:
        identities.store(connection, account, person(1), NOW)
        identities.end(connection, account, NOW)
    identities.erase(account, NOW)
    erased = bench.desk.detail(account, number, NOW)
    assert [one.words for one in erased.messages] == ["", ""]
    with refusal(ErrorCode.NOT_FOUND):
        bench.desk.photo(account, number, 2, photo.page)


def object_in_vain(bench: Bench) -> None:
    with writing(bench.engine) as connection:
        bench.book.open_case(connection, bench.caller.account, "objection", "agreement:2026-11", "不同意", NOW)
        raise NotNow


def test_an_objection_opens_a_case_in_the_transaction_of_another(bench: Bench) -> None:
    with pytest.raises(NotNow):
        object_in_vain(bench)
    assert bench.desk.list(bench.caller.account, None, 10, NOW).cases == ()
    with writing(bench.engine) as connection:
        bench.book.open_case(connection, bench.caller.account, "objection", "agreement:2026-11", "不同意", NOW)
    (case,) = bench.desk.list(bench.caller.account, None, 10, NOW).cases
    assert (case.kind, case.clause, case.about.model_dump()["version"]) == (CaseKind.OBJECTION, 15, "2026-11")
    with bench.engine.connect() as connection:
        told = connection.execute(select(account_events.c.number).where(account_events.c.topic == "cases")).all()
    assert {row.number for row in told} == {bench.caller.number}


def test_there_is_an_end_to_open_cases(bench: Bench) -> None:
    for _ in range(MAX_OPEN):
        opened(bench)
    with refusal(ErrorCode.TOO_MANY_CASES):
        opened(bench)


def test_lists_of_many_cases_go_by_their_indexes_a_page_at_a_time(bench: Bench) -> None:
    row = {"account_id": bench.caller.account, "kind": "dispute", "about": "clause:6", "since": DAY.isoformat()}
    times = {"opened_at": NOW, "changed_at": NOW, "seen_at": NOW}
    many = [
        row | times | {"request": str(one), "state": "open", "due": (DAY + timedelta(one % 7)).isoformat()}
        for one in range(250)
    ]
    with writing(bench.engine) as connection:
        connection.execute(insert(cases), many)
    for wanted in (CaseFilter(), CaseFilter(state=CaseState.OPEN), CaseFilter(kind=CaseKind.DISPUTE)):
        found, after = [], None
        while True:
            page = bench.cases.page(wanted, after, 100, NOW)
            found += [one.summary for one in page.rows]
            if (after := page.next) is None:
                break
        assert len({one.number for one in found}) == 250
        if wanted.state:
            assert [one.due for one in found] == sorted(one.due for one in found if one.due)
    plans = {
        "state = 'open' ORDER BY due, id": "ix_cases_state_due",
        "kind = 'dispute' ORDER BY id DESC": "ix_cases_kind_id",
        "account_id = 1 ORDER BY id DESC": "ix_cases_account_id",
    }
    with bench.engine.connect() as connection:
        for where, index in plans.items():
            plan = connection.execute(text(f"EXPLAIN QUERY PLAN SELECT * FROM cases WHERE {where} LIMIT 50")).all()
            assert [index in step.detail for step in plan] == [True]  # and no sorting


def test_the_operators_days_hold_from_the_next_step_on(bench: Bench, tmp_path: Path) -> None:
    number = opened(bench).case.number
    engine = bench.engine
    vault, audit = open_vault(engine, tmp_path / "keys.json", NOW), AuditLog(engine)
    shorter = CaseBook(vault, audit, Terms(answer_days=5, contest_days=10))
    desk = CaseDesk(engine, shorter, CallQuality(engine), 1, COMMISSION)
    assert desk.detail(bench.caller.account, number, NOW).case.due == DAY + timedelta(days=15)
    office = CaseOffice(engine, shorter, audit, Reasons(engine, vault), 1)
    office.answer(number, "So it was.", None, "k1", "li", NOW)
    assert desk.detail(bench.caller.account, number, NOW).case.due == DAY + timedelta(days=10)
    later = CaseDesk(engine, bench.book, CallQuality(engine), 1, COMMISSION)
    after = moment(DAY + timedelta(days=11))
    assert later.detail(bench.caller.account, number, after).case.ending is Ending.ACCEPTED_BY_TIME
    assert desk.open(bench.caller.account, question(), NOW).case.due == DAY + timedelta(days=5)
