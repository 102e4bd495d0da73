"""Signing in at a service that does not answer."""

import socket
import threading
from pathlib import Path

from vidphone.account.profile import Profile
from vidphone.phone import commands, events
from vidphone.phone.build import phone_maker
from vidphone.phone.engine import EngineThread
from vidphone.phone.options import PhoneOptions


def test_sign_in_that_is_given_up_ends_at_once_and_another_can_follow(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path)
    engine = EngineThread(phone_maker(profile, PhoneOptions(keep_token=False)))
    came = threading.Event()
    engine.on_events = came.set
    taken: list[events.Event] = []

    def wait_for(kind: type[events.Event], count: int = 1) -> None:
        while sum(isinstance(event, kind) for event in taken) < count:
            assert came.wait(10), taken
            came.clear()
            taken.extend(engine.take_events())

    with socket.create_server(("127.0.0.1", 0)) as silent:
        service = f"http://127.0.0.1:{silent.getsockname()[1]}"
        engine.start()
        wait_for(events.Ready)
        for attempt in (1, 2):
            engine.post(commands.SignIn(service, "1001", "secret"))
            connection, _ = silent.accept()
            with connection:
                connection.recv(65_536)
                engine.post(commands.SignOut())
                wait_for(events.SignedOut, attempt)
    engine.stop()
    profile.close()
    assert [event for event in taken if isinstance(event, events.SignedOut)] == [events.SignedOut(None)] * 2
    assert not any(isinstance(event, events.Failure) for event in taken)
