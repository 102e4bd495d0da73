"""Terminals and claims under the warranty (clause 4)."""

from datetime import date, timedelta
from itertools import count

import pytest

from tests.support.customers import moment
from tests.unit.service.cases.conftest import Bench
from vidphone.service.office.bills import NotPossible
from vidphone.terms.cases import CaseState
from vidphone.terms.warranty import Category, Ground, Remedy
from vidphone.wire.cases import CaseDetail, NewClaim, TerminalEventKind
from vidphone.wire.errors import ErrorCode, VidphoneError

INSTALLED = date(2026, 9, 1)
LAST = date(2027, 9, 1)
_ids = (f"{number:032x}" for number in count(1))


def registered(bench: Bench, serial: str = "SN-1") -> int:
    at = moment(INSTALLED, 12)
    return bench.terminals.register(bench.caller.number, serial, "VP 100", INSTALLED, None, "li.na", at)


def claimed(bench: Bench, terminal: int, on: date, category: Category = Category.MATERIAL) -> CaseDetail:
    asked = NewClaim(id=next(_ids), category=category, words="屏幕不亮")
    return bench.desk.claim(bench.caller.account, terminal, asked, moment(on, 9))


@pytest.mark.parametrize(
    ("on", "category", "ground"),
    [
        (LAST, Category.MATERIAL, Ground.COVERED),
        (LAST + timedelta(1), Category.MATERIAL, Ground.LATE),
        (LAST, Category.ACCIDENT, Ground.EXCLUDED),
        (LAST, Category.OPENED, Ground.OPENED),
    ],
)
def test_what_the_clause_says_stands_in_the_case_at_once(
    bench: Bench, on: date, category: Category, ground: Ground
) -> None:
    claim = claimed(bench, registered(bench), on, category).claim
    assert claim is not None
    assert (claim.ground, claim.granted, claim.last_day) == (ground, None, LAST)


def test_a_claim_for_an_opened_case_is_refused_with_its_ground(bench: Bench) -> None:
    terminal = registered(bench)
    number = claimed(bench, terminal, date(2026, 10, 5)).case.number
    at = moment(date(2026, 10, 8), 9)
    with pytest.raises(NotPossible, match=r"claim\.covered"):
        bench.terminals.decide(number, None, "拒绝", "k", "li.na", at)
    bench.terminals.opened("SN-1", date(2026, 10, 1), "封条破损", "li.na", at)
    with pytest.raises(NotPossible, match=r"claim\.not-covered"):
        bench.terminals.decide(number, Remedy.REPAIR, "维修", "k", "li.na", at)
    for new in (True, False):
        assert bench.terminals.decide(number, None, "机壳已被打开。", "k", "li.na", at) is new
    detail = bench.desk.detail(bench.caller.account, number, at)
    assert detail.claim is not None
    assert (detail.claim.granted, detail.claim.ground, detail.case.clause) == (False, Ground.OPENED, 4)
    assert detail.case.state is CaseState.ANSWERED
    (device,) = bench.desk.terminals(bench.caller.account, at).terminals
    kinds = TerminalEventKind
    assert [one.kind for one in device.history] == [kinds.REGISTERED, kinds.CLAIMED, kinds.OPENED, kinds.REFUSED]
    assert not device.covered


def test_an_exchange_extends_nothing_and_is_done_once(bench: Bench) -> None:
    terminal = registered(bench)
    number = claimed(bench, terminal, date(2026, 10, 5)).case.number
    at = moment(date(2026, 10, 8), 9)
    bench.terminals.decide(number, Remedy.EXCHANGE, "更换", "k", "li.na", at)
    with pytest.raises(NotPossible, match=r"claim\.serial"):
        bench.terminals.done(number, date(2026, 10, 8), None, "li.na", at)
    bench.terminals.done(number, date(2026, 10, 8), "SN-2", "li.na", at)
    with pytest.raises(NotPossible, match=r"claim\.nothing-to-do"):
        bench.terminals.done(number, date(2026, 10, 8), "SN-3", "li.na", at)
    (device,) = bench.terminals.of(bench.caller.number, at)
    assert (device.serial, device.installed_on, device.last_day) == ("SN-2", INSTALLED, LAST)
    assert [one.serial for one in device.history] == ["SN-1", "SN-1", "SN-1", "SN-2"]
    again = claimed(bench, terminal, LAST + timedelta(1)).claim
    assert again is not None
    assert again.ground is Ground.LATE


def test_goodwill_is_told_as_such(bench: Bench) -> None:
    number = claimed(bench, registered(bench), LAST, Category.ACCIDENT).case.number
    bench.terminals.decide(number, Remedy.REPAIR, "破例维修", "k", "li.na", moment(LAST, 10), goodwill=True)
    claim = bench.cases.file(number, moment(LAST, 11)).detail.claim
    assert claim is not None
    assert (claim.granted, claim.goodwill, claim.ground) == (True, True, Ground.EXCLUDED)


def test_what_cannot_be_registered_is_refused(bench: Bench) -> None:
    registered(bench)
    at = moment(INSTALLED, 12)
    wrong = [("SN-1", "VP", INSTALLED, "known"), ("x", "VP", INSTALLED, "bad"), ("SN-9", "", INSTALLED, "bad")]
    for serial, model, on, why in [*wrong, ("SN-9", "VP", INSTALLED + timedelta(1), "to-come")]:
        with pytest.raises(NotPossible, match=rf"terminal\.{why}"):
            bench.terminals.register(bench.caller.number, serial, model, on, None, "li.na", at)
    assert [one.serial for one in bench.terminals.page("SN", "", 10)] == ["SN-1"]
    assert bench.terminals.page("SN", "SN-1", 10) == []


def test_a_claim_is_for_ones_own_device_and_once_an_id(bench: Bench) -> None:
    terminal = registered(bench)
    asked = NewClaim(id=next(_ids), category=Category.SHIPPING, words="x")
    at = moment(INSTALLED, 13)
    first, again = (bench.desk.claim(bench.caller.account, terminal, asked, at) for _ in range(2))
    assert first.case.number == again.case.number
    with pytest.raises(VidphoneError, match=ErrorCode.NOT_FOUND.value):
        bench.desk.claim(bench.callee.account, terminal, asked, at)
