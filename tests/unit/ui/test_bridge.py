import threading

from pytestqt.qtbot import QtBot

from tests.fakes.engine import FakeEngine
from vidphone.account.settings import Settings
from vidphone.phone import events
from vidphone.ui.bridge import Bridge


def test_events_of_the_engines_thread_arrive_in_order_on_qts(qtbot: QtBot) -> None:
    engine = FakeEngine()
    bridge = Bridge(engine, Settings())
    seen: list[events.Event] = []
    threads: set[int] = set()
    bridge.happened.connect(seen.append)
    bridge.happened.connect(lambda _: threads.add(threading.get_ident()))
    bridge.start()
    told = [events.DtmfReceived("c", str(i)) for i in range(500)]

    def speak() -> None:
        for event in told:
            engine.tell(event)

    thread = threading.Thread(target=speak)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: seen[-500:] == told)
    assert bridge.state.ready
    assert threads == {threading.get_ident()}
    bridge.stop()
    assert not engine.running


def test_after_stopping_nothing_arrives_any_more(qtbot: QtBot) -> None:
    engine = FakeEngine()
    bridge = Bridge(engine, Settings())
    bridge.start()
    qtbot.waitUntil(lambda: bridge.state.ready)
    bridge.stop()
    engine.tell(events.LinkChanged(events.LinkState.UP))
    qtbot.wait(10)
    assert bridge.state.link is events.LinkState.DOWN
