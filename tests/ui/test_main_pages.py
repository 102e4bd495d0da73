from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.ui.conftest import House, MakeHouse
from vidphone.media.devices import DeviceKind
from vidphone.phone import commands, events
from vidphone.ui.design.rows import ROW_ROLE
from vidphone.ui.main.ask import Question
from vidphone.ui.main.contact_dialog import ContactDialog
from vidphone.ui.main.window import Page
from vidphone.wire.errors import ErrorCode


def dialog(kind: type[QDialog]) -> QDialog:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def contact_dialog() -> ContactDialog:
    found = dialog(ContactDialog)
    assert isinstance(found, ContactDialog)
    return found


def test_a_pasted_number_is_dialled_as_digits(house: House, qtbot: QtBot) -> None:
    field = house.window.dialler.field
    QGuiApplication.clipboard().setText(" +86 (138) 0013-8000\n")
    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "8613800138000"
    QTest.mouseClick(house.window.dialler.voice, Qt.MouseButton.LeftButton)
    assert house.engine.posted_of(commands.Dial) == [commands.Dial("8613800138000", video=False)]
    qtbot.waitUntil(lambda: field.text() == "")


def test_keys_type_and_a_short_number_is_refused_beside_the_field(house: House) -> None:
    page = house.window.dialler
    for face in "10":
        QTest.mouseClick(page.keys[face], Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.video, Qt.MouseButton.LeftButton)
    assert page.hint.plain == "A number has 3 to 15 digits."
    assert house.engine.posted_of(commands.Dial) == []
    for face in ("0", "3", "erase", "4"):
        QTest.mouseClick(page.keys[face], Qt.MouseButton.LeftButton)
    assert page.field.text() == "1004"
    assert page.hint.plain == "王芳"
    QTest.keyClick(page.field, Qt.Key.Key_Return)
    assert house.engine.posted_of(commands.Dial) == [commands.Dial("1004", video=True)]


def test_a_name_typed_in_full_is_called_and_an_unclear_one_is_not(house: House) -> None:
    field = house.window.dialler.field
    field.setText("王芳")
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.setText("张小明")  # has two numbers
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert house.engine.posted_of(commands.Dial) == [commands.Dial("1004", video=True)]


def test_matches_are_offered_while_typing_and_taken_by_keyboard(house: House) -> None:
    page = house.window.dialler
    QTest.keyClicks(page.field, "ada")
    popup = page.field.completer().popup()
    assert popup is not None
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert page.field.text() == "1003"


def test_a_contact_is_added_with_its_numbers_as_they_are_dialled(make_house: MakeHouse) -> None:
    house = make_house(moved_in=False)
    house.engine.sign_in()
    house.settle()
    house.window.open_page(Page.CONTACTS)
    QTest.mouseClick(house.window.contacts.first, Qt.MouseButton.LeftButton)
    asked = contact_dialog()
    QTest.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    assert asked.name.error.plain == "Enter a name."
    QTest.keyClicks(asked.name.input, "Grace")
    asked.numbers[0].input.insert("１３８ 0013 8000")
    QTest.mouseClick(asked.more, Qt.MouseButton.LeftButton)
    QTest.keyClicks(asked.numbers[1].input, "1005")
    QTest.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    house.settle()
    (saved,) = house.engine.contacts.values()
    assert (saved.name, saved.numbers) == ("Grace", ("13800138000", "1005"))
    assert house.window.contacts.card.name.plain == "Grace"  # the new one is shown


def test_several_numbers_are_parted_as_the_language_does(house: House) -> None:
    house.window.open_page(Page.CONTACTS)
    rows = house.window.contacts.list.model()
    assert rows.index(1, 0).data(ROW_ROLE).second == "13800138000, 1002"
    house.window.settings.language.button("zh").click()
    house.settle()
    assert rows.index(1, 0).data(ROW_ROLE).second == "13800138000、1002"


def test_a_deleted_contact_comes_back_by_undo(house: House) -> None:
    house.window.open_page(Page.CONTACTS)
    page = house.window.contacts
    QTest.keyClicks(page.search, "1003")
    page.list.setCurrentIndex(page.list.model().index(0, 0))
    QTest.mouseClick(page.delete, Qt.MouseButton.LeftButton)
    house.settle()
    assert "c2" not in house.engine.contacts
    assert house.window.toasts.label.plain == "Ada Lovelace was deleted."
    QTest.mouseClick(house.window.toasts.button, Qt.MouseButton.LeftButton)
    house.settle()
    assert house.engine.contacts["c2"].favourite


def test_notices_of_somebody_who_signed_out_are_gone_with_their_way_back(house: House) -> None:
    house.window.open_page(Page.CONTACTS)
    page = house.window.contacts
    for _ in range(2):
        page.list.setCurrentIndex(page.list.model().index(0, 0))
        QTest.mouseClick(page.delete, Qt.MouseButton.LeftButton)
        house.settle()
    house.engine.tell(events.SignedOut(None))
    house.settle()
    assert house.window.toasts.shown is None
    assert not house.window.toasts.isVisible()


def test_missed_calls_are_counted_filtered_and_seen_once_looked_at(house: House, qtbot: QtBot) -> None:
    window = house.window
    button = window.rail.buttons[Page.HISTORY]
    assert button.accessibleName() == "History, 2 new"
    window.open_page(Page.HISTORY)
    window.history.filter.button("missed").click()
    assert window.history.list.model().rowCount() == 2
    qtbot.waitUntil(lambda: button.accessibleName() == "History", timeout=5000)
    assert house.engine.posted_of(commands.MarkMissedSeen)


def test_enter_on_a_past_call_calls_back_the_same_way(house: House) -> None:
    house.window.open_page(Page.HISTORY)
    view = house.window.history.list
    view.setCurrentIndex(view.model().index(3, 0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert house.engine.posted_of(commands.Dial) == [commands.Dial("1004", video=False)]
    assert "The other side is busy" in house.window.history.card.about.plain


def test_history_is_cleared_only_after_a_question(house: House) -> None:
    house.window.open_page(Page.HISTORY)
    QTest.mouseClick(house.window.history.clear, Qt.MouseButton.LeftButton)
    asked = dialog(Question)
    assert isinstance(asked, Question)
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    assert house.engine.history
    QTest.mouseClick(house.window.history.clear, Qt.MouseButton.LeftButton)
    asked = dialog(Question)
    assert isinstance(asked, Question)
    asked.buttons["ui.history.clear"].click()
    house.settle()
    assert house.engine.history == []
    assert house.window.history.lists.currentIndex() == 1


def test_a_device_chosen_is_used_at_once_and_kept(house: House) -> None:
    house.window.open_page(Page.SETTINGS)
    house.settle()
    choice = house.window.settings.devices.choices[DeviceKind.SPEAKER]
    assert choice.itemText(0) == "System default (Built-in Audio Analog Stereo)"
    choice.setCurrentIndex(choice.findData("spk-1"))
    choice.activated.emit(choice.currentIndex())
    house.settle()
    assert house.engine.posted_of(commands.SelectDevice) == [commands.SelectDevice(DeviceKind.SPEAKER, "spk-1")]
    assert house.engine.settings.speaker == "spk-1"
    house.window.settings.devices.try_ringer.click()
    assert house.engine.posted_of(commands.TestSound) == [commands.TestSound(DeviceKind.RINGER)]


def test_each_part_of_the_voice_is_switched_by_itself_and_kept(house: House) -> None:
    page = house.window.settings
    house.window.open_page(Page.SETTINGS)
    for switch, name in (
        (page.echo, "echo_cancellation"),
        (page.noise, "noise_suppression"),
        (page.gain, "automatic_gain"),
    ):
        assert switch.isChecked()
        switch.click()
        house.settle()
        assert not getattr(house.engine.settings, name)
    page.noise.click()
    house.settle()
    kept = house.engine.settings
    assert (kept.echo_cancellation, kept.noise_suppression, kept.automatic_gain) == (False, True, False)


def test_the_camera_of_the_preview_is_off_once_the_page_is_left(house: House) -> None:
    house.window.open_page(Page.SETTINGS)
    house.window.settings.devices.look.click()
    assert house.window.settings.devices.preview.isVisible()
    house.window.open_page(Page.DIAL)
    assert house.engine.posted_of(commands.Preview) == [commands.Preview(on=True), commands.Preview(on=False)]


def test_a_failure_says_what_to_do_next_and_a_lost_link_stays_said(house: House) -> None:
    house.engine.tell(events.Failure(ErrorCode.CAMERA_BUSY))
    house.engine.tell(events.LinkChanged(events.LinkState.DOWN))
    house.settle()
    assert house.window.toasts.label.plain == (
        "The camera is used by another program. Close that program, or choose another camera."
    )
    assert house.window.banner.isVisible()
    assert house.window.toasts.height() < house.window.height() / 6
    house.engine.tell(events.LinkChanged(events.LinkState.UP))
    house.settle()
    assert not house.window.banner.isVisible()


def test_importing_says_how_many_were_taken(house: House) -> None:
    house.engine.tell(events.ContactsImported(12, 3))
    house.settle()
    assert house.window.toasts.label.plain == "12 contacts imported; 3 had no usable number."
