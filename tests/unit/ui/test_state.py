from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.people import CONTACTS, calls
from vidphone.account.settings import Settings, Theme
from vidphone.call.view import CallState, CallView, Direction
from vidphone.media.stats import CallStats
from vidphone.phone import commands, events
from vidphone.ui.state import ViewState, completions, found
from vidphone.wire.errors import ErrorCode

CALL = CallView("a" * 32, Direction.INCOMING, "1003", "Ada", CallState.INCOMING, video=True)


def test_an_ended_call_leaves_nothing_behind() -> None:
    state = ViewState()
    state.fold(events.CallChanged(CALL))
    state.fold(events.StatsReport(CallStats(CALL.call, 0.05)))
    assert list(state.stats) == [CALL.call]
    state.fold(events.CallChanged(replace(CALL, state=CallState.ENDED)))
    state.fold(events.StatsReport(CallStats(CALL.call, 0.05)))  # one that was on its way
    assert (state.calls, state.stats) == ({}, {})


def test_a_call_that_only_rings_here_is_none_to_be_cut_off() -> None:
    incoming, active = ViewState(), ViewState()
    incoming.fold(events.CallChanged(CALL))
    active.fold(events.CallChanged(replace(CALL, state=CallState.ACTIVE)))
    assert (incoming.in_call, active.in_call) == (False, True)


@given(st.lists(st.sampled_from([CallState.INCOMING, CallState.ACTIVE, CallState.HELD, CallState.ENDED]), max_size=20))
def test_calls_are_those_that_were_not_ended_last(states: list[CallState]) -> None:
    state = ViewState()
    for one in states:
        state.fold(events.CallChanged(replace(CALL, state=one)))
    assert (CALL.call in state.calls) == (bool(states) and states[-1] is not CallState.ENDED)


def test_a_sign_in_is_awaited_until_it_is_answered() -> None:
    state = ViewState()
    for answer in (
        events.SignedIn("https://phone.example.cn", "1001", ""),
        events.SignedOut(None),
        events.Failure(ErrorCode.SIGN_IN_REFUSED),
    ):
        state.asked(commands.Resume("https://phone.example.cn", "1001"))
        state.fold(events.Failure(ErrorCode.NO_KEYRING))  # about something else
        assert state.signing_in
        state.fold(answer)
        assert not state.signing_in


def test_a_second_change_of_settings_keeps_the_first_that_is_on_its_way() -> None:
    state = ViewState()
    state.asked(commands.ChangeSettings(replace(state.settings, theme=Theme.DARK)))
    state.asked(commands.ChangeSettings(replace(state.settings, text_scale=1.5)))
    assert state.settings == Settings(theme=Theme.DARK, text_scale=1.5)


def test_search_finds_names_notes_and_numbers_favourites_first() -> None:
    assert [contact.id for contact in found(CONTACTS, "")][:2] == ["c1", "c2"]
    assert [contact.id for contact in found(CONTACTS, "小明")] == ["c1"]
    assert [contact.id for contact in found(CONTACTS, "LOVE")] == ["c2"]
    assert [contact.id for contact in found(CONTACTS, "大学")] == ["c1"]
    assert [contact.id for contact in found(CONTACTS, "138 0013")] == ["c1"]
    assert found(CONTACTS, "nobody") == []


def test_completions_name_each_number_once_contacts_before_calls() -> None:
    state = ViewState(contacts=CONTACTS, history=tuple(calls(0.0)))
    assert completions(state, "100") == [
        ("张小明", "1002"),
        ("Ada Lovelace", "1003"),
        ("王芳", "1004"),
        ("客户服务中心", "10000"),
        ("", "1009"),
    ]
    assert completions(state, " ") == []
