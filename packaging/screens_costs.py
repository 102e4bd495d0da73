"""The scenes of costs before and in a call, and of barred calls, for `screens.py`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from tests.fakes import money
from tests.support.quotes import quote
from vidphone.call.charge import Charge
from vidphone.call.view import CallState, CallView, Direction
from vidphone.phone import events
from vidphone.phone.events import Request
from vidphone.terms.standing import Cause, Lift, State
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode
from vidphone.wire.reasons import EndReason

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
SETTLE_MS = 450
NUMBER = "13800138000"
SUPPORT = "10000"


def charge(**changes: object) -> Charge:
    """Two minutes of a video call."""
    now = time.monotonic()
    return replace(Charge(3_000, 60, 120, 4_000, False, None, now, minimum_s=60, increment_s=60), **changes)  # type: ignore[arg-type]


def dial_shots(desk: Desk) -> Iterator[Shot]:
    """The dialler with a price, with little credit, with none, with a free number, and without an answer."""
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.DIAL)
    for name, number, lasting, refused in (
        ("price", NUMBER, 11_999, None),
        ("price-short", NUMBER, 45, None),
        ("price-free", SUPPORT, None, None),
        ("price-limit", NUMBER, 0, ErrorCode.CREDIT_LIMIT),
        ("price-overdue", NUMBER, 0, ErrorCode.ACCOUNT_SUSPENDED),
        ("price-paused", NUMBER, 0, ErrorCode.SERVICE_PAUSED),
    ):
        window.prefill("")
        window.prefill(number)
        desk.settle(SETTLE_MS)
        for video in (False, True):
            part = lasting if lasting is None or not video else lasting // 2
            desk.engine.tell(
                events.Quoted(quote(number, video=video, lasting_s=part, free=number == SUPPORT, refused=refused))
            )
        desk.settle()
        yield f"dial-{name}", window
    window.prefill("1009")
    desk.settle(SETTLE_MS)
    desk.engine.tell(events.RequestFailed(Request.QUOTE, ErrorCode.SERVICE_UNREACHABLE, (("service", ""),)))
    desk.settle()
    yield "dial-price-unknown", window


def active(**changes: object) -> CallView:
    """A call of two minutes."""
    now = time.monotonic()
    view = CallView(
        "c", Direction.OUTGOING, NUMBER, "", CallState.ACTIVE, video=True, camera=True, peer_camera=True,
        dialled_at=now - 130, connected_at=now - 120.4, first_frame_at=now - 120, comparison_code="402917",
    )  # fmt: skip
    return replace(view, **changes)  # type: ignore[arg-type]


def call_shots(desk: Desk) -> Iterator[Shot]:
    """The cost in a call, its last minute, and what it was in the end."""
    desk.move_in()
    before = {"connected_at": None, "peer_camera": False, "comparison_code": None}
    desk.tell(active(state=CallState.RINGING, **before))
    desk.engine.tell(events.Charging("c", charge(spent_fen=0, answered_s=0, running=False)))
    desk.project()
    yield "cost-ringing", desk.call_window
    desk.tell(active())
    desk.engine.tell(events.Charging("c", charge()))
    desk.project()
    yield "cost", desk.call_window
    desk.engine.tell(events.Charging("c", charge(remaining_s=43, final=True, warning=60)))
    desk.project()
    yield "cost-countdown", desk.call_window
    desk.engine.tell(events.Charging("c", charge(remaining_s=9, final=True, warning=10)))
    desk.project()
    yield "cost-last-seconds", desk.call_window
    desk.call_window.leave_wanted.emit()
    desk.project()
    small = desk.desktop.calls.small
    if small is None:
        raise RuntimeError("no small picture is open")
    yield "cost-small", small
    small.return_wanted.emit()
    desk.engine.tell(events.Charging("c", charge()))
    desk.project()
    yield "cost-goes-on", desk.call_window
    desk.tell(active(state=CallState.ENDED, reason=EndReason.HUNG_UP, ended_at=time.monotonic()))
    desk.engine.tell(events.Charging("c", charge(spent_fen=60, answered_s=120, settled=True, running=False)))
    desk.settle()
    yield "cost-ended", desk.call_window
    desk.call_window.finished.emit()


def barred_shots(desk: Desk) -> Iterator[Shot]:
    """Every reason that bars a call, and one lifted again."""
    from screens_account import PROVIDER_OF  # noqa: PLC0415 - of the same folder

    desk.move_in()
    limit = money.account(State.RESTRICTED, Cause.CREDIT_LIMIT, Lift.PAY, Lift.RAISE_LIMIT, unbilled=50_010)
    overdue = money.account(State.SUSPENDED, Cause.OVERDUE, Lift.PAY, unpaid=8_123, overdue=8_123, fee=756)
    debt = money.account(State.TERMINATED, Cause.OVERDUE, unpaid=8_123, overdue=8_123, fee=2_193)
    paused = money.account(State.JUDICIAL, Cause.JUDICIAL, Lift.AUTHORITY)
    data = money.account(State.SUSPENDED, Cause.DATA, Lift.PROVIDER)
    leaving = money.account(State.SUSPENDED, Cause.LEAVING, Lift.WITHDRAW)
    for at, (name, reason, account) in enumerate(
        (
            ("asking", EndReason.CREDIT_LIMIT, None),
            ("limit", EndReason.CREDIT_LIMIT, limit),
            ("overdue", EndReason.ACCOUNT_SUSPENDED, overdue),
            ("debt", EndReason.ACCOUNT_SUSPENDED, debt),
            ("paused", EndReason.SERVICE_PAUSED, paused),
            ("agreement", EndReason.AGREEMENT_REQUIRED, None),
            ("identity", EndReason.IDENTITY_SUSPENDED, data),
            ("leaving", EndReason.ACCOUNT_SUSPENDED, leaving),
        )
    ):
        dialling = active(call=str(at), state=CallState.DIALLING, connected_at=None, peer_camera=False)
        desk.tell(dialling)
        if account is not None:
            desk.engine.tell(events.AgreementShown((), None, None, None, True, PROVIDER_OF, None))
        desk.tell(replace(dialling, state=CallState.ENDED, reason=reason, ended_at=time.monotonic()))
        if account is not None:
            desk.engine.tell(events.AccountShown(account))
        desk.settle()
        yield f"barred-{name}", desk.call_window
        desk.call_window.finished.emit()
    desk.tell(active())
    desk.engine.tell(events.Charging("c", charge(remaining_s=1, final=True)))
    desk.engine.tell(events.AgreementShown((), None, None, None, True, PROVIDER_OF, None))
    end = active(state=CallState.ENDED, reason=EndReason.CREDIT_LIMIT, ended_by_peer=True, ended_at=time.monotonic())
    desk.tell(end)
    desk.engine.tell(events.Charging("c", charge(spent_fen=60, settled=True, running=False)))
    desk.engine.tell(events.AccountShown(limit))
    desk.settle()
    yield "barred-used-up", desk.call_window
    desk.engine.tell(events.AccountShown(money.account(prepaid=5_000)))
    desk.settle()
    yield "barred-lifted", desk.call_window
    desk.call_window.finished.emit()


SERIES = (dial_shots, call_shots, barred_shots)
