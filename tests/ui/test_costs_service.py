"""The real window at a real service: price, cost, the last seconds, the limit, a payment, and calling again."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.metered import add_metered, plan
from tests.support.phones import HeadlessPhone
from tests.support.provider import PASSWORD, Provider
from tests.ui.stage import click
from vidphone.account.profile import Profile
from vidphone.account.settings import Settings
from vidphone.phone.build import phone_maker
from vidphone.phone.commands import SignIn
from vidphone.phone.engine import EngineThread
from vidphone.phone.events import LinkState
from vidphone.phone.options import PhoneOptions
from vidphone.service.store.engine import open_database
from vidphone.texts import Language
from vidphone.ui.bridge import Bridge
from vidphone.ui.desktop import Desktop
from vidphone.ui.main.window import Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PAYER, CALLEE = "1001", "1002"
E4_YUAN = 6_000
"""A fen a second."""
LASTS_S = 12
WAIT_MS = 30_000


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    provider = Provider(tmp_path / "service").configure(more="[payments]\nsandbox = true\n")
    provider.add_customer(CALLEE)
    engine = open_database(provider.data)
    today = datetime.now(UTC).date()
    add_metered(engine, [PAYER], plan(voice_e4_yuan=E4_YUAN), LASTS_S, today, time.time(), password=PASSWORD)
    engine.dispose()
    with provider:
        yield provider


@pytest.fixture
def callee(provider: Provider, tmp_path: Path) -> Iterator[HeadlessPhone]:
    quiet = ("--camera", "none", "--mic", "tone", "--speaker", "none")
    with HeadlessPhone(provider.url, tmp_path / "callee", *quiet) as phone:
        yield phone.sign_in(CALLEE)


@pytest.fixture
def desktop(provider: Provider, tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    profile = Profile.open(tmp_path / "profile")
    chosen = Settings(language=Language.ENGLISH, motion=False)
    options = PhoneOptions(camera="none", microphone="tone", speaker="none", keep_token=False)
    bridge = Bridge(EngineThread(phone_maker(profile, options)), chosen)
    desktop = Desktop(bridge, chosen)
    desktop.show()
    bridge.start()
    qtbot.waitUntil(lambda: bridge.state.ready, timeout=WAIT_MS)
    bridge.post(SignIn(provider.url, PAYER, PASSWORD))
    qtbot.waitUntil(lambda: bridge.state.account is not None and bridge.state.link is LinkState.UP, timeout=WAIT_MS)
    yield desktop
    bridge.stop()
    desktop.close_all()
    desktop.window.deleteLater()
    desktop.deleteLater()
    QApplication.processEvents()
    profile.close()


def test_limit_ends_the_call_and_a_payment_begins_the_next(
    desktop: Desktop, callee: HeadlessPhone, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_it(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_it)
    main, calls = desktop.window, desktop.calls
    main.dialler.field.setText(CALLEE)
    price = main.dialler.prices.ways[False]
    qtbot.waitUntil(lambda: bool(price.plain), timeout=WAIT_MS)
    assert price.plain == f"¥0.60 a minute\ncredit lasts {LASTS_S} s"

    click(main.dialler.voice)
    call = callee.wait_for("incoming")["call"]
    callee.do("answer", video=False)
    qtbot.waitUntil(lambda: calls.window is not None and calls.window.credit.isVisible(), timeout=WAIT_MS)
    window = calls.window
    assert window is not None
    qtbot.waitUntil(lambda: window.credit.label.plain.startswith("Your credit ends in 0:0"), timeout=WAIT_MS)
    assert window.header.cost.plain.endswith("so far")

    qtbot.waitUntil(window.barred.isVisible, timeout=WAIT_MS)
    assert window.barred.what.plain == "Your credit is used up"
    assert callee.wait_for("ended", call=call)["reason"] == "hung-up"
    assert callee.heard("charging") == []
    qtbot.waitUntil(lambda: f"¥0.{LASTS_S}" in window.barred.figures.plain, timeout=WAIT_MS)

    qtbot.waitUntil(window.barred.support.isVisible, timeout=WAIT_MS)
    click(window.barred.pay)
    assert main.pages.currentIndex() == Page.MONEY
    main.money.pay(500)
    card = main.money.paying
    qtbot.waitUntil(card.pay.isVisible, timeout=WAIT_MS)
    click(card.pay)
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT_MS)
    assert httpx.post(opened[0], params={"paid": "true"}, timeout=10).status_code == 200
    qtbot.waitUntil(window.barred.again.isVisible, timeout=WAIT_MS)
    assert window.barred.what.plain == "You can call again"
    click(window.barred.again)
    assert callee.wait_for("incoming")["call"] != call
