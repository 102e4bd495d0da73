"""Two switchboards through a hub, in virtual time: whatever happens between them, they agree in the end."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.call.simulation import TALKING, Phone, World
from vidphone.call.view import CallState, CallView, Direction
from vidphone.wire.errors import VidphoneError
from vidphone.wire.reasons import EndReason


def talk() -> tuple[World, str]:
    world = World()
    call = world.dial(world.a)
    world.pass_time(1)
    world.answer(world.b)
    world.pass_time(1)
    return world, call


def only(phone: Phone) -> CallView:
    (view,) = phone.switchboard.views
    return view


def test_a_call_is_made_compared_and_ended() -> None:
    world, call = talk()
    assert [phone.states() for phone in world.phones] == [{call: CallState.ACTIVE}] * 2
    code = only(world.a).comparison_code
    assert code is not None
    assert code == only(world.b).comparison_code

    world.b.perform(world.b.switchboard.hang_up("", now=world.now))
    world.pass_time(1)

    assert [(one.reason, one.ended_by_peer) for phone in world.phones for one in phone.ended] == [
        (EndReason.HUNG_UP, True),
        (EndReason.HUNG_UP, False),
    ]
    assert not world.a.media | world.b.media
    assert world.a.switchboard.deadline is world.b.switchboard.deadline is None


def test_both_dialling_at_once_talk_without_ringing() -> None:
    world = World()
    won, lost = world.dial(world.a), world.dial(world.b, video=False)
    world.pass_time(3)

    assert [phone.states() for phone in world.phones] == [{won: CallState.ACTIVE}] * 2
    assert [only(phone).direction for phone in world.phones] == [Direction.OUTGOING] * 2
    assert (only(world.a).peer_camera, only(world.b).camera) == (False, False)
    assert [(one.call, one.reason) for one in world.b.ended] == [(lost, EndReason.GLARE)]
    world.b.perform(world.b.switchboard.hang_up(lost, now=world.now))
    world.pass_time(1)
    assert world.a.ended[-1].call == won


def test_a_cut_of_ten_seconds_with_new_addresses_is_repaired_in_the_same_call() -> None:
    world, call = talk()
    world.cut()
    world.link(world.a, up=False)
    world.pass_time(3)
    assert [phone.states() for phone in world.phones] == [{call: CallState.RECONNECTING}] * 2
    world.pass_time(7)
    world.mend(moved=True)
    world.link(world.a, up=True)
    world.pass_time(8)

    assert [phone.states() for phone in world.phones] == [{call: CallState.ACTIVE}] * 2


def test_a_cut_for_longer_ends_the_call_on_both_sides() -> None:
    world, _ = talk()
    world.cut()
    world.pass_time(40)

    assert [one.reason for phone in world.phones for one in phone.ended] == [EndReason.CONNECTION_LOST] * 2


WHAT = (
    ["dial", "answer"] * 3
    + ["decline", "hang-up", "hold", "resume", "mute"]
    + ["cut", "mend", "move", "link-down", "link-up", "network-changed"] * 2
)
WAIT_S = [0.0, 0.02, 0.1, 0.3, 1.0, 5.0, 12.0]
ACTS = st.lists(st.tuples(st.sampled_from(WHAT), st.booleans(), st.sampled_from(WAIT_S)), max_size=25)


@given(acts=ACTS, talking=st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_lost_both_sides_end_in_the_same_state(acts: list[tuple[str, bool, float]], talking: bool) -> None:
    world = talk()[0] if talking else World()
    for act, at_a, wait_s in acts:
        perform(world, world.a if at_a else world.b, act)
        for phone in world.phones:
            assert sum(view.state is CallState.ACTIVE for view in phone.switchboard.views) <= 1
        world.pass_time(wait_s)
    for phone in world.phones:
        world.link(phone, up=True)
    world.mend(moved=True)
    world.pass_time(120)

    assert world.a.states().keys() == world.b.states().keys()
    assert set(world.a.states().values()) | set(world.b.states().values()) <= TALKING
    assert world.a.media == world.b.media == set(world.a.states())
    for phone in world.phones:
        mine = {view.call: view.state is CallState.HELD for view in phone.switchboard.views}
        other = world.b if phone is world.a else world.a
        assert mine == {view.call: view.held_by_peer for view in other.switchboard.views}


def perform(world: World, phone: Phone, act: str) -> None:
    board, now = phone.switchboard, world.now
    try:
        match act:
            case "dial":
                world.dial(phone)
            case "answer":
                world.answer(phone)
            case "decline":
                phone.perform(board.decline("", now=now))
            case "hang-up":
                phone.perform(board.hang_up("", now=now))
            case "hold" | "resume":
                phone.perform(board.hold("", on=act == "hold", now=now))
            case "mute":
                phone.perform(board.set_microphone(on=False, now=now))
            case "cut":
                world.cut()
            case "mend" | "move":
                world.mend(moved=act == "move")
            case "link-down" | "link-up":
                world.link(phone, up=act == "link-up")
            case "network-changed":
                phone.perform(board.network_changed(now=now))
    except VidphoneError:
        pass  # the user is told that it is not possible
