"""The real window over a real service: from the first start to the first call, by mouse alone and by keyboard alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.support.provider import Provider
from tests.support.thorough import THOROUGH
from tests.ui.keys import type_in
from tests.ui.sign_up_stage import Hands, SignUpWindow
from vidphone.account import settings as settings_file
from vidphone.account.profile import Profile
from vidphone.account.settings import Settings
from vidphone.account.sign_up.draft import Page
from vidphone.papers.verifying import verify
from vidphone.phone.build import phone_maker
from vidphone.phone.engine import EngineThread
from vidphone.phone.options import PhoneOptions
from vidphone.texts import Language

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

NUMBERS = ("20800001", "20800002", "20010003")
QUIET = PhoneOptions(camera="test", microphone="tone", speaker="none")


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with Provider(tmp_path / "service").configure(*NUMBERS) as running:
        yield running


class Machine:
    """A person's machine: what the profile holds outlives the program."""

    def __init__(self, directory: Path, language: Language) -> None:
        self.profile = Profile.open(directory)
        chosen = settings_file.read(self.profile.directory).settings
        if chosen.language is None:
            chosen = Settings(language=language, motion=False)
            settings_file.save(self.profile.directory, chosen)
        engine = EngineThread(phone_maker(self.profile, QUIET))
        self.at = SignUpWindow(engine, chosen, fixed_day=False)

    def close(self) -> None:
        self.at.close()
        self.profile.close()


WAYS = [(Language.CHINESE, True), (Language.ENGLISH, False), (Language.CHINESE, False), (Language.ENGLISH, True)]


@pytest.mark.parametrize(("language", "mouse"), WAYS if THOROUGH else WAYS[:2])
def test_from_the_first_start_to_the_first_call(
    provider: Provider, tmp_path: Path, qtbot: QtBot, language: Language, mouse: bool
) -> None:
    machine = Machine(tmp_path / "profile", language)
    at = machine.at
    try:
        qtbot.waitUntil(lambda: at.bridge.state.ready, timeout=30_000)
        at.settle()
        assert at.theme.language is language
        hands = Hands(at, qtbot, mouse=mouse)
        page = at.window.sign_in
        if mouse:
            QTest.mouseClick(page.service.input, Qt.MouseButton.LeftButton)
        type_in(page.service.input, provider.url)
        hands.press(page.sign_up)
        hands.sign_up()
        number = at.wizard.receipt.number.text()
        assert number in NUMBERS[:2]
        done = at.wizard.run.done
        offer = at.wizard.run.offer
        assert done is not None
        assert offer is not None
        verdict = verify(Path(done.path).read_bytes(), offer.provider.root_certificate_pem)
        assert verdict.complete
        qtbot.waitUntil(lambda: at.bridge.state.account is not None, timeout=30_000)
        hands.press(at.wizard.receipt.call)
        assert at.window.signed_in
        assert at.window.dialler.field.text() == offer.provider.support_number
    finally:
        machine.close()


def test_a_program_that_ended_goes_on_where_it_was(provider: Provider, tmp_path: Path, qtbot: QtBot) -> None:
    first = Machine(tmp_path / "profile", Language.CHINESE)
    try:
        hands = Hands(first.at, qtbot, mouse=True)
        qtbot.waitUntil(lambda: first.at.bridge.state.ready, timeout=30_000)
        first.at.window.sign_up(provider.url)
        qtbot.waitUntil(lambda: first.at.wizard.run.offer is not None, timeout=30_000)
        hands.go_on(Page.AGREEMENT)
        hands.read_agreement()
        hands.press(first.at.wizard.agreement.tick.box)
        hands.go_on(Page.DATA)
        hands.press(first.at.wizard.data.kinds.option("person").mark)
        QTest.qWait(1000)
    finally:
        first.close()
    second = Machine(tmp_path / "profile", Language.CHINESE)
    try:
        qtbot.waitUntil(lambda: second.at.window.signing_up and second.at.page is Page.DATA, timeout=30_000)
        assert second.at.draft.accepted
        assert second.at.draft.kind == "person"
    finally:
        second.close()


def test_a_service_that_is_not_there_is_said_and_survived(provider: Provider, tmp_path: Path, qtbot: QtBot) -> None:
    machine = Machine(tmp_path / "profile", Language.ENGLISH)
    at = machine.at
    try:
        qtbot.waitUntil(lambda: at.bridge.state.ready, timeout=30_000)
        provider.stop()
        at.window.sign_up(provider.url)
        qtbot.waitUntil(at.wizard.problem.isVisible, timeout=30_000)
        provider.start()
        QTest.mouseClick(at.wizard.problem.button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: at.wizard.run.offer is not None, timeout=30_000)
        assert not at.wizard.problem.isVisible()
    finally:
        machine.close()
