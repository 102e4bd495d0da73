"""The scenes of the account's pages and of the device test, for `screens.py`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from vidphone.media.devices import DeviceKind
from vidphone.media.sound.levels import SILENCE_DBFS, SoundLevel, VoiceState
from vidphone.papers import CUSTOMER, PROVIDER
from vidphone.papers.verifying import Problem, SignatureVerdict, Verdict
from vidphone.phone import commands, events
from vidphone.phone.events import Request
from vidphone.resources import assets_dir
from vidphone.terms.orders import Order, Plan, Terminal, Words
from vidphone.ui.main.account.forgotten import ForgottenDialog
from vidphone.ui.main.device_dialog import DeviceTestDialog
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode
from vidphone.wire.sign_up import (
    AgreementState,
    AgreementVersion,
    Disclosure,
    MaskedData,
    MyAgreement,
    Provider,
    Review,
    ReviewState,
)

if TYPE_CHECKING:
    from screens import Desk

Shot = tuple[str, QWidget]
SETTLE_MS = 400
"""Paragraphs within cards within a page that scrolls take several rounds to find their height."""


def _speak(desk: Desk, rms_dbfs: float, peak_dbfs: float) -> None:
    for _ in range(6):
        desk.engine.tell(events.MicrophoneLevel(SoundLevel(rms_dbfs, peak_dbfs)))
        desk.settle(60)


def device_shots(desk: Desk) -> Iterator[Shot]:
    """The device test: all well, being recorded, and all that can fail."""
    desk.move_in()
    window = desk.desktop.window
    window.open_page(Page.SETTINGS)
    window.test_devices()
    desk.settle()
    dialog = window.findChild(DeviceTestDialog)
    if dialog is None:
        raise RuntimeError("no device test is open")
    dialog.resize(dialog.width(), 980)
    page = dialog.page
    yield "devices-begin", dialog
    _speak(desk, -24, -11)
    desk.project()
    desk.engine.tell(events.VoiceSample(VoiceState.RECORDING, 3.2))
    page.speaker.tone.click()
    _speak(desk, -24, -11)
    yield "devices-recording", dialog
    desk.engine.tell(events.VoiceSample(VoiceState.KEPT, 3.4))
    page.speaker.yes.click()
    _speak(desk, -30, -18)
    yield "devices-good", dialog
    desk.engine.tell(events.VoiceSample(VoiceState.EMPTY, 0.0))
    page.speaker.no.click()
    for _ in range(3):
        page.microphone.trial.take(SoundLevel(SILENCE_DBFS, SILENCE_DBFS), page.microphone.trial._latest_s + 2)
    desk.engine.tell(events.DeviceNotice(DeviceKind.CAMERA, ErrorCode.CAMERA_BUSY, "Integrated Camera"))
    desk.settle()
    yield "devices-failing", dialog
    desk.engine.tell(events.DevicesChanged(dict.fromkeys(DeviceKind, ()), {}))
    desk.settle(300)
    yield "devices-none", dialog
    dialog.reject()


AT = datetime(2026, 11, 2, 9, 41, tzinfo=UTC)
ORDER = Order(
    "20261102-000017",
    date(2026, 11, 2),
    "2026-1",
    "13800138000",
    Plan("family", Words("家庭套餐", "Family"), Words("", ""), 3900, ()),
    Terminal("desk-8", Words("8 英寸话机", "Desk phone, 8 inch"), Words("", ""), 49900),
    50_000,
)
PROVIDER_OF = Provider(
    name=Words("示例可视通信有限公司", "Example Video Telephone Co., Ltd."),
    website="https://phone.example.cn",
    address=Words("北京市朝阳区示例路 1 号", "1 Example Road, Chaoyang, Beijing"),
    telephone="+861066668888",
    support_number="10000",
    arbitration_commission=Words("北京仲裁委员会", "Beijing Arbitration Commission"),
    signing_place=Words("北京", "Beijing"),
    root_certificate_pem="",
)
MASKED = MaskedData(
    kind="person",
    name="林*",
    birth_date="1990-**-**",
    address="广东省深圳市***",
    postcode="51****",
    identity_kind="resident-id",
    identity_number="440***********0021",
    employer="某********司",
    telephone="+86138****8000",
)
DISCLOSURES = (
    Disclosure(
        at=AT.timestamp() + 200_000,
        staff="chen.yu",
        fields=("name", "identity_number", "address"),
        reason="Police station Nanshan asked in writing, case 2026-1183",
    ),
    Disclosure(at=AT.timestamp() + 3600, staff="wang.lei", fields=("identity_number",), reason="Identity review"),
)


def shown(*, problem: Problem | None = None, same: bool | None = True, online: bool = True) -> events.AgreementShown:
    """An agreement signed by both sides, or one that was meddled with."""
    good = problem is None
    signatures = tuple(
        SignatureVerdict(field, signer, AT, False, good, good, problem)
        for field, signer in ((CUSTOMER, "林晓"), (PROVIDER, "示例可视通信有限公司"))
    )
    agreement = MyAgreement(
        id="a" * 32,
        version="2026-1",
        state=AgreementState.IN_FORCE,
        signed_at=AT.timestamp(),
        document_sha256=hashlib.sha256(b"agreement").hexdigest(),
        orders=(ORDER,),
    )
    return events.AgreementShown(
        (agreement,),
        str(Path("/papers/agreement.pdf")),
        Verdict(good, signatures, problem),
        same if online else None,
        online,
        PROVIDER_OF,
        wording(),
    )


def wording() -> AgreementVersion:
    """The wording that ships."""
    folder = assets_dir() / "agreement"
    sources = {language: (folder / f"agreement.{language}.md").read_text(encoding="utf-8") for language in ("zh", "en")}
    return AgreementVersion(
        version="2026-1", published_on=date(2026, 10, 1), zh=sources["zh"], en=sources["en"],
        sha256=hashlib.sha256(sources["zh"].encode()).hexdigest(), identity_notice=Words("", ""),
    )  # fmt: skip


def account_shots(desk: Desk) -> Iterator[Shot]:
    """The account's four tabs: well, failing, empty."""
    desk.move_in()
    window, page = desk.desktop.window, desk.desktop.window.account
    window.open_page(Page.ACCOUNT)
    desk.settle(SETTLE_MS)
    yield "account-agreement-asking", window
    desk.engine.tell(shown())
    desk.settle(SETTLE_MS)
    yield "account-agreement", window
    page.stack.currentWidget().verticalScrollBar().setValue(10_000)
    desk.settle(SETTLE_MS)
    yield "account-questions", window
    page.stack.currentWidget().verticalScrollBar().setValue(0)
    for name, event in (
        ("altered", shown(problem=Problem.ALTERED)),
        ("different", shown(same=False)),
        ("offline", shown(online=False)),
        ("none", events.AgreementShown((), None, None, None, True, PROVIDER_OF, wording())),
        ("on-paper", replace(
            shown(), path=None, verdict=None, same_as_provider=None,
            agreements=(shown().agreements[0].model_copy(
                update={"state": AgreementState.ON_PAPER, "document_sha256": None}),),
        )),
    ):  # fmt: skip
        desk.engine.tell(event)
        desk.settle(SETTLE_MS)
        yield f"account-agreement-{name}", window
    desk.engine.tell(
        events.RequestFailed(
            Request.AGREEMENT, ErrorCode.SERVICE_UNREACHABLE, (("service", "https://phone.example.cn"),)
        )
    )
    desk.settle(SETTLE_MS)
    yield "account-agreement-failed", window
    page.open_tab("data")
    desk.engine.tell(
        events.ReviewShown(Review(state=ReviewState.COPY_WANTED, reason="证件照片反光", since=AT.timestamp()))
    )
    desk.engine.tell(events.MyDataShown(MASKED))
    desk.settle(SETTLE_MS)
    yield "account-data", window
    page.review.choose_file(Path(__file__))
    desk.settle(SETTLE_MS)
    yield "account-data-copy", window
    page.review.send.click()
    desk.engine.tell(events.RequestFailed(Request.COPY, ErrorCode.COPY_REFUSED, (("detail", "sign-up.copy-type"),)))
    page.data.ask(commands.ExportMyData(Path("/papers/my-data.json")))
    desk.engine.tell(events.MyDataExported("/papers/my-data.json"))
    desk.settle(SETTLE_MS)
    yield "account-data-refused", window
    page.open_tab("disclosures")
    desk.engine.tell(events.DisclosuresShown(()))
    desk.settle(SETTLE_MS)
    yield "account-disclosures-none", window
    desk.engine.tell(events.DisclosuresShown(DISCLOSURES))
    desk.settle(SETTLE_MS)
    yield "account-disclosures", window
    page.open_tab("password")
    desk.settle(SETTLE_MS)
    yield "account-password", window
    page.password.old.set_text("old password")
    page.password.new.first.input.setText("12345678")
    page.password.change.click()
    desk.settle(SETTLE_MS)
    yield "account-password-refused", window


def forgotten_shots(desk: Desk) -> Iterator[Shot]:
    """A forgotten password, empty and refused."""
    window = desk.desktop.window
    window.reset_password("phone.example.cn", "13800138000")
    desk.settle(SETTLE_MS)
    dialog = window.findChild(ForgottenDialog)
    if dialog is None:
        raise RuntimeError("no dialog is open")
    yield "forgotten", dialog
    dialog.send.click()
    desk.settle(SETTLE_MS)
    yield "forgotten-nothing-typed", dialog
    dialog.identity_number.set_text("440301199001310021")
    dialog.telephone.set_text("13800138000")
    for field in dialog.password.fields:
        field.set_text("correct horse battery")
    dialog.send.click()
    desk.engine.tell(events.RequestFailed(Request.RESET, ErrorCode.RESET_REFUSED))
    desk.settle(SETTLE_MS)
    yield "forgotten-refused", dialog
    dialog.reject()


SERIES = (device_shots, account_shots, forgotten_shots)
